"""Sottonet: who is taken on, and when a contract is formed."""

from __future__ import annotations

import pytest

NEEDED = ["terms", "notes", "resident", "building_owner", "no_antisocial_forces", "claim_assignment", "privacy"]
CARD = {"plan": "standard", "payment_method": "card"}


@pytest.mark.rule("STN-APP-2")
@pytest.mark.parametrize("method", ["account_transfer", "bank_transfer", "none"])
def test_only_a_card_pays(sottonet, method) -> None:
    life = sottonet.applies("2025-04-03", plan="standard", payment_method=method)
    assert life.contract.state == "refused"
    assert life.contract.refusal_reasons == ("payment_method_not_offered",)
    assert life.until("2025-06-01").bills() == []


@pytest.mark.rule("STN-APP-3")
@pytest.mark.parametrize(
    ("where", "state"),
    [
        ({"applicant": {"country": "US"}}, "refused"),
        ({"site": {"country": "US"}}, "refused"),
        ({"applicant": {"country": "JP"}, "site": {"country": "US"}}, "refused"),
        ({"applicant": {"country": "JP"}, "site": {"country": "JP"}}, "accepted"),
        ({"applicant": {"name": "Aoki Haru"}, "site": {"prefecture": "Aomori"}}, "accepted"),
    ],
)
def test_applicant_and_home_are_in_japan(sottonet, where, state) -> None:
    assert sottonet.applies("2025-04-03", **CARD, **where).contract.state == state


@pytest.mark.rule("STN-APP-4")
@pytest.mark.parametrize("missing", NEEDED)
def test_every_consent_is_needed(sottonet, missing) -> None:
    consents = [name for name in NEEDED if name != missing]
    assert sottonet.applies("2025-04-03", **CARD, consents=consents).contract.refusal_reasons == ("missing_consent",)


@pytest.mark.rule("STN-APP-4")
def test_the_option_needs_one_consent_more(sottonet) -> None:
    options = [{"option": "wifi-3gb", "quantity": 1}]
    assert sottonet.applies("2025-04-03", **CARD, consents=NEEDED).contract.state == "accepted"
    assert sottonet.applies("2025-04-03", **CARD, consents=NEEDED, options=options).contract.state == "refused"
    with_terms = [*NEEDED, "option_terms"]
    assert sottonet.applies("2025-04-03", **CARD, consents=with_terms, options=options).contract.state == "accepted"


@pytest.mark.rule("STN-APP-5")
@pytest.mark.parametrize(
    ("born", "applied", "state"),
    [
        ("2007-06-02", "2025-06-01", "refused"),  # seventeen, until tomorrow
        ("2007-06-01", "2025-06-01", "accepted"),  # eighteen today
        ("2002-06-01", "2022-03-31", "refused"),  # nineteen, on the last day on which twenty counts
        ("2002-06-01", "2022-04-01", "accepted"),  # nineteen, on the first day on which eighteen counts
        ("2002-03-31", "2022-03-31", "accepted"),  # twenty
    ],
)
def test_minors_need_their_representative(sottonet, born, applied, state) -> None:
    applicant = {"kind": "person", "birth_date": born}
    assert sottonet.applies(applied, **CARD, applicant=applicant, consents=NEEDED).contract.state == state
    with_consent = [*NEEDED, "legal_representative"]
    assert sottonet.applies(applied, **CARD, applicant=applicant, consents=with_consent).contract.state == "accepted"


@pytest.mark.rule("STN-APP-5")
def test_a_company_has_no_age(sottonet) -> None:
    applicant = {"kind": "corporation", "birth_date": "2024-01-01"}
    assert sottonet.applies("2025-06-01", **CARD, applicant=applicant, consents=NEEDED).contract.state == "accepted"


@pytest.mark.rule("STN-APP-6")
def test_a_card_in_another_name_is_put_before_an_operator(sottonet) -> None:
    life = sottonet.applies("2025-04-03", **CARD, applicant={"name": "Aoki Haru", "card_holder": "Baba Rin"})
    assert (life.contract.state, life.day("formed_on")) == ("applied", None)
    assert life.does("2025-04-07", "accept") == ""
    assert (life.contract.state, life.day("formed_on")) == ("accepted", "2025-04-07")


@pytest.mark.rule("STN-APP-7", "STN-TER-3")
def test_whom_the_provider_let_go_is_not_taken_back(sottonet, started) -> None:
    terminated = started("2025-04-20")
    terminated.does("2025-05-10", "terminate", reason="false_declaration")
    terminated.does("2025-05-10T13:00", "pay")
    never_in = sottonet.applies("2025-04-03", **CARD)
    never_in.does("2025-04-08", "install", outcome="absent")
    never_in.does("2025-04-09", "install", outcome="absent")
    never_in.does("2025-04-10", "pay")
    for earlier in (terminated, never_in):
        assert sottonet.applies("2025-07-01", earlier, **CARD).contract.state == "refused"


@pytest.mark.rule("STN-APP-7")
def test_an_overdue_invoice_refuses_and_an_open_one_does_not(sottonet, started) -> None:
    """The final invoice of 1 June is due that day: open on the 1st, overdue from the 2nd, no obstacle once paid."""
    debtor = started("2025-04-20")
    debtor.does("2025-05-10", "pay")
    debtor.does("2025-05-15", "request_cancellation")
    debtor.until("2025-06-01")
    assert sottonet.applies("2025-06-01", debtor, **CARD).contract.state == "accepted"
    debtor.until("2025-06-02")
    assert sottonet.applies("2025-06-02", debtor, **CARD).contract.refusal_reasons == ("debts",)
    debtor.does("2025-06-03", "pay")
    assert sottonet.applies("2025-06-03T13:00", debtor, **CARD).contract.state == "accepted"


@pytest.mark.rule("STN-FRM-1")
@pytest.mark.parametrize("at", ["2025-04-03T00:02", "2025-04-03T08:59", "2025-04-03T09:00", "2025-04-03T23:58"])
def test_formed_on_the_japanese_day_of_receipt(sottonet, at) -> None:
    """Before nine in the morning it is still the 2nd in UTC."""
    life = sottonet.applies(at, **CARD)
    assert (life.contract.state, life.day("formed_on")) == ("accepted", "2025-04-03")
