"""What the tests of readings share: the store, the queue of readings, and e-mails that moto keeps."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest

from chalicelib import settings
from chalicelib.gateways import mail
from chalicelib.store.transact import Store

from .home import Home, readings_queue


@pytest.fixture(scope="module")
def surroundings(store: Store) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("READINGS_QUEUE_URL", readings_queue())
        patch.setenv("MAIL_FROM", "home@example.com")
        boto3.client("ses", region_name="ap-northeast-1").verify_email_identity(EmailAddress="home@example.com")
        settings.current.cache_clear()
        mail.forget()
        yield "ready"
    settings.current.cache_clear()
    mail.forget()


@pytest.fixture
def home(store: Store, surroundings: str) -> Home:
    return Home(store)
