"""The fields of an application that somebody has to be asked for, by the terms of a plan on a day. Pure, and light to load."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from chalicelib.dates import add_months

if TYPE_CHECKING:
    from chalicelib.contracts.sheet import Sheet
    from chalicelib.contracts.terms import Terms

Asked = Literal["required", "wanted", "optional"]
Limited = Callable[[str, Mapping[str, Any]], "Field"]  # a field of that name with what a check wants of it
FOR_ALL = ("applicant.name", "contact.email")
SITE = ("site.prefecture", "site.postal_code", "site.address")
MAY_SAY = ("applicant.name_kana", "contact.phone", "contact.postal_code", "contact.address", "contact.language")
OF_A_COMPANY = ("contact.company", "contact.department")
OF_A_PAYER = ("applicant.payer", "payer_contact.name", "payer_contact.email")
COMES_HOME = ("installation", "lent", "shipping")  # sections of services whose equipment somebody brings to the home
PARCEL = "ship_parcel"  # the step by which something is sent to the customer's own address

# The fields of an application that a check looks at; those of the desk alone are left out.
LOOKS_AT: Mapping[str, tuple[str, ...]] = {
    "country": ("applicant.country", "site.country"),
    "coverage": ("site.prefecture", "site.island", "site.country"),
    "minor": ("applicant.birth_date", "applicant.kind"),
    "corporation": ("applicant.kind",),
    "card_holder_differs": ("applicant.card_holder", "applicant.name"),
    "no_line": ("parent",),
}


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the application. `wanted`: somebody who works for the customer needs it, though nothing is refused without.

    What the terms look at stands beside it: the values they take, the last day of birth, the field it has to equal.
    """

    name: str
    asked: Asked
    rules: tuple[str, ...] = ()
    allowed: tuple[Any, ...] | None = None
    latest: date | None = None
    unless: str = ""  # a consent that helps where the limit is not met
    same_as: str = ""
    looked_at: bool = False  # not met: an operator looks at it, instead of a refusal


def field_names(sheet: Sheet) -> tuple[str, ...]:
    """The fields that are asked for a plan, by what is written for it; on every day the same."""
    return tuple(field.name for field in _fields(sheet, _without_limits))


def fields_of(terms: Terms, day: date) -> Iterator[Field]:
    """Who has to be asked for what: first by the checks, then by who needs it to do their work, then what may be said."""
    yield from _fields(terms, lambda name, check: _limited(terms, name, check, day))


def _fields(terms: Sheet, limited: Limited) -> Iterator[Field]:
    found: dict[str, Field] = {}
    for field in (*_looked_at(terms, limited), *_needed(terms), *_possible(terms)):
        found.setdefault(field.name, field)
    kinds = found.get("applicant.kind")
    company = kinds is None or kinds.allowed is None
    yield from (field for name, field in found.items() if company or name not in OF_A_COMPANY)


def _looked_at(terms: Sheet, limited: Limited) -> Iterator[Field]:
    rules = terms.section("application")
    for check in (*rules["checks"], *({**c, "looked": True} for c in rules.get("review", ()))):
        for name in LOOKS_AT.get(check["check"], ()):
            yield limited(name, check)
    if terms.section("recontract"):
        yield Field("recontract_of", "optional", (str(terms.section("recontract").get("rule", "")),))


def _limited(terms: Terms, name: str, check: Mapping[str, Any], day: date) -> Field:
    """A field with what the check wants of it."""
    rules, kind, cites = terms.section("application"), check["check"], (str(check["rule"]),)
    if kind == "minor" and name == "applicant.birth_date":
        latest = add_months(day, -12 * int(terms.value("age_of_majority", day)))
        helps = rules["consents"].get("of_minor", ())
        return Field(name, "wanted", cites, latest=latest, unless=helps[0] if helps else "")
    if kind == "coverage" and name == "site.prefecture":
        covered = tuple(terms.value(rules["coverage"], day))
        return Field(name, "wanted", cites, allowed=covered, looked_at=_may_be_let_in(rules, check))
    if kind == "coverage" and name == "site.island":
        return Field(name, "wanted", cites, allowed=(False,), looked_at=_may_be_let_in(rules, check))
    if name.endswith(".country"):
        return Field(name, "optional", cites, allowed=tuple(rules.get("countries", ())))
    if kind == "card_holder_differs":
        return Field(name, "wanted", cites, same_as="applicant.name", looked_at=bool(check.get("looked")))
    return _without_limits(name, check)


def _without_limits(name: str, check: Mapping[str, Any]) -> Field:
    """A field with what needs no figure of a day."""
    only = ("person",) if check["check"] == "corporation" else None
    return Field(name, "optional" if name == "parent" else "wanted", (str(check["rule"]),), allowed=only)


def _may_be_let_in(rules: Mapping[str, Any], check: Mapping[str, Any]) -> bool:
    return check.get("reason") in rules.get("operator_may_allow", ())


def _needed(terms: Sheet) -> Iterator[Field]:
    """Without these the visit, the parcel, the bill or the letter does not find its way."""
    yield from (Field(name, "wanted") for name in FOR_ALL)
    for handout in terms.section("handouts").values():
        for name in handout["fields"]:
            yield Field(name, "wanted", (str(handout["rule"]),))
    if any(terms.section(name) for name in COMES_HOME):
        yield from (Field(name, "wanted") for name in SITE)
    if any(spec["does"] == PARCEL for spec in terms.commands.values()):
        yield from (Field(name, "wanted") for name in ("contact.postal_code", "contact.address"))
    if any(buy.get("needs") == "island" for buy in terms.section("buy").values()):
        rule = next(b["cites"][0] for b in terms.section("buy").values() if b.get("needs") == "island")
        yield Field("site.island", "optional", (str(rule),))


def _possible(terms: Sheet) -> Iterator[Field]:
    yield Field("applicant.kind", "optional")
    yield from (Field(name, "optional") for name in (*MAY_SAY, *OF_A_COMPANY))
    if terms.section("application")["consents"].get("of_payer") or "payer" in terms.section("members"):
        yield from (Field(name, "optional") for name in OF_A_PAYER)


__all__ = ["LOOKS_AT", "Field", "field_names", "fields_of"]
