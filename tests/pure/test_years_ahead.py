"""Years paid ahead from the contract's own first day, a price reduced for early ones, and a month's notice: by hand, day by day."""

from __future__ import annotations

import random
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from chalicelib.billing import engine
from chalicelib.contracts import terms, terms_file
from chalicelib.contracts.contract import Command, Contract
from chalicelib.contracts.terms import Terms
from chalicelib.dates import spans
from chalicelib.errors import Refused
from tests.rules.conftest import instant

BASE = (Path(__file__).parents[1] / "terms" / "base.toml").read_text(encoding="utf-8")
YEARLY = [
    ('value = 1000, unit = "yen", per = "month"', 'value = 19800, unit = "yen", per = "year"'),
    ('shape = "monthly"\n', 'shape = "anniversary_periods"\nperiod_months = "period"\n'),
    ('first_month = "full"\n', 'discount = "early"\ndiscount_on = "applied"\n'),
    ('shape = "month_end_by_cutoff"\ncutoff = "cutoff"', 'shape = "months_after_notice"\nmonths = "notice"'),
    (
        "cutoff = [{from = 2024-01-01, value = 31,",
        """period = [{from = 2024-01-01, value = 12, unit = "months", rule = "SMP-CHG-2"}]
notice = [{from = 2024-01-01, value = 1, unit = "months", rule = "SMP-CAN-1"}]
early = [
  {from = 2024-01-01, value = "5", unit = "percent", rule = "SMP-CHG-3"},
  {from = 2025-03-01, value = "0", unit = "percent", rule = "SMP-CHG-3"},
]
offset = [{from = 2024-01-01, value = 0, unit = "days", rule = "SMP-REF-1"}]
cutoff = [{from = 2024-01-01, value = 31,""",
    ),
    (
        "[not_provided]",
        '[refund]\nshape = "prepaid_months"\noffset = "offset"\nfirst_status = "paid"\ncites = ["SMP-REF-1"]\n\n[not_provided]',
    ),
    ("[commands]", '[commands]\nrequest_cancellation = {does = "cancel", rule = "SMP-CAN-1"}'),
]


@pytest.fixture(scope="module")
def yearly(tmp_path_factory: pytest.TempPathFactory) -> Terms:
    text = BASE
    for before, after in YEARLY:
        assert before in text
        text = text.replace(before, after, 1)
    file = tmp_path_factory.mktemp("yearly") / "base.toml"
    file.write_text(text, encoding="utf-8")
    return Terms(terms_file.read(file), terms.statutory())


class Year:
    """One contract of the invented service."""

    def __init__(self, found: Terms, applied: str) -> None:
        self.terms = found
        asked = Command("apply", instant(applied), {"plan": "only", "payment_method": "card"})
        self.bills: list[tuple[str, int, str, str]] = []
        self.paid_back: list[tuple[str, int, int]] = []
        self.contract: Contract = self._take(engine.apply(found, asked, contract_id="c1", account="a1"))

    def _take(self, decision) -> Contract:
        for bill in decision.invoices:
            (line,) = bill.lines
            self.bills.append((bill.issued_on.isoformat(), bill.total, str(line.first), str(line.last)))
        self.paid_back += [(r.opened_on.isoformat(), r.amount, len(r.months)) for r in decision.refunds]
        self.contract = decision.contract
        return self.contract

    def does(self, at: str, name: str) -> Year:
        self._take(engine.handle(self.contract, self.terms, Command(name, instant(at), {})))
        return self

    def until(self, day: str) -> Year:
        self._take(engine.advance(self.contract, self.terms, instant(f"{day}T00:10")))
        return self


def test_each_year_is_billed_whole_with_the_month_in_which_it_begins(yearly: Terms) -> None:
    life = Year(yearly, "2025-04-10").until("2027-05-01")
    assert life.bills == [
        ("2025-05-01", 19800, "2025-04-10", "2026-04-09"),
        ("2026-05-01", 19800, "2026-04-10", "2027-04-09"),
        ("2027-05-01", 19800, "2027-04-10", "2028-04-09"),
    ]


def test_a_year_from_the_31st_keeps_its_day_through_short_months(yearly: Terms) -> None:
    assert list(spans(date(2025, 12, 31), date(2026, 4, 29))) == [
        date(2025, 12, 31), date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31),
    ]  # fmt: skip
    leap = Year(yearly, "2024-02-29").until("2028-03-01")
    assert [(first, last) for _, _, first, last in leap.bills] == [
        ("2024-02-29", "2025-02-27"),
        ("2025-02-28", "2026-02-27"),
        ("2026-02-28", "2027-02-27"),
        ("2027-02-28", "2028-02-28"),
        ("2028-02-29", "2029-02-27"),
    ]


@pytest.mark.parametrize(("applied", "total"), [
    ("2025-02-28T23:59", 18810),  # 19,800 less 5 %: 990
    ("2025-03-01T00:00", 19800),
])  # fmt: skip
def test_who_applied_early_pays_less_and_keeps_it_when_the_percent_is_gone(yearly: Terms, applied: str, total: int) -> None:
    life = Year(yearly, applied).until("2026-04-01")
    assert [bill[1] for bill in life.bills] == [total, total]


@pytest.mark.parametrize(("notice", "ends"), [
    ("2025-05-10", "2025-06-10"),
    ("2025-05-31", "2025-06-30"),  # no 31 June
    ("2026-01-30", "2026-02-28"),
])  # fmt: skip
def test_a_notice_takes_its_months_to_the_day(yearly: Terms, notice: str, ends: str) -> None:
    life = Year(yearly, "2025-04-10").until("2025-05-01").does(notice, "request_cancellation")
    assert life.contract.ends_on == date.fromisoformat(ends)


def test_months_that_did_not_begin_come_back_when_the_year_is_paid_and_nothing_is_looked_at_again(yearly: Terms) -> None:
    life = Year(yearly, "2025-02-10").until("2025-03-01").does("2025-03-20", "pay")
    life.does("2025-06-15", "request_cancellation").until("2025-07-16")
    # ends on 15 July: begun are the months from 10 February to 10 July, six of twelve; 18,810 × 6 ÷ 12 = 9,405
    assert life.paid_back == [("2025-07-15", 9405, 6)]
    assert engine.next_day(life.contract, yearly) is None


def test_what_comes_back_is_rounded_up_once(yearly: Terms) -> None:
    life = Year(yearly, "2025-02-10").until("2025-03-01").does("2025-03-20", "pay")
    life.does("2025-07-15", "request_cancellation").until("2025-08-16")
    assert life.paid_back == [("2025-08-15", 7838, 5)]  # 18,810 × 5 ÷ 12 = 7,837.5


def test_an_end_inside_the_last_month_of_a_year_gives_nothing_back_and_rests(yearly: Terms) -> None:
    life = Year(yearly, "2025-04-10").until("2025-05-01").does("2025-05-20", "pay")
    life.does("2026-02-20", "request_cancellation").until("2026-04-01")  # ends on 20 March 2026, twelfth month from 10 March
    assert life.paid_back == []
    assert engine.next_day(life.contract, yearly) is None


def test_a_notice_before_the_bill_limits_it_to_the_months_begun(yearly: Terms) -> None:
    life = Year(yearly, "2025-04-10").does("2025-04-12", "request_cancellation").until("2026-06-01")
    # ends on 12 May: the months from 10 April and 10 May; 19,800 × 2 ÷ 12
    assert life.bills == [("2025-05-01", 3300, "2025-04-10", "2025-06-09")]
    assert life.contract.state == "ended"


def test_a_notice_before_a_new_year_stops_it(yearly: Terms) -> None:
    life = Year(yearly, "2025-04-10").until("2025-05-01").does("2026-03-09", "request_cancellation").until("2026-06-01")
    assert len(life.bills) == 1  # ends on 9 April 2026, the last day that is paid for
    late = Year(yearly, "2025-04-10").until("2025-05-01").does("2026-03-10", "request_cancellation").until("2026-06-01")
    assert late.bills[1:] == [("2026-05-01", 1650, "2026-04-10", "2026-05-09")]  # one month more: 19,800 ÷ 12


def test_a_second_notice_changes_nothing(yearly: Terms) -> None:
    life = Year(yearly, "2025-04-10").does("2025-06-12", "request_cancellation")
    with pytest.raises(Refused, match="already_cancelling"):
        life.does("2025-06-13", "request_cancellation")
    assert life.contract.ends_on == date(2025, 7, 12)


@pytest.mark.parametrize("seed", range(60))
def test_no_day_is_billed_twice_and_nobody_gets_back_more_than_was_paid(yearly: Terms, seed: int) -> None:
    """Whatever the days: what the company keeps are the contract months begun, at a twelfth of a year each."""
    pick = random.Random(seed)
    applied = date(2024, 1, 1) + timedelta(days=pick.randrange(600))
    life = Year(yearly, applied.isoformat())
    today, noticed = applied, applied + timedelta(days=pick.randrange(1, 1200))
    while life.contract.state != "ended" or _waits(life.contract, yearly):
        today += timedelta(days=1)
        life.until(today.isoformat())
        if any(entry.unpaid for entry in life.contract.ledger) and pick.random() < 0.1:
            life.does(f"{today}T12:00", "pay")
        if today == noticed:
            life.does(f"{today}T13:00", "request_cancellation")
        assert today < noticed + timedelta(days=900)
    ends, year = life.contract.ends_on, 18810 if applied < date(2025, 3, 1) else 19800
    covered = [(date.fromisoformat(first), date.fromisoformat(last)) for _, _, first, last in life.bills]
    assert covered[0][0] == applied
    assert all(then[0] == before[1] + timedelta(days=1) for before, then in pairwise(covered))
    assert covered[-1][0] <= ends
    paid, back = life.contract.paid_total, sum(amount for _, amount, _ in life.paid_back)
    months = len(list(spans(applied, ends)))
    assert 0 <= months * year / 12 - (paid - back) < 1  # rounding is once, and never the customer's loss


def _waits(contract: Contract, found: Terms) -> bool:
    return engine.next_day(contract, found) is not None or any(entry.unpaid for entry in contract.ledger)
