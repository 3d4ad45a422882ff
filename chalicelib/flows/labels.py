"""What stands in a contract, in words: its service, plan, options, equipment, way to pay, and why it was refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.contracts import sheet
from chalicelib.flows import names

Json = dict[str, Any]


def of_contract(shown: Mapping[str, Any]) -> Json:
    """The names of what `views.contract` shows, in both languages; options by their key, equipment by its sku."""
    service, plan = shown["service"], shown["plan"]
    found = sheet.load(service, plan)
    return {
        "service": dict(found.data.get("title", {})),
        "plan": names.name(service, "plan", plan or "none"),
        "payment_method": names.payment_method(shown["payment_method"]),
        "options": {one["option"]: names.option(found, one["option"]) for one in shown["options"]},
        "devices": {one["sku"]: names.name(service, "device", one["sku"]) for one in shown["devices"]},
        "refusal_reasons": [names.reason(reason) for reason in shown["refusal_reasons"]],
    }
