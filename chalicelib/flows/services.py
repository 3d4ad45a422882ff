"""What operators say about a whole service: stored once, then carried to every living contract through outbox and queue."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from chalicelib.contracts import service as speech
from chalicelib.contracts import terms
from chalicelib.contracts.announced import ServiceState
from chalicelib.contracts.contract import Command
from chalicelib.dates import japan_day
from chalicelib.flows import rules, views
from chalicelib.flows.attempts import until_settled
from chalicelib.members.roles import Caller
from chalicelib.store import codec, idempotency, outbox, services
from chalicelib.store.transact import S, Store

Json = dict[str, Any]
_AMONG_CONTRACTS = frozenset({"be_told", "take_child", "take_link", "be_seen"})  # steps that nobody asks for through a door


def listed(store: Store, now: datetime) -> Json:
    """All services."""
    return {"items": [_json(rules.of(store, name).state, now) for name in terms.services()]}


def view(store: Store, now: datetime, service: str) -> Json:
    """One service: what it offers, its prices by name, those that a price list may hold, what is announced. Raises NotFound."""
    from chalicelib.flows import price_names  # only who looks at one service needs words

    found = rules.of(store, service)
    shown = _json(found.state, now)
    return {**shown, "prices": price_names.prices(found, shown["prices"]), "listed_prices": price_names.listed(found)}


def command(store: Store, now: datetime, caller: Caller, service: str, name: str, args: Mapping[str, Any], key: str) -> Json:
    """Stores what an operator says. The outbox carries it to the service's contracts, each of which hears it once.

    Raises NotFound, Refused (too late, not provided), Invalid (a price that the terms fix).
    """
    terms.load(service)
    command_id = hashlib.sha256(f"{caller.subject} {key}".encode()).hexdigest()[:24]
    print_ = idempotency.fingerprint(name, service, args)

    def attempt(again: bool) -> Json:
        key_row = {"contract": S(f"service#{service}"), "item": S(idempotency.item_of(caller.subject, key))}
        found = {row["item"]["S"]: row for row in store.get_many(store.contracts, [services.state_key(service), key_row])}
        if answered := found.get(key_row["item"]["S"]):
            return idempotency.answer_in(answered, print_)
        state = services.state_of(found.get("service"), service)
        decision = speech.handle(state, rules.under(state), Command(name, now, args, caller.role))
        answer = _json(decision.state, now, version=state.version + 1)
        body = {"service": service, "command": command_id}
        services.commit(
            store,
            state.version,
            decision.state,
            decision.events,
            command_id=command_id,
            contract_command=decision.contract_command,
            beside=[
                idempotency.write(store.contracts, key_row, print_, answer, now),
                outbox.entry(store, "fan_out", f"{service}#{command_id}", now, body),
            ],
        )
        return answer

    return until_settled(attempt)


def log(store: Store, service: str, limit: int = 50, cursor: str = "") -> Json:
    """What operators said about a service, oldest first: the service's audit log. Raises NotFound."""
    terms.load(service)
    said = [
        codec.plain({"version": version, "command": name, "kind": e.kind, "at": e.at, "by": e.by, "facts": e.facts})
        for version, name, events in services.log(store, service)
        for e in events
    ]
    return views.page_of(said, limit, cursor)


def issuer_json(state: ServiceState, day: date) -> Json | None:
    """Who issues the bills of a day, and where customers may ask; None when no operator said it yet."""
    issuer = state.issuer_on(day)
    if issuer is None:
        return None
    return {"name": issuer.name, "registration_number": issuer.registration_number, **issuer.contact}


def _json(state: ServiceState, now: datetime, version: int | None = None) -> Json:
    found, today = rules.under(state), japan_day(now)
    application = found.section("application")
    shown: Json = codec.plain(
        {
            "service": state.service,
            "title": found.data.get("title", {}),
            "version": state.version if version is None else version,
            "plans": application.get("plans", []),
            "payment_methods": application.get("payment_methods", []),
            "options": found.section("options").get("ids", []),
            "commands": sorted(n for n, spec in found.commands.items() if not {n, spec["does"]} & _AMONG_CONTRACTS),
            "functions": [
                {key: function[key] for key in ("name", "clients", "history", "alerts") if key in function}
                for function in found.data.get("function", ())
            ],
            "today": today,
            "prices": found.prices_on(today),
            "price_lists": [{"prices": p.prices, "effective_on": p.effective_on} for p in state.price_lists],
            "closed_days": state.closed_days,
            "announcements": [
                {"kind": a.kind, "announced_on": a.announced_on, "effective_on": a.effective_on, "values": a.values}
                for a in state.announcements
            ],
            "interruptions": [{"from": first, "to": last} for first, last in state.interruptions],
            "issuer": issuer_json(state, today),
            "statistics": bool(found.section("statistics")),
        }
    )
    return shown
