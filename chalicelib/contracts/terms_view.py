"""What holds on a day, and why: every figure of a service's terms with the span it stands in. Pure, for operators' eyes.

A figure is looked up by its day, so a revision reaches every contract from its first day on. What a contract keeps in spite
of it are the charges that the terms price on a day of its own (`priced_on`): those are its pins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from chalicelib.contracts.contract import Contract
from chalicelib.contracts.owing import holds
from chalicelib.contracts.repricing import TAX
from chalicelib.contracts.terms import Terms
from chalicelib.dates import japan_day

Source = Literal["terms", "price_list", "announced", "repriced", "statute"]
LASTING = (
    "new",
    "recontract",
    "in_place",
    "with_option_at_application",
    "without_option_at_application",
)  # true for all a life
ALL_DAYS = "day"  # an occasion that says nothing is priced on the day on which it happens


@dataclass(frozen=True, slots=True)
class Span:
    """A value from its first day on. `announced_on` where an operator announced it; `per`, `unit`, `tax` as the terms say."""

    first: date
    value: Any
    source: Source
    announced_on: date | None = None


@dataclass(frozen=True, slots=True)
class Pin:
    """A charge of one contract whose price stays that of a day: of which item, since which event (`formed`, …)."""

    item: str
    event: str
    on: date
    value: Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure on a day: its value with the span it stands in, and the first change that is still to come."""

    key: str
    unit: str
    per: str
    tax: str
    rule: str
    span: Span
    following: Span | None
    edition: str
    pins: tuple[Pin, ...] = ()


def figures(terms: Terms, on: date, contract: Contract | None = None) -> tuple[Figure, ...]:
    """Every figure that holds on a day, by its key; with a contract, also what is pinned for it."""
    return tuple(found for key in sorted(terms.keys) if (found := _figure(terms, key, on, contract)) is not None)


def made_on(contract: Contract) -> date:
    """The day under whose terms a contract was made."""
    return contract.formed_on or japan_day(contract.applied_at)


def _figure(terms: Terms, key: str, on: date, contract: Contract | None) -> Figure | None:
    spans = spans_of(terms, key)
    past = [span for span in spans if span.first <= on]
    if not past:
        return None
    following = next((span for span in spans if span.first > on), None)
    entry = _entry(terms, key, past[-1].first)
    listed = terms.data.get("price_list", {}) if not entry else {}
    pins = tuple(_pins(terms, key, on, contract)) if contract is not None else ()
    return Figure(
        key,
        str(entry.get("unit", "yen" if listed else "")),
        str(entry.get("per", "")),
        str(entry.get("tax", listed.get("tax", ""))),
        str(entry.get("rule", listed.get("rule", ""))),
        past[-1],
        following,
        terms.edition_on(max(past[-1].first, terms.data["from"])),
        pins,
    )


def _entry(terms: Terms, key: str, first: date) -> Mapping[str, Any]:
    """What the file says of the figure in that span; of an announced one, what it said last."""
    entries = terms.entries(key)
    known = [entry for entry in entries if entry["from"] <= first] or list(entries[:1])
    return known[-1] if known else {}


def spans_of(terms: Terms, key: str) -> list[Span]:
    """All spans of a figure, the oldest first; of two for one day the one that counts."""
    found: dict[date, Span] = {}
    for first, value in terms.dated(key):
        source, announced_on = _source(terms, key, first, value)
        found[first] = Span(first, value, source, announced_on)
    return list(found.values())


def _source(terms: Terms, key: str, first: date, value: Any) -> tuple[Source, date | None]:
    for said in reversed(terms.state.announcements):
        if said.kind in ("price", "tax") and key in said.values and said.effective_on == first and said.values[key] == value:
            return "announced", said.announced_on
    for listed in reversed(terms.state.price_lists):
        if listed.prices.get(key) == value and (listed.effective_on or terms.data["from"]) == first:
            return "price_list", None
    if any(entry["from"] == first and entry["value"] == value for entry in terms.entries(key)):
        return ("statute" if terms.is_statutory(key) else "terms"), None
    taxed = [said.announced_on for said in terms.state.announcements if said.kind == "tax" and TAX in said.values]
    return "repriced", taxed[-1] if taxed else None


# what one contract keeps


def _pins(terms: Terms, key: str, on: date, contract: Contract) -> Iterator[Pin]:
    days = {
        "formed": contract.formed_on,
        "applied": japan_day(contract.applied_at),
        "option_added": max((option.added_on for option in contract.options if option.added_on <= on), default=None),
    }
    seen: set[tuple[str, str]] = set()
    for spec in terms.data.get("occasion", ()):
        event = spec.get("priced_on", ALL_DAYS)
        day = days.get(event)
        if day is None or day > on or (spec["item"], event) in seen or not _prices(spec["value"], key):
            continue
        if not all(holds(name, contract, terms, on) for name in spec.get("when", ()) if name in LASTING):
            continue
        seen.add((spec["item"], event))
        value = next((span.value for span in reversed(spans_of(terms, key)) if span.first <= day), None)
        if value is not None:
            yield Pin(spec["item"], event, day, value)


def _prices(pattern: str, key: str) -> bool:
    """Whether an occasion's figure may be this one: `device:{sku}` is any device's."""
    return re.fullmatch(re.escape(pattern).replace(r"\{sku\}", ".+"), key) is not None
