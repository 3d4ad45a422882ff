"""What a customer is known by when an operator looks for them: mail addresses, telephone numbers, names. Pure.

The same for all ways to write one: full and half width, hiragana and katakana, with blanks and hyphens or without. A name
is known whole and by its parts, so that a family name is enough.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

Known = tuple[str, str]  # kind (`email`, `phone`, `name`) and the text as it is compared

_NAMES = {
    "applicant": ("name", "name_kana", "payer", "card_holder"),
    "contact": ("name", "name_kana", "company"),
    "payer_contact": ("name", "name_kana", "company"),
}
_BETWEEN = re.compile(r"[\s・,.、。]+")
_PARTS_MAX = 4  # of one name
_DIGITS_MIN = 6  # fewer are no telephone number
_COUNTRY = "81"


def of_profile(profile: Mapping[str, Any]) -> frozenset[Known]:
    """Everything by which a contract's profile can be found."""
    return frozenset(_all_of(profile))


def _all_of(profile: Mapping[str, Any]) -> Iterator[Known]:
    for part, names in _NAMES.items():
        told = profile.get(part, {})
        if told.get("email"):
            yield "email", email(told["email"])
        if told.get("phone") and phone(told["phone"]):
            yield "phone", phone(told["phone"])
        for name in names:
            if told.get(name):
                yield from (("name", text) for text in {plain_name(told[name]), *_parts(told[name])} if text)


def asked(text: str) -> tuple[Known, ...]:
    """As what a text may be looked for; a telephone number is no name."""
    if "@" in text:
        return (("email", email(text)),)
    digits = phone(text)
    if digits:
        return (("phone", digits),)
    name = plain_name(text)
    return (("name", name),) if name else ()


def email(text: str) -> str:
    return _folded(text).strip()


def phone(text: str) -> str:
    """The digits, as they are dialled inside Japan; '' for what is no telephone number."""
    written = unicodedata.normalize("NFKC", text).strip()
    digits = re.sub(r"[\s()‐‑‒–—―−ー-]", "", written)
    if not re.fullmatch(rf"\+?[0-9]{{{_DIGITS_MIN},}}", digits):
        return ""
    return (
        "0" + digits.removeprefix(f"+{_COUNTRY}").removeprefix("0") if digits.startswith(f"+{_COUNTRY}") else digits.lstrip("+")
    )


def plain_name(text: str) -> str:
    return _BETWEEN.sub("", _folded(text))


def _parts(name: str) -> list[str]:
    words = [word for word in _BETWEEN.split(_folded(name)) if word]
    return words[:_PARTS_MAX] if len(words) > 1 else []


def _folded(text: str) -> str:
    """Full and half width are one, capitals are small, and hiragana is katakana."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(chr(ord(c) + 0x60) if "ぁ" <= c <= "ゖ" else c for c in plain)
