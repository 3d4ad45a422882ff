"""What a step of a timeline says to the house: who asks for it, and with which arguments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.dates import ONE_DAY
from chalicelib.members import permissions
from chalicelib.members.roles import Role
from chalicelib.playground.language import Step, instant

TIMES = frozenset({"from", "to"})
TIMED = frozenset({"report_outage", "metering_failure"})
BY_DAYS = frozenset({"metering_failure"})  # a day named as its end belongs to it


def asked_by(command: str, stated: Mapping[str, Any]) -> Role:
    """The customer asks for what they may ask for; the operator records the rest."""
    allowed = command == "apply" or permissions.may("contractor", f"command:{command}")
    told = permissions.OPERATOR_FIELDS.get(command, frozenset()) & frozenset(stated)
    return "contractor" if allowed and not told else "operator"


def arguments(step: Step) -> dict[str, Any]:
    """The arguments of the API's command: instants with their offset, an invoice by its month."""
    body = {key: value for key, value in step.args.items() if key != "contract"}
    if step.do in TIMED:
        ends_with_day = step.do in BY_DAYS and len(str(body.get("to", ""))) == len("2025-04-30")
        body |= {key: instant(step.place, body[key]) for key in TIMES if key in body}
        if ends_with_day:
            body["to"] += ONE_DAY
        body |= {key: body[key].isoformat() for key in TIMES if key in body}
    if step.do == "pay" and "invoice" in body and not isinstance(body["invoice"], dict):
        kind = {"kind": body.pop("kind")} if "kind" in body else {}
        body["invoice"] = {"month": body["invoice"], **kind}
    return body
