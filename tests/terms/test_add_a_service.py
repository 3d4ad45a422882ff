"""docs/add-a-service.md, as a newcomer would follow it: its boxes make a service, its commands print what it shows.

The service is invented and no line of Python knows it; the document is its only source.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from chalicelib.billing import effects, engine, quote
from chalicelib.contracts import service, terms, terms_file, wording
from chalicelib.contracts.contract import Command
from chalicelib.contracts.terms import Terms
from chalicelib.dates import sweep_instant
from chalicelib.errors import NotFound, Refused, TermsError
from chalicelib.flows import bills
from chalicelib.scenarios.world import World
from tests.rules.conftest import instant

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = (ROOT / "docs" / "add-a-service.md").read_text(encoding="utf-8")
BOXES = re.findall(r"^```(\w+) ?(\S*)\n(.*?)^```$", DOCUMENT, re.S | re.M)
SLIPS = [
    tuple(re.sub(r"^`|`$", "", cell.strip()) if place < 2 else cell.strip() for place, cell in enumerate(row[1:-1].split("|")))
    for row in re.findall(r"^\| `.*\|$", DOCUMENT.split("## 4.")[0].split("are told |")[1], re.M)
]
COMMANDS = [
    (shlex.split(box), shown)
    for (kind, _, box), (_, _, shown) in pairwise(BOXES)
    if kind == "sh"
]  # fmt: skip


def files() -> dict[str, str]:
    """The files that the boxes make, each from all the boxes that name it."""
    made: dict[str, str] = {}
    for _, name, text in BOXES:
        if name:
            made[name] = made.get(name, "") + text + "\n"
    return made


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder `trial/` with the document's three files."""
    folder = tmp_path_factory.mktemp("newcomer") / "trial"
    folder.mkdir()
    for name, text in files().items():
        folder.joinpath(name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def hidamari(trial: Path) -> Iterator[Terms]:
    """Its terms, found beside the house's own, with the company's price list."""
    terms.look_in(trial)
    found = terms.load("hidamari")
    said = Command("set_price_list", instant("2026-04-01"), {"prices": {"yearly_fee": 19800}}, "operator")
    yield found.under(service.handle(service.ServiceState("hidamari"), found, said).state)
    terms.look_in()


def test_the_document_has_three_files_their_commands_and_slips() -> None:
    assert sorted(files()) == ["hidamari.rules.toml", "hidamari.scenarios.yaml", "hidamari.toml"]
    assert len(COMMANDS) == 3
    assert len(SLIPS) == 13


def test_no_line_of_python_knows_it() -> None:
    own = {"hidamari", "HDM", "yearly_fee", "founders_discount"}
    for file in (*(ROOT / "chalicelib").rglob("*.py"), ROOT / "app.py"):
        text = file.read_text(encoding="utf-8")
        assert not [word for word in own if word in text], file


@pytest.mark.parametrize(("command", "shown"), COMMANDS, ids=[command[-1] if command else "" for command, _ in COMMANDS])
def test_a_command_prints_what_the_document_shows(trial: Path, command: list[str], shown: str) -> None:
    environment = dict(os.environ)
    while "=" in command[0]:
        name, _, value = command[0].partition("=")
        environment[name], command = value, command[1:]
    assert command[0] == ".venv/bin/python"
    environment["PYTHONPATH"] = str(ROOT)
    if "TERMS_DIR" in environment:
        environment["TERMS_DIR"] = str(trial.parent / environment["TERMS_DIR"])
    run = subprocess.run(
        [sys.executable, *command[1:]], cwd=trial.parent, env=environment, capture_output=True, text=True, timeout=120
    )
    for line in shown.splitlines():
        assert line in run.stdout, run.stdout + run.stderr
    assert run.returncode == (1 if "diff" in command else 0)


@pytest.mark.parametrize("slip", SLIPS, ids=[slip[1] or f"no {slip[0]}" for slip in SLIPS])
def test_a_slip_is_told_as_the_document_says(tmp_path: Path, slip: tuple[str, ...]) -> None:
    before, after, told = slip
    whole = files()["hidamari.toml"]
    assert before in whole
    broken = tmp_path / "hidamari.toml"
    broken.write_text(whole.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(TermsError) as caught:
        terms_file.read(broken)
    assert str(caught.value).startswith(f"hidamari.toml: {told}")


# the engine


def apply(found: Terms, at: str, **args) -> engine.Decision:
    command = Command("apply", instant(at), {"plan": "year", "payment_method": "card", **args})
    return engine.apply(found, command, contract_id="c1", account="a1")


def test_a_founders_year_is_applied_for_billed_cancelled_and_given_back(hidamari: Terms) -> None:
    contract = apply(hidamari, "2026-06-30T23:59").contract
    assert (contract.state, contract.service_starts_on) == ("accepted", date(2026, 7, 3))
    night = engine.advance(contract, hidamari, instant("2026-08-01T00:10"))
    (bill,) = night.invoices
    assert (bill.total, bill.tax, bill.due_on) == (18810, 1710, date(2026, 8, 27))
    contract = engine.handle(night.contract, hidamari, Command("pay", instant("2026-08-27"))).contract
    contract = engine.handle(contract, hidamari, Command("request_cancellation", instant("2026-12-31"))).contract
    assert contract.ends_on == date(2027, 1, 31)
    night = engine.advance(contract, hidamari, instant("2027-02-01T00:10"))
    (refund,) = night.refunds  # begun: 3 July to 3 January, seven months; 18,810 × 5 ÷ 12 = 7,837.5
    assert (refund.amount, len(refund.months), night.contract.state) == (7838, 5, "ended")


def test_a_day_later_the_price_is_whole(hidamari: Terms) -> None:
    asked = Command("apply", instant("2026-07-01T00:00"), {"plan": "year", "payment_method": "card"})
    told = quote.quote_application(hidamari, asked, date(2028, 7, 1))
    assert [bill.total for bill in told.invoices] == [19800, 19800]


def test_what_the_file_does_not_name_is_refused_by_its_rule(hidamari: Terms) -> None:
    contract = apply(hidamari, "2026-05-01").contract
    with pytest.raises(Refused) as refused:
        engine.handle(contract, hidamari, Command("suspend", instant("2026-05-02"), {"reason": "x"}))
    assert (refused.value.reason, refused.value.rule) == ("not_provided", "HDM-APP-1")
    assert apply(hidamari, "2026-05-01", payment_method="account_transfer").contract.refusal_reasons == (
        "payment_method_not_offered",
    )


def test_an_announcement_can_be_tried_out_on_it(hidamari: Terms) -> None:
    contract = engine.advance(apply(hidamari, "2026-07-01").contract, hidamari, instant("2026-08-01T00:10")).contract
    args = {"prices": {"yearly_fee": 22000}, "effective_on": date(2027, 7, 1)}
    said = service.handle(hidamari.state, hidamari, Command("announce_price", instant("2027-05-01"), args, "operator"))
    found = effects.effect(
        contract, hidamari, hidamari.under(said.state), instant("2027-05-01"), said.contract_command, date(2027, 7, 1)
    )
    assert (found.bills_before, found.bills_after, found.notices) == (19800, 22000, ("price_revision",))


# the house


def test_its_rules_have_their_words_while_it_is_on_trial(hidamari: Terms) -> None:
    assert wording.rule("hidamari", "HDM-CAN-1").en.startswith("You may leave at any time")
    (shown,) = wording.shown("hidamari", "before_applying")
    assert wording.filled(shown.en, hidamari, date(2026, 5, 1)) == "A year costs 19,800 yen, tax included."
    assert "hidamari" in terms.services()


def test_afterwards_nobody_has_heard_of_it(trial: Path) -> None:
    terms.look_in(trial)
    terms.load("hidamari")
    terms.look_in()
    with pytest.raises(NotFound):
        terms.load("hidamari")
    assert "hidamari" not in terms.services()


def test_its_bill_explains_itself_in_its_own_words(hidamari: Terms) -> None:
    night = engine.advance(apply(hidamari, "2026-04-07").contract, hidamari, instant("2026-05-01T00:10"))
    shown = bills.invoice_json(night.invoices[0], hidamari)
    (line,) = shown["lines"]
    assert line["label"] == {"ja": "ひだまり 年額利用料", "en": "Hidamari, one year"}
    assert line["formula"] == "19,800 × 95% = 18,810"
    assert [rule["id"] for rule in line["rules"]] == ["HDM-CHG-1", "HDM-CHG-2"]


def test_the_doors_know_it_while_it_is_on_trial(trial: Path) -> None:
    """List, quote, application, texts, the explained bill and a dry run, by HTTP, on terms that lie in a folder."""
    with World(str(trial)) as world:
        world.move_clock(instant("2026-04-07T10:00"))
        world.http("POST", "/v1/services/hidamari/commands/set_price_list", {"prices": {"yearly_fee": 19800}})
        assert "hidamari" in [one["service"] for one in world.http("GET", "/v1/services").body["items"]]
        (text,) = world.http("GET", "/v1/services/hidamari/texts", query={"where": "before_applying"}).body["items"]
        assert "19,800" in text["en"]
        wish = {"service": "hidamari", "plan": "year", "payment_method": "card"}
        quoted = world.http("POST", "/v1/quotes", wish, by="household").body
        assert [bill["total"] for bill in quoted["invoices"]] == [18810]
        made = world.http("POST", "/v1/contracts", {**wish, "consents": ["terms"]}, by="household").body
        assert (made["state"], made["first_bill"]["total"]) == ("accepted", 18810)
        for day in (date(2026, 4, 10), date(2026, 5, 1)):
            world.move_clock(sweep_instant(day))
            world.night(day)
        (bill,) = world.get_all(f"/v1/contracts/{made['id']}/invoices")
        assert (bill["total"], bill["due_on"]) == (18810, "2026-05-27")
        rise = {"prices": {"yearly_fee": 22000}, "effective_on": "2027-04-01"}
        tried = world.http("POST", "/v1/services/hidamari/commands/announce_price/dry-run", rise).body
        # the second year, from 10 April 2027: 22,000 less 5 % instead of 18,810
        assert (tried["totals"]["difference"], tried["totals"]["pay_more"]) == (20900 - 18810, 1)
    assert "hidamari" not in terms.services()
