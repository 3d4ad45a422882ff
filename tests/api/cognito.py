"""The user pool as moto plays it, with what moto leaves out: codes, mails of codes, revoked sessions, sessions by account.

Each piece does what the pool does on AWS, on moto's own state; `sent` are the mails of codes: `(purpose, address)`.
"""

from __future__ import annotations

import copy
import gzip
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import boto3
import moto.cognitoidp
import pytest
from moto.cognitoidp import exceptions
from moto.cognitoidp.models import CognitoIdpBackend, CognitoIdpUserPool, UserStatus, cognitoidp_backends
from moto.cognitoidp.responses import CognitoIdpResponse
from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.responses import EmptyResult

from chalicelib.members.roles import OPERATORS_GROUP
from local.template import load

POOL, CLIENT = "ap-northeast-1_TEST", "test-client"
ISSUER = f"https://cognito-idp.ap-northeast-1.amazonaws.com/{POOL}"
CODE = "123456"  # of a sign-up
RESET = "654321"  # of a forgotten password
PASSWORD = "Asagao-no-hana-7"
sent: list[tuple[str, str]] = []


def make() -> None:
    """The pool of infra/people.yaml, under the ids that the tests' made-up tokens name."""
    cognito = boto3.client("cognito-idp")
    wanted = load(Path(__file__).parents[2] / "infra")["Resources"]["People"]["Properties"]
    same = {
        name: wanted[name] for name in ("UsernameAttributes", "AutoVerifiedAttributes", "AccountRecoverySetting", "Policies")
    }
    made = cognito.create_user_pool(PoolName="test", **same)["UserPool"]["Id"]
    seen = ["email", "email_verified"]
    web = cognito.create_user_pool_client(UserPoolId=made, ClientName="web", ReadAttributes=seen)
    client = web["UserPoolClient"]["ClientId"]
    pools = cognitoidp_backends[DEFAULT_ACCOUNT_ID]["ap-northeast-1"].user_pools
    pool = pools[POOL] = pools.pop(made)
    pool.id = POOL
    pool.clients[CLIENT] = pool.clients.pop(client)
    pool.clients[CLIENT].id = CLIENT
    cognito.create_group(UserPoolId=POOL, GroupName=OPERATORS_GROUP)


def keys() -> list[dict[str, Any]]:
    """The keys with which moto signs tokens."""
    with gzip.open(Path(moto.cognitoidp.__file__).parent / "resources" / "jwks-public.json.gz") as file:
        return list(json.load(file)["keys"])


def made(email: str, password: str = PASSWORD, *, permanent: bool = True) -> str:
    """Somebody whom the pool knows; gives the account id."""
    cognito = boto3.client("cognito-idp")
    attributes = [{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}]
    user = cognito.admin_create_user(UserPoolId=POOL, Username=email, MessageAction="SUPPRESS", UserAttributes=attributes)
    cognito.admin_set_user_password(UserPoolId=POOL, Username=email, Password=password, Permanent=permanent)
    return next(one["Value"] for one in user["User"]["Attributes"] if one["Name"] == "sub")


def user(who: str) -> Any:
    """moto's own user; None for nobody."""
    return _pool()._get_user(who)


def refresh_tokens() -> Mapping[str, Any]:
    """What the pool knows of each session; None for one that is over."""
    return dict(_pool().refresh_tokens)


def picture() -> Callable[[], None]:
    """Everybody whom the pool knows now; gives what brings them back."""
    known = copy.deepcopy(_pool().users)

    def put_back() -> None:
        _pool().users = copy.deepcopy(known)

    return put_back


def _pool() -> Any:
    return cognitoidp_backends[DEFAULT_ACCOUNT_ID]["ap-northeast-1"].user_pools[POOL]


def mended(patch: pytest.MonkeyPatch) -> None:
    """Gives moto what it leaves out."""
    plain_sign_up, plain_confirm, plain_reset = (
        CognitoIdpResponse.sign_up,
        CognitoIdpResponse.confirm_sign_up,
        CognitoIdpResponse.confirm_forgot_password,
    )

    def sign_up(self: Any) -> Any:
        answer = plain_sign_up(self)
        sent.append(("sign up", self._get_param("Username")))
        return answer

    def resend(self: Any) -> Any:
        found = user(self._get_param("Username"))
        if found is None:
            raise exceptions.UserNotFoundError("Username/client id combination not found.")
        if found.status is not UserStatus.UNCONFIRMED:
            raise exceptions.InvalidParameterException("User is already confirmed.")
        sent.append(("sign up", found.attribute_lookup["email"]))
        return EmptyResult()

    def confirm(self: Any) -> Any:
        found = user(self._get_param("Username"))
        if found is not None and found.status is not UserStatus.UNCONFIRMED:
            raise exceptions.NotAuthorizedError("User cannot be confirmed. Current status is CONFIRMED")
        _check(found, self._get_param("ConfirmationCode"), CODE)
        found.update_attributes([{"Name": "email_verified", "Value": "true"}])
        return plain_confirm(self)

    def forgot(self: Any) -> Any:
        found = user(self._get_param("Username"))
        if found is not None and found.attribute_lookup.get("email_verified") != "true":
            raise exceptions.InvalidParameterException("Cannot reset password: no registered/verified email")
        if found is not None:
            found.asked = True
            sent.append(("forgotten", found.attribute_lookup["email"]))
        return EmptyResult()

    def reset(self: Any) -> Any:
        found = user(self._get_param("Username"))
        if found is not None and not getattr(found, "asked", False):
            raise exceptions.ExpiredCodeException("Invalid code provided, please request a code again.")
        _check(found, self._get_param("ConfirmationCode"), RESET)
        found.asked = False
        return plain_reset(self)

    def revoke(self: Any) -> Any:
        tokens = _pool().refresh_tokens
        if self._get_param("Token") in tokens:
            tokens[self._get_param("Token")] = None
        return EmptyResult()

    def sign_out(self: Any, username: str) -> None:
        who = self._get_user(username)
        for token, held in list(self.refresh_tokens.items()):
            if held is not None and self._get_user(held[1]) is who:
                self.refresh_tokens[token] = None

    for name, function in {
        "sign_up": sign_up,
        "resend_confirmation_code": resend,
        "confirm_sign_up": confirm,
        "forgot_password": forgot,
        "confirm_forgot_password": reset,
        "revoke_token": revoke,
    }.items():
        patch.setattr(CognitoIdpResponse, name, function, raising=False)
    patch.setattr(CognitoIdpUserPool, "sign_out", sign_out)
    assert CognitoIdpBackend.admin_user_global_sign_out  # which ends there


def _check(found: Any, code: str, right: str) -> None:
    if found is None or code != right:
        raise exceptions.CodeMismatchException("Invalid verification code provided, please try again.")
