"""The engine: applications, commands and passing days, each `(contract, terms, …) → Decision`. Pure.

A day has two moments. At midnight the month that ended is closed, with what was known then. At 00:10 the sweep does
the rest: ships, starts, sends invoices, marks debts overdue, ends. A command first lets pass whatever came before it,
so a late night and a punctual one end alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal

from chalicelib.billing import (
    arrears,
    credits,
    evasion,
    holding,
    orders,
    outage,
    payments,
    plan,
    purchases,
    rating,
    refunds,
    sale,
)
from chalicelib.contracts import (
    account,
    application,
    consents,
    dormancy,
    ending,
    equipment,
    form,
    hanging,
    lent,
    linking,
    options,
    parcels,
    pausing,
    pieces,
    plain_options,
    signing,
    starting,
    tasks,
    violations,
    visits,
)
from chalicelib.contracts.contract import Command, Contract, Decision
from chalicelib.contracts.owing import AT_ONCE
from chalicelib.contracts.terms import Terms
from chalicelib.contracts.work import Step, Work
from chalicelib.dates import ONE_DAY, add_months, japan_day, sweep_instant
from chalicelib.errors import Refused


def apply(
    terms: Terms,
    command: Command,
    *,
    contract_id: str,
    account: str,
    earlier: Contract | None = None,
    parent: Contract | None = None,
    others: tuple[Contract, ...] = (),
    address_taken: bool = False,
) -> Decision:
    """The contract that an application makes. One that a rule refuses is a contract in state `refused`, not an error.

    `earlier` is the contract that it takes up again, `parent` the one that it hangs on, `others` all others of its account
    and service; each as it was last stored: the days since then are passed here. `address_taken` says that somebody
    else's living contract is registered under the address (`args["address"]`, a print of it).
    Raises Refused for what has no price yet: its form is closed too.
    """
    plan = str(command.args.get("plan", ""))
    own = terms.part(plan)
    work = application.apply(
        own,
        command,
        contract_id,
        account,
        _as_of(earlier, terms, command) if earlier else None,
        _as_of(parent, terms, command) if parent else None,
        tuple(_as_of(other, terms, command) for other in others),
        address_taken,
    )
    if work.contract.state != "refused":
        _check_priced(own, plan, command)
    _settle(work)
    return work.decision()


def _check_priced(terms: Terms, plan: str, command: Command) -> None:
    options = [option["option"] for option in command.args.get("options", ())]
    reason, rule = form.unpriced(terms, plan, japan_day(command.at), options)
    if reason:
        raise Refused(reason, rule)


def _as_of(contract: Contract, terms: Terms, command: Command) -> Contract:
    """Another contract as it stands when the command is given."""
    work = Work(contract, terms.part(contract.plan), command.at)
    _pass_days(work, command.at)
    _move_to(work, command.at, "system")
    _end_at_midnight(work)
    return work.contract


def handle(contract: Contract, terms: Terms, command: Command) -> Decision:
    """Carry out a command, after all days before it. Raises Refused (then nothing has changed) or Invalid."""
    terms = terms.part(contract.plan)
    spec = terms.commands.get(command.name)
    if spec is None:
        raise Refused("not_provided", str(terms.section("not_provided").get("rule", "")))
    work = Work(contract, terms, command.at, command.by)
    _pass_days(work, command.at)
    _move_to(work, command.at, command.by)
    _end_at_midnight(work)
    arrears.check_reason(work, command.name, command.args)
    STEPS[spec["does"]](work, command.args, {"rule": "", **spec})
    _settle(work)
    return work.decision()


def advance(contract: Contract, terms: Terms, now: datetime) -> Decision:
    """Let all days up to `now` pass. Passing them again changes nothing: the decision says `changed` False."""
    work = Work(contract, terms.part(contract.plan), now)
    following = _pass_days(work, now)
    return work.decision(following)


def next_after(decision: Decision, terms: Terms) -> date | None:
    """The same as `next_day` of the decided contract; one that passed days only has reckoned it already."""
    known: date | Literal[""] | None = decision.next_on
    return next_day(decision.contract, terms) if known == "" else known


def next_day(contract: Contract, terms: Terms) -> date | None:
    """The next Japan day on which time itself does something to this contract; None when nothing is to come."""
    return _next(Work(contract, terms.part(contract.plan), contract.applied_at))[0]


def _next(work: Work) -> tuple[date | None, date | None]:
    """The next day with something to do, and the month whose closing it is when it is one."""
    contract = work.contract
    days = _sweep_days(work)
    month = plan.next_closing_month(contract, work.terms)
    closing = add_months(month, 1) if month is not None else None
    if contract.swept_to is None or not (days or closing):
        return None, None
    earliest = contract.swept_to + ONE_DAY
    day = max(min(days), earliest) if days else None
    if closing is not None and month is not None and (day is None or closing <= day):
        return max(closing, earliest), month
    return day, None


def _sweep_days(work: Work) -> list[date]:
    """The days whose sweeps have something to do, as things stand."""
    contract = work.contract
    days = [entry.due_on + ONE_DAY for entry in contract.ledger if entry.unpaid > 0 and entry.status == "open"]
    days += [invoice.issued_on for invoice in contract.drafts] if contract.billing_held_on is None else []
    if contract.ships_on is not None and contract.shipped_on is None and not contract.shipping_held:
        days.append(contract.ships_on)
    if contract.billed:
        credited = credits.next_credit_day(contract, work.terms)
        days += [credited] if credited is not None else []
    if _pays_back(contract):
        refund_day = refunds.refund_day(work)
        days += [refund_day] if refund_day is not None else []
    if contract.demands and (loss := sale.loss_day(work)) is not None:
        days.append(loss)
    if contract.closed_to is not None and refunds.has_late_credits(contract):  # the end closed without an invoice
        days.append(contract.closed_to)
    if contract.state in ("ended", "refused"):
        return days
    if contract.service_starts_on is not None and not contract.begun and _starts_before_end(contract):
        days.append(contract.service_starts_on)
    days += [o.starts_on for o in contract.options if o.starts_on is not None and not o.begun and not o.dropped]
    if contract.ends_on is not None:
        days.append(contract.ends_on + ONE_DAY)
        days += [contract.ends_on] if plan.ends_inside_month(contract, work.terms) else []
    if contract.accessed_on is not None or contract.demands:
        days += account.due_days(contract, work.terms)
    if contract.unreachable_since and (until := equipment.unreachable_until(work)) is not None:
        days.append(until)
    if contract.pause_on is not None or contract.suspensions or work.terms.ends_by_itself:
        days += _standing_days(work)
    return days


def _standing_days(work: Work) -> list[date]:
    """Days on which a living contract's standing changes by itself: a pause, a suspension's end, the service's own end."""
    contract = work.contract
    found = [contract.pause_on, ending.suspended_until(work) if contract.suspensions else None]
    if work.terms.ends_by_itself:
        last = work.terms.abolished_on(contract.swept_to or work.day)
        if last is not None and (contract.ends_on is None or contract.ends_on > last):
            found.append(last)
    return [day for day in found if day is not None]


def _pays_back(contract: Contract) -> bool:
    """Whether a paid invoice covers months after the end."""
    ends = contract.ends_on
    return ends is not None and any(e.status == "paid" and any(last > ends for _, last, _ in e.covers) for e in contract.ledger)


def _starts_before_end(contract: Contract) -> bool:
    ends, starts = contract.ends_on, contract.service_starts_on
    return starts is not None and (ends is None or starts <= ends)


def _pass_days(work: Work, now: datetime) -> date | None:
    """Midnight and sweep of every due day, in order, as far as `now` reaches. Gives the next one after that."""
    today = work.day if work.at is now else japan_day(now)
    while True:
        day, month = _next(work)
        if day is None or day > today:
            return day
        work.at, work.day, work.by = sweep_instant(day), day, "system"
        if month is not None:  # midnight: the month that ended closes, with what was known then
            plan.close_month(work, month)
            if not _sends(work.contract, day):
                continue  # what comes next may be another day; a bill to be sent is sent at 00:10 of this one
        if sweep_instant(day) > now:
            return day
        _sweep(work)
        work.set(swept_to=day, closed_to=max(day, work.contract.closed_to or day))


def _sends(contract: Contract, day: date) -> bool:
    return contract.billing_held_on is None and any(draft.issued_on <= day for draft in contract.drafts)


def _sweep(work: Work) -> None:
    """00:10 of the work's day."""
    contract, day = work.contract, work.day
    if (
        contract.ships_on is not None
        and contract.ships_on <= day
        and contract.shipped_on is None
        and not contract.shipping_held
    ):
        equipment.ship_now(work)
    if contract.billing_held_on is None:
        for invoice in sorted((i for i in work.contract.drafts if i.issued_on <= day), key=lambda i: i.month):
            plan.issue(work, invoice)
    payments.mark_overdue(work)
    if work.contract.demands:
        sale.accelerate_by_demand(work)
    if work.contract.state not in ("ended", "refused"):
        _sweep_living(work)
    if _pays_back(work.contract):
        refunds.refund_all_paid_ahead(work)
    if work.contract.purchases:
        purchases.forget_old_purchases(work)
    _settle(work)


def _sweep_living(work: Work) -> None:
    contract, day = work.contract, work.day
    if contract.ends_on is not None and day > contract.ends_on:
        ending.end_by_day(work)
        return
    if contract.accessed_on is not None or contract.demands:
        if account.ends_today(work):
            return
        dormancy.remind(work)
    starts = contract.service_starts_on
    if starts is not None and starts <= day and not contract.begun and _starts_before_end(contract):
        starting.begin_service(work)
    starting.begin_options(work)
    if contract.unreachable_since and (until := equipment.unreachable_until(work)) is not None and until <= day:
        ending.terminate_now(work, work.terms.section("installation")["no_contact_because"])
    if contract.pause_on is not None or contract.suspensions or work.terms.ends_by_itself:
        _stand(work)


def _stand(work: Work) -> None:
    """What changes by itself in a contract that lives on: see `_standing_days`."""
    contract, day = work.contract, work.day
    if contract.pause_on is not None and contract.pause_on <= day:
        pausing.pause_now(work)
    if contract.suspensions and (until := ending.suspended_until(work)) is not None and until <= day:
        ending.suspension_over(work)
    if work.terms.ends_by_itself and work.contract.state != "ended":
        last = work.terms.abolished_on(day)
        if last is not None and last <= day and (contract.ends_on is None or contract.ends_on > last):
            ending.set_end(work, last, "abolished")
            if last < day:  # signed on the last day itself, when its sweep was over
                ending.end_by_day(work)


def _end_at_midnight(work: Work) -> None:
    """A contract is over from midnight, though its sweep comes ten minutes later: what is asked in between comes too late."""
    contract = work.contract
    if contract.state not in ("ended", "refused") and contract.ends_on is not None and work.day > contract.ends_on:
        ending.end_by_day(work)
    elif contract.state not in ("ended", "refused"):
        account.ends_today(work)
    if work.contract.demands:
        sale.accelerate_by_demand(work)


def _settle(work: Work) -> None:
    """After every step: the final invoice of an end inside a month, and credits that no invoice takes any more."""
    contract = work.contract
    if contract.ends_on is not None and contract.ends_on <= work.day and plan.ends_inside_month(contract, work.terms):
        plan.close_end(work)
    if contract.owed and any(charge.row == AT_ONCE for charge in work.contract.owed):
        plan.issue_at_once(work)
    if contract.guarantee:
        sale.release_guarantor(work)
    _settle_credits(work)


def _settle_credits(work: Work) -> None:
    """Months that turned out to be free are credited; what no invoice takes any more is refunded."""
    if work.terms.gives_back_months:
        credits.give_back_interrupted(work)
    owed = work.contract.owed
    if owed and any(charge.amount < 0 for charge in owed):
        refunds.refund_late_credits(work)


def _move_to(work: Work, at: datetime, by: str) -> None:
    """The work goes on at another instant; days passed without anything due count as passed."""
    work.at, work.day, work.by = at, japan_day(at), by
    contract, day = work.contract, work.day
    swept = day if at >= sweep_instant(day) else day - ONE_DAY
    closed_to, swept_to = contract.closed_to or day, contract.swept_to or swept
    if by != "system" and (closed_to < day or swept_to < swept):
        work.set(closed_to=max(closed_to, day), swept_to=max(swept_to, swept))


STEPS: Mapping[str, Step] = {
    "accept": lambda work, args, spec: _accept(work, spec),
    "refuse": ending.refuse,
    "hold_shipping": equipment.hold_shipping,
    "ship": equipment.ship,
    "deliver_devices": equipment.deliver_devices,
    "deliver_option": equipment.deliver_option,
    "install": equipment.install,
    "reinstall": equipment.reinstall,
    "return_device": purchases.return_device,
    "change_option_plan": options.change_option_plan,
    "add_option": options.add_option,
    "remove_option": options.remove_option,
    "pause_option": options.pause_option,
    "unpause_option": options.unpause_option,
    "cancel": ending.cancel,
    "cool_off": ending.cool_off,
    "disclose": ending.disclose,
    "suspend": ending.suspend,
    "restore": ending.restore,
    "terminate": ending.terminate,
    "demand": arrears.demand,
    "sign": signing.sign,
    "complete_processing": signing.complete_processing,
    "add_pieces": pieces.add_pieces,
    "remove_pieces": pieces.remove_pieces,
    "install_lent": lent.install_lent,
    "reinstall_lent": lent.reinstall_lent,
    "report_lost": lent.report_lost,
    "return_lent": lent.return_lent,
    "ask_operator": ending.ask_operator,
    "report_stranger": account.report_stranger,
    "arrange_visit": visits.arrange_visit,
    "take_child": hanging.take_child,
    "parent_ends": hanging.parent_ends,
    "ship_parcel": parcels.ship_parcel,
    "notify_start": parcels.notify_start,
    "deliver_sold": sale.deliver_sold,
    "transfer_owned": sale.transfer_owned,
    "lose_benefit": sale.lose_benefit,
    "subrogate": sale.subrogate,
    "answer_guarantee": sale.answer_guarantee,
    "rescind": sale.rescind,
    "ask_customer": ending.ask_customer,
    "record_usage": rating.record_usage,
    "switch_on": plain_options.switch_on,
    "switch_off": plain_options.switch_off,
    "pause": pausing.pause,
    "unpause": pausing.unpause,
    "pause_lost": pausing.pause_lost,
    "find_evasion": evasion.find_evasion,
    "metering_failure": evasion.metering_failure,
    "take_over": hanging.take_over,
    "buy": purchases.buy,
    "charge": purchases.charge,
    "report_outage": outage.report_outage,
    "pay": payments.pay,
    "fail_payment": payments.fail_payment,
    "claim_refund": refunds.claim_refund,
    "pay_refund": refunds.pay_refund,
    "register_payment_method": payments.register_payment_method,
    "nothing": ending.nothing,
    "be_told": ending.be_told,
    "use": dormancy.use,
    "consent": consents.consent,
    "withdraw": consents.withdraw,
    "link": linking.link,
    "take_link": linking.take_link,
    "unlink": linking.unlink,
    "demand_cure": violations.demand_cure,
    "die": ending.die,
    "finish_task": tasks.finish_task,
    "hold_billing": holding.hold_billing,
    "release_billing": holding.release_billing,
    "refuse_option": options.refuse_option,
    "terminate_option": options.terminate_option,
    "order_article": orders.order_article,
    "cancel_order": orders.cancel_order,
}


def _accept(work: Work, spec: Mapping[str, Any]) -> None:
    """An operator accepts an application that was put before them."""
    if work.contract.may_be_let_in:
        application.let_in(work, spec["rule"])
        return
    if work.contract.state != "applied":
        raise Refused("already_accepted" if work.contract.state != "refused" else "refused", spec["rule"])
    application.form(work)


__all__ = ["STEPS", "advance", "apply", "handle", "next_day"]
