"""Small runs of each bench: that it measures what it says. Never a time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bench import __main__ as report
from bench import bill, cold, engine, lives, night, package, sweep, telemetry, ticks, usage, wire
from chalicelib.contracts import terms

HEAVY = (
    "boto3",
    "aws_lambda_powertools",
    "pynamodb.models",
    "jpholiday",
    "tomllib",
    "chalicelib.billing.engine",
    "chalicelib.contracts.terms",
    "chalicelib.flows.contracts",
)


# December 2025 is not closed yet. ALLwatch: the first months, then each half-year; LifeRhythm's first month is free.
BILLS = {"sottonet": 44, "allwatch": 8, "liferhythm-home": 43, "and-market-mobile": 44}


def test_the_lives_are_billed_every_month_and_paid() -> None:
    for kind in lives.KINDS:
        nights, payments, months = engine.take_down(kind, 1)
        bills = sum(len(step.decision.invoices) for step, _ in nights)
        assert bills == len(payments)
        assert months == 45
        assert bills == BILLS[kind.service]


def test_a_share_of_a_night_makes_one_transaction_of_eight_units_per_invoice() -> None:
    taken = sweep.take(1)
    shares = len(lives.KINDS)
    assert taken.invoices == 25 * shares
    assert taken.calls == (25 + 1) * shares
    assert taken.writes == 25 * shares * 8  # snapshot 2, its place in the due index 1 + 1, invoice 2, outbox 2
    for items in taken.transactions:
        tables = [entry["Put"]["TableName"].removeprefix(wire.PREFIX) for entry in items]
        assert tables == ["contracts", "contracts", "outbox"]


def test_the_prepared_answers_lead_to_the_same_transactions() -> None:
    taken = sweep.take(1)
    sent: list[Any] = []

    def answer(operation: str, body: bytes) -> wire.Reply:
        if operation != "TransactWriteItems":
            return taken.replies[body]
        sent.append(json.loads(body)["TransactItems"])
        return wire.Reply({})

    from chalicelib.store import transact

    with wire.answered_by(transact.connect().client, wire.Canned(answer)):
        sweep.run(taken.messages)
    assert sent == taken.transactions


def test_a_night_reads_what_is_due_and_not_what_exists() -> None:
    alone, among_many = night.cost(30, 30), night.cost(30, 600)
    assert alone.reads == among_many.reads
    # 16 shards' pages, the parked ones, and per share of 25 at most its contracts and what was said about each service
    assert 30 <= alone.reads <= 30 + 16 + 1 + 16 * len(terms.services())
    assert (alone.done, alone.calls, alone.writes) == (among_many.done, among_many.calls, among_many.writes)


def test_the_bench_notices_a_night_that_does_less_than_was_due(monkeypatch: pytest.MonkeyPatch) -> None:
    eve = sweep.eves()[0]
    a_year_early = replace(eve, night=eve.night.replace(year=eve.night.year - 1))
    monkeypatch.setattr(sweep, "eves", lambda: [a_year_early])
    with pytest.raises(AssertionError, match="0 of 2"):
        night.cost(2, 2)


def test_a_message_costs_one_history_row_and_one_update() -> None:
    events, replies, dynamo = telemetry.take(1, gateways=10)
    assert sum(len(event["Records"]) for event in events) == 10
    assert dynamo.calls == {"BatchGetItem": 1, "BatchWriteItem": 1, "UpdateItem": 10}
    assert dynamo.writes == 10 * 2
    assert len(replies) == 1


def test_a_tick_moves_a_home_that_spoke_and_notices_one_that_is_silent() -> None:
    events, _, dynamo = ticks.take(ticks.SPOKE, homes=60)
    assert [len(event["Records"]) for event in events] == [2]  # 50 and 10 homes
    assert dynamo.calls == {"BatchGetItem": 2, "GetItem": 2, "UpdateItem": 60}  # each share asks when we were last away
    assert dynamo.writes == 60 * 3  # the device, and its place in the index out and in
    _, _, dynamo = ticks.take(ticks.SILENT, homes=60)
    # each home: its people, and, since there are none, whom its contract's terms let us tell; each share: when we were last away
    assert dynamo.calls == {"BatchGetItem": 2, "GetItem": 60 + 60 + 2, "TransactWriteItems": 60}
    # the device 2, out of the index of what falls due 1, from one state of the fleet to another 1 + 1; the alert 2, among the open 1
    assert dynamo.writes == 60 * 8


def built() -> bill.Design:
    """An hour of two homes, taken for a whole day: 288 messages."""
    return bill.as_built(usage.play(2, 60), cpu=0.001, calls=3)


def test_the_bill_adds_up_and_follows_the_counted_units() -> None:
    design = built()
    used = bill.used(design)
    messages = 1000 * 30 * 288
    assert used["iot_messages"] == used["iot_rules"] == messages
    assert used["queue_requests"] == 3 * messages
    assert used["iot_connection_minutes"] == 1000 * 30 * 24 * 60
    assert used["dynamo_writes"] >= 2 * messages  # a row of history and the device, each message
    assert used["mails"] == 8000
    assert set(used) == set(bill.PARTS)
    assert bill.dollars(design) == pytest.approx(sum(used[part] * bill.price(part) for part in bill.PARTS))


def test_each_choice_costs_what_it_changes() -> None:
    design = built()
    single = usage.play(2, 30, usage.Shape(minutes=1, together=False))
    minute = usage.play(2, 30, usage.Shape(minutes=1))
    assert (minute.messages, single.messages) == (1440, 7200)
    choices = bill.choices(design, minute, single)
    cost = {name: bill.dollars(choice) - bill.dollars(design) for name, choice in choices.items()}
    messages = 1000 * 30 * 288
    assert cost["basic_ingest"] == pytest.approx(-messages * 1.00 / 1e6)
    assert cost["messages_at_tokyos_price"] == pytest.approx(messages * 0.20 / 1e6)
    assert cost["everything_the_urgent_way"] == pytest.approx(-3 * messages * 0.40 / 1e6)
    assert cost["a_row_for_every_reading"] == pytest.approx(24 * messages * 0.625 / 1e6)
    assert cost["summaries_with_every_message_beside_rows"] == pytest.approx(messages * 0.625 / 1e6)
    assert cost["a_message_for_every_reading"] > 4 * cost["a_message_every_minute"] > 0
    assert cost["a_message_every_quarter_of_an_hour"] < 0


def test_a_home_costs_the_same_among_many_and_after_years() -> None:
    once = usage.play(2, 30, history_days=1)
    assert usage.play(10, 30, history_days=1) == once
    assert usage.play(2, 30, history_days=30) == once


def test_a_whole_day_has_the_night_that_sums_up_the_day_before() -> None:
    hour, day = usage.play(1, 60), usage.play(1, usage.DAY)
    assert hour.writes < day.writes < hour.writes + 30
    assert hour.reads < day.reads < 2 * hour.reads


def test_every_price_says_where_it_comes_from() -> None:
    for part in (*bill.PARTS, "sms"):
        about = bill.PRICES[part]
        assert about["source"] in ("quoted", "assumed")
        assert about["usd"] > 0
        assert about["unit"]
    assert bill.price("iot_messages", "ap-northeast-1") == 1.20e-6


@pytest.mark.parametrize("name", ["health", "service", "contract"])
def test_the_cold_request_is_answered_and_imports_nothing_heavy(name: str, tmp_path: Path) -> None:
    look = "import sys, json, app; status = app.app(json.loads(sys.argv[1]), None)['statusCode']; print(status, *sys.modules)"
    with cold.served() as dynamo:
        asked = cold.requests(tmp_path)[name]
        assert cold.start("floor", asked) > 0
        assert cold.start("app", asked) > 0  # compiles what nobody compiled yet, terms and words too
        dynamo.forget()
        environment = {**os.environ, "PYTHONPATH": str(cold.ROOT)}
        done = subprocess.run([sys.executable, "-c", look, json.dumps(asked)], capture_output=True, text=True, env=environment)
    status, *modules = done.stdout.split()[-10_000:]
    assert status == "200", done.stderr[-500:]
    assert bool(dynamo.calls) is (name != "health")
    allowed = {"chalicelib.contracts.terms"} if name == "service" else set()
    assert set(HEAVY) & set(modules) <= allowed
    if name == "health":
        assert "botocore" not in modules


def test_a_package_that_brings_what_the_runtime_has_is_noticed(tmp_path: Path) -> None:
    file = tmp_path / "deployment.zip"
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("app.py", "")
        made.writestr("pynamodb/botocore_like.py", "")
    assert package.strays(file) == []
    with zipfile.ZipFile(file, "a") as made:
        made.writestr("botocore/data.json", "")
    assert package.strays(file) == ["botocore/data.json"]


def test_the_report_says_what_is_met_and_what_is_missed() -> None:
    text = report.report({"package_mb": 10.5, "sweep_write_units_per_invoice": 8.0, "something_else": 3.25})
    assert "MISSED        10.5  <= 10" in text
    assert "met              8  <= 8" in text
    assert "3.25  something_else" in text


def test_every_budget_is_emitted_by_some_part() -> None:
    sources = {part: (cold.ROOT / "bench" / f"{part}.py").read_text(encoding="utf-8") for part in report.PARTS}
    for name, *_ in report.BUDGETS:
        assert any(f'"{name}"' in source for source in sources.values()), name
