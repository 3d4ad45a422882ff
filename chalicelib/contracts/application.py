"""An application: what is checked, who decides, and the contract that comes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from chalicelib.contracts import others, pieces
from chalicelib.contracts.contract import Command, Contract, Device, Option
from chalicelib.contracts.hanging import ends_with
from chalicelib.contracts.others import given_before
from chalicelib.contracts.shipping import ships_on
from chalicelib.contracts.starting import accepted
from chalicelib.contracts.terms import Terms
from chalicelib.contracts.work import Work, print_of
from chalicelib.dates import japan_day
from chalicelib.errors import Invalid, Refused


@dataclass(frozen=True, slots=True)
class Application:
    """What an application says, and the contracts it is looked at with, as they stand now.

    `earlier` is the one it takes up again, `parent` the one it hangs on (None when it names none, or none was found),
    `others` are all others of its account and service.
    """

    args: Mapping[str, Any]
    day: date
    earlier: Contract | None = None
    parent: Contract | None = None
    others: tuple[Contract, ...] = ()
    address_taken: bool = False  # another live contract is registered under the address

    def applicant(self, name: str) -> Any:
        return self.args.get("applicant", {}).get(name)

    @property
    def applicant_print(self) -> str:
        return print_of(self.applicant("name"))

    @property
    def is_recontract(self) -> bool:
        return bool(self.args.get("recontract_of"))


def apply(
    terms: Terms,
    command: Command,
    contract_id: str,
    account: str,
    earlier: Contract | None,
    parent: Contract | None = None,
    all_others: tuple[Contract, ...] = (),
    address_taken: bool = False,
) -> Work:
    """The contract that an application makes: accepted, refused with all reasons, or put before an operator."""
    application = Application(command.args, japan_day(command.at), earlier, parent, all_others, address_taken)
    rules = terms.section("application")
    failed = [check["reason"] for check in rules["checks"] if _CHECKS[check["check"]](terms, application)]
    reasons = tuple(dict.fromkeys(failed))
    contract = _contract(terms, application, command, contract_id, account).lean()
    work = Work(contract, terms, command.at, command.by)
    work.event("applied", str(rules.get("rule", "")))
    if reasons:
        work.set(state="refused", refusal_reasons=reasons, devices=(), options=(), address="")
        if set(reasons) <= set(rules.get("operator_may_allow", ())):  # LRH-APP-7
            work.set(may_be_let_in=True, devices=contract.devices, options=contract.options, address=contract.address)
        work.event("refused", *(c["rule"] for c in rules["checks"] if c["reason"] in reasons))
        work.notice("refused")
        return work
    if "welcome" not in rules:  # whose acceptance is told otherwise than in two letters
        work.notice("application_received")
    for check in rules.get("review", ()):
        if _CHECKS[check["check"]](terms, application):
            work.event("put_before_operator", check["rule"])
            return work
    form(work)
    ends_with(work, application.parent)
    return work


def form(work: Work) -> None:
    """The provider accepts: by rule at once, or by an operator."""
    accepted(work)
    contract = work.contract
    if contract.devices:
        work.set(ships_on=ships_on(work.terms, contract.applied_at))


def let_in(work: Work, rule: str) -> None:
    """An operator sets aside what the rules refused (LRH-APP-7); a service that has ended takes nobody."""
    if (work.terms.abolished_on(work.day) or date.max) < work.day:
        raise Refused("abolished", rule)
    work.set(may_be_let_in=False, refusal_reasons=())
    form(work)


def _contract(terms: Terms, application: Application, command: Command, contract_id: str, account: str) -> Contract:
    args, rules, earlier = application.args, terms.section("application"), application.earlier
    documents = _documents(rules, args)
    sale_only = bool(rules.get("documents")) and rules["contract_document"] not in documents
    first_method = rules.get("first_payment_method") or args.get("payment_method", "none")
    return Contract(
        contract_id, terms.service, account, command.at,
        plan="" if sale_only else str(args.get("plan", "")), documents=documents, sale_only=sale_only,
        applicant_kind=application.applicant("kind") or "person", island=bool(args.get("site", {}).get("island")),
        applicant=print_of(application.applicant("name")), address=args.get("address", ""),
        parent=args.get("parent") or "", recontract_of=args.get("recontract_of") or "",
        disclosure_received_on=args.get("disclosure_received_on"),
        payment_methods=((application.day, first_method),),
        devices=_devices(terms, rules, documents, args, application.day), options=_options(terms, args, application.day),
        instalment_count=_instalments(terms, args),
        earlier_numbers=given_before(terms, application.others) if "most" in rules else 0,
        owned=earlier.owned if earlier else (), in_place=_in_place(terms, earlier),
        closed_to=application.day, swept_to=application.day,
    )  # fmt: skip


def _documents(rules: Mapping[str, Any], args: Mapping[str, Any]) -> tuple[str, ...]:
    """The documents handed in. A device order that lists no device counts as not handed in (ALW-APP-1)."""
    wanted = tuple(args.get("documents") or rules.get("documents", ()))
    return tuple(d for d in wanted if d != rules.get("device_document") or args.get("devices"))


def _devices(
    terms: Terms, rules: Mapping[str, Any], documents: tuple[str, ...], args: Mapping[str, Any], day: date
) -> tuple[Device, ...]:
    """The ordered devices at the prices of the day, each sku once. Raises Invalid for one that the price list does not know."""
    if "devices_priced" not in rules or ("device_document" in rules and rules["device_document"] not in documents):
        return ()
    ordered: dict[str, int] = {}
    for place, device in enumerate(args.get("devices", ())):
        if not terms.has(_device_price(rules, device["sku"])):
            raise Invalid(f"devices[{place}].sku", "not_in_price_list", "use_a_listed_sku")
        ordered[device["sku"]] = ordered.get(device["sku"], 0) + device.get("quantity", 1)
    return tuple(Device(sku, number, terms.price(_device_price(rules, sku), day)) for sku, number in ordered.items())


def _device_price(rules: Mapping[str, Any], sku: str) -> str:
    key: str = rules["devices_priced"].format(sku=sku)
    return key


def _options(terms: Terms, args: Mapping[str, Any], day: date) -> tuple[Option, ...]:
    """The options applied for, or those that are on at first. Raises Invalid where the service has none."""
    asked, rules = args.get("options", ()), terms.section("options")
    if asked and not rules:
        raise Invalid("options", "not_offered", "leave_out")
    if rules.get("counted") == "pieces":
        return pieces.asked_for(asked, day)
    parts = terms.section("sale").get("parts_option")
    fitted = day if rules.get("plain") else None  # what needs no equipment waits for nothing
    initial = [] if "options" in args else rules.get("initial", ())
    named = [(o["option"], o.get("quantity", 1)) for o in asked if o["option"] != parts] + [(name, 1) for name in initial]
    return tuple(Option(name, day, quantity, with_application=True, fitted_on=fitted) for name, quantity in named)


def _instalments(terms: Terms, args: Mapping[str, Any]) -> int:
    """In how many parts ordered devices are to be paid; 0: in one sum. Raises Invalid where there is no device."""
    parts = terms.section("sale").get("parts_option")
    count = next((o.get("quantity", 1) for o in args.get("options", ()) if o["option"] == parts), 0) if parts else 0
    if count and not args.get("devices"):
        raise Invalid("options", "no_device_ordered", "order_a_device_or_leave_out")
    return int(count)


def _in_place(terms: Terms, earlier: Contract | None) -> bool:
    """The equipment still stands where it was: ended without removal, and nothing sent back."""
    sku = terms.section("installation").get("sku")
    stood = earlier is not None and (earlier.installed_on is not None or earlier.in_place)
    return stood and earlier is not None and not earlier.with_removal and sku not in earlier.returned


def needed_consents(terms: Terms, args: Mapping[str, Any], day: date) -> tuple[str, ...]:
    """The consents without which an application is refused: everybody's, its options', its payer's, a minor's."""
    application, needed = Application(args, day), terms.section("application")["consents"]
    of_minor = needed.get("of_minor", ()) if needed.get("of_minor") and _under_age(terms, application) else ()
    return (*_asked_consents(terms, application), *of_minor)


def _asked_consents(terms: Terms, application: Application) -> list[str]:
    needed, asked = terms.section("application")["consents"], application.args.get("options", ())
    names = [*needed["always"], *(needed.get("with_option", ()) if asked else ())]
    for option in asked:
        names += needed.get("for_option", {}).get(option["option"], ())
    payer = application.applicant("payer")
    return [*names, *(needed.get("of_payer", ()) if payer and payer != application.applicant("name") else ())]


def _missing_consent(terms: Terms, application: Application) -> bool:
    """Where nothing is said of consents (a quote, a contract that moves in) they are no matter; who applies is asked before."""
    given = application.args.get("consents")
    return given is not None and not set(_asked_consents(terms, application)) <= set(given)


def _under_age(terms: Terms, application: Application) -> bool:
    """On the birthday itself one is a year older. Companies have no age."""
    born, day = application.applicant("birth_date"), application.day
    if born is None or application.applicant("kind") == "corporation":
        return False
    age = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return bool(age < terms.value("age_of_majority", day))


def _minor(terms: Terms, application: Application) -> bool:
    """A minor, without the legal representative's consent where that helps."""
    given, of_minor = application.args.get("consents"), terms.section("application")["consents"].get("of_minor", ())
    if of_minor and (given is None or set(of_minor) <= set(given)):
        return False
    return _under_age(terms, application)


def _options_wrong(terms: Terms, application: Application) -> bool:
    asked = application.args.get("options", ())
    rules = terms.section("options")
    if not asked:
        return False
    lines = sum(o.get("quantity", 1) for o in asked)
    day = application.day
    gone = any((terms.option_abolished_on(day, o["option"]) or day) < day for o in asked)
    too_many = "lines" in rules and lines > terms.value(rules["lines"], day)
    known = (*rules["ids"], terms.section("sale").get("parts_option"))
    return gone or too_many or any(o["option"] not in known for o in asked)


def _needed_option_missing(terms: Terms, application: Application) -> bool:
    """Options were chosen, and one that has to be among them is not (IPS-APP-3)."""
    asked = {o["option"] for o in application.args.get("options", ())}
    return "options" in application.args and not set(terms.section("options")["needed"]) <= asked


def _abroad(terms: Terms, application: Application) -> bool:
    allowed = terms.section("application").get("countries", ())
    said = (application.applicant("country"), application.args.get("site", {}).get("country"))
    return any(country and country not in allowed for country in said)


def _outside_coverage(terms: Terms, application: Application) -> bool:
    """The site is not where the service is offered. What an application does not say about it is no obstacle (LRH-APP-4)."""
    rules, site = terms.section("application"), application.args.get("site", {})
    if site.get("island") or site.get("country") not in (None, *rules["countries"]):
        return True
    named = site.get("prefecture")
    covered = terms.value(rules["coverage"], application.day)
    return named is not None and named.strip().casefold() not in {name.casefold() for name in covered}


def _earlier_running(terms: Terms, application: Application) -> bool:
    earlier = application.earlier
    return application.is_recontract and (earlier is None or earlier.state not in ("ended", "refused"))


def _earlier_by_provider(terms: Terms, application: Application) -> bool:
    return (
        application.earlier is not None
        and application.earlier.ended_because in terms.section("recontract")["ended_by_provider"]
    )


def _earlier_otherwise(terms: Terms, application: Application) -> bool:
    earlier, rules = application.earlier, terms.section("recontract")
    if earlier is None or earlier.state not in ("ended", "refused"):
        return False
    return earlier.state == "refused" or earlier.ended_because not in (*rules["after"], *rules["ended_by_provider"])


def _earlier_debts(terms: Terms, application: Application) -> bool:
    earlier = application.earlier
    return earlier is not None and any(e.unpaid > 0 and e.due_on < application.day for e in earlier.ledger)


def _wrong_plan(terms: Terms, application: Application) -> bool:
    """A sale of equipment alone needs no plan (ALW-APP-4)."""
    rules = terms.section("application")
    documents = _documents(rules, application.args)
    if rules.get("documents") and rules["contract_document"] not in documents:
        return False
    return application.args.get("plan") not in rules["plans"]


def _wrong_payment_method(terms: Terms, application: Application) -> bool:
    return application.args.get("payment_method", "none") not in terms.section("application")["payment_methods"]


def _card_holder_differs(terms: Terms, application: Application) -> bool:
    holder = application.applicant("card_holder")
    return bool(holder) and holder != application.applicant("name")


def _documents_outstanding(terms: Terms, application: Application) -> bool:
    """Papers that were asked for have not come yet, as whoever takes the application says (AMM-APP-8)."""
    return bool(application.args.get("documents_outstanding"))


_CHECKS: dict[str, Callable[[Terms, Application], bool]] = {
    "consents": _missing_consent,
    "payment_method": _wrong_payment_method,
    "plan": _wrong_plan,
    "documents": lambda terms, application: not _documents(terms.section("application"), application.args),
    "options": _options_wrong,
    "country": _abroad,
    "coverage": _outside_coverage,
    "minor": _minor,
    "earlier_running": _earlier_running,
    "earlier_ended_otherwise": _earlier_otherwise,
    "earlier_ended_by_provider": _earlier_by_provider,
    "earlier_debts": _earlier_debts,
    "abolished": lambda terms, application: (terms.abolished_on(application.day) or date.max) < application.day,
    "card_holder_differs": _card_holder_differs,
    "address_taken": lambda terms, application: application.address_taken,
    "documents_outstanding": _documents_outstanding,
    "corporation": lambda terms, application: application.applicant("kind") == "corporation",
    "needed_option": _needed_option_missing,
    "terminated_before": others.terminated_before,
    "number_limit": others.number_limit,
    "no_line": others.no_line,
    "not_with_line": others.not_with_line,
    "line_taken": others.line_taken,
}


def fails(check: str, terms: Terms, application: Application) -> bool:
    """Whether a check of the terms speaks against an application."""
    return _CHECKS[check](terms, application)
