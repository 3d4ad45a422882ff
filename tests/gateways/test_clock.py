"""The local stage's clock moves forward only, stands still when told, and does not exist anywhere else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib import settings
from chalicelib.errors import Invalid, NotFound
from chalicelib.gateways import clock
from chalicelib.store.transact import Store

THEN = datetime(2025, 4, 3, 1, 0, tzinfo=UTC)


@pytest.fixture
def local(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("STAGE", "local")
    monkeypatch.setenv("TABLE_PREFIX", "mimamori-test-")
    settings.current.cache_clear()
    yield
    settings.current.cache_clear()


def test_outside_the_local_stage_nothing_moves_it(store: Store) -> None:
    with pytest.raises(NotFound):
        clock.move(store, THEN, frozen=True)
    assert abs(clock.now(store) - datetime.now(UTC)) < timedelta(seconds=5)


def test_it_stands_still_then_goes_on_and_never_back(store: Store, local: None) -> None:
    assert abs(clock.now(store) - datetime.now(UTC)) < timedelta(seconds=5)
    assert clock.move(store, THEN, frozen=True) == THEN  # the first move may go anywhere
    assert clock.now(store) == clock.now(store) == THEN
    assert clock.is_frozen(store)
    later = THEN + timedelta(days=40)
    assert clock.move(store, later, frozen=False) == THEN
    assert timedelta() <= clock.now(store) - later < timedelta(seconds=5)
    assert not clock.is_frozen(store)
    with pytest.raises(Invalid) as refused:
        clock.move(store, THEN, frozen=True)
    assert refused.value.field == "at"
    assert clock.now(store) >= later
