"""LINE: messages through its Messaging API, and whether a webhook is really LINE's. No SDK: its import costs seconds."""

from __future__ import annotations

import hashlib
import hmac
import json
import uuid
from base64 import b64encode
from typing import Any

from chalicelib import settings
from chalicelib.gateways import delivery, secrets
from chalicelib.gateways.delivery import NotDelivered

TEXT_MAX = 5000  # of LINE's text messages, in UTF-16 units; ours are far shorter
_KEYS = uuid.UUID("6f3f7f0e-7a53-4c6b-9f58-3a4f0f5a2b11")  # so that no other sender's names make the same retry key


def retry_key(key: str) -> str:
    """The UUID by which LINE knows a repeat for a day (`X-Line-Retry-Key`)."""
    return str(uuid.uuid5(_KEYS, key))


def push(key: str, to: str, text: str) -> None:
    """Sends one message to one user. Repeating it with the same key sends nothing more. Raises NotDelivered, StoreError."""
    body = {"to": to, "messages": [{"type": "text", "text": text[:TEXT_MAX]}]}
    headers = {"X-Line-Retry-Key": retry_key(key)}
    try:
        answer = _call("/v2/bot/message/push", body, headers)
    except NotDelivered:  # perhaps it arrived: the key lets us ask again
        answer = _call("/v2/bot/message/push", body, headers)
    _judge(answer)


def reply(token: str, text: str) -> None:
    """Answers a message of a user, which costs nothing of the month's quota. Raises NotDelivered, StoreError."""
    _judge(_call("/v2/bot/message/reply", {"replyToken": token, "messages": [{"type": "text", "text": text}]}, {}))


def is_from_line(body: bytes, signature: str) -> bool:
    """Whether LINE signed the webhook's body with our channel's secret. Raises NotDelivered where there is none."""
    wanted = b64encode(hmac.new(secrets.secret(secrets.LINE_SECRET).encode(), body, hashlib.sha256).digest())
    return hmac.compare_digest(wanted, signature.encode("utf-8", "replace"))


def _call(path: str, body: Any, headers: dict[str, str]) -> delivery.Answered:
    token = secrets.secret(secrets.LINE_TOKEN)
    common = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    text = json.dumps(body, ensure_ascii=False).encode()
    return delivery.post(settings.current().need("line_api_url") + path, {**common, **headers}, text)


def _judge(answer: delivery.Answered) -> None:
    """200: taken. 409: taken before, under the same key. 429 is the month's limit or too much at once, told by its words."""
    if answer.status in (200, 409):
        return
    if answer.status == 429:
        raise NotDelivered("no_quota" if b"monthly limit" in answer.body else "failed")
    if answer.status in (401, 403):
        secrets.forget()  # the token may have been renewed
        raise NotDelivered("failed")
    raise NotDelivered("refused" if answer.status < 500 else "failed")
