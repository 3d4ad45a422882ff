"""Each step of a timeline as the request that a household or an operator would send."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from chalicelib.contracts import application, terms
from chalicelib.dates import japan_day
from chalicelib.playground import steps
from chalicelib.playground.language import Step

HOUSEHOLD = "household"  # the account that all contracts of a scenario belong to
HANDING_OVER = frozenset({"transfer_device"})
NAMING_CONTRACTS = ("parent", "recontract_of")


@dataclass(frozen=True)
class Wish:
    """A request that is ready to be sent."""

    method: str
    path: str
    body: Mapping[str, Any] | None
    by: str


Ids = Mapping[str, str]  # the scenario's names of contracts → their ids


def wish_of(step: Step, service: str, ids: Ids) -> Wish:
    """The request for a step. Raises KeyError when it names a contract that was never taken in."""
    if step.kind.door == "service":
        return _service(step, service, ids)
    return _DOORS[step.kind.door](step, service, ids)


def _apply(step: Step, service: str, ids: Ids) -> Wish:
    body = {key: value for key, value in step.args.items() if key != "contract"} | {"service": service}
    for key in NAMING_CONTRACTS:
        if key in body:
            body[key] = ids[str(body[key])]
    if terms.load(service).section("application").get("unique_address"):  # one household, an address for each account
        body["contact"] = {"email": f"{re.sub('[^a-z0-9]', '-', step.contract.lower())}@household.example"}
    body.setdefault("consents", _all_consents(step, service))
    by = _by("apply", body)
    return Wish("POST", "/v1/contracts", body | ({"account": HOUSEHOLD} if by == "operator" else {}), by)


def _all_consents(step: Step, service: str) -> list[str]:
    """A line without `consents` gives all that are needed (docs/scenarios.md); what is ill written the API will refuse."""
    try:
        args, applicant = dict(step.args), dict(step.args.get("applicant", {}))
        if "birth_date" in applicant:
            applicant["birth_date"] = date.fromisoformat(str(applicant["birth_date"]))
        own = terms.load(service).part(str(args.get("plan", "")))
        return list(application.needed_consents(own, {**args, "applicant": applicant}, japan_day(step.at)))
    except (TypeError, ValueError, KeyError):
        return []


def _contract(step: Step, service: str, ids: Ids) -> Wish:
    body = steps.arguments(step)
    if step.do in HANDING_OVER and "to" in body:
        body["to"] = ids.get(str(body["to"]), str(body["to"]))
    return Wish("POST", f"/v1/contracts/{ids[step.contract]}/commands/{step.do}", body, _by(step.do, body))


def _service(step: Step, service: str, ids: Ids) -> Wish:
    if step.contract:
        return _contract(step, service, ids)
    return Wish("POST", f"/v1/services/{service}/commands/{step.do}", steps.arguments(step), "operator")


def _device(step: Step, service: str, ids: Ids) -> Wish:
    body = {"device": step.args["device"], "model": step.args["model"]}
    return Wish("POST", f"/v1/contracts/{ids[step.contract]}/devices", body, HOUSEHOLD)


def _watch(step: Step, service: str, ids: Ids) -> Wish:
    path = f"/v1/contracts/{ids[step.contract]}/devices/{step.args['device']}/watches/{step.args['watch']}"
    if step.do == "remove_watch":
        return Wish("DELETE", path, None, HOUSEHOLD)
    body = {key: value for key, value in step.args.items() if key not in ("contract", "device", "watch")}
    return Wish("PUT", path, body, HOUSEHOLD)


def _person(step: Step, service: str, ids: Ids) -> Wish:
    path = f"/v1/contracts/{ids[step.contract]}"
    body = {key: value for key, value in step.args.items() if key != "contract"}
    if step.do == "set_escalation":
        return Wish("PUT", f"{path}/escalation", body, HOUSEHOLD)
    return Wish("POST", f"{path}/people", body, HOUSEHOLD)


def _by(command: str, body: Mapping[str, Any]) -> str:
    return HOUSEHOLD if steps.asked_by(command, body) == "contractor" else "operator"


_DOORS: dict[str, Callable[[Step, str, Ids], Wish]] = {
    "apply": _apply,
    "contract": _contract,
    "device": _device,
    "watch": _watch,
    "person": _person,
}
