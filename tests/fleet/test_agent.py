"""Nothing lost, nothing doubled: the agent against a broker that loses, refuses and repeats, killed at every single step."""

import json
import signal
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

from fleet.agent import Agent, Pace
from fleet.buffer import Batch, Buffer, Measured, Progress
from fleet.errors import BufferFull, Refused
from fleet.happenings import Connected, Delivered, Disconnected, Happening, Undelivered
from fleet.recording import Recording, Replay, Row

ROWS = 11
RECORDING = Recording("r", tuple(Row(60.0 * n, (("power_kw", n / 10),)) for n in range(ROWS)))
START = datetime.fromisoformat("2025-08-05T08:00:00+09:00")
EXPECTED = {seq: ("power_kw", (seq - 1) / 10, (START + timedelta(minutes=seq - 1)).isoformat()) for seq in range(1, ROWS + 1)}


class Killed(BaseException):
    """kill -9: no handler may swallow it."""


class OtherEnd:
    """What the broker has received, across all lives of the agent."""

    def __init__(self) -> None:
        self.messages: dict[str, bytes] = {}
        self.readings: dict[int, tuple[Any, ...]] = {}
        self.copies = 0

    def receive(self, batch: Batch) -> None:
        assert self.messages.setdefault(batch.id, batch.payload) == batch.payload, "the same id with other readings"
        self.copies += 1
        for reading in json.loads(batch.payload)["readings"]:
            told = (reading["metric"], reading["value"], reading["measured_at"])
            assert self.readings.setdefault(reading["seq"], told) == told, "the same number for another reading"


class Impatient(SimpleQueue[Happening]):
    """Never sleeps: time passes by the fake clock."""

    def get(self, block: bool = True, timeout: float | None = None) -> Happening:
        return super().get(block=False)


class FakeLine:
    """An uplink whose broker answers as `answers` says, one word a publish: ok, lost, cut, refused, late; then ok."""

    def __init__(self, other_end: OtherEnd, answers: Sequence[str] = ()) -> None:
        self.happenings = Impatient()
        self._other_end = other_end
        self._answers = iter(answers)
        self._late: list[Delivered] = []

    def start(self) -> None:
        self.happenings.put(Connected(True))

    def stop(self) -> None:
        pass

    def publish(self, batch: Batch) -> None:
        answer = next(self._answers, "ok")
        if answer in ("ok", "lost", "late"):
            self._other_end.receive(batch)
        if answer == "ok":
            self.happenings.put(Delivered(batch.id))
            for late in self._late:
                self.happenings.put(late)
            self._late.clear()
        elif answer == "late":
            self._late.append(Delivered(batch.id))
        else:
            if answer == "cut":
                self.happenings.put(Disconnected("SOCKET_CLOSED"))
                self.happenings.put(Connected(True))
            self.happenings.put(Undelivered(batch.id, answer, turned_away=answer == "refused"))


class Clock:
    """Passes quickly, so that pauses cost nothing."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        self.now += 2.0
        return self.now


def live(
    path: Path,
    line: FakeLine,
    pace: Pace,
    meddle: Callable[[Buffer], None] = lambda _: None,
    limit_mb: int = 64,
    tell: Callable[[str], None] = lambda _: None,
) -> bool:
    """One life of the agent, from opening the buffer to the end or the kill."""
    buffer = Buffer(path, "meter", "test", limit_mb)
    try:
        meddle(buffer)
        progress = buffer.progress("r") or Progress("r", START.isoformat(), 0.0, 0, ROWS)
        agent = Agent(buffer, line, line.happenings, pace, tell=tell, clock=Clock())
        return agent.run(Replay(RECORDING, progress, float("inf")))
    finally:
        buffer.close()


def test_the_whole_recording_arrives_once_and_in_order(tmp_path: Path) -> None:
    other_end = OtherEnd()
    assert live(tmp_path / "b", FakeLine(other_end), Pace(readings=4))
    assert other_end.readings == EXPECTED
    assert list(other_end.readings) == sorted(EXPECTED)
    assert other_end.copies == 3


def kill_at(buffer: Buffer, line: FakeLine, step: int, after: bool) -> None:
    """Counts every step that touches the disk or the line, and kills the process before or after the given one."""
    count = 0

    def watched(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            nonlocal count
            count += 1
            if count == step and not after:
                raise Killed
            answer = original(*arguments)
            if count == step:
                raise Killed
            return answer

        return call

    for owner, name in ((buffer, "keep"), (buffer, "seal"), (buffer, "delivered"), (line, "publish")):
        setattr(owner, name, watched(getattr(owner, name)))


@pytest.mark.parametrize("in_flight", [1, 3])
@pytest.mark.parametrize("after", [False, True])
def test_killed_at_any_step_and_started_again_the_other_end_has_the_recording_exactly(
    tmp_path: Path, after: bool, in_flight: int
) -> None:
    """Every step, not a sample; and the second life is killed at every step too."""
    steps = 0
    doubled = 0
    for step in range(1, 100):
        other_end = OtherEnd()
        path = tmp_path / f"b{step}"
        pace = Pace(readings=4, in_flight=in_flight)
        killed = 0
        for second in (step, 1 + step % 5, None):
            line = FakeLine(other_end)
            try:
                assert live(path, line, pace, lambda b, s=second, up=line: kill_at(b, up, s, after) if s else None)
            except Killed:
                killed += 1
        assert other_end.readings == EXPECTED, f"killed {'after' if after else 'before'} step {step}"
        doubled += other_end.copies > 3
        if not killed:
            break
        steps += 1
    assert steps >= 10
    if after:
        assert doubled, "some kill came after the publish: that batch must have been sent again, and be recognised"


@pytest.mark.parametrize("answer", ["lost", "cut", "refused"])
@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_message_that_is_not_acknowledged_is_sent_again_under_its_own_id(tmp_path: Path, answer: str, number: int) -> None:
    other_end = OtherEnd()
    answers = ["ok"] * number + [answer, answer]
    assert live(tmp_path / "b", FakeLine(other_end, answers), Pace(readings=4))
    assert other_end.readings == EXPECTED
    assert len(other_end.messages) == 3


def test_acknowledgements_out_of_order_forget_only_their_own_readings(tmp_path: Path) -> None:
    other_end = OtherEnd()
    assert live(tmp_path / "b", FakeLine(other_end, ["late", "late"]), Pace(readings=4, in_flight=3))
    assert other_end.readings == EXPECTED
    assert other_end.copies == 3


def test_a_broker_that_keeps_refusing_ends_the_agent_with_the_cure_and_the_readings_stay(tmp_path: Path) -> None:
    other_end = OtherEnd()
    with pytest.raises(Refused, match="policy allows this device's name and topic"):
        live(tmp_path / "b", FakeLine(other_end, ["refused"] * 10), Pace(readings=4))
    assert other_end.readings == {}
    assert live(tmp_path / "b", FakeLine(other_end), Pace(readings=4))
    assert other_end.readings == EXPECTED


class Unreachable(FakeLine):
    """A line whose first tries fail, one after the other, before it comes."""

    def __init__(self, other_end: OtherEnd, failures: Sequence[Disconnected]) -> None:
        super().__init__(other_end)
        self._failures = failures

    def start(self) -> None:
        for failure in self._failures:
            self.happenings.put(failure)
        super().start()


AWAY = Disconnected("AWS_IO_SOCKET_CONNECTION_REFUSED")
TURNED_AWAY = Disconnected("AWS_IO_TLS_ERROR_NEGOTIATION_FAILURE", turned_away=True)


def test_an_unreachable_broker_is_waited_for_without_end(tmp_path: Path) -> None:
    other_end = OtherEnd()
    assert live(tmp_path / "b", Unreachable(other_end, [AWAY] * 500), Pace(readings=4))
    assert other_end.readings == EXPECTED


def test_a_broker_that_hangs_up_while_it_starts_is_waited_for(tmp_path: Path) -> None:
    other_end = OtherEnd()
    assert live(tmp_path / "b", Unreachable(other_end, [TURNED_AWAY] * 4 + [AWAY] + [TURNED_AWAY] * 4), Pace(readings=4))
    assert other_end.readings == EXPECTED


def test_being_turned_away_every_time_is_told_at_once_and_ends_the_agent_with_the_cure(tmp_path: Path) -> None:
    told: list[str] = []
    with pytest.raises(Refused, match="the CA file is the broker's"):
        live(tmp_path / "b", Unreachable(OtherEnd(), [TURNED_AWAY] * 5), Pace(readings=4), tell=told.append)
    assert told == [
        "No connection yet (AWS_IO_TLS_ERROR_NEGOTIATION_FAILURE): is it our certificate, its policy, or the CA file? "
        "Readings are kept on disk, trying again."
    ]


def fill(buffer: Buffer) -> None:
    with pytest.raises(BufferFull):
        while True:
            buffer.keep([Measured("old", 0.0, "2025-01-01T00:00:00+09:00")] * 500)


def test_a_full_buffer_holds_the_recording_back_until_there_is_room_and_loses_nothing(tmp_path: Path) -> None:
    other_end = OtherEnd()
    assert live(tmp_path / "b", FakeLine(other_end), Pace(readings=1_000), fill, limit_mb=1)
    new = [reading for _, reading in sorted(other_end.readings.items()) if reading[0] != "old"]
    assert new == list(EXPECTED.values())
    assert len(other_end.readings) > 1_000
    assert sorted(other_end.readings) == list(range(1, len(other_end.readings) + 1))


class Meter:
    """A live source: one reading every ten seconds, never finished until told."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.due_at = clock.now
        self.finished = False

    def take(self, now: float) -> tuple[list[Measured], Progress | None]:
        return [Measured("power_kw", 0.3, "2025-08-05T08:00:00+09:00")], None

    def taken(self, progress: Progress | None) -> None:
        self.due_at += 10


@pytest.mark.parametrize(("pace", "sizes"), [(Pace(readings=3, seconds=1e6), {3}), (Pace(readings=100, seconds=60), {6, 7})])
def test_a_message_leaves_when_it_is_full_or_when_its_time_has_come(tmp_path: Path, pace: Pace, sizes: set[int]) -> None:
    clock, other_end = Clock(), OtherEnd()
    line, meter = FakeLine(other_end), Meter(clock)
    buffer = Buffer(tmp_path / "b", "meter", "test")
    agent = Agent(buffer, line, line.happenings, pace, tell=lambda _: None, clock=clock)
    publish = line.publish

    def publish_and_count(batch: Batch) -> None:
        publish(batch)
        if other_end.copies == 4:
            agent.stop()

    line.publish = publish_and_count  # type: ignore[method-assign]
    agent.run(meter)
    buffer.close()
    assert {len(json.loads(payload)["readings"]) for payload in other_end.messages.values()} <= sizes


class Buttons:
    """A source that gives what it is told to, one `take` after the other."""

    def __init__(self, *takes: list[str]) -> None:
        self._takes = list(takes)

    @property
    def finished(self) -> bool:
        return not self._takes

    due_at = 0.0

    def take(self, now: float) -> tuple[list[Measured], Progress | None]:
        return [Measured(metric, True, START.isoformat()) for metric in self._takes[0]], None

    def taken(self, progress: Progress | None) -> None:
        del self._takes[0]


class Told(FakeLine):
    """Remembers what left in which order, and as what."""

    def __init__(self, other_end: OtherEnd, answers: Sequence[str] = ()) -> None:
        super().__init__(other_end, answers)
        self.left: list[tuple[bool, list[str]]] = []

    def publish(self, batch: Batch) -> None:
        self.left.append((batch.urgent, [reading["metric"] for reading in json.loads(batch.payload)["readings"]]))
        super().publish(batch)


def press(path: Path, line: Told, *takes: list[str]) -> None:
    buffer = Buffer(path, "button", "test", urgent=frozenset({"sos"}))
    try:
        Agent(buffer, line, line.happenings, Pace(readings=25, seconds=1e9), lambda _: None, Clock()).run(Buttons(*takes))
    finally:
        buffer.close()


def test_an_urgent_reading_leaves_alone_and_at_once_and_in_no_other_message(tmp_path: Path) -> None:
    other_end = OtherEnd()
    line = Told(other_end)
    press(tmp_path / "b", line, ["t", "t", "sos", "t"], ["t"])
    assert line.left == [(True, ["sos"]), (False, ["t", "t"]), (False, ["t", "t"])]
    assert sorted(other_end.readings) == [1, 2, 3, 4, 5]


def test_a_press_and_its_release_leave_in_order_one_after_the_other(tmp_path: Path) -> None:
    other_end = OtherEnd()
    line = Told(other_end, answers=["lost", "ok"])
    press(tmp_path / "b", line, ["sos", "sos"])
    assert line.left == [(True, ["sos"])] * 3  # the first again, under its own id, and then the second
    assert list(other_end.messages) == sorted(other_end.messages)
    assert list(other_end.readings) == [1, 2]


def test_what_was_urgent_before_a_power_cut_is_urgent_after_it(tmp_path: Path) -> None:
    with_power = Buffer(tmp_path / "b", "button", "test", urgent=frozenset({"sos"}))
    with_power.keep([Measured("t", 1, START.isoformat()), Measured("sos", True, START.isoformat())])
    with_power.close()
    line = Told(OtherEnd())
    press(tmp_path / "b", line)
    assert line.left == [(True, ["sos"]), (False, ["t"])]


class Seldom:
    """A source with nothing to tell, asked fifty times a second."""

    finished = False

    @property
    def due_at(self) -> float:
        return time.time() + 0.02

    def take(self, now: float) -> tuple[list[Measured], Progress | None]:
        raise AssertionError("it is never due")

    def taken(self, progress: Progress | None) -> None:
        raise AssertionError("nothing was taken")


def test_a_signal_that_outlasts_the_wait_it_interrupts_still_stops_the_agent(tmp_path: Path) -> None:
    line, happenings, buffer = FakeLine(OtherEnd()), SimpleQueue[Happening](), Buffer(tmp_path / "b", "meter", "test")
    agent = Agent(buffer, line, happenings, Pace(), lambda _: None)

    def ask(*_: object) -> None:
        time.sleep(0.1)  # a busy machine: the wait of 20 ms is over before the handler is
        agent.stop()

    rescue = threading.Timer(5, lambda: happenings.put(Delivered("rescue")))
    before = signal.signal(signal.SIGALRM, ask)
    rescue.start()
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.01)
        assert agent.run(Seldom()) is False
        assert rescue.is_alive(), "it slept until something else woke it"
    finally:
        signal.signal(signal.SIGALRM, before)
        rescue.cancel()
        buffer.close()
