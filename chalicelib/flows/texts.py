"""The rules of a service as the customer reads them, and which of them belong beside an answer.

Nothing here is stored: the registers come with the package and are read when the first text is asked for.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from chalicelib.contracts import wording
from chalicelib.contracts.terms import Terms
from chalicelib.contracts.wording import Rule
from chalicelib.dates import japan_day
from chalicelib.flows import rules
from chalicelib.store import contracts
from chalicelib.store.transact import Store

Json = dict[str, Any]

# What a customer is shown before they send a command. Others are not preceded by any text.
_BEFORE = {
    "apply": "before_applying",
    "buy": "before_ordering",
    "add_option": "before_ordering",
    "change_plan": "before_ordering",
    "request_cancellation": "before_cancelling",
    "remove_option": "before_cancelling",
    "move_site": "before_cancelling",
    "cool_off": "before_cancelling",
}


def listed(store: Store, now: datetime, service: str, where: str = "") -> Json:
    """The texts that customers are shown, all of them or those of one place. Raises NotFound for an unknown service."""
    found, day = _in_force(store, now, service)
    shown = [one for one in wording.of_service(service) if one.where and where in ("", *one.where)]
    return {"items": [_json(one, found, day) for one in shown]}


def one(store: Store, now: datetime, service: str, rule_id: str) -> Json:
    """One rule of any kind, in our words. Raises NotFound."""
    found, day = _in_force(store, now, service)
    return _json(wording.rule(service, rule_id), found, day)


def before(service: str, command: str) -> list[str]:
    """The ids of the texts to be shown before a command is sent; `apply` counts as one."""
    place = _BEFORE.get(command)
    return at(service, place) if place else []


def at(service: str, place: str) -> list[str]:
    """The ids of the texts that belong in a place (`wording.PLACES`)."""
    return [one.id for one in wording.shown(service, place)]


def of_contract(store: Store, contract_id: str, place: str) -> list[str]:
    """The ids of the texts that belong in a place of a contract's service; none for a contract that is not there."""
    contract = contracts.load(store, contract_id)
    return at(contract.service, place) if contract is not None else []


def in_notice(store: Store, contract_id: str, kind: str, day: date) -> dict[str, list[str]]:
    """By language, what a notice says besides its own words: the rules that it carries, and whom to ask.

    A contract that is gone leaves nothing to say.
    """
    contract = contracts.load(store, contract_id)
    if contract is None:
        return {}
    found = rules.of(store, contract.service)
    carried = found.section("notices")
    ids = (*carried.get(kind, ()), *carried.get("*", ()))
    issuer = found.state.issuer_on(day)
    desk = [str(value) for value in issuer.contact.values()] if issuer else []
    told = [wording.rule(contract.service, rule_id) for rule_id in ids]
    on = max(day, found.data["from"])
    return {
        language: [*(wording.filled(one.said(language), found, on) for one in told), *desk] for language in wording.LANGUAGES
    }


def _in_force(store: Store, now: datetime, service: str) -> tuple[Terms, date]:
    """The terms and the day whose figures are shown: today, or the first day of terms that are still to come."""
    found = rules.of(store, service)
    return found, max(japan_day(now), found.data["from"])


def _json(rule: Rule, found: Terms, day: date) -> Json:
    shown: Json = {
        "id": rule.id,
        "kind": rule.kind,
        "clause": rule.clause,
        "where": list(rule.where),
        **{language: wording.filled(rule.said(language), found, day) for language in wording.LANGUAGES},
    }
    return {**shown, "reason": rule.reason} if rule.reason else shown
