"""The night worker beside the bare transactions that it makes: CPU, calls and write units per invoice.

A night on which every contract gets its invoice is played once against the dictionary: that gives calls and units, and
the transactions. Then the function itself (`app.night_worker`, as SQS calls it) runs against prepared answers, turn and
turn about with boto3's own client sending the very same transactions and nothing else.
"""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

from bench import lives, wire
from bench.dynamo import Dynamo
from bench.timing import beside, ratio
from chalicelib.contracts.contract import Contract, Decision
from chalicelib.dates import sweep_instant
from chalicelib.flows import rules
from chalicelib.store import contracts as rows
from chalicelib.store import services, transact

Json = dict[str, Any]
PER_MESSAGE = 25
ROUNDS = 9
APPLIED = date(2024, 4, 3)


@dataclass(frozen=True)
class Eve:
    """A contract of one kind as it stands before a night that issues a regular invoice."""

    kind: lives.Kind
    contract: Contract
    night: date


@dataclass
class Taken:
    """What one run over the nights asked, wrote and got: enough to do it again without the dictionary."""

    messages: list[Json]
    transactions: list[list[Json]]
    replies: dict[bytes, wire.Reply]
    invoices: int
    calls: int
    writes: int


def eves() -> list[Eve]:
    """Every kind before its last invoice of 2025; what a service's closing wrote on earlier nights is behind it."""
    found = []
    for kind in lives.KINDS:
        steps = lives.play(kind, lives.terms(kind.service), APPLIED, date(2025, 12, 31))
        step = [s for s in steps if s.decision.invoices][-1]
        found.append(Eve(kind, step.before, _night(step)))
    return found


def _night(step: lives.Step) -> date:
    return step.decision.invoices[0].issued_on


def say_states(store: transact.Store) -> None:
    """The price lists of the services, as their operators would have said them."""
    for service in lives.PRICES:
        services.commit(store, 0, lives.state(service), (), command_id=uuid4().hex, contract_command=None)


def settle_in(store: transact.Store, eve: Eve, contract_id: str) -> None:
    """Stores a contract as it stood on the eve."""
    contract = eve.contract.but(id=contract_id, account=f"account-{contract_id}")
    due = rules.due(contract, lives.terms(eve.kind.service))
    rows.commit(store, None, Decision(contract), at=sweep_instant(eve.night), due=due)


def message(day: date, ids: list[str]) -> Json:
    """One SQS record with a share of a night."""
    body = json.dumps({"kind": "night", "day": day.isoformat(), "contracts": ids}, separators=(",", ":"))
    record = {"messageId": uuid4().hex, "receiptHandle": "handle", "body": body, "attributes": {}, "messageAttributes": {}}
    return {"Records": [{**record, "eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:ap-northeast-1:1:night"}]}


def take(shares_of_a_kind: int) -> Taken:
    """Plays the nights once against the dictionary and takes everything down."""
    dynamo = Dynamo(wire.PREFIX)
    store = transact.connect()
    taken = Taken([], [], {}, 0, 0, 0)
    live = wire.live(dynamo)
    with wire.answered_by(store.client, live):
        say_states(store)
        for eve in eves():
            for share in range(shares_of_a_kind):
                ids = [f"{eve.kind.name}-{share:03d}-{uuid4().hex[:12]}" for _ in range(PER_MESSAGE)]
                for contract_id in ids:
                    settle_in(store, eve, contract_id)
                taken.messages.append(message(eve.night, ids))
        dynamo.forget()

        def noted(operation: str, body: bytes) -> wire.Reply:
            reply = live.reply(operation, body)
            if operation == "TransactWriteItems":
                taken.transactions.append(json.loads(body)["TransactItems"])
            else:
                taken.replies[body] = reply
            return reply

        with wire.answered_by(store.client, wire.Canned(noted)):
            run(taken.messages)
    taken.calls, taken.writes = sum(dynamo.calls.values()), dynamo.writes
    taken.invoices = sum(_invoices(items) for items in taken.transactions)
    if taken.invoices != len(taken.transactions) or taken.invoices != PER_MESSAGE * len(taken.messages):
        raise AssertionError("the nights did not issue one invoice per contract: the bench measures something else")
    return taken


def _invoices(items: list[Json]) -> int:
    return sum(entry.get("Put", {}).get("Item", {}).get("item", {}).get("S", "").startswith("invoice#") for entry in items)


def run(messages: list[Json]) -> None:
    """The function, as Lambda runs it. What it prints (metrics) is made and thrown away."""
    import app

    with quietly():
        for event in messages:
            answer = app.night_worker(event, None)
            if answer["batchItemFailures"]:
                raise AssertionError("a message failed: the bench measures something else")


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    with contextlib.redirect_stdout(io.StringIO()):
        yield


def send(client: Any, transactions: list[list[Json]]) -> None:
    """The bare transactions."""
    for items in transactions:
        client.transact_write_items(TransactItems=items, ClientRequestToken=str(uuid4()))


def measure() -> Json:
    import boto3

    wire.settle()
    taken = take(8)
    replies, done = taken.replies, wire.Reply({})
    canned = wire.Canned(lambda operation, body: done if operation == "TransactWriteItems" else replies[body])
    store, bare = transact.connect(), boto3.client("dynamodb")
    with wire.answered_by(store.client, canned), wire.answered_by(bare, canned):
        worker, plain = beside(lambda: run(taken.messages), lambda: send(bare, taken.transactions), ROUNDS)
        again, same = beside(lambda: run(taken.messages), lambda: send(store.client, taken.transactions), ROUNDS)
    return {
        "sweep_invoices_per_cpu_s": round(taken.invoices / worker.best),
        "sweep_invoices_per_cpu_s_median": round(taken.invoices / worker.median),
        "sweep_cpu_over_bare_transaction": round(ratio(worker, plain), 3),
        "sweep_cpu_over_same_client_transaction": round(ratio(again, same), 3),
        "sweep_cpu_us_per_invoice": round(worker.best / taken.invoices * 1e6),
        "sweep_bare_transaction_cpu_us": round(plain.best / taken.invoices * 1e6),
        "sweep_store_calls_per_invoice": round(taken.calls / taken.invoices, 3),
        "sweep_write_units_per_invoice": round(taken.writes / taken.invoices, 2),
    }
