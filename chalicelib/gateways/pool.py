"""The user pool (Cognito): who signs in, signs up, forgot a password. What it says becomes one of our own errors.

Most calls are a client's own and need no right of ours. What the pool says about one address it says of every address
(`PreventUserExistenceErrors`); where it does not, the same words are given here. How often wrong passwords and codes may be
tried, for each address, is the pool's to count.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import settings
from chalicelib.errors import Invalid, MimamoriError, NotSignedIn, StoreError
from chalicelib.gateways import clients

NEW_PASSWORD = "NEW_PASSWORD_REQUIRED"  # noqa: S105 - the name of a challenge
Meanings = Mapping[str, Callable[[], MimamoriError]]  # the pool's error code → ours


class _Over(MimamoriError):
    """What was to be ended has ended already."""


class AddressKnown(MimamoriError):
    """There is somebody with this address already."""


def _failed() -> MimamoriError:
    return NotSignedIn("sign_in_failed")


def _wait() -> MimamoriError:
    return NotSignedIn("try_later")


def _weak() -> MimamoriError:
    return Invalid("password", "password_weak", "choose_another_password")


def _wrong() -> MimamoriError:
    return Invalid("code", "wrong_code", "look_at_the_code")


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
_SIGNING_UP: Meanings = {
    **dict.fromkeys(("UsernameExistsException", "AliasExistsException"), AddressKnown),
    "InvalidParameterException": lambda: Invalid("email", "format", "format_email"),
}
# Whose code it would be is not told: a wrong code and nobody's code are one answer.
_BY_CODE: Meanings = {
    **dict.fromkeys(
        ("CodeMismatchException", "NotAuthorizedException", "UserNotFoundException", "AliasExistsException"), _wrong
    ),
    "ExpiredCodeException": lambda: Invalid("code", "code_expired", "ask_for_new_code"),
}
_SENDING: Meanings = dict.fromkeys(("InvalidParameterException", "NotAuthorizedException", "UserNotFoundException"), _Over)
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


@dataclass(frozen=True, slots=True)
class Known:
    """An account as the pool keeps it."""

    account: str
    email: str
    confirmed: bool


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

    # signing up

    def sign_up(self, email: str, password: str) -> str:
        """A new account, whose address is to be confirmed; gives its id. Raises AddressKnown, Invalid."""
        made = self._call("sign_up", _SIGNING_UP, ClientId=self.client_id, Username=_name(email), Password=password)
        return str(made["UserSub"])

    def confirm(self, email: str, code: str) -> None:
        """The code came back. Raises Invalid for another code, or for nobody's."""
        self._call("confirm_sign_up", _BY_CODE, ClientId=self.client_id, Username=_name(email), ConfirmationCode=code)

    def send_code(self, email: str) -> None:
        """Sends the code of a sign-up again; nothing where none is waited for."""
        with suppress(_Over):
            self._call("resend_confirmation_code", _SENDING, ClientId=self.client_id, Username=_name(email))

    def forgotten(self, email: str) -> None:
        """Sends a code for a new password; nothing where nobody can use one."""
        with suppress(_Over):
            self._call("forgot_password", _SENDING, ClientId=self.client_id, Username=_name(email))

    def set_password(self, email: str, code: str, password: str) -> None:
        """A new password by code. Raises Invalid for another code, or for a weak password."""
        given = {"Username": _name(email), "ConfirmationCode": code, "Password": password}
        self._call("confirm_forgot_password", _BY_CODE, ClientId=self.client_id, **given)

    # who is signed in

    def change_password(self, access: str, old: str, new: str) -> None:
        """A new password in place of the old one. Raises Invalid for a weak one."""
        given = {"AccessToken": access, "PreviousPassword": old, "ProposedPassword": new}
        self._call("change_password", _SIGNING_IN, **given)

    # with our own rights

    def find(self, who: str) -> Known | None:
        """An account by its address or id; None for nobody."""
        try:
            found = self._call("admin_get_user", {"UserNotFoundException": _Over}, UserPoolId=self.pool_id, Username=_name(who))
        except _Over:
            return None
        told = {one["Name"]: one["Value"] for one in found["UserAttributes"]}
        return Known(told.get("sub", found["Username"]), told.get("email", ""), found["UserStatus"] != "UNCONFIRMED")

    def set_address(self, account: str, email: str) -> None:
        """Another address, which its owner has proved to us. Twice is once. Raises AddressKnown for somebody else's."""
        now = self.find(account)
        if now is not None and now.email == _name(email):
            return
        proved = [{"Name": "email", "Value": _name(email)}, {"Name": "email_verified", "Value": "true"}]
        means = {**_SIGNING_UP, "UserNotFoundException": _Over}
        with suppress(_Over):
            how = {"UserPoolId": self.pool_id, "Username": account, "UserAttributes": proved}
            self._call("admin_update_user_attributes", means, **how)

    def sign_out(self, account: str) -> None:
        """Ends all sessions of an account, on every machine. Twice is once."""
        self._for("admin_user_global_sign_out", account)

    def remove(self, account: str) -> None:
        """Takes an account away for good. Twice is once."""
        self._for("admin_delete_user", account)

    def _for(self, name: str, account: str) -> None:
        with suppress(_Over):
            self._call(name, {"UserNotFoundException": _Over}, UserPoolId=self.pool_id, Username=account)

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
    code = clients.code_of(error)
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
    client = clients.of("cognito-idp", read_seconds=8, attempts=2)
    return Pool(client, here.user_pool_id, here.need("token_client_id"))
