"""What has to be asked to apply for a service: derived from its terms as they are on a day, plan by plan. Pure.

Nothing here is a second list of what a service offers: plans, prices, consents and limits are read where the engine reads
them, and whether a plan is open is asked of the application's own checks. Words are put to it in `flows/forms.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from chalicelib.contracts.application import Application, fails
from chalicelib.contracts.fields import Field, fields_of
from chalicelib.contracts.owing import tax_of
from chalicelib.contracts.terms import Terms
from chalicelib.errors import NoTermsForDay

CLOSING = ("abolished",)  # checks that no application can pass, whatever it says
PRICE_NOT_SET = "price_not_set"
RECURRING = ("monthly", "prepaid_periods", "anniversary_periods")
OF_OPTIONS = ("monthly_option", "monthly_pieces")
AT_THE_START = ("accepted", "installed", "signed")  # occasions that every new contract meets
SURE = frozenset({"new", "without_option_at_application", "own_contract"})  # and what is true of it when nothing is chosen


@dataclass(frozen=True, slots=True)
class Price:
    """A price of the day. `how` is `every_month`, `in_advance` (paid for the months of `billed_in`, each until the next)
    or `once`."""

    item: str
    key: str
    yen: int
    tax: str
    how: Literal["every_month", "in_advance", "once"]
    per: str = ""
    billed_in: tuple[int, ...] = ()
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """An option, a device or a document. `most` None: as many as the request may say; `closed` and `rule` say why not."""

    key: str
    price: Price | None = None
    required: bool = False
    most: int | None = 1
    needs: str = ""  # `devices`: only with one ordered; of a document: `with_devices`, `with_plan`
    brings: str = ""  # equipment that comes with it, and that is paid for
    once: Price | None = None
    not_with: tuple[str, ...] = ()
    closed: str = ""
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Consent:
    """`when`: `always`, `with_any_option`, `with_option` (the one named), `minor`, or `another_pays`."""

    key: str
    when: Literal["always", "with_any_option", "with_option", "minor", "another_pays"]
    rule: str
    option: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """How one plan is applied for; `plan` is empty where equipment alone is bought."""

    plan: str
    closed: str
    rule: str  # of `closed`, or of the application itself
    prices: tuple[Price, ...]
    options: tuple[Choice, ...]
    options_most: int | None
    devices: tuple[Choice, ...]
    devices_least: int
    payment_methods: tuple[str, ...]
    first_payment_method: str
    documents: tuple[Choice, ...]
    consents: tuple[Consent, ...]
    fields: tuple[Field, ...]
    hangs_on: tuple[str, ...]
    comes_with: tuple[tuple[str, int], ...]
    typical: tuple[tuple[str, int], ...]


def forms(terms: Terms, day: date) -> tuple[Form, ...]:
    """One form for each plan that the terms name, closed ones too; last the sale of equipment alone, where there is one."""
    plans = list(terms.section("application")["plans"])
    if terms.section("application").get("device_document"):
        plans.append("")
    return tuple(_form(terms.part(plan), plan, day) for plan in plans)


def _form(terms: Terms, plan: str, day: date) -> Form:
    rules = terms.section("application")
    closed, rule = closed_to_all(terms, plan, day)
    prices = () if closed or not plan else tuple(_prices(terms, plan, day))
    devices = tuple(_devices(terms, day))
    return Form(
        plan, closed, rule or str(rules.get("rule", "")), prices,
        options=tuple(options_on(terms, day)) if plan else (),
        options_most=_number(terms, terms.section("options").get("lines"), day),
        devices=devices, devices_least=0 if plan else 1,
        payment_methods=tuple(rules["payment_methods"]), first_payment_method=str(rules.get("first_payment_method", "")),
        documents=tuple(_documents(rules, plan)), consents=tuple(_consents(terms, plan)),
        fields=tuple(fields_of(terms, day)), hangs_on=tuple(rules.get("hangs_on", ())),
        comes_with=tuple(_comes_with(terms, day)) if plan else (),
        typical=tuple((str(s["command"]), int(terms.value(s["days"], day))) for s in terms.section("typical").get("steps", ())),
    )  # fmt: skip


def closed_to_all(terms: Terms, plan: str, day: date) -> tuple[str, str]:
    """Why nobody can apply for a plan on that day, and by which rule; two empty texts where one can."""
    nobody = Application({}, day)
    for check in terms.section("application")["checks"]:
        if check["check"] in CLOSING and fails(check["check"], terms, nobody):
            return check["reason"], check["rule"]
    return unpriced(terms, plan, day)


def unpriced(terms: Terms, plan: str, day: date, options: Iterable[str] = ()) -> tuple[str, str]:
    """`price_not_set` and its rule while the company has not said what the plan or one of the options costs; else "", ""."""
    try:
        tuple(_prices(terms, plan, day) if plan in terms.section("application")["plans"] else ())
    except NoTermsForDay as missing:
        return PRICE_NOT_SET, str(terms.section("price_list")["rule"]) if terms.is_listed(missing.key) else ""
    for option in options_on(terms, day):
        if option.key in options and option.closed == PRICE_NOT_SET:
            return option.closed, option.rule
    return "", ""


def _prices(terms: Terms, plan: str, day: date) -> Iterator[Price]:
    for fee in terms.data.get("fee", ()):
        if fee["shape"] in (*RECURRING, "once_at_start") and plan in fee.get("plans", (plan,)):
            how = {"monthly": "every_month", "once_at_start": "once"}.get(fee["shape"], "in_advance")
            months = fee.get("regular_months", {}).get(plan)
            billed_in = tuple(terms.value(months, day)) if months else ()
            yield price_of(terms, fee["item"], fee["value"].format(plan=plan), day, how, billed_in, fee["cites"])
    for spec in terms.data.get("occasion", ()):
        if spec["on"] in AT_THE_START and set(spec.get("when", ())) <= SURE:
            yield price_of(terms, spec["item"], spec["value"], day, "once", (), spec["cites"])


def price_of(
    terms: Terms, item: str, key: str, day: date, how: Any, billed_in: tuple[int, ...] = (), cites: Sequence[str] = ()
) -> Price:
    """The price of a day, as a form shows it. Raises NoTermsForDay when there is none."""
    entry = terms.data["values"].get(key, [{}])[0]
    per = str(entry.get("per") or ("" if how == "once" else "month"))
    return Price(item, key, terms.price(key, day), tax_of(terms, key), how, per, billed_in, cites[0] if cites else "")


def options_on(terms: Terms, day: date) -> Iterator[Choice]:
    """The options that there are on a day, with their prices; closed ones too."""
    rules, sale = terms.section("options"), terms.section("sale")
    fees = [fee for fee in terms.data.get("fee", ()) if fee["shape"] in OF_OPTIONS]
    initial, most = rules.get("needed", ()), None if rules.get("counted") == "pieces" else 1
    for name in rules.get("ids", ()):
        item = f"option:{name}"
        closed = "abolished" if (terms.option_abolished_on(day, name) or day) < day else ""
        price = None
        try:
            price = next((price_of(terms, item, fee["value"].format(option=name), day, "every_month", (), fee["cites"])
                          for fee in fees), None)  # fmt: skip
        except NoTermsForDay:
            closed = closed or PRICE_NOT_SET
        limit = rules.get("limits", {}).get(name, {}).get("most")
        others = tuple(o for group in rules.get("exclusive", ()) if name in group for o in group if o != name)
        brings = str(rules.get("device", ""))
        once = price_of(terms, "device", f"device:{brings}", day, "once") if terms.has(f"device:{brings}") else None
        yield Choice(
            name, price, name in initial, _number(terms, limit, day) or most, brings=brings, once=once, not_with=others,
            closed=closed, rule=str(rules["rule"]),
        )  # fmt: skip
    if sale.get("parts_option"):
        yield Choice(str(sale["parts_option"]), most=None, needs="devices", rule=str(sale["rule"]))


def _devices(terms: Terms, day: date) -> Iterator[Choice]:
    """Articles that can be ordered with the application: those that have a price on that day."""
    template = terms.section("application").get("devices_priced")
    if not template:
        return
    start = template.partition("{sku}")[0]
    for key in sorted(terms.keys):
        if key.startswith(start) and terms.values_until(key, day):  # what has no price yet cannot be ordered
            yield Choice(key.removeprefix(start), price_of(terms, "device", key, day, "once"), most=None)


def _documents(rules: Mapping[str, Any], plan: str) -> Iterator[Choice]:
    for name in rules.get("documents", ()):
        of_devices = name == rules.get("device_document")
        if of_devices or plan:
            yield Choice(name, required=not (of_devices and plan), needs="with_devices" if of_devices else "with_plan")


def _consents(terms: Terms, plan: str) -> Iterator[Consent]:
    rules = terms.section("application")
    needed = rules["consents"]
    by_check = {check["check"]: str(check["rule"]) for check in rules["checks"]}
    rule = by_check.get("consents", "")
    yield from (Consent(name, "always", rule) for name in needed["always"])
    if plan:
        yield from (Consent(name, "with_any_option", rule) for name in needed.get("with_option", ()))
        for option, names in needed.get("for_option", {}).items():
            yield from (Consent(name, "with_option", rule, option) for name in names)
    yield from (Consent(name, "minor", by_check.get("minor", rule)) for name in needed.get("of_minor", ()))
    yield from (Consent(name, "another_pays", rule) for name in needed.get("of_payer", ()))


def _comes_with(terms: Terms, day: date) -> Iterator[tuple[str, int]]:
    """Equipment that is installed or lent without being ordered: sku and number."""
    lent = terms.section("lent")
    yield from ((sku, int(terms.value(lent["number"].format(sku=sku), day))) for sku in lent.get("skus", ()))
    for section in ("installation", "link"):
        if terms.section(section).get("sku"):
            yield str(terms.section(section)["sku"]), 1


def _number(terms: Terms, key: str | None, day: date) -> int | None:
    return int(terms.value(key, day)) if key else None


__all__ = ["Choice", "Consent", "Form", "Price", "closed_to_all", "forms", "options_on", "price_of", "unpriced"]
