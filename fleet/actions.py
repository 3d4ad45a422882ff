"""What a device does that somebody wishes for from afar: once, in order, in time, and remembered on its disk.

A wish comes in the shadow `wishes` of the device (`desired.wishes.<id>`: settings, and for how many seconds they are good).
Whatever is done is remembered by the wish's id before it is reported, so a wish that comes again is reported again and not
done again. Killed between doing and remembering, the device does it again: a setting set twice is set.
"""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

REMEMBERED_MAX = 200  # answers on the disk; a wish that is older than so many others is over

Settings = Mapping[str, Any]
Act = Callable[[Settings], None]
Answer = dict[str, str]


class Unwilling(Exception):
    """The device cannot or will not do it; the reason is one word of small letters and underscores."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Memory:
    """A device's settings and answers in one file, written whole or not at all."""

    def __init__(self, file: Path) -> None:
        self._file = file
        try:
            known = json.loads(file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            known = {}
        self.settings: dict[str, Any] = known.get("settings", {})
        self.answers: dict[str, Answer] = known.get("answers", {})
        self.newest: dict[str, str] = known.get("newest", {})  # by setting: the last wish that was looked at

    def remember(self, wish: str, answer: Answer, settings: Settings) -> None:
        self.answers[wish] = answer
        for old in sorted(self.answers, key=place)[:-REMEMBERED_MAX]:
            del self.answers[old]
        if answer["outcome"] == "done":
            self.settings.update(settings)
            self.newest.update(dict.fromkeys(settings, wish))
        half = self._file.with_suffix(".half")
        with open(half, "w", encoding="utf-8") as file:
            json.dump({"settings": self.settings, "answers": self.answers, "newest": self.newest}, file)
            file.flush()
            os.fsync(file.fileno())
        half.replace(self._file)


def place(wish: str) -> tuple[int, str]:
    """Where a wish stands in the order of asking: its id begins with the instant."""
    at, _, name = wish.partition("-")
    return (int(at) if at.isdecimal() else 0, name)


class Obedience:
    """Does what a shadow's document wishes for, through `act`, and says what to report."""

    def __init__(self, memory: Memory, act: Act = lambda settings: None) -> None:
        self._memory = memory
        self._act = act

    def report(self, document: Mapping[str, Any]) -> dict[str, Any] | None:
        """The shadow's update that answers every wish of a whole document (the answer to a `get`); None when none waits.

        Only such a document is acted on: its own timestamp says how old a wish is, whatever our clock says.
        """
        state = document.get("state", {})
        wished = state.get("desired", {}).get("wishes", {})
        if not wished:
            return None
        stamps = document.get("metadata", {}).get("desired", {}).get("wishes", {})
        answers: dict[str, Answer | None] = dict.fromkeys(state.get("reported", {}).get("wishes", {}))  # read by now
        for wish in sorted(wished, key=place):
            left_at = stamps.get(wish, {}).get("seconds", {}).get("timestamp", 0)
            answers[wish] = self._answer(wish, wished[wish], document.get("timestamp", 0) - left_at)
        gone = dict.fromkeys(wished)
        return {"state": {"desired": {"wishes": gone}, "reported": {"wishes": answers}}, "clientToken": "answer"}

    def _answer(self, wish: str, wished: Mapping[str, Any], age_seconds: int) -> Answer:
        known = self._memory.answers.get(wish)
        if known is not None:
            return known
        settings = wished.get("settings", {})
        try:
            if age_seconds >= wished.get("seconds", 0):
                raise Unwilling("expired")
            if any(place(self._memory.newest.get(name, "0-")) > place(wish) for name in settings):
                raise Unwilling("replaced")
            self._act(settings)
            answer = {"outcome": "done"}
        except Unwilling as no:
            answer = {"outcome": "refused", "reason": no.reason}
        self._memory.remember(wish, answer, settings)
        return answer
