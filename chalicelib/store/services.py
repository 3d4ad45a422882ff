"""What operators said about a service: `service#<name>` holds its state, every command that was given, and who heard it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from chalicelib.contracts.announced import ServiceState
from chalicelib.contracts.contract import Command, Event
from chalicelib.store import codec
from chalicelib.store.transact import N, Row, S, Store, Write, absent, equals, put

_WRITE, _READ = codec.coder_of(ServiceState)
_WRITE_COMMAND, _READ_COMMAND = codec.coder_of(Command)
_WRITE_EVENT, _READ_EVENT = codec.coder_of(Event)
_STATE = S("service")


def state_key(service: str) -> Row:
    return {"contract": S(f"service#{service}"), "item": _STATE}


def command_key(service: str, command_id: str) -> Row:
    return {"contract": S(f"service#{service}"), "item": S(f"command#{command_id}")}


def state_of(row: Row | None, service: str) -> ServiceState:
    """A service about which nothing was said yet has the empty state, version 0."""
    if row is None:
        return ServiceState(service=service)
    return _state(row["body"]["S"], int(row["version"]["N"]))


@lru_cache(maxsize=64)
def _state(body: str, version: int) -> ServiceState:
    """Every contract of a night asks for the same one."""
    state: ServiceState = _READ(codec.loads(body))
    return replace(state, version=version)


def load(store: Store, service: str) -> ServiceState:
    return state_of(store.get(store.contracts, state_key(service)), service)


def load_command(store: Store, service: str, command_id: str) -> Command | None:
    """The command that every living contract of the service gets; None when there is none, only dates to reckon anew."""
    row = store.get(store.contracts, command_key(service, command_id))
    if row is None or "body" not in row:
        return None
    command: Command = _READ_COMMAND(codec.loads(row["body"]["S"]))
    return command


def log(store: Store, service: str) -> list[tuple[int, str, list[Event]]]:
    """Everything that was said: version, id of the command, and its events, oldest first."""
    found = store.query_all(store.contracts, ("contract", f"service#{service}"), starts=("item", "command#"))
    said = [(int(row["version"]["N"]), row["item"]["S"].partition("#")[2], row["journal"]["S"]) for row in found]
    return [(version, name, [_READ_EVENT(code) for code in codec.loads(text)]) for version, name, text in sorted(said)]


def commit(
    store: Store,
    before: int,
    state: ServiceState,
    events: Sequence[Event],
    *,
    command_id: str,
    contract_command: Command | None,
    beside: Sequence[Write] = (),
) -> ServiceState:
    """Stores what was said, as the next version. Raises WriteRefused when somebody else spoke first."""
    new = replace(state, version=before + 1)
    key = state_key(state.service)
    row = {**key, "version": N(new.version), "body": S(codec.dumps(_WRITE(new)))}
    said: Row = {**command_key(state.service, command_id), "version": N(new.version)}
    said["journal"] = S(codec.dumps([_WRITE_EVENT(event) for event in events]))
    if contract_command is not None:
        said["body"] = S(codec.dumps(_WRITE_COMMAND(contract_command)))
    condition = absent("contract") if before == 0 else equals("version", N(before))
    store.commit([put(store.contracts, row, condition), put(store.contracts, said, absent("item")), *beside])
    return new


def heard_key(contract: str, command_id: str) -> Row:
    """The row beside a contract that says it got a service's command."""
    return {"contract": S(contract), "item": S(f"heard#{command_id}")}


def heard(store: Store, contract: str, command_id: str, at: datetime) -> Write:
    row = {**heard_key(contract, command_id), "at": S(codec.instant_text(at))}
    return put(store.contracts, row, absent("item"))
