"""The smallest service, written as data only, lives in the engine. The whole way of a newcomer: `test_add_a_service.py`."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from chalicelib.billing import engine
from chalicelib.contracts import terms, terms_file
from chalicelib.contracts.contract import Command
from chalicelib.contracts.terms import Terms
from chalicelib.errors import Refused

SAMPLE = Terms(terms_file.read(Path(__file__).parent / "base.toml"), terms.statutory())


def at(year, month, day, hour=12):
    """Japan time, as an instant."""
    return datetime(year, month, day, hour, tzinfo=UTC).replace(hour=hour - 9)


def applied(**args):
    command = Command("apply", at(2025, 1, 10), {"plan": "only", "payment_method": "card", **args})
    return engine.apply(SAMPLE, command, contract_id="c1", account="a1").contract


def test_its_life_from_application_to_last_bill():
    contract = applied()
    assert (contract.state, contract.service_starts_on) == ("active", date(2025, 1, 10))

    night = engine.advance(contract, SAMPLE, at(2025, 2, 1))
    (bill,) = night.invoices
    assert (bill.kind, bill.total, bill.tax, bill.due_on) == ("initial", 1000, 90, date(2025, 2, 20))  # a full first month

    contract = engine.handle(night.contract, SAMPLE, Command("pay", at(2025, 2, 20), {})).contract
    with pytest.raises(Refused, match="not_provided"):  # the file names no such command
        engine.handle(contract, SAMPLE, Command("request_cancellation", at(2025, 2, 21), {}))

    later = engine.advance(contract, SAMPLE, at(2025, 4, 1))
    assert [(i.month, i.total) for i in later.invoices] == [(date(2025, 2, 1), 1000), (date(2025, 3, 1), 1000)]


def test_it_refuses_whom_its_file_refuses():
    refused = applied(consents=[])
    assert (refused.state, refused.refusal_reasons) == ("refused", ("missing_consent",))
    assert engine.next_day(refused, SAMPLE) is None
