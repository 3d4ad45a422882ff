"""An account goes, at its owner's word, once no contract binds it: everything that is theirs here, and then the account itself.

From the first transaction on no token of theirs is believed, and no application of theirs is taken. The rest is the outbox's,
which repeats it until it is done, and once more for what an index did not know yet. Bills stay, with the name on them, for as
long as the law wants them kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from chalicelib.billing import engine
from chalicelib.contracts import tasks
from chalicelib.contracts.contract import Contract
from chalicelib.dates import add_months, japan_day, sweep_instant
from chalicelib.errors import Bound
from chalicelib.flows import accounts, bills, erasing, letters, passwords, profile, rules
from chalicelib.flows.attempts import settled
from chalicelib.flows.members import going
from chalicelib.gateways import clock
from chalicelib.gateways.pool import Pool
from chalicelib.iot import house
from chalicelib.store import contracts as rows
from chalicelib.store import members, outbox
from chalicelib.store.outbox import Entry
from chalicelib.store.transact import Store

ONCE_MORE = timedelta(minutes=15)  # for what an index did not know yet
TOKENS_HOLD = timedelta(days=1)  # an hour, and much to spare


def ask(store: Store, now: datetime, pool: Pool, account: str, password: str) -> None:
    """The account is to go, says who knows its password. Raises Invalid, and Bound with the contracts in the way."""
    known, tokens = passwords.proved(pool, account, password)
    pool.revoke(tokens.refresh)
    if members.sessions_ended_at(store, account) == members.SHUT:  # asked for already: the outbox is at it
        return
    in_the_way = list(bound_by(store, now, account))
    if in_the_way:
        raise Bound("account_in_use", in_the_way)
    cause, body = f"{account}#gone", {"account": account, "email": known.email}
    language = members.profile(store, account).get("language", "ja")
    writes = [
        members.shut(store, account),
        outbox.entry(store, "account_gone", cause, now, body),
        outbox.entry(store, "account_gone", cause, now + ONCE_MORE, body, later=True),
        letters.entry(store, now, "account_gone", known.email, language, {}, f"{cause}#letter"),
    ]
    settled(store.commit, writes)


def bound_by(store: Store, now: datetime, account: str) -> Iterator[dict[str, str]]:
    """The contracts that still bind an account, each with the reason."""
    for contract in rows.load_many(store, profile.contracts_of(store, account)):
        reason = _binds(store, now, contract)
        if reason:
            yield {"contract": contract.id, "service": contract.service, "reason": reason}


def _binds(store: Store, now: datetime, contract: Contract) -> str:
    if contract.state not in accounts.GONE:
        return "still_running"
    if any(entry.unpaid > 0 for entry in contract.ledger):
        return "still_owed"
    if any(refund.status != "paid" for refund in rows.refunds(store, contract.id)):
        return "still_to_be_refunded"
    terms = rules.of(store, contract.service)
    waits = tasks.tasks(contract, terms, japan_day(now)) or engine.next_day(contract, terms) is not None
    return "still_unfinished" if waits and contract.state == "ended" else ""


def send(store: Store, entry: Entry, now: datetime, pool: Pool) -> None:
    """Erases it all. Doing it twice finds nothing left."""
    account, email = entry.body["account"], entry.body["email"]
    if next(bound_by(store, now, account), None) is not None:  # signed at the very moment: then it stays
        store.write(members.end_sessions(store, account, clock.wall()))
        return
    pool.sign_out(account)
    for contract in members.followed(store, email, account):
        settled(_leave, store, now, contract, account)
    for held in rows.load_many(store, profile.contracts_of(store, account)):
        erasing.everything(store, held.id, account, now, _named_bills(store, held))
    members.forget(store, account)
    pool.remove(account)
    store.write(members.shut(store, account, clock.wall() + TOKENS_HOLD))


def _leave(store: Store, now: datetime, contract_id: str, account: str) -> None:
    """Out of a home that they were let in to: the door, their invitations, what they were told."""
    contract = rows.load(store, contract_id)
    inside = members.members(store, contract.account, contract_id) if contract else []
    gone = [one for one in inside if one.subject == account]
    if contract is not None and gone:
        store.commit(going(store, now, contract, inside, gone, "member_left", gone[0].role))


def _named_bills(store: Store, contract: Contract) -> tuple[str, datetime] | None:
    """The name on a contract's bills, and until when they are kept with it; None where there is nothing to keep."""
    issued = [invoice.issued_on for invoice in rows.invoices(store, contract.id)]
    name = bills.recipient(rows.load_profile(store, contract.id))
    if not issued or not name:
        return None
    last = max(issued)
    return name, sweep_instant(add_months(last, house.value("bill_name_months", last)))
