"""Who can sign in to the local world: users of the embedded Cognito, with passwords made here and kept in .local."""

from __future__ import annotations

import contextlib
import secrets
from typing import Any

Users = dict[str, dict[str, str]]  # who → {"email", "password"}

# The family of the demo has no contract yet; the others are the seeded households.
WHO = ("operator", "family", "haruka", "kenji", "daughter")


def create(cognito: Any, pool: str, known: Users) -> Users:
    """Makes the users that are missing and sees to it that every password is the known one. Safe to repeat."""
    users: Users = {}
    for who in WHO:
        email = f"{who}@mimamori.example"
        password = known.get(who, {}).get("password") or _password()
        with contextlib.suppress(cognito.exceptions.UsernameExistsException):
            cognito.admin_create_user(
                UserPoolId=pool,
                Username=email,
                MessageAction="SUPPRESS",
                UserAttributes=[{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}],
            )
        cognito.admin_set_user_password(UserPoolId=pool, Username=email, Password=password, Permanent=True)
        users[who] = {"email": email, "password": password}
    cognito.admin_add_user_to_group(UserPoolId=pool, Username=users["operator"]["email"], GroupName="operators")
    return users


def sign_in(cognito: Any, client: str, email: str, password: str) -> str:
    """An ID token, as the web app gets it: it also says the e-mail address, which invitations are matched with."""
    answer = cognito.initiate_auth(
        AuthFlow="USER_PASSWORD_AUTH", ClientId=client, AuthParameters={"USERNAME": email, "PASSWORD": password}
    )
    return str(answer["AuthenticationResult"]["IdToken"])


def _password() -> str:
    """Letters of both kinds and digits, as the pool asks for; 90 bits."""
    return f"Mi-{secrets.token_urlsafe(15)}-7"
