"""How somebody is named in a sentence: in Japanese with さん, never twice, and not after a company. The one home of it.

Where a name stands by itself (a list, somebody's own settings) it is shown as its people wrote it, and nobody comes here.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from chalicelib import toml

TEXTS = Path(__file__).parents[1] / "texts" / "called.toml"
LANGUAGES = ("ja", "en")
_BEHIND = re.compile(r"\s*[(\uff08][^()\uff08\uff09]*[)\uff09]\s*$")  # 「佐藤さん(となり)」 bears it before the brackets


@lru_cache(maxsize=1)
def _texts() -> dict[str, Any]:
    return toml.read(TEXTS)


def called(name: str, language: str) -> str:
    """「花子さん」 of 花子, 「となりの佐藤さん」 of the same, 「みまもり株式会社」 of a company."""
    words, bare = _texts(), _BEHIND.sub("", name.strip())
    if not bare or bare.endswith(tuple(words["borne"])) or any(firm in name for firm in words["firms"]):
        return name
    said: str = words["sentence"].get(language, words["sentence"]["ja"])
    return said.format(name=name)


def both(name: str) -> dict[str, str]:
    """The same in both languages."""
    return {language: called(name, language) for language in LANGUAGES}
