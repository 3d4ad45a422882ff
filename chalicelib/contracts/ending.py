"""How a contract ends, or stands still: notice, termination, cooling-off, suspension, abolition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from chalicelib.contracts.consents import granted
from chalicelib.contracts.contract import Contract
from chalicelib.contracts.dormancy import access
from chalicelib.contracts.owing import occasion
from chalicelib.contracts.violations import close_demands, open_demands
from chalicelib.contracts.work import Work, needs_open
from chalicelib.dates import add_months, add_months_forward, add_years_forward, japan_day, month_end, month_of
from chalicelib.errors import Invalid, Refused

_GOES_ON = ("accepted", "active", "suspended", "paused")


def notice_ends_on(terms: Any, day: date, plan: str = "") -> date:
    """The last day of a contract whose notice arrives on `day`, by the terms' way of counting."""
    rules = terms.section("ending")
    if rules["shape"] == "at_once":
        return day
    if rules["shape"] == "months_after_notice":
        return add_months(day, terms.value(rules["months"], day))
    cutoff = rules.get("cutoff_of", {}).get(plan) or rules["cutoff"]
    in_time = day.day <= terms.value(cutoff, day)
    return month_end(day if in_time else add_months(month_of(day), 1))


def cancel(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """The customer's notice, or what counts as one (a move to another site)."""
    contract, rule = work.contract, spec["rule"]
    if contract.state == "accepted" and contract.formed_on is None:
        _withdraw(work, rule)
        return
    again = contract.noticed_at is not None
    replaces = work.terms.section("ending").get("second_notice") == "earlier_day" and contract.state == "cancelling"
    if again and not replaces:
        raise Refused("ended" if contract.state == "ended" else "already_cancelling", rule)
    if contract.sale_only:
        raise Refused("no_contract", rule)
    if contract.state not in _GOES_ON and not again:
        raise Refused("ended" if contract.state == "ended" else "no_contract", rule)
    if contract.parent and "hanging" in work.terms.section("ending"):
        raise Refused(work.terms.section("ending")["hanging"], rule)
    ends = _asked_end(work, args.get("effective"), rule)
    if _comes_after_abolition(work, ends, rule):
        return
    at_once = work.terms.section("ending")["shape"] == "at_once" and ends == work.day
    if contract.ends_on is not None and ends >= contract.ends_on and not at_once:
        raise Refused("already_cancelling" if again else "ends_earlier", rule)
    because = spec.get("because") or work.terms.section("ending")["because"]
    if at_once:
        work.set(noticed_at=work.at)
        end_now(work, because, rule)
        return
    work.set(state="cancelling", noticed_at=work.at, with_removal=bool(args.get("with_removal")))
    set_end(work, ends, because)
    if args.get("with_removal"):
        occasion(work, "removal_ordered")
        work.event("removal_ordered", rule)
    work.event("cancellation_received", rule, ends_on=ends)
    work.notice("cancellation_received", ends_on=ends)


def _asked_end(work: Work, asked: date | None, rule: str) -> date:
    """The last day that follows from a notice of today: the one the customer names, where the terms let them (LRH-CAN-1)."""
    if work.terms.section("ending")["shape"] == "chosen_day":
        if asked is not None and asked < work.day:
            raise Refused("day_passed", rule)
        return asked or work.day
    ends = notice_ends_on(work.terms, work.day, work.contract.plan)
    if asked not in (None, ends):
        raise Refused("effective_not_offered", rule)
    return ends


def _withdraw(work: Work, rule: str) -> None:
    """An application is dropped before anything was signed: it ends today and costs nothing (LRH-FRM-3)."""
    work.set(state="ended", noticed_at=work.at)
    set_end(work, work.day, work.terms.section("formation")["withdrawn_because"])
    _drop_waiting_options(work)
    work.event("withdrawn", rule)
    work.notice("contract_ended", because=work.contract.ended_because)


def _comes_after_abolition(work: Work, ends: date, rule: str) -> bool:
    """A notice that would take effect when the service is over, or on its last day, changes nothing (AMM-ABO-2, AMM-MIN-3)."""
    last = work.terms.abolished_on(work.day) if work.terms.section("abolition") else None
    if last is None or ends < last:
        return False
    work.event("cancellation_without_effect", rule, ends_on=last)
    work.notice("cancellation_received", ends_on=last)
    return True


def set_end(work: Work, ends_on: date, because: str) -> None:
    """Fix the last day. Options end with it, and open debts fall due at the latest on it where the terms say so."""
    options = tuple(
        o
        if o.dropped or o.starts_on is None or (o.ends_on is not None and o.ends_on <= ends_on)
        else replace(o, ends_on=ends_on)
        for o in work.contract.options
    )
    work.set(ends_on=ends_on, ended_because=because, options=options)
    if work.terms.section("ending").get("debts_fall_due"):
        for entry in work.contract.ledger:
            if entry.unpaid > 0 and entry.due_on > ends_on:
                work.set_entry(replace(entry, due_on=max(ends_on, entry.issued_on)))
    for child in work.contract.children:
        work.order(child, "parent_ends", ends_on=ends_on, now=work.contract.state == "ended")


def terminate(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """The provider ends the contract at once (STN-TER-1)."""
    if work.contract.state in ("ended", "refused", "applied"):
        raise Refused("ended" if work.contract.state == "ended" else "no_contract", spec["rule"])
    if work.contract.formed_on is None:
        raise Refused("not_signed", spec["rule"])
    terminate_now(work, spec["because"], reason=args.get("reason", ""))


def terminate_now(work: Work, because: str, reason: str = "") -> None:
    """The contract ends today, by the provider."""
    _over(work, work.day, because)
    work.event("terminated", work.terms.section("ending")["rule"], because=because, reason=reason)
    work.notice("contract_ended", because=because)
    _ask_for_equipment(work)


def end_now(work: Work, because: str, rule: str) -> None:
    """The contract ends today, and what hangs on it with it."""
    _over(work, work.day, because)
    work.event("ended", rule, because=because)
    work.notice("contract_ended", because=because)


def die(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """The provider learns that the customer has died: the contract ends today and nothing is inherited (ORM-ACC-5)."""
    needs_open(work, spec["rule"])
    if work.contract.applicant_kind != "person":
        raise Refused("not_a_person", spec["rule"])
    end_now(work, spec["because"], spec["rule"])


def _over(work: Work, ends_on: date, because: str) -> None:
    """The contract is over: its last day, and the end of consents and of the link to a gateway (ORM-END-2)."""
    work.set(state="ended", unreachable_since=None, grants=(), linked_at=None, grid_connected_on=None)
    set_end(work, ends_on, because)
    _drop_waiting_options(work)


def end_by_day(work: Work) -> None:
    """The day after the last one has come."""
    work.set(state="ended", unreachable_since=None, grants=(), linked_at=None, grid_connected_on=None)
    _drop_waiting_options(work)
    work.event("ended", work.terms.section("ending")["rule"], because=work.contract.ended_because)
    work.notice("contract_ended", because=work.contract.ended_because)
    _ask_for_equipment(work)


def _ask_for_equipment(work: Work) -> None:
    """What was lent goes back after the end (LRH-EQP-6)."""
    if work.terms.section("lent") and work.contract.formed_on is not None:
        work.notice("return_equipment")


def _drop_waiting_options(work: Work) -> None:
    """An option that never started ends with its contract."""
    ends = work.contract.ends_on
    work.set(options=tuple(replace(o, dropped=True, ends_on=ends) if o.is_pending() else o for o in work.contract.options))


def suspend(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """The provider stops serving; fees run on (STN-SUS-3, STN-SUS-4)."""
    contract = work.contract
    if contract.state not in spec.get("from", ("active", "cancelling")) or is_suspended(contract):
        raise Refused(
            "ended" if contract.state == "ended" else "already_suspended" if is_suspended(contract) else "not_active",
            spec["rule"],
        )
    work.set(suspensions=(*contract.suspensions, (work.at, None)))
    if contract.state != "cancelling":
        work.set(state="suspended")
    if work.terms.section("suspension"):
        work.set(suspended_for=args.get("reason", ""), was_paused=contract.state == "paused")
        _fix_end_of_hold(work)
    work.event("suspended", spec["rule"], reason=args.get("reason", ""))
    work.notice("suspended", reason=args.get("reason", ""))


def _fix_end_of_hold(work: Work) -> None:
    """A contract that is put on hold has its last day from then on, where it had none (IPS-CON-1)."""
    until = suspended_until(work)
    hold = work.terms.section("suspension").get("ends_contract", {}).get(work.contract.suspended_for)
    if hold is not None and until is not None and work.contract.ends_on is None:
        work.set(ends_on=until, ended_because=hold["because"])


def restore(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """The cause of the suspension is gone; where the terms say so, what was demanded is put right with it (ORM-SUS-2)."""
    contract = work.contract
    demanded = bool(spec.get("closes_demands")) and bool(open_demands(contract))
    if contract.state in ("ended", "refused") or not (is_suspended(contract) or demanded):
        raise Refused(contract.state if contract.state in ("ended", "refused") else "not_suspended", spec["rule"])
    if work.terms.section("suspension"):
        restore_now(work, spec["rule"])
        return
    if is_suspended(contract):
        since, _ = contract.suspensions[-1]
        work.set(suspensions=(*contract.suspensions[:-1], (since, work.at)))
        if contract.state == "suspended":
            work.set(state="active" if contract.service_starts_on is not None else "accepted")
        access(work)
    if demanded:
        close_demands(work)
    work.event("restored", spec["rule"])
    work.notice("restored")


def restore_now(work: Work, rule: str) -> None:
    """The suspension is over by itself: its time is, or its debts are paid."""
    contract = work.contract
    since, _ = contract.suspensions[-1]
    hold = work.terms.section("suspension").get("ends_contract", {}).get(contract.suspended_for)
    if hold is not None and contract.ended_because == hold["because"]:
        work.set(ends_on=None, ended_because="")
    back = "paused" if contract.was_paused else "active"
    work.set(
        suspensions=(*contract.suspensions[:-1], (since, work.at)), suspended_for="", was_paused=False,
        state=back if contract.state == "suspended" else contract.state,
    )  # fmt: skip
    work.event("restored", rule)
    work.notice("restored")


def suspended_until(work: Work) -> date | None:
    """The day whose sweep ends a suspension, or the contract with it; None while none runs or it has no end of its own."""
    rules, contract = work.terms.section("suspension"), work.contract
    if not rules or not is_suspended(contract) or contract.state == "ended":
        return None
    since, reason = japan_day(contract.suspensions[-1][0]), contract.suspended_for
    if reason in rules.get("ends_contract", {}):
        return add_years_forward(since, work.terms.value(rules["ends_contract"][reason]["years"], since))
    if "longest" not in rules or reason in rules.get("until_paid", ()):
        return None
    return add_months_forward(since, work.terms.value(rules["longest"], since))


def suspension_over(work: Work) -> None:
    """The day has come on which the suspension ends, or the contract that was put on hold (IPS-SUS-2, IPS-CON-1)."""
    rules = work.terms.section("suspension")
    ends = rules.get("ends_contract", {}).get(work.contract.suspended_for)
    if ends is not None:
        end_now(work, ends["because"], rules["rule"])
    else:
        restore_now(work, rules["rule"])


def is_suspended(contract: Contract) -> bool:
    return bool(contract.suspensions) and contract.suspensions[-1][1] is None


def disclose(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """The document that starts the cooling-off count arrived, or arrived anew (STN-COO-3)."""
    work.set(disclosure_received_on=args["received_on"])
    work.event("disclosed", spec["rule"], received_on=args["received_on"])


def cool_off(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """Withdrawal in writing, effective when sent: nothing is owed, bills are void, what was paid goes back (STN-COO-1, 2)."""
    contract, rules = work.contract, work.terms.section("cooling_off")
    first, sent = contract.disclosure_received_on, args.get("dispatched_on") or work.day
    if contract.state in ("refused", "applied") or contract.nothing_owed:
        raise Refused("no_contract" if not contract.nothing_owed else "ended", spec["rule"])
    if first is None:
        raise Refused("cooling_off_does_not_apply", spec["rule"])
    if sent > first + timedelta(days=work.terms.value(rules["days"], first) - 1):
        raise Refused("cooling_off_over", spec["rule"])
    if sent > work.day:
        raise Refused("dispatched_in_future", spec["rule"])
    for entry in contract.ledger:
        work.set_entry(replace(entry, status="void"))
    options = tuple(replace(o, dropped=o.starts_on is None or o.starts_on > sent, ends_on=sent) for o in contract.options)
    work.set(
        state="ended", ends_on=sent, ended_because=rules["because"], options=options, owed=(), drafts=(), purchases=(),
        nothing_owed=True, unreachable_since=None,
    )  # fmt: skip
    due_back = contract.paid_total - sum(r.amount for r in contract.refunds)
    if due_back > 0:
        work.open_refund(due_back, cites=tuple(rules["cites"]))
        work.event("refund_opened", *rules["cites"], amount=due_back)
    work.event("cooled_off", spec["rule"], dispatched_on=sent)
    work.notice("cooling_off_done")
    work.notice("return_device")


def refuse(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """An operator says no, before the service has started. Visits that were made stay owed (STN-REC-6)."""
    contract, rules = work.contract, work.terms.section("application")
    if contract.state not in ("applied", "accepted"):
        raise Refused("ended" if contract.state in ("ended", "refused") else "already_started", spec.get("rule", ""))
    kept = tuple(c for c in contract.owed if c.item in rules["kept_on_refusal"])
    shipped = contract.shipped_on is not None
    work.set(
        state="refused", refusal_reasons=(args.get("reason") or "operator",), owed=kept,
        ships_on=contract.ships_on if shipped else None,
        service_starts_on=None, billing_starts_on=None, unreachable_since=None,
        options=tuple(replace(o, dropped=True) for o in contract.options),
    )  # fmt: skip
    for entry in contract.ledger if rules.get("refusal_voids") else ():
        if entry.paid == 0:
            work.set_entry(replace(entry, status="void"))
    for child in contract.children:
        work.order(child, "parent_ends", ends_on=work.day, now=True)
    work.event("refused", spec.get("rule", ""))
    work.notice("refused")


def be_told(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """Something was announced to everybody. The end of the service is this contract's end too, unless it ends earlier.

    `consent` (to, purpose): it concerns only who has given that one; `figures` are the operator's words for the notice.
    """
    contract = work.contract
    if contract.state in ("refused", "ended"):
        return
    effective, announcement = args.get("effective_on"), args.get("announcement")
    if announcement in spec.get("deaf_to", ()):
        return
    if "consent" in args and not granted(contract, *args["consent"]):
        return
    if "option" in args and not _abolish_option(work, args["option"], args["effective_on"]):
        return
    if announcement == "termination" and effective is not None and _moves_end(work, effective):
        set_end(work, effective, "abolished")
    work.event("announced", args.get("rule", spec["rule"]), notice=args["notice"])
    work.notice(args["notice"], **({"effective_on": effective} if effective else {}), **args.get("figures", {}))


def ask_operator(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """Something that somebody has to look at; the contract itself goes on as it is (LRH-STP-1)."""
    if work.contract.state in ("refused", "ended"):
        raise Refused(work.contract.state, spec["rule"])
    work.event("put_before_operator", spec["rule"])


def _moves_end(work: Work, effective: date) -> bool:
    """Whether the abolition is this contract's end: it ends no earlier, or with the abolition as it was announced before."""
    ends, rules = work.contract.ends_on, work.terms.section("abolition")
    if ends is None or ends > effective:
        return True
    return bool(rules) and (ends == effective or (bool(rules.get("moved")) and work.contract.ended_because == "abolished"))


def _abolish_option(work: Work, option: str, effective: Any) -> bool:
    """Option lines of this plan end on that day, unless earlier. False: nobody here has one to be told of (STW-NOT-1)."""
    mine = [o for o in work.contract.options if not o.dropped and o.plan_on(effective) == option]
    lasting = [o for o in mine if o.starts_on is not None and (o.ends_on is None or o.ends_on > effective)]
    work.set(options=tuple(replace(o, ends_on=effective) if o in lasting else o for o in work.contract.options))
    return bool(lasting) or any(o.is_pending() for o in mine)


def ask_customer(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """A time to put something right, or to explain it, in place of a harder step (AMM-SUS-5)."""
    needs_open(work, spec["rule"])
    if args["deadline"] <= work.day:
        raise Invalid("deadline", "not_after_today", "give_a_later_day")
    work.event(spec["event"], spec["rule"], deadline=args["deadline"], about=args["about"])
    work.notice(spec["event"], deadline=args["deadline"])


def nothing(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """A step that the terms allow and that changes nothing here; it is kept in the log."""
    if work.contract.state == "refused":
        raise Refused("refused", spec["rule"])
    work.event(spec.get("event", "noted"), spec["rule"], **{key: args[key] for key in ("sku", "reason") if key in args})
