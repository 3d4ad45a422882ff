"""The words a terms file may use: its sections, their keys, and the rule shapes that the engine knows by name.

A shape that a sixth service needs and that nobody had yet is one function more, and one word more here. A test holds
this table against the functions.
"""

from __future__ import annotations

from typing import Any

VALUE = "value"  # the key of a dated figure in [values]
TEXT, TEXTS, FLAG = "text", "texts", "flag"

CHECKS = (
    "consents", "payment_method", "plan", "documents", "options", "country", "minor", "earlier_running",
    "earlier_ended_otherwise", "earlier_ended_by_provider", "earlier_debts", "abolished", "card_holder_differs",
    "address_taken", "coverage",
    "corporation", "needed_option", "terminated_before", "number_limit", "no_line", "not_with_line", "line_taken",
    "documents_outstanding",
)  # fmt: skip
CONDITIONS = (
    "new", "recontract", "in_place", "without_devices", "with_option_at_application", "without_option_at_application",
    "option_device_owned", "option_device_not_owned", "out_of_warranty", "costs_again", "own_contract", "further_number",
)  # fmt: skip
OCCASIONS = (
    "accepted", "shipped", "installed", "visited", "absent", "reinstalled", "ended_uninstalled", "removal_ordered",
    "option_ordered", "option_started", "option_fitted", "signed", "lost",
)  # fmt: skip
STARTS = (
    "days_after_application", "days_after_install", "on_delivery", "on_signature", "on_acceptance", "days_after_shipping",
)  # fmt: skip
BILLING_STARTS = ("on_start", "month_after_start", "month_after_paperwork")
FEES = (
    "monthly", "monthly_option", "monthly_pieces", "prepaid_periods", "anniversary_periods", "once_at_start", "months_left",
)  # fmt: skip
ISSUES = ("day_of_next_month", "business_day_of_next_month")
DUES = ("day_of_issue_month", "day_of_next_month", "business_day_of_next_month", "last_business_day")
ENDINGS = ("month_end_by_cutoff", "months_after_notice", "chosen_day", "at_once")
REFUNDS = ("prepaid_months", "credits")
FUNCTION_NEEDS = ("installation", "own_meter")
BARS = ("suspended", "interrupted", "unsigned")
OUTAGES = ("blocks_of_hours", "whole_months", "one_sum", "daily_mean")
NEEDS = (
    "overdue", "demand_run_out", "no_open_demand", "suspended", "cure_period_over", "card_declined", "own_contract",
    "nothing_billed",
)  # fmt: skip
STEPS = (
    "accept", "refuse", "hold_shipping", "ship", "deliver_devices", "deliver_option", "install", "reinstall", "return_device",
    "change_option_plan", "add_option", "remove_option", "pause_option", "unpause_option", "cancel", "cool_off", "disclose",
    "suspend", "restore", "terminate", "demand", "buy", "charge", "report_outage", "pay", "fail_payment", "claim_refund",
    "pay_refund", "register_payment_method", "nothing", "be_told", "take_child",
    "use", "consent", "withdraw", "link", "take_link", "unlink", "demand_cure", "die",
    "report_stranger", "arrange_visit", "sign", "complete_processing", "add_pieces", "remove_pieces", "install_lent",
    "reinstall_lent", "report_lost", "return_lent", "ask_operator",
    "parent_ends", "ship_parcel", "notify_start", "deliver_sold", "transfer_owned", "lose_benefit", "subrogate", "record_usage",
    "switch_on", "switch_off", "pause", "unpause", "pause_lost", "find_evasion", "metering_failure", "take_over",
    "finish_task", "ask_customer", "answer_guarantee", "rescind",
    "hold_billing", "release_billing", "refuse_option", "terminate_option", "order_article", "cancel_order",
)  # fmt: skip
WAITS = (
    "application_open", "not_installed", "option_not_fitted", "not_shipped", "not_delivered", "refund_claimed",
    "refund_form_out", "overdue", "demand_run_out", "suspended", "equipment_out", "option_ended", "billing_held",
    "guarantee_open", "not_signed", "paperwork_open", "lent_out",
)  # fmt: skip

# Roles of people on a contract, as the terms name them (`members/roles.py` says who they are).
INVITED = ("payer", "watched", "family", "care_manager", "dealer", "maintainer")
INVITING = ("operator", "contractor", "watched", "family", "care_manager", "payer")
LOOKING = ("contractor", "applicant", "watched", "family", "care_manager", "dealer", "maintainer")

_RULE = {"rule": TEXT}
_CITES = {"cites": TEXTS}
_NOTICE = {"notice_months": VALUE, "notice_days": VALUE, "notice_years": VALUE, "silent": FLAG}
_DUE = {"shape": DUES, "day": VALUE, "moved": ("next_bank_day",), **_RULE}

_INTEREST = {
    "rate": VALUE, "paid_by": TEXTS, "parts": ("interest_first", "principal_first"), "until": ("day_before", "payment"),
    "grace": VALUE, "counted": ("when_settled", "each_payment"), **_CITES,
}  # fmt: skip

SECTIONS: dict[str, Any] = {
    "price_list": {"keys": TEXTS, "tax": ("included", "excluded", "none"), **_RULE},
    "application": {
        "plans": TEXTS, "payment_methods": TEXTS, "first_payment_method": TEXT, "countries": TEXTS, "documents": TEXTS,
        "contract_document": TEXT, "device_document": TEXT, "looks_at_others": FLAG, "most": VALUE, "hangs_on": TEXTS,
        "devices_priced": TEXT, "kept_on_refusal": TEXTS, "unique_address": FLAG, "refusal_voids": FLAG,
        "welcome": TEXT, "after_acceptance": TEXTS,
        "coverage": VALUE, "operator_may_allow": TEXTS,
        "consents": {
            "always": TEXTS, "with_option": TEXTS, "of_minor": TEXTS, "of_payer": TEXTS, "for_option": {"*": TEXTS},
        },
        "checks": [{"check": CHECKS, "reason": TEXT, "rule": TEXT}], "review": [{"check": CHECKS, "rule": TEXT}], **_RULE,
    },
    "recontract": {"after": TEXTS, "ended_by_provider": TEXTS, **_RULE},
    "shipping": {
        "shape": ("next_business_day",), "cutoff": VALUE, "lead": VALUE, "not_on": ("last_business_day_of_month",), **_RULE,
    },
    "formation": {"shape": ("on_acceptance", "on_signature"), "withdrawn_because": TEXT, **_RULE},
    "start": {"shapes": [{"shape": STARTS, "days": VALUE, "when": [CONDITIONS]}], "told": ("when_fixed",), **_RULE},
    "billing_start": {"shape": BILLING_STARTS, **_RULE},
    "installation": {
        "sku": TEXT, "option_sku": TEXT, "absences": VALUE, "absent_because": TEXT, "no_contact": VALUE,
        "no_contact_because": TEXT, "warranty": VALUE, **_RULE,
    },
    "lent": {"skus": TEXTS, "meters": TEXTS, "number": TEXT, "added": {"*": TEXT}, "free_redo": VALUE, **_RULE},
    "options": {
        "ids": TEXTS, "counted": ("lines", "pieces"), "lines": VALUE, "cutoff": VALUE, "device": TEXT, "delivered_skus": TEXTS,
        "allowance": TEXT, "allowance_item": TEXT, "plain": FLAG, "initial": TEXTS, "needed": TEXTS, "exclusive": [TEXTS],
        "limits": {"*": {"most": VALUE, "reason": TEXT}}, "removal": ("at_once", "month_end"), **_RULE,
    },
    "fee": [{
        "item": TEXT, "shape": FEES, "value": TEXT, "priced_on": ("closing", "first_billed_day"),
        "first_month": ("by_day", "full"),
        "regular_months": {"*": VALUE}, "period_months": VALUE,
        "discount": VALUE, "discount_on": ("applied", "priced"), "plans": TEXTS, "shown_to": ("end",),
        "term_months": VALUE, "because": TEXTS, "tax": ("included", "excluded", "none"), **_CITES,
    }],
    "occasion": [{
        "on": OCCASIONS, "item": TEXT, "value": TEXT, "when": [CONDITIONS],
        "priced_on": ("day", "formed", "applied", "option_added"), "quantity": FLAG, "with_end": FLAG,
        "with_fee": FLAG, "ready": ("at_once", "next_month"), "repriced": FLAG, "at_once": FLAG, **_CITES,
    }],
    "buy": {"*": {
        "value": VALUE, "amount": ("asked",), "needs": ("running_option", "option", "island"), "quantity": FLAG,
        "tax": ("included", "excluded", "none"), "returnable": FLAG, "notice": TEXT, "goes_with": TEXT,
        "item": TEXT, "last_day": VALUE, "closed": TEXT, **_CITES,
    }},
    "charge": {"items": TEXTS, "tax": ("included", "excluded", "none"), **_CITES},
    "order": {"items": TEXTS, "open": VALUE, "provider": TEXTS, "customer": TEXTS, "notice": TEXT, **_RULE},
    "tasks": {"*": {
        "when": WAITS, "after": TEXTS, "until": TEXTS, "about": TEXT, "within": VALUE, "because": TEXTS, "skus": TEXTS, **_RULE,
    }},
    "notices": {"*": TEXTS},  # kind of notice (`*`: every one) → rules whose texts it carries
    "handouts": {"*": {"fields": TEXTS, **_RULE}},
    "returns": {"sku": TEXT, "days": VALUE, "exchanged": TEXTS, **_RULE, **_CITES},
    "words": {"*": {"ja": TEXT, "en": TEXT}},  # what an item is called on the bill, where no other service has it
    "invoice": {
        "line_order": TEXTS, "issue": {"shape": ISSUES, "day": VALUE, **_RULE},
        "due": {"*": {**_DUE, "older": {"formed_before": VALUE, **_DUE}}},
        "one_offs": ("at_once", "with_first_fee"), "first_kind": ("start_month", "first_fee", "at_once"), "final": FLAG,
        "end_closes": ("on_last_day", "with_month"), "final_needs_fee": FLAG, "nothing_to_pay": ("open", "paid"),
        "tax_day": ("first_of_month", "last_of_month"), "line_tax": ("own_month",),
        "tax_transition": VALUE, "zero": ("issued", "dropped"), "remembers_last": FLAG, **_RULE,
    },
    "payment": {
        "methods": TEXTS, "lead_months": {"*": VALUE}, "drawn": TEXTS, "failed_draw": ("stays", "agent_invoice", "own_invoice"),
        "remembers_failure": FLAG,
        "agent_days": VALUE, **_RULE,
    },
    "interest": {**_INTEREST, "rows": {"*": _INTEREST}},
    "demand": {"grace": VALUE, "needs": ("open", "overdue"), "counts": ("newest", "each"), **_RULE},
    "reasons": {
        "suspend": {"*": {"needs": [NEEDS], "plans": TEXTS, **_RULE}},
        "terminate": {"*": {"needs": [NEEDS], "plans": TEXTS, **_RULE}},
    },
    "suspension": {
        "ends_at_once": TEXTS, "cure": VALUE, "until_paid": TEXTS, "longest": VALUE, "idle": VALUE,
        "ends_contract": {"*": {"years": VALUE, "because": TEXT}}, **_RULE,
    },
    "pause": {"until": VALUE, "lost": TEXTS, **_RULE},
    "abolition": {"last_day": VALUE, "moved": FLAG, **_RULE},
    "evasion": {"factor": VALUE, "with": TEXT, "tax": ("included", "excluded", "none"), **_CITES},
    "sale": {"value": TEXT, "item": TEXT, "part_item": TEXT, "parts_option": TEXT, "row": TEXT, **_RULE, **_CITES},
    "usage": {
        "lag_months": VALUE, "remembers": FLAG, "mean_months": VALUE, "least_months": VALUE,
        "not_on_plan": {"*": TEXT},
        "calls": {
            "item": TEXT, "value": TEXT, "value_abroad": TEXT, "unit_seconds": VALUE, "free": TEXTS, "reachable": TEXTS,
            "countries": VALUE, "forwarding": TEXT, "international": TEXT, "dropped": ("whole_units",), "plans": TEXTS,
            "credit": {"item": TEXT, "value": VALUE, **_CITES}, **_CITES,
        },
        "sms_yen": {"item": TEXT, "plans": TEXTS, **_CITES}, "megabytes": {"per_day": VALUE, "plans": TEXTS, **_CITES},
    },
    "ending": {
        "shape": ENDINGS, "cutoff": VALUE, "cutoff_of": {"*": VALUE}, "hanging": TEXT, "months": VALUE, "because": TEXT,
        "debts_fall_due": FLAG, "second_notice": ("refused", "earlier_day"), **_RULE,
    },
    "refund": {"shape": REFUNDS, "offset": VALUE, "first_status": ("claim_sent", "claimed", "paid"), **_CITES},
    "outage": {
        "shape": OUTAGES, "threshold_hours": VALUE, "unit_hours": VALUE, "fees": TEXTS, "round_up_from": VALUE,
        "named_only": FLAG, "while_suspended": FLAG, **_RULE, **_CITES,
    },
    "cooling_off": {"days": VALUE, "because": TEXT, **_RULE, **_CITES},
    "members": {
        "invite": [{
            "role": INVITED, "by": [INVITING], "consent": {"to": TEXT, "purpose": TEXT}, **_RULE,
            "relation": {"degree": VALUE, "by_marriage": FLAG, "operator_may_allow": FLAG, **_RULE},
        }],
        "valid_days": VALUE, "consents": TEXTS, "mails": {"only": ("users",), **_RULE},
        "look": [{
            "roles": [LOOKING], "from": ("applied", "formed"), "until": ("end", "always"), "not_in": TEXTS,
            "consent": TEXT, "while": ("linked",), **_RULE,
        }],
        "payer": {"told": TEXTS, **_RULE}, **_RULE,
    },
    "typical": {"steps": [{"command": TEXT, "days": VALUE}]},
    "interruption": {"free_after": VALUE, "resumption_told": FLAG, **_RULE},
    "announcements": {
        "price": {**_NOTICE, **_RULE}, "tax": {**_NOTICE, "any_time": FLAG, "reprices": FLAG, **_RULE},
        "terms": {**_NOTICE, **_RULE}, "termination": {**_NOTICE, **_RULE},
        "change": {"about": TEXTS, **_NOTICE, "any_time": FLAG, **_RULE}, "campaign": {"to": TEXT, "purpose": TEXT, **_RULE},
    },
    "function": [{
        "name": TEXT, "clients": TEXTS, "history": TEXTS, "alerts": FLAG, "needs": FUNCTION_NEEDS, **_RULE,
    }],
    "not_provided": dict(_RULE),
    "link": {
        "sku": TEXT, "stale_after": VALUE, "silent_after": VALUE, "wish_expiry": VALUE, "contact_told": dict(_RULE), **_RULE,
    },
    "grants": {"to": TEXTS, "purposes": TEXTS, "end_with_link": TEXTS, **_RULE},
    "watching": {"none": FLAG},
    "statistics": {"measures": TEXTS, "systems_min": VALUE, "settled": VALUE, **_RULE},
    "dormancy": {"years": VALUE, "reminder": VALUE, "because": TEXT, **_RULE},
    "violation": {"days": VALUE, "because": TEXT, **_RULE},
    "account": {"erased_with_end": FLAG, **_RULE},
    "commands": {"*": {
        "does": STEPS, "because": TEXT, "event": TEXT, "from": TEXTS, "barred": [BARS], "closes_demands": FLAG,
        "ends_sessions": FLAG, "deaf_to": TEXTS, **_RULE,
    }},
}  # fmt: skip

REQUIRED = ("values", "application", "start", "ending", "commands", "not_provided")
MONEY = ("billing_start", "fee", "invoice", "payment")  # all of them, or none where a service costs nothing
