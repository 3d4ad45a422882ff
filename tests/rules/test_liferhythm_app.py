"""LifeRhythm Navi + HOME: what the app shows and does, for whom, and what leaves the house about a person."""

from __future__ import annotations

import pytest

from chalicelib.contracts import functions
from chalicelib.errors import Refused
from tests.rules.conftest import Company, Life, instant

PHONES = ("android", "ios")
WATCHING = ("sleep", "heart_and_breath", "room", "alert_log")


def may(life: Life, name: str, client: str) -> str:
    try:
        functions.may_use(life.contract, life.company.terms, name, client)
    except Refused as refused:
        return refused.reason
    return ""


@pytest.mark.rule("LRH-MON-7", "LRH-MON-1", "LRH-MON-2", "LRH-MON-3", "LRH-MON-4")
@pytest.mark.parametrize("client", [*PHONES, "web"])
def test_watching_is_the_same_on_every_app(signed, client) -> None:
    life = signed("2025-06-10")
    assert functions.offered(life.contract, life.company.terms, client) == WATCHING
    assert [may(life, name, client) for name in WATCHING] == [""] * 4
    assert may(life, "video", client) == "not_provided"


@pytest.mark.rule("LRH-MON-1", "LRH-MON-2", "LRH-MON-4")
def test_sleep_is_remembered_by_day_and_month_heart_and_breath_are_not_and_only_the_room_raises_alerts(liferhythm) -> None:
    told = {f["name"]: f for f in liferhythm.terms.data["function"]}
    assert told["sleep"]["history"] == ["day", "month"]
    assert told["heart_and_breath"]["history"] == []
    assert [name for name, f in told.items() if f.get("alerts")] == ["room"]


@pytest.mark.rule("LRH-MON-5", "LRH-MON-7")
def test_the_air_conditioner_is_run_from_phones_only_and_once_its_remote_is_set_up(signed) -> None:
    life = signed("2025-06-10")
    assert [may(life, "air_conditioner", client) for client in (*PHONES, "web")] == [
        "not_set_up",
        "not_set_up",
        "not_with_this_app",
    ]
    life.does("2025-06-12", "install", outcome="absent")
    assert may(life, "air_conditioner", "ios") == "not_set_up"
    life.does("2025-06-13", "install")
    assert [may(life, "air_conditioner", client) for client in (*PHONES, "web")] == ["", "", "not_with_this_app"]


@pytest.mark.rule("LRH-MON-6", "LRH-INS-6")
def test_health_records_are_for_those_who_bought_a_meter_and_its_setting_up_is_not_billed(signed) -> None:
    life = signed("2025-06-10", processed="2025-06-11")
    assert may(life, "health_records", "web") == "not_set_up"
    assert life.does("2025-07-03", "install", sku="pulse-oximeter", outcome="unreachable") == ""
    assert "health_records" not in functions.offered(life.contract, life.company.terms, "web")
    assert life.does("2025-07-04", "install", sku="pulse-oximeter") == ""
    assert functions.offered(life.contract, life.company.terms, "web") == (*WATCHING, "health_records")
    assert life.does("2025-07-05", "report_lost_device", sku="pulse-oximeter") == "not_held"  # it is the customer's own
    assert life.until("2025-08-01").lines("2025-07") == [("initial_fee", 10000), ("monthly_fee", 5980)]


@pytest.mark.rule("LRH-DAT-2")
def test_nothing_that_goes_to_installers_or_bills_names_a_person(liferhythm: Company) -> None:
    """The contract, its bills, its log and its notices are what other firms may be handed: none of them holds who it is."""
    applicant = {"name": "Baba Rin", "payer": "Baba Jun", "kind": "person", "birth_date": "1970-05-06"}
    life = liferhythm.applies("2025-06-02", plan="standard", payment_method="card", applicant=applicant)
    life.does("2025-06-10", "sign")
    life.does("2025-06-10T13:00", "complete_processing")
    life.does("2025-06-10T14:00", "install")
    life.until("2025-09-01").does("2025-09-02", "demand", deadline="2025-09-20")
    told = repr((life.contract, life.invoices, life.told))
    assert instant("2025-06-02") == life.contract.applied_at
    assert [secret for secret in ("Baba", "Rin", "Jun", "1970") if secret in told] == []
