"""Cursors: opaque to callers, and worth nothing to forgers, since what is listed is never in them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence

from chalicelib.errors import Invalid


def closed(place: Sequence[str]) -> str:
    """A place in a list as a cursor."""
    return base64.urlsafe_b64encode("\n".join(place).encode()).decode()


def opened(cursor: str, parts: int) -> list[str]:
    """The place that a cursor names, in so many parts; [] for none. Raises Invalid for what is no cursor of this list."""
    try:
        place = base64.b64decode(cursor, altchars=b"-_", validate=True).decode().split("\n") if cursor else []
    except (binascii.Error, UnicodeDecodeError) as error:
        raise no_cursor() from error
    if place and len(place) != parts:
        raise no_cursor()
    return place


def no_cursor() -> Invalid:
    return Invalid("cursor", "not_a_cursor", "use_the_cursor_of_the_last_page")
