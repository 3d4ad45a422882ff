"""Each step of a timeline as the request that a household or an operator would send."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.contracts import terms
from chalicelib.members import permissions
from chalicelib.scenarios.language import Step, instant

HOUSEHOLD = "household"  # the account that all contracts of a scenario belong to
TIMES = frozenset({"from", "to"})
TIMED = frozenset({"report_outage", "metering_failure"})
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
    by = _sender("apply", body)
    return Wish("POST", "/v1/contracts", body | ({"account": HOUSEHOLD} if by == "operator" else {}), by)


def _contract(step: Step, service: str, ids: Ids) -> Wish:
    body = _arguments(step)
    if step.do in HANDING_OVER and "to" in body:
        body["to"] = ids.get(str(body["to"]), str(body["to"]))
    return Wish("POST", f"/v1/contracts/{ids[step.contract]}/commands/{step.do}", body, _sender(step.do, body))


def _service(step: Step, service: str, ids: Ids) -> Wish:
    if step.contract:
        return _contract(step, service, ids)
    return Wish("POST", f"/v1/services/{service}/commands/{step.do}", _arguments(step), "operator")


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


def _sender(command: str, body: Mapping[str, Any]) -> str:
    """The household asks for what it may ask for; the operator records the rest."""
    if command == "apply":
        allowed = True
    else:
        allowed = permissions.may("contractor", f"command:{command}")
    stated = permissions.OPERATOR_FIELDS.get(command, frozenset()) & frozenset(body)
    return HOUSEHOLD if allowed and not stated else "operator"


def _arguments(step: Step) -> dict[str, Any]:
    body = {key: value for key, value in step.args.items() if key != "contract"}
    if step.do in TIMED:
        body |= {key: instant(step.place, body[key]).isoformat() for key in TIMES if key in body}
    if step.do == "pay" and "invoice" in body and not isinstance(body["invoice"], dict):
        kind = {"kind": body.pop("kind")} if "kind" in body else {}
        body["invoice"] = {"month": body["invoice"], **kind}
    return body


_DOORS: dict[str, Callable[[Step, str, Ids], Wish]] = {
    "apply": _apply,
    "contract": _contract,
    "device": _device,
    "watch": _watch,
    "person": _person,
}
