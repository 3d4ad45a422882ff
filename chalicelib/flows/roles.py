"""The roles of a home in words: what each may see and do, whom the caller may invite, what an invitation asks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from chalicelib import toml
from chalicelib.dates import japan_day
from chalicelib.errors import NotFound
from chalicelib.flows import called, forms, rules
from chalicelib.flows.inviting import inviter_of
from chalicelib.flows.members import contract_of, limits_of
from chalicelib.members import invitations, limits, permissions
from chalicelib.members.limits import Limits
from chalicelib.members.roles import Caller, Role
from chalicelib.store import contracts as rows
from chalicelib.store import members
from chalicelib.store.transact import Store

Json = dict[str, Any]
TEXTS = Path(__file__).parent.parent / "texts" / "roles.toml"


@lru_cache(maxsize=1)
def _words() -> Mapping[str, Any]:
    return toml.read(TEXTS)


def listed(store: Store, now: datetime, caller: Caller, contract_id: str) -> Json:
    """The roles that this service knows, the caller's own, and those in which the caller may invite somebody now."""
    contract = contract_of(store, contract_id)
    own = limits_of(rules.of(store, contract.service), now)
    offered = [line["role"] for line in own.rules.get("invite", ())]  # in the order of the terms: family first
    known: list[Role] = ["contractor", "applicant", *offered]
    items = [{**in_words(own, role), **offer(own, caller.role, role)} for role in known]
    return {"items": items, "mine": caller.role, "relations": _relations()}


def in_words(own: Limits, role: Role) -> Json:
    """A role with its name, and what it may see and do in this service.

    >>> in_words(Limits({}, str), "payer")["can"][0]["en"]
    'See the bills'
    """
    words = _words()["role"][role]
    granted = permissions.granted(role)
    looks = any(role in line["roles"] for line in own.rules.get("look", ()))
    can = [
        {"ja": ability["ja"], "en": ability["en"]}
        for ability in _words()["ability"]
        if ability["action"] in granted and (looks or not ability.get("data", False))
    ]
    return {"role": role, "label": {"ja": words["ja"], "en": words["en"]}, "more": words["more"], "can": can}


def offer(own: Limits, inviter: Role, invited: Role) -> Json:
    """Whether the caller may invite in that role, and what is asked then.

    >>> line = {"role": "family", "by": ["contractor"], "rule": "X-1", "relation": {"degree": "near", "by_marriage": True}}
    >>> offer(Limits({"invite": [line]}, {"near": 3}.get), "contractor", "family")["relation_degree_max"]
    3
    """
    line = own.invite(invited)
    may = line is not None and inviter in line["by"] and limits.within(inviter, invited)
    near = (line or {}).get("relation")
    asks = {"relation_degree_max": int(own.value(near["degree"])), "by_marriage": bool(near.get("by_marriage"))} if near else {}
    return {"may_invite": may, "asks_devices": invited == "dealer", **asks, **({"rule": str(line["rule"])} if line else {})}


def _relations() -> list[Json]:
    return [
        {"relation": name, "label": {"ja": about["ja"], "en": about["en"]}, "degree": about.get("degree")}
        for name, about in limits.relations().items()
    ]


def look(store: Store, now: datetime, caller: Caller, token: str) -> Json:
    """What an invitation is about, for whoever brings its token, before they accept. Changes nothing.

    Raises NotFound for a token that nobody was sent; Refused when it is void, used, taken back, late or for another address.
    """
    contract_id, id, secret = invitations.parts_of(token)
    contract = rows.load(store, contract_id)
    which = members.invitation(store, contract.account, contract_id, id) if contract else None
    if contract is None or which is None:
        raise NotFound("invitation")
    invitations.accepted(which, secret, members.email_hash(caller.email), now)
    terms = rules.of(store, contract.service)
    own = limits_of(terms, now)
    day = japan_day(now)
    return {
        "service": contract.service,
        "title": terms.data.get("title", {}),
        "inviter": {one: called.called(inviter_of(store, contract_id, one), one) for one in called.LANGUAGES},
        "person": which.person,
        "role": in_words(own, which.role),
        "consents": [forms.consent_words(terms, name, day) for name in own.consents],
        "until": japan_day(which.expires_at).isoformat(),
    }
