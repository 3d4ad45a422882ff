"""What the figures of a price list are called, and which of them the terms leave to the company: for operators' forms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chalicelib.contracts.terms import Terms
from chalicelib.flows import names

Json = dict[str, Any]
_PARTS = {"device": "device", "monthly_fee": "plan"}  # of what kind the second part of a key is


def label(found: Terms, key: str) -> Json:
    """`monthly_fee:data` → 月額利用料(データプラン), in both languages."""
    known = names.known_label(key, found)
    head, _, tail = key.partition(":")
    if known or not tail:
        return dict(known) if known else names.label(key, found)
    whole = names.label(head, found)
    part = names.option(found, tail) if head == "option" else names.name(found.service, _PARTS.get(head, head), tail)
    return {"ja": f"{whole['ja']}({part['ja']})", "en": f"{whole['en']} ({part['en']})"}


def prices(found: Terms, shown: list[Json]) -> list[Json]:
    """Prices with what each is called."""
    return [{**price, "label": label(found, price["key"])} for price in shown]


def listed(found: Terms) -> list[Json]:
    """The figures that a price list may hold, as far as their keys are known: `{key, label}`.

    An article that nobody has named yet is none of them, and can be listed all the same.
    """
    return [{"key": key, "label": label(found, key)} for pattern in _patterns(found) for key in _spelled_out(found, pattern)]


def _patterns(found: Terms) -> list[str]:
    return list(found.data.get("price_list", {}).get("keys", ()))


def _spelled_out(found: Terms, pattern: str) -> Iterator[str]:
    if not pattern.endswith(":*"):
        yield pattern
        return
    head = pattern[:-2]
    choices = {
        "option": found.section("options").get("ids", ()),
        "monthly_fee": found.own_plans,
        "device": [*found.section("lent").get("skus", ()), *names.known(found.service, "device")],
    }
    set_already = [key for key in found.keys if key.startswith(f"{head}:")]
    yield from dict.fromkeys([*(f"{head}:{one}" for one in choices.get(head, ())), *set_already])
