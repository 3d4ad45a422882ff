"""What `make package` builds: small, reproducible, complete, and nothing that Lambda brings by itself."""

import hashlib
import importlib.util
import json
import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from local import package as packaging
from local.trouble import Trouble


def names_in(built: Path) -> list[str]:
    with zipfile.ZipFile(built / "deployment.zip") as zipped:
        return zipped.namelist()


def test_package_is_at_most_ten_megabytes(built: Path) -> None:
    assert (built / "deployment.zip").stat().st_size <= 10 * 1024 * 1024


def test_package_holds_the_app_and_its_data(built: Path, root: Path) -> None:
    names = set(names_in(built))
    data = {str(file.relative_to(root)) for file in (root / "chalicelib").rglob("*.toml")}
    assert data, "the terms are data files"
    assert {"app.py", "chalicelib/errors.py", "chalice/app.py"} | data <= names


def test_package_leaves_at_home_what_lambda_brings_and_what_only_developers_need(built: Path) -> None:
    tops = {name.split("/")[0] for name in names_in(built)}
    assert not tops & {
        "boto3",
        "botocore",
        "s3transfer",
        "moto",
        "cffi",
        "pycparser",
        "pytest",
        "tests",
        "fleet",
        "local",
        "bench",
        "awscrt",
    }
    assert not [name for name in names_in(built) if name.startswith(("chalicelib/scenarios", "yaml/_yaml", "_yaml"))]


def test_package_brings_every_module_and_data_file_compiled_and_bound_to_no_date(built: Path) -> None:
    """Else every cold start compiles them all again: a function cannot write where it runs."""
    names = [name for name in names_in(built) if name.startswith(("chalicelib/", "pynamodb/", "jwt/"))]
    ours = [Path(name) for name in names if name.endswith((".py", ".toml"))]
    assert len(ours) > 100
    with zipfile.ZipFile(built / "deployment.zip") as zipped:
        for source in ours:
            compiled = zipped.read(f"{source.parent}/__pycache__/{source.stem}.{sys.implementation.cache_tag}.pyc")
            assert compiled[:4] == importlib.util.MAGIC_NUMBER
            assert compiled[4:8] == (1).to_bytes(4, "little"), "hash-based and never checked"


def test_package_is_the_same_for_the_same_sources(built: Path, tmp_path: Path) -> None:
    again = packaging.package("prod", build=tmp_path)
    digests = [hashlib.sha256((folder / "deployment.zip").read_bytes()).hexdigest() for folder in (built, again)]
    assert digests[0] == digests[1]


def test_app_imports_from_the_package_alone(built: Path, tmp_path: Path) -> None:
    """With the runtime's boto3 beside it, and without any setting: importing must not ask for one."""
    home = tmp_path / "task"
    with zipfile.ZipFile(built / "deployment.zip") as zipped:
        zipped.extractall(home)
    code = "import app, chalicelib, sys; assert chalicelib.__file__.startswith(sys.argv[1]), chalicelib.__file__"
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([sys.executable, "-c", code, str(home)], cwd=home, env=environment, check=True)


def test_the_packages_data_says_what_the_files_say_without_parsing_them(built: Path, root: Path, tmp_path: Path) -> None:
    home = tmp_path / "task"
    with zipfile.ZipFile(built / "deployment.zip") as zipped:
        zipped.extractall(home, [name for name in zipped.namelist() if name.startswith("chalicelib/")])
    code = """import sys; from pathlib import Path; from chalicelib import toml
sys.modules["tomllib"] = None
for file in sys.argv[1:]: print(repr(toml.read(Path.cwd() / file)))"""
    files = sorted(str(file.relative_to(root)) for file in (root / "chalicelib").rglob("*.toml"))
    command = [sys.executable, "-c", code, *files]
    done = subprocess.run(command, cwd=home, env={"PYTHONUTF8": "1"}, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [repr(tomllib.loads((root / file).read_text(encoding="utf-8"))) for file in files]


def test_unknown_stage_is_refused_with_the_known_ones() -> None:
    with pytest.raises(Trouble, match=r"No stage 'nowhere'; there are local, test, prod\."):
        packaging.package("nowhere")


def test_a_package_that_is_too_big_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packaging, "SIZE_MAX", 1000)
    with pytest.raises(Trouble, match="MB, more than 10"):
        packaging.package("prod", build=tmp_path)


def test_what_pip_says_is_passed_on(tmp_path: Path) -> None:
    (tmp_path / ".chalice").mkdir()
    (tmp_path / ".chalice" / "config.json").write_text(json.dumps({"stages": {"prod": {}}}))
    (tmp_path / "requirements.txt").write_text("no-such-package-anywhere @ file:///nowhere/at/all.whl\n")
    with pytest.raises(Trouble, match="pip could not fetch what the app needs"):
        packaging.package("prod", tmp_path)
