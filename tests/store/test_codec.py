"""Values come back from the store as they went in, and stay small."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.contracts.announced import Announcement, PriceList, ServiceState
from chalicelib.contracts.contract import Command, Contract, Device, Entry, Invoice, Line, Option
from chalicelib.store import codec

OUTSIDE = ("id", "version", "account", "service", "state", "applied_at")


def busy_contract() -> Contract:
    """A contract in the middle of its life, as a night meets it."""
    return Contract(
        id="cabcdefghijklmnopqrstuvw",
        service="sottonet",
        account="11111111-2222-3333-4444-555555555555",
        applied_at=datetime(2025, 3, 1, 1, 2, 3, tzinfo=UTC),
        version=12,
        state="active",
        plan="standard",
        documents=("service_application",),
        formed_on=date(2025, 3, 2),
        installed_on=date(2025, 3, 9),
        service_starts_on=date(2025, 3, 9),
        billing_starts_on=date(2025, 4, 1),
        payment_methods=((date(2025, 3, 1), "card"),),
        suspensions=((datetime(2025, 5, 1, tzinfo=UTC), None),),
        devices=(Device("hub", 1, 22000, date(2025, 3, 9)),),
        options=(Option("wifi-3gb", date(2025, 3, 1), 1, True, date(2025, 4, 1), plans=((date(2025, 3, 1), "wifi-3gb"),)),),
        first_invoice="2025-03#initial",
        ledger=(
            Entry(
                "2025-04#regular",
                "regular",
                date(2025, 4, 1),
                date(2025, 5, 8),
                date(2025, 5, 27),
                5280,
                "card",
                "overdue",
                interest=(1, 3),
                covers=((date(2025, 4, 1), date(2025, 6, 30), 1100),),
            ),
        ),
        paid_total=33300,
        swept_to=date(2025, 6, 8),
    )


def back(contract: Contract) -> Contract:
    return codec.contract_of(codec.contract_text(contract), **{name: getattr(contract, name) for name in OUTSIDE})


def test_a_contract_comes_back_equal_field_for_field() -> None:
    contract = busy_contract()
    assert back(contract) == contract
    assert vars(back(contract).lean()) == vars(contract.lean())


def test_an_empty_contract_costs_two_bytes() -> None:
    bare = Contract("c1", "allwatch", "a", datetime(2025, 1, 1, tzinfo=UTC))
    assert codec.contract_text(bare) == "{}"
    assert back(bare) == bare


def test_a_busy_contract_fits_into_one_write_unit_with_its_keys() -> None:
    assert len(codec.contract_text(busy_contract()).encode()) < 1024 - 220


def test_stored_texts_of_yesterday_are_still_read() -> None:
    """Golden: lists are in field order, so a field that moves inside a nested value breaks stored rows."""
    text = (
        '{"plan":"standard","devices":[["hub",2,22000,20250309]],'
        '"options":[["wifi-3gb",20250301,1,true,20250401,null,[[20250301,"wifi-7gb"]]]],'
        '"owed":[["shop_item",20250302,500,"included",2,null,null,20250401,false,["STN-SHP-1"],"p1"]],'
        '"ledger":[["2025-04#regular","regular",20250401,20250508,20250527,5280,"card","overdue",100,0,[1,3]]],'
        '"refunds":[["r1","c1",2200,"paid",20250501,[20250401],["STN-REF-1"]]]}'
    )
    contract = codec.contract_of(
        text, id="c1", version=1, account="a", service="s", state="active", applied_at=datetime(2025, 1, 1, tzinfo=UTC)
    )
    assert contract.devices == (Device("hub", 2, 22000, date(2025, 3, 9)),)
    assert contract.options[0].plans == ((date(2025, 3, 1), "wifi-7gb"),)
    assert contract.owed[0].ready_on == date(2025, 4, 1)
    assert contract.owed[0].ref == "p1"
    assert (contract.ledger[0].paid, contract.ledger[0].interest) == (100, (1, 3))
    assert contract.refunds[0].months == (date(2025, 4, 1),)
    assert codec.contract_text(contract) == text


def test_a_field_of_another_edition_is_named() -> None:
    with pytest.raises(codec.Unreadable, match="from_the_future"):
        codec.contract_of('{"from_the_future":1}', id="c")


def test_an_invoice_and_a_service_state_come_back_equal() -> None:
    line = Line("monthly_fee", 1980, "included", None, date(2025, 4, 1), date(2025, 4, 30), ("STN-FEE-1",))
    invoice = Invoice(
        "2025-04#regular",
        "c",
        "regular",
        date(2025, 4, 1),
        date(2025, 5, 2),
        date(2025, 5, 27),
        1980,
        180,
        "10",
        "card",
        (line,),
    )
    state = ServiceState(
        "sottonet",
        2,
        (PriceList({"monthly_fee": 1980}, date(2025, 1, 1)), PriceList({}, None)),
        (Announcement("tax", date(2025, 1, 1), date(2025, 2, 1), {"consumption_tax": "10", "from": date(2025, 2, 1)}),),
        (date(2025, 8, 13),),
        ((datetime(2025, 1, 1, tzinfo=UTC), None),),
    )
    command = Command("be_told", datetime(2025, 1, 1, tzinfo=UTC), {"effective_on": date(2025, 2, 1), "rule": "X"}, "operator")
    for value in (invoice, state, command):
        write, read = codec.coder_of(type(value))
        assert read(codec.loads(codec.dumps(write(value)))) == value


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.dates() | st.datetimes(timezones=st.just(UTC)),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(["day", "instant", "object"]), inner),
    max_leaves=8,
)


@given(VALUES)
def test_free_values_come_back_as_they_were(value: object) -> None:
    assert codec.untagged(codec.loads(codec.dumps(codec.tagged(value)))) == value


@given(st.datetimes(timezones=st.just(UTC)), st.datetimes(timezones=st.just(UTC)))
def test_instants_sort_as_text_and_come_back(first: datetime, second: datetime) -> None:
    first, second = sorted((first.replace(microsecond=0), second.replace(microsecond=0)))
    assert (codec.instant_text(first) < codec.instant_text(second)) == (first < second)
    assert datetime.fromisoformat(codec.instant_text(first)) == first
