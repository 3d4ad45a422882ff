"""What every request shares inside one Lambda container: settings, the store, the clock, the token checker.

Everything is made at its first use, because a cold start must not pay for what its first request does not need.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from chalicelib import settings as environment
from chalicelib.errors import NotFound, Unauthenticated
from chalicelib.members.roles import Caller
from chalicelib.settings import Settings

log = logging.getLogger("mimamori.api")


def settings() -> Settings:
    return environment.current()


@lru_cache(maxsize=1)
def store() -> Any:
    """The store of this container. With it come the terms: a directory that TERMS_DIR names is looked in first."""
    from chalicelib.store import transact

    if settings().terms_dir:
        from pathlib import Path

        from chalicelib.contracts import terms
        from chalicelib.settings import SettingMissing

        directory = Path(settings().terms_dir)
        if not directory.is_dir():
            raise SettingMissing("TERMS_DIR", "name a directory that holds terms files, or leave it out")
        terms.look_in(directory)
    return transact.connect(settings())


def now() -> datetime:
    from chalicelib.gateways import clock

    return clock.now(store())


def is_local() -> bool:
    return settings().is_local


def allowed_origin(origin: str | None) -> str:
    """The origin when it is one of ours, else nothing: an unknown origin gets no CORS header."""
    return origin if origin and origin in settings().allowed_origins else ""


@lru_cache(maxsize=1)
def _verifier() -> Any:
    from chalicelib.api import auth

    return auth.Verifier.of(settings())


def caller(header: str | None) -> Caller:
    """Who sends the request. Raises Unauthenticated without a good token."""
    scheme, _, token = (header or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("no bearer token")
    return verified(token.strip())


def verified(token: str) -> Caller:
    """Whom a token proves. Raises Unauthenticated, also for one of a session that was ended."""
    from chalicelib.flows import access

    verified: Caller = _verifier().verify(token)
    if access.has_signed_out(store(), verified):
        raise Unauthenticated("the session was ended")
    return verified


def on_contract(who: Caller, contract: str, action: str) -> Caller:
    """The caller in the role in which they may do it. Raises NotFound when they have none: the same as for no contract."""
    from chalicelib.flows import access

    acting = access.acting_on(store(), who, contract, action, now)
    if acting.role == "none":
        raise NotFound("contract")
    return acting


def write_down(
    who: Caller, action: str, method: str, params: Mapping[str, str], body: Mapping[str, Any], query: Mapping[str, Any]
) -> None:
    """Keeps who of the operators looked at or did what. Where that fails, nothing is answered: nobody looks unseen."""
    from chalicelib.flows import audit

    audit.write_down(store(), now(), who, action, method, params, body, reads_on="cursor" in query)


def note(action: str, status: int) -> None:
    """One line per request: which route, how it ended. Nothing that anybody wrote."""
    log.info("%s %s", action, status)


def forget() -> None:
    """Drops everything that is kept: for tests that change the settings."""
    for kept in (environment.current, store, _verifier):
        kept.cache_clear()
    from chalicelib.contracts import terms
    from chalicelib.gateways import clients, secrets
    from chalicelib.store import transact

    terms.look_in()
    for module in (transact, clients, secrets):
        module.forget()
