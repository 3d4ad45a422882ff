"""Lists page by page, the stored form of a device, and the local stage's clock."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib import settings
from chalicelib.errors import Invalid
from chalicelib.flows import alert_log
from chalicelib.iot.alerts import Alert, Step
from chalicelib.iot.floods import Pace
from chalicelib.iot.reading import Newest
from chalicelib.iot.watching import Apart, Device
from chalicelib.store import devices as rows
from tests.flows_iot.home import Home, handed_over, heat


def pages(list_of: Any, home: Home, **how: Any) -> list[Any]:
    found: list[Any] = []
    cursor = ""
    while True:
        page = list_of(home.store, home.contract, limit=2, cursor=cursor, **how)
        found += page["items"]
        cursor = page.get("next", "")
        if not cursor:
            return found


def test_alerts_and_what_was_told_come_page_by_page_in_order(home: Home) -> None:
    device = f"pages-{home.contract[:6]}"
    home.claim("2025-08-01T09:00", device)
    home.add("2025-08-01T09:00", "daughter")
    for limit in (30, 31, 32):
        home.watch("2025-08-01T09:00", device, f"over-{limit}", kind="threshold", metric="temperature", above=limit)
    for minute, value in ((0, 33), (10, 20), (20, 32), (30, 31.5)):
        home.hear(f"2025-08-01T10:{minute:02d}", device, heat(value))
    assert [alert["watch"] for alert in pages(alert_log.listing, home)] == [
        "over-30",
        "over-31",
        "over-32",
        "over-30",
        "over-31",
    ]
    assert [alert["watch"] for alert in pages(alert_log.listing, home, open=True)] == ["over-30", "over-31"]
    told = [(entry["at"][11:16], entry["watch"], entry["kind"]) for entry in pages(alert_log.told, home)]
    assert told == [
        ("01:00", "over-30", "opened"),
        ("01:00", "over-31", "opened"),
        ("01:00", "over-32", "opened"),
        ("01:10", "over-30", "closed"),
        ("01:10", "over-31", "closed"),
        ("01:10", "over-32", "closed"),
        ("01:20", "over-30", "opened"),
        ("01:20", "over-31", "opened"),
    ]


@pytest.mark.parametrize("cursor", ["x", "AAAA", "YWxlcnQ=", "4pyT"])
def test_a_made_up_cursor_is_refused(home: Home, cursor: str) -> None:
    with pytest.raises(Invalid):
        alert_log.listing(home.store, home.contract, cursor=cursor)


def test_the_stored_form_of_a_device_is_read_by_later_editions() -> None:
    """A golden text: what is stored today must be read tomorrow, so new parts go to the end of their list."""
    alert = Alert(
        "00000000000001-001-00001-000001",
        "hot",
        "warning",
        1,
        measured_at=1,
        value=31.5,
        condition="threshold",
        steps=(Step(900_001, ("son",)),),
        told=("daughter",),
        waiting=(("aunt", 5),),
        snoozed=(2, 3),
    )
    newest = {"t": Newest(9, 31.5, (1, None), ((10, 2),)), "m": Newest(8, True, (4,))}
    device = Device(
        "d", "c", "m", 0, memory={"hot": 1}, newest=newest, last_received=9, alerts=(alert,), settings=1, openings=1
    )
    text = (
        '[{"hot":1},{"t":[9,31.5,[1,null],[[10,2]]],"m":[8,true,[4]]},9,'
        '[["00000000000001-001-00001-000001","hot","warning",1,1,31.5,null,"","threshold",[[900001,["son"]]],'
        '["daughter"],[["aunt",5]],[2,3]]],1,1]'
    )
    assert rows.body_text(device) == text
    paced = replace(device, pace=Pace(29_000_000, 1, 2, 483_333), apart=Apart(9, 8, "t", 999))
    assert rows.body_text(paced) == text[:-1] + ',[29000000,1,2,483333],[9,8,"t",999]]'
    row = {
        **rows.key("d"),
        "version": {"N": "0"},
        "contract": {"S": "c"},
        "model": {"S": "m"},
        "claimed_at": {"N": "0"},
        "order": {"N": "0"},
        "watches": {"S": "[]"},
        "body": {"S": text},
    }
    assert rows.held(row).device == device


def test_a_busy_devices_row_stays_within_one_write_unit(home: Home) -> None:
    device = f"small-{home.contract[:6]}"
    home.claim("2025-08-01T09:00", device)
    home.watch("2025-08-01T09:00", device, "hot", kind="threshold", metric="temperature", above=30, clear=28, for_minutes=30)
    home.watch("2025-08-01T09:00", device, "offline", kind="silence", after_minutes=180)
    home.watch(
        "2025-08-01T09:00",
        device,
        "still",
        kind="no_activity",
        metric="light",
        active_above=5,
        for_hours=9,
        between=["07:00", "21:00"],
    )
    metrics = ("temperature", "humidity", "co2", "light", "battery")
    home.hear("2025-08-01T10:00", device, *[{"metric": metric, "value": 23.45, "seq": 123_456} for metric in metrics])
    row = home.store.get(home.store.devices, rows.key(device))
    assert row is not None
    assert sum(len(name) + len(str(next(iter(value.values())))) for name, value in row.items()) < 1024


def test_in_the_local_stage_a_message_arrives_when_our_own_clock_says(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """IoT Core's clock does not move with ours there."""
    import json

    from chalicelib.flows import readings
    from tests.flows.world import at

    device = f"local-{home.contract[:6]}"
    home.claim("2025-08-01T09:00", device)
    here = settings.current()
    monkeypatch.setattr(settings, "current", lambda: _Local(here))
    body = handed_over(json.dumps({"readings": [{"metric": "temperature", "value": 20}]}), device)
    readings.work(home.store, {"Records": [{"messageId": "m", "body": body}]}, at("2025-08-01T10:00"))
    assert rows.codec.instant_text(at("2025-08-01T10:00")) == "2025-08-01T01:00:00Z"
    assert home.held(device).device.last_received == round(at("2025-08-01T10:00").timestamp() * 1000)


class _Local:
    """The settings of the test, in stage local."""

    def __init__(self, here: Any) -> None:
        self._here = here
        self.is_local = True

    def __getattr__(self, name: str) -> Any:
        return getattr(self._here, name)
