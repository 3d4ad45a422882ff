"""What must stand in a terms file besides, because something else stands there: tables, read by `terms_checks.py`.

A path is a table of the file: `invoice.issue`, `fee[]` (each of a list), `commands.*` (each of a table of names). Only what
the code always asks for is listed; a word that is not here needs nothing.
"""

from __future__ import annotations

# The keys that a table must have whenever it is there.
KEYS: dict[str, tuple[str, ...]] = {
    "announcements.campaign": ("to", "purpose", "rule"),
    "application": ("plans", "payment_methods", "checks", "kept_on_refusal"),
    "application.checks[]": ("check", "reason", "rule"),
    "application.review[]": ("check", "rule"),
    "billing_start": ("shape", "rule"),
    "buy.*": ("cites",),
    "charge": ("items", "tax", "cites"),
    "commands.*": ("does",),
    "cooling_off": ("days", "because", "cites", "rule"),
    "dormancy": ("years", "reminder", "because", "rule"),
    "ending": ("shape", "because", "rule"),
    "evasion": ("factor", "tax", "cites"),
    "fee[]": ("item", "shape", "value", "cites"),
    "formation": ("shape", "rule"),
    "function[]": ("name", "clients", "rule"),
    "installation": ("sku", "absences", "absent_because", "no_contact", "no_contact_because", "warranty", "rule"),
    "grants": ("to", "purposes", "rule"),
    "interest": ("rate", "paid_by", "cites"),
    "interest.rows.*": ("rate", "paid_by", "cites"),
    "invoice": ("line_order", "issue", "due", "one_offs", "first_kind", "final", "tax_day", "rule"),
    "invoice.issue": ("shape", "day", "rule"),
    "invoice.due.*": ("shape", "rule"),
    "invoice.due.*.older": ("formed_before", "shape", "day", "rule"),
    "lent": ("skus", "number", "free_redo", "rule"),
    "link": ("sku", "rule"),
    "not_provided": ("rule",),
    "occasion[]": ("on", "item", "value", "cites"),
    "options": ("ids", "rule"),
    "outage": ("cites", "rule"),
    "pause": ("until", "lost", "rule"),
    "payment": ("methods", "drawn", "failed_draw", "rule"),
    "price_list": ("keys", "tax", "rule"),
    "recontract": ("after", "ended_by_provider", "rule"),
    "refund": ("shape", "first_status", "cites"),
    "returns": ("sku", "days", "exchanged", "rule", "cites"),
    "shipping": ("shape", "cutoff", "lead", "rule"),
    "start": ("shapes", "rule"),
    "start.shapes[]": ("shape",),
    "typical.steps[]": ("command", "days"),
    "statistics": ("measures", "systems_min", "settled", "rule"),
    "usage": ("not_on_plan",),
    "usage.calls": ("item", "value", "unit_seconds", "cites"),
    "usage.megabytes": ("per_day", "cites"),
    "usage.sms_yen": ("item", "cites"),
    "violation": ("days", "because", "rule"),
}

# What a word needs: keys beside it, or (with a slash) a table or a key elsewhere in the file. "" stands for no word at all.
WORDS: dict[tuple[str, str], dict[str, tuple[str, ...]]] = {
    ("application.checks[]", "check"): {
        "consents": ("/application.consents.always",),
        "documents": ("/application.documents", "/application.contract_document", "/application.device_document"),
        "options": ("/options",),
        "country": ("/application.countries",), "earlier_ended_otherwise": ("/recontract",),
        "earlier_ended_by_provider": ("/recontract",), "terminated_before": ("/recontract",),
        "coverage": ("/application.countries", "/application.coverage"), "number_limit": ("/application.most",),
        "needed_option": ("/options.needed",),
    },
    ("start.shapes[]", "shape"): {
        "days_after_application": ("days",), "days_after_install": ("days",), "days_after_shipping": ("days",),
    },
    ("formation", "shape"): {"on_signature": ("withdrawn_because", "/commands.sign")},
    ("billing_start", "shape"): {"month_after_paperwork": ("/commands.complete_processing",)},
    ("function[]", "needs"): {"own_meter": ("/lent.meters",)},
    ("fee[]", "shape"): {
        "monthly_pieces": ("/options.counted",),
        "prepaid_periods": ("regular_months",), "anniversary_periods": ("period_months",),
        "months_left": ("term_months", "because", "tax"),
    },
    ("occasion[]", "when"): {
        "option_device_owned": ("/options.device",), "option_device_not_owned": ("/options.device",),
        "out_of_warranty": ("/installation.warranty",), "costs_again": ("/lent",),
    },
    ("invoice.due.*", "shape"): {
        "day_of_issue_month": ("day",), "day_of_next_month": ("day",), "business_day_of_next_month": ("day",),
    },
    ("payment", "failed_draw"): {"agent_invoice": ("agent_days",)},
    ("ending", "shape"): {"month_end_by_cutoff": ("cutoff",), "months_after_notice": ("months",)},
    ("refund", "shape"): {"prepaid_months": ("offset",)},
    ("outage", "shape"): {
        "": ("threshold_hours", "unit_hours", "fees"), "blocks_of_hours": ("threshold_hours", "unit_hours", "fees"),
        "one_sum": ("threshold_hours", "unit_hours", "fees", "round_up_from"), "daily_mean": ("threshold_hours", "unit_hours"),
    },
    ("commands.*", "does"): {
        "cool_off": ("/cooling_off",), "terminate": ("because",), "return_device": ("/returns",), "pay_refund": ("/refund",),
        "claim_refund": ("/refund",), "fail_payment": ("/payment",), "hold_shipping": ("/shipping",), "charge": ("/charge",),
        "register_payment_method": ("/payment",), "buy": ("/buy",),
        "install": ("/installation",), "reinstall": ("/installation",), "deliver_option": ("/options.delivered_skus",),
        "add_option": ("/options.lines", "/options.device"), "remove_option": ("/options.cutoff",),
        "change_option_plan": ("/options.cutoff",), "pause": ("/pause",), "record_usage": ("/usage",),
        "find_evasion": ("/evasion",), "link": ("/link",), "take_link": ("/link",), "consent": ("/grants",),
        "demand_cure": ("/violation",), "install_lent": ("/lent",), "reinstall_lent": ("/lent",), "return_lent": ("/lent",),
        "report_lost": ("/lent",), "add_pieces": ("/options.counted",), "remove_pieces": ("/options.counted",),
        "metering_failure": ("/usage.calls", "/usage.mean_months", "/usage.least_months"),
        "deliver_sold": ("/sale.value", "/sale.item", "/sale.row", "/sale.cites"),
    },
}  # fmt: skip
