"""Signing up, and forgotten passwords. No answer says whether an address is known: who owns it learns that by mail."""

from __future__ import annotations

from datetime import datetime, timedelta

from chalicelib.dates import japan_day
from chalicelib.flows import letters, passwords, sessions
from chalicelib.gateways.pool import AddressKnown, Pool
from chalicelib.store import members
from chalicelib.store.transact import Store


def begin(store: Store, now: datetime, pool: Pool, email: str, password: str, language: str) -> None:
    """A new account, to be confirmed by the code that the pool mails. Raises Invalid for a weak password.

    Of several sign-ups with an address that nobody confirmed the last one holds, with its password: whoever reads the mail
    confirms their own. An address that is somebody's already gets a mail that says so.
    """
    passwords.check(password, japan_day(now))
    account = _made(pool, email, password)
    if account:
        store.write(members.profile_write(store, account, {"language": language}))
    else:
        letters.post(store, now, "address_known", email, language)


def _made(pool: Pool, email: str, password: str) -> str:
    """The new account's id; empty when the address is somebody's."""
    try:
        return pool.sign_up(email, password)
    except AddressKnown:
        known = pool.find(email)
        if known is not None and known.confirmed:
            return ""
        if known is not None:
            pool.remove(known.account)
    try:
        return pool.sign_up(email, password)
    except AddressKnown:  # the same sign-up came twice at once: the other one's code is on its way
        return ""


def set_password(store: Store, now: datetime, pool: Pool, email: str, code: str, password: str) -> None:
    """A new password by the code that was mailed. Whoever was signed in with the old one is so no longer."""
    passwords.check(password, japan_day(now))
    pool.set_password(email, code, password)
    known = pool.find(email)
    if known is not None:
        pool.sign_out(known.account)
        sessions.end(store, known.account, but_for=timedelta(seconds=1))


def masked(email: str) -> str:
    """Where a code went, for whoever typed the address.

    >>> masked("hanako@example.com"), masked("h@example.com")
    ('h•••@example.com', 'h•••@example.com')
    """
    name, _, domain = email.strip().partition("@")
    return f"{name[:1]}•••@{domain}"
