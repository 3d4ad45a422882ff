"""A customer's or an operator's wish, carried out: load, ask the engine, commit once; the answer is kept with its key."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from chalicelib.billing import engine
from chalicelib.billing import quote as quoting
from chalicelib.contracts.contract import Command, Contract, Decision, Event
from chalicelib.contracts.terms import Terms
from chalicelib.dates import add_months, at_japan, japan_day
from chalicelib.errors import Conflict, Forbidden, Invalid, NoTermsForDay, NotFound
from chalicelib.flows import accounts, consents, rules, texts, together, views
from chalicelib.flows.attempts import until_settled
from chalicelib.gateways import clock
from chalicelib.members.roles import Caller
from chalicelib.store import codec, finding, idempotency, members
from chalicelib.store import contracts as rows
from chalicelib.store.transact import Row, Store

Json = dict[str, Any]
QUOTE_MONTHS = 6  # how far a quote looks ahead when nobody says
FIRST_YEAR_MONTHS = 12  # before applying
QUOTE_MONTHS_MAX = 60
FIRST_BILL_MONTHS = 4  # the first bill comes within this time, if it comes
_PERSONAL_OF_SITE = ("address", "postal_code")
_PROFILE = ("applicant", "site", "contact", "payer_contact")


def apply(store: Store, now: datetime, caller: Caller, body: Mapping[str, Any], key: str) -> Json:
    """An application. One that the terms refuse is a contract too, in state `refused`. A repeat gets the first answer.

    Raises NotFound for an unknown service, Invalid for a parent or earlier contract that is not the account's and for an
    application that says nothing of consents, Refused for what has no price yet.
    """
    if "account" in body and not caller.operator:
        raise Forbidden("apply for another account")
    account = body.get("account", caller.subject)
    contract_id = id_of(caller.subject, key)
    print_ = idempotency.fingerprint("apply", "", body)

    def attempt(again: bool) -> Json:
        terms = rules.of(store, body["service"])
        key_row = rows.item_key(contract_id, idempotency.item_of(caller.subject, key))
        found = rows.rows_of(store, [rows.snapshot_key(contract_id), key_row, finding.KEY])
        prints = found.pop(("finding", "key"), None)
        if answered := found.get((contract_id, key_row["item"]["S"])):
            return idempotency.answer_in(answered, print_)
        if found:
            raise Conflict("idempotency_key_reused")
        consents.asked_for(terms, body, now)
        address = accounts.address_of(terms, caller, account, body)
        asked = Command("apply", now, for_engine(body) | ({"address": address} if address else {}), caller.role)
        parent, earlier = _linked(store, account, body, "parent"), _linked(store, account, body, "recontract_of")
        others, noted = others_of(store, terms, account, contract_id)
        taken, claimed = accounts.claim(store, terms, asked.args.get("address", ""), contract_id, now)
        among: Json = {"contract_id": contract_id, "earlier": earlier, "parent": parent, "others": others}
        decision = engine.apply(terms, asked, account=account, address_taken=taken, **among)
        told = {**_first_bill(terms, asked, **among), "texts": texts.before(terms.service, "apply")}
        extra = [members.not_shut(store, account), *_profile(store, terms, decision, body, prints), *noted]
        extra += [] if decision.contract.state == "refused" else claimed
        extra += consents.of_application(store, terms, decision.contract, body, caller, now)
        return _commit(store, None, decision, terms, now, key_row, print_, extra, told, parent)

    return until_settled(attempt)


def command(
    store: Store,
    now: datetime,
    caller: Caller,
    contract_id: str,
    name: str,
    args: Mapping[str, Any],
    key: str,
    if_match: int | None = None,
) -> Json:
    """A command on a contract. Raises Refused when the terms do not allow it: then nothing is stored.

    Raises Conflict("version") when `if_match` is not the contract's version, Conflict("idempotency_key_reused").
    """
    print_ = idempotency.fingerprint(name, contract_id, args)

    def attempt(again: bool) -> Json:
        key_row = rows.item_key(contract_id, idempotency.item_of(caller.subject, key))
        found = rows.rows_of(store, [rows.snapshot_key(contract_id), key_row])
        if answered := found.get((contract_id, key_row["item"]["S"])):
            return idempotency.answer_in(answered, print_)
        contract = _the_contract(found, contract_id, if_match)
        terms = rules.of(store, contract.service)
        decision = engine.handle(contract, terms, Command(name, now, for_engine(args), caller.role))
        said = consents.of_command(store, terms, name, args, caller, now, contract.id) if decision.changed else []
        if terms.part(contract.plan).commands[name].get("ends_sessions"):
            said.append(members.end_sessions(store, contract.account, clock.wall()))
        return _commit(store, contract, decision, terms, now, key_row, print_, said)

    return until_settled(attempt)


def trial(
    store: Store, now: datetime, caller: Caller, contract_id: str, name: str, args: Mapping[str, Any]
) -> tuple[Contract, Decision, Terms]:
    """What `command` would decide, and the contract as it is: the same checks, and nothing stored. Raises as that does."""
    contract = rows.load(store, contract_id)
    if contract is None:
        raise NotFound("contract")
    terms = rules.of(store, contract.service)
    decision = engine.handle(contract, terms, Command(name, now, for_engine(args), caller.role))
    if decision.changed:
        consents.of_command(store, terms, name, args, caller, now, contract.id)
    together.beside(store, terms, contract, decision, now)
    return contract, decision, terms


def change_details(
    store: Store, now: datetime, caller: Caller, contract_id: str, body: Mapping[str, Any], if_match: int | None
) -> Json:
    """New contact details, payer or payment method, for the version that the caller read.

    Raises Conflict("version") when somebody changed the contract since. The audit log keeps which fields, never what.
    """

    def attempt(again: bool) -> Json:
        found = rows.rows_of(store, [rows.snapshot_key(contract_id), rows.profile_key(contract_id), finding.KEY])
        profile = rows.profile_in(found.get((contract_id, "profile")))
        wished = _merged(profile, body)
        if again and if_match is not None and _is_ours(found, contract_id, if_match, profile == wished):
            return views.contract(store, now, caller, contract_id)
        contract = _the_contract(found, contract_id, if_match)
        terms = rules.of(store, contract.service)
        decision = accounts.as_seen(contract, terms, caller, now)
        address, moved = accounts.move(store, terms, decision.contract, caller, body, now)
        if moved:
            decision = replace(decision, contract=decision.contract.but(address=address))
        if "payment_method" in body:
            method = {"payment_method": body["payment_method"]}
            decision = engine.handle(contract, terms, Command("register_payment_method", now, method, caller.role))
        event = Event("details_changed", now, caller.role, {"fields": sorted(body)})
        decision = replace(decision, events=(*decision.events, event))
        extra = [rows.profile_write(store, contract_id, contract.version + 1, wished), *moved]
        extra += finding.writes(store, found.get(("finding", "key")), contract_id, profile, wished)
        return _commit(store, contract, decision, terms, now, None, "", extra)

    return until_settled(attempt)


def quote(
    store: Store,
    now: datetime,
    caller: Caller,
    contract_id: str,
    name: str,
    args: Mapping[str, Any],
    *,
    on: date | None = None,
    until: date | None = None,
) -> Json:
    """What would follow a command on day `on`: the same engine on the same contract, and nothing stored."""
    contract = rows.load(store, contract_id)
    if contract is None:
        raise NotFound("contract")
    at, last = _when(now, on, until)
    asked = Command(name, at, for_engine(args), caller.role)
    terms = rules.of(store, contract.service)
    found = quoting.quote(contract, terms, asked, last)
    own = terms.part(contract.plan)
    return {**_quote_json(found, own), "refusal": _refusal(found, own, at), "texts": texts.before(contract.service, name)}


def _refusal(found: quoting.Quote, terms: Terms, at: datetime) -> Json | None:
    """Why the terms say no to what was asked for, in words."""
    if not found.refused:
        return None
    from chalicelib.flows import choices

    return choices.refusal_json(terms, found.refused, found.rule, japan_day(at))


def quote_application(
    store: Store,
    now: datetime,
    caller: Caller,
    args: Mapping[str, Any],
    *,
    on: date | None = None,
    until: date | None = None,
) -> Json:
    """What an application would cost, before it is made."""
    at, last = _when(now, on, until, FIRST_YEAR_MONTHS)
    asked = Command("apply", at, for_engine(args), caller.role)
    terms = rules.of(store, args["service"])
    parent, earlier = (_linked(store, caller.subject, args, field) for field in ("parent", "recontract_of"))
    others, _ = others_of(store, terms, caller.subject, "")
    found = quoting.quote_application(terms, asked, last, earlier=earlier, parent=parent, others=others)
    from chalicelib.flows import first_year  # who only sends a command needs no words

    plan = str(args.get("plan", ""))
    own, day = terms.part(plan), japan_day(at)
    sums = None if found.refusal_reasons else first_year.sums(found, own, plan, day)
    shown = {**_quote_json(found, own), "assumed": first_year.assumed(found, own), "sums": sums}
    return {**shown, "texts": texts.before(args["service"], "apply")}


def id_of(subject: str, key: str) -> str:
    """A contract's id follows from who applied and with which key, so a repeated application meets itself."""
    digest = hashlib.sha256(f"contract {subject} {key}".encode()).digest()
    return "c" + base64.b32encode(digest).decode().lower()[:23]


def _commit(
    store: Store,
    before: Contract | None,
    decision: Decision,
    terms: Terms,
    now: datetime,
    key_row: Row | None,
    print_: str,
    extra: list[Row],
    told: Mapping[str, Any] | None = None,
    looked_at: Contract | None = None,
) -> Json:
    """One transaction: the decision, the answer under its key, and what stands beside. `told` is more for the answer."""
    due = rules.due(decision.contract, terms)
    after = decision.contract.but(version=before.version + 1 if before else 1)
    extra = [*extra, *together.beside(store, terms, before, decision, now, looked_at)]
    answer = {**views.contract_json(after, japan_day(now), due), **(told or {})}
    if key_row is not None:
        extra = [*extra, idempotency.write(store.contracts, key_row, print_, answer, now)]
    rows.commit(store, before, decision, at=now, due=due, beside=extra)
    return answer


def _the_contract(found: Mapping[tuple[str, str], Row], contract_id: str, if_match: int | None) -> Contract:
    row = found.get((contract_id, "contract"))
    if row is None:
        raise NotFound("contract")
    contract = rows.held(row).contract
    if if_match is not None and contract.version != if_match:
        raise Conflict("version")
    return contract


def _is_ours(found: Mapping[tuple[str, str], Row], contract_id: str, if_match: int, same: bool) -> bool:
    """After a lost reply: whether the change that is there now is the one that we made."""
    row = found.get((contract_id, "contract"))
    return same and row is not None and int(row["version"]["N"]) == if_match + 1


def _profile(store: Store, terms: Terms, decision: Decision, body: Mapping[str, Any], prints: Row | None) -> list[Row]:
    """The personal row, and those by which it is found.

    Of a refused application nothing but the refusal is kept, where the terms promise it (ORM-TRM-1).
    """
    if decision.contract.state == "refused" and terms.section("account").get("erased_with_end"):
        return []
    profile = {name: body[name] for name in _PROFILE if name in body}
    known = finding.writes(store, prints, decision.contract.id, {}, profile)
    return [rows.profile_write(store, decision.contract.id, 1, profile), *known]


def others_of(store: Store, terms: Terms, account: str, contract_id: str) -> tuple[tuple[Contract, ...], list[Row]]:
    """The account's other contracts of the service, and the note that this one joins them; nothing where no rule asks."""
    if not terms.section("application").get("looks_at_others"):
        return (), []
    version, ids = rows.applications(store, terms.service, account)
    found = tuple(rows.load_many(store, [name for name in ids if name != contract_id]))
    return found, [rows.applications_write(store, terms.service, account, version, (*ids, contract_id))]


def _linked(store: Store, account: str, body: Mapping[str, Any], field: str) -> Contract | None:
    """The contract that an application names. Another account's looks like none."""
    if not body.get(field):
        return None
    contract = rows.load(store, body[field])
    if contract is None or contract.account != account:
        raise Invalid(field, "not_your_contract", "name_a_contract_of_the_same_account")
    return contract


def for_engine(body: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments without what only the profile keeps."""
    args = {name: value for name, value in body.items() if name not in ("service", "account", "contact", "payer_contact")}
    if "site" in args:
        args["site"] = {name: value for name, value in args["site"].items() if name not in _PERSONAL_OF_SITE}
    return args


def _merged(profile: Mapping[str, Any], body: Mapping[str, Any]) -> Json:
    """The profile with the changes laid over it, as it is stored (days as text)."""
    changes: Json = {}
    for part in ("contact", "payer_contact"):
        if part in body:
            changes[part] = {**profile.get(part, {}), **body[part]}
    payer = {name: body[name] for name in ("payer", "card_holder") if name in body}
    if payer:
        changes["applicant"] = {**profile.get("applicant", {}), **payer}
    merged: Json = codec.plain({**profile, **changes})
    return merged


def _when(now: datetime, on: date | None, until: date | None, months: int = QUOTE_MONTHS) -> tuple[datetime, date]:
    """The instant of asking and the last day to look at. Raises Invalid for a day that is over, or too far away."""
    today = japan_day(now)
    day = on or today
    if day < today:
        raise Invalid("on", "day_is_over", "give_today_or_later")
    last = until or add_months(day, months)
    if not day <= last <= add_months(today, QUOTE_MONTHS_MAX):
        raise Invalid("until", "out_of_range", "give_a_day_within_five_years")
    return (now if day == today else at_japan(day, time(12))), last


def _first_bill(terms: Terms, asked: Command, **among: Any) -> Json:
    """What an applicant is told at once: the first bill, if the typical steps follow on their days (None: no bill soon)."""
    try:
        until = add_months(japan_day(asked.at), FIRST_BILL_MONTHS)
        found = quoting.quote_application(terms, asked, until, **among)
    except NoTermsForDay:  # a price of a later day, not set yet, stops no application
        return {"first_bill": None, "assumed": []}
    bill = views.invoice_json(found.invoices[0]) if found.invoices else None
    return {"first_bill": bill, "assumed": _assumed(found)}


def _assumed(found: quoting.Quote) -> list[Json]:
    return [{"command": name, "on": on.isoformat()} for on, name in found.assumed]


def _quote_json(found: quoting.Quote, terms: Terms) -> Json:
    from chalicelib.flows import bills, names  # who only sends a command needs no words

    return {
        "assumed": _assumed(found),
        "service_starts_on": found.service_starts_on.isoformat() if found.service_starts_on else None,
        "refused": found.refused,
        "rule": found.rule,
        "refusal_reasons": list(found.refusal_reasons),
        "refusals": [dict(names.reason(reason)) for reason in found.refusal_reasons],
        "state": found.state,
        "until": found.until.isoformat(),
        "still_open": found.still_open,
        "ends_on": found.ends_on.isoformat() if found.ends_on else None,
        "invoices": [bills.quoted_json(invoice, terms) for invoice in found.invoices],
        "refunds": [views.refund_json(refund) for refund in found.refunds],
    }
