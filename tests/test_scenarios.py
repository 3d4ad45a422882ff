"""Which scenarios are played; and the runner's own manners: errors, exit codes, JSON."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from chalicelib.contracts import terms
from chalicelib.playground import language
from chalicelib.scenarios import register

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted((ROOT / "tests").glob("scenarios*/*.scenarios.yaml"))

SMALL = """
scenario: small-{name}
title: One month of Sottonet
cites: [STN-CHG-2]
service: {service}
timeline:
  - {{at: "2025-04-03T10:00", do: apply, contract: c1, plan: standard, payment_method: card}}
  - {{day: "2025-04-10", do: install, contract: c1, outcome: done}}
  - {{day: "2025-04-11", do: install, contract: c1, outcome: done}}
until: "2025-05-01"
expect:
  contracts: {{c1: {{state: active, service_starts_on: "2025-04-20"}}}}
  invoices:
    - {{contract: c1, kind: initial, month: "2025-04", total: {total}, lines: [{{item: device}}, {{item: initial_fee}}, {{item: monthly_fee, amount: {fee}}}]}}
  notices: [{{contract: c1, kind: service_start, on: "2025-04-20"}}]
  refusals: [{{do: install, contract: c1}}]
"""


def test_every_file_of_scenarios_is_played_by_a_test() -> None:
    """They are played in `tests/lives`, some files in each, so that the workers of a test run share them."""
    tests = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "tests" / "lives").glob("test_*.py"))
    played = re.findall(r'"(scenarios\w*/[\w-]+)"', tests)
    assert sorted(played) == sorted(f"{file.parent.name}/{file.name.removesuffix('.scenarios.yaml')}" for file in FILES)
    assert sum(len(language.read(file)) for file in FILES) >= 24 + 60


def _play(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "chalicelib.scenarios", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One scenario that holds, one that expects the wrong fee, one of a service that nobody knows."""
    file = tmp_path_factory.mktemp("scenarios") / "three.yaml"
    holds = SMALL.format(name="right", service="sottonet", fee=726, total=76626)
    wrong = SMALL.format(name="wrong", service="sottonet", fee=727, total=76626)
    unknown = SMALL.format(name="unknown", service="sotonet", fee=726, total=76626)
    file.write_text("---".join([holds, wrong, unknown]), encoding="utf-8")
    return file


def test_a_failure_shows_both_sides_with_the_rule_and_the_others_go_on(three: Path) -> None:
    run = _play("run", str(three), "--jobs", "2")
    assert run.returncode == 1
    assert "ok    small-right" in run.stdout
    assert "FAILS small-wrong: One month of Sottonet" in run.stdout
    assert "invoices[0].lines[2].amount" in run.stdout
    shown = next(line for line in run.stdout.splitlines() if "expected: 727" in line)
    assert "| got: 726" in shown
    assert "STN-CHG-2: The first month is charged by the day" in run.stdout
    assert "there are no terms for the service `sotonet`" in run.stdout
    assert "1 of 3 scenarios hold. 2 do not." in run.stdout


def test_json_is_what_came_out_and_nothing_else(three: Path) -> None:
    run = _play("run", "--json", str(three), "--only", "right")
    assert run.returncode == 0
    (outcome,) = json.loads(run.stdout)
    assert outcome["scenario"] == "small-right"
    assert outcome["contracts"]["c1"]["state"] == "active"
    assert outcome["contracts"]["c1"]["formed_on"] == "2025-04-03"
    (invoice,) = outcome["invoices"]
    assert {
        key: invoice[key] for key in ("contract", "kind", "month", "issued_on", "due_on", "status", "total", "tax", "paid_by")
    } == {
        "contract": "c1",
        "kind": "initial",
        "month": "2025-04",
        "issued_on": "2025-05-01",
        "due_on": "2025-05-27",
        "status": "open",
        "total": 76626,
        "tax": 6966,
        "paid_by": "card",
    }
    assert invoice["lines"][2]["from"] == "2025-04-20"
    assert invoice["lines"][2]["to"] == "2025-04-30"
    assert "STN-CHG-2" in invoice["lines"][2]["cites"]
    assert outcome["refusals"][0]["at"] == "2025-04-11T12:00"
    assert outcome["refunds"] == []


def test_a_scenario_that_cannot_be_run_is_one_clear_line_and_the_others_go_on(tmp_path: Path) -> None:
    file = tmp_path / "wrong.yaml"
    wrong = SMALL.format(name="x", service="sottonet", fee=1, total=1).replace("do: install", "do: instal")
    nothing = SMALL.format(name="y", service="sottonet", fee=1, total=1).replace(
        "contract: c1, outcome", "contract: c2, outcome"
    )
    nothing = nothing[: nothing.index("expect:")] + "expect: {refusals: [{do: install, contract: c2, reason: no_contract}]}\n"
    file.write_text(f"{wrong}---{nothing}")
    run = _play("run", str(file))
    assert run.returncode == 2
    assert run.stderr.strip() == "wrong.yaml: small-x: step 2 (instal): `instal` is no step. Did you mean `install`?"
    assert "ok    small-y" in run.stdout and "1 of 2 scenarios hold." in run.stdout
    missing = _play("run", str(tmp_path / "nowhere.yaml"))
    assert (missing.returncode, missing.stdout, "cannot be read" in missing.stderr) == (2, "", True)


def test_a_world_takes_its_silence_with_it() -> None:
    """`app` sets the level of the log when it is first imported: after a world, errors are to be heard again."""
    said = "import logging\nwith World(): pass\nassert logging.getLogger('mimamori.api').isEnabledFor(logging.ERROR)"
    code = f"from chalicelib.scenarios.world import World\n{said}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_listing_names_rules_scenarios_and_tests() -> None:
    listing = register.listing(FILES, ROOT / "tests")
    assert "STN-CAN-1  C  " in listing
    assert "    scenario  sottonet-cancellation-cutoff" in listing
    assert "    test      rules/test_sottonet_endings.py::test_notice_by_the_20th_ends_this_month_later_the_next" in listing
    assert re.search(r"^all( +\d+){6}$", listing, re.MULTILINE)


def test_terms_and_registers_name_the_same_rules() -> None:
    """Every rule id that a terms file cites stands in its register."""
    for service in terms.services():
        known = {rule.id for rule in register.rules() if rule.service == service}
        text = (register.SERVICES / f"{service}.toml").read_text(encoding="utf-8")
        cited = set(re.findall(r'"([A-Z]{3}-[A-Z]{3}-\d+)"', text))
        assert cited
        assert cited <= known
