"""Stand-ins for what is outside: LINE's messaging API, browsers with their push services, and one page that shows what arrived.

    GET  /                     everything that arrived, newest first: LINE, push, and the stack's own text messages and mail
    GET  /messages             the same as JSON
    POST /browsers             a new browser: answers its push subscription, as a real one would
    POST /browsers/<id>/close  that browser is gone: its push service answers 410 from now on
    POST /line/<user>          `{"text": …}`: a LINE user writes to the account; `{"type": "follow"}` or `"unfollow"`
    POST /line                 `{"quota": n}`: so many messages are left of the month's

Everything else is what LINE and push services answer. Nothing leaves this machine.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import html
import json
import secrets
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

Json = dict[str, Any]
HOST = "127.0.0.1"
KEPT = 500  # messages
BODY_MAX = 64 * 1024


class Phones:
    """What people outside hold in their hands. `folder` keeps it over restarts; without one it lives as long as the process."""

    def __init__(self, folder: Path | None = None) -> None:
        self._file = folder / "phones.json" if folder else None
        self._lock = threading.Lock()
        known = self._read()
        self.messages: list[Json] = known.get("messages", [])
        self.browsers: dict[str, Json] = known.get("browsers", {})
        self.retry_keys: dict[str, str] = known.get("retry_keys", {})
        self.quota: int | None = None
        self.line_token: str = known.get("line_token") or secrets.token_urlsafe(24)
        self.line_secret: str = known.get("line_secret") or secrets.token_hex(16)
        self.webhook = ""
        self.address = ""
        self.write()

    def _read(self) -> Json:
        try:
            found: Json = json.loads(self._file.read_text()) if self._file else {}
        except (FileNotFoundError, ValueError):
            return {}
        return found

    def write(self) -> None:
        """Keeps it, for this user only: keys are in it."""
        if self._file is None:
            return
        names = ("messages", "browsers", "retry_keys", "line_token", "line_secret")
        self._file.touch(mode=0o600)
        self._file.write_text(json.dumps({name: getattr(self, name) for name in names}))

    def arrived(self, way: str, to: str, text: str, **more: Any) -> None:
        self.messages.append({"way": way, "to": to, "text": text, "at": time.strftime("%Y-%m-%dT%H:%M:%S%z"), **more})
        del self.messages[:-KEPT]
        self.write()

    # browsers and their push service

    def open_browser(self) -> Json:
        """A push subscription, as `PushSubscription.toJSON` gives it."""
        with self._lock:
            name, key, auth = secrets.token_urlsafe(12), ec.generate_private_key(ec.SECP256R1()), secrets.token_bytes(16)
            pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
            self.browsers[name] = {"key": pem, "auth": _text(auth), "open": True}
            self.write()
        public = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"endpoint": f"{self.address}/push/{name}", "keys": {"p256dh": _text(public), "auth": _text(auth)}}

    def close_browser(self, name: str) -> None:
        with self._lock:
            self.browsers[name]["open"] = False
            self.write()

    def take_push(self, name: str, headers: Mapping[str, str], body: bytes) -> int:
        """What a push service answers. A message that nobody can open is a bad request here: it must not pass unseen."""
        with self._lock:
            browser = self.browsers.get(name)
            if browser is None or not browser["open"]:
                return 410
            if not headers.get("authorization", "").startswith("vapid t=") or not headers.get("ttl", "").isdigit():
                return 401
            try:
                message = json.loads(opened(body, browser["key"], _raw(browser["auth"])))
            except (ValueError, InvalidTag):
                return 400
            topic = headers.get("topic", "")
            self.messages[:] = [one for one in self.messages if not topic or (one.get("topic"), one["to"]) != (topic, name)]
            more = {"topic": topic, "urgency": headers.get("urgency", ""), "alert": message.get("alert", "")}
            self.arrived("push", name, f"{message['title']}\n{message['body']}", **more)
            return 201

    # LINE

    def take_line(self, headers: Mapping[str, str], body: Json) -> tuple[int, Json]:
        """LINE's answer to a message that we push."""
        with self._lock:
            if headers.get("authorization") != f"Bearer {self.line_token}":
                return 401, {"message": "Authentication failed"}
            key = headers.get("x-line-retry-key", "")
            if key and key in self.retry_keys:
                return 409, {"message": "The retry key is already accepted"}
            if self.quota is not None and self.quota <= 0:
                return 429, {"message": "You have reached your monthly limit."}
            self.quota = None if self.quota is None else self.quota - 1
            if key:
                self.retry_keys[key] = str(uuid.UUID(key))
            for message in body["messages"]:
                self.arrived("line", body.get("to", "reply"), message["text"])
            return 200, {"sentMessages": []}

    def say(self, user: str, what: Json, event: str = "") -> int:
        """A LINE user does something: the webhook is told, signed as LINE signs. Gives the webhook's answer."""
        kind = what.get("type", "message")
        told: Json = {
            "type": kind,
            "webhookEventId": event or uuid.uuid4().hex.upper()[:26],
            "timestamp": int(time.time() * 1000),
            "source": {"type": "user", "userId": user},
            "replyToken": secrets.token_hex(16),
            "deliveryContext": {"isRedelivery": bool(event)},
            "mode": "active",
        }
        if kind == "message":
            told["message"] = {"type": "text", "id": str(time.time_ns()), "text": what["text"]}
        body = json.dumps({"destination": "U" + "0" * 32, "events": [told]}, ensure_ascii=False).encode()
        sign = base64.b64encode(hmac.new(self.line_secret.encode(), body, hashlib.sha256).digest()).decode()
        headers = {"Content-Type": "application/json; charset=utf-8", "X-Line-Signature": sign}
        request = urllib.request.Request(self.webhook, body, headers)  # noqa: S310 - the local stage's own address
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code


def opened(body: bytes, key: str, auth: bytes) -> bytes:
    """What a browser reads out of a closed push message (RFC 8291)."""
    salt, length = body[:16], body[20]
    public, closed = body[21 : 21 + length], body[21 + length :]
    own = load_pem_private_key(key.encode(), None)
    assert isinstance(own, ec.EllipticCurvePrivateKey)
    shared = own.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public))
    mine = own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    secret = HKDF(SHA256(), 32, auth, b"WebPush: info\0" + mine + public).derive(shared)
    content = HKDF(SHA256(), 16, salt, b"Content-Encoding: aes128gcm\0").derive(secret)
    nonce = HKDF(SHA256(), 12, salt, b"Content-Encoding: nonce\0").derive(secret)
    return AESGCM(content).decrypt(nonce, closed, None).rstrip(b"\0").removesuffix(b"\x02")


class Counter:
    """The server of one `Phones`: started with `start`, ended with `stop`. `beside` fetches what the stack keeps itself."""

    def __init__(self, phones: Phones, port: int = 0, beside: Callable[[], list[Json]] = list) -> None:
        handler = type("Handler", (_Handler,), {"phones": phones, "beside": staticmethod(beside)})
        self._server = ThreadingHTTPServer((HOST, port), handler)
        self._server.daemon_threads = True
        phones.address = f"http://{HOST}:{self._server.server_address[1]}"
        self.phones = phones

    def start(self) -> Counter:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    phones: Phones
    beside: Callable[[], list[Json]]

    def do_GET(self) -> None:
        if self.path == "/messages":
            return self._answer(200, {"messages": self._all()})
        if self.path == "/":
            return self._answer(200, _page(self._all()).encode(), "text/html; charset=utf-8")
        return self._answer(404, {})

    def do_POST(self) -> None:
        body = self.rfile.read(min(int(self.headers.get("content-length", 0)), BODY_MAX))
        headers = {name.lower(): value for name, value in self.headers.items()}
        parts = self.path.strip("/").split("/")
        phones = self.phones
        try:
            if parts[0] == "push" and len(parts) == 2:
                return self._answer(phones.take_push(parts[1], headers, body), {})
            given = json.loads(body or b"{}")
            if self.path in ("/v2/bot/message/push", "/v2/bot/message/reply"):
                return self._answer(*phones.take_line(headers, given))
            if parts == ["browsers"]:
                return self._answer(201, phones.open_browser())
            if parts[0] == "browsers" and parts[2:] == ["close"]:
                phones.close_browser(parts[1])
                return self._answer(200, {})
            if parts == ["line"]:
                phones.quota = given["quota"]
                return self._answer(200, {})
            if parts[0] == "line" and len(parts) == 2:
                return self._answer(200, {"webhook": phones.say(parts[1], given)})
        except (ValueError, KeyError) as error:
            return self._answer(400, {"message": f"{type(error).__name__}: {error}"})
        return self._answer(404, {})

    def _all(self) -> list[Json]:
        return sorted([*self.phones.messages, *type(self).beside()], key=lambda one: str(one["at"]), reverse=True)

    def _answer(self, status: int, body: Json | bytes, kind: str = "application/json") -> None:
        text = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing on the terminal: the page shows it."""


def _page(messages: list[Json]) -> str:
    rows = "".join(
        f"<tr><td>{html.escape(str(one['at']))}<td>{html.escape(one['way'])}<td>{html.escape(str(one['to']))}"
        f"<td><pre>{html.escape(str(one['text']))}</pre>"
        for one in messages
    )
    return (
        '<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="5"><title>What arrived</title>'
        "<style>body{font-family:sans-serif;margin:2rem}td{padding:.3rem 1rem;vertical-align:top;border-top:1px solid #ccc}"
        "pre{margin:0;white-space:pre-wrap;font-family:inherit}</style>"
        f"<h1>What arrived ({len(messages)})</h1><table><tr><th>when<th>way<th>to<th>message{rows}</table>"
    )


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
