"""The whole system, packaged and deployed into an embedded AWS of its own: free ports, a folder of its own, once per session."""

import socket
from collections.abc import Iterator

import pytest

from local import world
from local.stack import Places, running


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


@pytest.fixture(scope="session")
def places(tmp_path_factory: pytest.TempPathFactory) -> Places:
    return Places(tmp_path_factory.mktemp("local"), *free_ports(2))


@pytest.fixture(scope="session")
def here(places: Places, tmp_path_factory: pytest.TempPathFactory) -> Iterator[world.World]:
    with running(places) as stack:
        yield world.build(stack, where=tmp_path_factory.mktemp("build"))
