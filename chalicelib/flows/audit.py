"""Who of the operators looked at or did what: written down before the answer leaves, read by day, operator or contract.

It holds ids and what was done, never what was seen, typed or searched for.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from chalicelib import toml
from chalicelib.dates import japan_day
from chalicelib.errors import Invalid
from chalicelib.flows import places, views
from chalicelib.members import audited
from chalicelib.members.roles import Caller
from chalicelib.store import audit, codec
from chalicelib.store.audit import Done
from chalicelib.store.transact import Store

Json = dict[str, Any]
TEXTS = Path(__file__).parent.parent / "texts" / "audit.toml"
LANGUAGES = ("ja", "en")
ABOUT = ("command", "service", "device", "serial", "invoice", "alert", "aside", "export", "account", "parked")  # ids only


def write_down(
    store: Store,
    now: datetime,
    caller: Caller,
    action: str,
    method: str,
    params: Mapping[str, str],
    body: Mapping[str, Any],
    *,
    reads_on: bool = True,
) -> None:
    """One row, or one for each contract of a bulk command. Raises StoreError: then nobody is shown anything.

    `reads_on`: it is a later page of a list.
    """
    if not audited.is_written(action, reads_on=reads_on):
        return
    changed = audited.changes(action, method) and not (body.get("dry_run") or body.get("trial"))
    about = {name: str(params[name]) for name in ABOUT if name in params}
    if action == "operator.bulk":
        about["command"] = str(body["command"])
    named: Sequence[str] = body.get("contracts", ()) if action == "operator.bulk" else ()
    contracts = named or [params.get("contract", "")]
    done = [Done(now, caller.subject, caller.email, action, changed, contract, about) for contract in contracts]
    chance = secrets.token_hex(4)
    writes = [audit.new(store, one, f"{chance}-{place:02d}", audited.kept()) for place, one in enumerate(done)]
    if len(writes) == 1:
        store.write(writes[0])
    else:
        store.commit(writes)


def listed(
    store: Store,
    now: datetime,
    *,
    day: date | None = None,
    contract: str = "",
    operator: str = "",
    changed: str = "",
    limit: int = 50,
    cursor: str = "",
) -> Json:
    """A page, newest first: of a contract through all days that are kept, else of a day (today when nobody says).

    `operator` and `changed` (yes, no) narrow what a page holds: it may be short though later ones are not. Raises Invalid.
    """
    place = views.opened(cursor)
    if contract:
        if place and len(place) != 3:
            raise Invalid("cursor", "not_a_cursor", "use_the_cursor_of_the_last_page")
        found, following = audit.of_contract(store, contract, after=list(place), limit=limit)
    else:
        on = (day or japan_day(now)).isoformat()
        entries, after = audit.of_day(store, on, after=place[0] if place else "", limit=limit)
        found, following = [done for _, done in entries], [after] if after else []
    kept = [one for one in found if operator in ("", one.operator) and changed in ("", "yes" if one.changed else "no")]
    page = {"items": [_json(one) for one in kept], "looked_at": len(found)}
    return {**page, **({"next": views.closed(following)} if following else {})}


def _json(done: Done) -> Json:
    return {
        "at": codec.instant_text(done.at),
        "operator": done.operator,
        "name": done.name,
        "action": done.action,
        "changed": done.changed,
        "text": said(done.action, changed=done.changed),
        "contract": done.contract or None,
        "about": _about(done.about),
    }


def _about(ids: Mapping[str, str]) -> Json:
    """A message set aside has an id that says nothing to anybody: the device that sent it, where it is known, does."""
    try:
        device = places.opened(ids.get("aside", ""), 2)[:1]
    except Invalid:  # what somebody asked for in vain
        device = []
    return {**({"device": device[0]} if device and device[0] else {}), **ids}


def said(action: str, *, changed: bool) -> dict[str, str]:
    """What an action is called, by language. One that no longer exists is called by its name."""
    book = texts()
    if action in book["own"]:
        return dict(book["own"][action])
    what, _, verb = action.partition(".")
    if what not in book["what"]:
        return dict.fromkeys(LANGUAGES, action)
    kind = "save" if verb == "export" else "change" if changed else "look"
    return {language: book[kind][language].format(what=book["what"][what][language]) for language in LANGUAGES}


@lru_cache(maxsize=1)
def texts() -> Json:
    """The words, read when the first one is asked for."""
    return toml.read(TEXTS)
