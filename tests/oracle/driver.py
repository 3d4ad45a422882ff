"""Plays a scenario on the pure engine alone: no API, no store, no AWS. Same language and same outcome as the real runner.

outcome = driver.play(scenario)          # contracts, invoices, refunds, refusals
driver.differences(expected, outcome)    # [] when everything expected is there
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from chalicelib.billing import engine
from chalicelib.contracts import service, terms
from chalicelib.contracts.contract import Command, Contract, Invoice, Refund
from chalicelib.dates import JST
from chalicelib.errors import Invalid, Refused
from chalicelib.playground.language import read
from chalicelib.playground.stage import Stage

LONG_AGO = datetime(2019, 1, 1, tzinfo=UTC)
ABOUT_THE_STEP = {"at", "day", "do", "contract"}
DAYS = {
    "effective_on", "dispatched_on", "disclosure_received_on", "received_on", "usable_from", "delivered_on", "deadline",
    "birth_date", "effective", "starts_on", "paid_on",
}  # fmt: skip


def load(file: Path) -> list[dict[str, Any]]:
    """The scenarios of a file, as plain mappings."""
    return [
        {
            "scenario": s.name, "service": s.service, "prices": s.prices, "until": s.until.isoformat(), "expect": s.expect,
            "calendar": {"closed": [d.isoformat() for d in s.closed_days]}, "timeline": [dict(step.args) | {"do": step.do} | when(step.at) for step in s.steps],
        }
        for s in read(file)
    ]  # fmt: skip


def when(at: datetime) -> dict[str, str]:
    return {"at": at.astimezone(JST).replace(tzinfo=None).isoformat(timespec="seconds")}


def instant(step: Mapping[str, Any]) -> datetime:
    wall = (
        datetime.fromisoformat(step["at"]) if "at" in step else datetime.combine(date.fromisoformat(str(step["day"])), time(12))
    )
    return wall.replace(tzinfo=JST).astimezone(UTC)


def parsed(key: str, value: Any) -> Any:
    """An argument as the engine wants it: days as dates, times as instants."""
    if key in ("from", "to") and isinstance(value, str) and "T" in value:
        return datetime.fromisoformat(value).replace(tzinfo=JST).astimezone(UTC)
    if key in DAYS or (key in ("from", "to") and str(value)[:4].isdigit()):
        return date.fromisoformat(str(value))
    if key in ("applicant", "site"):
        return {k: parsed(k, v) for k, v in value.items()}
    if key == "invoice":
        return {**value, "month": date.fromisoformat(f"{value['month']}-01")}
    return value


def command(step: Mapping[str, Any]) -> Command:
    args = {k: parsed(k, v) for k, v in step.items() if k not in ABOUT_THE_STEP}
    return Command(step["do"], instant(step), args, "operator")


@dataclass
class World(Stage):
    """A stage that notes what was refused, and tells what it came to."""

    refusals: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def of(cls, scenario: Mapping[str, Any]) -> World:
        name = scenario["service"]
        world = cls(service.ServiceState(name), terms.load(name))
        if scenario.get("prices"):
            world.serve(Command("set_price_list", LONG_AGO, {"prices": scenario["prices"]}))
        closed = scenario.get("calendar", {}).get("closed")
        if closed:
            world.serve(Command("set_calendar", LONG_AGO, {"closed": [date.fromisoformat(str(d)) for d in closed]}))
        return world

    def act(self, step: Mapping[str, Any]) -> None:
        """One step of a timeline; what the terms do not allow is noted as a refusal."""
        asked, name = command(step), step.get("contract")
        try:
            if step["do"] == "apply":
                earlier, parent = (self.contracts.get(step.get(key, "")) for key in ("recontract_of", "parent"))
                others = tuple(self.contracts.values())
                about = {"contract_id": name, "account": "a", "earlier": earlier, "parent": parent, "others": others}
                self.take(engine.apply(self.terms, asked, **about))
            elif name and name not in self.contracts:
                return  # its application was bad input: there is no such contract
            elif name:
                self.take(engine.handle(self.contracts[name], self.terms, asked))
            else:
                self.serve(asked)
        except (Refused, Invalid) as no:
            at = asked.at.astimezone(JST).replace(tzinfo=None).isoformat(timespec="minutes")
            self.refusals.append({"at": at, "do": step["do"], "contract": name, "reason": getattr(no, "reason", "")})

    def outcome(self, until: date) -> dict[str, Any]:
        made = {key: n for n, key in enumerate(self.invoices)}
        ordered = sorted(self.invoices.items(), key=lambda entry: (entry[1].issued_on, entry[0][0], made[entry[0]]))
        return {
            "contracts": {name: contract_facts(c, until) for name, c in self.contracts.items()},
            "invoices": [invoice_facts(name, i) for (name, _), i in ordered],
            "refunds": [refund_facts(name, r) for (name, _), r in self.refunds.items()],
            "notices": [{"contract": n.contract, "kind": n.kind, "on": text(n.on)} for n in self.notices],
            "refusals": self.refusals,
        }


def text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def contract_facts(c: Contract, until: date) -> dict[str, Any]:
    days = {k: text(getattr(c, k)) for k in ("formed_on", "service_starts_on", "billing_starts_on", "ends_on", "ships_on")}
    options = [
        {"option": o.plan_on(until), "quantity": o.quantity, "state": o.state_on(until), "starts_on": text(o.starts_on), "ends_on": text(o.ends_on)}
        for o in c.options
    ]  # fmt: skip
    return {
        **days,
        "state": c.state,
        "ended_because": c.ended_because,
        "refusal_reasons": list(c.refusal_reasons),
        "options": options,
    }


def invoice_facts(name: str, i: Invoice) -> dict[str, Any]:
    lines = [
        {"item": x.item, "from": text(x.first), "to": text(x.last), "quantity": x.quantity, "amount": x.amount} for x in i.lines
    ]  # fmt: skip
    return {
        "contract": name, "kind": i.kind, "month": i.month.isoformat()[:7], "issued_on": text(i.issued_on), "due_on": text(i.due_on),
        "status": i.status, "total": i.total, "tax": i.tax, "paid_by": i.paid_by, "lines": lines,
    }  # fmt: skip


def refund_facts(name: str, r: Refund) -> dict[str, Any]:
    return {"contract": name, "amount": r.amount, "status": r.status, "months": [m.isoformat()[:7] for m in r.months]}


def run(scenario: Mapping[str, Any], *, nightly: bool = True, kind: type[World] = World) -> World:
    """Plays the whole scenario and gives the world as it is at the end. Without `nightly`, one late sweep does it all."""
    world = kind.of(scenario)
    for step in sorted(scenario["timeline"], key=instant):
        if nightly:
            world.sweep(instant(step))
        world.act(step)
    until = date.fromisoformat(str(scenario["until"]))
    world.sweep(datetime.combine(until, time(23, 59), JST).astimezone(UTC))
    return world


def play(scenario: Mapping[str, Any], *, nightly: bool = True) -> dict[str, Any]:
    return run(scenario, nightly=nightly).outcome(date.fromisoformat(str(scenario["until"])))


def differences(expected: Any, got: Any, path: str = "") -> list[str]:
    """As the scenario language says: keys that are left out are free, lists are whole and in order, refusals are looked for."""
    if isinstance(expected, Mapping):
        if not isinstance(got, Mapping):
            return [f"{path}: expected {expected}, got {got}"]
        return [d for key in expected for d in differences(expected[key], got.get(key), f"{path}.{key}")]
    if isinstance(expected, list):
        got = got or []
        if path in (".refusals", ".notices"):
            return [f"{path}: nothing like {e}" for e in expected if not any(not differences(e, g, f"{path}[]") for g in got)]
        wrong = (
            []
            if len(expected) == len(got)
            else [f"{path}: expected {len(expected)}, got {len(got)}: {[brief(g) for g in got]}"]
        )
        return wrong + [
            d for n, (e, g) in enumerate(zip(expected, got, strict=False)) for d in differences(e, g, f"{path}[{n}]")
        ]
    return [] if expected == got else [f"{path}: expected {expected!r}, got {got!r}"]


def brief(entry: Any) -> Any:
    return (
        tuple(v for k, v in entry.items() if k in ("contract", "month", "kind", "item", "amount", "total"))
        if isinstance(entry, Mapping)
        else entry
    )
