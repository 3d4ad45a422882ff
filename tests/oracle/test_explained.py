"""Every bill of random lives explains itself: a formula for each line that the terms price, and sums that add up by rate.

The formulas are worked out again here from their printed text, by Python's own arithmetic.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import pytest

from chalicelib.billing import explain
from chalicelib.contracts import terms
from tests.oracle import driver, lives
from tests.oracle.amm_lives import AndMarketMobile
from tests.oracle.liferhythm_lives import LifeRhythm

LIVES = int(os.environ.get("LIVES", "60"))
ROOT = Path(__file__).resolve().parents[2]
WRITTEN = [
    scenario
    for file in sorted((ROOT / "tests").glob("scenarios*/*.scenarios.yaml"))
    if file.name.removesuffix(".scenarios.yaml") in terms.services()
    for scenario in driver.load(file)
]


def exact(printed: str) -> Fraction:
    """`1,980 × 12 ÷ 31` worked out."""
    text = printed.replace(",", "").replace("−", "-").replace("×", "*").replace("÷", "/")
    text = re.sub(r"(\d+(?:\.\d+)?)%", r"(\1/100)", text)
    return Fraction(eval(re.sub(r"(\d+(?:\.\d+)?)", r"Fraction('\1')", text), {"Fraction": Fraction}))


def may_be_stated(found: terms.Terms) -> set[str]:
    """What may stand without a formula: costs as they came, which nobody reckons."""
    asked = {item for item, rule in found.section("buy").items() if rule.get("amount") == "asked"}
    usage = found.section("usage")
    credit = usage.get("calls", {}).get("credit", {})
    metered = {part["item"] for part in (usage.get("sms_yen", {}), credit) if "item" in part}
    return asked | metered | set(found.section("charge").get("items", ()))


def rounds_credit_up(found: terms.Terms, value: Fraction) -> bool:
    """Credits are rounded up, except where a sheet says otherwise: from 0.60 yen (AMM-OUT-3), or always down (IPS-OUT-2)."""
    shape = found.section("outage").get("shape", "by_month")
    return {"by_month": True, "one_sum": value % 1 >= Fraction("0.60"), "daily_mean": False}.get(shape, True)


def check(scenario: dict[str, Any], seen: Counter[str]) -> None:
    world = driver.run(scenario)
    for (name, _), invoice in world.invoices.items():
        found = world.terms.part(world.contracts[name].plan)
        told = explain.explain(invoice, found)
        assert sum(r.total for r in told.rates) + told.untaxed == invoice.total, scenario
        assert sum(r.tax for r in told.rates) == invoice.tax, scenario
        for line in told.lines:
            seen[line.how] += 1
            if not line.formula:
                assert line.line.item in may_be_stated(found), (line, json.dumps(scenario))
                continue
            left, _, right = line.formula.partition(" = ")
            amount, value = line.line.amount, exact(left.removeprefix("− "))
            assert right == f"{amount:,}".replace("-", "−")
            charge = amount >= 0
            assert left.startswith("− ") != charge
            up = not charge and rounds_credit_up(found, value)  # charges down, credits up (reading rule 2)
            rounded = -(-value.numerator // value.denominator) if up else value.numerator // value.denominator
            assert abs(amount) == rounded, (line, scenario)


LIFE = {
    "allwatch": lambda dice: lives.life("allwatch", dice),
    "sottonet": lambda dice: lives.life("sottonet", dice),
    "liferhythm-home": lambda dice: LifeRhythm(dice).build(),
    "and-market-mobile": lambda dice: AndMarketMobile(dice).build(),
}


def some_lives(service: str, salt: int, count: int = LIVES) -> Iterator[tuple[Random, lives.Scenario]]:
    """Random lives of a service that takes money, each with its dice."""
    for number in range(count):
        dice = Random(salt * 10_000_000 + number)
        scenario = LIFE[service](dice)
        if scenario:
            yield dice, scenario


@pytest.mark.parametrize("service", LIFE)
def test_every_line_of_a_random_life_is_explained(service: str) -> None:
    seen: Counter[str] = Counter()
    for _, scenario in some_lives(service, 7):
        check(scenario, seen)
    assert seen["stated"] < sum(seen.values()) // 10


@pytest.mark.parametrize("scenario", WRITTEN, ids=lambda s: s["scenario"])
def test_every_line_of_a_written_scenario_is_explained(scenario: dict[str, Any]) -> None:
    check(scenario, Counter())
