"""The record of consents: what was agreed to, under which edition of the terms, when, by whom, and when it was taken back.

It only grows. What a consent allows is decided elsewhere, from the contract; this is what can be shown to whoever gave it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal

from chalicelib.contracts import application
from chalicelib.contracts.contract import Contract, Event
from chalicelib.contracts.terms import Terms
from chalicelib.dates import japan_day
from chalicelib.errors import Invalid, Refused
from chalicelib.flows import rules
from chalicelib.flows.asked import Asked
from chalicelib.flows.attempts import settled
from chalicelib.flows.members import contract_of, limits_of
from chalicelib.members.roles import Caller, Role
from chalicelib.store import consents as rows_of_consents
from chalicelib.store import contracts as rows
from chalicelib.store.consents import Said
from chalicelib.store.transact import Store, Write

Json = dict[str, Any]
COMMANDS: dict[str, Literal["given", "withdrawn"]] = {"consent": "given", "withdraw_consent": "withdrawn"}
_ALL: tuple[Role, ...] = ("operator", "contractor", "applicant")


def given(
    store: Store,
    terms: Terms,
    contract: Contract,
    caller: Caller,
    role: Role,
    names: Iterable[str],
    now: datetime,
    person: str = "",
) -> list[Write]:
    """A transaction's entries: these were agreed to now."""
    edition = terms.edition_on(japan_day(now))
    said = [Said("given", name, edition, now, role, caller.subject, person=person) for name in names]
    return [rows_of_consents.write(store, contract.id, said)] if said else []


def asked_for(terms: Terms, body: Mapping[str, Any], now: datetime) -> None:
    """Whoever applies says what they agree to, be it nothing. Raises Invalid, naming what is needed, where nothing is said."""
    if "consents" in body:
        return
    needed = application.needed_consents(terms.part(str(body.get("plan", ""))), body, japan_day(now))
    raise Invalid("consents", "consent_needed", "agree_to", choices=", ".join(needed))


def of_application(
    store: Store, terms: Terms, contract: Contract, body: Mapping[str, Any], caller: Caller, now: datetime
) -> list[Write]:
    """What an application agreed to: what it says, and nothing else. Of a refused one nothing is kept but the refusal."""
    if contract.state == "refused":
        return []
    names = body.get("consents", ())
    role: Role = "operator" if caller.operator else "applicant"
    edition = terms.edition_on(japan_day(now))
    said = [Said("given", name, edition, now, role, contract.account) for name in dict.fromkeys(names)]
    return [rows_of_consents.write(store, contract.id, said)] if said else []


def of_command(
    store: Store, terms: Terms, name: str, args: Mapping[str, Any], caller: Caller, now: datetime, contract: str
) -> list[Write]:
    """What a command says about a consent: nothing, for most."""
    kind = COMMANDS.get(name)
    if kind is None:
        return []
    purpose, to = args.get("purpose", ""), args.get("to", "")
    said = Said(kind, purpose, terms.edition_on(japan_day(now)), now, caller.role, caller.subject, to=to)
    return [rows_of_consents.write(store, contract, [said])]


def listing(store: Store, now: datetime, caller: Caller, contract_id: str) -> Json:
    """Everything said about consents in words, oldest first: all for holder and operators, else one's own."""
    said = rows_of_consents.load(store, contract_id)
    mine = [one for one in said if caller.role in _ALL or one.subject == caller.subject]
    latest = {(one.subject, one.name, one.to): one for one in mine}
    own = rules.of(store, contract_of(store, contract_id).service)
    return {"items": [{**_json(one, one is latest[one.subject, one.name, one.to]), **_words(own, one, now)} for one in mine]}


def _words(own: Terms, one: Said, now: datetime) -> Json:
    """What a consent is called and means, and whom it serves where it serves somebody."""
    from chalicelib.flows import choices, forms  # who only gives a consent needs no words

    words = forms.consent_words(own, one.name, max(japan_day(now), own.data["from"]))
    to = choices.book()["to"].get(one.to)
    return {"label": words["label"], "means": words["means"], "texts": words["texts"], **({"to_label": dict(to)} if to else {})}


def _json(one: Said, last: bool) -> Json:
    shown: Json = {"kind": one.kind, "consent": one.name, "edition": one.edition, "by": one.by}
    shown |= {"at": rows_of_consents.instant_text(one.at), "in_force": last and one.kind == "given"}
    return shown | {name: value for name, value in (("to", one.to), ("person", one.person)) if value}


def withdraw(store: Store, now: datetime, caller: Caller, asked: Asked, name: str) -> Json:
    """Somebody takes back a consent of their own. Raises Refused for one that they did not give, or took back already.

    A member without a consent that the service asks of its members is let out in the same step. What an application needed
    goes before an operator: the contract stays until its holder ends it.
    """

    def decide() -> Json:
        contract = contract_of(store, asked.contract)
        own = limits_of(rules.of(store, contract.service), now)
        said = [one for one in rows_of_consents.load(store, contract.id) if (one.subject, one.name) == (caller.subject, name)]
        if not said or said[-1].kind != "given":
            raise Refused("consent_not_given", own.rule)
        gone = Said("withdrawn", name, said[-1].edition, now, caller.role, caller.subject, said[-1].to, said[-1].person)
        answer = _json(gone, True)
        writes = [rows_of_consents.write(store, contract.id, [gone])]
        writes += _follows(store, now, contract, caller, name, own.consents)
        store.commit([*writes, asked.remember(store, answer, now)])
        return answer

    return settled(asked.first, store, decide)


def _follows(
    store: Store, now: datetime, contract: Contract, caller: Caller, name: str, needed: tuple[str, ...]
) -> list[Write]:
    from chalicelib.flows.members import going
    from chalicelib.store import members

    if caller.role in _ALL:
        return [rows.note(store, contract, name, [Event("consent_withdrawn", now, caller.role, {"consent": name})])]
    inside = members.members(store, contract.account, contract.id)
    gone = [one for one in inside if one.subject == caller.subject]
    return going(store, now, contract, inside, gone, "member_left", caller.role) if name in needed and gone else []
