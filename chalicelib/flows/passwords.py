"""Passwords: what a new one must be, and whether somebody who is signed in knows theirs.

What a new one must be is checked here first, so that no answer depends on what the pool knows of an address.
"""

from __future__ import annotations

from datetime import date

from chalicelib.errors import Invalid, NotSignedIn, Unauthenticated
from chalicelib.gateways.pool import Challenge, Known, Pool, Tokens
from chalicelib.iot import house


def least(day: date) -> int:
    """How many characters a new password must have, from that day on."""
    return int(house.value("password_characters_min", day))


def check(password: str, day: date, field: str = "password") -> None:
    """Raises Invalid for a password that is too short or too plain. The user pool asks the same (`infra/people.yaml`)."""
    if password != password.strip():
        raise Invalid(field, "password_blank", "no_blank_around")
    shortest = least(day)
    kinds = (str.islower, str.isupper, str.isdigit)
    plain = [letter for letter in password if letter.isascii()]
    if len(password) < shortest or not all(any(kind(letter) for letter in plain) for kind in kinds):
        raise Invalid(field, "password_weak", "password_rules", least=shortest)


def proved(pool: Pool, account: str, password: str) -> tuple[Known, Tokens]:
    """Somebody who is signed in says their password once more. Raises Invalid for another one, NotSignedIn.

    The session that this makes is the caller's to end: `pool.revoke`.
    """
    known = pool.find(account)
    if known is None:
        raise Unauthenticated("the account is gone")
    try:
        done = pool.sign_in(known.email, password)
    except NotSignedIn as error:
        if error.reason != "sign_in_failed":
            raise
        raise Invalid("password", "password_wrong", "check_password") from error
    if isinstance(done, Challenge):
        raise Invalid("password", "password_wrong", "check_password")
    return known, done


def change(pool: Pool, account: str, old: str, new: str, day: date) -> Tokens:
    """A new password. Every session ends but the one that this begins. Raises Invalid, beside the field."""
    check(new, day, "new_password")
    known, tokens = proved(pool, account, old)
    pool.change_password(tokens.access, old, new)
    pool.sign_out(account)
    return proved(pool, known.account, new)[1]
