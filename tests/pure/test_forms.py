"""The words beside a service's terms fit the terms, and the table of what a check looks at is what it looks at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from chalicelib.contracts import application, fields, sheet, terms
from chalicelib.flows import choices, names
from chalicelib.members import permissions

DAY = date(2025, 4, 3)


@pytest.mark.parametrize("service", terms.services())
def test_the_words_of_a_service_are_about_what_its_terms_name(service: str) -> None:
    """Articles of a price list are the company's to name, so any device may have words."""
    found, words = terms.load(service), names._of_service(service)
    parts = [found.part(plan) for plan in found.section("application")["plans"]]
    consents = set(found.section("grants").get("purposes", ()))
    for part in parts:
        asked = part.section("application")["consents"]
        consents |= {name for key, names_ in asked.items() if key != "for_option" for name in names_}
        consents |= {name for names_ in asked.get("for_option", {}).values() for name in names_}
    options = {o for p in parts for o in (*p.section("options").get("ids", ()), p.section("sale").get("parts_option", ""))}
    assert set(words) <= {"plan", "option", "device", "document", "consent"}
    assert set(words["plan"]) - {"none"} == set(found.section("application")["plans"])
    assert set(words.get("option", ())) == options - {""}
    assert set(words.get("document", ())) == set(found.section("application").get("documents", ()))
    assert set(words["consent"]) <= consents
    for consent in consents:
        assert names.entry(service, "consent", consent)["means"], consent


@pytest.mark.parametrize("service", terms.services())
def test_the_fields_are_the_same_with_and_without_the_limits_of_a_day(service: str) -> None:
    found = terms.load(service)
    for plan in found.section("application")["plans"]:
        limited = [field.name for field in fields.fields_of(found.part(plan), max(DAY, found.data["from"]))]
        assert list(fields.field_names(sheet.load(service, plan))) == limited


class Watched(dict):
    """A part of an application that notes what is asked of it."""

    def __init__(self, place: str, noted: set[str], inner: dict[str, Any]) -> None:
        super().__init__(inner)
        self.place, self.noted = place, noted

    def get(self, name: str, otherwise: Any = None) -> Any:
        self.noted.add(self.place + name)
        return super().get(name, otherwise)

    def __getitem__(self, name: str) -> Any:
        self.noted.add(self.place + name)
        return super().__getitem__(name)


def checks() -> Iterator[tuple[str, str, str]]:
    for service in terms.services():
        found = terms.load(service)
        for plan in found.section("application")["plans"]:
            rules = found.part(plan).section("application")
            yield from ((service, plan, c["check"]) for c in (*rules["checks"], *rules.get("review", ())))


@pytest.mark.parametrize(("service", "plan", "check"), list(checks()))
def test_a_check_looks_at_the_fields_that_the_form_is_told_of(service: str, plan: str, check: str) -> None:
    """What the whole form asks anyway (plan, consents, options …) and what only the desk says stand in no table."""
    noted: set[str] = set()
    applicant = {"kind": "person", "birth_date": date(1960, 1, 1), "name": "A", "card_holder": "B", "country": "JP"}
    site = {"prefecture": "Aomori", "country": "JP"}
    args = Watched("", noted, {
        "applicant": Watched("applicant.", noted, applicant), "site": Watched("site.", noted, site), "parent": "c1",
        "options": [], "consents": [], "plan": plan,
    })  # fmt: skip
    application.fails(check, terms.load(service).part(plan), application.Application(args, DAY))
    everybodys = {"plan", "consents", "options", "documents", "devices", "payment_method", "documents_outstanding"}
    asked = {name for name in noted if name not in everybodys | {"applicant", "site", "recontract_of"}}
    if check in ("consents", "number_limit", "terminated_before"):  # who pays, and what of the account's others is the same
        asked -= {"applicant.payer", "applicant.name", "parent"}
    assert asked <= set(fields.LOOKS_AT.get(check, ()))


def test_every_step_that_customers_may_ask_for_has_words_or_is_no_wish() -> None:
    """Signing in is a step for the record of accounts, and nothing that anybody would choose from a list."""
    theirs = {name for name, roles in permissions.COMMANDS.items() if "contractor" in roles}
    assert set(choices.commands()) == theirs - {"log_in"}


def test_every_step_says_what_it_is_and_does_in_both_languages() -> None:
    steps = {
        (name, str(part.commands[name]["does"]))
        for service in terms.services()
        for plan in terms.load(service).section("application")["plans"]
        for part in [terms.load(service).part(plan)]
        for name in choices.commands()
        if name in part.commands
    }
    assert len(steps) > 20
    for command, does in steps:
        found = choices.book()[command]
        words = found.get(does, found)
        for kind in ("label", "does", *(["effect"] if "effect" in words else [])):
            assert words[kind]["ja"] and words[kind]["en"].isascii(), (command, does, kind)
