"""A night: find what is due, hand it out, pass the days of one contract after the other, park what fails.

The day comes from the event. A night that is late, repeated or overlapping finds nothing left to do and does nothing;
one that comes too early is refused. A contract that fails is parked and shown to operators, and the next night tries it
again; the others go on. Only a store that does not answer makes a message come again.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from chalicelib import observe
from chalicelib.billing import engine
from chalicelib.contracts import service as speech
from chalicelib.contracts import terms
from chalicelib.contracts.announced import ServiceState
from chalicelib.contracts.contract import Command, Contract, Decision
from chalicelib.contracts.terms import Terms
from chalicelib.dates import japan_day, sweep_instant
from chalicelib.errors import Invalid, MimamoriError, NoTermsForDay, NotFound, Refused, StoreError
from chalicelib.flows import rules, together
from chalicelib.flows.attempts import until_settled
from chalicelib.store import codec, nights, services
from chalicelib.store import contracts as rows
from chalicelib.store.transact import SHARDS, Row, Store, WriteRefused, chunks

Json = dict[str, Any]
PER_MESSAGE = 25  # contracts of one queue message: one BatchGetItem
EARLY = timedelta(minutes=15)  # clocks of a scheduler and of a worker may differ by so much
ROWS_AT_ONCE = 60  # of invoices and refunds in one transaction, which takes 100 entries
COMMAND_MARK = "#"  # between contract and command in the id of parked work
LIVING = ("applied", "accepted", "active", "suspended", "paused", "cancelling")


class Queue(Protocol):
    """Where shares of work go."""

    def send(self, messages: Iterator[Json]) -> int: ...


def day_of(text: str) -> date:
    """The day that an event names: `2025-04-05`, or an instant, of which the Japan day counts. Raises Invalid."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else japan_day(datetime.fromisoformat(text))
    except ValueError as error:
        raise Invalid("day", "not_a_day", "give_yyyy_mm_dd") from error


# handing out


def dispatch(store: Store, queue: Queue, day: date) -> Json:
    """Hands out everything that is due on `day` or before, shard by shard."""
    run = uuid.uuid4().hex[:8]
    parked = {entry.id for entry in nights.all_parked(store)}
    still_due: set[str] = set()
    due = messages = 0
    for shard in range(SHARDS):
        ids = rows.due_in_shard(store, shard, sweep_instant(day))
        if ids:
            nights.counted(store, day, shard, run, len(ids))
            messages += queue.send(_shares(ids, day, parked))
            still_due.update(parked.intersection(ids))
            due += len(ids)
    for passed in parked - still_due:
        if COMMAND_MARK not in passed:  # its days were passed meanwhile; a service's command waits for an operator
            nights.unpark(store, passed)
    nights.dispatched(store, day, run, due, messages)
    observe.say("night handed out", day=day.isoformat(), due=due, batch=messages)
    observe.count(night_due=due)
    return {"day": day.isoformat(), "due": due, "messages": messages}


def _shares(ids: Sequence[str], day: date, parked: set[str]) -> Iterator[Json]:
    for share in chunks(ids, PER_MESSAGE):
        aside = [name for name in share if name in parked]
        yield {"kind": "night", "day": day.isoformat(), "contracts": share, **({"parked": aside} if aside else {})}


def fan_out(store: Store, queue: Queue, service: str, command_id: str) -> int:
    """Hands a service's command out to the contracts that it concerns: the living, or all. Gives how many."""
    command = services.load_command(store, service, command_id)
    states = (*LIVING, "ended") if command is not None and speech.reaches_ended(command) else LIVING
    count = 0

    def shares() -> Iterator[Json]:
        nonlocal count
        for share in chunks(rows.in_states(store, service, states), PER_MESSAGE):
            count += len(share)
            yield {"kind": "service_command", "service": service, "command": command_id, "contracts": share}

    queue.send(shares())
    return count


# doing a share


def work(store: Store, message: Mapping[str, Any], now: datetime) -> Json:
    """Does one share: of a night, of a service's command, or of an import; or a day's statistics. Gives what was done.

    Raises StoreError when the store failed for some: the message comes again, and what is done stays done.
    """
    if message["kind"] == "night":
        return _night(store, message, now)
    if message["kind"] == "service_command":
        return _service_command(store, message, now)
    if message["kind"] == "import":
        from chalicelib.flows import imports

        return imports.work(store, message, now)
    if message["kind"] == "statistics":
        from chalicelib.flows import statistics

        return statistics.work(store, day_of(message["day"]))
    raise Invalid("kind", "unknown_kind", "send_night_or_service_command")


def _night(store: Store, message: Mapping[str, Any], now: datetime) -> Json:
    day = day_of(message["day"])
    if sweep_instant(day) > now + EARLY:
        observe.warn("a night came before its day", day=day.isoformat(), count=len(message["contracts"]))
        return {"done": 0, "already": 0, "parked": 0, "early": len(message["contracts"])}

    def pass_days(row: Row, states: Mapping[str, ServiceState]) -> bool:
        return _pass_days(store, row, states, day)

    return _each(store, _Share(message, day, now, frozenset(message.get("parked", ()))), pass_days)


def _pass_days(store: Store, row: Row, states: Mapping[str, ServiceState], day: date) -> bool:
    """Passes the days of one contract up to the sweep of `day`. False when that was done already.

    Years at once may be more than one transaction takes: then the first half of the days goes first.
    """
    held = rows.held(row)
    contract = held.contract
    at = sweep_instant(day)
    terms_now = rules.under(states[contract.service])
    decision = engine.advance(contract, terms_now, at)
    due = rules.due_after(decision, terms_now)
    if not decision.changed and decision.contract == contract and _text(due) == held.due_at:
        return False
    if len(decision.invoices) + len(decision.invoice_changes) + len(decision.refunds) > ROWS_AT_ONCE:
        first = japan_day(datetime.fromisoformat(held.due_at))
        _pass_days(store, row, states, first + (day - first) // 2)
        return _pass_days(store, rows.snapshots(store, [rows.snapshot_key(contract.id)])[contract.id], states, day)
    rows.commit(store, contract, decision, at=at, due=due, beside=together.beside(store, terms_now, contract, decision, at))
    return True


def _service_command(store: Store, message: Mapping[str, Any], now: datetime) -> Json:
    service, command_id = message["service"], message["command"]
    if service not in terms.services():
        raise NotFound("service")
    command = services.load_command(store, service, command_id)
    aside = frozenset(entry.id for entry in nights.all_parked(store))

    def hear(row: Row, states: Mapping[str, ServiceState]) -> bool:
        return _hear(store, row, states, command, command_id, now)

    return _each(store, _Share(message, japan_day(now), now, aside), hear)


def _hear(
    store: Store, row: Row, states: Mapping[str, ServiceState], command: Command | None, command_id: str, now: datetime
) -> bool:
    """One contract hears a service's command, once; and its next date is reckoned anew under the new state."""
    held = rows.held(row)
    contract = held.contract
    terms_now = rules.under(states[contract.service])
    decision = Decision(contract)
    beside = []
    if command is not None and (contract.state in LIVING or speech.reaches_ended(command)):
        if store.get(store.contracts, services.heard_key(contract.id, command_id)) is not None:
            return False
        decision = _obeyed(contract, terms_now, command)
        if contract.state != "ended" or decision.changed:  # else it ended before what is told
            beside = [services.heard(store, contract.id, command_id, now)]
            beside += together.beside(store, terms_now, contract, decision, now)
    due = rules.due(decision.contract, terms_now)
    if not beside and _text(due) == held.due_at:
        return False
    rows.commit(store, contract, decision, at=now, due=due, beside=beside)
    return True


def _obeyed(contract: Contract, terms_now: Terms, command: Command) -> Decision:
    try:
        return engine.handle(contract, terms_now, command)
    except Refused:
        return Decision(contract)  # a contract whom it does not concern has heard it all the same


# one after the other, whatever happens


@dataclass(frozen=True, slots=True)
class _Share:
    """A message, the day it is for, the clock's instant, and which of its work is parked."""

    message: Mapping[str, Any]
    day: date
    now: datetime
    aside: frozenset[str]

    def parked_id(self, contract_id: str) -> str:
        command = self.message.get("command")
        return f"{contract_id}{COMMAND_MARK}{command}" if command else contract_id


Do = Callable[[Row, Mapping[str, ServiceState]], bool]


def _each(store: Store, share: _Share, do: Do) -> Json:
    """Runs `do` for every contract of a share. What fails is parked; what the store failed for is raised at the end."""
    ids = share.message["contracts"]
    found = _load(store, ids)
    states = _states(found)
    done = already = parked = 0
    trouble: StoreError | None = None
    for contract_id in ids:
        try:
            if _one(store, contract_id, found, states, do):
                done += 1
            else:
                already += 1
            if share.parked_id(contract_id) in share.aside:
                nights.unpark(store, share.parked_id(contract_id))
        except (StoreError, WriteRefused) as error:
            trouble = error if isinstance(error, StoreError) else StoreError("a contract stays contended")
        except Exception as error:
            _park(store, share, contract_id, error)
            parked += 1
    kind = share.message["kind"]
    observe.count(**{f"{kind}_done": done, f"{kind}_already": already, f"{kind}_parked": parked})
    if trouble is not None:
        raise trouble
    return {"done": done, "already": already, "parked": parked}


def _load(store: Store, ids: Sequence[str]) -> dict[str, Row]:
    """The snapshots of a share and what was said about every service, in one call."""
    return rows.snapshots(store, [*map(rows.snapshot_key, ids), *map(services.state_key, terms.services())])


def _one(store: Store, contract_id: str, found: Mapping[str, Row], states: Mapping[str, ServiceState], do: Do) -> bool:
    def attempt(again: bool) -> bool:
        current = _load(store, [contract_id]) if again else found
        row = current.get(contract_id)
        said = _states(current) if again else states
        return do(row, said) if row else False  # an index may know a contract that is gone

    return until_settled(attempt)


def _states(found: Mapping[str, Row]) -> dict[str, ServiceState]:
    return {name: services.state_of(found.get(f"service#{name}"), name) for name in terms.services()}


def _park(store: Store, share: _Share, contract_id: str, error: Exception) -> None:
    """Sets the work aside with the kind of failure and its place: a message may hold what is the customer's."""
    reason, detail = type(error).__name__, _place(error)
    if isinstance(error, MimamoriError):
        detail = f"{error} ({detail})"
    day, work = share.day.isoformat(), {k: v for k, v in share.message.items() if k not in ("contracts", "parked")}
    parked_id, at = share.parked_id(contract_id), codec.instant_text(share.now)
    nights.park(store, nights.Parked(parked_id, contract_id, day, day, at, reason, detail[:400], work, _about(error)))
    observe.warn("contract parked", contract=contract_id, day=day, reason=reason)


def _about(error: Exception) -> dict[str, str]:
    """The figure that is missing, or the rule that refuses: for whoever mends it."""
    if isinstance(error, NoTermsForDay):
        return {"key": error.key, "day": error.day.isoformat()}
    return {"rule": error.rule} if isinstance(error, Refused) and error.rule else {}


def _place(error: Exception) -> str:
    trace, place = error.__traceback__, ""
    while trace is not None:
        place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


def retry(store: Store, now: datetime, parked_id: str) -> Json:
    """Does parked work again: a night up to now, a service's command as it was. Raises NotFound for no such contract."""
    contract_id = parked_id.partition(COMMAND_MARK)[0]
    if store.get(store.contracts, rows.snapshot_key(contract_id)) is None:
        raise NotFound("parked")
    before = nights.parked(store, parked_id)
    if before is not None:
        share = {**before.work, "contracts": [contract_id], "parked": [parked_id]}
        if share["kind"] == "night":
            share["day"] = _last_night(now).isoformat()
        work(store, share, now)
    after = nights.parked(store, parked_id)
    entry = after or before
    return {
        "id": parked_id,
        "contract": contract_id,
        "passed": after is None,
        "reason": entry.reason if entry else "",
        "detail": entry.detail if entry else "",
    }


def _last_night(now: datetime) -> date:
    today = japan_day(now)
    return today if sweep_instant(today) <= now else today - timedelta(days=1)


def _text(due: datetime | None) -> str:
    return "" if due is None else codec.instant_text(due)
