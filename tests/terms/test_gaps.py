"""Whatever somebody leaves out of a terms file: it is refused when it is read, or a whole life can be lived under it.

No night and no customer may be the first to find a gap. Each key of a service's file is taken out once.
"""

from __future__ import annotations

import copy
import os
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, time, timedelta
from typing import Any

import pytest

from chalicelib.billing import engine
from chalicelib.contracts import service, terms, terms_file
from chalicelib.contracts.contract import Command, Contract
from chalicelib.contracts.terms import Terms
from chalicelib.dates import at_japan
from chalicelib.errors import Invalid, Refused, TermsError
from chalicelib.scenarios.typical import newest
from tests.terms.test_add_a_service import files

NOON = time(12)
# Small files key by key, the long ones every eighth; GAPS=all takes every key of all (15 seconds).
EVERY = 1 if os.environ.get("GAPS") == "all" else 8
SMALL = ("hidamari", "allwatch", "omron-remote")
Path_ = tuple[Any, ...]
STEPS: list[tuple[str, int, dict[str, Any]]] = [
    ("sign", 1, {}), ("ship", 2, {}), ("deliver", 3, {}), ("deliver", 3, {"sku": "router"}), ("install", 4, {"outcome": "absent"}),
    ("install", 5, {"outcome": "done"}), ("complete_processing", 6, {}), ("notify_start", 6, {}), ("change_plan", 40, {}),
    ("pay", 50, {}), ("fail_payment", 85, {"reason": "x"}), ("demand", 86, {}), ("suspend", 90, {"reason": "x"}),
    ("restore", 91, {"reason": "x"}), ("report_outage", 95, {"from": 92, "to": 94}), ("buy", 96, {"item": "sim_reissue"}),
    ("charge", 97, {"item": "equipment_compensation", "amount": 5}), ("add_option", 98, {}), ("remove_option", 99, {}),
    ("report_lost_device", 100, {}), ("return_device", 101, {"reason": "wrong"}), ("reinstall", 102, {}),
    ("register_payment_method", 103, {"payment_method": "card"}), ("log_in", 104, {}), ("consent", 105, {"to": "x", "purpose": "x"}),
    ("pause", 106, {}), ("unpause", 107, {}), ("record_usage", 108, {"megabytes": 100}), ("find_evasion", 109, {"amount": 9}),
    ("be_told", 110, {"notice": "price_revision"}), ("pay", 111, {}), ("request_cancellation", 112, {"with_removal": True}),
    ("pay", 120, {}), ("pay", 200, {}), ("claim_refund", 230, {}), ("pay_refund", 231, {}),
    ("customer_died", 290, {}), ("terminate", 300, {"reason": "x"}),
]  # fmt: skip


def sample(name: str) -> dict[str, Any]:
    text = files()["hidamari.toml"] if name == "hidamari" else terms.file_of(name).read_text(encoding="utf-8")
    return tomllib.loads(text)


def paths(found: Any, so_far: Path_ = ()) -> Iterator[Path_]:
    """Where every key of a file stands; a figure's own entries are left alone."""
    if isinstance(found, dict):
        for key, value in found.items():
            yield (*so_far, key)
            yield from paths(value, (*so_far, key)) if key != "values" else [(*so_far, key, name) for name in value]
    elif isinstance(found, list):
        for place, value in enumerate(found):
            yield from paths(value, (*so_far, place))


def without(data: Mapping[str, Any], path: Path_) -> dict[str, Any]:
    left = copy.deepcopy(dict(data))
    inner: Any = left
    for step in path[:-1]:
        inner = inner[step]
    del inner[path[-1]]
    return left


def read(name: str, data: dict[str, Any]) -> Terms:
    terms_file._Checker(f"{name}.toml", data, False).check()
    return Terms(data, terms.statutory())


def live(found: Terms, path: Path_ = ()) -> list[Contract]:
    """A life with everything in it that there is, for each plan that `path` concerns, with an option and without."""
    start = newest(found)
    listed = [key.replace("*", word) for key in found.section("price_list").get("keys", ()) for word in _words(found)]
    said = Command("set_price_list", at_japan(start, NOON), {"prices": dict.fromkeys(listed, 1000)}, "operator")
    if listed:
        found = found.under(service.handle(found.state, found, said).state)
    return [
        _lived(found, start, plan, options)
        for plan in found.section("application")["plans"]
        if not path or (path[1:2] == (plan,) if path[0] == "parts" else plan not in found.data.get("parts", {}))
        for options in ([], found.section("options").get("ids", [])[:1])
    ]


def _words(found: Terms) -> list[str]:
    plans, options = found.section("application")["plans"], found.section("options").get("ids", [])
    return [*plans, *options, "tracker"]


def _lived(found: Terms, start: date, plan: str, options: list[str]) -> Contract:
    def at(days: int) -> Any:
        return at_japan(start + timedelta(days=days), NOON)

    method = found.part(plan).section("application")["payment_methods"][-1]
    asked: dict[str, Any] = {"plan": plan, "payment_method": method, "options": [{"option": name} for name in options]}
    if "devices_priced" in found.section("application"):
        asked["devices"] = [{"sku": "tracker", "quantity": 1}]
    contract = engine.apply(found, Command("apply", at(0), asked), contract_id="c", account="a").contract
    more = {
        "notify_start": {"starts_on": start + timedelta(days=9)},
        "demand": {"deadline": start + timedelta(days=89)},
        "add_option": {"option": (options or [""])[0]},
        "remove_option": {"option": (options or [""])[0]},
        "change_plan": {"plan": plan},
    }
    for name, days, args in STEPS:
        whole = {key: at(value) if key in ("from", "to") and isinstance(value, int) else value for key, value in args.items()}
        try:
            contract = engine.handle(
                contract, found, Command(name, at(days), {**whole, **more.get(name, {})}, "operator")
            ).contract
        except (Refused, Invalid):
            continue
    return engine.advance(contract, found, at(500)).contract


@pytest.mark.parametrize("name", ["hidamari", *terms.services()])
def test_nothing_can_be_left_out_unnoticed(name: str) -> None:
    data = sample(name)
    assert any(contract.state not in ("refused", "applied") for contract in live(read(name, data)))
    gaps = []
    for path in list(paths(data))[:: 1 if name in SMALL else EVERY]:
        left = without(data, path)
        try:
            live(read(name, left), path)
        except TermsError:  # told with key and cure: when it is read, or where a figure has no value on a day
            continue
        except Exception as error:
            gaps.append(f"{'.'.join(map(str, path))}: {type(error).__name__} {error}")
    assert not gaps


def test_a_gap_would_be_seen() -> None:
    data = sample("hidamari")
    left = without(data, ("invoice", "tax_day"))
    with pytest.raises(TermsError, match="tax_day"):
        read("hidamari", left)
    with pytest.raises(KeyError):
        live(Terms(left, terms.statutory()))
