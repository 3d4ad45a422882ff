"""A terms file checked, and what a typical customer would pay under it, month by month: the engine itself, played ahead.

python -m chalicelib.scenarios terms FILE --prices monthly_fee=1100 device:tracker=30800
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import Any

from chalicelib.billing import quote as quoting
from chalicelib.contracts import service as speech
from chalicelib.contracts import terms, wording
from chalicelib.contracts.announced import ServiceState
from chalicelib.contracts.contract import Command, Invoice
from chalicelib.contracts.terms import Terms
from chalicelib.dates import add_months, at_japan, month_of, months
from chalicelib.errors import Invalid, NoTermsForDay, Refused
from chalicelib.scenarios import trial

NOON = time(12)
NO_BILL = "–"


@dataclass(frozen=True)
class Asked:
    """What `terms` is asked for. `on` None: the day from which the newest figure of the file holds."""

    file: Path
    prices: Mapping[str, int]
    options: tuple[str, ...] = ()
    on: date | None = None
    months: int = 24


def told(asked: Asked) -> tuple[str, bool]:
    """The report, and whether nothing is amiss. Raises TermsError for a file that cannot be trusted, Invalid for a price."""
    found = _priced(trial.read(asked.file), asked.prices)
    lines, amiss = _about(asked.file, found)
    on = asked.on or newest(found)
    lines.append(f"A typical customer who applies on {on} (--on DAY for another), {asked.months} months:")
    for plan in found.section("application")["plans"] or [""]:
        table, whole = _plan(found, plan, asked, on)
        lines += ["", *table]
        amiss = amiss or not whole
    return "\n".join(lines), not amiss


def newest(found: Terms) -> date:
    """The day from which the newest figure holds; where the file's figures have no history, the newest of the statutes."""
    first: date = found.data["from"]
    own = _first_days(found.data["values"])
    return max([first, *own]) if set(own) - {first} else max([first, *_first_days(terms.statutory()["values"])])


def _first_days(values: Mapping[str, Any]) -> list[date]:
    return [entry["from"] for series in values.values() for entry in series]


def parse_prices(words: Iterable[str]) -> dict[str, int]:
    """`monthly_fee=1100` → {"monthly_fee": 1100}. Raises Invalid."""
    prices: dict[str, int] = {}
    for word in words:
        key, _, yen = word.partition("=")
        if not key or not yen.isdecimal():
            raise Invalid(f"prices.{key or word}", "not_whole_yen", "write key=yen, such as monthly_fee=1100")
        prices[key] = int(yen)
    return prices


def _priced(found: Terms, prices: Mapping[str, int]) -> Terms:
    if not prices:
        return found
    command = Command("set_price_list", at_japan(found.data["from"], NOON), {"prices": prices}, "operator")
    return found.under(speech.handle(ServiceState(found.service), found, command).state)


def _about(file: Path, found: Terms) -> tuple[list[str], bool]:
    """What the file holds; and whether its rules are missing in the register that lies beside it."""
    data, title = found.data, found.data["title"]
    lines = [
        f"OK  {file.name}: {found.service}, {title.get('ja', '')} / {title.get('en', '')}",
        f"    {len(data['values'])} figures from {data['from']} on, {len(data.get('fee', ()))} fees, "
        f"{len(data['commands'])} commands, {len(set(rules_named(data)))} rules named",
    ]
    if listed := found.section("price_list").get("keys"):
        lines.append(f"    left to the company's price list (--prices KEY=YEN …): {', '.join(listed)}")
    register = file.with_name(f"{found.service}.rules.toml")
    if not register.exists():
        return [*lines, f"    no register {register.name} beside it: its rules have no wording yet", ""], False
    known = {rule.id for rule in wording.read(register)}
    strangers = sorted(set(rules_named(data)) - known)
    if strangers:
        lines.append(f"!!  named here, but not in {register.name}: {', '.join(strangers)}. Add them there, or mend the ids")
    return [*lines, ""], bool(strangers)


def rules_named(data: Any) -> Iterator[str]:
    """Every rule id in a terms file: under `rule` and `cites`, however deep."""
    if isinstance(data, Mapping):
        for key, value in data.items():
            if key == "rule" and isinstance(value, str):
                yield value
            elif key == "cites":
                yield from value
            else:
                yield from rules_named(value)
    elif isinstance(data, list):
        for value in data:
            yield from rules_named(value)


def _plan(found: Terms, plan: str, asked: Asked, on: date) -> tuple[list[str], bool]:
    """One plan's table, and whether it could be reckoned."""
    method = _method(found, plan)
    args: dict[str, Any] = {"plan": plan, "payment_method": method}
    if asked.options:
        args["options"] = [{"option": option, "quantity": 1} for option in asked.options]
    head = f"plan {plan}, paid by {method}" + (f", with {', '.join(asked.options)}" if asked.options else "")
    until = add_months(on, asked.months)
    try:
        quoted = quoting.quote_application(found, Command("apply", at_japan(on, NOON), args), until)
    except NoTermsForDay as error:
        return [head, f"!!  {error}", *_price_hint(found, error.key)], False
    except Refused as error:  # a price that nobody has set yet
        listed = [key for key in found.section("price_list").get("keys", ()) if not key.endswith(":*")]
        missing = [key for key in listed if not found.values_until(key, on)]
        return [head, f"!!  {error}", *(line for key in missing for line in _price_hint(found, key))], False
    if quoted.refusal_reasons:
        return [head, f"!!  the application is refused: {', '.join(quoted.refusal_reasons)}"], False
    steps = [f"    {day}  {command} (assumed)" for day, command in quoted.assumed]
    started = [f"    {quoted.service_starts_on}  the service starts"] if quoted.service_starts_on else ["    no start yet"]
    if not found.part(plan).section("fee"):
        return [head, *steps, *started, "    costs nothing"], True
    return [head, *steps, *started, *_bills(quoted.invoices, on, until, asked.months)], True


def _method(found: Terms, plan: str) -> str:
    methods = found.part(plan).section("application")["payment_methods"]
    return next((str(method) for method in methods if method != "none"), "none")


def _price_hint(found: Terms, key: str) -> list[str]:
    if found.is_listed(key):
        return [f"    The terms leave it to the company's price list: give --prices {key}=YEN"]
    return []


def _bills(invoices: tuple[Invoice, ...], on: date, until: date, count: int) -> list[str]:
    lines = ["    month    bill              due            total"]
    for month in months(on, until):
        sent = [bill for bill in invoices if month_of(bill.issued_on) == month]
        lines += [_row(bill) for bill in sent] or [f"    {str(month)[:7]}  {NO_BILL}"]
    total = sum(bill.total for bill in invoices)
    return [*lines, f"    together {total:,} yen in {count} months, {total // count:,} a month"]


def _row(bill: Invoice) -> str:
    of = " + ".join(f"{line.item} {line.amount:,}" for line in bill.lines)
    shown = f"{bill.kind} {str(bill.month)[:7]}"
    return f"    {str(bill.issued_on)[:7]}  {shown:<17} {bill.due_on} {bill.total:>9,}  = {of}"
