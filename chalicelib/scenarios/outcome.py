"""What a scenario came to, asked through the API and put into the shape of the acceptance language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.playground.language import Scenario
from chalicelib.scenarios.world import Trouble, World, japan_minute

CONTRACT = ["state", "formed_on", "service_starts_on", "billing_starts_on", "ends_on", "ended_because", "ships_on"]
CONTRACT += ["refusal_reasons", "options"]
INVOICE = ["kind", "month", "issued_on", "due_on", "status", "total", "tax", "paid_by", "lines"]
REFUND = ["amount", "status", "months", "cites"]
ALERT = ["device", "watch", "level", "opened_at", "measured_at", "value", "closed_at", "acknowledged_by"]
TOLD = ["person", "watch", "kind", "at", "channels"]
MINUTES = frozenset({"opened_at", "measured_at", "closed_at", "at"})


def collect(world: World, scenario: Scenario, ids: Mapping[str, str], refusals: list[dict[str, Any]]) -> dict[str, Any]:
    """The outcome of everything that has happened in the world. Entries of all contracts, in the language's order."""
    names = sorted(ids)
    found: dict[str, Any] = {
        "scenario": scenario.name,
        "contracts": {name: _contract(world, ids[name]) for name in names},
        "invoices": _listed(world, ids, names, "invoices", INVOICE, "issued_on"),
        "refunds": _listed(world, ids, names, "refunds", REFUND),
        "notices": _listed(world, ids, names, "notices", ["kind", "on"], "on"),
        "refusals": refusals,
    }
    found |= {"alerts": [], "told": []}
    if any(step.do == "add_device" for step in scenario.steps):
        found["alerts"] = _listed(world, ids, names, "alerts", ALERT, "opened_at")
        told = _listed(world, ids, names, "told", TOLD, "at")
        found["told"] = [{key: value for key, value in entry.items() if key != "contract"} for entry in told]
    return found


def _contract(world: World, contract: str) -> dict[str, Any]:
    reply = world.http("GET", f"/v1/contracts/{contract}")
    if not reply.ok:
        raise Trouble(f"the contract cannot be read: {reply.status} {reply.body}")
    return {key: None if reply.body[key] == "" else reply.body[key] for key in CONTRACT if key in reply.body}


def _listed(
    world: World, ids: Mapping[str, str], names: list[str], what: str, keys: list[str], order: str = ""
) -> list[dict[str, Any]]:
    """One listing over all contracts: by `order`, then contract, then as the API lists them."""
    entries = []
    for name in names:
        for entry in world.get_all(f"/v1/contracts/{ids[name]}/{what}"):
            shown = {key: japan_minute(entry[key]) if key in MINUTES else entry[key] for key in keys if key in entry}
            entries.append({"contract": name, **shown})
    return sorted(entries, key=lambda entry: str(entry[order])) if order else entries
