"""A service and its contracts on the pure engine alone: commands, nights, and all that was decided so far.

stage = Stage(ServiceState("sottonet"), terms.load("sottonet"))
stage.take(engine.apply(stage.terms, asked, contract_id="c1", account="a"))
stage.sweep(at)                          # every night up to then
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime

from chalicelib.billing import engine
from chalicelib.contracts import service, terms
from chalicelib.contracts.announced import ServiceState
from chalicelib.contracts.contract import Command, Contract, Decision, Invoice, Notice, Refund
from chalicelib.dates import sweep_instant
from chalicelib.errors import Refused


@dataclass
class Stage:
    """A service and its contracts, with everything that was decided so far."""

    state: ServiceState
    terms: terms.Terms
    contracts: dict[str, Contract] = field(default_factory=dict)
    invoices: dict[tuple[str, str], Invoice] = field(default_factory=dict)  # in the order in which they were made
    refunds: dict[tuple[str, str], Refund] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)

    def serve(self, asked: Command) -> None:
        """A command to the whole service, and through it to every contract."""
        decided = service.handle(self.state, self.terms, asked)
        self.state, self.terms = decided.state, self.terms.under(decided.state)
        if decided.contract_command:
            for name in self.contracts:
                with suppress(Refused):  # a contract whom it does not concern has heard it all the same
                    self.take(engine.handle(self.contracts[name], self.terms, decided.contract_command))

    def take(self, decision: Decision) -> None:
        """A decision with all that it orders of other contracts; refused whole when one of them refuses."""
        for one in [*self.ordered(decision), decision]:
            self.keep(one)

    def ordered(self, decision: Decision) -> list[Decision]:
        """What a decision asks of other contracts, decided. Raises Refused when one of them may not do it."""
        found: list[Decision] = []
        now = {name: contract for name, contract in self.contracts.items() if name != decision.contract.id}
        waiting = list(decision.orders)
        while waiting:
            order = waiting.pop(0)
            if order.contract not in now:
                raise Refused("no_such_contract", "")
            found.append(engine.handle(now[order.contract], self.terms, order.command))
            now[order.contract] = found[-1].contract
            waiting += found[-1].orders
        return found

    def keep(self, decision: Decision) -> None:
        """One decision becomes what is. Raises ValueError for an invoice that was made before: no engine does that."""
        name = decision.contract.id
        self.contracts[name] = decision.contract
        self.decisions.append(decision)
        for invoice in decision.invoices:
            if (name, invoice.key) in self.invoices:
                raise ValueError(f"{name}: two invoices {invoice.key}")
            self.invoices[name, invoice.key] = invoice
        for entry in decision.invoice_changes:
            old = self.invoices[name, entry.key]
            new = replace(old, status=entry.status, due_on=entry.due_on, paid_by=entry.paid_by, paid=entry.paid)
            self.invoices[name, entry.key] = new
        self.refunds |= {(name, refund.key): refund for refund in decision.refunds}
        self.notices += decision.notices

    def sweep(self, now: datetime) -> None:
        """Every due day up to now, contract by contract, as the nights would."""
        while True:
            due = {
                name: day
                for name, c in self.contracts.items()
                if (day := engine.next_day(c, self.terms)) and sweep_instant(day) <= now
            }
            if not due:
                return
            tonight = min(due.values())
            for name in sorted(name for name, day in due.items() if day == tonight):
                self.take(engine.advance(self.contracts[name], self.terms, sweep_instant(tonight)))
