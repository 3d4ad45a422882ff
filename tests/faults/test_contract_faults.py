"""Applying, paying, a night, an announcement: whatever one AWS call does, and then again, ends like a day without faults.

Every call is spoiled in every way, one at a time. Nothing is sampled.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import date
from typing import Any

import boto3
import pytest

from chalicelib import settings
from chalicelib.dates import sweep_instant
from chalicelib.errors import MimamoriError
from chalicelib.flows import bulk, contracts, nights, outbox, views
from chalicelib.gateways import clients, mail, queue
from chalicelib.store import contracts as rows
from chalicelib.store import finding
from chalicelib.store import outbox as waiting
from chalicelib.store.transact import N, S, Store, delete, put
from tests.faults.harness import KINDS, Baton, Crash, Luck, Snapshot, all_rows, every_order, spared, under
from tests.flows.world import HANA, OPERATOR, World, at

CONTACT = {"contact": {"email": "hana@example.jp"}}


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)


@pytest.fixture(scope="module")
def few_shards() -> Iterator[None]:
    """Two shards instead of sixteen: the same calls, fewer of a kind."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (rows, waiting, nights, views):
            patch.setattr(module, "SHARDS", 2)
        yield


@pytest.fixture(scope="module")
def start(store: Store, few_shards: None) -> Snapshot:
    finding.secret(store)  # made once by a deployment, and by chance: no two runs have the same
    return Snapshot()


@pytest.fixture
def world(store: Store, start: Snapshot) -> World:
    start.restore()
    return World(store)


def enumerate_faults(
    work: Callable[[], Any],
    seen: Callable[[], Any],
    beside: Callable[[], Callable[[], None]] = lambda: lambda: None,
    kinds: Sequence[str] = KINDS,
) -> int:
    """Spoils every call of `work` in every way, works again, and holds what is seen against an undisturbed run.

    `beside` takes a picture of what is not in our tables, and gives what brings it back.
    """
    before, put_back = Snapshot(), beside()
    luck = Luck()
    with under(luck):
        work()
    wanted = seen()
    for kind in kinds:
        for number in range(len(luck.calls)):
            before.restore()
            put_back()
            spoiled = Luck(kind, number)
            try:
                with under(spoiled):
                    work()
            except (Crash, MimamoriError):
                pass
            work()
            assert seen() == wanted, f"{kind} at call {number} ({luck.calls[number]})"
    return len(luck.calls)


def test_the_harness_catches_what_is_not_one_transaction(world: World) -> None:
    """A payment that reads, writes the sum, and forgets who asked: some fault must count it twice."""
    key = {"contract": S("naive"), "item": S("sum")}

    def naive() -> None:
        row = world.store.get(world.store.contracts, key)
        paid = int(row["paid"]["N"]) if row else 0
        world.store.write(put(world.store.contracts, {**key, "paid": N(paid + 100)}))

    def once_asked() -> None:
        if not naive_done:
            naive()
            naive_done.append(True)

    naive_done: list[bool] = []

    def seen() -> object:
        naive_done.clear()
        return all_rows()

    with pytest.raises(AssertionError, match="crash after"):
        enumerate_faults(once_asked, seen)


def test_applying(world: World) -> None:
    calls = enumerate_faults(lambda: world.apply("2025-04-03T10:00", key="one", **CONTACT), all_rows)
    assert calls >= 3


def test_the_first_application_of_all_is_found_whatever_fails(world: World) -> None:
    """It makes the secret of the search: two of them would hide whom one of them was used for."""
    world.store.write(delete(world.store.contracts, finding.KEY))

    def seen() -> object:
        rows = [
            row for part in all_rows().values() for row in part.values() if row.get("contract", S(""))["S"].startswith("find#")
        ]
        return len(rows), finding.page(world.store, ("email", "hana@example.jp"))

    enumerate_faults(lambda: world.apply("2025-04-03T10:00", key="one", **CONTACT), seen)
    count, (ids, more) = seen()
    assert (count, len(ids), more) == (1, 1, False)


def test_changed_details_are_found_under_bad_luck(world: World) -> None:
    contract = world.apply("2025-04-03T10:00", key="one", **CONTACT)["id"]
    new = {"contact": {"email": "new@example.jp"}}

    def change() -> None:
        with suppress(MimamoriError):  # a repeat after it worked names an old version
            contracts.change_details(world.store, at("2025-04-04T10:00"), HANA, contract, new, 1)

    enumerate_faults(change, all_rows)
    found = [finding.page(world.store, ("email", f"{who}@example.jp"))[0] for who in ("hana", "new")]
    assert found == [[], [contract]]


def test_one_command_on_many_contracts_is_done_to_each_once(world: World) -> None:
    ids = [world.running(), world.running()]
    asked = (world.store, at("2025-04-25T10:00"), OPERATOR, "suspend", ids, {"reason": "unpaid"}, "night")
    enumerate_faults(lambda: bulk.carried_out(*asked), all_rows)
    assert [world.contract(contract)["state"] for contract in ids] == ["suspended", "suspended"]


def test_a_command_of_a_customer(world: World) -> None:
    contract = world.running()
    enumerate_faults(
        lambda: world.do("2025-04-25T10:00", contract, "request_cancellation", key="bye"),
        all_rows,
    )


def test_a_payment(world: World) -> None:
    contract = world.running()
    world.night("2025-05-01")
    calls = enumerate_faults(lambda: world.do("2025-05-20T10:00", contract, "pay", key="paid"), all_rows)
    (invoice,) = world.invoices(contract)
    assert (invoice["status"], invoice["paid"]) == ("paid", 76626)
    assert calls >= 3


def test_a_withdrawal_and_its_refund_are_carried_out_once(world: World) -> None:
    contract = world.running()
    world.night("2025-05-01")
    world.do("2025-05-20T10:00", contract, "pay", key="paid")
    world.do("2025-05-21T10:00", contract, "disclose", key="paper", received_on=date(2025, 5, 20))
    enumerate_faults(lambda: world.do("2025-05-22T10:00", contract, "cool_off", key="back"), all_rows)
    enumerate_faults(lambda: world.do("2025-05-30T10:00", contract, "pay_refund", key="out"), all_rows)
    (refund,) = rows.refunds(world.store, contract)
    assert (refund.amount, refund.status) == (76626, "paid")


def test_a_change_of_plan(world: World) -> None:
    contract = world.running()
    world.do("2025-04-21T10:00", contract, "add_option", key="wifi", option="wifi-3gb")
    world.do("2025-04-22T10:00", contract, "deliver", key="router", sku="router")
    enumerate_faults(lambda: world.do("2025-04-25T10:00", contract, "change_plan", key="more", plan="wifi-10gb"), all_rows)
    held = rows.load(world.store, contract)
    assert held is not None and held.options[0].plans == ((date(2025, 6, 1), "wifi-10gb"),)


@pytest.mark.rule("STS-ORD-2")
def test_an_order_is_taken_once(world: World) -> None:
    contract = world.running()
    order = {"item": "shop_item", "sku": "lamp"}
    enumerate_faults(lambda: world.do("2025-05-20T10:00", contract, "order_article", key="lamp", **order), all_rows)
    held = rows.load(world.store, contract)
    assert held is not None and [errand.kind for errand in held.errands] == ["decide_order"]


@pytest.mark.rule("STN-INV-7")
def test_bills_held_back_leave_once(world: World) -> None:
    """April's bill waits over two nights; the answer to its release is lost, and it still leaves once."""
    contract = world.running()
    world.do("2025-04-25T10:00", contract, "hold_billing", key="hold")
    world.night("2025-05-01")
    assert world.invoices(contract) == []
    enumerate_faults(lambda: world.do("2025-05-20T10:00", contract, "release_billing", key="go"), all_rows)
    (invoice,) = world.invoices(contract)
    assert (invoice["issued_on"], invoice["due_on"], invoice["total"]) == ("2025-05-20", "2025-05-27", 76626)


def test_a_change_of_details(world: World) -> None:
    from chalicelib.errors import Conflict
    from chalicelib.flows import contracts
    from tests.flows.world import HANA

    contract = world.apply("2025-04-03T10:00", **CONTACT)["id"]
    body = {"contact": {"phone": "090"}}

    def change() -> None:
        try:
            contracts.change_details(world.store, at("2025-04-04T10:00"), HANA, contract, body, if_match=1)
        except Conflict:  # somebody who asks again after a crash is told that the version has moved on
            assert rows.load(world.store, contract).version == 2

    enumerate_faults(change, all_rows)


class Desk:
    """A night from the dispatcher to the mails, over a real (moto) queue that delivers again what was not finished."""

    def __init__(self, world: World, url: str) -> None:
        self.world, self.sqs, self.url = world, boto3.client("sqs"), url
        self.letters: set[str] = set()

    def send(self, letter: mail.Mail) -> None:
        self.letters.add(letter.key)

    def night(self, day: str) -> None:
        nights.dispatch(self.world.store, queue.connect(self.url), date.fromisoformat(day))
        self.drain(sweep_instant(date.fromisoformat(day)))

    def drain(self, now: Any) -> None:
        """What SQS and the stream do: deliver, and deliver again until it is done."""
        while messages := self.received():
            for message in messages:
                nights.work(self.world.store, json.loads(message["Body"]), now)
                with spared():
                    self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        with spared():
            entries = list(waiting.leftovers(self.world.store, at("2099-01-01T00:00")))
        for entry in entries:
            keys = {"Records": [{"eventName": "INSERT", "dynamodb": {"Keys": entry.key, "SequenceNumber": "1"}}]}
            outbox.deliver(self.world.store, keys, now)
        if entries:
            self.drain(now)

    def received(self) -> list[Any]:
        with spared():
            answer = self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10, VisibilityTimeout=0)
        return answer.get("Messages", [])


@pytest.fixture
def desk(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    url = boto3.client("sqs").create_queue(QueueName="night")["QueueUrl"]
    monkeypatch.setenv("NIGHT_QUEUE_URL", url)
    settings.current.cache_clear()
    clients.forget()
    made = Desk(world, url)
    monkeypatch.setattr(mail, "connect", lambda: made)
    yield made
    settings.current.cache_clear()
    clients.forget()


def test_a_night(world: World, desk: Desk) -> None:
    contracts = [world.running(**CONTACT) for _ in range(2)]
    desk.drain(at("2025-04-20T00:10"))
    desk.letters.clear()

    def seen() -> Any:
        letters, desk.letters = desk.letters, set()
        return all_rows(leave_out=("night#",)), letters

    calls = enumerate_faults(lambda: desk.night("2025-05-01"), seen)
    assert calls > 12
    for contract in contracts:
        assert [i["total"] for i in world.invoices(contract)] == [76626]
    assert world.parked() == []


def test_an_announcement(world: World, desk: Desk) -> None:
    contract = world.running(**CONTACT)
    desk.drain(at("2025-04-20T00:10"))
    desk.letters.clear()

    def announce() -> None:
        prices = {"prices": {"monthly_fee": 2200}, "effective_on": date(2025, 7, 1)}
        world.say("2025-04-21T12:00", "sottonet", "announce_price", key="rise", **prices)
        desk.drain(at("2025-04-21T12:05"))

    def seen() -> Any:
        letters, desk.letters = desk.letters, set()
        return all_rows(), letters

    enumerate_faults(announce, seen)
    told = [n["kind"] for n in views.notices(world.store, contract)["items"]]
    assert told.count("price_revision") == 1


def test_two_workers_on_one_contract_bill_it_once_in_every_order(world: World) -> None:
    contract = world.running()
    message = {"kind": "night", "day": "2025-05-01", "contracts": [contract]}
    before = Snapshot()
    nights.work(world.store, message, at("2025-05-01T00:10"))
    wanted = all_rows()

    def run(baton: Baton) -> None:
        before.restore()
        work = lambda: nights.work(world.store, message, at("2025-05-01T00:10"))  # noqa: E731
        answers = baton.run(work, work)
        assert sorted(answer["done"] for answer in answers) == [0, 1]
        assert all_rows() == wanted

    assert every_order(run) >= 6


def test_a_cancellation_and_a_night_both_happen_in_every_order(world: World) -> None:
    contract = world.running()
    message = {"kind": "night", "day": "2025-05-01", "contracts": [contract]}
    before = Snapshot()
    outcomes = set()

    def run(baton: Baton) -> None:
        before.restore()
        baton.run(
            lambda: nights.work(world.store, message, at("2025-05-01T00:10")),
            lambda: world.do("2025-05-01T00:10", contract, "request_cancellation", key="bye"),
        )
        held = rows.load(world.store, contract)
        bills = json.dumps(world.invoices(contract), sort_keys=True)
        told = sorted(n["kind"] for n in views.notices(world.store, contract)["items"])
        outcomes.add((held.state, held.ends_on, bills, tuple(told)))

    assert every_order(run) >= 10
    ((state, ends_on, bills, told),) = outcomes
    assert (state, told.count("cancellation_received"), told.count("invoice_issued")) == ("cancelling", 1, 1)
    assert ends_on is not None
    assert len(json.loads(bills)) == 1


def test_the_same_application_from_two_doors_at_once_makes_one_contract_in_every_order(world: World) -> None:
    before = Snapshot()
    world.apply("2025-04-03T10:00", key="twice")
    wanted = all_rows()

    def run(baton: Baton) -> None:
        before.restore()
        work = lambda: world.apply("2025-04-03T10:00", key="twice")  # noqa: E731
        first, second = baton.run(work, work)
        assert first == second
        assert all_rows() == wanted

    assert every_order(run) >= 10


def lent(world: World, ends: str, *nights: str) -> str:
    """A LifeRhythm contract signed in June and billed from July, told on 5 August that it ends on a day; then some nights."""
    contract = world.apply("2025-06-02T10:00", service="liferhythm-home", **CONTACT)["id"]
    world.do("2025-06-10T10:00", contract, "sign")
    world.do("2025-06-11T10:00", contract, "complete_processing")
    world.night("2025-08-01")
    world.do("2025-08-05T10:00", contract, "request_cancellation", effective=date.fromisoformat(ends))
    world.nights(*nights)
    return str(contract)


def test_an_outage_of_everybody_gives_a_month_back_once_also_to_who_has_gone(world: World, desk: Desk) -> None:
    gone, stays = lent(world, "2025-08-31"), lent(world, "2025-12-31", "2025-09-01")
    desk.drain(at("2025-09-01T00:10"))
    desk.letters.clear()
    span = {"from": at("2025-07-20T09:00"), "to": at("2025-08-25T09:00")}

    def report() -> None:
        world.say("2025-09-03T12:00", "liferhythm-home", "report_outage", key="down", **span)
        desk.drain(at("2025-09-03T12:05"))

    def seen() -> Any:
        letters, desk.letters = desk.letters, set()
        return all_rows(), letters

    enumerate_faults(report, seen)
    (refund,) = views.refunds(world.store, gone)["items"]
    assert (refund["amount"], refund["months"]) == (11960, ["2025-07", "2025-08"])
    assert [charge.amount for charge in rows.load(world.store, stays).owed] == [-5980, -5980]


def test_the_night_on_which_an_interruption_is_a_month_old_pays_back_once(world: World, desk: Desk) -> None:
    """It had ended before the interruption, in a month that the interruption touched: the night knows of it all the same."""
    gone = lent(world, "2025-08-10", "2025-08-11")
    world.say("2025-08-25T12:00", "liferhythm-home", "interrupt_service", key="stop")
    desk.drain(at("2025-08-25T12:05"))
    desk.night("2025-09-01")
    desk.letters.clear()

    def seen() -> Any:
        letters, desk.letters = desk.letters, set()
        return all_rows(leave_out=("night#",)), letters

    enumerate_faults(lambda: desk.night("2025-09-25"), seen)
    (refund,) = views.refunds(world.store, gone)["items"]
    assert (refund["amount"], refund["status"], refund["months"]) == (5980, "paid", ["2025-08"])


def test_an_outage_and_the_closing_of_its_month_end_alike_in_every_order(world: World) -> None:
    """Told after the midnight that closed August, while August's night is late: billed, and given back."""
    contract = world.apply("2025-06-02T10:00", service="liferhythm-home")["id"]
    world.do("2025-06-10T10:00", contract, "sign")
    world.do("2025-06-11T10:00", contract, "complete_processing")
    world.night("2025-08-01")
    span = {"from": at("2025-07-20T09:00"), "to": at("2025-08-25T09:00")}
    world.say("2025-09-01T09:00", "liferhythm-home", "report_outage", key="down", **span)
    (entry,) = [e for e in waiting.leftovers(world.store, at("2099-01-01T00:00")) if e.kind == "fan_out"]
    nights.fan_out(world.store, world.queue, entry.body["service"], entry.body["command"])
    (heard,) = world.queue.taken()
    night = {"kind": "night", "day": "2025-09-01", "contracts": [contract]}
    before = Snapshot()
    outcomes = set()

    def run(baton: Baton) -> None:
        before.restore()
        baton.run(
            lambda: nights.work(world.store, night, at("2025-09-01T09:05")),
            lambda: nights.work(world.store, heard, at("2025-09-01T09:05")),
        )
        held = rows.load(world.store, contract)
        outcomes.add((tuple(charge.amount for charge in held.owed), tuple(bill["total"] for bill in world.invoices(contract))))

    assert every_order(run) >= 10
    assert outcomes == {((-5980, -5980), (15980, 5980))}
