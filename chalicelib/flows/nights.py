"""A night: find what is due, hand it out, pass the days of one contract after the other, park what fails.

The day comes from the event. A night that is late, repeated or overlapping finds nothing left to do and does nothing;
one that comes too early is refused. A contract that fails is parked and shown to operators, and the next night tries it
again; the others go on. Only a store that does not answer makes a message come again.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from chalicelib import observe
from chalicelib.billing import engine
from chalicelib.contracts import terms
from chalicelib.contracts.contract import Command, Contract, Decision
from chalicelib.contracts.service import ServiceState
from chalicelib.contracts.terms import Terms
from chalicelib.dates import japan_day, sweep_instant
from chalicelib.errors import Invalid, MimamoriError, NotFound, Refused, StoreError
from chalicelib.flows import rules
from chalicelib.flows.attempts import until_settled
from chalicelib.store import codec, nights, services
from chalicelib.store import contracts as rows
from chalicelib.store.tables import SHARDS
from chalicelib.store.transact import Row, Store, WriteRefused, chunks

Json = dict[str, Any]
PER_MESSAGE = 25  # contracts of one queue message: one BatchGetItem
EARLY = timedelta(minutes=15)  # clocks of a scheduler and of a worker may differ by so much
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
    parked = {entry.contract for entry in nights.all_parked(store)}
    due = messages = 0
    for shard in range(SHARDS):
        ids = rows.due_in_shard(store, shard, sweep_instant(day))
        if ids:
            nights.counted(store, day, shard, run, len(ids))
            messages += queue.send(_shares(ids, day, parked))
            due += len(ids)
    nights.dispatched(store, day, run, due, messages)
    observe.say("night handed out", day=day.isoformat(), due=due, batch=messages)
    observe.count(night_due=due)
    return {"day": day.isoformat(), "due": due, "messages": messages}


def _shares(ids: Sequence[str], day: date, parked: set[str]) -> Iterator[Json]:
    for share in chunks(ids, PER_MESSAGE):
        aside = [name for name in share if name in parked]
        yield {"kind": "night", "day": day.isoformat(), "contracts": share, **({"parked": aside} if aside else {})}


def fan_out(store: Store, queue: Queue, service: str, command_id: str) -> int:
    """Hands a service's command out to all its living contracts. Gives how many."""
    count = 0

    def shares() -> Iterator[Json]:
        nonlocal count
        for share in chunks(_living(store, service), PER_MESSAGE):
            count += len(share)
            yield {"kind": "service_command", "service": service, "command": command_id, "contracts": share}

    queue.send(shares())
    return count


def _living(store: Store, service: str) -> Iterator[str]:
    for state in LIVING:
        after: Row | None = None
        while True:
            page = rows.of_service_state(store, service, state, after=after, limit=1000)
            yield from (row["contract"]["S"] for row in page.rows)
            after = page.after
            if after is None:
                break


# doing a share


def work(store: Store, message: Mapping[str, Any], now: datetime) -> Json:
    """Does one share: of a night, or of a service's command. Gives how many were done, already done, parked.

    Raises StoreError when the store failed for some: the message comes again, and what is done stays done.
    """
    if message["kind"] == "night":
        return _night(store, message, now)
    if message["kind"] == "service_command":
        return _service_command(store, message, now)
    raise Invalid("kind", "unknown_kind", "send_night_or_service_command")


def _night(store: Store, message: Mapping[str, Any], now: datetime) -> Json:
    day = day_of(message["day"])
    if sweep_instant(day) > now + EARLY:
        observe.warn("a night came before its day", day=day.isoformat(), count=len(message["contracts"]))
        return {"done": 0, "already": 0, "parked": 0, "early": len(message["contracts"])}
    aside = frozenset(message.get("parked", ()))

    def pass_days(row: Row, states: Mapping[str, ServiceState], again: bool) -> bool:
        changed = _pass_days(store, row, states, day)
        if row["contract"]["S"] in aside:
            nights.unpark(store, row["contract"]["S"])
        return changed

    return _each(store, message["contracts"], (), pass_days, day, now, "night")


def _pass_days(store: Store, row: Row, states: Mapping[str, ServiceState], day: date) -> bool:
    """Passes the days of one contract up to the sweep of `day`. False when that was done already."""
    held = rows.held(row)
    contract = held.contract
    at = sweep_instant(day)
    terms_now = rules.under(states[contract.service])
    decision = engine.advance(contract, terms_now, at)
    due = rules.due(decision.contract, terms_now)
    if not decision.changed and decision.contract == contract and _text(due) == held.due_at:
        return False
    rows.commit(store, contract, decision, at=at, due=due)
    return True


def _service_command(store: Store, message: Mapping[str, Any], now: datetime) -> Json:
    service, command_id = message["service"], message["command"]
    if service not in terms.services():
        raise NotFound("service")
    command = services.load_command(store, service, command_id)

    def hear(row: Row, states: Mapping[str, ServiceState], again: bool) -> bool:
        return _hear(store, row, states, command, command_id, now)

    return _each(store, message["contracts"], (command_id,), hear, japan_day(now), now, "service_command")


def _hear(
    store: Store, row: Row, states: Mapping[str, ServiceState], command: Command | None, command_id: str, now: datetime
) -> bool:
    """One contract hears a service's command, once; and its next date is reckoned anew under the new state."""
    held = rows.held(row)
    contract = held.contract
    terms_now = rules.under(states[contract.service])
    decision = Decision(contract)
    beside = []
    if command is not None and contract.state in LIVING:
        if store.get(store.contracts, services.heard_key(contract.id, command_id)) is not None:
            return False
        decision = _obeyed(contract, terms_now, command)
        beside = [services.heard(store, contract.id, command_id, now)]
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


def _each(
    store: Store,
    ids: Sequence[str],
    heard: Sequence[str],
    do: Callable[[Row, Mapping[str, ServiceState], bool], bool],
    day: date,
    now: datetime,
    kind: str,
) -> Json:
    """Runs `do` for every contract of a share. What fails is parked; what the store failed for is raised at the end."""
    found = _load(store, ids)
    done = already = parked = 0
    trouble: StoreError | None = None
    for contract_id in ids:
        try:
            if _one(store, contract_id, found, do):
                done += 1
            else:
                already += 1
        except (StoreError, WriteRefused) as error:
            trouble = error if isinstance(error, StoreError) else StoreError("a contract stays contended")
        except Exception as error:
            _park(store, contract_id, day, now, error)
            parked += 1
    observe.count(**{f"{kind}_done": done, f"{kind}_already": already, f"{kind}_parked": parked})
    if trouble is not None:
        raise trouble
    return {"done": done, "already": already, "parked": parked}


def _load(store: Store, ids: Sequence[str]) -> dict[str, Row]:
    """The snapshots of a share and what was said about every service, in one call."""
    return rows.snapshots(store, [*map(rows.snapshot_key, ids), *map(services.state_key, terms.services())])


def _one(
    store: Store,
    contract_id: str,
    found: Mapping[str, Row],
    do: Callable[[Row, Mapping[str, ServiceState], bool], bool],
) -> bool:
    def attempt(again: bool) -> bool:
        current = _load(store, [contract_id]) if again else found
        row = current.get(contract_id)
        if row is None:
            return False  # an index may know a contract that is gone
        return do(row, _states(current), again)

    return until_settled(attempt)


def _states(found: Mapping[str, Row]) -> dict[str, ServiceState]:
    return {name: services.state_of(found.get(f"service#{name}"), name) for name in terms.services()}


def _park(store: Store, contract_id: str, day: date, now: datetime, error: Exception) -> None:
    """Sets the contract aside with the kind of failure and its place: a message may hold what is the customer's."""
    reason, detail = type(error).__name__, _place(error)
    if isinstance(error, MimamoriError):
        detail = f"{error} ({detail})"
    nights.park(store, contract_id, day, now, reason, detail[:400])
    observe.warn("contract parked", contract=contract_id, day=day.isoformat(), reason=reason)


def _place(error: Exception) -> str:
    trace, place = error.__traceback__, ""
    while trace is not None:
        place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


def retry(store: Store, now: datetime, contract_id: str) -> Json:
    """Tries a parked contract again, up to now. Raises NotFound when there is no such contract."""
    row = store.get(store.contracts, rows.snapshot_key(contract_id))
    if row is None:
        raise NotFound("parked")
    before = nights.parked(store, contract_id)
    today = japan_day(now)
    day = today if sweep_instant(today) <= now else today - timedelta(days=1)
    share = {"kind": "night", "day": day.isoformat(), "contracts": [contract_id], "parked": [contract_id]}
    work(store, share, now)
    after = nights.parked(store, contract_id)
    entry = after or before
    return {
        "contract": contract_id,
        "passed": after is None,
        "reason": entry.reason if entry else "",
        "detail": entry.detail if entry else "",
    }


def _text(due: datetime | None) -> str:
    return "" if due is None else codec.instant_text(due)
