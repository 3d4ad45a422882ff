"""The user pool (Cognito): who signs in, signs up, forgot a password. What it says becomes one of our own errors.

Most calls are a client's own and need no right of ours. What the pool says about one address it says of every address
(`PreventUserExistenceErrors`); where it does not, the same words are given here. How often wrong passwords and codes may be
tried, for each address, is the pool's to count.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import settings
from chalicelib.errors import Invalid, MimamoriError, NotSignedIn, StoreError

NEW_PASSWORD = "NEW_PASSWORD_REQUIRED"  # noqa: S105 - the name of a challenge
Meanings = Mapping[str, Callable[[], MimamoriError]]  # the pool's error code → ours


class _Over(MimamoriError):
    """What was to be ended has ended already."""


def _failed() -> MimamoriError:
    return NotSignedIn("sign_in_failed")


def _wait() -> MimamoriError:
    return NotSignedIn("try_later")


def _weak() -> MimamoriError:
    return Invalid("password", "password_weak", "password_rules")


_ALWAYS: Meanings = {
    "TooManyRequestsException": _wait,
    "LimitExceededException": _wait,
    "TooManyFailedAttemptsException": _wait,
    "InvalidPasswordException": _weak,
    "PasswordHistoryPolicyViolationException": _weak,
    "UserNotConfirmedException": lambda: NotSignedIn("not_confirmed"),
    "PasswordResetRequiredException": lambda: NotSignedIn("reset_required"),
}
_SIGNING_IN: Meanings = dict.fromkeys(("NotAuthorizedException", "UserNotFoundException"), _failed)
# The pool forgets a challenge after some minutes, and says so in its own ways.
_ANSWERING: Meanings = {
    **_SIGNING_IN,
    **dict.fromkeys(("ResourceNotFoundException", "CodeMismatchException", "ExpiredCodeException"), _failed),
}
_REVOKING: Meanings = dict.fromkeys(
    ("NotAuthorizedException", "InvalidParameterException", "UnsupportedTokenTypeException"), _Over
)


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a sign-in gives. `refresh` is empty when tokens were only renewed. `seconds`: how long the other two hold."""

    id: str
    access: str
    refresh: str
    seconds: int


@dataclass(frozen=True, slots=True)
class Challenge:
    """The pool wants a password of their own from somebody whom an operator let in. `token` leads on from here."""

    token: str


class Pool:
    """One user pool, through one of its clients."""

    def __init__(self, client: Any, pool_id: str, client_id: str) -> None:
        self.client, self.pool_id, self.client_id = client, pool_id, client_id

    def sign_in(self, email: str, password: str) -> Tokens | Challenge:
        """Raises NotSignedIn, StoreError."""
        given = {"USERNAME": _name(email), "PASSWORD": password}
        how = {"ClientId": self.client_id, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": given}
        return _signed_in(self._call("initiate_auth", _SIGNING_IN, **how))

    def answer(self, email: str, challenge: str, password: str) -> Tokens | Challenge:
        """Gives the password that a challenge asked for. Raises Invalid for a weak one, NotSignedIn, StoreError."""
        given = {"USERNAME": _name(email), "NEW_PASSWORD": password}
        how = {"ClientId": self.client_id, "ChallengeName": NEW_PASSWORD, "Session": challenge, "ChallengeResponses": given}
        return _signed_in(self._call("respond_to_auth_challenge", _ANSWERING, **how))

    def renew(self, refresh: str) -> Tokens:
        """New tokens for a session that goes on. Raises NotSignedIn when it does not, StoreError."""
        how = {"ClientId": self.client_id, "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": {"REFRESH_TOKEN": refresh}}
        done = _signed_in(self._call("initiate_auth", _SIGNING_IN, **how))
        if isinstance(done, Challenge):
            raise _failed()
        return done

    def revoke(self, refresh: str) -> None:
        """Ends one session. One that is over already, or never was, is as good as ended. Raises StoreError."""
        with suppress(_Over):
            self._call("revoke_token", _REVOKING, Token=refresh, ClientId=self.client_id)

    def _call(self, name: str, means: Meanings, **how: Any) -> dict[str, Any]:
        """One call. The pool's own words are never handed on: they may hold what somebody wrote."""
        try:
            answer: dict[str, Any] = getattr(self.client, name)(**how)
            return answer
        except ClientError as error:
            raise _meaning(error, means) from error
        except BotoCoreError as error:
            raise StoreError(f"the user pool did not answer: {type(error).__name__}") from error


def _meaning(error: ClientError, means: Meanings) -> MimamoriError:
    code = str(error.response["Error"]["Code"])
    if code == "NotAuthorizedException" and "attempts exceeded" in str(error.response["Error"].get("Message", "")):
        return _wait()
    made = {**_ALWAYS, **means}.get(code)
    return made() if made else StoreError(f"the user pool answered {code}")


def _signed_in(answer: Mapping[str, Any]) -> Tokens | Challenge:
    if answer.get("ChallengeName") == NEW_PASSWORD:
        return Challenge(str(answer["Session"]))
    found = answer.get("AuthenticationResult")
    if not found:
        raise _failed()  # another kind of challenge, which this pool never sets
    return Tokens(found["IdToken"], found["AccessToken"], found.get("RefreshToken", ""), int(found["ExpiresIn"]))


def _name(email: str) -> str:
    return email.strip().lower()


def connect() -> Pool:
    """The user pool of this process, through the web app's client."""
    here = settings.current()
    return _connect(here.region, here.user_pool_id, here.need("token_client_id"))


@lru_cache(maxsize=2)
def _connect(region: str, pool_id: str, client_id: str) -> Pool:
    from botocore.config import Config
    from botocore.session import get_session

    config = Config(connect_timeout=3, read_timeout=8, retries={"mode": "standard", "total_max_attempts": 2})
    return Pool(get_session().create_client("cognito-idp", region, config=config), pool_id, client_id)


def forget() -> None:
    """Drops the kept client: for tests that replace AWS beneath it."""
    _connect.cache_clear()
