"""An announcement tried out over all contracts of a service, page by page: who would pay what more, who would be told what.

Nothing is stored. A service may have more contracts than one request can play ahead, so an answer is a page; its cursor
carries the sums so far, and the last page's `totals` are those of all contracts. A page holds contracts as they stand
when it is read; when something is announced between two pages, the next one is refused.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from chalicelib.contracts import service as speech
from chalicelib.contracts.announced import ServiceState
from chalicelib.contracts.contract import Command, Contract
from chalicelib.contracts.terms import Terms
from chalicelib.dates import add_months, japan_day, month_text
from chalicelib.errors import Conflict, Invalid, MimamoriError
from chalicelib.flows import rules
from chalicelib.flows.nights import LIVING
from chalicelib.members.roles import Caller
from chalicelib.store import contracts as rows
from chalicelib.store import idempotency
from chalicelib.store.transact import Row, S, Store

Json = dict[str, Any]
YEARS_AHEAD = 5  # an effective day further away is not played ahead
_SHOWN = ("bills_before", "bills_after", "refunds_before", "refunds_after", "difference")


@dataclass(frozen=True)
class Totals:
    """Sums over contracts: how many, how many pay more, less or the same, yen, notices by kind."""

    contracts: int = 0
    told: int = 0
    pay_more: int = 0
    pay_less: int = 0
    pay_same: int = 0
    end_earlier: int = 0
    unreckoned: int = 0
    bills_before: int = 0
    bills_after: int = 0
    refunds_before: int = 0
    refunds_after: int = 0
    difference: int = 0
    notices: Mapping[str, int] = field(default_factory=dict)

    def with_one(self, one: Mapping[str, Any]) -> Totals:
        """These sums and one contract more, as `items` shows it."""
        difference, notices = one["difference"], dict(self.notices)
        for kind in one["notices"]:
            notices[kind] = notices.get(kind, 0) + 1
        return replace(
            self,
            contracts=self.contracts + 1,
            told=self.told + bool(one["notices"]),
            pay_more=self.pay_more + (difference > 0),
            pay_less=self.pay_less + (difference < 0),
            pay_same=self.pay_same + (difference == 0),
            end_earlier=self.end_earlier + one["ends_earlier"],
            notices=notices,
            **{name: getattr(self, name) + one[name] for name in _SHOWN},
        )


@dataclass(frozen=True)
class _Place:
    """Where a page begins: in which of the states, after which contract, and the sums of the pages before."""

    state: int = 0
    after: str = ""
    totals: Totals = field(default_factory=Totals)


def dry_run(
    store: Store,
    now: datetime,
    caller: Caller,
    service: str,
    name: str,
    args: Mapping[str, Any],
    *,
    limit: int = 50,
    cursor: str = "",
) -> Json:
    """One page of what the announcement `name` would lead to if it were made now.

    Raises NotFound, Refused (too late, not provided: as the announcement itself), Invalid (also for a cursor of another
    announcement), Conflict("version") when something was announced since the page before.
    """
    from chalicelib.billing import effects  # 20 ms of a cold start

    present = rules.of(store, service)
    effective = args.get("effective_on") or japan_day(now)  # news without a day of its own is of today
    if effective > add_months(japan_day(now), 12 * YEARS_AHEAD):
        raise Invalid("effective_on", "out_of_range", "give_a_day_within_five_years")
    decision = speech.handle(present.state, present, Command(name, now, args, caller.role))
    told = decision.contract_command
    mark = f"{present.state.version} {idempotency.fingerprint(name, service, args)[:32]}"
    place = _opened(cursor, mark)
    found, following = _page(store, service, place, limit)
    changed, first = present.under(decision.state), effects.first_month(now, effective)
    items, unreckoned, page = _effects(found, lambda contract: effects.effect(contract, present, changed, now, told, effective))
    totals = _sum(place.totals, page)
    return {
        "service": service,
        "command": name,
        "announced_on": japan_day(now).isoformat(),
        "effective_on": effective.isoformat(),
        "notice": told.args["notice"] if told else "",  # some changes are told nobody
        "rule": told.args["rule"] if told else _rule_untold(present, decision.state),
        "months": [month_text(first), month_text(add_months(first, effects.MONTHS - 1))],
        "items": items,
        "unreckoned": unreckoned,
        "page": asdict(page),
        "totals": asdict(totals),
        "complete": following is None,
        **({"next": _closed(replace(following, totals=totals), mark)} if following else {}),
    }


def _rule_untold(present: Terms, state: ServiceState) -> str:
    """The rule of a change that is told nobody."""
    return str(present.section("announcements")[state.announcements[-1].kind]["rule"])


def _effects(found: list[Contract], effect: Callable[[Contract], Any]) -> tuple[list[Json], list[Json], Totals]:
    items: list[Json] = []
    unreckoned: list[Json] = []
    page = Totals()
    for contract in found:
        try:
            played = effect(contract)
        except MimamoriError as error:  # a price that is not set, and the like: the others still count
            unreckoned.append({"contract": contract.id, "reason": type(error).__name__})
            page = replace(page, contracts=page.contracts + 1, unreckoned=page.unreckoned + 1)
            continue
        ends = played.ends_after
        one: Json = {
            "contract": contract.id,
            "state": contract.state,
            "plan": contract.plan,
            **{name: getattr(played, name) for name in _SHOWN},
            "ends_on": ends.isoformat() if ends else None,
            "ends_earlier": ends is not None and (played.ends_before is None or ends < played.ends_before),
            "notices": list(played.notices),
        }
        items.append(one)
        page = page.with_one(one)
    return items, unreckoned, page


def _sum(first: Totals, then: Totals) -> Totals:
    notices = {kind: first.notices.get(kind, 0) + then.notices.get(kind, 0) for kind in {**first.notices, **then.notices}}
    sums: Json = {name: getattr(first, name) + value for name, value in asdict(then).items() if name != "notices"}
    return Totals(**sums, notices=notices)


def _page(store: Store, service: str, place: _Place, limit: int) -> tuple[list[Contract], _Place | None]:
    """Living contracts from a place on, state after state, and the place of the next page."""
    ids: list[str] = []
    after = place.after
    following: _Place | None = None
    for number in range(place.state, len(LIVING)):
        page = rows.of_service_state(
            store, service, LIVING[number], after=_after(service, LIVING[number], after), limit=limit - len(ids)
        )
        ids += [row["contract"]["S"] for row in page.rows]
        after = ""
        if len(ids) >= limit:
            following = _Place(number, ids[-1]) if page.after else _Place(number + 1)
            break
    found = rows.load_many(store, dict.fromkeys(ids))
    living = [contract for contract in found if contract.state in LIVING]  # an index may lag behind
    return living, following if following and following.state < len(LIVING) else None


def _after(service: str, state: str, contract: str) -> Row | None:
    return {**rows.snapshot_key(contract), "service_state": S(f"{service}#{state}")} if contract else None


def _closed(place: _Place, mark: str) -> str:
    told = [mark, place.state, place.after, list(asdict(place.totals).values())]
    return base64.urlsafe_b64encode(json.dumps(told, separators=(",", ":")).encode()).decode()


def _opened(cursor: str, mark: str) -> _Place:
    """The place in a cursor of ours. Raises Invalid for another's, Conflict when the service has moved on since."""
    if not cursor:
        return _Place()
    try:
        said, state, after, sums = json.loads(base64.b64decode(cursor, altchars=b"-_", validate=True))
        *numbers, notices = sums
        fits = all(type(number) is int for number in (state, *numbers, *notices.values())) and isinstance(after, str)
        place = _Place(state, after, Totals(**dict(zip((part.name for part in fields(Totals)), sums, strict=True))))
    except (ValueError, TypeError, AttributeError, binascii.Error) as error:
        raise Invalid("cursor", "not_a_cursor", "use_the_cursor_of_the_last_page") from error
    if not fits or not 0 <= state < len(LIVING) or not isinstance(said, str) or said.split()[1:] != mark.split()[1:]:
        raise Invalid("cursor", "not_a_cursor", "use_the_cursor_of_the_last_page")
    if said != mark:
        raise Conflict("version")
    return place


__all__ = ["Totals", "dry_run"]
