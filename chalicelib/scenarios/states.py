"""docs/states.md, drawn from the code: every step and every passing of days is tried on contracts of every state.

python -m chalicelib.scenarios states > docs/states.md

The engine is explored, not described: from an application on, each command of the terms is given to contracts in each
state that was reached, for every reason that the terms know, and time is let pass. What moved a contract is an arrow.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from chalicelib.billing import engine
from chalicelib.contracts import service as speech
from chalicelib.contracts import terms
from chalicelib.contracts.announced import ServiceState
from chalicelib.contracts.contract import Command, Contract, Decision
from chalicelib.contracts.terms import Terms
from chalicelib.dates import ONE_DAY, at_japan, japan_day
from chalicelib.errors import MimamoriError

NIGHTS = "nights"
STATES = ("applied", "refused", "accepted", "active", "suspended", "paused", "cancelling", "ended")
_NOON = time(12)
_PRICE = 1_000  # any price: states do not hang on it
_PERSON = {"name": "x", "kind": "person"}
_ENOUGH = 2  # different contracts of one kind that are tried
_DEPTH = 5
_WAITS = (timedelta(days=1), timedelta(days=12), timedelta(days=45), timedelta(days=400))
Arrow = tuple[str, str, str]  # from, what moved it, to


def document() -> str:
    """The whole of docs/states.md."""
    parts = [_HEAD]
    for name in terms.services():
        found = _with_prices(terms.load(name))
        plans = found.data.get("parts", {})
        for plan in ("", *plans):
            parts.append(_chapter(found, plan))
    return "\n".join(parts)


def _with_prices(found: Terms) -> Terms:
    """Terms that lack nothing: each price that the company sets costs the same."""
    keys = found.section("price_list").get("keys", ())
    plans, skus = found.section("application").get("plans", ()), ("x", *found.section("lent").get("skus", ()))
    named = [
        key[:-1] + word
        for key in keys
        if key.endswith(":*")
        for word in (*plans, *skus, *found.section("options").get("ids", ()))
    ]
    prices = dict.fromkeys((*[k for k in keys if not k.endswith(":*")], *named), _PRICE)
    state = ServiceState(found.service)
    if prices:
        asked = Command("set_price_list", datetime.fromisoformat("2000-01-01T00:00:00+00:00"), {"prices": prices})
        state = speech.handle(state, found, asked).state
    return found.under(state)


def _chapter(found: Terms, plan: str) -> str:
    title = found.data["title"]["en"] + (f": plan {plan}" if plan else "")
    arrows = arrows_of(found, plan)
    gathered: dict[tuple[str, str], list[str]] = defaultdict(list)
    for before, by, after in sorted(arrows, key=_order):
        gathered[before, after].append(by)
    lines = [f"## {title}", "", "```mermaid", "stateDiagram-v2"]
    for (before, after), moved_by in gathered.items():
        lines.append(f"    {before or '[*]'} --> {after}: {', '.join(moved_by)}")
    return "\n".join([*lines, "```", "", "| from | by | to |", "| --- | --- | --- |", *_rows(gathered), ""])


def _rows(gathered: Mapping[tuple[str, str], list[str]]) -> Iterator[str]:
    for (before, after), moved_by in gathered.items():
        yield f"| {before or '–'} | {', '.join(f'`{by}`' if by != NIGHTS else by for by in moved_by)} | {after} |"


def _order(arrow: Arrow) -> tuple[int, int, str]:
    before, by, after = arrow
    return (STATES.index(before) + 1 if before else 0, STATES.index(after), by)


def arrows_of(found: Terms, plan: str) -> set[Arrow]:
    """All that moves a contract of a service, or of one part of it, from state to state."""
    arrows: set[Arrow] = set()
    known: dict[Any, int] = defaultdict(int)
    layer = list(_applications(found, plan))
    for contract in layer:
        arrows.add(("", "apply", contract.state))
    for _ in range(_DEPTH):
        following: list[Contract] = []
        for contract in layer:
            for by, after in _tried(found, contract):
                if after.state != contract.state:
                    arrows.add((contract.state, by, after.state))
                kind = _kind(after)
                if known[kind] < _ENOUGH:
                    known[kind] += 1
                    following.append(after)
        layer = following
    return arrows


def _kind(contract: Contract) -> Any:
    """What may matter for the next step; contracts that agree in it are tried a few times only."""
    return (
        contract.state, contract.formed_on is None, contract.begun, contract.noticed_at is None, bool(contract.suspensions),
        contract.suspended_for, contract.was_paused, bool(contract.demands), bool(contract.ledger),
        contract.ends_on is None, contract.unreachable_since is None, contract.absences, contract.linked_at is None,
        contract.shipped_on is None, contract.installed_on is None, contract.pause_on is None,
        contract.disclosure_received_on is None,
        any(e.status == "overdue" for e in contract.ledger), contract.children,
    )  # fmt: skip


def _applications(found: Terms, plan: str) -> Iterator[Contract]:
    own = found.part(plan)
    rules = own.section("application")
    first = max([found.data["from"], date(2017, 1, 4)])
    at = at_japan(first, _NOON)
    plans = (plan,) if plan else found.own_plans
    wishes: list[dict[str, Any]] = [{}, {"applicant": {**_PERSON, "card_holder": "y"}}, {"consents": []}]
    wishes += [{"devices": [{"sku": "x", "quantity": 1}]}] if "devices_priced" in rules else []
    wishes += [{"disclosure_received_on": first}] if own.section("cooling_off") else []
    wishes += [{"site": {"prefecture": "x"}}] if "coverage" in rules else []
    wishes += [{"documents_outstanding": True}] if rules.get("review") else []
    for chosen in plans:
        for wish in wishes:
            base = {"plan": chosen, "payment_method": rules["payment_methods"][0], "applicant": _PERSON}
            made = _made(found, Command("apply", at, {**base, **wish}))
            if made is not None:
                yield made


def _made(found: Terms, command: Command) -> Contract | None:
    try:
        return engine.apply(found, command, contract_id="c", account="a").contract
    except MimamoriError:
        return None


def _tried(found: Terms, contract: Contract) -> Iterator[tuple[str, Contract]]:
    """Every command of the terms, now and later; and time alone."""
    start = contract.swept_to or japan_day(contract.applied_at)
    own = found.part(contract.plan)
    for wait in _WAITS:
        passed = _after(lambda day=start + wait: engine.advance(contract, found, at_japan(day, _NOON)))
        if passed is not None:
            yield NIGHTS, passed
    for wait in (ONE_DAY, timedelta(days=33)):
        day = start + wait
        waited = _after(lambda day=day: engine.advance(contract, found, at_japan(day, _NOON)))
        if waited is None:
            continue
        for name in own.commands:
            for args in _arguments(own, name, day):
                asked = Command(name, at_japan(day, _NOON), args, "operator")
                after = _after(lambda asked=asked, waited=waited: engine.handle(waited, found, asked))
                if after is not None and (waited.state == contract.state):
                    yield name, after


def _after(decide: Any) -> Contract | None:
    """What a decision makes of the contract; None when it is refused."""
    try:
        decision: Decision = decide()
    except (MimamoriError, KeyError):
        return None
    return decision.contract


def _arguments(own: Terms, name: str, day: date) -> Iterator[dict[str, Any]]:
    """What a command is given: every reason that the terms know, every outcome, and plain figures for the rest."""
    plain: dict[str, Any] = {
        "notify_start": {"starts_on": day + ONE_DAY}, "disclose": {"received_on": day},
        "demand": {"deadline": day + timedelta(40)},
        "record_usage": {"calls": [{"to": "mobile", "seconds": 36000}]}, "transfer_device": {"to": "d"},
        "transfer_contract": {"to": "y"}, "consent": {"to": "maintainer", "purpose": "data"},
        "add_option": {"option": (*own.section("options").get("ids", ()), "x")[0]}, "move_site": {"site": {}},
        "be_told": {"notice": "service_abolition", "announcement": "termination", "effective_on": day + timedelta(20)},
        "parent_ends": {"ends_on": day, "now": True}, "take_child": {"child": "d"}, "return_device": {"sku": "x"},
        "find_evasion": {"amount": 1}, "lose_benefit": {"reason": "insolvency"},
    }  # fmt: skip
    reasons = [reason for reason in own.section("reasons").get(name, {}) if reason != "*"]
    if reasons or name in ("suspend", "terminate"):
        yield from ({"reason": reason} for reason in (*reasons, "other"))
    elif name in ("install", "deliver"):
        yield from ({"outcome": outcome} for outcome in ("done", "absent", "unreachable"))
    elif name == "request_cancellation" and own.section("ending")["shape"] == "chosen_day":
        yield {}
        yield {"effective": day + timedelta(60)}
    elif name == "parent_ends":
        yield plain[name]
        yield {"ends_on": day + ONE_DAY, "now": False}
    else:
        yield plain.get(name, {})


_HEAD = """# States

What states a contract can be in, and what moves it from one to the next. Drawn from the code by
`python -m chalicelib.scenarios states`, which tries every step on contracts of every state; a test holds this page
against the code. *nights* are days that pass: starts, ends, deadlines.

`be_told` is an announcement to all, `parent_ends` the end of the line that a contract hangs on; nobody can ask for them.
"""
