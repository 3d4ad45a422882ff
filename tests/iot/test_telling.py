"""Who is told when: the details that the public scenarios leave to the text."""

from __future__ import annotations

import random
from typing import Any

import pytest

from chalicelib.iot import alerts, telling
from chalicelib.iot.reading import MINUTE

from .play import Home, instant, minute

NIGHT = ["22:00", "07:00"]


def home(*people: dict[str, Any], steps: list[dict[str, Any]] | None = None, level: str = "warning") -> Home:
    made = Home()
    for person in people or ({"person": "daughter"},):
        made.person({"role": "family", "channels": ["mail"], **person})
    if steps:
        made.escalation(steps)
    made.claim("d", "climate-sensor", instant("2025-08-01T09:00"))
    settings = {"kind": "threshold", "metric": "temperature", "above": 30, "level": level}
    made.set_watch("d", "hot", settings, instant("2025-08-01T09:00"))
    return made


def hear(at: Home, when: str, value: float) -> None:
    at.to(instant(when))
    at.receive("d", [{"metric": "temperature", "value": value, "measured_at": instant(when)}], instant(when))


def told(at: Home, until: str) -> list[tuple[str, str, str]]:
    at.to(instant(until))
    return [(entry["at"][5:], entry["person"], entry["kind"]) for entry in at.told()]


def snooze(at: Home, when: str, minutes: int) -> None:
    at.to(instant(when))
    at.touch("d", "hot", lambda alert: alerts.snooze(alert, instant(when), instant(when) + minutes * MINUTE))


STEPS = [{"after_minutes": 0, "to": ["daughter"]}, {"after_minutes": 15, "to": ["son"]}]
BOTH = ({"person": "daughter"}, {"person": "son"})


def test_a_later_snooze_replaces_an_earlier_one_and_holds_what_it_held() -> None:
    longer = home(*BOTH, steps=STEPS)
    hear(longer, "2025-08-01T10:00", 31)
    snooze(longer, "2025-08-01T10:10", 20)
    snooze(longer, "2025-08-01T10:20", 30)
    assert told(longer, "2025-08-01T12:00") == [("08-01T10:00", "daughter", "opened"), ("08-01T10:50", "son", "opened")]
    shorter = home(*BOTH, steps=STEPS)
    hear(shorter, "2025-08-01T10:00", 31)
    snooze(shorter, "2025-08-01T10:10", 60)
    snooze(shorter, "2025-08-01T10:20", 3)
    assert told(shorter, "2025-08-01T12:00")[1:] == [("08-01T10:25", "son", "opened")]


def test_steps_outside_the_snooze_keep_their_time() -> None:
    later = home(*BOTH, steps=STEPS)
    hear(later, "2025-08-01T10:00", 31)
    snooze(later, "2025-08-01T10:01", 10)
    assert told(later, "2025-08-01T12:00")[1:] == [("08-01T10:15", "son", "opened")]
    due_before = home(*BOTH, steps=STEPS)
    hear(due_before, "2025-08-01T10:03", 31)  # due at 10:18, told at the tick of 10:20
    snooze(due_before, "2025-08-01T10:19", 30)
    assert told(due_before, "2025-08-01T12:00")[1:] == [("08-01T10:20", "son", "opened")]


def test_quiet_hours_hold_what_closed_in_the_night_and_tell_it_once_as_closed() -> None:
    at = home({"person": "daughter", "quiet": NIGHT}, {"person": "son"})
    hear(at, "2025-08-01T23:00", 31)
    hear(at, "2025-08-01T23:30", 20)
    assert told(at, "2025-08-02T12:00") == [
        ("08-01T23:00", "son", "opened"),
        ("08-01T23:30", "son", "closed"),
        ("08-02T07:00", "daughter", "closed"),
    ]


def test_who_knew_of_the_opening_hears_of_the_end_after_the_night() -> None:
    at = home({"person": "daughter", "quiet": NIGHT})
    hear(at, "2025-08-01T21:00", 31)
    hear(at, "2025-08-01T23:30", 20)
    assert told(at, "2025-08-02T12:00") == [("08-01T21:00", "daughter", "opened"), ("08-02T07:00", "daughter", "closed")]


def test_critical_knows_no_night() -> None:
    at = home({"person": "daughter", "quiet": NIGHT}, level="critical")
    hear(at, "2025-08-01T23:00", 31)
    hear(at, "2025-08-01T23:30", 20)
    assert [entry[0] for entry in told(at, "2025-08-02T12:00")] == ["08-01T23:00", "08-01T23:30"]


def test_an_acknowledgement_cancels_what_waits_for_the_morning() -> None:
    at = home({"person": "daughter", "quiet": NIGHT}, {"person": "son"})
    hear(at, "2025-08-01T23:00", 31)
    at.touch("d", "hot", lambda alert: alerts.acknowledge(alert, "son"))
    hear(at, "2025-08-02T10:00", 20)
    assert [entry[1:] for entry in told(at, "2025-08-02T12:00")] == [("son", "opened"), ("son", "closed")]


def test_nobody_is_told_twice_of_one_opening() -> None:
    steps = [{"after_minutes": 0, "to": ["daughter"]}, {"after_minutes": 10, "to": ["daughter", "son"]}]
    at = home(*BOTH, steps=steps)
    hear(at, "2025-08-01T10:00", 31)
    assert told(at, "2025-08-01T11:00") == [("08-01T10:00", "daughter", "opened"), ("08-01T10:10", "son", "opened")]


def test_an_alert_keeps_the_steps_it_began_with() -> None:
    at = home(*BOTH, steps=STEPS)
    hear(at, "2025-08-01T10:00", 31)
    at.escalation([{"after_minutes": 30, "to": ["daughter"]}])
    assert told(at, "2025-08-01T11:00")[1:] == [("08-01T10:15", "son", "opened")]


def test_who_was_removed_is_not_told() -> None:
    at = home(*BOTH, steps=STEPS)
    hear(at, "2025-08-01T10:00", 31)
    from dataclasses import replace

    at.household = replace(at.household, people=at.household.people[:1])
    hear(at, "2025-08-01T11:00", 20)
    assert [entry[1:] for entry in told(at, "2025-08-01T12:00")] == [("daughter", "opened"), ("daughter", "closed")]


@pytest.mark.parametrize("again", ["opened", "closed"])
def test_acknowledging_again_changes_nothing(again: str) -> None:
    at = home(*BOTH)
    hear(at, "2025-08-01T10:00", 31)
    at.touch("d", "hot", lambda alert: alerts.acknowledge(alert, "daughter"))
    if again == "closed":
        hear(at, "2025-08-01T11:00", 20)
    at.touch("d", "hot", lambda alert: alerts.acknowledge(alert, "son"))
    assert at.listed()[0]["acknowledged_by"] == "daughter"


ASK = [{"after_minutes": 0, "to": ["father"], "ask": True}, {"after_minutes": 15, "to": ["daughter"]}]
FATHER = ({"person": "daughter"}, {"person": "father"})


def test_the_family_is_woken_only_when_nobody_answers() -> None:
    silent = home(*FATHER, steps=ASK)
    hear(silent, "2025-08-01T10:00", 31)
    assert told(silent, "2025-08-01T12:00") == [("08-01T10:00", "father", "asked"), ("08-01T10:15", "daughter", "opened")]
    answered = home(*FATHER, steps=ASK)
    hear(answered, "2025-08-01T10:00", 31)
    answered.touch("d", "hot", lambda alert: alerts.answer(alert, "father", instant("2025-08-01T10:10")))
    assert told(answered, "2025-08-01T12:00") == [("08-01T10:00", "father", "asked")]
    assert answered.listed()[0]["acknowledged_by"] == "father"


def test_what_ends_before_anybody_was_told_disturbs_nobody() -> None:
    at = home(*FATHER, steps=ASK)
    hear(at, "2025-08-01T10:00", 31)
    hear(at, "2025-08-01T10:12", 20)
    assert told(at, "2025-08-01T12:00") == [("08-01T10:00", "father", "asked")]


def test_who_sleeps_is_asked_in_the_morning_and_the_others_do_not_wait_for_it() -> None:
    asleep = ({"person": "daughter"}, {"person": "father", "quiet": NIGHT})
    at = home(*asleep, steps=ASK)
    hear(at, "2025-08-01T23:00", 31)
    assert told(at, "2025-08-02T12:00") == [("08-01T23:15", "daughter", "opened"), ("08-02T07:00", "father", "asked")]
    over = home(*asleep, steps=ASK)
    hear(over, "2025-08-01T23:00", 31)
    hear(over, "2025-08-01T23:10", 20)
    assert told(over, "2025-08-02T12:00") == []


def test_a_call_for_help_waits_for_no_answer() -> None:
    at = home(*FATHER, steps=ASK, level="critical")
    hear(at, "2025-08-01T10:00", 31)
    assert told(at, "2025-08-01T12:00") == [("08-01T10:00", "father", "asked"), ("08-01T10:00", "daughter", "opened")]


def test_a_question_needs_somebody_to_tell_after_it() -> None:
    from chalicelib.errors import Invalid
    from chalicelib.iot import setting

    with pytest.raises(Invalid, match=r"steps\.1\.ask"):
        setting.steps_of([{"after_minutes": 0, "to": ["a"]}, {"after_minutes": 5, "to": ["a"], "ask": True}], ["a"])
    same = [{"after_minutes": 5, "to": ["a"], "ask": True}, {"after_minutes": 5, "to": ["b"]}]
    assert [step.ask for step in setting.steps_of(same, ["a", "b"])] == [True, False]


def test_taking_away_whom_a_question_leads_to_takes_the_question_away() -> None:
    from chalicelib.iot.telling import Plan, usable

    assert usable([Plan(0, ("father",), True), Plan(900_000, ())]) == ()
    kept = (Plan(0, ("father",), True), Plan(900_000, ("son",)))
    assert usable([*kept, Plan(1_000_000, ("father",), True)]) == kept


def test_an_answer_after_somebody_took_care_changes_nothing() -> None:
    at = home(*FATHER, steps=ASK)
    hear(at, "2025-08-01T10:00", 31)
    at.touch("d", "hot", lambda alert: alerts.acknowledge(alert, "daughter"))
    at.touch("d", "hot", lambda alert: alerts.answer(alert, "father", instant("2025-08-01T10:10")))
    assert at.listed()[0]["acknowledged_by"] == "daughter"


def test_a_step_that_falls_due_as_a_snooze_begins_waits_for_its_end() -> None:
    people = ({"person": "daughter"}, {"person": "son"})
    steps = [{"after_minutes": 0, "to": ["daughter"]}, {"after_minutes": 11, "to": ["son"]}]
    at_once = home(*people, steps=steps)
    hear(at_once, "2025-08-01T10:01", 31)
    snooze(at_once, "2025-08-01T10:12", 30)  # at 10:12 the son's step falls due; the next tick is at 10:15
    assert told(at_once, "2025-08-01T12:00")[1:] == [("08-01T10:45", "son", "opened")]  # 10:42, at the tick after it


def foretold(at: Home, when: str) -> list[tuple[str, str, str, bool]]:
    (alert,) = [one for one in at.devices["d"].alerts if one.is_open]
    found = telling.ahead(alert, at.household, instant(when))
    return [(str(minute(tell.at))[5:], tell.person, tell.kind, slept) for tell, slept in found]


def test_who_is_told_next_and_who_sleeps_until_when() -> None:
    at = home(*BOTH, {"person": "aunt", "quiet": NIGHT}, steps=[*STEPS, {"after_minutes": 20, "to": ["aunt"]}])
    hear(at, "2025-08-01T22:02", 31)
    wanted = [("08-01T22:20", "son", "opened", False), ("08-02T07:00", "aunt", "opened", True)]
    assert foretold(at, "2025-08-01T22:02") == wanted
    snooze(at, "2025-08-01T22:10", 60)  # until 23:10: what falls due meanwhile waits for its end
    assert foretold(at, "2025-08-01T22:10") == [("08-01T23:10", "son", "opened", False), wanted[1]]
    at.touch("d", "hot", lambda alert: alerts.acknowledge(alert, "daughter", instant("2025-08-01T22:15")))
    assert foretold(at, "2025-08-01T22:15") == []


def test_nobody_sleeps_through_what_is_critical() -> None:
    at = home({"person": "daughter"}, {"person": "son", "quiet": NIGHT}, steps=STEPS, level="critical")
    hear(at, "2025-08-01T22:00", 31)
    assert foretold(at, "2025-08-01T22:00") == [("08-01T22:15", "son", "opened", False)]


@pytest.mark.parametrize("seed", range(40))
def test_what_was_foretold_comes_true(seed: int) -> None:
    chance = random.Random(seed)
    names = ("daughter", "son", "aunt", "father")
    spans = (None, NIGHT, ["12:00", "13:30"], ["23:59", "00:04"])
    people = [{"person": name, "quiet": chance.choice(spans)} for name in names]
    minutes = sorted(chance.sample(range(0, 240, 3), 3))
    steps = [{"after_minutes": after, "to": chance.sample(names, chance.randint(1, 3))} for after in minutes]
    steps[0] |= {"ask": chance.random() < 0.5}
    at = home(*people, steps=steps, level=chance.choice(["warning", "critical", "info"]))
    when = f"2025-08-01T{chance.randrange(24):02}:{chance.randrange(60):02}"
    hear(at, when, 31)
    if chance.random() < 0.5:
        snooze(at, when, chance.randrange(1, 120))
    known, said = len(at.told()), foretold(at, when)
    assert told(at, "2025-08-05T00:00")[known:] == [one[:3] for one in said]
