"""What a command would cost before anybody gives it: the same engine, played ahead, nothing stored.

So a quote cannot differ from the bills that follow. Money that is not yet overdue is taken as paid on its due day,
since refunds depend on it; that changes no invoice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta

from chalicelib.billing import engine
from chalicelib.contracts.contract import Command, Contract, Decision, Entry, Event, Invoice, Refund
from chalicelib.contracts.terms import Terms
from chalicelib.dates import ONE_DAY, at_japan, japan_day, sweep_instant
from chalicelib.errors import NoTermsForDay, Refused

_NOON = time(12)
_PATIENCE_DAYS = 31  # a typical step may have to wait, e.g. for a delivery over the New Year


@dataclass(frozen=True, slots=True)
class Quote:
    """What follows until `until`: the days, the bills as they will be issued, what comes back; or why the step is refused."""

    until: date
    state: str
    service_starts_on: date | None
    ends_on: date | None
    invoices: tuple[Invoice, ...] = ()
    refunds: tuple[Refund, ...] = ()
    still_open: int = 0  # yen on invoices that exist already
    refused: str = ""
    rule: str = ""
    refusal_reasons: tuple[str, ...] = ()
    assumed: tuple[tuple[date, str], ...] = ()  # steps of others that the quote takes for granted, with their days


def quote(contract: Contract, terms: Terms, command: Command, until: date) -> Quote:
    """What `command` on a contract leads to, up to and including the sweep of `until`."""
    try:
        decision = engine.handle(contract, terms, command)
    except Refused as refusal:
        return Quote(
            until, contract.state, contract.service_starts_on, contract.ends_on, refused=refusal.reason, rule=refusal.rule
        )
    return play(decision, terms, until, since=japan_day(command.at))


def quote_application(
    terms: Terms,
    command: Command,
    until: date,
    *,
    contract_id: str = "quote",
    earlier: Contract | None = None,
    parent: Contract | None = None,
    others: tuple[Contract, ...] = (),
) -> Quote:
    """What an application leads to, if the steps that the terms call typical (a delivery, an installation) follow it."""
    first = engine.apply(
        terms, command, contract_id=contract_id, account="quote", earlier=earlier, parent=parent, others=others
    )
    typical = terms.part(first.contract.plan).section("typical")
    steps = typical.get("steps", ()) if first.contract.state != "refused" else ()
    day = japan_day(command.at)
    assumed = tuple((day + timedelta(days=terms.value(step["days"], day)), str(step["command"])) for step in steps)
    return play(first, terms, until, assumed, since=day)


@dataclass(frozen=True, slots=True)
class Ahead:
    """What time itself does to a contract as it stands, with every bill paid on its due day."""

    contract: Contract
    events: tuple[Event, ...]
    invoices: tuple[Invoice, ...]
    complete: bool  # False: the terms lack a figure for a later day, and the play ends there


def ahead(contract: Contract, terms: Terms, until: date) -> Ahead:
    """The days up to and including the sweep of `until`, without anybody doing anything but pay."""
    played, complete = _Play(Decision(contract), terms), True
    try:
        played.pass_to(until)
    except NoTermsForDay:
        complete = False
    return Ahead(played.contract, tuple(played.events), tuple(played.invoices), complete)


def play(
    first: Decision, terms: Terms, until: date, assumed: tuple[tuple[date, str], ...] = (), since: date | None = None
) -> Quote:
    """What follows a decision until `until`, every bill paid on its due day, the `assumed` steps done on their days.

    What was due before `since`, the day of the decision, was not paid and stays so.
    """
    still_open = sum(entry.unpaid for entry in first.contract.ledger if entry.key not in {i.key for i in first.invoices})
    played = _Play(first, terms, since)
    happened = tuple((on, name) for day, name in assumed if (on := played.assume(day, name, until)) is not None)
    played.pass_to(until)
    contract = played.contract
    return Quote(
        until,
        contract.state,
        contract.service_starts_on,
        contract.ends_on,
        tuple(played.invoices),
        tuple(played.refunds.values()),
        still_open,
        refusal_reasons=contract.refusal_reasons,
        assumed=happened,
    )


class _Play:
    """The days after a decision, with every bill paid on its due day."""

    def __init__(self, first: Decision, terms: Terms, since: date | None = None) -> None:
        self.terms, self.contract, self.since = terms, first.contract, since or date.min
        self.events: list[Event] = []
        self.invoices: list[Invoice] = []
        self.refunds: dict[str, Refund] = {}
        self.take(first)

    def take(self, decision: Decision) -> None:
        self.contract = decision.contract
        self.events += decision.events
        self.invoices += decision.invoices
        self.refunds |= {refund.key: refund for refund in decision.refunds}

    def assume(self, day: date, name: str, until: date) -> date | None:
        """A typical step, on the first day from `day` on that allows it; None when none does in a month or before `until`."""
        for late in range(_PATIENCE_DAYS):
            on = day + timedelta(days=late)
            if on > until:
                return None
            self.pass_to(on)
            try:
                self.take(engine.handle(self.contract, self.terms, Command(name, at_japan(on, _NOON), {"outcome": "done"})))
            except Refused:
                continue
            return on
        return None

    def pass_to(self, until: date) -> None:
        while True:
            night = engine.next_day(self.contract, self.terms)
            due = min((e.due_on for e in self.contract.ledger if self._will_be_paid(e)), default=None)
            if due is not None and due <= until and (night is None or due < night):
                self._pay(due)
            elif night is not None and night <= until:
                self.take(engine.advance(self.contract, self.terms, sweep_instant(night)))
            else:
                return

    def _pay(self, day: date) -> None:
        """Pay all that is due that day, at noon, never before what has passed already."""
        swept = self.contract.swept_to or day
        at = at_japan(max(day, swept), _NOON) if day >= swept else at_japan(swept + ONE_DAY, time(0, 1))
        for entry in self.contract.ledger:
            if self._will_be_paid(entry) and entry.due_on <= day:
                named = {"month": entry.month, "key": entry.key}
                self.take(engine.handle(self.contract, self.terms, Command("pay", at, {"invoice": named})))

    def _will_be_paid(self, entry: Entry) -> bool:
        return entry.unpaid > 0 and entry.status == "open" and entry.due_on >= self.since
