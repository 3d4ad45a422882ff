"""The disk buffer keeps what it was given, whatever happens to the process, and says clearly when it cannot."""

import resource
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from fleet.buffer import Buffer, Measured, Progress, look
from fleet.errors import BufferFailed, BufferFull


def readings(count: int, first: int = 0) -> list[Measured]:
    return [Measured("power_kw", (first + n) / 10, f"2025-08-05T08:{(first + n) % 60:02}:00+09:00") for n in range(count)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "meter.sqlite3"


def opened(path: Path, limit_mb: int = 64) -> Buffer:
    return Buffer(path, "meter", "test", limit_mb)


def test_a_sealed_batch_is_the_same_after_every_restart_until_it_is_delivered(path: Path) -> None:
    buffer = opened(path)
    buffer.keep(readings(30))
    batch = buffer.seal(25)
    assert batch is not None and batch.readings == 25
    buffer.keep(readings(5, first=30))
    buffer.close()

    again = opened(path)
    assert again.sealed() == [batch]
    assert again.unsealed() == 10
    again.delivered(batch.id)
    again.delivered(batch.id)
    assert again.sealed() == []
    again.close()
    assert look(path)["waiting"] == 10


def test_a_sequence_number_is_never_used_again_even_when_everything_was_delivered(path: Path) -> None:
    for expected in ("-1", "-4", "-7"):
        buffer = opened(path)
        buffer.keep(readings(3))
        batch = buffer.seal(25)
        assert batch is not None and batch.id.endswith(expected)
        buffer.delivered(batch.id)
        buffer.close()


def test_batches_delivered_out_of_order_seal_nothing_twice(path: Path) -> None:
    buffer = opened(path)
    buffer.keep(readings(6))
    first, second = buffer.seal(2), buffer.seal(2)
    assert first is not None and second is not None
    buffer.delivered(second.id)
    third = buffer.seal(2)
    assert third is not None
    assert b'"seq":5' in third.payload and b'"seq":6' in third.payload and third.readings == 2
    assert [batch.id for batch in buffer.sealed()] == [first.id, third.id]


def test_a_new_buffer_never_repeats_the_batch_ids_of_a_lost_one(tmp_path: Path) -> None:
    ids = set()
    for name in ("lost", "new"):
        buffer = opened(tmp_path / name)
        buffer.keep(readings(1))
        batch = buffer.seal(1)
        assert batch is not None
        ids.add(batch.id)
    assert len(ids) == 2


def test_a_message_stays_under_the_brokers_limit_however_long_its_texts(path: Path) -> None:
    buffer = opened(path)
    buffer.keep([Measured("note", "あ" * 256, "2025-08-05T08:00:00+09:00")] * 900)
    sizes = []
    while batch := buffer.seal(900):
        sizes.append(len(batch.payload))
        buffer.delivered(batch.id)
    assert len(sizes) > 1
    assert max(sizes) < 128 * 1024


def test_readings_and_their_place_in_the_recording_are_stored_together_or_not_at_all(path: Path) -> None:
    buffer = opened(path)
    progress = Progress("r", "2025-08-05T08:00:00+09:00", 0.0, 3, 10)
    with pytest.raises(BufferFailed):
        buffer.keep([*readings(3), Measured("power_kw", 1, None)], progress)  # type: ignore[arg-type]
    assert buffer.unsealed() == 0
    assert buffer.progress("r") is None
    buffer.keep(readings(3), progress)
    assert buffer.progress("r") == progress


def test_the_file_is_closed_to_others(path: Path) -> None:
    opened(path).keep(readings(1))
    for file in (path, path.with_name(path.name + "-wal")):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_second_agent_is_turned_away_while_the_first_one_runs(path: Path) -> None:
    buffer = opened(path)
    with pytest.raises(BufferFailed, match="Another agent is using"):
        opened(path)
    buffer.close()
    opened(path).close()


def test_the_buffer_of_another_device_is_not_touched(path: Path) -> None:
    opened(path).close()
    with pytest.raises(BufferFailed, match="belongs to another device"):
        Buffer(path, "other", "test")
    opened(path).close()


def test_a_file_that_is_no_buffer_is_named_with_the_cure(path: Path) -> None:
    path.write_text("this is not a database, and long enough that nobody takes it for an empty one" * 20)
    with pytest.raises(BufferFailed, match=r"is damaged .* Move it away \(mv "):
        opened(path)
    assert path.read_text().startswith("this is not")


def test_a_damaged_page_is_found_at_the_start(path: Path) -> None:
    buffer = opened(path)
    buffer.keep(readings(5_000))
    buffer.close()
    with path.open("r+b") as file:
        file.seek(8 * 4096)
        file.write(b"\xff" * 4096 * 4)
    with pytest.raises(BufferFailed, match="is damaged"):
        opened(path)


def test_a_full_buffer_says_so_keeps_what_it_has_and_takes_more_once_something_left(path: Path) -> None:
    buffer = opened(path, limit_mb=1)
    kept = 0
    with pytest.raises(BufferFull, match="is full: the disk, or the buffer's own limit"):
        while True:
            buffer.keep(readings(500))
            kept += 500
    assert buffer.unsealed() == kept
    while (batch := buffer.seal(1_000)) and kept - buffer.unsealed() < 3_000:
        buffer.delivered(batch.id)
    buffer.keep(readings(500))


def test_a_disk_that_fails_while_writing_is_a_clear_error(path: Path) -> None:
    """The operating system refuses to let the file grow: what a failing disk or a quota does."""
    program = (
        "import sys; from pathlib import Path; from tests.fleet.test_buffer import opened, readings\n"
        "from fleet.errors import BufferFailed\n"
        "try:\n  buffer = opened(Path(sys.argv[1]))\n  while True: buffer.keep(readings(500))\n"
        "except BufferFailed as wrong: print(wrong)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program, str(path)],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000)),
    )
    assert "Traceback" not in answer.stderr
    assert "Check the disk" in answer.stdout or "Free some space" in answer.stdout


def test_a_folder_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BufferFailed, match="cannot be written"):
        opened(tmp_path / "file" / "meter.sqlite3")


def test_looking_at_a_buffer_works_while_an_agent_runs_and_before_the_first_run(path: Path) -> None:
    assert look(path)["waiting"] == 0
    buffer = opened(path)
    buffer.keep(readings(3), Progress("r", "2025-08-05T08:00:00+09:00", 0.0, 3, 10))
    batch = buffer.seal(2)
    assert batch is not None
    buffer.delivered(batch.id)
    seen = look(path)
    assert (seen["waiting"], seen["delivered"], seen["oldest"]) == (1, 2, "2025-08-05T08:02:00+09:00")
    assert seen["replays"][0]["stored_rows"] == 3


def test_a_commit_is_flushed_to_the_disk(path: Path) -> None:
    buffer = opened(path)
    database = buffer._db  # the one setting that no behaviour shows without pulling a plug
    assert database.execute("pragma synchronous").fetchone()[0] == 2
    assert database.execute("pragma journal_mode").fetchone()[0] == "wal"
    assert isinstance(database, sqlite3.Connection)


def test_looking_at_a_buffer_that_is_just_being_made_finds_nothing(path: Path) -> None:
    sqlite3.connect(path).execute("pragma journal_mode = wal").close()
    assert look(path)["waiting"] == 0
