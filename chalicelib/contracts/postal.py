"""A Japanese postal code: seven digits, in whatever width and with or without a hyphen as people write it; kept in one way."""

from __future__ import annotations

import unicodedata

HYPHENS = "-‐‑‒–—―−－ー"  # what keyboards make of one
DIGIT = "[0-9０-９]"
PATTERN = rf"^〒?[ 　]?{DIGIT}{{3}}[{HYPHENS}]?{DIGIT}{{4}}$"


def plain(written: str) -> str:
    """What PATTERN fits, as it is kept.

    >>> plain("〒１００ー０００１"), plain("1000001")
    ('100-0001', '100-0001')
    """
    digits = "".join(letter for letter in unicodedata.normalize("NFKC", written) if letter.isdecimal())
    return f"{digits[:3]}-{digits[3:]}"


__all__ = ["PATTERN", "plain"]
