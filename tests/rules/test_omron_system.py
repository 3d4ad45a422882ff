"""OMRON remote monitoring: what a gateway tells, settings from afar, firmware, and what stays as statistics."""

from __future__ import annotations

from datetime import date

import pytest

from chalicelib.api import command_schemas, watching_schemas
from chalicelib.contracts import terms
from chalicelib.errors import Invalid
from chalicelib.flows.outbox import notice_text, texts
from chalicelib.iot import models, setting, watching, wishes
from chalicelib.iot.history import sums
from chalicelib.iot.reading import HOUR, MINUTE, SECOND, Message, Reading
from tests.iot.play import Home, instant

DAY = date(2025, 7, 1)
OMRON = terms.load("omron-remote")
EXPIRY, SILENCE = OMRON.value("command_expiry_minutes", DAY), OMRON.value("gateway_silence_hours", DAY)


def _wish(now: int = 0, by: str = "contractor") -> wishes.Wish:
    return wishes.wish("w1", {"reserve": 40}, {"reserve": 20}, by, now, EXPIRY)


@pytest.mark.rule("ORM-MON-1")
def test_a_message_counts_once_however_often_it_arrives() -> None:
    now = instant("2025-07-01T10:00")
    reading = Reading("power", 1200, now, 7)
    first = watching.receive(watching.Device("g1", "c1", "pv-gateway", 0), Message("g1", "b1", now, (reading,)))
    again = watching.receive(first.device, Message("g1", "b2", now + HOUR, (reading,)))
    assert (first.counts, again.counts) == ({"new": 1}, {"repeat": 1})
    assert watching.last_values(again.device) == {"power": (now, 1200)}


@pytest.mark.rule("ORM-MON-3")
def test_a_silent_gateway_is_told_once_and_once_more_when_it_is_back() -> None:
    home = Home()
    home.claim("g1", "pv-gateway", instant("2025-07-01T10:00"))
    watch = setting.watch_of("silent", {"kind": "silence", "after_minutes": SILENCE * 60, "level": "warning"})
    device = watching.set_watch(home.devices["g1"], watch, instant("2025-07-01T10:00")).device
    opened = []
    for hours in (23, 24, 48):
        change = watching.tick(device, instant("2025-07-01T10:00") + hours * HOUR)
        device = change.device
        opened.append([kind for kind, _ in change.happened])
    assert opened == [[], ["opened"], []]
    back = watching.receive(
        device, Message("g1", "b1", instant("2025-07-04T10:00"), (Reading("power", 1, instant("2025-07-04T10:00")),))
    )
    assert [kind for kind, _ in back.happened] == ["closed"]


@pytest.mark.rule("ORM-SET-1")
def test_the_newest_value_keeps_its_own_time_and_grows_stale_after_a_day() -> None:
    measured = instant("2025-07-01T10:00")
    readings = (
        Reading("power", 900, measured - HOUR),
        Reading("power", 1200, measured),
        Reading("voltage", 101, measured - HOUR),
    )
    device = watching.receive(watching.Device("g1", "c1", "pv-gateway", 0), Message("g1", "b1", measured, readings)).device
    assert watching.last_values(device) == {"power": (measured, 1200), "voltage": (measured - HOUR, 101)}
    assert not wishes.is_stale(measured, measured + 24 * HOUR, SILENCE)
    assert wishes.is_stale(measured, measured + 24 * HOUR + SECOND, SILENCE)
    assert wishes.is_stale(None, measured, SILENCE)


@pytest.mark.rule("ORM-SET-2")
def test_a_setting_counts_when_the_device_has_confirmed_it() -> None:
    asked = _wish()
    assert wishes.state_of(asked, 0) == "pending"
    assert wishes.confirmed(asked, MINUTE) is None  # nobody sent it
    out = wishes.sent(asked, MINUTE)
    assert out is not None
    assert wishes.state_of(out, MINUTE) == "sent"
    done = wishes.confirmed(out, 10 * MINUTE - SECOND)
    assert done is not None
    assert wishes.state_of(done, 99 * HOUR) == "done"
    assert wishes.confirmed(done, 2 * HOUR) is None
    assert (done.by, done.asked_at, done.done_at) == ("contractor", 0, 10 * MINUTE - SECOND)
    assert (done.old, done.settings) == ({"reserve": 20}, {"reserve": 40})


@pytest.mark.rule("ORM-SET-2")
def test_an_unconfirmed_setting_expires_and_none_is_sent_twice() -> None:
    out = wishes.sent(_wish(), 0)
    assert out is not None
    assert wishes.sent(out, MINUTE) is None
    assert [wishes.state_of(out, at) for at in (10 * MINUTE - 1, 10 * MINUTE)] == ["sent", "timed_out"]
    assert wishes.confirmed(out, 10 * MINUTE) is None
    assert wishes.sent(_wish(), 10 * MINUTE) is None  # it waited too long to leave at all


@pytest.mark.rule("ORM-FWU-1")
def test_no_firmware_is_put_on_while_a_setting_waits() -> None:
    waiting = _wish()
    out = wishes.sent(waiting, 0)
    assert out is not None
    done = wishes.confirmed(out, MINUTE)
    assert done is not None
    assert wishes.may_update([], 0)
    assert not wishes.may_update([waiting], MINUTE)
    assert not wishes.may_update([done, out], MINUTE)
    assert wishes.may_update([done], MINUTE)
    assert wishes.may_update([out], 10 * MINUTE)  # timed out


@pytest.mark.rule("ORM-MNT-4")
def test_what_others_changed_is_shown_with_its_author() -> None:
    done = []
    for by, at in (("maintainer", 3 * MINUTE), ("contractor", 2 * MINUTE), ("provider", MINUTE)):
        out = wishes.sent(_wish(at, by), at)
        assert out is not None
        done.append(wishes.confirmed(out, at + SECOND))
    pending = wishes.sent(_wish(0, "dealer"), 0)
    assert [wish.by for wish in wishes.by_others([*done, pending])] == ["provider", "maintainer"]
    _, text = notice_text("settings_changed", {"day": "2025-07-01", "author": "maintainer"}, "en")
    assert "by: your maintainer" in text
    _, text = notice_text("settings_changed", {"day": "2025-07-01", "author": "dealer"}, "ja")
    assert "変更した人:販売店" in text


@pytest.mark.rule("ORM-FWU-2")
@pytest.mark.parametrize(("language", "day"), [("ja", "2025年7月1日"), ("en", "1 July 2025")])
def test_version_and_day_of_an_update_are_told_afterwards(language, day) -> None:
    _, text = notice_text("firmware_updated", {"day": "2025-07-01", "version": "3.1.4"}, language)
    assert day in text
    assert "3.1.4" in text


@pytest.mark.rule("ORM-DAT-1")
def test_what_a_customer_enters_has_its_place() -> None:
    asked = set(command_schemas.CONTACT["properties"]) | {f"site.{name}" for name in command_schemas.SITE["properties"]}
    assert {"name", "address", "phone", "email", "company", "department", "site.address"} <= asked


@pytest.mark.rule("ORM-DAT-2")
def test_what_is_known_of_the_product_has_its_place(registered) -> None:
    assert {"model", "serial_number"} <= set(watching_schemas.CLAIM["properties"])
    life = registered("2025-04-05", "2025-04-19")
    life.does("2025-08-01", "install", sku="gateway", outcome="done")
    assert life.day("installed_on") == "2025-04-19"  # the day the installation was completed, not that of an exchange
    life.does("2025-08-02", "install", grid_connected_on=date(2025, 5, 1))
    with pytest.raises(Invalid, match="grid_connected_on"):
        life.does("2025-08-02", "install", grid_connected_on=date(2025, 8, 3))
    assert life.day("grid_connected_on") == "2025-05-01"
    life.does("2025-08-03", "install")  # who does not say it takes nothing back
    assert life.day("grid_connected_on") == "2025-05-01"
    life.does("2025-08-04", "request_cancellation")
    assert life.contract.grid_connected_on is None  # goes with all else that is known of the product


@pytest.mark.rule("ORM-DAT-3", "ORM-DAT-4")
@pytest.mark.parametrize(
    ("model", "metrics"),
    [
        ("power-conditioner", {"running_state", "fault_code", "output_limit", "power", "energy_day", "voltage"}),
        ("battery", {"running_state", "fault_code", "reserve", "state_of_charge", "power"}),
    ],
)
def test_power_conditioner_and_battery_are_known_with_what_they_tell(model, metrics) -> None:
    assert set(models.possible(model)) == metrics
    assert models.possible(model)["fault_code"][0] == "text"
    assert models.possible(model)["power"][0] == "number"


@pytest.mark.rule("ORM-STT-1")
def test_statistics_are_sums_over_ten_systems_at_least() -> None:
    least = OMRON.value("statistics_systems_min", DAY)
    nine = [1000 + n for n in range(9)]
    assert sums.over(nine, least) is None
    assert sums.over([*nine, 1009], least) == sums.Sum(10, 10045)  # 10 × 1,000 and 0 + … + 9


@pytest.mark.rule("ORM-STT-1")
def test_a_system_counts_once_though_two_of_its_devices_know_its_yield() -> None:
    measures = [sums.Measure(*text.split(":")) for text in OMRON.section("statistics")["measures"]]
    gateway = ("pv-gateway", {"power": {"kind": "gauge", "n": 96, "kwh": 11.9}})
    conditioner = ("power-conditioner", {"energy_day": {"kind": "meter", "n": 96, "used": 6000}})
    battery = ("battery", {"power": {"kind": "gauge", "n": 96, "kwh": 3.0}})  # gives back what it took: no yield
    assert sums.of_system([gateway, battery], measures) == 11_900
    assert sums.of_system([gateway, conditioner, conditioner, battery], measures) == 12_000
    assert sums.of_system([("power-conditioner", {}), gateway], measures) == 11_900  # the one that was silent that day
    assert sums.of_system([battery], measures) is None


@pytest.mark.rule("ORM-PRV-3")
@pytest.mark.parametrize("kind", [
    "account_registered", "service_start", "fault", "fault_cleared", "gateway_silent", "settings_changed", "firmware_updated",
    "dormancy_reminder", "violation_demand", "suspended", "restored", "gateway_unlinked", "contract_ended", "terms_change",
    "interruption", "service_abolition",
])  # fmt: skip
def test_every_notice_of_the_sheet_has_words_in_both_languages(kind) -> None:
    for language in ("ja", "en"):
        assert {"subject", "text"} <= set(texts()[kind][language])
