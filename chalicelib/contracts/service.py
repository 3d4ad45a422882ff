"""Operators' commands on a whole service: what they make of its state, and what every living contract is then told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from chalicelib.contracts.announced import Announcement, Issuer, PriceList, ServiceState, flat_prices
from chalicelib.contracts.contract import Command, Event
from chalicelib.contracts.terms import Terms
from chalicelib.dates import add_months, add_years_forward, japan_day
from chalicelib.errors import Invalid, Refused

# Commands that concern contracts which ended before they were given: an outage is reported after it began.
REACHES_ENDED = frozenset({"report_outage"})
CAMPAIGN_WORDS = ("title_ja", "text_ja", "title_en", "text_en")


def reaches_ended(command: Command) -> bool:
    """Whether a service's command concerns contracts that ended before it: as news, or because money comes of it later."""
    return command.name in REACHES_ENDED or bool(command.args.get("reaches_ended"))


@dataclass(frozen=True, slots=True)
class ServiceDecision:
    """The new state, its audit entry, and the command (if any) that the service's contracts now get."""

    state: ServiceState
    events: tuple[Event, ...]
    contract_command: Command | None = None


def handle(state: ServiceState, terms: Terms, command: Command) -> ServiceDecision:
    """Carry out an operator's command on a whole service. Raises Refused (too late, not provided) or Invalid."""
    decide = _COMMANDS.get(command.name)
    if decide is None:
        raise Refused("not_provided", str(terms.section("not_provided").get("rule", "")))
    return decide(state, terms, command)


def _set_price_list(state: ServiceState, terms: Terms, command: Command) -> ServiceDecision:
    prices = flat_prices(command.args["prices"])
    for key in prices:
        if not terms.is_listed(key):
            raise Invalid(f"prices.{key}", "price_is_fixed_by_terms", "use_announce_price")
    new = PriceList(prices, command.args.get("effective_on"))
    return _said(replace(state, price_lists=(*state.price_lists, new)), command)


def _set_calendar(state: ServiceState, terms: Terms, command: Command) -> ServiceDecision:
    return _said(replace(state, closed_days=tuple(sorted(set(command.args["closed"])))), command)


def _set_issuer(state: ServiceState, terms: Terms, command: Command) -> ServiceDecision:
    """Who issues the bills; the last one said for a day counts."""
    if not terms.section("invoice"):
        raise Refused("not_provided", str(terms.section("not_provided").get("rule", "")))
    args = command.args
    since = args.get("effective_on") or japan_day(command.at)
    contact = {name: args[name] for name in ("address", "email", "phone", "web") if name in args}
    issuer = Issuer(since, args["name"], args["registration_number"], contact)
    others = (known for known in state.issuers if known.since != since)
    issuers = tuple(sorted((*others, issuer), key=lambda known: known.since))
    return _said(replace(state, issuers=issuers), command)


def _announce_price(state: ServiceState, terms: Terms, command: Command) -> ServiceDecision:
    if "price" not in terms.section("announcements"):
        raise Refused("not_provided", str(terms.section("not_provided").get("rule", "")))
    prices = flat_prices(command.args["prices"])
    for key in prices:
        if not terms.has(key) and not terms.is_listed(key):
            raise Invalid(f"prices.{key}", "unknown_price", "use_a_key_of_the_terms")
    return _announce(state, terms, command, "price", prices, "price_revision")


def _announce_tax(state: ServiceState, terms: Terms, command: Command) -> ServiceDecision:
    return _announce(state, terms, command, "tax", {"consumption_tax": str(command.args["rate"])}, "tax_change")


def _announce_terms(state: ServiceState, terms: Terms, command: Command) -> ServiceDecision:
    said = {name: command.args[name] for name in ("version", "ground") if name in command.args}
    return _announce(state, terms, command, "terms", said, "terms_change")


def _announce_termination(state: ServiceState, terms: Terms, command: Command) -> ServiceDecision:
    option = command.args.get("option")
    if option is None:
        return _announce(state, terms, command, "termination", {}, "service_abolition")
    if option not in terms.section("options").get("ids", ()):
        raise Invalid("option", "not_offered", "one_of")
    return _announce(state, terms, command, "option_termination", {"option": option}, "option_abolition")


def _announce(
    state: ServiceState, terms: Terms, command: Command, kind: str, values: Mapping[str, Any], notice: str
) -> ServiceDecision:
    rule = terms.section("announcements").get(kind.removeprefix("option_"))
    if rule is None:
        raise Refused("not_provided", str(terms.section("not_provided").get("rule", "")))
    day, effective = japan_day(command.at), command.args["effective_on"]
    if not _in_time(terms, rule, day, effective):
        raise Refused("too_late", rule["rule"])
    new = replace(state, announcements=(*state.announcements, Announcement(kind, day, effective, values)))
    facts = {"notice": notice, "announcement": kind, "effective_on": effective, "rule": rule["rule"]}
    facts |= {"option": values["option"]} if "option" in values else {}
    return _said(new, command, None if rule.get("silent") else Command("be_told", command.at, facts, command.by))


def _announce_change(state: ServiceState, terms: Terms, command: Command) -> ServiceDecision:
    """An entry of the list of changes: specification, firmware, a transfer of the business (ORM-INT-3, ORM-PRO-4)."""
    rule = terms.section("announcements").get("change")
    about = command.args["about"]
    if rule is not None and about not in rule["about"]:
        raise Invalid("about", "not_offered", "one_of", choices=", ".join(rule["about"]))
    return _announce(state, terms, command, "change", {"about": about}, about)


def _announce_campaign(state: ServiceState, terms: Terms, command: Command) -> ServiceDecision:
    """Advertising, in the operator's words: the service stays as it is, and only who consented to it is told (ORM-USE-2)."""
    rule = terms.section("announcements").get("campaign")
    if rule is None:
        raise Refused("not_provided", str(terms.section("not_provided").get("rule", "")))
    said = {name: command.args[name] for name in CAMPAIGN_WORDS}
    facts = {"notice": "campaign", "rule": rule["rule"], "consent": [rule["to"], rule["purpose"]], "figures": said}
    return _said(state, command, Command("be_told", command.at, facts, command.by))


def _in_time(terms: Terms, rule: Mapping[str, Any], day: date, effective: date) -> bool:
    """Whether an announcement of `day` gives the notice of the terms: months, days or years (ORM-TRM-4, ORM-ABO-1)."""
    if rule.get("any_time"):
        return True
    if "notice_months" in rule:
        return day <= add_months(effective, -terms.value(rule["notice_months"], day))
    if "notice_days" in rule:
        return day <= effective - timedelta(days=terms.value(rule["notice_days"], day))
    if "notice_years" in rule:
        return add_years_forward(day, terms.value(rule["notice_years"], day)) <= effective
    return day <= effective


def _interrupt(state: ServiceState, terms: Terms, command: Command) -> ServiceDecision:
    _needs(terms, "interruption")
    if state.interruptions and state.interruptions[-1][1] is None:
        raise Refused("already_interrupted", _needs(terms, "interruption"))
    new = replace(state, interruptions=(*state.interruptions, (command.at, None)))
    told = {"notice": "interruption", "reaches_ended": "free_after" in terms.section("interruption")}
    return _said(new, command, Command("be_told", command.at, told, command.by))


def _resume(state: ServiceState, terms: Terms, command: Command) -> ServiceDecision:
    rule = _needs(terms, "interruption")
    if not state.interruptions or state.interruptions[-1][1] is not None:
        raise Refused("no_interruption", rule)
    new = replace(state, interruptions=(*state.interruptions[:-1], (state.interruptions[-1][0], command.at)))
    if not terms.section("interruption").get("resumption_told"):
        return _said(new, command)
    return _said(new, command, Command("be_told", command.at, {"notice": "resumption"}, command.by))


def _outage(state: ServiceState, terms: Terms, command: Command) -> ServiceDecision:
    if "report_outage" not in terms.commands:
        raise Refused("not_provided", str(terms.section("not_provided").get("rule", "")))
    to_all = replace(command, args={**command.args, "everywhere": True})
    if terms.section("outage").get("shape") != "whole_months":
        return _said(state, command, to_all)
    if command.args["to"] <= command.args["from"]:
        raise Invalid("to", "not_after_from", "give_an_end_after_the_start")
    new = replace(state, outages=(*state.outages, (command.args["from"], command.args["to"], command.at)))
    return _said(new, command, to_all)


def _needs(terms: Terms, section: str) -> str:
    found = terms.section(section)
    if not found:
        raise Refused("not_provided", str(terms.section("not_provided").get("rule", "")))
    return str(found["rule"])


def _said(state: ServiceState, command: Command, contract_command: Command | None = None) -> ServiceDecision:
    return ServiceDecision(state, (Event(command.name, command.at, command.by, dict(command.args)),), contract_command)


_COMMANDS = {
    "set_price_list": _set_price_list,
    "set_calendar": _set_calendar,
    "set_issuer": _set_issuer,
    "announce_price": _announce_price,
    "announce_tax": _announce_tax,
    "announce_terms": _announce_terms,
    "announce_termination": _announce_termination,
    "announce_change": _announce_change,
    "announce_campaign": _announce_campaign,
    "interrupt_service": _interrupt,
    "resume_service": _resume,
    "report_outage": _outage,
}
