"""What can be asked for on a contract now: every step is tried on the engine itself, and what it refuses says why. Pure.

There is no second list of what is allowed when: a step is possible if the engine takes it, with some value for each of its
fields; a value is offered if the engine takes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from chalicelib.billing import engine
from chalicelib.contracts.contract import Command, Contract, Decision
from chalicelib.contracts.form import Price, options_on, price_of
from chalicelib.contracts.owing import holds
from chalicelib.contracts.terms import Terms
from chalicelib.dates import ONE_DAY, at_japan, japan_day
from chalicelib.errors import Invalid, NoTermsForDay, Refused

Kind = Literal["choice", "number", "day", "text", "yes_no", "address"]
_LOOKED_AHEAD = (1, 7, 31, 62)  # days at which a refused step is tried again
_NOON = time(12)
OF_AN_OPTION = ("option_ordered", "option_started", "option_fitted")  # occasions
EFFECTS = ("ends_on", "first", "usable_from", "on")  # facts of an event that say from when a step counts


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a field, of which `most` can be asked for at once; `refused` and `rule` say why it cannot be had now.

    `effect_on`: from when the step counts with this value, if it is asked for now. `once`: what it costs besides its price,
    and at which occasion.
    """

    value: str
    refused: str = ""
    rule: str = ""
    price: Price | None = None
    current: bool = False
    most: int = 1
    effect_on: date | None = None
    once: tuple[tuple[str, Price], ...] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """A field of a step. `values` only of a choice (each says how many can be had), `earliest` and `latest` of a day."""

    name: str
    kind: Kind
    required: bool = True
    values: tuple[Value, ...] = ()
    earliest: date | None = None
    latest: date | None = None
    price: Price | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A command that the contract's terms know. `args` are fixed. `effect_on`: from when it counts, if it is asked for now.

    Not possible: `refused`, `rule`, and `possible_on`, the first day within two months on which it would be taken.
    """

    command: str
    does: str
    rule: str
    fields: tuple[Ask, ...] = ()
    args: Mapping[str, str] = field(default_factory=dict)
    refused: str = ""
    refused_by: str = ""
    possible_on: date | None = None
    effect_on: date | None = None


@dataclass(frozen=True, slots=True)
class _Asking:
    """A contract as it stands, and somebody who asks at an instant."""

    contract: Contract
    terms: Terms  # of the contract's plan
    at: datetime
    by: str

    @property
    def day(self) -> date:
        return japan_day(self.at)

    def tried(self, command: str, args: Mapping[str, Any], at: datetime | None = None) -> Decision | Refused:
        """What the engine says to it."""
        try:
            return engine.handle(self.contract, self.terms, Command(command, at or self.at, dict(args), self.by))
        except Refused as no:
            return no
        except (Invalid, NoTermsForDay):  # a price that nobody has said yet
            return Refused("not_priced", str(self.terms.section("price_list").get("rule", "")))

    def value(self, command: str, name: str, value: str, price: Price | None = None, most: int = 1, **more: Any) -> Value:
        """A value with what the engine says to it."""
        said = self.tried(command, {name: value, **more})
        if isinstance(said, Refused):
            return Value(value, said.reason, said.rule, price, most=most)
        return Value(value, price=price, most=most, effect_on=_effect(said))


def steps(contract: Contract, terms: Terms, at: datetime, by: str, commands: Iterable[str]) -> tuple[Step, ...]:
    """Every step among `commands` that the contract's terms know and that does something, in their order."""
    own = terms.part(contract.plan)
    asking = _Asking(contract, own, at, by)
    found: list[Step] = []
    for command in commands:
        spec = own.commands.get(command)
        if spec is None or (spec["does"] == "nothing" and "event" not in spec):
            continue
        for args, fields in _ASKED.get(spec["does"], _nothing)(asking, command):
            found.append(_step(asking, command, spec, args, tuple(fields)))
    return tuple(found)


def _step(asking: _Asking, command: str, spec: Mapping[str, Any], args: Mapping[str, str], fields: tuple[Ask, ...]) -> Step:
    given = {**args, **{ask.name: _first(ask) for ask in fields if ask.required}}
    said = asking.tried(command, given)
    step = Step(command, str(spec["does"]), str(spec.get("rule", "")), fields, args)
    if isinstance(said, Decision):
        named = any(ask.kind == "day" and ask.required for ask in fields)  # then it counts from the day that is named
        return Step(step.command, step.does, step.rule, fields, args, effect_on=None if named else _effect(said))
    on = _possible_on(asking, command, given)
    return Step(step.command, step.does, step.rule, fields, args, said.reason, said.rule, on)


def _first(ask: Ask) -> Any:
    """A value to try a step with: one that is to be had, where there is one."""
    if ask.kind == "choice":
        return next((v.value for v in ask.values if not v.refused), ask.values[0].value if ask.values else "")
    return {"number": 1, "address": {}, "yes_no": False, "day": ask.earliest}.get(ask.kind, "")


def _effect(decision: Decision) -> date | None:
    for name in EFFECTS:
        for event in decision.events:
            if isinstance(event.facts.get(name), date):
                found: date = event.facts[name]
                return found
    return None


def _possible_on(asking: _Asking, command: str, args: Mapping[str, Any]) -> date | None:
    """The first day within two months on which the step would be taken, if nothing else happens."""

    def takes(days: int) -> bool:
        noon = at_japan(asking.day + timedelta(days=days), _NOON)
        return isinstance(asking.tried(command, args, noon), Decision)

    refused = 0
    for days in _LOOKED_AHEAD:
        if takes(days):
            while days - refused > 1:
                middle = (days + refused) // 2
                days, refused = (middle, refused) if takes(middle) else (days, middle)
            return asking.day + timedelta(days=days)
        refused = days
    return None


# what each kind of step asks

Asked = Iterator[tuple[Mapping[str, str], list[Ask]]]
COUNT = 1000  # the most that a request may say


def _nothing(asking: _Asking, command: str) -> Asked:
    yield {}, []


def _choice(name: str, values: Iterable[Value]) -> list[Ask]:
    """The field with its values, and how many where more than one can be had."""
    found = tuple(values)
    count = [Ask("quantity", "number", required=False)] if any(value.most > 1 for value in found) else []
    return [Ask(name, "choice", values=found), *count]


def _payment_method(asking: _Asking, command: str) -> Asked:
    held = asking.contract.payment_methods[-1][1] if asking.contract.payment_methods else ""
    values = (asking.value(command, "payment_method", name) for name in asking.terms.section("payment").get("methods", ()))
    yield {}, _choice("payment_method", (replace(value, current=value.value == held) for value in values))


def _option_plan(asking: _Asking, command: str) -> Asked:
    held = next((o.plan_on(date.max) for o in asking.contract.options if not o.dropped and o.ends_on is None), "")
    others = (option for option in options_on(asking.terms, asking.day) if option.key != held)
    yield {}, _choice("plan", (asking.value(command, "plan", option.key, option.price) for option in others))


def _add_option(asking: _Asking, command: str) -> Asked:
    rules = asking.terms.section("options")
    known = (option for option in options_on(asking.terms, asking.day) if option.key in rules["ids"])
    values = (asking.value(command, "option", o.key, o.price, o.most or COUNT) for o in known)
    once = tuple(_once(asking))
    yield {}, _choice("option", (replace(value, once=once) for value in values))


def _once(asking: _Asking) -> Iterator[tuple[str, Price]]:
    """What an option added now costs once: its order, its start, and its fitting by us."""
    terms, day = asking.terms, asking.day
    for spec in terms.data.get("occasion", ()):
        if (
            spec["on"] in OF_AN_OPTION
            and terms.has(spec["value"])
            and all(holds(name, asking.contract, terms, day) for name in spec.get("when", ()))
        ):
            yield spec["on"], price_of(terms, spec["item"], spec["value"], day, "once", (), spec["cites"])


def _remove_option(asking: _Asking, command: str) -> Asked:
    held = {o.plan_on(asking.day): o.quantity for o in asking.contract.options if not o.dropped and o.quantity}
    values = (asking.value(command, "option", name, most=quantity) for name, quantity in held.items())
    kept = [value for value in values if value.refused != "not_held"]
    if kept:
        yield {}, _choice("option", kept)


def _buy(asking: _Asking, command: str) -> Asked:
    """What has a price of its own; what an operator prices is asked for elsewhere (`order_article`)."""
    values = []
    for item, rule in asking.terms.section("buy").items():
        if rule.get("amount") != "asked" and asking.terms.has(rule["value"]):
            price = price_of(asking.terms, item, rule["value"], asking.day, "once", (), rule["cites"])
            values.append(asking.value(command, "item", item, price, COUNT if rule.get("quantity") else 1))
    if values:
        yield {}, _choice("item", values)


def _order(asking: _Asking, command: str) -> Asked:
    items = (asking.value(command, "item", item, most=COUNT) for item in asking.terms.section("order")["items"])
    yield {}, [*_choice("item", items), Ask("sku", "text")]


def _cancel(asking: _Asking, command: str) -> Asked:
    asks = [Ask("site", "address")] if command == "move_site" else []
    known, terms = asking.contract.ends_on, asking.terms
    formed = asking.contract.formed_on is not None  # an application is dropped at once
    if terms.section("ending")["shape"] == "chosen_day" and command != "move_site" and formed:
        latest = known - ONE_DAY if known else None
        asks.append(Ask("effective", "day", earliest=asking.day, latest=latest))  # left out it were today: it has to be named
    removal = next((s for s in terms.data.get("occasion", ()) if s["on"] == "removal_ordered"), None)
    if removal and command != "move_site":
        price = price_of(terms, removal["item"], removal["value"], asking.day, "once", (), removal["cites"])
        asks.append(Ask("with_removal", "yes_no", required=False, price=price))
    yield {}, asks


def _moved(asking: _Asking, command: str) -> Asked:
    yield {}, [Ask("site", "address")] if command == "move_site" else []


def _lost(asking: _Asking, command: str) -> Asked:
    """Pieces that the customer has: lent ones, or those that were ordered, fitted or sent along."""
    rules, contract = asking.terms, asking.contract
    lent = rules.section("lent").get("skus", ())
    own = [*contract.owned, *(d.sku for d in contract.devices), *rules.section("pause").get("lost", ())]
    sent = [s for s in rules.section("options").get("delivered_skus", ()) if any(not o.dropped for o in contract.options)]
    values = []
    for sku in dict.fromkeys([*lent, *own, *sent]):
        key = f"device:{sku}"
        owes = bool(lent) and rules.has(key)
        price = price_of(rules, "equipment_compensation", key, asking.day, "once") if owes else None
        values.append(asking.value(command, "sku", sku, price, COUNT if lent else 1))
    kept = [value for value in values if value.refused != "not_held"]
    if kept:
        yield {}, _choice("sku", kept)


def _consent(asking: _Asking, command: str) -> Asked:
    """One step for everybody whom a consent may serve, with the purposes that are not agreed to yet."""
    rules = asking.terms.section("grants")
    given = {(grant.to, grant.purpose) for grant in asking.contract.grants}
    for to in rules["to"]:
        left = [purpose for purpose in rules["purposes"] if (to, purpose) not in given]
        if left:
            yield {"to": to}, _choice("purpose", (asking.value(command, "purpose", name, to=to) for name in left))


def _withdraw(asking: _Asking, command: str) -> Asked:
    for grant in asking.contract.grants:
        yield {"to": grant.to, "purpose": grant.purpose}, []


_ASKED: Mapping[str, Callable[[_Asking, str], Asked]] = {
    "register_payment_method": _payment_method,
    "change_option_plan": _option_plan,
    "add_option": _add_option,
    "switch_on": _add_option,
    "add_pieces": _add_option,
    "remove_option": _remove_option,
    "switch_off": _remove_option,
    "remove_pieces": _remove_option,
    "buy": _buy,
    "order_article": _order,
    "cancel": _cancel,
    "use": _moved,
    "report_lost": _lost,
    "pause_lost": _lost,
    "nothing": _lost,
    "consent": _consent,
    "withdraw": _withdraw,
}

__all__ = ["Ask", "Step", "Value", "steps"]
