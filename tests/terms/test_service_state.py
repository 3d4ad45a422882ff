"""What operators announce over a whole service, and by when."""

from datetime import UTC, date, datetime

import pytest

from chalicelib.contracts import service, terms
from chalicelib.contracts.announced import ServiceState
from chalicelib.contracts.contract import Command
from chalicelib.errors import Invalid, Refused


def say(state, name, at, /, **args):
    return service.handle(state, terms.load(state.service).under(state), Command(name, at, args, "operator"))


def noon(year, month, day):
    return datetime(year, month, day, 3, tzinfo=UTC)


@pytest.mark.rule("STN-NOT-1")
@pytest.mark.parametrize(("day", "effective", "in_time"), [
    (date(2025, 9, 1), date(2025, 10, 1), True),
    (date(2025, 9, 2), date(2025, 10, 1), False),
    (date(2025, 2, 28), date(2025, 3, 31), True),   # one month before 31 March: clamped to the end of February
    (date(2025, 3, 1), date(2025, 3, 31), False),
])  # fmt: skip
def test_a_price_revision_needs_a_month(day, effective, in_time):
    state = ServiceState("sottonet")
    if not in_time:
        with pytest.raises(Refused) as caught:
            say(
                state,
                "announce_price",
                noon(day.year, day.month, day.day),
                prices={"monthly_fee": 2200},
                effective_on=effective,
            )
        assert (caught.value.reason, caught.value.rule) == ("too_late", "STN-NOT-1")
        return
    decided = say(
        state, "announce_price", noon(day.year, day.month, day.day), prices={"monthly_fee": 2200}, effective_on=effective
    )
    new = terms.load("sottonet").under(decided.state)
    assert new.price("monthly_fee", effective) == 2200
    assert new.price("monthly_fee", date.fromordinal(effective.toordinal() - 1)) == 1980


@pytest.mark.rule("STN-NOT-3")
@pytest.mark.parametrize(("day", "in_time"), [(date(2025, 12, 31), True), (date(2026, 1, 1), False)])
def test_abolition_needs_three_months(day, in_time):
    args = {"effective_on": date(2026, 3, 31)}
    if in_time:
        decided = say(ServiceState("sottonet"), "announce_termination", noon(day.year, day.month, day.day), **args)
        assert decided.contract_command.args["announcement"] == "termination"
        assert terms.load("sottonet").under(decided.state).abolished_on(day) == date(2026, 3, 31)
    else:
        with pytest.raises(Refused):
            say(ServiceState("sottonet"), "announce_termination", noon(day.year, day.month, day.day), **args)


@pytest.mark.rule("STN-CHG-9")
def test_a_new_tax_rate_counts_from_its_day_where_the_terms_say_so():
    decided = say(ServiceState("sottonet"), "announce_tax", noon(2025, 12, 1), rate=12, effective_on=date(2026, 1, 1))
    new = terms.load("sottonet").under(decided.state)
    assert (new.value("consumption_tax", date(2025, 12, 31)), new.value("consumption_tax", date(2026, 1, 1))) == (10, "12")
    with pytest.raises(Refused) as caught:
        say(ServiceState("allwatch"), "announce_tax", noon(2025, 12, 1), rate=12, effective_on=date(2026, 1, 1))
    assert caught.value.reason == "not_provided"


@pytest.mark.rule("ALW-BIL-1")
def test_a_price_list_is_replaced_from_its_day_and_what_it_does_not_name_stays():
    state = say(
        ServiceState("allwatch"), "set_price_list", noon(2025, 1, 6), prices={"monthly_fee": 1000, "registration_fee": 3000}
    ).state
    state = say(state, "announce_price", noon(2025, 5, 1), prices={"monthly_fee": 1200}, effective_on=date(2025, 6, 1)).state
    new = terms.load("allwatch").under(state)
    assert [new.price("monthly_fee", d) for d in (date(2025, 5, 31), date(2025, 6, 1))] == [1000, 1200]
    assert new.price("registration_fee", date(2025, 7, 1)) == 3000


@pytest.mark.parametrize("prices", [{"monthly_fee": 9.5}, {"monthly_fee": -1}, {"monthly_fee": True}, {"device": {"x": "1"}}])
def test_prices_are_whole_yen(prices):
    with pytest.raises(Invalid) as caught:
        say(ServiceState("allwatch"), "set_price_list", noon(2025, 1, 6), prices=prices)
    assert caught.value.field.startswith("prices.")


def test_a_price_that_the_terms_fix_is_not_set_by_a_list():
    with pytest.raises(Invalid) as caught:
        say(ServiceState("sottonet"), "set_price_list", noon(2025, 1, 6), prices={"monthly_fee": 1})
    assert caught.value.reason == "price_is_fixed_by_terms"


def test_an_interruption_ends_once_and_does_not_begin_twice():
    state = say(ServiceState("sottonet"), "interrupt_service", noon(2025, 6, 24)).state
    with pytest.raises(Refused):
        say(state, "interrupt_service", noon(2025, 6, 25))
    state = say(state, "resume_service", noon(2025, 6, 26)).state
    with pytest.raises(Refused):
        say(state, "resume_service", noon(2025, 6, 27))


@pytest.mark.rule("ALW-GEN-1")
def test_a_bill_is_issued_by_whom_the_company_named_for_its_day():
    who = {"name": "見守り株式会社", "registration_number": "T1234567890123"}
    state = say(ServiceState("allwatch"), "set_issuer", noon(2025, 4, 3), **who, email="desk@example.jp").state
    assert state.issuer_on(date(2025, 4, 3)).registration_number == "T1234567890123"
    assert state.issuer_on(date(2025, 1, 1)) == state.issuer_on(date(2025, 4, 3))  # bills from before anybody was named
    assert state.issuer_on(date(2025, 4, 3)).contact == {"email": "desk@example.jp"}
    new = {"name": "新見守り株式会社", "registration_number": "T9876543210987", "effective_on": date(2025, 10, 1)}
    state = say(state, "set_issuer", noon(2025, 9, 1), **new).state
    assert [state.issuer_on(date(2025, 9, 30)).name, state.issuer_on(date(2025, 10, 1)).name] == [who["name"], new["name"]]
    state = say(state, "set_issuer", noon(2025, 9, 2), **new, phone="03-0000-0000").state  # said again for the same day
    assert [issuer.since for issuer in state.issuers] == [date(2025, 4, 3), date(2025, 10, 1)]
    assert state.issuer_on(date(2025, 10, 1)).contact == {"phone": "03-0000-0000"}


def test_before_anybody_is_named_a_bill_has_no_issuer():
    assert ServiceState("allwatch").issuer_on(date(2025, 4, 3)) is None
