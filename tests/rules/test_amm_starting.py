"""AND market mobile, the mobile line: who is accepted, and when service and billing start."""

from __future__ import annotations

import pytest

from tests.rules.market import Market

ALL = ["terms", "electronic_documents"]


@pytest.fixture
def market() -> Market:
    return Market()


@pytest.mark.rule("AMM-APP-1", "AMM-APP-10")
@pytest.mark.parametrize("missing", ALL)
def test_terms_and_electronic_documents_must_be_agreed_to(market: Market, missing: str) -> None:
    refused = market.applies("2017-06-01", "c1", "data", consents=[c for c in ALL if c != missing])
    assert (refused.state, refused.refusal_reasons) == ("refused", ("missing_consent",))
    assert ("2017-06-01", "refused") in market.told("c1")
    assert market.invoices("c1") == []
    assert market.applies("2017-06-01T13:00", "c2", "data", consents=ALL).state == "accepted"
    assert market.applies("2017-06-01T14:00", "c3", "data").state == "accepted", "left out means all that are needed"


@pytest.mark.rule("AMM-APP-2", "AMM-INV-9")
@pytest.mark.parametrize("method", ["account_transfer", "bank_transfer", "none"])
def test_nothing_but_a_credit_card_now_or_later(market: Market, method: str) -> None:
    refused = market.applies("2017-06-01", "c1", "sms", payment_method=method)
    assert (refused.state, refused.refusal_reasons) == ("refused", ("payment_method_not_offered",))
    market.line("c2", "sms", "2017-06-02")
    changed = market.does("2017-06-10", "register_payment_method", "c2", payment_method=method)
    assert changed == "payment_method_not_offered"
    assert market.does("2017-06-11", "register_payment_method", "c2", payment_method="card") == ""
    assert market.until("2017-07-01").bill("c2", "2017-06").paid_by == "card"


@pytest.mark.rule("AMM-APP-3")
@pytest.mark.parametrize(
    ("born", "day", "reasons"),
    [
        ("1997-06-02", "2017-06-01", ("minor",)),  # 20 tomorrow
        ("1997-06-02", "2017-06-02", ()),  # 20 today
        ("1996-02-29", "2016-02-28", ("minor",)),
        ("1996-02-29", "2016-02-29", ()),
        ("1999-01-01", "2018-05-31", ("minor",)),  # 19, and 20 is the age that counts then
        # From 2022-04-01 on 18 is enough; the service is no more by then, which stands after `minor` in the list.
        ("2003-06-01", "2022-03-31", ("minor", "abolished")),
        ("2003-06-01", "2022-04-01", ("abolished",)),
        ("2004-04-01", "2022-04-01", ("abolished",)),
        ("2004-04-02", "2022-04-01", ("minor", "abolished")),
    ],
)
def test_the_age_of_the_day_decides(market: Market, born: str, day: str, reasons: tuple[str, ...]) -> None:
    applicant = {"name": "Mori Aoi", "kind": "person", "birth_date": born}
    assert market.applies(day, "c1", "data", applicant=applicant).refusal_reasons == reasons
    assert market["c1"].state == ("refused" if reasons else "accepted")


@pytest.mark.rule("AMM-APP-4", "AMM-APP-5", "AMM-APP-10")
def test_all_grounds_are_listed_in_the_sheets_order(market: Market) -> None:
    market.line("c3", "sms", "2018-05-01")
    assert market.does("2018-05-02", "terminate", "c3", reason="serious_disturbance") == ""
    assert market.applies("2018-05-03", "c4", "data", consents=["terms"], payment_method="none").refusal_reasons == (
        "missing_consent", "terminated_before", "payment_method_not_offered",
    )  # fmt: skip
    rest = {"payment_method": "none", "consents": ["terms"]}
    young = {"name": "Kita Aoi", "kind": "person", "birth_date": "2010-01-02", "card_holder": "Kita Gen"}
    assert market.applies("2018-06-01", "c1", "data", applicant=young, **rest).refusal_reasons == (
        "missing_consent", "payment_method_not_offered", "card_holder_mismatch", "minor", "abolished",
    )  # fmt: skip
    company = {"name": "Kita Shoji", "kind": "corporation", "card_holder": "Kita Gen"}
    assert market.applies("2018-06-02", "c2", "data", applicant=company, **rest).refusal_reasons == (
        "missing_consent", "payment_method_not_offered", "card_holder_mismatch", "corporation", "abolished",
    )  # fmt: skip


@pytest.mark.rule("AMM-APP-4")
def test_a_company_is_declined(market: Market) -> None:
    refused = market.applies("2017-06-01", "c1", "voice", applicant={"name": "Kita Shoji", "kind": "corporation"})
    assert (refused.state, refused.refusal_reasons) == ("refused", ("corporation",))


@pytest.mark.rule("AMM-APP-5")
def test_the_card_must_be_the_applicants_own(market: Market) -> None:
    own = {"name": "Hara Ken", "kind": "person", "birth_date": "1980-01-15", "card_holder": "Hara Ken"}
    other = {**own, "card_holder": "Hara Yumi"}
    assert market.applies("2017-06-01", "c1", "data", applicant=own).state == "accepted"
    assert market.applies("2017-06-01T13:00", "c2", "data", applicant=other).refusal_reasons == ("card_holder_mismatch",)


@pytest.mark.rule("AMM-APP-6", "IPS-APP-6")
def test_whoever_was_terminated_once_is_not_accepted_again_by_the_same_provider(market: Market) -> None:
    aoi, rei = ({"name": name, "kind": "person", "birth_date": "1980-01-01"} for name in ("Mori Aoi", "Ono Rei"))
    market.line("c1", "data", "2017-04-01", applicant=aoi)
    assert market.does("2017-04-10", "terminate", "c1", reason="serious_disturbance") == ""
    assert market.applies("2017-04-11", "c2", "sms", applicant=aoi).refusal_reasons == ("terminated_before",)
    assert market.applies("2017-04-12", "c3", "sms", applicant=rei).state == "accepted"
    # Two providers: a terminated line does not speak against an IP phone, nor the other way round.
    assert market.applies("2017-04-13", "ip1", "ip_phone", applicant=aoi).state == "active"
    assert market.applies("2017-04-13T13:00", "ip2", "ip_phone", applicant=rei).state == "active"
    assert market.does("2017-04-14", "terminate", "ip2", reason="serious_disturbance") == ""
    assert market.applies("2017-04-15", "ip3", "ip_phone", applicant=rei).refusal_reasons == ("terminated_before",)
    assert market.applies("2017-04-16", "c4", "data", applicant=rei).state == "accepted"


@pytest.mark.rule("AMM-APP-6")
def test_a_contract_that_the_customer_ended_speaks_against_nothing(market: Market) -> None:
    market.line("c1", "data", "2017-04-01")
    assert market.does("2017-04-10", "request_cancellation", "c1") == ""
    assert market.applies("2017-05-02", "c2", "data", recontract_of="c1").state == "accepted"


@pytest.mark.rule("AMM-APP-9")
def test_there_is_no_cap_on_lines(market: Market) -> None:
    assert {market.applies(f"2017-06-{n:02}", f"c{n}", "data").state for n in range(1, 13)} == {"accepted"}


@pytest.mark.rule("AMM-FRM-1", "AMM-FEE-1")
def test_each_line_is_a_contract_and_pays_its_initial_fee_on_acceptance(market: Market) -> None:
    for name in ("c1", "c2"):
        assert market.applies("2017-06-30T23:50", name, "data").formed_on.isoformat() == "2017-06-30"  # type: ignore[union-attr]
        (initial,) = market.invoices(name)
        assert (initial.kind, initial.issued_on, initial.due_on) == ("initial", initial.due_on, initial.issued_on)
        assert (initial.issued_on.isoformat(), initial.total, initial.tax, initial.status) == ("2017-06-30", 3240, 240, "open")
        assert ("2017-06-30", "accepted") in market.told(name)
    assert market.does("2017-07-01", "pay", "c1") == ""
    assert (market.invoices("c1")[0].status, market.invoices("c2")[0].status) == ("paid", "overdue")


@pytest.mark.rule("AMM-STA-1")
def test_service_and_billing_start_on_the_day_that_was_told(market: Market) -> None:
    market.line("c1", "data", "2017-05-31", applied="2017-05-02")
    assert market.until("2017-05-30")["c1"].state == "accepted"
    assert market.until("2017-05-31")["c1"].state == "active"
    days = (market["c1"].service_starts_on, market["c1"].billing_starts_on)
    assert {day.isoformat() for day in days if day} == {"2017-05-31"}
    assert ("2017-05-02", "service_start") in market.told("c1")
    assert market.until("2017-06-01").items("c1", "2017-05") == [("monthly_fee", 29), ("universal_service_fee", 2)]  # 900/31


@pytest.mark.rule("AMM-STA-2")
@pytest.mark.parametrize(
    ("shipped", "starts"),
    [("2016-02-28", "2016-02-29"), ("2016-02-29", "2016-03-01"), ("2017-02-28", "2017-03-01"), ("2016-12-31", "2017-01-01")],
)
def test_online_orders_start_on_the_day_after_the_parcel_was_sent(market: Market, shipped: str, starts: str) -> None:
    applied = f"{shipped[:8]}10"
    market.applies(applied, "c1", "data")
    assert market.does(shipped, "ship", "c1") == ""
    assert market["c1"].service_starts_on == market["c1"].billing_starts_on
    assert (str(market["c1"].ships_on), str(market["c1"].service_starts_on)) == (shipped, starts)
    assert (shipped, "service_start") in market.told("c1")


@pytest.mark.rule("AMM-STA-1", "AMM-STA-2")
def test_a_day_that_was_told_before_the_parcel_counts(market: Market) -> None:
    market.applies("2017-05-02", "c1", "data")
    assert market.does("2017-05-03", "notify_start", "c1", starts_on="2017-05-20") == ""
    assert market.does("2017-05-10", "ship", "c1") == ""
    assert str(market["c1"].service_starts_on) == "2017-05-20"


@pytest.mark.rule("AMM-FRM-2")
def test_no_step_transfers_a_line(market: Market) -> None:
    market.line("c1", "data", "2017-05-01")
    assert market.does("2017-05-10", "transfer_contract", "c1", to="another person") == "not_provided"
    assert market["c1"].state == "active"


@pytest.mark.rule("AMM-APP-7", "AMM-APP-10")
def test_an_operator_may_turn_an_application_down_and_says_why(market: Market) -> None:
    market.applies("2017-05-10", "c1", "data")
    assert market.does("2017-05-11", "refuse", "c1", reason="identity_not_established") == ""
    assert (market["c1"].state, market["c1"].refusal_reasons) == ("refused", ("identity_not_established",))
    assert ("2017-05-11", "refused") in market.told("c1")
    assert market.does("2017-05-12", "notify_start", "c1", starts_on="2017-05-20") != ""
    assert market.until("2017-08-01").bills("c1") == []
    market.line("c2", "data", "2017-08-02")
    assert market.does("2017-08-03", "refuse", "c2", reason="unsuitable") != "", (
        "a line that has started is not refused any more"
    )


@pytest.mark.rule("AMM-APP-7", "AMM-FEE-1")
def test_who_is_turned_down_after_all_owes_no_initial_fee(market: Market) -> None:
    """Accepted on receipt with the initial invoice; the operator's refusal comes before anything was paid."""
    market.applies("2017-05-02", "c1", "data")
    assert market.does("2017-05-03", "refuse", "c1", reason="identity") == ""
    (invoice,) = market.world.invoices.values()
    assert (invoice.kind, invoice.status) == ("initial", "void")
