"""Web push: a message to one browser, closed so that only it can read it (RFC 8291), signed by us (VAPID, RFC 8292)."""

from __future__ import annotations

import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from chalicelib import settings
from chalicelib.errors import Invalid
from chalicelib.gateways import clock, delivery, secrets
from chalicelib.gateways.delivery import NotDelivered

# Who runs push services for browsers: Chrome, Firefox, Safari, Edge. Any other host is somebody's way into our network.
HOSTS = frozenset({"fcm.googleapis.com", "updates.push.services.mozilla.com", "web.push.apple.com"})
HOST_ENDS = (".push.services.mozilla.com", ".push.apple.com", ".notify.windows.com")
LOOPBACK = frozenset({"127.0.0.1", "localhost"})
RECORD = 4096  # bytes; a push service must take that much
TEXT_MAX = 1200  # characters; in UTF-8 and closed they stay below the record
KEPT_S = 12 * 3600  # how long a push service tries; older news has come by another way
_SIGNED_FOR = timedelta(hours=12)  # at most 24 hours may be signed for


def check(endpoint: str, p256dh: str, auth: str) -> None:
    """Raises Invalid for a subscription that no push service made."""
    if not _is_known(endpoint):
        raise Invalid("endpoint", "not_offered", "subscribe_again")
    if len(_decoded(p256dh, "keys.p256dh")) != 65 or len(_decoded(auth, "keys.auth")) != 16:
        raise Invalid("keys", "format", "subscribe_again")
    _point(_decoded(p256dh, "keys.p256dh"))


def _is_known(endpoint: str) -> bool:
    try:
        parts = urlsplit(endpoint)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:  # no address at all
        return False
    usual = (host in HOSTS or host.endswith(HOST_ENDS)) and parts.scheme == "https" and port in (None, 443)
    nearby = settings.current().is_local and parts.scheme == "http" and host in LOOPBACK
    return (usual or nearby) and not parts.username and not parts.fragment


def public_key() -> str:
    """What a browser needs to subscribe (`applicationServerKey`). Raises NotDelivered (`not_set_up`), StoreError."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    point = _own_key().public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return _encoded(point)


def send(key: str, to: Mapping[str, str], message: Mapping[str, Any], *, urgent: bool) -> None:
    """Hands one message to a browser's push service. `to`: endpoint, p256dh, auth.

    A repeat carries the same topic, which replaces what still waits, and the same tag, which a browser shows once.
    Raises NotDelivered, StoreError.
    """
    topic = _encoded(sha256(key.encode()).digest())[:32]
    text = json.dumps({**message, "tag": topic}, ensure_ascii=False).encode()
    closed = encrypt(text, _decoded(to["p256dh"], "p256dh"), _decoded(to["auth"], "auth"))
    headers = {
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(KEPT_S),
        "Urgency": "high" if urgent else "normal",
        "Topic": topic,
        "Authorization": _signed(to["endpoint"]),
    }
    status = delivery.post(to["endpoint"], headers, closed).status
    if status in (404, 410):
        raise NotDelivered("gone")
    if not 200 <= status < 300:
        raise NotDelivered("failed" if status == 429 or status >= 500 else "refused")


def encrypt(text: bytes, their_key: bytes, auth: bytes, *, salt: bytes = b"", own: Any = None) -> bytes:
    """One record of aes128gcm (RFC 8188) under a key that only the browser can make (RFC 8291).

    `salt` and `own` (a private key) are chosen anew each time; the tests give those of the RFC's example.
    """
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    def derive(length: int, salt: bytes, info: bytes, secret: bytes) -> bytes:
        return HKDF(SHA256(), length, salt, info).derive(secret)

    salt = salt or os.urandom(16)
    own = own or ec.generate_private_key(ec.SECP256R1())
    public: bytes = own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    shared = own.exchange(ec.ECDH(), _point(their_key))
    secret = derive(32, auth, b"WebPush: info\0" + their_key + public, shared)
    key = derive(16, salt, b"Content-Encoding: aes128gcm\0", secret)
    nonce = derive(12, salt, b"Content-Encoding: nonce\0", secret)
    head = salt + RECORD.to_bytes(4, "big") + bytes([len(public)]) + public
    return head + AESGCM(key).encrypt(nonce, text + b"\x02", None)


def _signed(endpoint: str) -> str:
    """Says to the push service who sends, for its origin only and for half a day."""
    import jwt

    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int((clock.wall() + _SIGNED_FOR).timestamp()),
        "sub": f"mailto:{settings.current().need('mail_from')}",
    }
    return f"vapid t={jwt.encode(claims, _own_key(), algorithm='ES256')}, k={public_key()}"


def _own_key() -> Any:
    return _read_key(secrets.secret(secrets.PUSH_KEY))


@lru_cache(maxsize=1)
def _read_key(text: str) -> Any:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    return load_pem_private_key(text.encode(), None)


def _point(key: bytes) -> Any:
    from cryptography.hazmat.primitives.asymmetric import ec

    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key)
    except ValueError as error:
        raise Invalid("keys", "format", "subscribe_again") from error


def _decoded(text: str, field: str) -> bytes:
    try:
        return urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
    except ValueError as error:
        raise Invalid(field, "format", "subscribe_again") from error


def _encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
