"""The demonstration tells the truth: it goes through on a running world, and stops with a clear line when a figure is wrong."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from fleet import demo
from fleet.demo import Demo
from fleet.recording import load
from fleet.visitor import Json, NotAsExpected, Place
from local.supervisor import Supervisor
from tests.stack.conftest import House

ROOT = Path(__file__).parents[2]


def test_the_recording_is_at_home_and_then_away_as_the_demo_says() -> None:
    at_home = load(demo.RECORDING, "time_local", {"kw": "active_kw"}, demo.AT_HOME)
    away = load(demo.RECORDING, "time_local", {"kw": "active_kw"}, demo.AWAY)
    used = [row.offset_seconds for row in at_home.rows if float(str(row.values[0][1])) > 1.0]
    assert used[-1] == (10 * 60 + 36) * 60  # 18:36
    assert at_home.rows[-1].offset_seconds == (10 * 60 + 40) * 60
    assert all(float(str(row.values[0][1])) <= 1.0 for row in away.rows)
    assert away.rows[-1].offset_seconds > 20 * 3600


class Answers:
    """A visitor who is told the same thing whatever the path."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def get(self, path: str) -> Any:
        return self.answer

    def items(self, path: str) -> Any:
        return self.answer

    def post(self, path: str, body: Json) -> Any:
        return self.answer

    def clock(self) -> datetime:
        return datetime.fromisoformat("2026-12-31T09:00:00+09:00")

    def move_clock(self, to: datetime) -> None:
        assert to == datetime.fromisoformat("2027-01-01T09:00:00+09:00")


def first_bill(**changes: Any) -> Json:
    lines = [("device", 44_000), ("initial_fee", 31_900), ("monthly_fee", 1_916)]
    bill = {"kind": "initial", "month": "2026-12", "issued_on": "2027-01-01", "due_on": "2027-01-27", "paid_by": "card"}
    bill |= {"total": 77_816, "tax": 7_074, "lines": [{"item": i, "amount": a, "cites": []} for i, a in lines]}
    return bill | changes


def at_first_bill(answer: Any) -> Demo:
    story = Demo(Place({"stage": "local"}, ROOT))
    story.contract, story.starts_on = "c1", date(2026, 12, 2)
    story.family, story.operator = Answers(answer), Answers({})  # type: ignore[assignment]
    return story


def test_a_right_bill_goes_through_and_is_shown_with_its_lines(capsys: pytest.CaptureFixture[str]) -> None:
    at_first_bill([first_bill()]).first_bill()
    shown = capsys.readouterr().out
    assert "77,816 yen" in shown and "44,000 yen" in shown and "7,074 yen" in shown


@pytest.mark.parametrize(
    ("bills", "message"),
    [
        ([first_bill(total=77_815)], "total and tax: expected (77816, 7074), got (77815, 7074)"),
        ([first_bill(tax=0)], "total and tax"),
        ([first_bill(kind="regular")], "kind and month"),
        ([first_bill(month="2027-01")], "kind and month"),
        ([first_bill(issued_on="2026-12-31")], "day of issue"),
        ([first_bill(lines=[{"item": "device", "amount": 77_816, "cites": []}])], "lines of the first bill"),
        ([first_bill(), first_bill()], "1 bills are expected, 2 are there"),
    ],
)
def test_a_wrong_bill_stops_the_demo_with_expected_and_got(bills: list[Json], message: str) -> None:
    with pytest.raises(NotAsExpected) as wrong:
        at_first_bill(bills).first_bill()
    assert message in str(wrong.value)


def test_a_refused_application_stops_the_demo() -> None:
    story = at_first_bill({"id": "c1", "state": "refused", "formed_on": None})
    story.place.facts["users"] = {"family": {"email": "family@mimamori.example"}}
    with pytest.raises(NotAsExpected, match="should be accepted, it is refused"):
        story.apply()


def played(stack: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "fleet.demo", "--stack", str(stack)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240)


def test_without_a_world_the_demo_says_how_to_get_one(tmp_path: Path) -> None:
    done = played(tmp_path / "stack.json")
    assert done.returncode == 1
    assert done.stderr.strip().splitlines() == [
        "demo: not as expected: There is no local world yet. Start it with `make run` in another terminal."
    ]


def test_a_world_that_was_stopped_is_named(tmp_path: Path) -> None:
    gone = "http://127.0.0.1:9"
    users = {"family": {"email": "family@mimamori.example", "password": "x"}}
    facts = {"stage": "local", "api": gone, "cognito": {"endpoint": gone, "client_id": "c"}, "users": users}
    (tmp_path / "stack.json").write_text(json.dumps(facts))
    done = played(tmp_path / "stack.json")
    assert done.returncode == 1
    assert "Is `make run` still running" in done.stderr and "Traceback" not in done.stderr


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    house = House(tmp_path_factory.mktemp("demo"))
    ended = threading.Event()

    def watch() -> None:
        supervisor = Supervisor(house.world)
        while not ended.wait(2):
            supervisor.beat()

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield house
    finally:
        ended.set()
        watcher.join()
        house.stop()


@pytest.mark.stack
def test_the_whole_trip_goes_through_on_a_fresh_world(house: House) -> None:
    done = played(house.places.folder / "stack.json")
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr}"
    for words in (
        "Delivered 1460 readings.",
        "Subject: [Mimamori, warning] Energy sensor: No activity",
        "As quoted, to the yen.",
    ):
        assert words in done.stdout
