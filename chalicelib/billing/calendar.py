"""The calendar of one contract: what happened, and what comes next and when. Pure, and of no service in particular.

What happened is the audit log. What comes is the engine played ahead, with every bill paid on its due day, and the days
that follow from the contract and its terms without anything being done: a warranty's end, the last day to cancel.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from chalicelib.billing import engine, ladder, quote
from chalicelib.billing.purchases import last_return_day
from chalicelib.contracts.contract import Command, Contract, Decision, Event, Invoice
from chalicelib.contracts.late import late
from chalicelib.contracts.paying import methods_after
from chalicelib.contracts.terms import Terms
from chalicelib.dates import ONE_DAY, add_months, add_years_forward, at_japan, japan_day, month_end, month_of
from chalicelib.errors import Invalid, NoTermsForDay, Refused

CANCEL = "request_cancellation"
_PROBED_DAYS = 62  # this month and the next one
_PROBED_MONTHS = 2
_BILLED_WITHIN = 70  # days after an end within which its last bill goes out
_END_OF_DAY = time(23, 59)
_MAY_FOLLOW = {"suspend": "may_be_suspended", "terminate": "may_be_terminated"}  # steps of the ladder of arrears
_OURS = ("paid", "overdue")  # what playing ahead only assumes


@dataclass(frozen=True, slots=True)
class Moment:
    """One entry: its day, what it is (the key of its words), and the figures of the words. `at` only of what happened."""

    on: date
    kind: str
    happened: bool
    rule: str = ""
    figures: Mapping[str, Any] = field(default_factory=dict)
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Calendar:
    """Moments in order. `complete` is False when the terms lack a figure for a later day."""

    moments: tuple[Moment, ...]
    complete: bool


def calendar(
    contract: Contract, terms: Terms, now: datetime, until: date, events: Iterable[Event], invoices: Iterable[Invoice]
) -> Calendar:
    """All moments up to `until`. `events` is the contract's audit log, `invoices` all its bills; `terms` those of its plan."""
    today = japan_day(now)
    played = quote.ahead(contract, terms, until)
    found = list(happened(events, {invoice.key: invoice for invoice in invoices}))
    found += _coming(contract, played, terms)
    for facts in _FACTS:
        found += [replace(moment, happened=moment.on < today) for moment in facts(contract, terms)]
    found += announced(terms, today)
    found += arrears_ahead(contract, terms, now)
    if contract.state not in ("ended", "refused"):
        found += last_days_to_cancel(contract, terms, today)
    kept = {(m.on, m.kind, tuple(map(str, m.figures.values())), m.happened): m for m in found if m.on <= until}
    return Calendar(tuple(sorted(kept.values(), key=_order)), played.complete)


def _order(moment: Moment) -> tuple[date, bool, bool, str]:
    """By day; of one day what happened comes first, in its order."""
    return moment.on, not moment.happened, moment.at is None, moment.at.isoformat() if moment.at else ""


def happened(events: Iterable[Event], invoices: Mapping[str, Invoice]) -> Iterator[Moment]:
    """The audit log, an entry for an entry; an issued bill (by its key) with its amount and due day."""
    for event in events:
        facts, invoice = dict(event.facts), invoices.get(str(event.facts.get("invoice", "")))
        if event.kind == "invoice_issued" and invoice is not None:
            facts |= _about(invoice)
        rule = event.cites[0] if event.cites else ""
        yield Moment(japan_day(event.at), event.kind, True, rule, facts, event.at)


def _about(invoice: Invoice) -> dict[str, Any]:
    """What a calendar says of a bill."""
    return {
        "invoice": invoice.key,
        "month": invoice.month,
        "total": invoice.total,
        "due_on": invoice.due_on,
        "paid_by": invoice.paid_by,
        "items": tuple((line.item, line.amount) for line in invoice.lines),
    }


def _coming(contract: Contract, played: quote.Ahead, terms: Terms) -> Iterator[Moment]:
    """What the engine does by itself, and when the bills that it issues are due. A known last day speaks for the end."""
    invoices = {invoice.key: invoice for invoice in played.invoices}
    for event in played.events:
        if event.kind in _OURS or (event.kind == "ended" and contract.ends_on is not None):
            continue
        facts, invoice = dict(event.facts), invoices.get(str(event.facts.get("invoice", "")))
        rule = event.cites[0] if event.cites else ""
        if event.kind == "invoice_issued" and invoice is not None:
            facts |= _about(invoice)
            yield _due(terms, invoice.key, invoice.total, invoice.due_on, invoice.paid_by)
        yield Moment(japan_day(event.at), event.kind, False, rule, facts)


def _due(terms: Terms, key: str, amount: int, due_on: date, paid_by: str) -> Moment:
    rule = terms.section("invoice").get("due", {}).get(paid_by, {}).get("rule", "")
    drawn = paid_by in terms.section("payment").get("drawn", ())
    figures = {"invoice": key, "amount": amount, "paid_by": paid_by}
    return Moment(due_on, "payment_drawn" if drawn else "payment_due", False, str(rule), figures)


# days that follow from the contract as it stands

Facts = Callable[[Contract, Terms], Iterator[Moment]]


def _open_bills(now: Contract, terms: Terms) -> Iterator[Moment]:
    for entry in now.ledger:
        if entry.unpaid > 0 and entry.status == "open":
            yield _due(terms, entry.key, entry.unpaid, entry.due_on, entry.paid_by)
        elif entry.unpaid > 0 and entry.status == "overdue":
            figures = {"invoice": entry.key, "amount": entry.unpaid, "paid_by": entry.paid_by}
            yield Moment(entry.due_on, "payment_late", False, str(terms.section("payment").get("rule", "")), figures)


def _starts(now: Contract, terms: Terms) -> Iterator[Moment]:
    starts, billing = now.service_starts_on, now.billing_starts_on
    rule = str(terms.section("billing_start").get("rule", ""))
    if billing is None or (now.ends_on is not None and billing > now.ends_on):
        return
    if starts is not None and starts < billing:
        yield Moment(billing - ONE_DAY, "free_until", False, rule, {"from": starts})
    yield Moment(billing, "billing_starts", False, rule)


def _last_day(now: Contract, terms: Terms) -> Iterator[Moment]:
    if now.ends_on is not None:
        yield Moment(now.ends_on, "last_day", False, str(terms.section("ending")["rule"]), {"because": now.ended_because})


def _minimum_term(now: Contract, terms: Terms) -> Iterator[Moment]:
    """The last day of a shortest term, whose rest an earlier end would cost."""
    for spec in terms.data.get("fee", ()):
        key, first = spec.get("term_months"), now.billing_starts_on
        if key and first is not None and now.plan in spec.get("plans", (now.plan,)):
            last = month_end(add_months(month_of(first), terms.value(key, first) - 1))
            yield Moment(last, "minimum_term_until", False, terms.rule(key))


def _instalments(now: Contract, terms: Terms) -> Iterator[Moment]:
    """The month with whose bill the last instalment of a device is asked for."""
    for plan in now.instalments:
        if plan.billed < plan.count:
            last = add_months(plan.first, plan.count - 1)
            figures = {"month": last, "count": plan.count, "left": plan.count - plan.billed, "amount": plan.rest}
            yield Moment(month_end(last), "instalments_end", False, str(terms.section("sale").get("rule", "")), figures)


def _cure(now: Contract, terms: Terms) -> Iterator[Moment]:
    """Until when the cause of a suspension can be put right before the provider may end the contract."""
    rules = terms.section("suspension")
    if (
        "cure" in rules
        and now.suspensions
        and now.suspensions[-1][1] is None
        and now.suspended_for not in rules["ends_at_once"]
    ):
        since = japan_day(now.suspensions[-1][0])
        yield Moment(add_months(since, terms.value(rules["cure"], since)), "cure_until", False, str(rules["rule"]))


def _options(now: Contract, terms: Terms) -> Iterator[Moment]:
    rule = str(terms.section("options").get("rule", ""))
    for option in now.options:
        if option.dropped or option.starts_on is None:
            continue
        for first, plan in option.plans:
            yield Moment(first, "option_plan", False, rule, {"option": plan})
        if option.ends_on is not None and option.ends_on != now.ends_on:
            yield Moment(option.ends_on, "option_last_day", False, rule, {"option": option.plan_on(option.ends_on)})


def _visit(now: Contract, terms: Terms) -> Iterator[Moment]:
    if now.visit_on is not None:
        yield Moment(now.visit_on, "visit", False, str(terms.commands["arrange_visit"]["rule"]))


def _warranty(now: Contract, terms: Terms) -> Iterator[Moment]:
    key = terms.section("installation").get("warranty")
    if key and now.installed_on is not None and not now.recontract_of:
        last = add_years_forward(now.installed_on, terms.value(key, now.installed_on))
        yield Moment(last, "warranty_until", False, terms.rule(key))


def _free_redo(now: Contract, terms: Terms) -> Iterator[Moment]:
    key = terms.section("lent").get("free_redo")
    if key and now.installed_on is not None:
        last = now.installed_on + timedelta(days=terms.value(key, now.installed_on))
        yield Moment(last, "free_redo_until", False, terms.rule(key))


def _cooling_off(now: Contract, terms: Terms) -> Iterator[Moment]:
    rules, first = terms.section("cooling_off"), now.disclosure_received_on
    if rules and first is not None and now.state not in ("applied", "refused", "ended"):
        last = first + timedelta(days=terms.value(rules["days"], first) - 1)
        yield Moment(last, "cooling_off_until", False, str(rules["rule"]))


def _returns(now: Contract, terms: Terms) -> Iterator[Moment]:
    for article in now.purchases:
        day = last_return_day(terms, article.delivered_on)
        yield Moment(day, "return_until", False, str(terms.section("returns")["rule"]), {"delivered_on": article.delivered_on})


def _demands(now: Contract, terms: Terms) -> Iterator[Moment]:
    open_keys = {entry.key for entry in now.ledger if entry.unpaid > 0}
    for demand in now.demands:
        if demand.closed_on is None and (not demand.covers or open_keys & set(demand.covers)):
            rule = str(terms.section("demand").get("rule") or terms.commands.get("demand", {}).get("rule", ""))
            yield Moment(demand.deadline, "demand_deadline", False, rule, {"on": demand.on})


def _payment_methods(now: Contract, terms: Terms) -> Iterator[Moment]:
    for usable_from, method in methods_after(now, now.payment_methods[0][0]) if now.payment_methods else ():
        rule = str(terms.section("payment").get("rule", ""))
        yield Moment(usable_from, "payment_method_usable", False, rule, {"paid_by": method})


_FACTS: tuple[Facts, ...] = (
    _open_bills, _starts, _last_day, _options, _minimum_term, _instalments, _visit, _warranty, _free_redo, _cooling_off,
    _returns, _demands, _cure, _payment_methods,
)  # fmt: skip


def announced(terms: Terms, today: date) -> Iterator[Moment]:
    """What was announced for everybody and takes effect today or later. The end of an option is the matter of its holders."""
    for said in terms.state.announcements:
        if "option" not in said.values and said.effective_on >= today >= said.announced_on:
            rule = terms.section("announcements").get(said.kind, {}).get("rule", "")
            yield Moment(said.effective_on, f"{said.kind}_changes", False, str(rule), {"announced_on": said.announced_on})


def arrears_ahead(contract: Contract, terms: Terms, now: datetime) -> Iterator[Moment]:
    """What the provider may do about late bills, each from the first day on which the terms allow it, while they stay unpaid.

    Of several reasons that allow the same, the first: for who pays it is one thing. Where the terms leave the end of a
    contract to an operator, it is to be feared only once a demand has run out, which is what a demand says.
    """
    found: dict[str, Moment] = {}
    for step in ladder.steps(contract, terms, now) if late(contract) else ():
        day = _promised(contract, step)
        if day is not None and step.command in _MAY_FOLLOW:
            figures = {"amount": ladder.owed_late(contract)}
            found.setdefault(step.command, Moment(day, _MAY_FOLLOW[step.command], False, step.rule, figures))
    yield from found.values()


def _promised(contract: Contract, step: ladder.Step) -> date | None:
    if step.command != "terminate" or step.reason:
        return step.on
    deadlines = [demand.deadline + ONE_DAY for demand in ladder.open_demands(contract)]
    return max([step.on, *deadlines]) if deadlines else None


def last_days_to_cancel(contract: Contract, terms: Terms, today: date) -> Iterator[Moment]:
    """The last days on which a notice still ends the contract with one month and not with the next.

    Found by asking the engine day by day, so it holds for every way of counting that terms may have. Nothing where
    nothing is paid, or where no notice is taken (one was given, say).
    """
    if CANCEL not in terms.commands or not terms.data.get("fee"):
        return
    found, before = 0, _end_of_notice(contract, terms, today)
    for ahead in range(1, _PROBED_DAYS + 1):
        if before is None or found == _PROBED_MONTHS:
            return
        day = today + timedelta(days=ahead)
        after = _end_of_notice(contract, terms, day)
        if after is None or month_of(after[0]) > month_of(before[0]):
            found += 1
            costs = _costs_of_ending(contract, terms, before[1], before[0])
            figures = {"ends_on": before[0], **({"items": costs} if costs else {})}
            yield Moment(day - ONE_DAY, "cancel_until", False, str(terms.commands[CANCEL].get("rule", "")), figures)
        before = after


def _end_of_notice(contract: Contract, terms: Terms, day: date) -> tuple[date, Decision] | None:
    """The last day of a contract whose notice comes at the end of a day, and the decision; None when it is not taken."""
    asked = Command(CANCEL, at_japan(day, _END_OF_DAY), {}, "contractor")
    try:
        decision = engine.handle(contract, terms, asked)
    except (Refused, Invalid, NoTermsForDay):
        return None
    ends = decision.contract.ends_on
    return None if ends is None else (ends, decision)


def _costs_of_ending(contract: Contract, terms: Terms, noticed: Decision, ends: date) -> tuple[tuple[str, int], ...]:
    """Items and yen that only the end brings onto the bills: a shortest term's rest, say. Late interest is no such cost."""
    until = ends + timedelta(days=_BILLED_WITHIN)
    going_on = {line.item for bill in quote.ahead(contract, terms, until).invoices for line in bill.lines}
    try:
        ended = quote.play(noticed, terms, until).invoices
    except NoTermsForDay:
        return ()
    lines = [line for bill in ended for line in bill.lines if line.item not in going_on and line.item != "late_interest"]
    return tuple((line.item, line.amount) for line in lines if line.amount > 0)


__all__ = ["Calendar", "Moment", "announced", "arrears_ahead", "calendar", "happened", "last_days_to_cancel"]
