"""The scenario playground: a pasted scenario on the pure engine, and what came of it. Nothing is stored, nor asked of AWS.

The same terms files, the same engine, the same words as for real contracts; announcements that operators made are left out,
since a scenario says for itself what is announced. What the terms refuse is part of the outcome; a text that cannot be read
is answered with its line and the cure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from chalicelib.billing import calendar as reckoning
from chalicelib.billing import engine
from chalicelib.contracts import terms
from chalicelib.contracts.announced import ServiceState
from chalicelib.contracts.contract import Command, Contract, Notice
from chalicelib.contracts.terms import Terms
from chalicelib.dates import at_japan, japan, japan_day
from chalicelib.errors import Invalid, MimamoriError, NoTermsForDay, Refused
from chalicelib.flows import bills, calendar, contracts, outbox, views
from chalicelib.playground import compare, steps
from chalicelib.playground.language import Scenario, ScenarioError, Step, parse
from chalicelib.playground.mistakes import cure, problem
from chalicelib.playground.stage import Stage
from chalicelib.store import codec

Json = dict[str, Any]
Check = Callable[
    [str, str, Mapping[str, Any]], Json
]  # door (`apply`, `contract`, `service`), command, arguments as written → typed
PASTED = Path("scenario")
# What one function does in a second or two: contract-months are what time costs.
STEPS_MAX, CONTRACTS_MAX, CONTRACT_MONTHS_MAX, COMPARED_MAX = 200, 20, 600, 100
DOORS = ("apply", "contract", "service")
COMPARED = ("contracts", "invoices", "refunds", "notices", "refusals")
_CONTRACT = (
    "state", "formed_on", "service_starts_on", "billing_starts_on", "ends_on", "ended_because", "ships_on", "refusal_reasons",
    "options",
)  # fmt: skip


def played(text: str, check: Check) -> Json:
    """What a scenario comes to: `{ok, mistakes, contracts, invoices, refunds, notices, refusals, log, expected, failed}`.

    `ok` is False when the text cannot be read (`mistakes` say where, what and how to mend it) or an expectation fails.
    """
    try:
        scenario = _read(text)
        told = [(step, steps.arguments(step)) for step in scenario.steps]
    except ScenarioError as error:
        return {
            "ok": False,
            "mistakes": [{"line": error.line or None, "problem": error.problem, "cure": error.cure}],
        }
    play = _Play(scenario, check)
    play.run(told)
    return _answer(play)


def _read(text: str) -> Scenario:
    """The one scenario of a text, small enough to be played at once. Raises ScenarioError."""
    found = parse(text, PASTED, guarded=True)
    if len(found) != 1:
        raise ScenarioError(PASTED.name, problem("so_many_scenarios", count=len(found)), cure("one_only"))
    (scenario,) = found
    if scenario.service not in terms.services():
        known = cure("known", words=", ".join(terms.services()))
        raise ScenarioError(PASTED.name, problem("no_terms", service=scenario.service), known)
    for step in scenario.steps:
        if step.kind.door not in DOORS:
            raise ScenarioError(PASTED.name, problem("about_watching", step=step.do), cure("leave_devices"), step.line)
    _limits(scenario)
    return scenario


def _limits(scenario: Scenario) -> None:
    applied = sum(step.do == "apply" for step in scenario.steps)
    first = min((japan_day(step.at) for step in scenario.steps), default=scenario.until)
    months = (scenario.until.year - first.year) * 12 + scenario.until.month - first.month + 1
    for count, most, what in (
        (len(scenario.steps), STEPS_MAX, "so_many_steps"),
        (applied, CONTRACTS_MAX, "so_many_contracts"),
        (applied * months, CONTRACT_MONTHS_MAX, "so_many_months"),
    ):
        if count > most:
            raise ScenarioError(PASTED.name, problem(what, count=f"{count:,}"), cure("up_to", most=f"{most:,}"))


# playing


@dataclass
class _Play:
    """A scenario on its stage, with what was refused."""

    scenario: Scenario
    check: Check
    refusals: list[Json] = field(default_factory=list)
    stopped: Json | None = None  # the terms have no figure for a day, say: what came before it still stands

    def __post_init__(self) -> None:
        name = self.scenario.service
        self.stage = Stage(ServiceState(name), terms.load(name))

    def run(self, told: list[tuple[Step, Json]]) -> None:
        end = at_japan(self.scenario.until, time(23, 59))
        try:
            self._prepare(min([step.at for step, _ in told] + [end]))
            for step, written in told:
                if step.at > end:
                    break
                self.stage.sweep(step.at)
                self._act(step, written)
            self.stage.sweep(end)
        except (MimamoriError, OverflowError) as error:
            self.stopped = problem("no_figure" if isinstance(error, NoTermsForDay) else "stopped", why=error)

    def _prepare(self, at: datetime) -> None:
        """What only the company knows: its price list and its calendar."""
        wishes = (("set_price_list", "prices", self.scenario.prices), ("set_calendar", "closed", self.scenario.closed_days))
        for name, key, value in wishes:
            if value:
                args = {key: codec.plain(value)}
                try:
                    self.stage.serve(Command(name, at, self.check("service", name, args), "operator"))
                except (Refused, Invalid) as no:
                    self._refused(at, name, None, no)

    def _act(self, step: Step, written: Json) -> None:
        """One step; what the terms do not allow, or what is not well formed, is noted as a refusal."""
        door = "contract" if step.contract and step.do != "apply" else step.kind.door
        if door == "contract" and step.contract not in self.stage.contracts:
            self.refusals.append(_refusal(step.at, step.do, step.contract, "no_contract", ""))
            return
        try:
            asked = Command(step.do, step.at, self._args(door, step.do, written), steps.asked_by(step.do, written))
            if door == "apply":
                self._apply(step.contract, asked)
            elif door == "contract":
                self.stage.take(engine.handle(self.stage.contracts[step.contract], self.stage.terms, asked))
            else:
                self.stage.serve(asked)
        except (Refused, Invalid) as no:
            self._refused(step.at, step.do, step.contract or None, no)

    def _args(self, door: str, name: str, written: Json) -> Json:
        named = {"service": self.scenario.service} if door == "apply" else {}
        typed = self.check(door, name, {**written, **named})
        return contracts.for_engine(typed) if door != "service" else typed

    def _apply(self, name: str, asked: Command) -> None:
        if name in self.stage.contracts:
            raise Refused("exists")
        earlier, parent = (self._named(asked.args, key) for key in ("recontract_of", "parent"))
        others = tuple(self.stage.contracts.values())
        unique = self.stage.terms.section("application").get("unique_address")
        args = {**asked.args, **({"address": name} if unique else {})}  # an address for each account
        about: Json = {"account": "household", "earlier": earlier, "parent": parent, "others": others}
        made = Command("apply", asked.at, args, asked.by)
        self.stage.take(engine.apply(self.stage.terms, made, contract_id=name, **about))

    def _named(self, args: Mapping[str, Any], key: str) -> Contract | None:
        name = args.get(key)
        if not name:
            return None
        if name not in self.stage.contracts:
            raise Invalid(key, "not_your_contract", "name_a_contract_of_the_same_account")
        return self.stage.contracts[name]

    def _refused(self, at: datetime, do: str, contract: str | None, no: Refused | Invalid) -> None:
        self.refusals.append(_refusal(at, do, contract, no.reason, getattr(no, "rule", "")))


def _refusal(at: datetime, do: str, contract: str | None, reason: str, rule: str) -> Json:
    entry: Json = {"at": japan(at).strftime("%Y-%m-%dT%H:%M"), "do": do, "contract": contract, "reason": reason}
    return entry | ({"cites": [rule]} if rule else {})


def _with_rules(refusals: list[Json], found: Terms, on: date) -> list[Json]:
    """Refusals with the sentence of the rule that said no."""
    told = ((entry, [bills.rule_json(found, rule, on) for rule in entry.get("cites", ())]) for entry in refusals)
    return [{**entry, "rules": [rule for rule in rules if rule]} for entry, rules in told]


# telling


def _answer(play: _Play) -> Json:
    stage, until = play.stage, play.scenario.until
    made = {key: place for place, key in enumerate(stage.invoices)}
    invoices = sorted(stage.invoices.items(), key=lambda one: (one[1].issued_on, one[0][0], made[one[0]]))
    shown = [bills.quoted_json(invoice, stage.terms.part(stage.contracts[name].plan)) for (name, _), invoice in invoices]
    refunds = [views.refund_json(refund) for _, refund in stage.refunds.items()]
    notices = [{"contract": n.contract, "kind": n.kind, "on": n.on.isoformat(), "text": _subject(n)} for n in stage.notices]
    full = {name: views.contract_json(contract, until, None) for name, contract in stage.contracts.items()}
    contracts_ = {name: {key: one[key] for key in _CONTRACT} for name, one in full.items()}
    outcome: Json = {
        "contracts": contracts_,
        "invoices": shown,
        "refunds": refunds,
        "notices": notices,
        "refusals": play.refusals,
    }
    wanted = {part: expected for part, expected in play.scenario.expect.items() if part in COMPARED}
    failed = compare.differences(wanted, outcome)
    return {
        "ok": not failed and not play.stopped,
        "mistakes": [],
        "stopped": play.stopped,
        "service": play.scenario.service,
        "until": until.isoformat(),
        **outcome,
        "refusals": _with_rules(play.refusals, stage.terms, until),
        "log": list(_log(play)),
        "expected": sum(len(part) for part in wanted.values() if part),
        "failed": [_failed(one) for one in failed[:COMPARED_MAX]],
    }


def _failed(one: compare.Difference) -> Json:
    return {"path": one.path, "wanted": codec.plain(one.expected), "got": codec.plain(one.got), "rules": list(one.cites)}


def _subject(notice: Notice) -> dict[str, str]:
    return outbox.subjects(notice.kind, {**codec.plain(dict(notice.figures)), "day": notice.on.isoformat()})


def _log(play: _Play) -> Iterator[Json]:
    """The audit log of all contracts in the order of deciding, with the calendar's words; `state` where it became another."""
    stage, state = play.stage, dict[str, str]()
    bills_of = {name: {key: one for (of, key), one in stage.invoices.items() if of == name} for name in stage.contracts}
    for decision in stage.decisions:
        name = decision.contract.id
        own = stage.terms.part(decision.contract.plan)
        moments = list(reckoning.happened(decision.events, bills_of[name]))
        for place, (event, moment) in enumerate(zip(decision.events, moments, strict=True), 1):
            entry: Json = {
                "at": codec.instant_text(event.at),
                "on": moment.on.isoformat(),
                "contract": name,
                "kind": event.kind,
                "by": event.by,
                "rules": list(event.cites),
                "text": calendar.words(moment, own) or None,
            }
            if place == len(moments) and state.get(name) != decision.contract.state:
                entry["state"] = state[name] = decision.contract.state
            yield entry
