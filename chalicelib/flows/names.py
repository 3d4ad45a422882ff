"""What plans, options, equipment, documents, consents and fields are called and mean, in both languages.

A service's own words stand beside its terms (`<service>.words.toml`), what all services share in `texts/form.toml`, and what
stands on a bill in `texts/bill.toml`: a thing has one name. They are read when the first word is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from chalicelib.contracts import terms
from chalicelib.contracts.terms import Terms
from chalicelib.flows import bills

Json = dict[str, Any]
LANGUAGES = bills.LANGUAGES
TEXTS = Path(__file__).parent.parent / "texts" / "form.toml"
PROBLEMS = TEXTS.with_name("problems.toml")


def entry(service: str, kind: str, key: str) -> Mapping[str, Any]:
    """All that was written about a thing: `name`, and `about`, `means` or `rules` where somebody wrote them."""
    own = _of_service(service).get(kind, {}).get(key, {})
    shared: Mapping[str, Any] = texts().get(kind, {}).get(key, {})
    return {**shared, **own}


def name(service: str, kind: str, key: str) -> Json:
    """What a thing is called; its own key where nobody wrote words."""
    found = entry(service, kind, key).get("name")
    return dict(found) if found else dict.fromkeys(LANGUAGES, key.replace("_", " "))


def option(found: Terms, key: str) -> Json:
    """What an option is called: as on the bill, when it stands there."""
    on_bill = bills.known_label(f"option:{key}", found)
    return dict(on_bill) if on_bill else name(found.service, "option", key)


def payment_method(key: str) -> Json:
    """What a way to pay is called."""
    book = bills.texts()["paid_by"]
    return dict(book.get(key) or dict.fromkeys(LANGUAGES, key.replace("_", " ")))


def reason(key: str) -> Json:
    """Why something was refused, in the words in which a problem says it."""
    book = _read(PROBLEMS)["reason"]
    return dict(book.get(key) or book["refused"])


@lru_cache(maxsize=1)
def texts() -> Json:
    """The words that all services share."""
    return _read(TEXTS)


def _of_service(service: str) -> Json:
    """The words beside the service's terms; terms on trial without words of their own keep the house's."""
    file = f"{service}.words.toml"
    beside = terms.file_of(service).with_name(file)
    place = beside if beside.is_file() else terms.SERVICES_DIR.joinpath(file)
    return _read(place) if place.is_file() else {}


@lru_cache(maxsize=32)
def _read(file: Path) -> Json:
    import tomllib  # 5 ms of a cold start

    return tomllib.loads(file.read_text(encoding="utf-8"))
