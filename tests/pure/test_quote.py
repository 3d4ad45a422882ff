"""What applying would cost, before anybody applies: the engine played ahead with the steps that the terms call typical."""

from datetime import UTC, date, datetime

from chalicelib.billing import quote
from chalicelib.contracts import terms
from chalicelib.contracts.contract import Command


def asked(**args):
    return Command("apply", datetime(2025, 4, 3, 1, tzinfo=UTC), {"plan": "standard", "payment_method": "card", **args})


def test_an_application_is_quoted_with_an_installation_a_week_later():
    found = quote.quote_application(terms.load("sottonet"), asked(), date(2025, 7, 1))
    assert found.assumed == ((date(2025, 4, 10), "install"),)
    assert found.service_starts_on == date(2025, 4, 20)
    assert [(i.month, i.total) for i in found.invoices] == [  # as in the public scenario of the first months
        (date(2025, 4, 1), 76626), (date(2025, 5, 1), 1980), (date(2025, 6, 1), 1980),
    ]  # fmt: skip


def test_a_refused_application_costs_nothing_and_says_why():
    found = quote.quote_application(terms.load("sottonet"), asked(payment_method="bank_transfer"), date(2025, 7, 1))
    assert (found.state, found.refusal_reasons, found.invoices) == ("refused", ("payment_method_not_offered",), ())
