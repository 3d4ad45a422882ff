"""What the ways to people share: how they fail, and one careful POST over HTTPS."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from chalicelib.errors import MimamoriError
from chalicelib.iot.reach import Outcome

CONNECT_S, ANSWER_S = 5, 10
ANSWER_BYTES_MAX = 4096


class NotDelivered(MimamoriError):
    """A channel did not take a message. `outcome` says how that stands in the log; never to whom, or what they answered.

    failed: not now, perhaps later · unsure: perhaps it did · gone: the address is no more · refused: this message, for good ·
    no_address · no_quota: the month's messages are used up · not_set_up: the company has not switched this channel on.
    """

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome)
        self.outcome = outcome


class Answered(NamedTuple):
    """What the other end said, as much of it as matters."""

    status: int
    body: bytes


def post(url: str, headers: Mapping[str, str], body: bytes) -> Answered:
    """One POST; redirects are not followed. Raises NotDelivered: `failed` when nobody was there, `unsure` without an answer."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=CONNECT_S)
    try:
        connection.connect()
    except (OSError, http.client.HTTPException) as error:
        raise NotDelivered("failed") from error
    try:
        if isinstance(connection.sock, socket.socket):
            connection.sock.settimeout(ANSWER_S)
        path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        connection.request("POST", path, body, dict(headers))
        answer = connection.getresponse()
        return Answered(answer.status, answer.read(ANSWER_BYTES_MAX))
    except (OSError, http.client.HTTPException) as error:
        raise NotDelivered("unsure") from error
    finally:
        connection.close()
