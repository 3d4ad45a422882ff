"""One-off things: what the customer asks for, what an operator charges, and articles that are sent back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from chalicelib.contracts import tasks
from chalicelib.contracts.contract import Charge, Purchase
from chalicelib.contracts.equipment import needs_open
from chalicelib.contracts.options import held, running
from chalicelib.contracts.owing import tax_of
from chalicelib.contracts.terms import Terms
from chalicelib.contracts.work import Work
from chalicelib.errors import Invalid, Refused


def buy(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """A one-off charge the customer asked for: `amount` is per unit where no price is fixed."""
    needs_open(work, spec["rule"])
    item, quantity = args["item"], args.get("quantity", 1)
    rule = work.terms.section("buy").get(item)
    if rule is None:
        raise Refused("not_provided", spec["rule"])
    _needed(work, rule)
    if "last_day" in rule and work.day > work.terms.value(rule["last_day"], work.day):
        raise Refused(rule["closed"], rule["cites"][0])
    unit = _unit_price(work, rule, args)
    ready = args.get("delivered_on")
    ref = _purchase_ref(work, item, rule, ready or work.day, bool(args.get("made_to_order")))
    tax = rule.get("tax") or (tax_of(work.terms, rule["value"]) if "value" in rule else "included")
    shown = quantity if rule.get("quantity") else None
    figures = f"{unit}*{quantity}" if shown is None and quantity > 1 else ""
    work.owe(
        Charge(
            rule.get("item", item),
            work.day,
            unit * quantity,
            tax,
            shown,
            ready_on=ready,
            cites=tuple(rule["cites"]),
            ref=ref,
            figures=figures,
        )
    )
    work.event("bought", *rule["cites"], item=item, quantity=quantity)
    if "notice" in rule:
        work.notice(rule["notice"], quantity=quantity)


def _needed(work: Work, rule: Mapping[str, Any]) -> None:
    """Raises Refused when what the item needs is not there: a running option, an island site."""
    need, contract, day = rule.get("needs"), work.contract, work.day
    if need == "running_option" and running(contract, day) is None:
        raise Refused("no_option_running", rule["cites"][0])
    if need == "option" and held(contract, day) is None:
        raise Refused("no_option", rule["cites"][0])
    if need == "island" and not contract.island:
        raise Refused("not_a_remote_site", rule["cites"][0])


def _unit_price(work: Work, rule: Mapping[str, Any], args: Mapping[str, Any]) -> int:
    if rule.get("amount") != "asked":
        return work.terms.price(rule["value"], work.day)
    amount = args.get("amount")
    if amount is None and "value" in rule and work.terms.has(rule["value"]):
        return work.terms.price(rule["value"], work.day)
    if amount is None:
        raise Invalid("amount", "missing", "give_the_price_of_one")
    return int(amount)


def _purchase_ref(work: Work, item: str, rule: Mapping[str, Any], delivered_on: date, bound: bool) -> str:
    """Names a returnable article, or the article that a delivery fee goes with: the latest handed over that day without one."""
    contract = work.contract
    if rule.get("returnable"):
        ref = f"purchase:{work.at.isoformat()}:{len(contract.purchases)}"
        work.set(purchases=(*contract.purchases, Purchase(ref, delivered_on, bound=bound)))
        return ref
    if "goes_with" in rule:
        taken = {c.ref for c in contract.owed if c.item == item}
        fitting = [p for p in contract.purchases if p.delivered_on == delivered_on and p.ref not in taken and not p.invoice]
        return fitting[-1].ref if fitting else ""
    return ""


def charge(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """A cost that an operator enters."""
    rule = work.terms.section("charge")
    if work.contract.state in ("applied", "refused") or work.contract.nothing_owed:
        raise Refused("no_contract", spec["rule"])
    if args["item"] not in rule["items"]:
        raise Refused("item_not_offered", spec["rule"])
    if args["amount"] <= 0:
        raise Invalid("amount", "not_positive", "give_a_positive_amount")
    work.owe(Charge(args["item"], work.day, args["amount"], rule["tax"], cites=tuple(rule["cites"])))
    work.event("charged", spec["rule"], item=args["item"], amount=args["amount"])


def last_return_day(terms: Terms, delivered_on: date) -> date:
    """Until when an article can be reported: day n from hand-over, moved to a day the support desk works (STS-RET-1)."""
    days: int = terms.value(terms.section("returns")["days"], delivered_on)
    return terms.calendar.on_or_after(delivered_on + timedelta(days=days - 1))


def return_device(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """Equipment sent back, or the report of an article that goes back: its lines vanish, or are refunded with their tax."""
    if work.contract.state in ("applied", "refused"):
        raise Refused("no_contract", spec["rule"])
    rules, sku = work.terms.section("returns"), args.get("sku", "")
    if sku != rules["sku"] and tasks.awaits(work, "returned"):  # a unit that was exchanged: the new one stays in its place
        work.event("returned", spec["rule"], sku=sku)
        return
    if sku != rules["sku"]:
        work.set(returned=tuple(sorted({*work.contract.returned, sku} - {""})))
        work.event("returned", spec["rule"], sku=sku)
        return
    given = [p for p in work.contract.purchases if p.delivered_on <= work.day]
    if not given:
        raise Refused("nothing_to_return", spec["rule"])
    article = max(reversed(given), key=lambda p: p.delivered_on)
    if work.day > last_return_day(work.terms, article.delivered_on):
        raise Refused("too_late", spec["rule"])
    work.event("return_reported", spec["rule"], reason=args.get("reason", ""))
    if args.get("reason") not in rules["exchanged"]:
        take_back(work, article, tuple(rules["cites"]))


def take_back(work: Work, article: Purchase, cites: tuple[str, ...]) -> None:
    """The article's lines vanish, or are refunded with their tax when they were billed."""
    work.set(
        purchases=tuple(p for p in work.contract.purchases if p.ref != article.ref),
        owed=tuple(c for c in work.contract.owed if c.ref != article.ref),
    )
    if article.billed > 0:
        work.open_refund(article.billed, cites=cites)
        work.event("refund_opened", *cites, amount=article.billed)


def forget_old_purchases(work: Work) -> None:
    """An article that can no longer go back and is billed needs no memory."""
    kept = tuple(p for p in work.contract.purchases if not p.invoice or work.day <= last_return_day(work.terms, p.delivered_on))
    if len(kept) < len(work.contract.purchases):
        work.set(purchases=kept)
