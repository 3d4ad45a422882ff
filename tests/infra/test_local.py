"""The way to a running world: what is missing is said in one line with its cure; nothing is done twice."""

import errno
import socket
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from local import deploy, people, world
from local.run import _alone, _asked
from local.stack import Places, start
from local.supervisor import night_of
from local.trouble import Trouble, told


@pytest.mark.parametrize(
    ("now", "night"),
    [
        ("2025-04-01T00:09:59+09:00", "2025-03-31"),
        ("2025-04-01T00:10:00+09:00", "2025-04-01"),
        ("2025-03-31T15:09:59+00:00", "2025-03-31"),
        ("2025-03-31T15:10:00+00:00", "2025-04-01"),
        ("2024-02-29T23:59:59+09:00", "2024-02-29"),
        ("2025-12-31T15:30:00+00:00", "2026-01-01"),
    ],
)
def test_a_night_begins_ten_minutes_after_midnight_in_japan(now: str, night: str) -> None:
    assert night_of(datetime.fromisoformat(now)) == night


def test_a_taken_port_is_named_with_the_way_around(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Trouble, match=rf"Port {port} is taken") as trouble:
            start(Places(tmp_path, port, port + 1))
    assert f"make run PORT={port + 1}" in trouble.value.cure


def test_a_second_start_in_the_same_folder_is_told_so(tmp_path: Path) -> None:
    with _alone(tmp_path), pytest.raises(Trouble, match="running already"), _alone(tmp_path):
        pass


def test_equal_and_impossible_ports_are_refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.argv", ["run", "--port", "9000", "--mqtt-port", "9000"])
    with pytest.raises(Trouble, match="the same"):
        _asked()
    monkeypatch.setattr("sys.argv", ["run", "--port", "90000"])
    with pytest.raises(SystemExit):
        _asked()
    assert "say a number from 1 to 65535" in capsys.readouterr().err


def test_a_full_disk_is_one_line_and_a_cure(capsys: pytest.CaptureFixture[str]) -> None:
    @told
    def full() -> int:
        raise OSError(errno.ENOSPC, "No space left on device", "/somewhere")

    assert full() == 1
    assert capsys.readouterr().err.split("\n")[1:3] == [
        "Cannot write (/somewhere): No space left on device.",
        "  Make room or allow writing there, then run it again.",
    ]


def test_other_faults_keep_their_traceback() -> None:
    @told
    def broken() -> int:
        raise ValueError("a mistake in the program")

    with pytest.raises(ValueError, match="a mistake in the program"):
        broken()


@pytest.mark.parametrize(
    ("tools", "says"),
    [
        ({}, "Python 3.11 is not here."),
        ({"python3.11": 'case "$2" in *version*) exit 0;; *) exit 1;; esac'}, "This Python cannot make virtual environments."),
        ({"python3.11": "exit 0", "df": "printf 'x\\nx 1 1 1000 1 /\\n'"}, "Less than 900 MB are free here."),
        (
            {"python3.11": 'case "$2" in venv) echo "Error: no" >&2; exit 1;; esac', "df": "printf 'x\\nx 1 1 9000000 1 /\\n'"},
            "could not be made: Error: no",
        ),
    ],
    ids=["no python", "no venv module", "disk full", "venv fails"],
)
def test_setup_says_what_is_missing(root: Path, tmp_path: Path, tools: dict[str, str], says: str) -> None:
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    for name in ("sh", "awk", "df", "tail", "mktemp", "touch", "rm", "grep"):
        (bin_folder / name).symlink_to(next(p for p in (Path("/bin") / name, Path("/usr/bin") / name) if p.exists()))
    for name, script in tools.items():
        (bin_folder / name).unlink(missing_ok=True)
        (bin_folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (bin_folder / name).chmod(0o755)
    ran = subprocess.run(
        [str(bin_folder / "sh"), str(root / "local" / "setup.sh"), str(tmp_path / "venv"), "requirements.txt"],
        env={"PATH": str(bin_folder), "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    lines = ran.stderr.splitlines()
    assert says in lines[0], ran.stderr
    assert len(lines) == 2, ran.stderr
    assert lines[1].startswith("  ")


def test_facts_are_for_this_user_only_and_written_whole(tmp_path: Path) -> None:
    assert world.read(tmp_path) == {}
    world.write(tmp_path, {"users": {"operator": {"password": "x"}}})
    assert (tmp_path / "stack.json").stat().st_mode & 0o077 == 0
    assert world.read(tmp_path)["users"]["operator"] == {"password": "x"}


def test_passwords_are_what_the_pool_asks_for() -> None:
    made = {people._password() for _ in range(50)}
    assert len(made) == 50
    for password in made:
        assert len(password) >= 12
        assert any(c.islower() for c in password)
        assert any(c.isupper() for c in password)
        assert any(c.isdigit() for c in password)


class Cloud:
    """CloudFormation as far as a deployment sees it: what it answers, and what it was told to do."""

    def __init__(self, status: str, change: str, reason: str = "", ends: str = "UPDATE_COMPLETE") -> None:
        self.status, self.change, self.reason, self.ends = status, change, reason, ends
        self.done: list[str] = []

    def describe_stacks(self, **_: Any) -> dict[str, Any]:
        return {"Stacks": [{"StackStatus": self.status, "Outputs": [{"OutputKey": "ApiUrl", "OutputValue": "there"}]}]}

    def create_change_set(self, **asked: Any) -> None:
        self.done.append(asked["ChangeSetType"])

    def describe_change_set(self, **_: Any) -> dict[str, Any]:
        return {"Status": self.change, "StatusReason": self.reason}

    def delete_change_set(self, **_: Any) -> None:
        self.done.append("forgotten")

    def execute_change_set(self, **_: Any) -> None:
        self.done.append("carried out")
        self.status = self.ends

    def describe_stack_events(self, **_: Any) -> dict[str, Any]:
        failed = {"ResourceStatus": "CREATE_FAILED", "LogicalResourceId": "NightQueue", "ResourceStatusReason": "no right"}
        return {"StackEvents": [{"ResourceStatus": "UPDATE_COMPLETE"}, failed]}


def test_a_deployment_without_a_change_changes_nothing() -> None:
    cloud = Cloud("CREATE_COMPLETE", "FAILED", "The submitted information didn't contain changes.")
    assert deploy._carry_out(cloud, "mimamori-prod", "https://…", {}, 0) == {"ApiUrl": "there"}
    assert cloud.done == ["UPDATE", "forgotten"]


def test_a_change_is_carried_out_once_it_is_accepted() -> None:
    cloud = Cloud("CREATE_COMPLETE", "CREATE_COMPLETE")
    deploy._carry_out(cloud, "mimamori-prod", "https://…", {}, 0)
    assert cloud.done == ["UPDATE", "carried out"]


def test_a_failed_change_names_its_first_reason() -> None:
    cloud = Cloud("CREATE_COMPLETE", "CREATE_COMPLETE", ends="UPDATE_ROLLBACK_COMPLETE")
    with pytest.raises(Trouble, match="NightQueue: no right"):
        deploy._carry_out(cloud, "mimamori-prod", "https://…", {}, 0)


def test_a_refused_template_names_the_reason() -> None:
    cloud = Cloud("CREATE_COMPLETE", "FAILED", "Template format error")
    with pytest.raises(Trouble, match="CloudFormation refuses the template: Template format error"):
        deploy._carry_out(cloud, "mimamori-prod", "https://…", {}, 0)
