#!/bin/sh
# setup.sh VENV REQUIREMENTS: makes a virtual environment of Python 3.11 and installs what the file lists.
# Whatever is missing is said in one line, with the cure in the next.
venv=$1
requirements=$2

trouble() {
    printf '%s\n  %s\n' "$1" "$2" >&2
    exit 1
}

python=
for candidate in ${PYTHON:-python3.11 python3 python}; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' >/dev/null 2>&1; then
        python=$candidate
        break
    fi
done
[ -n "$python" ] || trouble "Python 3.11 is not here." "Install it, or say where it is: make setup PYTHON=/path/to/python3.11"

"$python" -c 'import venv, ensurepip' >/dev/null 2>&1 ||
    trouble "This Python cannot make virtual environments." "Install its venv module (on Debian and Ubuntu: the package python3.11-venv)."

free=$(df -Pk . | awk 'NR == 2 {print $4}')
[ "${free:-0}" -ge 900000 ] || trouble "Less than 900 MB are free here." "Make room on this disk, then run it again."

log=$(mktemp) || trouble "There is no room for temporary files." "Make room in ${TMPDIR:-/tmp}, then run it again."
echo "Preparing $venv (a minute or two the first time) ..."
"$python" -m venv "$venv" >"$log" 2>&1 || trouble "$venv could not be made: $(tail -n 1 "$log")" "Remove $venv, make room or allow writing here, then run it again."
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$requirements" >"$log" 2>&1 ||
    trouble "pip could not install $requirements: $(grep -i error "$log" | tail -n 1)" "Check the network and the disk, then run it again. All of it is in $log."
rm -f "$log"
touch "$venv/ready"
