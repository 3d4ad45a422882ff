"""The API over an empty moto world: signed tokens of a made-up pool, and a client that speaks like a browser."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest
from chalice.test import Client
from cryptography.hazmat.primitives.asymmetric import rsa

from chalicelib.api import house
from chalicelib.members.roles import OPERATORS_GROUP
from chalicelib.store import tables, transact

from . import cognito
from .cognito import CLIENT, ISSUER

ORIGIN = "https://app.mimamori.example"


class Pool:
    """A user pool: one key that it publishes, one that it does not, and tokens with whatever claims a test wants."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.foreign_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def key_set(self, key_id: str = "k1") -> dict[str, Any]:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**public, "kid": key_id, "alg": "RS256", "use": "sig"}]}

    def claims(self, who: str, **changes: Any) -> dict[str, Any]:
        now = int(time.time())
        claims = {
            "sub": who,
            "iss": ISSUER,
            "aud": CLIENT,
            "token_use": "id",
            "iat": now - 10,
            "exp": now + 3600,
            "email": f"{who}@example.jp",
            "email_verified": True,
        }
        if who.startswith("operator"):
            claims["cognito:groups"] = [OPERATORS_GROUP]
        return {name: value for name, value in {**claims, **changes}.items() if value is not None}

    def token(self, who: str, *, key: Any = None, algorithm: str = "RS256", key_id: str | None = "k1", **changes: Any) -> str:
        headers = {"kid": key_id} if key_id else {}
        return str(jwt.encode(self.claims(who, **changes), key or self.key, algorithm=algorithm, headers=headers))


class Browser:
    """Sends requests as somebody; JSON in, (status, headers, body) out."""

    def __init__(self, client: Client, pool: Pool) -> None:
        self.client, self.pool = client, pool
        self.keys = itertools.count()
        self.tokens: dict[str, str] = {}

    def send(
        self, method: str, path: str, body: Any = None, *, who: str | None = "hana", raw: bytes | None = None, **headers: str
    ):
        given = {name.replace("_", "-").lower(): value for name, value in headers.items()}
        if who is not None:
            if who not in self.tokens:
                self.tokens[who] = self.pool.token(who)
            given.setdefault("authorization", f"Bearer {self.tokens[who]}")
        if method == "POST":
            given.setdefault("idempotency-key", f"key-{next(self.keys)}")
        given = {name: value for name, value in given.items() if value != ""}
        text = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        if text:
            given.setdefault("content-type", "application/json")
        return self.client.http.request(method, path, headers=given, body=text)

    def get(self, path: str, **how: Any):
        return self.send("GET", path, **how)

    def post(self, path: str, body: Any = None, **how: Any):
        return self.send("POST", path, body, **how)


@pytest.fixture(scope="session")
def pool() -> Pool:
    return Pool()


@pytest.fixture(scope="module")
def browser(pool: Pool, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """The whole app, stage `local`, over empty tables."""
    from moto import mock_aws

    from tests import quick_moto

    quick_moto.hurry()
    keys: Path = tmp_path_factory.mktemp("pool") / "jwks.json"
    keys.write_text(json.dumps({"keys": [*pool.key_set()["keys"], *cognito.keys()]}))
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        import boto3

        queues = {
            name: boto3.client("sqs").create_queue(QueueName=f"test-{name}")["QueueUrl"]
            for name in ("night", "readings", "ticks")
        }
        cognito.make()
        cognito.mended(patch)
        policy = json.dumps({"Version": "2012-10-17", "Statement": []})
        boto3.client("iot").create_policy(policyName="test-device", policyDocument=policy)
        environment = {
            "STAGE": "local",
            "JWKS_URL": keys.as_uri(),
            "TOKEN_ISSUER": ISSUER,
            "TOKEN_CLIENT_ID": CLIENT,
            "SESSION_DAYS": "30",
            "ALLOWED_ORIGINS": ORIGIN,
            "NIGHT_QUEUE_URL": queues["night"],
            "READINGS_QUEUE_URL": queues["readings"],
            "TICKS_QUEUE_URL": queues["ticks"],
            "MAIL_FROM": "mimamori@example.com",
            "DEVICE_POLICY": "test-device",
        }
        for name, value in environment.items():
            patch.setenv(name, value)
        house.forget()
        tables.create_all(house.settings())
        from app import app

        with Client(app) as client:
            yield Browser(client, pool)
    house.forget()


@pytest.fixture(scope="module")
def store(browser: Browser) -> transact.Store:
    return house.store()
