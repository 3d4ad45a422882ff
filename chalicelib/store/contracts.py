"""The rows of a contract and their values. A change is one transaction, held by the snapshot's version.

| item             | attributes                                                                                      |
| ---------------- | ----------------------------------------------------------------------------------------------- |
| `contract`       | version, account, applied_at, service_state, due_shard, due_at, arrears, late_since, body (codec) |
| `profile`        | version, body: applicant, contact, site, payer; the only personal row                            |
| `invoice#<key>`  | version, body; status, paid, due_on, paid_by once changed; journal of the commit that issued it  |
| `refund#<key>`   | body                                                                                             |
| `event#<version>`| journal of a commit that issued no invoice; `event#<version>#…` of what changed no contract      |
| `applications#<service>` | of partition `account#<account>`: version, body: ids, where a rule looks at all of an account |
| `key#<hash>`     | a request that was carried out (idempotency.py)                                                  |

A journal (events and notices) rides on an invoice row where there is one: a row less is two write units less.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple
from zlib import crc32

from chalicelib.contracts.contract import Contract, Decision, Entry, Event, Invoice, Notice, Refund
from chalicelib.contracts.late import late_since
from chalicelib.store import codec, outbox
from chalicelib.store.codec import instant_text
from chalicelib.store.transact import SHARDS, Condition, N, Page, Row, S, Store, Write, delete, put, update

_NEW = Condition("attribute_not_exists(contract)", {})  # no reserved words here, so no placeholders: a night sends them often
SNAPSHOT = S("contract")
PROFILE = S("profile")
_PAGE = 1000  # index rows that are read at once where all are wanted


class Held(NamedTuple):
    """A contract as it is stored, and the instant under which the due index holds it ('' when it does not)."""

    contract: Contract
    due_at: str


@dataclass(frozen=True, slots=True)
class Journal:
    """What one commit did, for the audit log. Days and instants are text already."""

    version: int
    events: tuple[Mapping[str, Any], ...]
    notices: tuple[Mapping[str, Any], ...]


# keys


def snapshot_key(contract: str) -> Row:
    return {"contract": S(contract), "item": SNAPSHOT}


def profile_key(contract: str) -> Row:
    return {"contract": S(contract), "item": PROFILE}


def item_key(contract: str, item: str) -> Row:
    return {"contract": S(contract), "item": S(item)}


def due_shard(contract: str) -> str:
    return f"due#{crc32(contract.encode()) % SHARDS:02d}"


# rows → values


def held(row: Row) -> Held:
    """A snapshot row as a value. Raises Unreadable for a row of another edition."""
    service, state = row["service_state"]["S"].split("#")
    contract = codec.contract_of(
        row["body"]["S"],
        id=row["contract"]["S"],
        account=row["account"]["S"],
        service=service,
        state=state,
        applied_at=datetime.fromisoformat(row["applied_at"]["S"]),
        version=int(row["version"]["N"]),
    )
    return Held(contract, row["due_at"]["S"] if "due_at" in row else "")


def invoice_of(row: Row) -> Invoice:
    """An invoice row as a value, with what changed since it was issued."""
    made: Invoice = _READ_INVOICE(codec.loads(row["body"]["S"]))
    changes: dict[str, Any] = {"contract": row["contract"]["S"]}
    if "status" in row:
        changes |= {
            "status": row["status"]["S"],
            "paid": int(row["paid"]["N"]),
            "due_on": date.fromisoformat(row["due_on"]["S"]),
            "paid_by": row["paid_by"]["S"],
        }
    return replace(made, **changes)


def _journal(row: Row) -> Journal:
    events, notices = codec.loads(row["journal"]["S"])
    return Journal(
        int(row["version"]["N"]),
        tuple(dict(zip(("kind", "at", "by", "facts", "cites"), event, strict=True)) for event in events),
        tuple(dict(zip(("kind", "on", "figures"), notice, strict=True)) for notice in notices),
    )


_WRITE_INVOICE, _READ_INVOICE = codec.coder_of(Invoice)
_WRITE_REFUND, _READ_REFUND = codec.coder_of(Refund)


# values → rows


def _snapshot_row(contract: Contract, due: datetime | None) -> Row:
    row = {
        "contract": S(contract.id),
        "item": SNAPSHOT,
        "version": N(contract.version),
        "account": S(contract.account),
        "applied_at": S(instant_text(contract.applied_at)),
        "service_state": S(f"{contract.service}#{contract.state}"),
        "body": S(codec.contract_text(contract)),
    }
    if due is not None:
        row["due_shard"], row["due_at"] = S(due_shard(contract.id)), S(instant_text(due))
    since = late_since(contract)
    if since is not None:
        row["arrears"], row["late_since"] = S(contract.service), S(since.isoformat())
    return row


def _invoice_row(invoice: Invoice, version: int, place: int) -> Row:
    code = _WRITE_INVOICE(invoice)
    code[1] = ""  # the contract stands in the row's key already
    row = {
        "contract": S(invoice.contract),
        "item": S(f"invoice#{invoice.key}"),
        "version": N(version),
        "body": S(codec.dumps(code)),
    }
    if place:
        row["place"] = N(place)
    return row


def _journal_text(decision: Decision, notices: list[Any]) -> str:
    return codec.show([[[e.kind, e.at, e.by, e.facts, e.cites] for e in decision.events], notices])


def _notice(notice: Notice) -> list[Any]:
    return [notice.kind, notice.on, notice.figures]


def writes_of(store: Store, before: int | None, decision: Decision, *, at: datetime, due: datetime | None) -> list[Write]:
    """Everything that a decision writes, as the next version. `before` is the one it was made from, None for a new contract."""
    table, contract = store.contracts, decision.contract.but(version=_next_version(before))
    notices = [_notice(notice) for notice in decision.notices]
    condition = _NEW if before is None else Condition("version = :before", {}, {":before": N(before)})
    writes = [put(table, _snapshot_row(contract, due), condition)]
    changes = {entry.key: entry for entry in decision.invoice_changes}
    rows = []
    for place, invoice in enumerate(decision.invoices):
        late = changes.pop(invoice.key, None)
        rows.append(_invoice_row(_as_changed(invoice, late) if late else invoice, contract.version, place))
    if decision.events or notices:
        if rows:
            rows[0]["journal"] = S(_journal_text(decision, notices))
        else:
            key = item_key(contract.id, f"event#{contract.version:06d}")
            rows.append({**key, "version": N(contract.version), "journal": S(_journal_text(decision, notices))})
    writes += [put(table, row, _NEW) for row in rows]
    writes += [_invoice_change(table, contract.id, entry) for entry in changes.values()]
    refunds = {refund.key: refund for refund in decision.refunds}
    for refund in refunds.values():
        key = item_key(contract.id, f"refund#{refund.key}")
        writes.append(put(table, {**key, "body": S(codec.dumps(_WRITE_REFUND(refund)))}))
    if notices:
        body = {"contract": contract.id, "version": contract.version, "notices": notices}
        writes.append(outbox.entry(store, "notices", f"{contract.id}#{contract.version}", at, body))
    return writes


def _next_version(before: int | None) -> int:
    return 1 if before is None else before + 1


def _as_changed(invoice: Invoice, entry: Entry) -> Invoice:
    return replace(invoice, status=entry.status, paid=entry.paid, due_on=entry.due_on, paid_by=entry.paid_by)


def _invoice_change(table: str, contract: str, entry: Entry) -> Write:
    changed = {
        "status": S(entry.status),
        "paid": N(entry.paid),
        "due_on": S(entry.due_on.isoformat()),
        "paid_by": S(entry.paid_by),
    }
    return update(table, item_key(contract, f"invoice#{entry.key}"), set_=changed)


def commit(
    store: Store,
    before: Contract | None,
    decision: Decision,
    *,
    at: datetime,
    due: datetime | None,
    beside: Sequence[Write] = (),
) -> Contract:
    """Stores a decision, with `beside` in the same transaction. Gives the contract with its new version.

    Raises WriteRefused when another was first, Unsure when the reply was lost: then load and decide again.
    """
    version = before.version if before else None
    store.commit([*writes_of(store, version, decision, at=at, due=due), *beside])
    return decision.contract.but(version=_next_version(version))


def note(store: Store, contract: Contract, about: str, events: Sequence[Event], notices: Sequence[Notice] = ()) -> Write:
    """A transaction's entry for the audit log of what changed no contract: who came, who went, what was set and told.

    `events` happened at one instant and are `about` one thing, so that two at once do not meet.
    """
    item = f"event#{contract.version:06d}#{instant_text(events[0].at)}#{events[0].kind}#{about}"
    row = {**item_key(contract.id, item), "version": N(contract.version)}
    text = _journal_text(Decision(contract, tuple(events)), [_notice(notice) for notice in notices])
    return put(store.contracts, {**row, "journal": S(text)})


def profile_write(store: Store, contract: str, version: int, profile: Mapping[str, Any]) -> Write:
    """The transaction's entry for the personal row; `version` is that of the contract's commit."""
    row = {**profile_key(contract), "version": N(version), "body": S(codec.show(profile))}
    return put(store.contracts, row)


def name_kept(store: Store, contract: str, name: str, until: datetime) -> Write:
    """In place of the personal row: nothing but the name on the bills, for as long as bills must be kept."""
    body = codec.show({"applicant": {"name": name}})
    return put(store.contracts, {**profile_key(contract), "body": S(body), "expires_at": N(int(until.timestamp()))})


# reading


def load(store: Store, contract: str) -> Contract | None:
    row = store.get(store.contracts, snapshot_key(contract))
    return held(row).contract if row else None


def rows_of(store: Store, keys: Iterable[Row]) -> dict[tuple[str, str], Row]:
    """Rows by (contract, item), in as few calls as there can be."""
    rows = store.get_many(store.contracts, list(keys))
    return {(row["contract"]["S"], row["item"]["S"]): row for row in rows}


def snapshots(store: Store, keys: Iterable[Row]) -> dict[str, Row]:
    """Rows by partition, with only what `held` needs (and a service's state): a night reads many."""
    rows = store.get_many(store.contracts, list(keys), attributes=_HELD)
    return {row["contract"]["S"]: row for row in rows}


_HELD = "contract, version, account, applied_at, service_state, due_at, body"


def load_many(store: Store, contracts: Iterable[str]) -> list[Contract]:
    """The contracts that exist, in the order asked for."""
    wanted = list(contracts)
    rows = rows_of(store, map(snapshot_key, wanted))
    return [held(rows[name, "contract"]).contract for name in wanted if (name, "contract") in rows]


def readable(found: Mapping[tuple[str, str], Row], contracts: Iterable[str]) -> dict[str, Held]:
    """Of rows that were read, the contracts by id, without those of another edition: one of them must not hide all others.

    Its night puts such a contract aside (`parked`), where it is shown with its way to be mended.
    """
    shown = {}
    for name in contracts:
        if (name, "contract") in found:
            with suppress(codec.Unreadable):
                shown[name] = held(found[name, "contract"])
    return shown


def services_of(store: Store, contracts: Iterable[str]) -> dict[str, str]:
    """By contract, whose service it is: read beside the body, so that a row that nobody can read says it too."""
    rows = rows_of(store, map(snapshot_key, contracts))
    return {name: row["service_state"]["S"].partition("#")[0] for (name, _), row in rows.items()}


def _applications_key(service: str, account: str) -> Row:
    return item_key(f"account#{account}", f"applications#{service}")


def applications(store: Store, service: str, account: str) -> tuple[int, tuple[str, ...]]:
    """The contracts that an account ever applied for, oldest first, and the version of that note (0: none yet)."""
    row = store.get(store.contracts, _applications_key(service, account))
    return (int(row["version"]["N"]), tuple(codec.loads(row["body"]["S"]))) if row else (0, ())


def applications_write(store: Store, service: str, account: str, before: int, contracts: tuple[str, ...]) -> Write:
    """The transaction's entry that notes them; refused when another application of the account was first."""
    row = {
        **_applications_key(service, account),
        "version": N(before + 1),
        "body": S(codec.dumps(list(contracts))),
    }
    held = Condition("version = :before", {}, {":before": N(before)}) if before else _NEW
    return put(store.contracts, row, held)


def load_profile(store: Store, contract: str) -> dict[str, Any]:
    """Applicant, contact, site and payer; empty when nothing was given."""
    return profile_in(store.get(store.contracts, profile_key(contract)))


def profile_in(row: Row | None) -> dict[str, Any]:
    """A profile from its row; empty when there is none."""
    return dict(codec.loads(row["body"]["S"])) if row else {}


def invoices(store: Store, contract: str) -> list[Invoice]:
    """All invoices, by day of issue, then in the order they were made."""
    found = store.query_all(store.contracts, ("contract", contract), starts=("item", "invoice#"))
    numbered = [(invoice_of(row), int(row["version"]["N"]), int(row.get("place", {}).get("N", 0))) for row in found]
    numbered.sort(key=lambda made: (made[0].issued_on, made[1], made[2]))
    return [invoice for invoice, _, _ in numbered]


def invoice(store: Store, contract: str, key: str) -> Invoice | None:
    row = store.get(store.contracts, item_key(contract, f"invoice#{key}"))
    return invoice_of(row) if row else None


def refunds(store: Store, contract: str) -> list[Refund]:
    """All refunds, by the day they were opened."""
    found = store.query_all(store.contracts, ("contract", contract), starts=("item", "refund#"))
    return sorted((_READ_REFUND(codec.loads(row["body"]["S"])) for row in found), key=lambda r: (r.opened_on, r.key))


def journals(store: Store, contract: str) -> list[Journal]:
    """What every commit did, oldest first: from its own row, or from the invoice that it issued."""
    found = [*store.query_all(store.contracts, ("contract", contract), starts=("item", "event#"))]
    found += store.query_all(store.contracts, ("contract", contract), starts=("item", "invoice#"))
    return sorted((_journal(row) for row in found if "journal" in row), key=lambda journal: journal.version)


def erase_use(store: Store, contract: str, kinds: Collection[str]) -> None:
    """Takes away the journal rows that hold nothing but events of these kinds, and told nobody anything."""
    for row in list(store.query_all(store.contracts, ("contract", contract), starts=("item", "event#"))):
        found = _journal(row)
        if not found.notices and all(event["kind"] in kinds for event in found.events):
            store.write(delete(store.contracts, item_key(contract, row["item"]["S"])))


def of_account(store: Store, account: str, *, after: Row | None = None, limit: int = 50) -> Page:
    """A page of index rows (contract, applied_at), oldest application first."""
    return store.query(store.contracts, ("account", account), index="by_account", after=after, limit=limit)


def of_service_state(store: Store, service: str, state: str, *, after: Row | None = None, limit: int = 50) -> Page:
    """A page of index rows of a service's contracts in one state."""
    name = ("service_state", f"{service}#{state}")
    return store.query(store.contracts, name, index="by_service_state", after=after, limit=limit)


def in_states(store: Store, service: str, states: Iterable[str]) -> Iterator[str]:
    """Ids of all contracts of a service in some states, state after state."""
    for state in states:
        after: Row | None = None
        while True:
            page = of_service_state(store, service, state, after=after, limit=_PAGE)
            yield from (row["contract"]["S"] for row in page.rows)
            after = page.after
            if after is None:
                break


def in_arrears(store: Store, service: str, *, after: Row | None = None, limit: int = 50) -> Page:
    """A page of index rows of a service's contracts with something overdue, the longest overdue first."""
    return store.query(store.contracts, ("arrears", service), index="in_arrears", after=after, limit=limit)


def due_in_shard(store: Store, shard: int, until: datetime) -> list[str]:
    """Ids of the contracts of one shard with something to do at `until` or before. Reads only what is due."""
    return [name for name, _ in due_rows(store, shard, until)]


def due_rows(store: Store, shard: int, until: datetime) -> list[tuple[str, str]]:
    """The same, each with the instant since when it is due."""
    found = store.query_all(
        store.contracts, ("due_shard", f"due#{shard:02d}"), between=("due_at", "0", instant_text(until)), index="due"
    )
    return [(row["contract"]["S"], row["due_at"]["S"]) for row in found]
