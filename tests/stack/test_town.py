"""A town of ten homes with every story lives on the whole stack, which is stopped and started again in the middle of it.

What was acknowledged must be there, each alert once, each telling once: the account of the run says so, home by home.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from fleet.town.__main__ import show
from fleet.town.account import draw_up
from fleet.town.homes import town
from fleet.town.moving_in import Office
from fleet.town.play import Play
from fleet.visitor import Place
from local import world
from local.stack import Places, Stack, start
from local.supervisor import Supervisor
from tests.stack.conftest import free_ports, packaged

pytestmark = pytest.mark.stack
HOMES = 10
SPEED = 360.0
SECONDS = 20.0  # two hours of the town's time, so that every story is whole
HIDDEN_SECONDS = "5"


class Ground:
    """A stack on ports that stay the same, because the devices' lines do, with a supervisor that ticks every second."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._places = Places(folder / "local", *free_ports(2))
        self._stack: Stack | None = None
        self._over = threading.Event()
        self.start()
        threading.Thread(target=self._tick, daemon=True).start()

    def start(self) -> None:
        stack = start(self._places)
        self._supervisor = Supervisor(world.build(stack, built=packaged(self._folder.parent)))
        # What the stop cut short is hidden in the queue for minutes otherwise, as on AWS.
        queue = stack.client("sqs")
        url = queue.get_queue_url(QueueName="mimamori-local-readings")["QueueUrl"]
        queue.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": HIDDEN_SECONDS})
        self._stack = stack

    def stop(self) -> None:
        stack, self._stack = self._stack, None
        if stack is not None:
            stack.stop()

    def end(self) -> None:
        self._over.set()
        self.stop()

    @property
    def place(self) -> Place:
        return Place.find(self._places.folder / "stack.json")

    def _tick(self) -> None:
        while not self._over.wait(1.0):
            if self._stack is not None:
                with contextlib.suppress(BotoCoreError, ClientError):  # it may be stopped at this moment
                    self._supervisor.beat()


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    ground = Ground(tmp_path)
    try:
        yield ground
    finally:
        ground.end()


@pytest.mark.skipif(
    "TOWN" not in os.environ,
    reason="takes one to five minutes; run it by hand with TOWN=1. The embedded AWS forgets functions that a stop cuts short, so a "
    "clock command may fail half-way there, which AWS's own queues do not do",
)
def test_a_stop_and_a_start_in_the_middle_lose_nothing_and_tell_nothing_twice(ground: Ground, tmp_path: Path) -> None:
    moved = Office(ground.place, tmp_path / "homes", lambda *_: None).move_in(town(HOMES, 1))
    stopped: list[str] = []

    def restart() -> None:
        while len(run.eye.seen.seconds) < 2:  # some alerts are open, others still to come
            time.sleep(0.1)
        stopped.append(f"{run.sim:%H:%M}")
        ground.stop()
        ground.start()

    began = time.monotonic()
    run = Play(ground.place, moved, SPEED, SECONDS, lambda r: (print(round(time.monotonic() - began)), show(r)))
    helper = threading.Thread(target=restart, daemon=True)
    helper.start()
    run.all(None)
    helper.join(60)
    print("over", round(time.monotonic() - began))
    account = draw_up(run, ground.place, mails_kept=False)
    print("account", round(time.monotonic() - began))
    assert stopped
    assert account.wrong == []
    assert account.expected == account.opened == 6
    assert account.told == 12
    assert run.crowd.reconnections >= len(run.crowd.lines), "every device lost its line and came back"
