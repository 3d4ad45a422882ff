"""Shared fixtures: DynamoDB, SQS, SES and IoT as moto plays them, one empty world per module (160 ms each, so not per test)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import hypothesis
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

# A machine that does much else is no finding.
hypothesis.settings.register_profile("ours", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("ours")


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


# Where most time goes, longest first: what begins last must be short, or one worker ends alone.
LONG = (
    "tests/web/",
    "tests/stack/",
    "tests/lives/",
    "tests/faults",
    "tests/api/test_bad_input.py",
    "tests/terms/test_add_a_service.py",
    "tests/test_terms_on_trial.py",
    "tests/infra/",
    "tests/bench/",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long comes first, where several share the work."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        rank = {start: number for number, start in enumerate(LONG)}
        items.sort(key=lambda item: next((rank[start] for start in LONG if item.nodeid.startswith(start)), len(LONG)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Files are shared out in the order of the collection. Browser tests that live in one town are one worker's."""
    if config.getoption("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class LongestFirst(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = super()._split_scope(nodeid)
            shared = file.startswith("tests/web/") and "own_town" not in (config.rootpath / file).read_text(encoding="utf-8")
            return "tests/web" if shared else file

    config.option.loadscopereorder = False
    return LongestFirst(config, log)
