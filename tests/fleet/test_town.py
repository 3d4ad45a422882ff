"""The town's pure part: lives, devices and stories by seed, and what should be noticed of them, held against the house's own judgement."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.iot import models, setting, watching
from chalicelib.iot.reading import MINUTE, Message, Reading, to_millis
from chalicelib.iot.ticks import tick_at_or_after
from fleet.behaviour import life, sensors, tapes
from fleet.behaviour.life import JAPAN
from fleet.behaviour.stories import BY_NAME, STORIES
from fleet.town import expected
from fleet.town.homes import KINDS, Device, Run, town

EVENING = Run(datetime(2026, 11, 22, 18, 0, tzinfo=JAPAN), 120)
MORNING = Run(datetime(2026, 7, 3, 5, 7, tzinfo=JAPAN), 240)


def device(story: str, run: Run = EVENING) -> Device:
    """The first device of a town to which that happens."""
    for home in town(200, 1):
        for found in home.devices:
            if found.played(run).name == story:
                return found
    raise AssertionError(f"nobody in town has the story {story}")


def test_ten_homes_have_devices_of_every_model() -> None:
    there = {found.model for home in town(10, 1) for found in home.devices}
    assert there == set(models.names())


def test_what_is_urgent_here_is_what_the_models_call_urgent() -> None:
    urgent = {metric for model in models.names() for metric, about in models.metrics(model).items() if about.get("urgent")}
    assert urgent == sensors.URGENT


def test_two_hundred_homes_tell_every_story() -> None:
    assert {home.story.name for home in town(200, 1)} == {story.name for story in STORIES}


def test_a_seed_says_the_same_again_and_another_seed_something_else() -> None:
    def said(seed: int) -> list[object]:
        return [list(found.span(EVENING.starts, EVENING.ends, EVENING)) for home in town(10, seed) for found in home.devices]

    assert said(1) == said(1)
    assert said(1) != said(2)


@pytest.mark.parametrize("run", [EVENING, MORNING], ids=["evening", "morning"])
def test_everything_said_is_possible_for_its_model_and_has_a_number_of_its_own(run: Run) -> None:
    for home in town(40, 3):
        for found in home.devices:
            about = models.metrics(found.model)
            seqs: set[int] = set()
            for said in found.span(run.starts - found.history * life.MINUTE, run.ends, run):
                assert said.metric in about, (found.id, said)
                kind = {bool: "boolean", str: "text"}.get(type(said.value), "number")
                assert kind == about[said.metric]["type"], (found.id, said)
                if possible := about[said.metric].get("possible"):
                    assert possible[0] <= said.value <= possible[1], (found.id, said)
                assert said.seq not in seqs
                seqs.add(said.seq)


def test_the_meter_only_rises_also_where_the_recording_begins_again() -> None:
    week = 7 * 1440
    shown = [tapes.power().meter(minute, 3) for minute in range(4 * week, 5 * week + 60, 7)]
    assert shown == sorted(shown)
    assert shown[-1] - shown[0] == pytest.approx(tapes.power().meter(week - 1, 0) - tapes.power().meter(0, 0), rel=0.05)


def test_a_day_has_a_night_and_a_life() -> None:
    day = datetime(2026, 11, 22, tzinfo=JAPAN)
    places = [life.place("somebody", day + n * life.MINUTE) for n in range(1440)]
    assert places[3 * 60] == places[4 * 60] == "asleep"
    assert "up" in places[7 * 60 : 9 * 60]
    assert 5 * 60 < places.count("asleep") < 10 * 60
    moved = [life.moves("somebody", day + n * life.MINUTE) for n in range(1440)]
    assert sum(moved[7 * 60 : 21 * 60]) > 50 > sum(moved[: 5 * 60])


def judged(found: Device, run: Run) -> Iterator[tuple[str, datetime | None, datetime]]:
    """What the house itself makes of a device's run: messages of a minute each, ticks every five minutes."""
    story = found.played(run)
    begin = to_millis(run.starts)
    one = watching.Device(found.id, "c", found.model, begin - found.history * MINUTE)
    one = watching.set_watch(one, setting.watch_of(story.watch, dict(story.settings)), one.claimed_at).device
    opened: list[tuple[str, datetime | None, datetime]] = []

    def take(change: watching.Change) -> watching.Device:
        for kind, id in change.happened:
            alert = change.device.alert(id)
            if kind == "opened" and alert is not None:
                at = None if alert.measured_at is None else datetime.fromtimestamp(alert.measured_at / 1000, UTC)
                opened.append((alert.watch, at, datetime.fromtimestamp(alert.opened_at / 1000, UTC)))
        return change.device

    kept: list[Reading] = []
    at = run.starts - found.history * life.MINUTE
    while at < run.ends:
        now = to_millis(at)
        kept += [Reading(s.metric, s.value, to_millis(s.measured_at), s.seq) for s in found.says(at, run)]
        if kept and at >= run.starts - life.MINUTE and story.line(run.minute(at), found.stage(run)):
            one = take(watching.receive(one, Message(found.id, f"b{now}", now, tuple(kept))))
            kept = []
        if tick_at_or_after(now) == now and at >= run.starts:
            one = take(watching.tick(one, now))
        at += life.MINUTE
    return iter(opened)


@pytest.mark.parametrize("run", [EVENING, MORNING], ids=["evening", "morning"])
@pytest.mark.parametrize("name", [story.name for story in STORIES if story.watch])
def test_what_is_expected_of_a_story_is_what_the_house_notices_once(name: str, run: Run) -> None:
    found = device(name)
    (wanted,) = expected.alerts(found, run)
    ((watch, measured_at, opened_at),) = judged(found, run)
    assert (watch, measured_at) == (wanted.watch, wanted.reading_at)
    assert wanted.from_ <= opened_at <= wanted.from_ + timedelta(minutes=30)


def test_nothing_is_expected_of_an_ordinary_day_and_the_house_notices_nothing() -> None:
    for home in town(20, 1)[10:]:
        for found in home.devices:
            assert found.story.name == "ordinary"
            assert expected.alerts(found, EVENING) == []
            for watch, settings in found.watches.items():
                story = next(story for story in STORIES if story.watch == watch and story.settings == settings)
                asked = Device(found.id, found.model, found.seed, BY_NAME["ordinary"], 0)
                assert not any(opened(asked, story.watch, dict(settings), EVENING))


def opened(found: Device, watch: str, settings: dict[str, object], run: Run) -> list[object]:
    one = watching.Device(found.id, "c", found.model, to_millis(run.starts))
    one = watching.set_watch(one, setting.watch_of(watch, settings), one.claimed_at).device
    said = [Reading(s.metric, s.value, to_millis(s.measured_at), s.seq) for s in found.span(run.starts, run.ends, run)]
    return list(watching.receive(one, Message(found.id, "b", to_millis(run.ends), tuple(said))).happened)


def test_a_story_that_a_short_run_cannot_show_is_an_ordinary_day() -> None:
    short = Run(EVENING.starts, 30)
    for home in town(10, 1):
        for found in home.devices:
            assert found.played(short).name == "ordinary"


def test_a_clock_that_is_ahead_dates_readings_that_are_not_kept() -> None:
    found = device("broken clock")
    said = list(found.span(EVENING.starts, EVENING.ends, EVENING))
    ahead = [each for each in said if not each.kept]
    assert len({each.true_at for each in ahead}) == 30
    assert all(each.measured_at - each.true_at == timedelta(days=3) for each in ahead)


def test_every_kind_of_household_has_a_story_to_tell_or_an_ordinary_day() -> None:
    for devices, stories in KINDS:
        for name in stories:
            assert BY_NAME[name].model in ("", *devices)
