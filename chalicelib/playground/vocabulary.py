"""Every step a timeline may hold: what it must and may say, and which part of the house hears it.

The table is the language; `docs/scenarios.md` explains it. A step that is missing here is refused when the file is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Door = Literal["apply", "contract", "service", "device", "watch", "person", "alert", "reading", "replay"]


@dataclass(frozen=True)
class StepKind:
    """One `do`: the keys it needs, the keys it may have, and the door it goes through."""

    needs: frozenset[str]
    may: frozenset[str]
    door: Door

    @property
    def known(self) -> frozenset[str]:
        return self.needs | self.may


def _kind(door: Door, needs: str = "", may: str = "") -> StepKind:
    return StepKind(frozenset(needs.split()), frozenset(may.split()), door)


def _on_contract(needs: str = "", may: str = "") -> StepKind:
    return _kind("contract", f"contract {needs}", may)


STEPS: dict[str, StepKind] = {
    "apply": _kind(
        "apply",
        "contract plan payment_method",
        """billing_cycle options devices documents applicant site consents parent recontract_of disclosure_received_on""",
    ),
    # decisions and equipment
    "refuse": _on_contract(may="reason"),
    "accept": _on_contract(may="reason"),
    "ship": _on_contract(may="sku outcome"),
    "deliver": _on_contract(may="sku outcome"),
    "install": _on_contract(may="sku outcome grid_connected_on"),
    "arrange_visit": _on_contract("on"),
    "hold_shipping": _on_contract(),
    "sign": _on_contract(),
    "complete_processing": _on_contract(),
    "notify_start": _on_contract("starts_on"),
    "report_lost_device": _on_contract(may="sku quantity reason"),
    "return_device": _on_contract(may="sku quantity reason"),
    "reinstall": _on_contract(may="sku reason"),
    # what the customer changes or asks for
    "register_payment_method": _on_contract("payment_method", "usable_from"),
    "change_plan": _on_contract("plan"),
    "add_option": _on_contract("option", "quantity installed_by"),
    "remove_option": _on_contract("option", "quantity installed_by"),
    "buy": _on_contract("item", "quantity amount delivered_on made_to_order"),
    "order_article": _on_contract("item", "sku quantity"),
    "request_cancellation": _on_contract(may="effective with_removal"),
    "cool_off": _on_contract(may="dispatched_on"),
    "pause": _on_contract(),
    "unpause": _on_contract(),
    "move_site": _on_contract("site"),
    "log_in": _on_contract(),
    "report_stranger": _on_contract(),
    "claim_refund": _on_contract(),
    "consent": _on_contract(may="to purpose"),
    "withdraw_consent": _on_contract(may="to purpose"),
    "transfer_device": _on_contract(may="to purpose"),
    # what the provider records or decides
    "charge": _on_contract("item amount"),
    "record_usage": _on_contract(may="calls megabytes sms_yen"),
    "suspend": _on_contract(may="reason"),
    "hold_billing": _on_contract(may="reason"),
    "release_billing": _on_contract(),
    "refuse_option": _on_contract(may="reason"),
    "terminate_option": _on_contract(may="reason"),
    "cancel_order": _on_contract("reason"),
    "finish_task": _on_contract("kind", "about"),
    "restore": _on_contract(may="reason"),
    "terminate": _on_contract(may="reason"),
    "pay": _on_contract(may="amount invoice kind"),
    "fail_payment": _on_contract(may="reason"),
    "demand": _on_contract(may="deadline"),
    "find_evasion": _on_contract("amount"),
    "pay_refund": _on_contract(),
    "disclose": _on_contract("received_on"),
    "customer_died": _on_contract(),
    "subrogate": _on_contract("paid_on"),
    "metering_failure": _on_contract("from to"),
    "lose_benefit": _on_contract("reason"),
    "transfer_contract": _on_contract("to"),
    # the whole service
    "report_outage": _kind("service", "from to", "contract service"),
    "interrupt_service": _kind("service", may="announced_on"),
    "resume_service": _kind("service", may="announced_on"),
    "announce_price": _kind("service", "prices effective_on"),
    "announce_tax": _kind("service", "rate effective_on"),
    "announce_terms": _kind("service", "version effective_on"),
    "announce_termination": _kind("service", "effective_on", "option"),
    # watching
    "add_device": _kind("device", "contract device model"),
    "set_watch": _kind(
        "watch",
        "contract device watch kind level",
        """metric above below clear for_minutes rises falls minutes equals after_minutes active_above active_equals
        for_hours between""",
    ),
    "remove_watch": _kind("watch", "contract device watch"),
    "add_person": _kind("person", "contract person role channels", "quiet"),
    "set_escalation": _kind("person", "contract steps"),
    "acknowledge": _kind("alert", "contract watch device person"),
    "snooze": _kind("alert", "contract watch device person minutes"),
    "reading": _kind("reading", "device metric value", "measured_at seq"),
    "replay": _kind("replay", "device file time metrics", "starts_at rows"),
}

SCENARIO_NEEDS = frozenset({"scenario", "service", "timeline", "until"})
SCENARIO_MAY = frozenset({"title", "cites", "prices", "calendar", "expect"})
EXPECT_MAY = frozenset({"contracts", "invoices", "refunds", "notices", "refusals", "alerts", "told"})
