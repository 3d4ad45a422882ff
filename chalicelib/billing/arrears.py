"""The ladder of arrears: a demand with a period of grace, and what the provider may do once it has run out.

Which reason needs what is the terms' word (`[reasons.suspend.<reason>]`, `[reasons.terminate.<reason>]`); the conditions
live here, each refusing with its own reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from chalicelib.contracts.contract import Demand, Entry
from chalicelib.contracts.ending import is_suspended, restore_now
from chalicelib.contracts.work import Work
from chalicelib.dates import add_months, japan_day
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
    reasons, contract = work.terms.section("reasons").get(command), work.contract
    if not reasons or contract.state in ("ended", "refused"):
        return
    rule = reasons.get(args.get("reason") or "") or reasons.get(ANY)
    if rule is None or ("plans" in rule and contract.plan not in rule["plans"]):
        raise Refused("not_provided", work.terms.commands[command].get("rule", ""))
    for need in rule.get("needs", ()):
        _NEEDS[need](work, rule["rule"])


def restore_when_paid(work: Work) -> None:
    """Where a suspension lasts until debts are paid, the payment that clears all that is overdue ends it (IPS-SUS-1)."""
    until_paid = work.terms.section("suspension").get("until_paid", ())
    if is_suspended(work.contract) and work.contract.suspended_for in until_paid and not overdue_entries(work):
        restore_now(work, work.terms.section("suspension")["rule"])


def _overdue(work: Work, rule: str) -> None:
    if not overdue_entries(work):
        raise Refused("nothing_overdue", rule)


def _demand_run_out(work: Work, rule: str) -> None:
    """Only after a demand's period has run out in vain: the newest demand's, or any one's (LRH-TER-2, AMM-SUS-3)."""
    if not overdue_entries(work):
        raise Refused("nothing_overdue", rule)
    unmet = [d.deadline for d in work.contract.demands if d.closed_on is None and unpaid_of(work, d)]
    if not unmet:
        raise Refused("no_demand", rule)
    if work.day <= (min(unmet) if work.terms.section("demand").get("counts") == "each" else unmet[-1]):
        raise Refused("deadline_not_passed", rule)


def _no_open_demand(work: Work, rule: str) -> None:
    """While a demand is open, its period is the promise that was given (ORM-VIO-4)."""
    if any(d.closed_on is None for d in work.contract.demands):
        raise Refused("demand_open", rule)


def _suspended(work: Work, rule: str) -> None:
    if not is_suspended(work.contract):
        raise Refused("not_suspended", rule)


def _cure_period_over(work: Work, rule: str) -> None:
    """A month to put things right, from the day of the suspension; some causes need none (AMM-TER-1, AMM-TER-2)."""
    rules, contract = work.terms.section("suspension"), work.contract
    if contract.suspended_for in rules["ends_at_once"]:
        return
    since = japan_day(contract.suspensions[-1][0])
    if work.day <= add_months(since, work.terms.value(rules["cure"], since)):
        raise Refused("cure_period_running", rule)


def _card_declined(work: Work, rule: str) -> None:
    """An unpaid invoice whose draw failed (AMM-SUS-4)."""
    if not any(e.unpaid > 0 and e.failed_on is not None for e in work.contract.ledger):
        raise Refused("card_not_declined", rule)


def _own_contract(work: Work, rule: str) -> None:
    """A contract that hangs on another lives as long as that one (IPS-TER-2)."""
    if work.contract.parent:
        raise Refused("kept_while_line_lives", rule)


def _nothing_billed(work: Work, rule: str) -> None:
    """So many months in a row without an invoice but the first one (IPS-TER-2)."""
    contract, months = work.contract, work.terms.value(work.terms.section("suspension")["idle"], work.day)
    since, began = add_months(work.day, -months), contract.service_starts_on
    if began is None or began > since or (contract.billed_on is not None and contract.billed_on > since):
        raise Refused("twelve_months_not_over", rule)


_NEEDS: dict[str, Callable[[Work, str], None]] = {
    "overdue": _overdue,
    "demand_run_out": _demand_run_out,
    "no_open_demand": _no_open_demand,
    "suspended": _suspended,
    "cure_period_over": _cure_period_over,
    "card_declined": _card_declined,
    "own_contract": _own_contract,
    "nothing_billed": _nothing_billed,
}
