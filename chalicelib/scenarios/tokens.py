"""Tokens as the user pool would sign them, with a key made for this process; the application checks them as always."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from chalicelib.members.roles import OPERATORS_GROUP

ISSUER = "https://cognito-idp.ap-northeast-1.amazonaws.com/ap-northeast-1_scenario"
CLIENT = "scenario-client"
KEY_ID = "scenario-key"
FROM = 946_684_800  # 2000-01-01: tokens of a scenario hold in every year that it plays in
UNTIL = 4_102_444_800  # 2100-01-01


@dataclass(frozen=True)
class Keys:
    """What the application must know to check the tokens."""

    url: str
    issuer: str = ISSUER
    client_id: str = CLIENT


@lru_cache(maxsize=1)
def _key() -> Any:
    from cryptography.hazmat.primitives.asymmetric import rsa

    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def write_keys(directory: Path) -> Keys:
    """Writes the public key set (JWKS) into the directory; answers what to set."""
    from jwt.algorithms import RSAAlgorithm

    public = json.loads(RSAAlgorithm.to_jwk(_key().public_key()))
    file = directory / "jwks.json"
    file.write_text(json.dumps({"keys": [{**public, "kid": KEY_ID, "alg": "RS256", "use": "sig"}]}), encoding="utf-8")
    return Keys(url=file.as_uri())


@lru_cache(maxsize=64)
def token(who: str) -> str:
    """An access token: of an operator for `operator`, else of the account with that name."""
    import jwt

    claims: dict[str, Any] = {"sub": who, "iss": ISSUER, "client_id": CLIENT, "token_use": "access", "iat": FROM, "exp": UNTIL}
    if who == "operator":
        claims["cognito:groups"] = [OPERATORS_GROUP]
    return str(jwt.encode(claims, _key(), algorithm="RS256", headers={"kid": KEY_ID}))
