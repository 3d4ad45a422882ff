"""Who signed in: Cognito tokens, verified here, because neither Chalice nor the local server does it.

Held: RS256 signature by a key of the pool, issuer, use (`id` or `access`), audience (`aud` or `client_id`), expiry. The
audience also says for which kind of app the token was made: the pool has a client for each. The keys are kept, and asked
for again when a token names an unknown one, at most once a minute: a flood of made-up key ids must not become a flood of
requests. PyJWT and cryptography are imported by the first token, not by the cold start.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

from chalicelib.errors import StoreError, Unauthenticated
from chalicelib.members.roles import OPERATORS_GROUP, Caller

REFRESH_SECONDS_MIN = 60
KEYS_SECONDS_MAX = 6 * 3600  # a key that the pool took back is forgotten by then
ANSWER_SECONDS_MAX = 3
ANSWER_BYTES_MAX = 64 * 1024
TOKEN_CHARACTERS_MAX = 8192
CLOCK_SKEW_SECONDS = 30
WEB = "web"


class Verifier:
    """Checks tokens of one user pool. `keys_url` is an https or file address of a JWKS."""

    def __init__(self, keys_url: str, issuer: str, client_id: str, apps: Iterable[tuple[str, str]] = ()) -> None:
        if not (keys_url and issuer and client_id):
            raise ValueError("JWKS_URL, TOKEN_ISSUER and TOKEN_CLIENT_ID must all be set to check tokens")
        if not _is_trustworthy(keys_url):
            raise ValueError("JWKS_URL must be an https or file address (http only on this machine)")
        self.keys_url, self.issuer = keys_url, issuer
        self.clients = {client_id: WEB, **{client: app for app, client in apps}}
        self._keys: dict[str, Any] = {}
        self._asked: float | None = None

    @classmethod
    def of(cls, settings: Any) -> Verifier:
        return cls(
            settings.need("jwks_url"), settings.need("token_issuer"), settings.need("token_client_id"), settings.app_client_ids
        )

    def verify(self, token: str) -> Caller:
        """The caller that the token proves. Raises Unauthenticated without saying what exactly is wrong with it."""
        import jwt

        if len(token) > TOKEN_CHARACTERS_MAX:
            raise Unauthenticated("too long")
        try:
            header = jwt.get_unverified_header(token)
            if header.get("alg") != "RS256" or not isinstance(header.get("kid"), str):
                raise Unauthenticated("algorithm or key id")
            claims = jwt.decode(
                token,
                self._key(header["kid"]),
                algorithms=["RS256"],
                issuer=self.issuer,
                leeway=CLOCK_SKEW_SECONDS,
                options={"require": ["exp", "iat", "sub", "iss", "token_use"], "verify_aud": False},
            )
        except jwt.PyJWTError as error:
            raise Unauthenticated(type(error).__name__) from None
        return self._caller(claims)

    def _caller(self, claims: dict[str, Any]) -> Caller:
        use = claims["token_use"]
        audience = {"id": claims.get("aud"), "access": claims.get("client_id")}.get(use) if isinstance(use, str) else None
        app = self.clients.get(audience) if isinstance(audience, str) else None
        if app is None or not isinstance(claims["sub"], str) or not claims["sub"]:
            raise Unauthenticated("use or audience")
        groups = claims.get("cognito:groups")
        email = claims.get("email") if use == "id" and claims.get("email_verified") in (True, "true") else ""
        return Caller(
            claims["sub"],
            email.lower() if isinstance(email, str) else "",
            isinstance(groups, list) and OPERATORS_GROUP in groups,
            signed_in_at=_second(claims.get("auth_time"), claims["iat"]),
            client=app,
        )

    def _key(self, key_id: str) -> Any:
        clock = time.monotonic()
        age = KEYS_SECONDS_MAX if self._asked is None else clock - self._asked
        if age >= (KEYS_SECONDS_MAX if key_id in self._keys else REFRESH_SECONDS_MIN):
            self._fetch(clock)
        found = self._keys.get(key_id)
        if found is None:
            raise Unauthenticated("unknown key")
        return found

    def _fetch(self, clock: float) -> None:
        from jwt import PyJWK, PyJWTError

        try:
            with urlopen(self.keys_url, timeout=ANSWER_SECONDS_MAX) as answer:  # noqa: S310  scheme checked above
                listed = json.loads(answer.read(ANSWER_BYTES_MAX))["keys"]
            keys = {key["kid"]: PyJWK(key, algorithm="RS256").key for key in listed if key.get("kty") == "RSA"}
        except (OSError, ValueError, KeyError, TypeError, PyJWTError) as error:
            # Without keys nobody can be let in, and nobody is at fault: known keys go on, else "try again".
            if self._keys:
                self._asked = clock
                return
            raise StoreError("the user pool's keys cannot be read") from error
        self._keys, self._asked = keys, clock


def _second(*told: Any) -> int:
    """The first of them that is a number. A token renewed without a password keeps the time of its first."""
    return next((int(second) for second in told if isinstance(second, int | float)), 0)


def _is_trustworthy(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme in ("https", "file") or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost"))
