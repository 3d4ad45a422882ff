"""What the tests of readings share: the store, the queue of readings, and e-mails that moto keeps."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest

from chalicelib import settings
from chalicelib.gateways import clients
from chalicelib.store import outbox
from chalicelib.store.transact import Store
from tests.flows.world import at

from .far_ends import FarEnds, far_ends
from .home import Home, readings_queue


@pytest.fixture(scope="module")
def surroundings(store: Store) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("READINGS_QUEUE_URL", readings_queue())
        patch.setenv("MAIL_FROM", "home@example.com")
        boto3.client("ses", region_name="ap-northeast-1").verify_email_identity(EmailAddress="home@example.com")
        settings.current.cache_clear()
        clients.forget()
        yield "ready"
    settings.current.cache_clear()
    clients.forget()


@pytest.fixture
def home(store: Store, surroundings: str) -> Home:
    return Home(store)


@pytest.fixture(scope="module")
def outside(surroundings: str) -> Iterator[FarEnds]:
    """What stands at the other end of every channel."""
    with far_ends() as ends:
        yield ends


@pytest.fixture
def ends(outside: FarEnds, store: Store) -> FarEnds:
    """The far ends with nothing received, and nothing that waits to leave."""
    for entry in list(outbox.leftovers(store, at("2099-01-01T00:00"))):
        outbox.left(store, entry)
    outside.begin()
    return outside
