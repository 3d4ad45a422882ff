"""A visitor of the local world: knows its addresses from `.local/stack.json`, and uses nothing but its public doors."""

import json
import time
import urllib.request
import uuid
from collections.abc import Callable, Collection
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from local import people
from local.client import Answered, Api
from local.stack import client

T = TypeVar("T")
Json = dict[str, Any]
_WAIT_SECONDS = 60.0
_LOOK_SECONDS = 0.5
_AWAY = "The local world does not answer. Is `make run` still running in the other terminal?"


class NotAsExpected(Exception):
    """The story went another way. `str()` is the line to show."""


def expect(holds: bool, otherwise: str) -> None:
    if not holds:
        raise NotAsExpected(otherwise)


def eventually(look: Callable[[], T | None], otherwise: str, seconds: float = _WAIT_SECONDS) -> T:
    """The first thing that `look` finds. Raises NotAsExpected when it finds nothing in time."""
    until = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > until:
            raise NotAsExpected(f"{otherwise} (waited {seconds:.0f} s)")
        time.sleep(_LOOK_SECONDS)


class Place:
    """The running local world, from the outside."""

    def __init__(self, facts: Json, folder: Path) -> None:
        self.facts = facts
        self.folder = folder
        self.stage: str = facts["stage"]

    @classmethod
    def find(cls, path: Path) -> "Place":
        """Raises NotAsExpected when nothing was ever started here."""
        try:
            return cls(json.loads(path.read_text(encoding="utf-8")), path.resolve().parent)
        except (OSError, ValueError) as wrong:
            raise NotAsExpected("There is no local world yet. Start it with `make run` in another terminal.") from wrong

    def email(self, who: str) -> str:
        return str(self.facts["users"][who]["email"])

    def sign_in(self, who: str) -> "Visitor":
        """Through Cognito, with the password that `make run` printed."""
        user, cognito = self.facts["users"][who], self.facts["cognito"]
        pool = client("cognito-idp", cognito["endpoint"])
        try:
            token = people.sign_in(pool, cognito["client_id"], user["email"], user["password"])
        except ClientError as no:
            raise NotAsExpected(f"{who} could not sign in: {no.response['Error']['Code']}") from no
        except BotoCoreError as away:
            raise NotAsExpected(_AWAY) from away
        return Visitor(Api(self.facts["api"], token))

    def ca_pem(self) -> str:
        return Path(self.facts["mqtt"]["ca"]).read_text(encoding="utf-8")

    def mails_to(self, address: str) -> list[tuple[str, str]]:
        """Subject and text of every e-mail that left for this address, oldest first, as the emulator's SES keeps them."""
        sent = sorted(self._sent(), key=lambda mail: mail["Timestamp"])
        return [(mail["Subject"], mail["BodyText"]) for mail in sent if address in mail["To"]]

    def mails_among(self, addresses: Collection[str]) -> int:
        """How many e-mails left for any of these addresses."""
        return sum(any(to in addresses for to in mail["To"]) for mail in self._sent())

    def _sent(self) -> list[Json]:
        try:
            with urllib.request.urlopen(self.facts["ses"], timeout=10) as answer:  # noqa: S310 - loopback
                accounts = json.loads(answer.read())["messages"]
        except OSError as away:
            raise NotAsExpected(_AWAY) from away
        return [mail for mails in accounts.values() for mail in mails]


class Visitor:
    """One signed-in person. Every request gets an Idempotency-Key of its own."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def get(self, path: str) -> Any:
        return self._said(lambda: self._api.get(path))

    def post(self, path: str, body: Json) -> Any:
        return self._said(lambda: self._api.post(path, body, str(uuid.uuid4())))

    def put(self, path: str, body: Json) -> Any:
        return self._said(lambda: self._api.put(path, body))

    def items(self, path: str) -> list[Json]:
        return list(self.get(path)["items"])

    def clock(self) -> datetime:
        return datetime.fromisoformat(self.get("/v1/local/clock")["at"])

    def move_clock(self, to: datetime) -> None:
        self.post("/v1/local/clock", {"at": to.isoformat()})

    @staticmethod
    def _said(ask: Callable[[], Any]) -> Any:
        try:
            return ask()
        except Answered as no:
            raise NotAsExpected(str(no)) from no
        except OSError as away:
            raise NotAsExpected(_AWAY) from away
