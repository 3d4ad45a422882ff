"""What was announced over a service, as a value: price lists, closed days, changes for everybody, interruptions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from chalicelib.errors import Invalid


@dataclass(frozen=True, slots=True)
class PriceList:
    """Prices that the terms leave to the company. `effective_on` None: from the first day of the terms."""

    prices: Mapping[str, int]
    effective_on: date | None = None


@dataclass(frozen=True, slots=True)
class Announcement:
    """A change for everybody. `kind`: price, tax, terms, termination, change. `values` as flat keys (`option:wifi-3gb`)."""

    kind: str
    announced_on: date
    effective_on: date
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who issues the service's bills from a day on, as a qualified invoice (適格請求書) names them.

    `registration_number` is T and 13 digits, as the tax office gave it; `contact` says where customers may ask.
    """

    since: date
    name: str
    registration_number: str
    contact: Mapping[str, Any] = field(default_factory=dict)  # address, email, phone, web


@dataclass(frozen=True)
class ServiceState:
    """Everything said about one service so far, in the order it was said."""

    service: str
    version: int = 0
    price_lists: tuple[PriceList, ...] = ()
    announcements: tuple[Announcement, ...] = ()
    closed_days: tuple[date, ...] = ()
    interruptions: tuple[tuple[datetime, datetime | None], ...] = ()
    issuers: tuple[Issuer, ...] = ()
    outages: tuple[tuple[datetime, datetime, datetime], ...] = ()  # of the whole service: from, to, when it was reported

    def issuer_on(self, day: date) -> Issuer | None:
        """Who issues the bills of a day; for a day before the first named issuer, that one. None when nobody was named."""
        since = [issuer for issuer in self.issuers if issuer.since <= day]
        return max(since, key=lambda issuer: issuer.since) if since else self.issuers[0] if self.issuers else None

    def dated_values(self, *, own_tax: bool) -> Iterator[tuple[str, date | None, Any]]:
        """Key, first day and value of all that was announced. A new tax rate counts only where the terms say so."""
        for price_list in self.price_lists:
            for key, value in price_list.prices.items():
                yield key, price_list.effective_on, value
        for said in self.announcements:
            if said.kind == "price" or (said.kind == "tax" and own_tax):
                for key, value in said.values.items():
                    yield key, said.effective_on, value


def flat_prices(prices: Mapping[str, Any], prefix: str = "") -> dict[str, int]:
    """`{"device": {"tracker": 1}}` → `{"device:tracker": 1}`. Raises Invalid for anything but whole yen, 0 or more."""
    flat: dict[str, int] = {}
    for key, value in prices.items():
        if isinstance(value, Mapping):
            flat.update(flat_prices(value, f"{prefix}{key}:"))
        elif isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            flat[prefix + key] = value
        else:
            raise Invalid(f"prices.{prefix}{key}", "not_whole_yen", "give_whole_yen")
    return flat
