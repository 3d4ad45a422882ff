"""What stands on a bill or in a calendar has words in both languages: new items and new events bring theirs."""

import ast
from pathlib import Path

from chalicelib.contracts import terms
from chalicelib.flows import bills
from chalicelib.flows import calendar as words

ROOT = Path(__file__).resolve().parents[2]


def kinds_of_events():
    """Every kind that the code writes into an audit log."""
    found = set()
    for part in ("contracts", "billing"):
        for file in (ROOT / "chalicelib" / part).glob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and node.func.attr == "event"
                    and node.args
                ):
                    first = node.args[0]
                    choices = [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]
                    found |= {c.value for c in choices if isinstance(c, ast.Constant) and isinstance(c.value, str)}
    return found


def test_everything_that_happens_has_words_or_is_silent_on_purpose():
    book, kinds = words.texts(), kinds_of_events()
    assert len(kinds) > 40
    assert sorted(kind for kind in kinds if kind not in book["silent"] and "done" not in book.get(kind, {})) == []
    for kind, said in book.items():
        if kind != "silent":
            assert said and set(said) <= {"done", "ahead", "costs"}, kind
            assert all(text["ja"] and text["en"] for text in said.values()), kind


def test_every_text_of_the_book_is_there_in_both_languages():
    def walk(part):
        if isinstance(part, dict) and set(part) == {"ja", "en"}:
            yield part
        elif isinstance(part, dict):
            for inner in part.values():
                yield from walk(inner)

    texts = list(walk({name: part for name, part in bills.texts().items() if name != "days"}))
    assert len(texts) > 80
    assert all(bool(text["ja"]) == bool(text["en"]) for text in texts)


def test_every_item_that_can_stand_on_a_bill_has_words():
    for service in terms.services():
        found = terms.load(service)
        plans = [found.part(plan) for plan in ["", *found.section("application").get("plans", ())]]
        items = {item for part in plans for item in part.section("invoice").get("line_order", ())}
        assert sorted(item for item in items if not bills.known_label(item, found)) == [], service
