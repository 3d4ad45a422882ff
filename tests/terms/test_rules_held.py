"""No rule of a terms sheet is lost: each stands in a register with its kind, and is named, shown or given a reason.

`sheet_rules.csv` is the list of all rules of the five sheets, written down from the sheets themselves.
"""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from chalicelib.contracts import terms, wording
from chalicelib.dates import ONE_DAY
from chalicelib.errors import NoTermsForDay
from chalicelib.flows import outbox
from chalicelib.scenarios import register

ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = sorted((ROOT / "tests").glob("scenarios*/*.scenarios.yaml"))
SHEETS = list(csv.DictReader((Path(__file__).parent / "sheet_rules.csv").read_text(encoding="utf-8").splitlines()))
SERVICES = sorted({row["service"] for row in SHEETS})

# Services whose rules are not all written down or not all named yet. The list may only become shorter: a service that is
# done and still stands here fails the test below, so it cannot be forgotten.
UNFINISHED: frozenset[str] = frozenset()


@pytest.fixture(scope="module")
def held() -> dict[str, register.Held]:
    return {one.rule.id: one for one in register.held(SCENARIOS, ROOT / "tests")}


def _holes(service: str, held: dict[str, register.Held]) -> list[str]:
    """Rules of a sheet that stand in no column."""
    ids = [row["id"] for row in SHEETS if row["service"] == service]
    return [rule for rule in ids if rule not in held or not held[rule].column]


def test_the_list_is_that_of_the_five_sheets() -> None:
    assert Counter(row["kind"] for row in SHEETS) == {"C": 273, "W": 170, "D": 59, "L": 48}
    assert len({row["id"] for row in SHEETS}) == 550


@pytest.mark.parametrize("service", SERVICES)
def test_no_rule_of_a_sheet_is_in_no_column(service: str, held: dict[str, register.Held]) -> None:
    holes = _holes(service, held)
    if service in UNFINISHED:
        assert holes, f"every rule of {service} is held: take it off UNFINISHED"
    else:
        assert not holes, "in no register, or computed or workflow and named by no test and no scenario"


@pytest.mark.parametrize("service", SERVICES)
def test_a_register_has_the_rules_and_kinds_of_its_sheet(service: str) -> None:
    written = {rule.id: rule.kind for rule in wording.of_service(service)}
    sheet = {row["id"]: row["kind"] for row in SHEETS if row["service"] == service}
    assert written == sheet if written else service in UNFINISHED


def test_every_name_is_a_rule() -> None:
    known = {row["id"] for row in SHEETS} | {rule.id for rule in register.rules()}
    prefixes = {rule[:3] for rule in known}
    named = {**register.named_by_scenarios(SCENARIOS), **register.named_by_tests(ROOT / "tests")}
    assert {rule for rule in named if rule[:3] in prefixes} - known == set()


@pytest.mark.parametrize("service", terms.services())
def test_figures_in_texts_are_figures_of_the_terms(service: str) -> None:
    """From the service's first day on; what the company's own price list fills is not in the file."""
    found = terms.load(service)
    for rule in wording.of_service(service):
        for text in (rule.ja, rule.en):
            assert set(wording.figures(text)) <= found.data["values"].keys(), rule.id
            assert "{" not in wording.filled(text, found, found.data["from"]), rule.id
        assert sorted(wording.figures(rule.ja)) == sorted(wording.figures(rule.en)), rule.id


@pytest.mark.parametrize("service", terms.services())
def test_what_belongs_in_a_notice_is_carried_by_one(service: str) -> None:
    carried = {rule for rules in terms.load(service).section("notices").values() for rule in rules}
    assert carried == {rule.id for rule in wording.shown(service, "in_notice")}
    book = outbox.texts()
    assert all(kind == "*" or kind in book for kind in terms.load(service).section("notices"))


def test_a_figure_is_that_of_the_day_and_a_sum_is_added_up() -> None:
    sottonet = terms.load("sottonet")
    first = sottonet.data["from"]
    assert wording.filled("{monthly_fee} / {monthly_fee + option:wifi-3gb} yen", sottonet, first) == "1,980 / 3,080 yen"
    with pytest.raises(NoTermsForDay):
        wording.filled("{monthly_fee}", sottonet, first - ONE_DAY)


@pytest.mark.parametrize("rule", [r for r in register.rules() if r.kind == "D"], ids=lambda rule: rule.id)
def test_what_is_shown_is_japanese_in_japanese_and_english_in_english(rule: wording.Rule) -> None:
    assert any("\u3040" <= letter <= "\u30ff" for letter in rule.ja)
    assert not any("\u3040" <= letter <= "\u9fff" for letter in rule.en)


RULE = '[[rule]]\nid = "ABC-CHG-1"\nkind = "{kind}"\nclause = "1"\nen = "a"\nja = "あ"\n'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (RULE.format(kind="X"), "a.rules.toml: ABC-CHG-1: kind `X` is none: write C, W, D or L"),
        (RULE.format(kind="D"), "ABC-CHG-1: without `where`: a rule of kind D has clause, en, id, ja, kind, where"),
        (RULE.format(kind="D") + "where = []\n", "ABC-CHG-1: `where` is empty: name a place out of before_applying"),
        (RULE.format(kind="D") + 'where = ["soon"]\n', "ABC-CHG-1: where `soon` is no place: use before_applying"),
        (RULE.format(kind="L"), "ABC-CHG-1: without `reason`"),
        (RULE.format(kind="C") + 'where = ["in_app"]\n', "ABC-CHG-1: unknown key `where`"),
        (RULE.format(kind="C").replace("あ", " "), "ABC-CHG-1: `ja` is empty: write it out"),
        (RULE.format(kind="C") * 2, "a.rules.toml: ABC-CHG-1 stands twice: give each rule one entry"),
    ],
)
def test_a_register_that_cannot_be_trusted_is_refused_with_place_and_cure(text: str, told: str, tmp_path: Path) -> None:
    file = tmp_path / "a.rules.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError) as refused:
        wording.read(file)
    assert told in str(refused.value)


def test_marks_of_single_parameters_name_rules_too(tmp_path: Path) -> None:
    source = (
        "import pytest\n"
        '@pytest.mark.parametrize("x", [pytest.param(1, marks=pytest.mark.rule("ABC-CHG-1"))])\n'
        "def test_one(x): pass\n"
        '@pytest.mark.rule("ABC-CHG-2", "ABC-CHG-3")\n'
        "def test_two(): pass\n"
    )
    (tmp_path / "test_a.py").write_text(source, encoding="utf-8")
    named = register.named_by_tests(tmp_path)
    assert named == {
        "ABC-CHG-1": ["test_a.py::test_one"],
        "ABC-CHG-2": ["test_a.py::test_two"],
        "ABC-CHG-3": ["test_a.py::test_two"],
    }
