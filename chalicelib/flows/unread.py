"""Why a message of a device could not be read, in words: `texts/set_aside.toml`, by the reason that is kept with it."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from chalicelib import toml

Json = dict[str, Any]
TEXTS = Path(__file__).parent.parent / "texts" / "set_aside.toml"
_READING = re.compile(r"readings\.(\d+)\.([a-z_]+)(?:: unreadable)?")


def words(reason: str) -> Json:
    """`{told, cure}`, each in both languages; a reason without words of its own says only that it could not be read."""
    book = texts()
    found = _READING.fullmatch(reason)
    if found is None or found[2] not in book["what"]:
        return dict(book["reason"].get(reason, book["other"]))
    what = book["what"][found[2]]
    told = {
        language: sentence.format(place=int(found[1]) + 1, what=what[language])
        for language, sentence in book["reading"]["told"].items()
    }
    return {"told": told, "cure": book["reading"]["cure"]}


@lru_cache(maxsize=1)
def texts() -> Json:
    """The words, read when somebody looks."""
    return toml.read(TEXTS)
