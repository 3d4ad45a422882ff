"""What the holder of a contract told about themselves, read for their own eyes and for operators."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from chalicelib.contracts import fields, sheet
from chalicelib.contracts.contract import Contract
from chalicelib.contracts.paying import methods_after
from chalicelib.contracts.sheet import Sheet
from chalicelib.dates import japan_day
from chalicelib.errors import NotFound
from chalicelib.flows import names
from chalicelib.store import contracts, people
from chalicelib.store.transact import Store

SHOWN = ("applicant", "site", "contact", "payer_contact")


def shown(store: Store, contract: str) -> dict[str, Any]:
    """`applicant`, `site` and `contact` as far as they were given. Personal: never into a log or a list."""
    profile = contracts.load_profile(store, contract)
    return {name: profile[name] for name in SHOWN if profile.get(name)}


def shown_whole(store: Store, now: datetime, contract_id: str) -> dict[str, Any]:
    """For the holder's own eyes: what was told, as it was told and field by field, the home's name, and how it is paid.

    Raises NotFound. Personal: never into a log or a list.
    """
    keys = (contracts.snapshot_key(contract_id), contracts.profile_key(contract_id), people.key(contract_id))
    found = contracts.rows_of(store, keys)
    row, home = found.get((contract_id, "contract")), found.get((contract_id, "people"))
    if row is None:
        raise NotFound("contract")
    contract, profile = contracts.held(row).contract, contracts.profile_in(found.get((contract_id, "profile")))
    own = sheet.load(contract.service, contract.plan)
    day = max(japan_day(now), own.data["from"])
    return {
        **{name: profile[name] for name in SHOWN if profile.get(name)},
        "label": (people.of_row(home).home or None) if home else None,
        "details": list(_fields(profile, own)),
        "payment": _payment(contract, own, day),
    }


def _fields(profile: Mapping[str, Any], own: Sheet) -> Iterator[dict[str, Any]]:
    """The fields of the form, and what else was told when applying."""
    asked = [name for name in fields.field_names(own) if "." in name]
    told = [f"{part}.{name}" for part in SHOWN for name in profile.get(part, {})]
    for place in dict.fromkeys([*asked, *told]):
        part, name = place.split(".")
        value = profile.get(part, {}).get(name)
        words = names.told(own.service, place, value)
        shown = {"name": place, "label": names.name(own.service, "field", place), "value": value}
        yield {**shown, "said": words} if words else shown


def _payment(contract: Contract, own: Sheet, day: date) -> dict[str, Any] | None:
    """The way to pay now, and one that was registered and can be used later; None where nothing is paid."""
    ways = own.section("payment")
    if not ways or not contract.payment_methods:
        return None
    now = [method for since, method in contract.payment_methods if since <= day][-1:]
    later = methods_after(contract, day)[:1]
    return {
        **_way(now[0] if now else later[0][1], ways),
        "next": {**_way(later[0][1], ways), "usable_from": later[0][0].isoformat()} if later else None,
    }


def _way(method: str, ways: Mapping[str, Any]) -> dict[str, Any]:
    """`drawn`: the money is taken by itself; else the customer pays it in."""
    return {"payment_method": method, "label": names.payment_method(method), "drawn": method in ways.get("drawn", ())}


def handout(store: Store, contract_id: str, to: str) -> dict[str, Any]:
    """The data that the terms let somebody have who works for the provider (an installer, the payment agent).

    Raises NotFound for a contract that is not there, and for anybody to whom the terms hand nothing.
    """
    contract = contracts.load(store, contract_id)
    rule = sheet.load(contract.service, "").section("handouts").get(to) if contract is not None else None
    if rule is None:
        raise NotFound("handout")
    profile = contracts.load_profile(store, contract_id)
    data: dict[str, dict[str, Any]] = {}
    for field in rule["fields"]:
        group, name = field.split(".")
        if name in profile.get(group, {}):
            data.setdefault(group, {})[name] = profile[group][name]
    return {"to": to, "rule": rule["rule"], "data": data}
