"""How many contract-months the pure engine bills per CPU second.

Lives of five kinds of household in equal number are played once and taken down; then the nights are done again from
the contracts as they were, each with the reckoning of the next date, as the night worker does it. Payments are measured
for themselves, and added in a figure of their own.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from bench import lives
from bench.timing import Rounds, rounds
from chalicelib.billing import engine
from chalicelib.contracts.terms import Terms
from chalicelib.dates import months_between

FIRST, LAST = date(2022, 4, 1), date(2025, 12, 31)
LIVES_OF_A_KIND = 12  # applied for on days spread over a month: first months differ
ROUNDS = 7
Taken = list[tuple[lives.Step, Terms]]


def measure() -> dict[str, Any]:
    figures: dict[str, Any] = {}
    nights: Taken = []
    payments: Taken = []
    months = 0
    for kind in lives.KINDS:
        own_nights, own_payments, own_months = take_down(kind, LIVES_OF_A_KIND)
        figures[f"engine_contract_months_per_cpu_s_{kind.name}"] = round(own_months / _nights(own_nights).best)
        nights, payments, months = nights + own_nights, payments + own_payments, months + own_months
    passing = _nights(nights)
    paying = rounds(lambda: _pay(payments), ROUNDS)
    return {
        "engine_contract_months_per_cpu_s": round(months / passing.best),
        "engine_contract_months_per_cpu_s_median": round(months / passing.median),
        "engine_contract_months_per_cpu_s_with_payments": round(months / (passing.best + paying.best)),
        "engine_contract_months": months,
        **figures,
    }


def take_down(kind: lives.Kind, count: int) -> tuple[Taken, Taken, int]:
    """Nights and payments of so many lives, and the contract-months in them (from the start of service)."""
    rules = lives.terms(kind.service)
    nights: Taken = []
    payments: Taken = []
    months = 0
    for number in range(count):
        applied = FIRST + timedelta(days=number * 28 // count)
        steps = list(lives.play(kind, rules, applied, LAST))
        nights += [(step, rules) for step in steps if step.command is None]
        payments += [(step, rules) for step in steps if step.command is not None and step.command.name == "pay"]
        started = steps[-1].decision.contract.service_starts_on
        assert started is not None
        months += months_between(started, LAST) + 1
    return nights, payments, months


def _nights(taken: Taken) -> Rounds:
    return rounds(lambda: _pass(taken), ROUNDS)


def _pass(taken: Taken) -> None:
    for step, rules in taken:
        engine.next_after(engine.advance(step.before, rules, step.at), rules)


def _pay(taken: Taken) -> None:
    for step, rules in taken:
        assert step.command is not None
        engine.next_day(engine.handle(step.before, rules, step.command).contract, rules)
