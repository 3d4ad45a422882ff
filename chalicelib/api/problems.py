"""The only place where an error becomes an HTTP answer: RFC 9457 problem documents, in Japanese or English.

A problem names the field, the reason and the cure, never the value that was sent. Texts live in
`chalicelib/texts/problems.toml`, loaded when the first problem is told.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from chalice.app import Response

from chalicelib import errors, toml

LANGUAGES = ("ja", "en")
TEXTS = Path(__file__).parent.parent / "texts" / "problems.toml"
log = logging.getLogger("mimamori.api")
_FALLBACKS = {"refused": "look_again"}  # the cure of a kind whose own has no words


class Problem(Exception):
    """An answer that is no success. `kind` is the last part of its `type` and the key of its title."""

    def __init__(self, status: int, kind: str, *, field: str = "", reason: str = "", cure: str = "", rule: str = ""):
        super().__init__(f"{status} {kind}")
        self.status, self.kind, self.field, self.reason, self.cure, self.rule = status, kind, field, reason or kind, cure, rule
        self.figures: dict[str, Any] = {}  # for the text of the cure
        self.headers: dict[str, str] = {}
        self.contracts: Sequence[Mapping[str, str]] = ()  # those that stand in the way: contract, service, reason


def problem_of(error: Exception) -> Problem:
    """The problem that tells an error. What we did not raise on purpose is logged by its type and place, and told as 500."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, errors.Invalid):
        problem = Problem(400, "invalid", field=error.field, reason=error.reason, cure=error.cure)
        problem.figures = error.figures
        return problem
    if isinstance(error, errors.Unauthenticated):
        problem = Problem(401, "unauthenticated", cure="sign_in")
        problem.headers["WWW-Authenticate"] = "Bearer"
        return problem
    if isinstance(error, errors.NotSignedIn):
        return _not_signed_in(error)
    if isinstance(error, errors.Forbidden):
        return Problem(403, "forbidden", cure="ask_role")
    if isinstance(error, errors.NotFound):
        return Problem(404, "not_found", cure="check_address")
    if isinstance(error, errors.Refused):
        cure = "see_terms" if error.rule else f"if_{error.reason}"  # without a rule it is not the terms that say no
        problem = Problem(409, "refused", reason=error.reason, rule=error.rule, cure=cure)
        problem.contracts = error.by if isinstance(error, errors.Bound) else ()
        return problem
    if isinstance(error, errors.NoTermsForDay):  # the company has not said what it costs: nobody's mistake in a program
        return Problem(409, "refused", reason="no_price", cure="if_no_price")
    if isinstance(error, errors.Conflict):
        return _conflict(error)
    if isinstance(error, errors.StoreError):
        problem = Problem(503, "unavailable", cure="send_again")
        problem.headers["Retry-After"] = "1"
        return problem
    _log_unexpected(error)
    return Problem(500, "internal", cure="send_again")


_SIGNING_IN = {"sign_in_failed": 401, "not_confirmed": 403, "reset_required": 403, "try_later": 429}


def _not_signed_in(error: errors.NotSignedIn) -> Problem:
    problem = Problem(_SIGNING_IN[error.reason], error.reason, cure=f"if_{error.reason}")
    if problem.status == 429:
        problem.headers["Retry-After"] = "60"
    return problem


def _conflict(error: errors.Conflict) -> Problem:
    status = {"version": 412, "idempotency_key_reused": 422}.get(error.reason, 409)
    cure = {"version": "read_again", "idempotency_key_reused": "new_key", "in_progress": "send_again"}.get(
        error.reason, "read_again"
    )
    problem = Problem(status, "conflict", reason=error.reason, cure=cure)
    if error.reason == "in_progress":
        problem.headers["Retry-After"] = "1"
    return problem


def _log_unexpected(error: Exception) -> None:
    # The message may hold what a customer wrote, so only the type and the place are kept.
    place, trace = "", error.__traceback__
    while trace is not None:
        place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
        trace = trace.tb_next
    log.error("unexpected %s at %s", type(error).__name__, place)


def answer_for(problem: Problem, language: str, headers: Mapping[str, str]) -> Response:
    """The HTTP answer of a problem, in one language."""
    body: dict[str, Any] = {
        "type": f"/problems/{problem.kind.replace('_', '-')}",
        "title": text("title", "not_now" if problem.kind == "refused" and not problem.rule else problem.kind, language),
        "status": problem.status,
        "detail": text("reason", problem.reason, language, fallback=problem.kind),
        "reason": problem.reason,
        "cure": text("cure", problem.cure, language, fallback=_FALLBACKS.get(problem.kind, "check_address"), **problem.figures),
    }
    if problem.field:
        body["field"] = problem.field
    if problem.rule:
        body["rule"] = problem.rule
    if problem.contracts:
        body["contracts"] = [{**one, "detail": text("reason", one["reason"], language)} for one in problem.contracts]
    return Response(
        body=json.dumps(body, ensure_ascii=False),
        status_code=problem.status,
        headers={**headers, "Content-Type": "application/problem+json", "Content-Language": language, **problem.headers},
    )


@lru_cache(maxsize=1)
def texts() -> dict[str, Any]:
    """All texts: `{section: {key: {ja, en}}}`."""
    return toml.read(TEXTS)


def text(section: str, key: str, language: str, fallback: str = "", **figures: Any) -> str:
    """One sentence. Reasons that only a terms sheet knows fall back to the sentence of their kind."""
    known = texts()[section]
    entry = known.get(key) or known.get(fallback) or known["unknown"]
    sentence: str = entry[language]
    return sentence.format_map(figures) if figures else sentence


def said(section: str, key: str, fallback: str = "") -> dict[str, str]:
    """The sentence in both languages."""
    return {language: text(section, key, language, fallback=fallback) for language in LANGUAGES}


def language_of(header: str | None) -> str:
    """The best of our languages for an Accept-Language header; Japanese when nothing fits.

    >>> language_of("en-GB,ja;q=0.8"), language_of("ja;q=0.5, en;q=0.4"), language_of("fr"), language_of(None)
    ('en', 'ja', 'ja', 'ja')
    """
    best, best_weight = "ja", 0.0
    for part in (header or "")[:200].split(","):
        name, _, parameter = part.strip().partition(";")
        language = name.strip().lower().partition("-")[0]
        weight = _weight(parameter)
        if language in LANGUAGES and weight > best_weight:
            best, best_weight = language, weight
    return best


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if not name:
        return 1.0
    try:
        return min(max(float(value), 0.0), 1.0) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0
