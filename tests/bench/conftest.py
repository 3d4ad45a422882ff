"""The benches' own world: no AWS, no moto, a stage of its own, and the environment put back afterwards."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from bench import wire
from chalicelib import settings as environment
from chalicelib.api import house
from chalicelib.store import transact


@pytest.fixture(scope="module", autouse=True)
def bench_world() -> Iterator[None]:
    before = dict(os.environ)
    wire.settle()
    house.forget()
    yield
    os.environ.clear()
    os.environ.update(before)
    house.forget()
    environment.current.cache_clear()
    transact.forget()
