"""Shared fixtures: DynamoDB, SQS, SES and IoT as moto plays them, one empty world per module (160 ms each, so not per test)."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

# Before anything builds a client: a stage of its own, no real credentials, no real region.
os.environ.update(
    STAGE="test",
    AWS_REGION="ap-northeast-1",
    AWS_DEFAULT_REGION="ap-northeast-1",
    AWS_ACCESS_KEY_ID="testing",
    AWS_SECRET_ACCESS_KEY="testing",
    POWERTOOLS_METRICS_NAMESPACE="mimamori",
    POWERTOOLS_SERVICE_NAME="mimamori",
)
for _name in ("TABLE_PREFIX", "AWS_ENDPOINT_URL", "AWS_PROFILE"):
    os.environ.pop(_name, None)

from chalicelib import settings as environment  # noqa: E402
from chalicelib.store import tables, transact  # noqa: E402


@pytest.fixture(scope="module")
def aws() -> Iterator[None]:
    """moto instead of AWS, and no connection of an earlier world."""
    from moto import mock_aws

    from tests import quick_moto

    quick_moto.hurry()
    with mock_aws():
        environment.current.cache_clear()
        transact.forget()
        yield
    environment.current.cache_clear()
    transact.forget()


@pytest.fixture(scope="module")
def store(aws: None) -> transact.Store:
    """The five tables, empty at the start of the module."""
    settings = environment.current()
    tables.create_all(settings)
    return transact.connect(settings)
