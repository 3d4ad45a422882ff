"""One command on many contracts: first what it would do to each, then done to each, exactly once however often it is sent.

Each contract is a transaction of its own, with a key made from the request's key and the contract's id: a request that
broke off in the middle is sent again and finds what is done. What one contract refuses holds up no other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from chalicelib.billing import calendar as reckoning
from chalicelib.billing import engine
from chalicelib.contracts.contract import Command, Contract, Decision
from chalicelib.contracts.terms import Terms
from chalicelib.dates import japan_day
from chalicelib.errors import Conflict, Invalid, NoTermsForDay, NotFound, Refused
from chalicelib.flows import bills, calendar, contracts, rules, views
from chalicelib.members.roles import Caller
from chalicelib.store import contracts as rows
from chalicelib.store.transact import Store

Json = dict[str, Any]
# Commands that take another one back, where the terms allow it. What was told and billed in between stays.
INVERSES = {
    "suspend": "restore",
    "pause": "unpause",
    "hold_billing": "release_billing",
    "consent": "withdraw_consent",
    "withdraw_consent": "consent",
}


def tried(store: Store, now: datetime, caller: Caller, name: str, ids: Sequence[str], args: Mapping[str, Any]) -> Json:
    """What the command would do to each contract. Nothing is stored."""

    def one(contract_id: str) -> Json:
        before, decision, terms = contracts.trial(store, now, caller, contract_id, name, args)
        return {
            "outcome": "would",
            **_effects(before, decision, terms, now),
            "undo": _undo(decision.contract, terms, name, args, now),
        }

    return _each(store, name, ids, True, one)


def carried_out(
    store: Store, now: datetime, caller: Caller, name: str, ids: Sequence[str], args: Mapping[str, Any], key: str
) -> Json:
    """Carries the command out on each contract. Raises StoreError when the store fails: then send the same request again."""

    def one(contract_id: str) -> Json:
        done = contracts.command(store, now, caller, contract_id, name, args, key_of(key, contract_id))
        after = rows.load(store, contract_id)
        undo = _undo(after, rules.of(store, after.service), name, args, now) if after else None
        return {"outcome": "done", "state": done["state"], "undo": undo}

    return _each(store, name, ids, False, one)


def key_of(key: str, contract_id: str) -> str:
    """The key of one contract's part of a request."""
    return "bulk-" + hashlib.sha256(f"{key} {contract_id}".encode()).hexdigest()[:40]


def _each(store: Store, name: str, ids: Sequence[str], dry_run: bool, do: Any) -> Json:
    items = [{"contract": contract_id, **_outcome(store, contract_id, do)} for contract_id in dict.fromkeys(ids)]
    good = sum(item["outcome"] in ("would", "done") for item in items)
    return {"command": name, "dry_run": dry_run, "items": items, "good": good, "refused": len(items) - good}


def _outcome(store: Store, contract_id: str, do: Any) -> Json:
    try:
        found: Json = do(contract_id)
        return found
    except Refused as no:
        return {"outcome": "refused", "reason": no.reason, "rule": _rule(store, contract_id, no.rule)}
    except Conflict as other:
        return {"outcome": "refused", "reason": other.reason, "rule": None}
    except Invalid as wrong:  # well formed, and yet not for this contract: an option that it does not have
        return {"outcome": "refused", "reason": wrong.reason, "field": wrong.field, "rule": None}
    except NotFound:
        return {"outcome": "unknown", "reason": "not_found", "rule": None}
    except NoTermsForDay:
        return {"outcome": "refused", "reason": "no_terms", "rule": None}


def _rule(store: Store, contract_id: str, rule: str) -> Json | None:
    contract = rows.load(store, contract_id) if rule else None
    return bills.rule_json(rules.of(store, contract.service), rule, japan_day(contract.applied_at)) if contract else None


def _effects(before: Contract, decision: Decision, terms: Terms, now: datetime) -> Json:
    """What would change: fields from and to, what the log would say, whom it would tell and bill."""
    today, own = japan_day(now), terms.part(before.plan)
    old, new = (views.contract_json(contract, today, None) for contract in (before, decision.contract))
    moments = reckoning.happened(decision.events, {invoice.key: invoice for invoice in decision.invoices})
    told = [(moment.kind, said) for moment in moments if (said := calendar.words(moment, own))]
    return {
        "state": decision.contract.state,
        "changes": {name: {"from": old[name], "to": new[name]} for name in old if name != "version" and old[name] != new[name]},
        "events": [{"kind": kind, **said} for kind, said in told],
        "notices": [notice.kind for notice in decision.notices],
        "invoices": [{"kind": invoice.kind, "total": invoice.total} for invoice in decision.invoices],
        "refunds": [{"amount": refund.amount, "status": refund.status} for refund in decision.refunds],
        "others": [order.contract for order in decision.orders],
    }


def _undo(after: Contract, terms: Terms, name: str, args: Mapping[str, Any], now: datetime) -> Json | None:
    """The command that takes it back, where the terms would allow it at once."""
    inverse = INVERSES.get(name, "")
    if inverse not in terms.part(after.plan).commands:
        return None
    body = {field: args[field] for field in ("to", "purpose") if field in args}
    try:
        engine.handle(after, terms, Command(inverse, now, body, "operator"))
    except (Refused, Invalid, NoTermsForDay):
        return None
    return {"command": inverse, "body": body}
