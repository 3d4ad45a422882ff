"""The whole system, packaged and deployed into an embedded AWS of its own: free ports, a folder of its own, once per file."""

import functools
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from local import world
from local.logs import Logs
from local.package import package
from local.stack import Places, Stack, start


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


@functools.cache
def packaged(base: Path) -> Path:
    """The app as it is deployed, once per worker (2 s): it is the same for every house, and none writes into it."""
    return package(world.STAGE, native=True, build=base / "packaged")


class House:
    """A local world that can be stopped and started again, as `make run` is."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.start()

    def start(self) -> None:
        """On other ports than before: what is stored must not depend on them."""
        self.places = Places(self._folder / "local", *free_ports(2))
        self._stack: Stack | None = start(self.places)
        self.world = world.build(self._stack, built=packaged(self._folder.parent))
        self.logs = Logs(self._stack)

    def stop(self) -> None:
        """Returns when its state is on disk."""
        if self._stack is not None:
            self.logs.gather()
            self._stack.stop()
            self._stack = None


@pytest.fixture(scope="module")  # each file has a clock of its own to move
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    house = House(tmp_path_factory.mktemp("house"))
    try:
        yield house
    finally:
        house.stop()
