"""Load, decide, commit: again when somebody was faster or the reply was lost. Nothing is ever assumed about a lost reply."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from chalicelib.errors import StoreError
from chalicelib.store.transact import Unsure, WriteRefused

T = TypeVar("T")
P = ParamSpec("P")
TRIES = 6


def until_settled(attempt: Callable[[bool], T]) -> T:
    """Runs `attempt(again)` until it neither loses a race nor its reply; `again` is true from the second time on.

    Every attempt loads anew, so a write of the attempt before that did happen is found, not repeated. Raises Conflict
    or StoreError when it does not settle.
    """
    lost: WriteRefused | Unsure | None = None
    for number in range(TRIES):
        if number > 1:
            time.sleep(random.random() * 0.02 * 2**number)  # noqa: S311 - spreads retries, guards nothing
        try:
            return attempt(number > 0)
        except (WriteRefused, Unsure) as error:
            lost = error
    if isinstance(lost, WriteRefused):
        raise lost
    raise StoreError("the store's replies keep getting lost") from lost


def settled(step: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """`until_settled` for a step that loads all it needs by itself, the first time and again."""
    return until_settled(lambda again: step(*args, **kwargs))
