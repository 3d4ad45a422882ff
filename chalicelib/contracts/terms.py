"""The terms of a service: dated figures and the rule shapes that use them, read from one TOML file per service.

A figure is looked up by key and day; a day before its first date raises `NoTermsForDay`, never 0 or the oldest value.
`Terms.under(state)` lays what operators announced (prices, tax, closed days) over the file, as one more set of dated values.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

from chalicelib.contracts import sheet, terms_file
from chalicelib.contracts.announced import ServiceState
from chalicelib.contracts.repricing import TAX, has_tax, repriced, tax_months
from chalicelib.contracts.sheet import SERVICES_DIR, STATUTORY, Sheet, file_of, part_of, services
from chalicelib.dates import BusinessCalendar
from chalicelib.errors import NoTermsForDay, NotFound

Series = tuple[tuple[date, ...], tuple[Any, ...]]  # first days, ascending, and the values from those days on


class Terms(Sheet):
    """One service's terms, as they stand with the announcements of its state. Immutable."""

    def __init__(self, data: Mapping[str, Any], statutory: Mapping[str, Any], state: ServiceState | None = None) -> None:
        super().__init__(data)
        self._statutory = statutory
        self.file = f"{self.service}.toml"
        self.state = state or ServiceState(service=self.service)
        self.calendar = BusinessCalendar(frozenset(self.state.closed_days))
        self._series = self._merged(data["values"], statutory["values"])
        self._line_order = {item: place for place, item in enumerate(data.get("invoice", {}).get("line_order", ()))}
        self.cache: dict[Any, Any] = {}  # for pure functions of these terms only
        self._parts: dict[str, Terms] = {}
        # What every night asks of every contract, looked up once.
        self.invoice: Mapping[str, Any] = self.section("invoice")
        self.gives_back_months: bool = self.section("outage").get("shape") == "whole_months"
        self.frees_months: bool = self.gives_back_months or "free_after" in self.section("interruption")
        self.own_tax_months: bool = self.section("invoice").get("line_tax") == "own_month"
        self.ends_by_itself: bool = bool(self.section("abolition"))
        heard = self.state.announcements if "termination" in self.section("announcements") else ()
        self._terminations = [(a.announced_on, a.effective_on) for a in heard if a.kind == "termination"]

    def _merged(self, own: Mapping[str, Any], statutory: Mapping[str, Any]) -> dict[str, Series]:
        dated: dict[str, list[tuple[date, Any]]] = {
            key: [(e["from"], e["value"]) for e in entries] for key, entries in (*statutory.items(), *own.items())
        }
        tax_rule = self.data.get("announcements", {}).get("tax", {})
        new_rates: list[tuple[date, Any]] = []
        for key, first, value in self.state.dated_values(own_tax=bool(tax_rule)):
            told = (first if first else self.data["from"], value)
            (new_rates if key == TAX and tax_rule.get("reprices") else dated.setdefault(key, [])).append(told)
        if new_rates:
            self._reprice(dated, own, new_rates)
        return {key: _series(entries) for key, entries in dated.items()}

    def _reprice(self, dated: dict[str, list[tuple[date, Any]]], own: Mapping[str, Any], told: list[tuple[date, Any]]) -> None:
        """New tax rates hold from the first of their months, and every price with tax in it moves with them (LRH-PRC-2)."""
        rates, changes = dated[TAX], tax_months(told)
        listed = str(self.data.get("price_list", {}).get("tax", ""))
        for key, prices in dated.items():
            if key not in self._statutory["values"] and has_tax(own.get(key, ()), listed):
                dated[key] = repriced(prices, rates, changes)
        dated[TAX] = [*rates, *changes]

    def part(self, plan: str) -> Terms:
        """The terms of one plan: where the file has a part for it, the part's sections stand in the place of the file's."""
        if plan not in self.data.get("parts", ()):
            return self
        found = self._parts.get(plan)
        if found is None:
            found = self._parts[plan] = Terms(part_of(self.data, plan), self._statutory, self.state)
        return found

    @property
    def own_plans(self) -> tuple[str, ...]:
        """The plans that these sections are for: those of the file that have no part of their own, or the part's."""
        parts = self.data.get("parts", {})
        return tuple(plan for plan in self.section("application")["plans"] if plan not in parts)

    def under(self, state: ServiceState) -> Terms:
        """These terms with the announcements, price lists and closed days of `state`."""
        return self if state == self.state else Terms(self.data, self._statutory, state)

    def known_at(self, midnight: date) -> Terms:
        """These terms as known when that day began: a tax rate may be told late, and what came after is left out."""
        if not self.data.get("announcements", {}).get("tax", {}).get("any_time"):
            return self
        said = self.state.announcements
        known = tuple(a for a in said if a.kind != "tax" or a.announced_on < midnight or a.effective_on >= midnight)
        if len(known) == len(said):
            return self
        found: Terms | None = self.cache.get(("known", midnight))
        if found is None:
            found = self.cache["known", midnight] = self.under(replace(self.state, announcements=known))
        return found

    def value(self, key: str, day: date) -> Any:
        """The value in force on `day`. Raises NoTermsForDay when none is."""
        series = self._series.get(key)
        place = bisect_right(series[0], day) if series else 0
        if not series or not place:
            raise NoTermsForDay(self.file, key, day)
        return series[1][place - 1]

    def values_until(self, key: str, day: date) -> tuple[Any, ...]:
        """All values that a figure had up to a day, oldest first; none for a figure that nobody named."""
        first_days, values = self._series.get(key, ((), ()))
        return values[: bisect_right(first_days, day)]

    @property
    def keys(self) -> tuple[str, ...]:
        """The names of all figures."""
        return tuple(self._series)

    def dated(self, key: str) -> tuple[tuple[date, Any], ...]:
        """All values of a figure with their first days, oldest first; of two for one day the later counts."""
        return tuple(zip(*self._series.get(key, ((), ())), strict=True))

    def entries(self, key: str) -> Sequence[Mapping[str, Any]]:
        """What the files say of a figure; nothing for one that only a price list has."""
        entries: Sequence[Mapping[str, Any]] = self.data["values"].get(key) or self._statutory["values"].get(key) or ()
        return entries

    def is_statutory(self, key: str) -> bool:
        """Whether a figure is the law's and not the service's."""
        return key not in self.data["values"] and key in self._statutory["values"]

    def has(self, key: str) -> bool:
        return key in self._series

    def is_listed(self, key: str) -> bool:
        """Whether the terms leave a figure to the company's price list, by its name or as one of its kind (`device:*`)."""
        keys = self.data.get("price_list", {}).get("keys", ())
        return key in keys or f"{key.partition(':')[0]}:*" in keys

    def price(self, key: str, day: date) -> int:
        """Yen, in force on `day`. Raises NoTermsForDay."""
        return int(self.value(key, day))

    def percent(self, key: str, day: date) -> Fraction:
        """A rate in percent, exact."""
        return _fraction(str(self.value(key, day)))

    def rule(self, key: str) -> str:
        """The rule id that a figure rests on."""
        entries = self.entries(key)
        return str(entries[0]["rule"]) if entries else ""

    def prices_on(self, day: date) -> list[dict[str, Any]]:
        """Every price in force on a day: key, whole yen, per what, and whether tax is in it."""
        listed = self.data.get("price_list", {})
        shown = []
        for key in sorted(self._series):
            entry = self.data["values"].get(key, [{}])[0]
            tax = entry.get("tax") if entry else listed.get("tax")
            if tax is not None and key not in self._statutory["values"] and self._series[key][0][0] <= day:
                shown.append({"key": key, "yen": self.price(key, day), "per": entry.get("per", ""), "tax": tax})
        return shown

    def line_place(self, item: str, ref: str = "") -> int:
        """Where an item stands on an invoice; `option:*` stands for every option, `item@ref` for what has that cause."""
        place = self._line_order.get(f"{item}@{ref}") if ref else None
        place = self._line_order.get(item) if place is None else place
        if place is None:
            place = self._line_order.get(item.split(":")[0] + ":*", len(self._line_order))
        return place

    def edition_on(self, day: date) -> str:
        """The version of the terms in force: the last announced one whose day has come, else the first, named by its day."""
        known = [a for a in self.state.announcements if a.kind == "terms" and a.effective_on <= day]
        first = self.data["from"].isoformat()
        return str(max(known, key=lambda a: a.effective_on).values["version"]) if known else first

    def announced_end(self, day: date) -> date | None:
        """The last day of the service as it was announced on or before `day`: the first one, or the last word on it."""
        ends = [effective for announced, effective in self._terminations if announced <= day]
        if not ends:
            return None
        return ends[-1] if self.section("abolition").get("moved") else min(ends)

    def abolished_on(self, day: date) -> date | None:
        """The last day of the service as it is known on `day`: announced, or fixed in the terms from the beginning."""
        announced = self.announced_end(day)
        fixed = self.section("abolition").get("last_day")
        if announced is not None or fixed is None:
            return announced
        last: date = self.value(fixed, day)
        return last

    def option_abolished_on(self, day: date, option: str) -> date | None:
        """The last day of one option, when its abolition was announced on or before `day`."""
        ends = [
            a.effective_on
            for a in self.state.announcements
            if a.kind == "option_termination" and a.announced_on <= day and a.values["option"] == option
        ]
        return min(ends) if ends else None


def _series(entries: list[tuple[date, Any]]) -> Series:
    ordered = sorted(entries, key=lambda entry: entry[0])  # stable: of two for one day the later announced wins
    return tuple(first for first, _ in ordered), tuple(value for _, value in ordered)


@lru_cache(maxsize=64)
def _fraction(text: str) -> Fraction:
    return Fraction(text)


def look_in(*more: Path) -> None:
    """Looks for terms files in these directories too, before our own: a service on trial, or changed terms.

    Replaces what an earlier call named; without a directory only our own files count again.
    """
    if more != sheet.looked_in():
        sheet.look_in(*more)
        load.cache_clear()


@lru_cache(maxsize=32)
def load(service: str) -> Terms:
    """The terms of a service, without announcements. Raises NotFound, or TermsError for a broken file."""
    if service not in services():
        raise NotFound("service")
    return Terms(terms_file.read(file_of(service)), statutory())


@lru_cache(maxsize=1)
def statutory() -> Mapping[str, Any]:
    """Tax and interest rates by date, from the statutes."""
    return terms_file.read(SERVICES_DIR / f"{STATUTORY}.toml", statutory=True)


__all__ = ["Terms", "file_of", "load", "look_in", "services", "statutory"]
