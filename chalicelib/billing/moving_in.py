"""A contract that another system kept until now: its life played from its first day by the same engine, its old bills paid.

What the customer still owed there is not carried over as a sum of its own: the newest of the old bills stay open, the oldest
of them in part, so that tax, late interest and every later step against arrears follow from real bills.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from chalicelib.billing import engine
from chalicelib.contracts.contract import Command, Contract, Decision, Entry, Event, Invoice
from chalicelib.contracts.terms import Terms
from chalicelib.dates import ONE_DAY, at_japan, japan_day, sweep_instant
from chalicelib.errors import Invalid, Refused

_NOON = time(12)
BILLS_MAX = 60  # with their lines and marks they must fit into one transaction


@dataclass(frozen=True, slots=True)
class OldContract:
    """A contract as the old system knew it: the application, the steps after it in the order of time, yen still owed."""

    id: str
    account: str
    application: Command
    steps: Sequence[Command] = ()
    open_balance: int = 0


def moved_in(
    terms: Terms, old: OldContract, now: datetime, *, others: tuple[Contract, ...] = (), address_taken: bool = False
) -> Decision:
    """The contract as it stands now, with all its bills. Nobody is told of what is long past.

    Raises Refused for what the terms refuse, for an open balance that no bill explains (`more_than_billed`), and where the
    terms make another sum of it (`balance_differs`); Invalid for too long a life.
    """
    if any(step.at > now for step in (old.application, *old.steps)):
        raise Invalid("steps", "not_past", "give_steps_that_were_done")
    parts: dict[str, int] = {}
    life = _Life(terms, old, now, others, address_taken, parts)
    if old.open_balance:
        parts = _left_open(life.due, old.open_balance)
        life = _Life(terms, old, now, others, address_taken, parts)
    if sum(entry.unpaid for entry in life.contract.ledger if entry.due_on < japan_day(now)) != old.open_balance:
        raise Refused("balance_differs")
    made = life.decision
    if len({invoice.key for invoice in made.invoices}) > BILLS_MAX:
        raise Invalid("applied_at", "too_many_bills", "apply_later")
    moved = Event("moved_in", now, "operator", {"open": old.open_balance})
    return Decision(made.contract, (*made.events, moved), made.invoices, made.invoice_changes, made.refunds, (), made.orders)


def _left_open(bills: Sequence[Invoice], balance: int) -> dict[str, int]:
    """Of which bills how much was paid: of the newest nothing, of the oldest of them what is beyond the balance."""
    parts: dict[str, int] = {}
    for invoice in sorted(bills, key=lambda i: (i.due_on, i.issued_on), reverse=True):
        if balance <= 0:
            break
        parts[invoice.key] = max(0, invoice.total - balance)
        balance -= invoice.total
    if balance > 0:
        raise Refused("more_than_billed")
    return parts


class _Life:
    """From the application to now. Bills due before today are paid on their due day, those in `parts` only so far."""

    def __init__(
        self,
        terms: Terms,
        old: OldContract,
        now: datetime,
        others: tuple[Contract, ...],
        address_taken: bool,
        parts: Mapping[str, int],
    ) -> None:
        self.terms, self.today, self.parts = terms, japan_day(now), parts
        self.decision = engine.apply(
            terms, old.application, contract_id=old.id, account=old.account, others=others, address_taken=address_taken
        )
        if self.contract.state == "refused":
            raise Refused((*self.contract.refusal_reasons, "refused")[0])
        for step in old.steps:
            self._pass_to(step.at)
            self._handle(step)
        self._pass_to(now)
        self.decision = self.decision.then(engine.advance(self.contract, terms, now))

    @property
    def contract(self) -> Contract:
        return self.decision.contract

    @property
    def due(self) -> list[Invoice]:
        """The bills that were due before today."""
        return [invoice for invoice in self.decision.invoices if invoice.due_on < self.today and invoice.total > 0]

    def _handle(self, command: Command) -> None:
        self.decision = self.decision.then(engine.handle(self.contract, self.terms, command))

    def _pass_to(self, until: datetime) -> None:
        """Every night and every payment before `until`, in their order."""
        while True:
            night = engine.next_day(self.contract, self.terms)
            sweep = sweep_instant(night) if night is not None else until
            paying = min(((self._paid_at(e), e) for e in self.contract.ledger if self._is_to_pay(e)), default=None, key=_first)
            if paying is not None and paying[0] < min(sweep, until):
                self._pay(*paying)
            elif sweep < until:
                self.decision = self.decision.then(engine.advance(self.contract, self.terms, sweep))
            else:
                return

    def _is_to_pay(self, entry: Entry) -> bool:
        wanted = self.parts.get(entry.key, entry.total)
        return entry.unpaid > 0 and entry.status == "open" and entry.paid < wanted and entry.due_on < self.today

    def _paid_at(self, entry: Entry) -> datetime:
        """Noon of its due day; of a bill that was due when it was sent, as soon as it was."""
        swept: date = self.contract.swept_to or entry.due_on
        return at_japan(entry.due_on, _NOON) if entry.due_on >= swept else at_japan(swept + ONE_DAY, time(0, 1))

    def _pay(self, at: datetime, entry: Entry) -> None:
        amount = min(entry.unpaid, self.parts.get(entry.key, entry.total) - entry.paid)
        named = {"month": entry.month, "key": entry.key}
        self._handle(Command("pay", at, {"invoice": named, "amount": amount}, "operator"))


def _first(paying: tuple[datetime, Entry]) -> tuple[datetime, str]:
    return paying[0], paying[1].key
