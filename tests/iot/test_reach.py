"""How one piece of news goes to one person, as arithmetic: now or when, and by which channel next."""

from __future__ import annotations

import pytest

from chalicelib.iot.reach import Try, Wishes, channels_to_try, day_of, gathered_until, is_counted, most_urgent, next_morning
from chalicelib.iot.reading import to_millis
from tests.flows.world import at

OWN = ("line", "mail", "sms")


def when(text: str) -> int:
    return to_millis(at(text))


def tries(**outcomes: str) -> list[Try]:
    return [Try(channel, 1, outcome) for channel, outcome in outcomes.items()]


@pytest.mark.parametrize(
    ("level", "so_far", "next_ones"),
    [
        ("warning", {}, OWN),
        ("warning", {"line": "no_quota"}, ("mail", "sms")),
        ("warning", {"line": "failed"}, ("mail", "sms", "line")),  # what failed comes after what was never tried
        ("warning", {"line": "failed", "mail": "sent"}, ()),
        ("warning", {"line": "failed", "mail": "refused", "sms": "unsure"}, ("line",)),
        ("warning", {"line": "gone", "mail": "no_address", "sms": "refused"}, ()),
        ("critical", {"line": "sent"}, ("mail", "sms")),
        ("critical", {"line": "sent", "mail": "failed", "sms": "sent"}, ("mail",)),
        ("critical", {"line": "sent", "mail": "no_address", "sms": "unsure"}, ()),
    ],
)
def test_which_channels_are_still_to_try(level: str, so_far: dict[str, str], next_ones: tuple[str, ...]) -> None:
    assert channels_to_try(OWN, level, tries(**so_far)) == next_ones


@pytest.mark.parametrize(
    ("level", "wishes", "gather", "until"),
    [
        ("warning", Wishes(), None, None),
        ("warning", Wishes(digest=18 * 60), None, "2025-08-01T18:00"),
        ("warning", Wishes(digest=12 * 60), None, "2025-08-01T12:00"),  # this very minute
        ("warning", Wishes(digest=7 * 60), None, "2025-08-02T07:00"),
        ("critical", Wishes(digest=18 * 60), None, None),
        ("warning", Wishes(), "2025-08-01T12:20", "2025-08-01T12:20"),
        ("critical", Wishes(), "2025-08-01T12:20", "2025-08-01T12:20"),
        ("warning", Wishes(digest=18 * 60), "2025-08-01T12:20", "2025-08-01T18:00"),
    ],
)
def test_what_is_gathered_until_when(level: str, wishes: Wishes, gather: str | None, until: str | None) -> None:
    found = gathered_until(level, when("2025-08-01T12:00"), wishes, when(gather) if gather else None)
    assert found == (when(until) if until else None)


@pytest.mark.parametrize(
    ("now", "quiet", "morning"),
    [
        ("2025-08-01T12:00", None, "2025-08-02T08:00"),
        ("2025-08-01T00:00", None, "2025-08-02T08:00"),
        ("2025-08-01T23:59", None, "2025-08-02T08:00"),
        ("2025-08-01T12:00", (22 * 60, 7 * 60), "2025-08-02T08:00"),
        ("2025-08-01T12:00", (22 * 60, 9 * 60 + 30), "2025-08-02T09:30"),
        ("2025-08-01T12:00", (7 * 60, 8 * 60), "2025-08-02T08:00"),  # quiet hours exclude their end
        ("2025-12-31T12:00", None, "2026-01-01T08:00"),
    ],
)
def test_the_next_morning(now: str, quiet: tuple[int, int] | None, morning: str) -> None:
    assert next_morning(when(now), quiet) == when(morning)


def test_a_day_is_japans_and_only_what_is_not_critical_counts() -> None:
    assert day_of(when("2025-08-01T00:00")) == day_of(when("2025-08-01T23:59"))
    assert day_of(when("2025-08-02T00:00")) == day_of(when("2025-08-01T23:59")) + 1
    assert is_counted("info", Wishes(daily_max=1))
    assert not is_counted("critical", Wishes(daily_max=1))
    assert not is_counted("info", Wishes())


def test_a_message_is_as_urgent_as_the_worst_in_it() -> None:
    assert most_urgent(["info", "critical", "warning"]) == "critical"
    assert most_urgent(["info", "warning"]) == "warning"
    assert most_urgent([]) == "info"
