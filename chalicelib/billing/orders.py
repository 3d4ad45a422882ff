"""Orders from the shop: wished by the customer, accepted by the purchase that an operator records, undone until hand-over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.billing.purchases import take_back
from chalicelib.contracts import tasks
from chalicelib.contracts.equipment import needs_open
from chalicelib.contracts.work import Work
from chalicelib.errors import Refused


def order_article(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """A wish, and no sale yet: it waits for an operator, whose `buy` accepts it with its price and its day (STS-ORD-2).

    Raises Refused for an item that the shop does not have, or when too many orders wait already.
    """
    needs_open(work, spec["rule"])
    rules = work.terms.section("order")
    if args["item"] not in rules["items"]:
        raise Refused("item_not_offered", spec["rule"])
    if len(_waiting(work)) >= work.terms.value(rules["open"], work.day):
        raise Refused("too_many_orders", spec["rule"])
    work.event("ordered", spec["rule"], item=args["item"], sku=args.get("sku", ""), quantity=args.get("quantity", 1))
    work.notice(rules["notice"], quantity=args.get("quantity", 1))


def cancel_order(work: Work, args: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    """Undoes an order: one that still waits, else the article accepted last, as long as it was not handed over.

    The provider needs one of the grounds of the terms (STS-CAN-1); the customer needs none, but what was made to order
    stays (STS-CAN-2). What it has cost so far an operator charges.
    """
    rules, reason = work.terms.section("order"), args.get("reason", "")
    if reason not in (*rules["provider"], *rules["customer"]):
        raise Refused("reason_not_listed", rules["rule"])
    if not _waiting(work):
        coming = [p for p in work.contract.purchases if p.delivered_on > work.day]
        if not coming:
            raise Refused("handed_over" if work.contract.purchases else "no_order", spec["rule"])
        if coming[-1].bound and reason in rules["customer"]:
            raise Refused("made_to_order", spec["rule"])
        take_back(work, coming[-1], (spec["rule"],))
    work.event("order_cancelled", spec["rule"] if reason in rules["customer"] else rules["rule"], reason=reason)
    work.notice("shop_order_cancelled")


def _waiting(work: Work) -> tuple[str, ...]:
    """The tasks of orders that nobody accepted yet: those that a cancelled order ends."""
    ended = tasks.ended_by(work.terms, "order_cancelled")
    return tuple(errand.kind for errand in work.contract.errands if errand.kind in ended)


__all__ = ["cancel_order", "order_article"]
