"""Every error that Mimamori raises on purpose. One place turns them into HTTP answers: `api/problems.py`.

MimamoriError
├── Invalid          the input itself is wrong: field, reason, cure            400
├── Unauthenticated  no token, or one that does not hold                       401
├── NotSignedIn      the user pool lets nobody in with that: reason             401 / 403 / 429
├── Forbidden        signed in, but this role may not                          403
├── NotFound         does not exist, or is not for this account to know        404
├── Refused          well formed, but the terms do not allow it: reason, rule  409
│   └── Bound        by contracts that stand in the way
├── Conflict         somebody else changed it first, or the key was used       409 / 412
├── TermsError       a terms file is wrong: file, key, cure
│   └── NoTermsForDay  a value was asked for a day that no terms cover
└── StoreError       the store did not answer; nothing is half done            503
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date


class MimamoriError(Exception):
    """The root of the tree."""


class Invalid(MimamoriError):
    """Input that no rule needs to look at: `field` names it, `reason` the kind of mistake, `cure` the way out.

    `reason` and `cure` are text keys (`api/texts`), never the value that was sent: values may be personal.
    """

    def __init__(self, field: str, reason: str, cure: str = "", **figures: object) -> None:
        super().__init__(f"{field}: {reason}" + (f" ({cure})" if cure else ""))
        self.field, self.reason, self.cure, self.figures = field, reason, cure, figures


class Unauthenticated(MimamoriError):
    """No usable token."""


class NotSignedIn(MimamoriError):
    """The user pool did not let somebody in: `sign_in_failed`, `not_confirmed`, `reset_required` or `try_later`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Forbidden(MimamoriError):
    """The caller's role does not allow the action."""


class NotFound(MimamoriError):
    """`what` does not exist, or belongs to somebody else: both answers are the same."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} not found")
        self.what = what


class Refused(MimamoriError):
    """A step that the terms do not allow. `reason` is the code of the terms sheet, `rule` the rule id that refuses."""

    def __init__(self, reason: str, rule: str = "") -> None:
        super().__init__(f"{reason} [{rule}]" if rule else reason)
        self.reason, self.rule = reason, rule


class Bound(Refused):
    """Refused because of contracts: `by` are `{contract, service, reason}`, one for each that stands in the way."""

    def __init__(self, reason: str, by: Sequence[Mapping[str, str]]) -> None:
        super().__init__(reason)
        self.by = by


class Conflict(MimamoriError):
    """Somebody else was first: `reason` is `version`, `exists`, `idempotency_key_reused` or `in_progress`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TermsError(MimamoriError):
    """A terms file that cannot be trusted. Names the file, the key inside it, what is wrong and how to mend it."""

    def __init__(self, file: str, key: str, problem: str, cure: str) -> None:
        super().__init__(f"{file}: {key}: {problem}. {cure}")
        self.file, self.key, self.problem, self.cure = file, key, problem, cure


class NoTermsForDay(TermsError):
    """A value was asked for a day before its first date: never read as 0, None or the oldest value."""

    def __init__(self, file: str, key: str, day: date) -> None:
        super().__init__(file, key, f"no value for {day.isoformat()}", "Add an entry whose `from` is on or before that day")
        self.day = day


class StoreError(MimamoriError):
    """The store did not answer in time, after retries. The same request can be sent again."""
