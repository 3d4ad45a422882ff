"""What waits for a person: applications to decide, visits to arrange, parcels, refunds to pay out, steps against arrears.

The `[tasks]` section of the terms names each kind of task with its rule. Most follow from the state of the contract
(`when`), are found when somebody looks, and are over as soon as the step was done that they wait for. Others begin with
something that happened (`after`) and leave no other trace: these the contract remembers (`errands`), until what they
wait for happens (`until`) or an operator says that it is done (`finish_task`). A word in `after` and `until` is the kind
of an event; `bought:shop_item` is one that has `shop_item` among its facts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.contracts.contract import Contract, Errand
from chalicelib.contracts.terms import Terms
from chalicelib.dates import ONE_DAY, japan_day
from chalicelib.errors import Refused

if TYPE_CHECKING:
    from chalicelib.contracts.work import Work

_OPEN = ("accepted", "active", "suspended", "paused", "cancelling")
_STATES = {  # in which a contract can have such a task, where that is not all of them
    "application_open": ("applied",),
    "equipment_out": ("ended",),
    "lent_out": ("ended",),
    **dict.fromkeys(
        ("not_signed", "paperwork_open", "not_installed", "option_not_fitted", "not_shipped", "not_delivered"), _OPEN
    ),
    **dict.fromkeys(("demand_run_out", "suspended", "guarantee_open"), _OPEN),
}

Found = Iterator[tuple[date, date | None, str]]  # since when, the last day where the state itself has one, about what
Wait = Callable[[Contract, Terms, Mapping[str, Any], date], Found]


@dataclass(frozen=True, slots=True)
class Task:
    """Something that a person has to do. `due` is its last day, None where the terms set none; `about` a key, never a name."""

    kind: str
    since: date
    due: date | None
    rule: str
    about: str = ""


def tasks(contract: Contract, terms: Terms, day: date) -> tuple[Task, ...]:
    """What waits for a person on `day`, oldest first."""
    found = []
    for kind, spec in terms.part(contract.plan).section("tasks").items():
        if "when" in spec:
            for since, due, about in WAITS[spec["when"]](contract, terms, spec, day):
                found.append(Task(kind, since, due or _last_day(terms, spec, since), spec["rule"], about))
        else:
            mine = (errand for errand in contract.errands if errand.kind == kind)
            found += [Task(kind, e.since, _last_day(terms, spec, e.since), spec["rule"], e.about) for e in mine]
    return tuple(sorted((task for task in found if task.since <= day), key=lambda task: (task.since, task.kind, task.about)))


def states_of(terms: Terms, kind: str) -> tuple[str, ...] | None:
    """The states in which a contract of the service can have a task of that kind; None: in any. None at all: ()."""
    sections = (terms.section("tasks"), *(part.get("tasks", {}) for part in terms.data.get("parts", {}).values()))
    specs = [section[kind] for section in sections if kind in section]
    found = [_STATES.get(spec["when"]) if "when" in spec else None for spec in specs]
    if None in found:
        return None
    return tuple(dict.fromkeys(state for states in found for state in states or ()))


def _last_day(terms: Terms, spec: Mapping[str, Any], since: date) -> date | None:
    """The last day of a task with a time of its own, in days or business days as the figure's unit says."""
    key = spec.get("within")
    if key is None:
        return None
    count: int = terms.value(key, since)
    if terms.data["values"][key][0]["unit"] == "business days":
        day = since
        for _ in range(count):
            day = terms.calendar.after(day)
        return day
    return since + timedelta(days=count)


# errands: tasks that only something that happened can tell of


def follow(work: Work, kind: str, facts: Mapping[str, Any]) -> None:
    """Something happened: tasks that wait for it are over, the oldest of each kind; tasks that begin with it begin."""
    begins, ends, kinds = _watched(work.terms)
    if kind not in kinds:
        return
    names = {kind, *(f"{kind}:{fact}" for fact in facts.values() if isinstance(fact, str))}
    for task in (task for name in names for task in ends.get(name, ())):
        _close(work, task)
    for task, about in (begun for name in names for begun in begins.get(name, ())):
        work.set(errands=(*work.contract.errands, Errand(task, work.day, str(facts.get(about, "")))))


def finish_task(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """An operator has done a task that the contract remembers. Raises Refused when no such task is open."""
    if not _close(work, args["kind"], args.get("about")):
        raise Refused("no_such_task", spec["rule"])
    work.event("task_finished", spec["rule"], task=args["kind"], about=args.get("about", ""))


def awaits(work: Work, kind: str) -> bool:
    """Whether a task is open that such an event ends."""
    return any(errand.kind in ended_by(work.terms, kind) for errand in work.contract.errands)


def ended_by(terms: Terms, kind: str) -> tuple[str, ...]:
    """The tasks that such an event ends."""
    return tuple(_watched(terms)[1].get(kind, ()))


def _close(work: Work, kind: str, about: str | None = None) -> bool:
    fitting = [e for e in work.contract.errands if e.kind == kind and about in (None, e.about)]
    if fitting:
        work.set(errands=tuple(e for e in work.contract.errands if e is not fitting[0]))
    return bool(fitting)


Begins = Mapping[str, list[tuple[str, str]]]
Ends = Mapping[str, list[str]]


def _watched(terms: Terms) -> tuple[Begins, Ends, frozenset[str]]:
    """Which events begin and end which tasks, and the kinds of all of them."""
    known: tuple[Begins, Ends, frozenset[str]] | None = terms.cache.get("tasks")
    if known is None:
        begins: dict[str, list[tuple[str, str]]] = {}
        ends: dict[str, list[str]] = {}
        for task, spec in terms.section("tasks").items():
            for name in spec.get("after", ()):
                begins.setdefault(name, []).append((task, spec.get("about", "")))
            for name in spec.get("until", ()):
                ends.setdefault(name, []).append(task)
        known = (begins, ends, frozenset(name.split(":")[0] for name in (*begins, *ends)))
        terms.cache["tasks"] = known
    return known


# what waits, by the state of the contract


def _application_open(contract: Contract, terms: Terms, spec: Mapping[str, Any], day: date) -> Found:
    if contract.state == "applied":
        yield japan_day(contract.applied_at), None, ""


def _visit_arranged(contract: Contract, day: date) -> bool:
    """Whether an appointment stands for that day or a later one."""
    return contract.visit_on is not None and contract.visit_on >= day


def _not_installed(contract: Contract, terms: Terms, spec: Mapping[str, Any], day: date) -> Found:
    """Until the day on which a customer who cannot be reached loses the contract, where the terms have one."""
    waits = contract.state in _OPEN and contract.installed_on is None and contract.service_starts_on is None
    if waits and contract.formed_on is not None and not contract.sale_only and not _visit_arranged(contract, day):
        limit = terms.section("installation").get("no_contact")
        since = contract.unreachable_since
        due = since + timedelta(days=terms.value(limit, since) - 1) if since is not None and limit else None
        yield contract.formed_on, due, ""


def _option_not_fitted(contract: Contract, terms: Terms, spec: Mapping[str, Any], day: date) -> Found:
    """One that came with a new contract's application is fitted with the rest."""
    for option in contract.options if contract.state in _OPEN else ():
        along = option.with_application and not contract.recontract_of
        if option.is_pending() and option.fitted_on is None and not along:
            yield option.added_on, None, option.option


def _not_shipped(contract: Contract, terms: Terms, spec: Mapping[str, Any], day: date) -> Found:
    """Ordered equipment that no calendar ships: the terms have none, or an operator holds the order."""
    waits = contract.devices and contract.shipped_on is None and contract.state in _OPEN
    if waits and contract.formed_on is not None and (contract.shipping_held or contract.ships_on is None):
        yield contract.formed_on, None, ""


def _not_delivered(contract: Contract, terms: Terms, spec: Mapping[str, Any], day: date) -> Found:
    for device in contract.devices if contract.state in _OPEN else ():
        if contract.shipped_on is not None and device.delivered_on is None:
            yield contract.shipped_on, None, device.sku


def _refund_claimed(contract: Contract, terms: Terms, spec: Mapping[str, Any], day: date) -> Found:
    yield from ((r.opened_on, None, r.key) for r in contract.refunds if r.status == "claimed")


def _refund_form_out(contract: Contract, terms: Terms, spec: Mapping[str, Any], day: date) -> Found:
    yield from ((r.opened_on, None, r.key) for r in contract.refunds if r.status == "claim_sent")


def _overdue(contract: Contract, terms: Terms, spec: Mapping[str, Any], day: date) -> Found:
    """One task for all that is overdue and not yet demanded: since the day after the oldest due day."""
    demanded = {key for demand in contract.demands if demand.closed_on is None for key in demand.covers}
    late = [e for e in contract.ledger if e.unpaid > 0 and e.due_on < day and e.key not in demanded]
    if late:
        oldest = min(late, key=lambda e: e.due_on)
        yield oldest.due_on + ONE_DAY, None, oldest.key


def _demand_run_out(contract: Contract, terms: Terms, spec: Mapping[str, Any], day: date) -> Found:
    unpaid = {e.key for e in contract.ledger if e.unpaid > 0}
    for demand in contract.demands if contract.state in _OPEN else ():
        if demand.closed_on is None and demand.deadline < day and (not demand.covers or unpaid & set(demand.covers)):
            yield demand.deadline + ONE_DAY, None, ""


def _suspended(contract: Contract, terms: Terms, spec: Mapping[str, Any], day: date) -> Found:
    if contract.state in _OPEN and contract.suspensions and contract.suspensions[-1][1] is None:
        yield japan_day(contract.suspensions[-1][0]), None, ""


def _equipment_out(contract: Contract, terms: Terms, spec: Mapping[str, Any], day: date) -> Found:
    """After the end: what the customer has in the house and has to give back, where `because` names how it ended."""
    ends, because = contract.ends_on, contract.ended_because
    if ends is None or contract.state != "ended" or because not in spec.get("because", (because,)):
        return
    had = {*contract.owned, *(d.sku for d in contract.devices if d.delivered_on is not None)}
    yield from ((ends, None, sku) for sku in spec.get("skus", ()) if sku in had and sku not in contract.returned)


def _option_ended(contract: Contract, terms: Terms, spec: Mapping[str, Any], day: date) -> Found:
    """After the end of an option: what was lent for it."""
    ended = [o.ends_on for o in contract.options if o.begun and o.ends_on is not None and o.ends_on < day]
    runs = any(not o.dropped and o.runs_on(day) for o in contract.options)
    if ended and not runs:
        yield from ((max(ended) + ONE_DAY, None, sku) for sku in spec.get("skus", ()) if sku not in contract.returned)


def _billing_held(contract: Contract, terms: Terms, spec: Mapping[str, Any], day: date) -> Found:
    if contract.billing_held_on is not None:
        yield contract.billing_held_on, None, ""


def _guarantee_open(contract: Contract, terms: Terms, spec: Mapping[str, Any], day: date) -> Found:
    """A sale in parts whose guarantor has not answered yet."""
    if contract.instalment_count and not contract.guarantee and contract.devices and contract.state in _OPEN:
        yield japan_day(contract.applied_at), None, ""


def _not_signed(contract: Contract, terms: Terms, spec: Mapping[str, Any], day: date) -> Found:
    """Accepted, and formed only by a document that somebody has to fetch."""
    if contract.state in _OPEN and contract.formed_on is None and not _visit_arranged(contract, day):
        yield japan_day(contract.applied_at), None, ""


def _paperwork_open(contract: Contract, terms: Terms, spec: Mapping[str, Any], day: date) -> Found:
    if contract.state in _OPEN and contract.formed_on is not None and contract.billing_starts_on is None:
        yield contract.formed_on, None, ""


def _lent_out(contract: Contract, terms: Terms, spec: Mapping[str, Any], day: date) -> Found:
    """After the end: lent equipment of which nothing came back yet, nor was reported lost."""
    ends = contract.ends_on
    handed_out = contract.state == "ended" and contract.installed_on is not None
    if handed_out and ends is not None and not contract.returned and not contract.loss_open:
        yield ends, None, ""


WAITS: Mapping[str, Wait] = {
    "not_signed": _not_signed,
    "paperwork_open": _paperwork_open,
    "lent_out": _lent_out,
    "application_open": _application_open,
    "not_installed": _not_installed,
    "option_not_fitted": _option_not_fitted,
    "not_shipped": _not_shipped,
    "not_delivered": _not_delivered,
    "refund_claimed": _refund_claimed,
    "refund_form_out": _refund_form_out,
    "overdue": _overdue,
    "demand_run_out": _demand_run_out,
    "suspended": _suspended,
    "equipment_out": _equipment_out,
    "option_ended": _option_ended,
    "billing_held": _billing_held,
    "guarantee_open": _guarantee_open,
}

__all__ = ["WAITS", "Task", "awaits", "ended_by", "finish_task", "follow", "tasks"]
