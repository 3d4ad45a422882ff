"""Who is told next of an open alert: by which way, when their wish lets it, and nobody once it is in somebody's hands."""

from __future__ import annotations

from typing import Any

from chalicelib.flows import addresses, alert_log, alerts, people
from chalicelib.members.roles import Caller
from tests.flows.world import at
from tests.flows_iot.home import Home, heat

OPERATOR = Caller("op", operator=True, role="operator")


def alarmed(home: Home, level: str) -> str:
    device = f"next-{home.contract[:6]}"
    home.claim("2025-08-01T09:00", device)
    home.add("2025-08-01T09:00", "daughter", "sms", "mail", email="hanako@example.com", name="花子")
    home.add("2025-08-01T09:00", "son", "push", "mail", "line", email="kenta@example.com")
    home.add("2025-08-01T09:00", "aunt", email="aunt@example.com", quiet=["09:00", "16:00"])
    addresses.prefer(home.store, home.contract, OPERATOR, "son", {"digest": "18:00"})
    after = {"daughter": 0, "son": 15, "aunt": 30}
    people.set_escalation(home.store, home.contract, [{"after_minutes": wait, "to": [who]} for who, wait in after.items()])
    home.watch("2025-08-01T09:00", device, "hot", kind="threshold", metric="temperature", above=30, level=level)
    home.hear("2025-08-01T10:00", device, heat(31))
    return str(home.alerts()[0]["alert"])


def following(home: Home, alert: str, when: str = "2025-08-01T10:01") -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = alert_log.view(home.store, at(when), home.contract, alert)["next"]
    return shown


def test_quiet_hours_and_one_message_a_day_are_foretold_in_the_order_of_time(home: Home) -> None:
    alert = alarmed(home, "warning")
    mail = {"name": None, "kind": "opened", "channels": ["mail"]}  # the son's browser was never set up
    aunt = mail | {"person": "aunt", "at": "2025-08-01T07:00:00Z", "after_quiet": True, "gathered": False}
    assert following(home, alert) == [
        aunt,
        mail | {"person": "son", "at": "2025-08-01T09:00:00Z", "after_quiet": False, "gathered": True},
    ]
    home.tick("2025-08-01T10:15")
    assert [one["person"] for one in following(home, alert, "2025-08-01T10:16")] == ["aunt"]
    alerts.acknowledge(home.store, at("2025-08-01T10:20"), home.asked(), "contractor", alert, {"person": "daughter"})
    assert following(home, alert, "2025-08-01T10:21") == []


def test_a_call_for_help_goes_out_by_all_ways_and_waits_for_no_wish(home: Home) -> None:
    alert = alarmed(home, "critical")
    told = [(one["person"], one["at"][11:16], one["channels"], one["gathered"]) for one in following(home, alert)]
    assert told == [("son", "01:15", ["mail"], False), ("aunt", "01:30", ["mail"], False)]


def test_beyond_the_days_number_the_rest_is_foretold_for_the_morning(home: Home) -> None:
    device = f"many-{home.contract[:6]}"
    home.claim("2025-08-01T09:00", device)
    home.add("2025-08-01T09:00", "son", email="kenta@example.com", daily_max=1)
    people.set_escalation(home.store, home.contract, [{"after_minutes": 15, "to": ["son"]}])
    home.watch("2025-08-01T09:00", device, "hot", kind="threshold", metric="temperature", above=30)
    home.hear("2025-08-01T10:00", device, heat(31))
    (alert,) = (one["alert"] for one in home.alerts())
    assert following(home, alert)[0]["at"] == "2025-08-01T01:15:00Z"
    reached_once(home, "2025-08-01T09:30")
    (son,) = following(home, alert)
    assert (son["at"], son["gathered"]) == ("2025-08-01T23:00:00Z", True)  # 8:00 of the next day


def reached_once(home: Home, when: str) -> None:
    from chalicelib.iot.reach import day_of
    from chalicelib.iot.reading import to_millis
    from chalicelib.store import reached

    home.store.write(reached.counted(home.store, home.contract, "son", day_of(to_millis(at(when))), 1))
