"""Only a token that the pool signed, for us, now, lets anybody in."""

from __future__ import annotations

import base64
import hmac
import json
import time

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chalicelib.api import auth
from chalicelib.api.auth import Verifier
from chalicelib.errors import StoreError, Unauthenticated

from .conftest import CLIENT, ISSUER


@pytest.fixture
def keys(pool, tmp_path):
    file = tmp_path / "jwks.json"
    file.write_text(json.dumps(pool.key_set()))
    return file


@pytest.fixture
def verifier(keys) -> Verifier:
    return Verifier(keys.as_uri(), ISSUER, CLIENT)


def test_an_id_token_names_the_account_and_its_verified_address(verifier, pool) -> None:
    caller = verifier.verify(pool.token("hana"))
    assert (caller.subject, caller.email, caller.operator) == ("hana", "hana@example.jp", False)


def test_an_access_token_works_and_has_no_address(verifier, pool) -> None:
    caller = verifier.verify(pool.token("hana", token_use="access", aud=None, client_id=CLIENT))
    assert (caller.subject, caller.email) == ("hana", "")


@pytest.mark.rule("LRH-MON-5")
def test_the_token_says_for_which_kind_of_app_it_was_made(keys, pool) -> None:
    verifier = Verifier(keys.as_uri(), ISSUER, CLIENT, (("android", "app-a"), ("ios", "app-i")))
    made = [pool.token("hana"), pool.token("hana", aud="app-i")]
    made.append(pool.token("hana", token_use="access", aud=None, client_id="app-a"))
    assert [verifier.verify(token).client for token in made] == ["web", "ios", "android"]
    for stranger in ("app-x", None, ["app-i"]):
        with pytest.raises(Unauthenticated):
            verifier.verify(pool.token("hana", aud=stranger))


def test_an_address_that_nobody_verified_does_not_count(verifier, pool) -> None:
    assert verifier.verify(pool.token("hana", email_verified=False)).email == ""


def test_operators_are_a_group_of_the_pool(verifier, pool) -> None:
    assert verifier.verify(pool.token("operator")).operator
    assert not verifier.verify(pool.token("hana", **{"cognito:groups": "operators"})).operator
    assert not verifier.verify(pool.token("hana", **{"cognito:groups": ["others"]})).operator


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": int(time.time()) - 3600},
        {"exp": None},
        {"iat": None},
        {"iat": int(time.time()) + 3600},
        {"nbf": int(time.time()) + 3600},
        {"iss": "https://cognito-idp.ap-northeast-1.amazonaws.com/ap-northeast-1_OTHER"},
        {"iss": None},
        {"aud": "another-client"},
        {"aud": None},
        {"aud": [CLIENT, "another-client"]},
        {"token_use": "refresh"},
        {"token_use": ["id"]},
        {"token_use": None},
        {"token_use": "access"},
        {"sub": None},
        {"sub": ""},
        {"key_id": None},
        {"key_id": "k2"},
    ],
    ids=lambda changes: "_".join(changes),  # names only: the workers of a parallel run must agree on them
)
def test_wrong_claims_are_refused(verifier, pool, changes) -> None:
    with pytest.raises(Unauthenticated):
        verifier.verify(pool.token("hana", **changes))


def test_a_foreign_signature_is_refused(verifier, pool) -> None:
    with pytest.raises(Unauthenticated):
        verifier.verify(pool.token("hana", key=pool.foreign_key))


def _part(value) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def test_no_signature_is_refused(verifier, pool) -> None:
    for algorithm in ("none", "None", "NONE"):
        token = f"{_part({'alg': algorithm, 'kid': 'k1'})}.{_part(pool.claims('operator'))}."
        with pytest.raises(Unauthenticated):
            verifier.verify(token)


def test_the_public_key_is_no_shared_secret(verifier, pool) -> None:
    secret = pool.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    signed = f"{_part({'alg': 'HS256', 'typ': 'JWT', 'kid': 'k1'})}.{_part(pool.claims('operator'))}"
    signature = base64.urlsafe_b64encode(hmac.digest(secret, signed.encode(), "sha256")).rstrip(b"=").decode()
    with pytest.raises(Unauthenticated):
        verifier.verify(f"{signed}.{signature}")


def test_a_changed_payload_is_refused(verifier, pool) -> None:
    head, _, signature = pool.token("hana").split(".")
    with pytest.raises(Unauthenticated):
        verifier.verify(f"{head}.{_part(pool.claims('operator'))}.{signature}")


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "a.b", "." * 3, "é.é.é", "x" * 20_000, "e30.e30.e30"])
def test_what_is_no_token_is_refused(verifier, token) -> None:
    with pytest.raises(Unauthenticated):
        verifier.verify(token)


def test_keys_are_asked_for_again_when_the_pool_changed_them_but_not_for_every_made_up_id(pool, keys, monkeypatch) -> None:
    clock, asked = [1000.0], []
    monkeypatch.setattr(auth.time, "monotonic", lambda: clock[0])
    real = auth.urlopen
    monkeypatch.setattr(auth, "urlopen", lambda *a, **k: asked.append(1) or real(*a, **k))
    verifier = Verifier(keys.as_uri(), ISSUER, CLIENT)
    verifier.verify(pool.token("hana"))
    keys.write_text(json.dumps(pool.key_set("k2")))
    for _ in range(5):
        with pytest.raises(Unauthenticated):
            verifier.verify(pool.token("hana", key_id="k2"))
    assert len(asked) == 1
    clock[0] += auth.REFRESH_SECONDS_MIN
    assert verifier.verify(pool.token("hana", key_id="k2")).subject == "hana"
    with pytest.raises(Unauthenticated):
        verifier.verify(pool.token("hana", key_id="k1"))
    assert len(asked) == 2


def test_without_keys_the_answer_is_try_again_and_known_keys_go_on(pool, keys, monkeypatch) -> None:
    with pytest.raises(StoreError):
        Verifier((keys.parent / "absent.json").as_uri(), ISSUER, CLIENT).verify(pool.token("hana"))
    clock = [1000.0]
    monkeypatch.setattr(auth.time, "monotonic", lambda: clock[0])
    verifier = Verifier(keys.as_uri(), ISSUER, CLIENT)
    verifier.verify(pool.token("hana"))
    keys.write_text("gone")
    clock[0] += auth.KEYS_SECONDS_MAX + 1
    assert verifier.verify(pool.token("hana")).subject == "hana"


@pytest.mark.parametrize("url", ["", "http://pool.example/jwks.json", "ftp://pool.example/jwks.json", "jwks.json"])
def test_keys_come_only_from_where_they_can_be_trusted(url) -> None:
    with pytest.raises(ValueError, match="JWKS_URL"):
        Verifier(url, ISSUER, CLIENT)
