"""What somebody can ask for on a contract now, in words: each step with its fields, what comes of it, and why not where not.

What is possible the engine says (`billing/choices.py`); who may ask stands in `members/permissions.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from chalicelib import toml
from chalicelib.billing import choices as trying
from chalicelib.billing.choices import Ask, Step, Value
from chalicelib.contracts.form import Price
from chalicelib.contracts.terms import Terms
from chalicelib.dates import japan_day
from chalicelib.errors import NotFound
from chalicelib.flows import bills, forms, names, price_names, rules, texts
from chalicelib.members import permissions
from chalicelib.members.roles import Caller
from chalicelib.store import contracts as rows
from chalicelib.store.transact import Store

Json = dict[str, Any]
TEXTS = Path(__file__).parent.parent / "texts" / "choices.toml"
SHARED = ("to", "field", "once")  # parts of the words that are no commands


def of_contract(store: Store, now: datetime, caller: Caller, contract_id: str) -> Json:
    """The steps that the caller's role may ask for, possible ones and others with the reason. Raises NotFound."""
    contract = rows.load(store, contract_id)
    if contract is None:
        raise NotFound("contract")
    found, day = rules.of(store, contract.service), japan_day(now)
    mine = [name for name in commands() if permissions.may(caller.role, f"command:{name}")]
    steps = trying.steps(contract, found, now, caller.role, mine)
    own = found.part(contract.plan)
    priced = bool(own.invoice) and permissions.may(caller.role, "contracts.quote")
    items = [step_json(own, step, day, priced) for step in steps if not (step.refused and _words(step).get("quiet"))]
    return {"contract": contract_id, "version": contract.version, "today": day.isoformat(), "items": items}


def commands() -> tuple[str, ...]:
    """The commands that customers read of, in the order of the words."""
    return tuple(name for name in book() if name not in SHARED)


def step_json(found: Terms, step: Step, day: date, priced: bool) -> Json:
    """One step in words; `priced` says whether a quote can be asked for."""
    words = _words(step)
    about = _about(found, step)
    shown: Json = {
        "command": step.command,
        "args": dict(step.args),
        "label": {language: words["label"][language].format_map(about[language]) for language in names.LANGUAGES},
        "does": dict(words["does"]),
        "rule": step.rule,
        "possible": not step.refused,
        "fields": [_ask(found, words, ask, day) for ask in step.fields],
        "texts": _said(found, texts.before(found.service, step.command), day),
        "quote": priced and not step.refused,
    }
    if step.refused:
        until = step.possible_on.isoformat() if step.possible_on else None
        return shown | {"refused": refusal_json(found, step.refused, step.refused_by, day), "possible_on": until}
    return shown | _effect(words, step.effect_on)


def _effect(words: Mapping[str, Any], on: date | None) -> Json:
    """From when it counts, where that is worth a sentence."""
    if on is None or "effect" not in words:
        return {}
    said = {lang: words["effect"][lang].format(on=bills.day_words(on, lang)) for lang in names.LANGUAGES}
    return {"effect": {"on": on.isoformat(), **said}}


def _words(step: Step) -> Mapping[str, Any]:
    found: Mapping[str, Any] = book()[step.command]
    of_step: Mapping[str, Any] = found.get(step.does, found)
    return of_step


def _about(found: Terms, step: Step) -> dict[str, Json]:
    """Figures of a label: whom a consent serves and what for."""
    to = book()["to"].get(step.args.get("to", ""), {})
    purpose = names.name(found.service, "consent", step.args.get("purpose", ""))
    return {language: {"to": to.get(language, ""), "purpose": purpose[language]} for language in names.LANGUAGES}


def _ask(found: Terms, words: Mapping[str, Any], ask: Ask, day: date) -> Json:
    shown: Json = {"name": ask.name, "kind": ask.kind, "label": dict(book()["field"][ask.name]), "required": ask.required}
    if ask.kind == "choice":
        shown["choices"] = [_value(found, ask.name, value, day) | _effect(words, value.effect_on) for value in ask.values]
    if ask.kind == "address":
        shown["parts"] = forms.address_json(found, day)
    if ask.price is not None:
        shown["price"] = forms.price_json(found, ask.price)
    limits = (("earliest", ask.earliest), ("latest", ask.latest))
    return shown | {name: value.isoformat() for name, value in limits if value is not None}


def _value(found: Terms, name: str, value: Value, day: date) -> Json:
    return {
        "value": value.value,
        "label": _label(found, name, value.value),
        "price": forms.price_json(found, value.price) if value.price else None,
        "once": [_once(found, on, price) for on, price in value.once],
        "most": value.most,
        "current": value.current,
        "refused": refusal_json(found, value.refused, value.rule, day) if value.refused else None,
    }


def _once(found: Terms, on: str, price: Price) -> Json:
    """What is paid once, called by what it is for, and at which occasion."""
    return forms.price_json(found, price) | {"label": price_names.label(found, price.key), "when": dict(book()["once"][on])}


def _label(found: Terms, name: str, value: str) -> Json:
    """What a value of a field is called."""
    if name == "payment_method":
        return names.payment_method(value)
    if name in ("plan", "option"):
        return names.option(found, value)
    if name == "item":
        return bills.label(value, found)
    return names.name(found.service, {"sku": "device", "purpose": "consent"}[name], value)


def refusal_json(found: Terms, reason: str, rule: str, day: date) -> Json:
    """Why not: the house's sentence for the reason, and the rule in our words."""
    return {"reason": reason, "rule": rule, **names.reason(reason), "texts": _said(found, [rule], day)}


def _said(found: Terms, ids: Iterable[str], day: date) -> list[Json]:
    return [said for rule in ids if rule and (said := bills.rule_json(found, rule, day))]


@lru_cache(maxsize=1)
def book() -> Json:
    """The words of all steps."""
    return toml.read(TEXTS)
