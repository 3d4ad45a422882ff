"""Engine against oracle, whole outcomes: also refusals and refunds must agree, none missing and none too many."""

from __future__ import annotations

from typing import Any

from tests.oracle import driver, lore, oracle_allwatch, oracle_amm, oracle_liferhythm, oracle_omron, oracle_sottonet

ORACLES = {
    "allwatch": oracle_allwatch.play,
    "sottonet": oracle_sottonet.play,
    "and-market-mobile": oracle_amm.play,
    "liferhythm-home": oracle_liferhythm.play,
    "omron-remote": oracle_omron.play,
}
PRIVATE = {lore.ISSUED, "first", "covered", "due"}


def expectation(scenario: dict[str, Any]) -> dict[str, Any]:
    """What the oracle expects, in the scenario language. Raises lore.Unclear."""
    told = ORACLES[scenario["service"]](scenario)
    told["invoices"] = [{k: v for k, v in i.items() if k not in PRIVATE} for i in told["invoices"]]
    told["refunds"].sort(key=lambda r: (r["contract"], r["amount"]))
    return told


def refusals(expected: list[dict[str, Any]], got: list[dict[str, Any]]) -> list[list[tuple[Any, ...]]]:
    """Both sides' refused steps; with the reason where the oracle gives one."""
    keys = ("at", "do", "contract", "reason") if any("reason" in r for r in expected) else ("at", "do", "contract")
    return [[tuple(r[k] for k in keys) for r in side] for side in (expected, got)]


def differences(scenario: dict[str, Any]) -> list[str]:
    """Where engine and oracle part. Raises lore.Unclear."""
    expected = expectation(scenario)
    got = driver.play(scenario)
    got["refunds"].sort(key=lambda r: (r["contract"], r["amount"]))
    refused = refusals(expected.pop("refusals"), got.pop("refusals"))
    for contract in got["contracts"].values():  # the oracle lists the options that began
        contract["options"] = [
            o for o in contract["options"] if o["starts_on"] and not (o["ends_on"] and o["ends_on"] < o["starts_on"])
        ]
    found = driver.differences(expected, got)
    found += [f"should have been refused: {step}" for step in refused[0] if step not in refused[1]]
    return found + [f"should have been allowed: {step}" for step in refused[1] if step not in refused[0]]
