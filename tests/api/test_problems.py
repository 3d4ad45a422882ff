"""Every problem has words in both languages, and one place decides its status."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib import errors
from chalicelib.api import problems
from chalicelib.api.problems import Problem, answer_for, language_of, problem_of

HOUSE = Path(__file__).parents[2] / "chalicelib"
SECTIONS = ("title", "reason", "cure")


def test_every_text_is_there_in_both_languages_and_they_name_the_same_figures() -> None:
    for section in SECTIONS:
        for key, entry in problems.texts()[section].items():
            assert set(entry) == {"ja", "en"}, (section, key)
            figures = [sorted(re.findall(r"{(\w+)}", entry[language])) for language in ("ja", "en")]
            assert figures[0] == figures[1], (section, key)
            assert re.search("[ぁ-んァ-ヶ一-龠]", entry["ja"]) or section == "title", (section, key)
            assert entry["en"].isascii(), (section, key)


def _said() -> Iterator[tuple[str, str, str]]:
    """(section, key, where) of every reason and cure that the code states as a literal."""
    for file in HOUSE.rglob("*.py"):
        if "scenarios" in file.parts:  # the command line says its own sentences
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name | ast.Attribute):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            where = f"{file.name}:{node.lineno}"
            words = [arg.value if isinstance(arg, ast.Constant) and isinstance(arg.value, str) else "" for arg in node.args]
            named = {k.arg: k.value.value for k in node.keywords if isinstance(k.value, ast.Constant)}
            if name == "Invalid":
                yield from ((("reason", word, where)) for word in words[1:2] if word)
                yield from ((("cure", word, where)) for word in words[2:3] if word)
            elif name in ("Conflict", "Refused"):
                yield from (("reason", word, where) for word in words[:1] if word)
            elif name == "Problem":
                yield from (("title", word, where) for word in words[1:2] if word)
                yield from ((key, named[key], where) for key in ("reason", "cure") if named.get(key))


def test_every_reason_and_cure_that_the_code_gives_has_words() -> None:
    said = list(_said())
    assert len(said) > 30
    missing = [entry for entry in said if entry[1] not in problems.texts()[entry[0]]]
    assert missing == []


def test_every_reason_that_the_terms_give_has_words() -> None:
    given = set()
    for file in (HOUSE / "services").glob("*.toml"):
        given |= set(re.findall(r'\breason = "([a-z_]+)"', file.read_text(encoding="utf-8")))
    assert {reason for reason in given if reason not in problems.texts()["reason"]} == set()


def test_no_text_is_left_over_from_something_that_is_no_longer_said() -> None:
    files = (file for file in HOUSE.rglob("*.*") if file.suffix in (".py", ".toml") and file.name != "problems.toml")
    said = {word for file in files for word in re.findall(r"\w+", file.read_text(encoding="utf-8"))}
    put_together = re.compile("(if|type|format)_")  # of a reason, a JSON Schema's type or format
    texts = problems.texts()
    assert [key for section in SECTIONS for key in texts[section] if key not in said and not put_together.match(key)] == []


@pytest.mark.parametrize(
    ("error", "status", "kind"),
    [
        (errors.Invalid("plan", "missing", "send_field"), 400, "invalid"),
        (errors.Unauthenticated("x"), 401, "unauthenticated"),
        (errors.Forbidden("x"), 403, "forbidden"),
        (errors.NotFound("contract"), 404, "not-found"),
        (errors.Refused("already_cancelling", "STN-CAN-1"), 409, "refused"),
        (errors.Conflict("version"), 412, "conflict"),
        (errors.Conflict("exists"), 409, "conflict"),
        (errors.Conflict("in_progress"), 409, "conflict"),
        (errors.Conflict("idempotency_key_reused"), 422, "conflict"),
        (errors.StoreError("x"), 503, "unavailable"),
        (errors.TermsError("f", "k", "p", "c"), 500, "internal"),
        (ZeroDivisionError("x"), 500, "internal"),
        (Problem(413, "too_large", cure="send_less"), 413, "too-large"),
    ],
    ids=lambda value: getattr(value, "reason", None) or str(value),
)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_errors_and_their_answers(error, status, kind, language) -> None:
    answer = answer_for(problem_of(error), language, {})
    body = problems.json.loads(answer.body)
    assert (answer.status_code, body["status"], body["type"]) == (status, status, f"/problems/{kind}")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Content-Language"] == language
    assert body["title"] and body["detail"] and body["cure"]
    assert body["detail"].isascii() == (language == "en")


def test_a_refusal_names_reason_and_rule_even_when_only_the_terms_know_the_reason() -> None:
    body = problems.json.loads(answer_for(problem_of(errors.Refused("a_new_reason", "XYZ-1")), "en", {}).body)
    assert (body["reason"], body["rule"]) == ("a_new_reason", "XYZ-1")
    assert body["detail"] == problems.texts()["reason"]["refused"]["en"]


def test_a_refusal_without_a_rule_does_not_put_it_on_the_terms() -> None:
    shown = [
        problems.json.loads(answer_for(problem_of(errors.Refused(reason)), "en", {}).body)
        for reason in ("proof_wrong", "not_open")
    ]
    assert [body["title"] for body in shown] == ["This cannot be done now"] * 2
    assert shown[0]["cure"].startswith("Please look again at the serial number")
    assert shown[1]["cure"] == "Please look at it again, then try once more."


def test_what_nobody_meant_to_raise_is_logged_without_what_it_says(caplog) -> None:
    try:
        raise KeyError("Kanaria Tarou")
    except KeyError as error:
        problem_of(error)
    assert "KeyError at test_problems.py" in caplog.text
    assert "Kanaria" not in caplog.text


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "ja"),
        ("", "ja"),
        ("en", "en"),
        ("EN-us", "en"),
        ("ja-JP,en;q=0.9", "ja"),
        ("en;q=0.8, ja;q=0.9", "ja"),
        ("en;q=0", "ja"),
        ("de, en;q=0.1", "en"),
        ("*", "ja"),
        ("en;q=x", "ja"),
        (";;;,,,", "ja"),
        ("x" * 10_000, "ja"),
    ],
)
def test_the_readers_language(header, language) -> None:
    assert language_of(header) == language
