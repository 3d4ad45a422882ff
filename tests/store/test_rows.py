"""Rows of contracts, members and nights: what a decision writes, and how it is read again."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from chalicelib.contracts.contract import Contract, Decision, Entry, Event, Invoice, Line, Notice, Refund
from chalicelib.store import contracts as rows
from chalicelib.store import members, nights, tables, transact
from chalicelib.store.transact import Store, WriteRefused

AT = datetime(2025, 4, 30, 15, 10, tzinfo=UTC)
ACCOUNT = "11111111-2222-3333-4444-555555555555"


def bare(contract_id: str, **more: object) -> Contract:
    return Contract(contract_id, "sottonet", ACCOUNT, AT, **more)  # type: ignore[arg-type]


def bill(contract_id: str, month: int, issued: int, **more: object) -> Invoice:
    line = Line("monthly_fee", 1980, "included", None, date(2025, month, 1), date(2025, month, 28), ("STN-CHG-1",))
    key = f"2025-{month:02d}#regular"
    days = (date(2025, month, 1), date(2025, issued, 1), date(2025, issued, 27))
    return Invoice(key, contract_id, "regular", *days, 1980, 180, "10", "card", (line,), **more)  # type: ignore[arg-type]


def entry(invoice: Invoice, **more: object) -> Entry:
    same = (invoice.key, invoice.kind, invoice.month, invoice.issued_on, invoice.due_on, invoice.total, invoice.paid_by)
    return Entry(*same, **more)  # type: ignore[arg-type]


def test_a_commit_writes_contract_bill_and_log_and_reads_back_the_same(store: Store) -> None:
    contract = bare("c-rows")
    event = Event("applied", AT, "contractor", {"on": date(2025, 5, 1)}, ("STN-APP-1",))
    one = rows.commit(store, None, Decision(contract, (event,)), at=AT, due=None)
    assert one.version == 1
    bills = (bill("c-rows", 4, 5), bill("c-rows", 3, 5))
    notice = Notice("c-rows", "invoice_issued", date(2025, 5, 1), {"total": 1980})
    refund = Refund("r1", "c-rows", 500, "claim_sent", date(2025, 5, 1), (date(2025, 3, 1),), ("STN-REF-1",))
    two = rows.commit(
        store, one, Decision(one.but(state="active"), (event,), bills, refunds=(refund,), notices=(notice,)), at=AT, due=AT
    )
    assert rows.load(store, "c-rows") == two
    assert rows.invoices(store, "c-rows") == list(bills)  # same day: in the order they were made, not of their months
    assert rows.invoice(store, "c-rows", "2025-04#regular") == bills[0]
    assert rows.invoice(store, "c-rows", "2025-09#regular") is None
    assert rows.refunds(store, "c-rows") == [refund]
    log = rows.journals(store, "c-rows")
    assert [journal.version for journal in log] == [1, 2]
    assert log[0].events[0] == {
        "kind": "applied",
        "at": "2025-04-30T15:10:00Z",
        "by": "contractor",
        "facts": {"on": "2025-05-01"},
        "cites": ["STN-APP-1"],
    }
    assert log[1].notices == ({"kind": "invoice_issued", "on": "2025-05-01", "figures": {"total": 1980}},)


def test_changes_of_a_bill_are_seen_on_it_even_when_it_was_made_in_the_same_commit(store: Store) -> None:
    one = rows.commit(store, None, Decision(bare("c-bill")), at=AT, due=None)
    made = bill("c-bill", 4, 5)
    late = entry(made, status="overdue")
    two = rows.commit(store, one, Decision(one, invoices=(made,), invoice_changes=(late,)), at=AT, due=None)
    assert rows.invoices(store, "c-bill")[0].status == "overdue"
    paid = entry(made, status="paid", paid=1980)
    three = rows.commit(store, two, Decision(two, invoice_changes=(late, paid)), at=AT, due=None)
    (found,) = rows.invoices(store, "c-bill")
    assert (found.status, found.paid, found.lines) == ("paid", 1980, made.lines)
    assert three.version == 3


def test_a_bill_is_never_written_twice(store: Store) -> None:
    one = rows.commit(store, None, Decision(bare("c-twice"), invoices=(bill("c-twice", 4, 5),)), at=AT, due=None)
    with pytest.raises(WriteRefused):
        rows.commit(store, one, Decision(one, invoices=(bill("c-twice", 4, 5),)), at=AT, due=None)
    assert rows.load(store, "c-twice") == one


def test_of_two_commits_from_one_version_the_second_is_refused(store: Store) -> None:
    one = rows.commit(store, None, Decision(bare("c-race")), at=AT, due=None)
    rows.commit(store, one, Decision(one.but(plan="a")), at=AT, due=None)
    with pytest.raises(WriteRefused):
        rows.commit(store, one, Decision(one.but(plan="b")), at=AT, due=None)
    with pytest.raises(WriteRefused):
        rows.commit(store, None, Decision(bare("c-race")), at=AT, due=None)
    assert rows.load(store, "c-race").plan == "a"


def test_the_due_index_holds_only_what_is_due_and_is_read_in_order_of_time(store: Store) -> None:
    early, late = datetime(2025, 1, 1, tzinfo=UTC), datetime(2025, 1, 2, tzinfo=UTC)
    first = rows.commit(store, None, Decision(bare("c-due-1")), at=AT, due=early)
    rows.commit(store, None, Decision(bare("c-due-2")), at=AT, due=late)
    shard = int(rows.due_shard("c-due-1")[-2:])
    assert "c-due-1" in rows.due_in_shard(store, shard, early)
    assert all("c-due-2" not in rows.due_in_shard(store, n, early) for n in range(transact.SHARDS))
    rows.commit(store, first, Decision(first), at=AT, due=None)
    assert "c-due-1" not in rows.due_in_shard(store, shard, late)


def test_shards_are_used_evenly() -> None:
    used = [rows.due_shard(f"c{n}") for n in range(1600)]
    assert {used.count(shard) for shard in set(used)} <= set(range(60, 140))
    assert len(set(used)) == transact.SHARDS


def test_a_nights_write_units_stay_within_the_budget() -> None:
    """Three rows under a kilobyte, written transactionally, and one index entry moved: 8 units."""
    contract = bare("c" * 24, state="active", version=41)
    invoice = bill("c" * 24, 4, 5)
    notice = Notice(contract.id, "invoice_issued", date(2025, 5, 1), {"invoice": invoice.key, "total": 1980})
    decision = Decision(contract, (Event("invoice_issued", AT),), (invoice,), notices=(notice,))
    writes = rows.writes_of(Store(None, "mimamori-prod-"), 40, decision, at=AT, due=AT)
    assert [next(iter(write)) for write in writes] == ["Put", "Put", "Put"]
    sizes = [len(str(write["Put"]["Item"]).encode()) for write in writes]
    assert max(sizes) < 1024


def test_members_are_let_in_and_out_by_the_hash_of_their_address(store: Store) -> None:
    ken = members.Member("c1", members.email_hash(" Ken@Example.jp"), "son", "2025-04-01T00:00:00Z", "family", "ken")
    store.write(members.let_in(store, "owner", ken))
    assert members.roles_of(store, "owner", "c1", "ken@example.JP", "ken") == [ken]
    assert members.roles_of(store, "owner", "c1", "ken@example.jp", "another account") == []
    assert members.roles_of(store, "owner", "c2", "ken@example.jp", "ken") == []
    assert members.roles_of(store, "owner", "c1", "", "ken") == []
    assert members.followed(store, "ken@example.jp", "ken") == {"c1": ["family"]}
    (member,) = members.members(store, "owner", "c1")
    assert (member.person, member.contract) == ("son", "c1")
    row = store.get(store.accounts, members._key("owner", "c1", member.email_hash, "family"))
    assert "example" not in str(row).lower()
    store.write(members.let_out(store, "owner", ken))
    assert members.roles_of(store, "owner", "c1", "ken@example.jp", "ken") == []
    with pytest.raises(WriteRefused):
        store.write(members.let_out(store, "owner", ken))


def test_parked_work_keeps_the_first_night_that_failed(store: Store) -> None:
    for day, reason in (("2025-05-01", "ValueError"), ("2025-05-03", "KeyError")):
        nights.park(store, nights.Parked("c-p", "c-p", day, day, day, reason, "plan.py:3", {"kind": "night"}))
    entry = nights.parked(store, "c-p")
    assert (entry.since, entry.day, entry.reason) == ("2025-05-01", "2025-05-03", "KeyError")
    nights.unpark(store, "c-p")
    nights.unpark(store, "c-p")
    assert nights.parked(store, "c-p") is None


def test_every_index_holds_keys_only_and_every_table_is_paid_by_request() -> None:
    for model in tables.MODELS:
        schema = model._get_schema()
        assert model.Meta.billing_mode == "PAY_PER_REQUEST"
        for index in schema["global_secondary_indexes"]:
            assert index["projection"] == {"ProjectionType": "KEYS_ONLY"}
    assert tables.Outbox.Meta.stream_view_type == "NEW_IMAGE"
