"""Clients of AWS services, one a service and process, and how long each waits; what a service says was wrong, in a word."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import settings

Failures = (ClientError, BotoCoreError)


def of(service: str, *, connect_seconds: int = 3, read_seconds: int = 10, attempts: int = 3) -> Any:
    """The client of `service` in this process's region; a call is tried so many times in all."""
    return _client(service, settings.current().region, connect_seconds, read_seconds, attempts)


@lru_cache(maxsize=16)
def _client(service: str, region: str, connect_seconds: int, read_seconds: int, attempts: int) -> Any:
    from botocore.config import Config  # no cold start without a call needs these
    from botocore.session import get_session

    retries: Any = {"mode": "standard", "total_max_attempts": attempts}
    config = Config(connect_timeout=connect_seconds, read_timeout=read_seconds, retries=retries)
    return get_session().create_client(service, region, config=config)


def code_of(error: Exception) -> str:
    """The service's own word for what was wrong; the kind of failure where it did not answer."""
    return str(error.response["Error"]["Code"]) if isinstance(error, ClientError) else type(error).__name__


def forget() -> None:
    """Drops the kept clients: for tests that replace AWS beneath them."""
    _client.cache_clear()
