"""The rules of the house that a reader of the code would otherwise have to hold: each names the file and the line.

A rule is a function `source → lines that break it`; the second test proves that each rule can catch what it is for.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chalicelib.contracts import terms

ROOT = Path(__file__).resolve().parents[2]
CODE = [ROOT / "app.py", *sorted((ROOT / "chalicelib").rglob("*.py"))]
MONEY = (
    "chalicelib/money.py",
    "chalicelib/dates.py",
    "chalicelib/billing/",
    "chalicelib/contracts/",
    "chalicelib/store/codec.py",
)
CLOCK = "chalicelib/gateways/clock.py"
BELOW_FLOWS = ("errors.py", "money.py", "dates.py", "contracts/", "billing/", "iot/", "members/", "store/", "gateways/")
MODULE_LINES_MAX = 500
FUNCTION_LINES_MAX = 60
SELF_EVIDENT_LINES_MAX = 8

Rule = Callable[[ast.Module], Iterator[int]]


def no_float(tree: ast.Module) -> Iterator[int]:
    """Float money is never exact: whole yen are `int`, rates are `Fraction`."""
    for node in ast.walk(tree):
        literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
        called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("float", "round")
        divided = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and not _is_exact(node)
        if literal or called or divided:
            yield node.lineno


def _is_exact(node: ast.BinOp) -> bool:
    """A division that starts from a Fraction or a Decimal stays one; a `/` with a text joins paths."""
    joins = any(isinstance(side, ast.JoinedStr) or ast.unparse(side)[:1] in "'\"" for side in (node.left, node.right))
    return joins or re.search(r"(Fraction|Decimal|interest_exact)\(", ast.unparse(node)) is not None


def no_clock(tree: ast.Module) -> Iterator[int]:
    """Below the flows time is handed in: only `gateways/clock.py` asks a clock."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            if re.search(r"(^|\.)(now|utcnow|today)$", name) or name in (
                "time.time",
                "time.time_ns",
                "time.localtime",
                "time.gmtime",
            ):
                yield node.lineno


def no_service_names(tree: ast.Module) -> Iterator[int]:
    """What one service does differently stands in its terms file, not behind an `if`."""
    names = set(terms.services())
    for node in ast.walk(tree):
        compared = [node.left, *node.comparators] if isinstance(node, ast.Compare) else []
        matched = [node.subject] if isinstance(node, ast.Match) else []
        told = [ast.unparse(part) for part in compared + matched]
        about_service = any(re.search(r"(^|\.)service(_name)?$", text) for text in told)
        named = isinstance(node, ast.Constant) and node.value in names
        if named or (about_service and _against_a_literal(compared, matched)):
            yield node.lineno


def _against_a_literal(compared: list[ast.expr], matched: list[ast.expr]) -> bool:
    literals = (ast.Constant, ast.Tuple, ast.Set, ast.List)
    return bool(matched) or any(isinstance(part, literals) and ast.unparse(part) not in ("''", "None") for part in compared)


def no_scan(tree: ast.Module) -> Iterator[int]:
    """A scan costs what exists, not what is due."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("scan", "rate_limited_scan")
        ):
            yield node.lineno
        if isinstance(node, ast.Constant) and node.value in ("scan", "Scan"):
            yield node.lineno


def no_print(tree: ast.Module) -> Iterator[int]:
    """A function on AWS speaks through its logger, which knows what is personal."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("print", "breakpoint"):
            yield node.lineno


def short_functions(tree: ast.Module) -> Iterator[int]:
    """A function fits a screen."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.end_lineno - node.lineno >= FUNCTION_LINES_MAX:
            yield node.lineno


def short_modules(tree: ast.Module) -> Iterator[int]:
    """A module is read in one sitting."""
    last = max((node.end_lineno or 0 for node in tree.body), default=0)
    if last > MODULE_LINES_MAX:
        yield last


def documented(tree: ast.Module) -> Iterator[int]:
    """Modules and public classes say what they are; public functions too, unless a few lines say it themselves."""
    if tree.body and not ast.get_docstring(tree):
        yield 1
    for node in tree.body:
        public = isinstance(node, (ast.ClassDef, ast.FunctionDef)) and not node.name.startswith("_")
        long = isinstance(node, ast.ClassDef) or node.end_lineno - node.lineno >= SELF_EVIDENT_LINES_MAX
        if public and long and not ast.get_docstring(node):
            yield node.lineno


def _in(*places: str) -> Callable[[str], bool]:
    return lambda name: any(name.startswith(place) for place in places)


# Every rule, where it holds, and a piece of code that breaks it.
RULES: dict[str, tuple[Rule, Callable[[str], bool], str]] = {
    "no float money": (no_float, _in(*MONEY), "price = 1980 * 1.1"),
    "no clock below flows": (
        no_clock,
        lambda name: name != CLOCK and _in(*(f"chalicelib/{part}" for part in BELOW_FLOWS))(name),
        "from datetime import datetime\nat = datetime.now()",
    ),
    "one clock": (
        no_clock,
        lambda name: name != CLOCK and _in("app.py", "chalicelib/flows/", "chalicelib/api/")(name) and name not in CLOCK_ASKERS,
        "import time\nat = time.time()",
    ),
    "no service by name": (
        no_service_names,
        _in("app.py", "chalicelib/"),
        "def f(service):\n    if service == 'sottonet':\n        return 1",
    ),
    "no scan": (no_scan, _in("app.py", "chalicelib/"), "def f(client):\n    client.scan(TableName='contracts')"),
    "no print": (no_print, lambda name: not name.startswith("chalicelib/scenarios/"), "print(1)"),
    "short functions": (short_functions, _in("app.py", "chalicelib/"), "def f():\n" + "    x = 1\n" * FUNCTION_LINES_MAX),
    "short modules": (short_modules, _in("app.py", "chalicelib/"), "x = 1\n" * (MODULE_LINES_MAX + 1)),
    "documented": (documented, _in("app.py", "chalicelib/"), '"""A module."""\nclass Thing:\n    pass'),
}
# `house.now()` is the one place in which the API asks the clock gateway; these call it.
CLOCK_ASKERS = frozenset({"app.py", "chalicelib/api/house.py", "chalicelib/api/base.py", "chalicelib/flows/local_clock.py"})


@pytest.mark.parametrize("name", RULES)
def test_the_house_keeps_the_rule(name: str) -> None:
    rule, holds_in, _ = RULES[name]
    broken = []
    for file in CODE:
        inside = file.relative_to(ROOT).as_posix()
        if holds_in(inside):
            broken += [f"{inside}:{line}" for line in rule(ast.parse(file.read_text(encoding="utf-8")))]
    assert not broken, f"{rule.__doc__} Broken in: {', '.join(broken)}"


@pytest.mark.parametrize("name", RULES)
def test_the_rule_catches_what_it_is_for(name: str) -> None:
    rule, _, wrong = RULES[name]
    assert list(rule(ast.parse(wrong)))


# Where somebody's checkout stands has no place in what is committed. /var/task is Lambda's own.
FOREIGN = re.compile(r"(?<![\w.}])/(home|root|work|tmp|Users)/\w")
MADE = {"__pycache__", "node_modules", "dist"}  # not written by us, not committed
TEXT = {".ts", ".tsx", ".css", ".html", ".py", ".toml", ".md", ".yaml", ".yml", ".json", ".txt", ".cfg", ""}


def test_no_file_speaks_of_the_place_it_was_written_in() -> None:
    told = []
    for folder in ("chalicelib", "docs", "tests", "infra", "local", "fleet", "bench", "web", ".ci", ".chalice"):
        for file in (ROOT / folder).rglob("*"):
            skip = MADE & set(file.parts) or file == Path(__file__) or file.suffix not in TEXT or not file.is_file()
            if not skip and FOREIGN.search(file.read_text(encoding="utf-8", errors="replace")):
                told.append(str(file.relative_to(ROOT)))
    assert not told
