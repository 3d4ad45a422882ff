"""What others see of contracts and money: plain dicts, days as text, pages with opaque cursors. Nothing personal."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from chalicelib.billing.number import invoice_number
from chalicelib.contracts.contract import Contract, Invoice, Line, Option, Refund
from chalicelib.contracts.late import late
from chalicelib.dates import japan_day, month_text, sweep_instant
from chalicelib.errors import Invalid, NotFound
from chalicelib.members import permissions
from chalicelib.members.roles import Caller
from chalicelib.store import codec, members, nights, people
from chalicelib.store import contracts as rows
from chalicelib.store.transact import SHARDS, Page, Row, S, Store

Json = dict[str, Any]
STATES = ("applied", "accepted", "active", "suspended", "paused", "cancelling", "ended", "refused")


# values → JSON


def contract_json(contract: Contract, today: date, due_at: datetime | None) -> Json:
    """A contract as its people see it: the outcome of the acceptance language, and what happens next when."""
    return {
        "id": contract.id,
        "service": contract.service,
        "plan": contract.plan,
        "version": contract.version,
        "state": contract.state,
        "applied_at": codec.instant_text(contract.applied_at),
        "formed_on": _day(contract.formed_on),
        "service_starts_on": _day(contract.service_starts_on),
        "billing_starts_on": _day(contract.billing_starts_on),
        "ends_on": _day(contract.ends_on),
        "ended_because": contract.ended_because,
        "ships_on": _day(contract.ships_on),
        "visit_on": _day(contract.visit_on),
        "installed_on": _day(contract.installed_on),
        "grid_connected_on": _day(contract.grid_connected_on),
        "next_on": _day(japan_day(due_at)) if due_at else None,
        "payment_method": contract.payment_methods[-1][1] if contract.payment_methods else "none",
        "refusal_reasons": list(contract.refusal_reasons),
        "options": [_option(option, today) for option in contract.options],
        "data_allowance_gb": _allowance(contract, today) if contract.options else None,
        "devices": [{"sku": d.sku, "quantity": d.quantity, "delivered_on": _day(d.delivered_on)} for d in contract.devices],
        "parent": contract.parent or None,
        "children": list(contract.children),
        **_money(contract),
    }


_NAMED = ("id", "service", "state", "version", "label")
_MONEY = ("unpaid", "overdue", "due_on", "to_come_back")


def _money(contract: Contract) -> Json:
    """Yen to pay, of them late ones, by when the first of it; and yen on their way back to the customer."""
    owed = [entry for entry in contract.ledger if entry.unpaid > 0]
    return {
        "unpaid": sum(entry.unpaid for entry in owed),
        "overdue": sum(entry.unpaid for entry in late(contract)),
        "due_on": _day(min((entry.due_on for entry in owed), default=None)),
        "to_come_back": sum(refund.amount for refund in contract.refunds if refund.status != "paid"),
    }


def _allowance(contract: Contract, today: date) -> int | None:
    from chalicelib.billing import usage  # 20 ms of a cold start, for who has an option
    from chalicelib.contracts import terms

    return usage.data_allowance(contract, terms.load(contract.service), today)


def _option(option: Option, today: date) -> Json:
    return {
        "option": option.plan_on(today),
        "quantity": option.quantity,
        "state": option.state_on(today),
        "starts_on": _day(option.starts_on),
        "ends_on": _day(option.ends_on),
    }


def invoice_json(invoice: Invoice) -> Json:
    """A bill with its lines; `month` as `2025-04`, `number` as people say it, `key` as addresses do."""
    return {
        "key": invoice.key,
        "number": invoice_number(invoice.contract, invoice.key),
        "contract": invoice.contract,
        "kind": invoice.kind,
        "month": month_text(invoice.month),
        "issued_on": invoice.issued_on.isoformat(),
        "due_on": invoice.due_on.isoformat(),
        "status": invoice.status,
        "total": invoice.total,
        "tax": invoice.tax,
        "paid_by": invoice.paid_by,
        "paid": invoice.paid,
        "lines": [line_json(line) for line in invoice.lines],
    }


def line_json(line: Line) -> Json:
    """A line of a bill: its item, days, quantity, amount and rules."""
    shown: Json = {"item": line.item}
    if line.first is not None:
        shown["from"] = line.first.isoformat()
    if line.last is not None:
        shown["to"] = line.last.isoformat()
    if line.quantity is not None:
        shown["quantity"] = line.quantity
    return {**shown, "amount": line.amount, "cites": list(line.cites)}


def refund_json(refund: Refund) -> Json:
    """Money that goes back, and for which months."""
    return {
        "key": refund.key,
        "contract": refund.contract,
        "amount": refund.amount,
        "status": refund.status,
        "opened_on": refund.opened_on.isoformat(),
        "months": [month_text(month) for month in refund.months],
        "cites": list(refund.cites),
    }


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


# one contract


def contract(store: Store, now: datetime, caller: Caller, contract_id: str) -> Json:
    """One contract; its money only for those who see bills. Raises NotFound."""
    row = store.get(store.contracts, rows.snapshot_key(contract_id))
    if row is None:
        raise NotFound("contract")
    shown = _held_json(rows.held(row), now)
    return shown if permissions.may(caller.role, "invoices.list") else _without(shown, _MONEY)


def _held_json(held: rows.Held, now: datetime) -> Json:
    due_at = datetime.fromisoformat(held.due_at) if held.due_at else None
    return contract_json(held.contract, japan_day(now), due_at)


def invoices(store: Store, contract_id: str, limit: int = 50, cursor: str = "") -> Json:
    return page_of([invoice_json(invoice) for invoice in rows.invoices(store, contract_id)], limit, cursor)


def refunds(store: Store, contract_id: str, limit: int = 50, cursor: str = "") -> Json:
    return page_of([refund_json(refund) for refund in rows.refunds(store, contract_id)], limit, cursor)


def events(store: Store, contract_id: str, limit: int = 50, cursor: str = "") -> Json:
    """The audit log, oldest first."""
    journals = rows.journals(store, contract_id)
    return page_of([{"version": j.version, **event} for j in journals for event in j.events], limit, cursor)


def notices(store: Store, contract_id: str, limit: int = 50, cursor: str = "") -> Json:
    """What the customer was told, oldest first."""
    journals = rows.journals(store, contract_id)
    return page_of([{"contract": contract_id, **notice} for j in journals for notice in j.notices], limit, cursor)


# lists of contracts


def contracts(
    store: Store, now: datetime, caller: Caller, *, service: str = "", state: str = "", limit: int = 50, cursor: str = ""
) -> Json:
    """Operators: those of a service and state, or of all. Others: their own, then those that they may follow."""
    place = opened(cursor)
    ids, following = _all_ids(store, service, state, place, limit) if caller.operator else _own_ids(store, caller, place, limit)
    ids = list(dict.fromkeys(ids))  # an index that lags may know a contract under two states
    keys = [rows.snapshot_key(name) for name in ids]
    found = rows.rows_of(store, keys if caller.operator else [*keys, *map(people.key, ids)])
    shown = [_held_json(held, now) for held in rows.readable(found, ids).values()]
    if not caller.operator:
        shown = [{**c, "label": _home(found.get((c["id"], "people")))} for c in shown]
    # An index may lag behind: what is shown is what the contract says, so the filter is held against that.
    kept = [c for c in shown if (not service or c["service"] == service) and (not state or c["state"] == state)]
    if not caller.operator:
        kept = _as_their_roles_see(store, caller, found, kept)
    return {"items": kept, **({"next": closed(following)} if following else {})}


def _as_their_roles_see(store: Store, caller: Caller, found: Mapping[tuple[str, str], Row], shown: list[Json]) -> list[Json]:
    """What somebody only follows, they see as their roles let them: who only pays sees bills, and of the contract its name.

    `may` says of each what the caller may do there, in all their roles: an app leads nowhere else.
    """
    followed = members.followed(store, caller.email, caller.subject) if caller.email else {}

    def seen(c: Json) -> Json:
        own = caller.on_contract(found[c["id"], "contract"]["account"]["S"], formed=c["formed_on"] is not None)
        roles = followed.get(c["id"], []) if own == "none" else [own]
        may = frozenset(action for role in roles for action in permissions.granted(role))
        hidden = () if "invoices.list" in may else _MONEY
        if "contracts.view" not in may:
            hidden = (*hidden, *(name for name in c if name not in (*_NAMED, *_MONEY)))
        return {**_without(c, hidden), "may": sorted(may)}

    return [seen(c) for c in shown]


def _without(shown: Json, hidden: Sequence[str]) -> Json:
    return {name: value for name, value in shown.items() if name not in hidden}


def _home(row: Row | None) -> str | None:
    """What the family calls the home."""
    return (people.of_row(row).home or None) if row else None


def page_of_all(
    store: Store, service: str, state: str, limit: int, cursor: str, among: Sequence[tuple[str, str]] | None = None
) -> tuple[list[Contract], str]:
    """Contracts themselves, of a service and state or of all, for operators' lists; and the cursor of the next page."""
    ids, following = ids_of_all(store, service, state, limit, cursor, among)
    found = rows.rows_of(store, map(rows.snapshot_key, ids))
    return [held.contract for held in rows.readable(found, ids).values()], following


def ids_of_all(
    store: Store, service: str, state: str, limit: int, cursor: str, among: Sequence[tuple[str, str]] | None = None
) -> tuple[list[str], str]:
    """The same, only their ids. `among`: only of these services and states."""
    ids, following = _all_ids(store, service, state, opened(cursor), limit, among)
    return list(dict.fromkeys(ids)), closed(following) if following else ""


def _all_ids(
    store: Store,
    service: str,
    state: str,
    place: Sequence[str],
    limit: int,
    among: Sequence[tuple[str, str]] | None = None,
) -> tuple[list[str], list[str]]:
    """Ids from one (service, state) after the other; a cursor says at which, and after which contract."""
    from chalicelib.contracts import terms

    every = ((s, t) for s in ([service] if service else terms.services()) for t in ([state] if state else STATES))
    kinds = [kind for kind in every if among is None or kind in among]
    start, last = whole(place[0]) if place else 0, place[1] if len(place) > 1 else ""
    ids: list[str] = []
    for number in range(start, len(kinds)):
        after = _state_after(*kinds[number], last) if last else None
        page = rows.of_service_state(store, *kinds[number], after=after, limit=limit - len(ids))
        ids += [row["contract"]["S"] for row in page.rows]
        last = ""
        if len(ids) >= limit:
            following = [str(number), ids[-1]] if page.after else [str(number + 1)]
            return ids, following if int(following[0]) < len(kinds) else []
    return ids, []


def _own_ids(store: Store, caller: Caller, place: Sequence[str], limit: int) -> tuple[list[str], list[str]]:
    after: Row | None = None
    if place:
        if len(place) < 2:
            raise no_cursor()
        key = rows.snapshot_key(place[1])
        after = {**key, "account": S(caller.subject), "applied_at": S(place[0])}
    page: Page = rows.of_account(store, caller.subject, after=after, limit=limit)
    ids = [row["contract"]["S"] for row in page.rows]
    if page.after:
        return ids, [page.after["applied_at"]["S"], page.after["contract"]["S"]]
    followed = members.followed(store, caller.email, caller.subject) if caller.email else {}
    return ids + [name for name in followed if name not in ids], []


def _state_after(service: str, state: str, contract_id: str) -> Row:
    return {**rows.snapshot_key(contract_id), "service_state": S(f"{service}#{state}")}


# operators


def parked_json(entry: nights.Parked) -> Json:
    """What operators see of parked work; `night_desk` says more of it."""
    shown = ("id", "contract", "day", "since", "at", "reason", "detail")
    return {name: getattr(entry, name) for name in shown}


def night(store: Store, day: date) -> Json:
    """The reconciliation of a night: due = done + parked + left. `left` still stands in the due index."""
    due, runs = nights.due_counted(store, day)
    aside = {p.contract for p in nights.all_parked(store) if p.id == p.contract and p.since <= day.isoformat() <= p.day}
    waiting = {name for shard in range(SHARDS) for name in rows.due_in_shard(store, shard, sweep_instant(day))}
    left = len(waiting - aside)
    return {
        "day": day.isoformat(),
        "runs": runs,
        "due": due,
        "done": max(0, due - left - len(aside)),
        "parked": len(aside),
        "left": left,
    }


# cursors: opaque to callers, and worth nothing to forgers, since the partition is never in them


def page_of(items: list[Mapping[str, Any]] | list[Json], limit: int, cursor: str) -> Json:
    """A page of a list that only grows at its end."""
    place = opened(cursor)
    start = whole(place[0]) if place else 0
    end = start + limit
    return {"items": items[start:end], **({"next": closed([str(end)])} if end < len(items) else {})}


def closed(place: Sequence[str]) -> str:
    """A place in a list as a cursor."""
    return base64.urlsafe_b64encode("\n".join(place).encode()).decode()


def opened(cursor: str) -> list[str]:
    """A cursor's place. Raises Invalid."""
    try:
        return base64.b64decode(cursor, altchars=b"-_", validate=True).decode().split("\n") if cursor else []
    except (binascii.Error, UnicodeDecodeError) as error:
        raise no_cursor() from error


def whole(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise no_cursor()
    return int(text)


def no_cursor() -> Invalid:
    """What a cursor that is none of ours is answered with."""
    return Invalid("cursor", "not_a_cursor", "use_the_cursor_of_the_last_page")
