"""The ladder of arrears: a demand with a period of grace, and what the provider may do once it has run out.

Which reason needs what is the terms' word (`[reasons.suspend.<reason>]`, `[reasons.terminate.<reason>]`); the conditions
live here, each refusing with its own reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from chalicelib.contracts.contract import Demand, Entry
from chalicelib.contracts.work import Work
from chalicelib.errors import Invalid, Refused

ANY = "*"


def demand(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """A reminder with a period of grace, for everything that is overdue at this moment (LRH-TER-2, AMM-SUS-2)."""
    rules, contract = work.terms.section("demand"), work.contract
    overdue = overdue_entries(work)
    if rules.get("needs") == "overdue" and not overdue:
        raise Refused("nothing_overdue", spec["rule"])
    if not any(e.unpaid > 0 for e in contract.ledger):
        raise Refused("nothing_open", spec["rule"])
    deadline = args.get("deadline")
    if deadline is None:
        raise Invalid("deadline", "missing", "send_field")
    if "grace" in rules and deadline < work.day + timedelta(days=work.terms.value(rules["grace"], work.day)):
        raise Refused("grace_too_short", spec["rule"])
    kept = tuple(d for d in contract.demands if unpaid_of(work, d))
    work.set(demands=(*kept, Demand(work.day, deadline, tuple(e.key for e in overdue))))
    work.event("demanded", spec["rule"], deadline=deadline)
    work.notice("payment_demand", deadline=deadline)


def overdue_entries(work: Work) -> list[Entry]:
    """Invoices with an unpaid rest whose due day is over."""
    return [e for e in work.contract.ledger if e.unpaid > 0 and e.due_on < work.day]


def unpaid_of(work: Work, demand: Demand) -> list[Entry]:
    """What of a demand's invoices is still unpaid. A part that was paid settles none of it."""
    return [e for e in work.contract.ledger if e.key in demand.covers and e.unpaid > 0]


def check_reason(work: Work, command: str, args: Mapping[str, Any]) -> None:
    """Raises Refused when the terms do not allow the command for the reason that it gives."""
    reasons = work.terms.section("reasons").get(command)
    if not reasons or work.contract.state in ("ended", "refused"):
        return
    rule = reasons.get(args.get("reason") or "") or reasons.get(ANY)
    if rule is None:
        raise Refused("reason_not_known", work.terms.commands[command].get("rule", ""))
    for need in rule.get("needs", ()):
        _NEEDS[need](work, rule["rule"])


def _overdue(work: Work, rule: str) -> None:
    if not overdue_entries(work):
        raise Refused("nothing_overdue", rule)


def _demand_run_out(work: Work, rule: str) -> None:
    """Only after a demand's period has run out in vain; of several demands the newest counts (LRH-TER-2, AMM-SUS-3)."""
    if not overdue_entries(work):
        raise Refused("nothing_overdue", rule)
    unmet = [d for d in work.contract.demands if d.closed_on is None and unpaid_of(work, d)]
    if not unmet:
        raise Refused("no_demand", rule)
    if work.day <= unmet[-1].deadline:
        raise Refused("deadline_not_passed", rule)


def _no_open_demand(work: Work, rule: str) -> None:
    """While a demand is open, its period is the promise that was given (ORM-VIO-4)."""
    if any(d.closed_on is None for d in work.contract.demands):
        raise Refused("demand_open", rule)


def _suspended(work: Work, rule: str) -> None:
    if work.contract.state != "suspended":
        raise Refused("not_suspended", rule)


_NEEDS: dict[str, Callable[[Work, str], None]] = {
    "overdue": _overdue,
    "demand_run_out": _demand_run_out,
    "no_open_demand": _no_open_demand,
    "suspended": _suspended,
}
