"""A recording becomes readings: which rows, which columns, at what time; and where it goes on after a stop."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fleet.buffer import Measured, Progress
from fleet.errors import BadRecording
from fleet.recording import Recording, Replay, load, resume

HOUSEHOLD = Path(__file__).parents[2] / "fleet" / "recordings" / "household_power_1min.csv"
START = datetime.fromisoformat("2025-08-05T08:00:00+09:00")
POWER = {"power_kw": "active_kw"}


def replay(recording: Recording, speed: float = float("inf"), starts_at: datetime = START, began_at: float = 0.0) -> Replay:
    return Replay(recording, Progress(recording.id, starts_at.isoformat(), began_at, 0, len(recording.rows)), speed)


def everything(source: Replay, now: float = 0.0) -> list[Measured]:
    readings = []
    while not source.finished:
        more, progress = source.take(now)
        source.taken(progress)
        readings += more
    return readings


def test_rows_count_from_one_without_the_header_and_include_both_ends() -> None:
    """The scenario watching-real-absence: rows 9121 to 12040 are 08-05 08:00 to 08-07 08:39."""
    recording = load(HOUSEHOLD, "time_local", POWER, (9121, 12040))
    readings = everything(replay(recording))
    assert len(readings) == 2920
    assert readings[0].measured_at == "2025-08-05T08:00:00+09:00"
    assert readings[-1].measured_at == "2025-08-07T08:39:00+09:00"
    active = [reading for reading in readings if isinstance(reading.value, float) and reading.value > 1.0]
    last_active_before_leaving = max(r.measured_at for r in active if r.measured_at < "2025-08-06T12:00")
    assert last_active_before_leaving == "2025-08-05T18:36:00+09:00"


def test_a_recording_plays_at_its_own_pace_times_the_speed(tmp_path: Path) -> None:
    file = tmp_path / "r.csv"
    file.write_text("t,v\n2020-01-01 00:00,1\n2020-01-01 00:01,2\n2020-01-01 00:11,3\n")
    source = replay(load(file, "t", {"m": "v"}), speed=60, began_at=1_000.0)
    for now, due_after in ((1_000.0, 1_001.0), (1_001.0, 1_011.0)):
        readings, progress = source.take(now)
        assert len(readings) == 1
        source.taken(progress)
        assert source.due_at == due_after
    assert source.take(1_010.9)[0] == []
    assert source.take(1_011.0)[0] == [Measured("m", 3.0, "2025-08-05T08:11:00+09:00")]


def test_what_could_not_be_stored_is_offered_again(tmp_path: Path) -> None:
    file = tmp_path / "r.csv"
    file.write_text("t,v\n2020-01-01 00:00,1\n")
    source = replay(load(file, "t", {"m": "v"}))
    assert source.take(0.0) == source.take(0.0)


def test_cells_are_numbers_truth_values_texts_nothing_or_null(tmp_path: Path) -> None:
    file = tmp_path / "r.csv"
    file.write_text(
        "t,a,b\n2020-01-01 00:00,1.5,true\n2020-01-01 00:01,,E1-3\n2020-01-01 00:02,nan,false\n2020-01-01 00:03,0,\n"
    )
    readings = everything(replay(load(file, "t", {"a": "a", "b": "b"})))
    assert [(r.metric, r.value) for r in readings] == [
        ("a", 1.5),
        ("b", True),
        ("b", "E1-3"),
        ("a", None),
        ("b", False),
        ("a", 0.0),
    ]


@pytest.mark.parametrize(
    ("text", "rows", "message"),
    [
        ("t,v\n2020-01-01 00:00,1\n", (1, 2), "has rows 1 to 1, not 1 to 2"),
        ("t,v\n2020-01-01 00:00,1\n", (0, 1), "has rows 1 to 1, not 0 to 1"),
        ("t,w\n2020-01-01 00:00,1\n", None, "has no column 'v'. It has: t, w"),
        ("t,v\n", None, "has rows 1 to 0"),
        ("", None, "has rows 1 to 0"),
        ("t,v\nyesterday,1\n", None, "row 1: the time column holds no ISO date and time"),
        ("t,v\n2020-01-01 00:01,1\n2020-01-01 00:00,1\n", None, "row 2: its time is before the row above"),
        ("t,v\n2020-01-01 00:01,1\n\n2020-01-01 00:02\n", None, None),
    ],
)
def test_a_recording_that_cannot_be_played_says_where_and_why(
    tmp_path: Path, text: str, rows: tuple[int, int] | None, message: str | None
) -> None:
    file = tmp_path / "r.csv"
    file.write_text(text)
    if message is None:
        assert len(load(file, "t", {"m": "v"}).rows) == 2
        return
    with pytest.raises(BadRecording) as wrong:
        load(file, "t", {"m": "v"}, rows)
    assert message in str(wrong.value)


def test_the_id_names_the_recording_and_what_was_asked_of_it() -> None:
    ids = {
        load(HOUSEHOLD, "time_local", POWER, (1, 10)).id,
        load(HOUSEHOLD, "time_local", POWER, (1, 11)).id,
        load(HOUSEHOLD, "time_local", {"voltage": "voltage"}, (1, 10)).id,
    }
    assert len(ids) == 3
    assert load(HOUSEHOLD, "time_local", POWER, (1, 10)).id in ids


class TestGoingOn:
    recording = Recording("r", ())
    now = datetime(2026, 1, 1, 12, tzinfo=UTC)

    def before(self, next_row: int) -> Progress:
        return Progress("r", START.isoformat(), 5.0, next_row, 10)

    def test_a_stopped_replay_goes_on_where_it_was(self) -> None:
        assert resume(self.recording, None, self.before(4), self.now) == self.before(4)
        assert resume(self.recording, START, self.before(4), self.now) == self.before(4)
        assert resume(self.recording, START.astimezone(UTC), self.before(4), self.now) == self.before(4)

    def test_a_finished_one_with_the_same_start_has_nothing_left(self) -> None:
        assert resume(self.recording, START, self.before(10), self.now).finished

    def test_a_finished_one_begins_anew_when_no_start_is_asked_for(self) -> None:
        anew = resume(self.recording, None, self.before(10), self.now)
        assert (anew.next_row, anew.starts_at) == (0, self.now.isoformat())

    def test_another_start_is_another_replay(self) -> None:
        later = START + timedelta(days=1)
        assert resume(self.recording, later, self.before(4), self.now).starts_at == later.isoformat()
