"""What plans, options, equipment, documents, consents and fields are called and mean, in both languages.

A service's own words stand beside its terms (`<service>.words.toml`), what all services share in `texts/form.toml`, and what
stands on a bill in `texts/bill.toml`: a thing has one name. They are read when the first word is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from chalicelib import toml
from chalicelib.contracts import sheet
from chalicelib.contracts.sheet import Sheet

Json = dict[str, Any]
LANGUAGES = ("ja", "en")
TEXTS = Path(__file__).parent.parent / "texts" / "form.toml"
BILL = TEXTS.with_name("bill.toml")
PROBLEMS = TEXTS.with_name("problems.toml")


def entry(service: str, kind: str, key: str) -> Mapping[str, Any]:
    """All that was written about a thing: `name`, and `about`, `means` or `rules` where somebody wrote them."""
    own = _of_service(service).get(kind, {}).get(key, {})
    shared: Mapping[str, Any] = texts().get(kind, {}).get(key, {})
    return {**shared, **own}


def known(service: str, kind: str) -> list[str]:
    """The keys of a kind for which the service has words of its own."""
    return list(_of_service(service).get(kind, {}))


def name(service: str, kind: str, key: str) -> Json:
    """What a thing is called; its own key where nobody wrote words."""
    found = entry(service, kind, key).get("name")
    return dict(found) if found else dict.fromkeys(LANGUAGES, key.replace("_", " "))


def option(found: Sheet, key: str) -> Json:
    """What an option is called: as on the bill, when it stands there."""
    on_bill = known_label(f"option:{key}", found)
    return dict(on_bill) if on_bill else name(found.service, "option", key)


def label(item: str, written: Sheet, ref: str = "") -> Json:
    """What an item is called, in both languages: in its terms, else in the house; its own name where nobody wrote words.

    `ref` tells items of one name apart by their cause, as `item@ref` does in the terms.
    """
    found = (
        (known_label(f"{item}@{ref}", written) if ref else None)
        or known_label(item, written)
        or bill()["items"].get(item.split(":")[0] + ":*")
    )
    return dict(found) if found else dict.fromkeys(LANGUAGES, item.replace("_", " ").replace(":", " "))


def known_label(item: str, written: Sheet) -> Json | None:
    """The words that somebody wrote for exactly this item; None when nobody did."""
    found: Json | None = written.section("words").get(item) or bill()["items"].get(item)
    return found


def payment_method(key: str) -> Json:
    """What a way to pay is called."""
    book = bill()["paid_by"]
    return dict(book.get(key) or dict.fromkeys(LANGUAGES, key.replace("_", " ")))


def day_words(day: date, language: str) -> str:
    """`2025年4月20日`, `20 April 2025`."""
    book = bill()["days"]
    shown: str = book[language].format(year=day.year, month=day.month, day=day.day, name=book["names"][day.month - 1])
    return shown


_ANSWERS = ("person", "corporation")


def told(service: str, field: str, value: Any) -> Json | None:
    """What a field of an application was answered with, in both languages; None where the answer is nobody's but theirs.

    A prefecture is known in whichever language it was told.
    """
    if not field.endswith(".prefecture"):
        known = entry(service, "field", field).get(value) if value in _ANSWERS else None
        return dict(known) if known else None
    wanted = str(value).strip().casefold()
    return next(({"ja": ja, "en": en} for ja, en in texts()["prefectures"].items() if wanted in (ja, en.casefold())), None)


def figure(name: str, value: Any, written: Sheet | None, language: str) -> str:
    """A figure of a sentence as people write it: days, amounts, and what `written` (the terms) has words for by its key."""
    if isinstance(value, str) and _is_day(value):
        value = date.fromisoformat(value)
    if isinstance(value, date):
        return day_words(value, language)
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    if name in ("paid_by", "payment_method"):
        return str(bill()["paid_by"].get(value, {}).get(language, value))
    if name in ("option", "plan") and written is not None:
        known = known_label(f"option:{value}", written)
        return str(known[language] if known else value)
    return str(label(value, written)[language]) if name == "item" and written is not None else str(value)


def _is_day(text: str) -> bool:
    return len(text) == 10 and text[4] == text[7] == "-" and text.replace("-", "").isdigit()


def reason(key: str) -> Json:
    """Why something was refused, in the words in which a problem says it."""
    book = _read(PROBLEMS)["reason"]
    return dict(book.get(key) or book["refused"])


def bill() -> Json:
    """The words of bills."""
    return _read(BILL)


@lru_cache(maxsize=1)
def texts() -> Json:
    """The words that all services share."""
    return _read(TEXTS)


def _of_service(service: str) -> Json:
    """The words beside the service's terms; terms on trial without words of their own keep the house's."""
    place = sheet.beside(service, "words")
    return _read(place) if place.is_file() else {}


@lru_cache(maxsize=32)
def _read(file: Path) -> Json:
    return toml.read(file)
