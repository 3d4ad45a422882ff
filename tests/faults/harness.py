"""Bad luck, on purpose: every AWS call that a piece of work makes can fail before, fail after, lose its reply or be throttled.

moto's stubber is wrapped, which sees the calls of every client. A crash is a BaseException, so that no handler swallows
it, as nothing swallows a killed process. `Baton` lets two workers run, one call at a time, in every possible order.
"""

from __future__ import annotations

import copy
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ReadTimeoutError
from moto.core.botocore_stubber import BotocoreStubber

KINDS = ("crash before", "crash after", "reply lost", "throttled", "throttled for long", "every reply lost")
_LONG = 6  # calls in a row: more than botocore and the store try by themselves


class Crash(BaseException):
    """The process is gone."""


_spared = threading.local()


@contextmanager
def spared() -> Iterator[None]:
    """What the test itself asks of AWS, in the place of AWS: no bad luck."""
    _spared.now = True
    try:
        yield
    finally:
        _spared.now = False


class Luck:
    """Watches all AWS calls, and spoils the n-th one (from 0) in one way."""

    def __init__(self, kind: str = "", number: int = -1) -> None:
        self.kind, self.number = kind, number
        self.calls: list[str] = []

    def __call__(self, carry_out: Callable[[], Any], event: str) -> Any:
        place = len(self.calls)
        self.calls.append(event)
        spoiled = place == self.number
        long = self.number <= place < self.number + _LONG and self.number >= 0
        if spoiled and self.kind == "crash before":
            raise Crash
        if (spoiled and self.kind == "throttled") or (long and self.kind == "throttled for long"):
            return _throttled()
        answer = carry_out()
        if spoiled and self.kind == "crash after":
            raise Crash
        if (spoiled and self.kind == "reply lost") or (long and self.kind == "every reply lost"):
            raise ReadTimeoutError(endpoint_url="https://dynamodb")
        return answer


class _Raw:
    """The body of a made-up answer, as urllib3 would give it."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.body


def _throttled() -> AWSResponse:
    body = {"__type": "com.amazonaws.dynamodb#ThrottlingException", "message": "slow down"}
    return AWSResponse("https://dynamodb", 400, {"x-amzn-requestid": "1"}, _Raw(json.dumps(body).encode()))


@contextmanager
def under(luck: Callable[[Callable[[], Any], str], Any]) -> Iterator[None]:
    """Lets `luck(carry_out, event)` stand between every AWS call and moto."""
    real = BotocoreStubber.__call__

    def call(self: Any, event_name: str, request: Any, **more: Any) -> Any:
        if getattr(_spared, "now", False):
            return real(self, event_name, request, **more)
        return luck(lambda: real(self, event_name, request, **more), event_name)

    BotocoreStubber.__call__ = call  # type: ignore[method-assign]
    try:
        yield
    finally:
        BotocoreStubber.__call__ = real  # type: ignore[method-assign]


def _tables() -> dict[str, Any]:
    from moto.core import DEFAULT_ACCOUNT_ID
    from moto.dynamodb.models import dynamodb_backends

    tables: dict[str, Any] = dynamodb_backends[DEFAULT_ACCOUNT_ID]["ap-northeast-1"].tables
    return tables


class Snapshot:
    """All tables as they are now, to go back to."""

    def __init__(self) -> None:
        self.items = {name: copy.deepcopy(table.items) for name, table in _tables().items()}

    def restore(self) -> None:
        for name, table in _tables().items():
            table.items = copy.deepcopy(self.items[name])
            if table.stream_shard is not None:
                table.stream_shard.items.clear()  # nobody reads it here, and moto copies it with every transaction


def all_rows(leave_out: tuple[str, ...] = ()) -> dict[str, dict[str, Any]]:
    """Every row of every table, by table and key, without partitions that begin with one of `leave_out`."""
    found: dict[str, dict[str, Any]] = {}
    for name, table in _tables().items():
        for row in table.all_items():
            attributes = {key: value.to_json() for key, value in row.attrs.items()}
            key = f"{row.hash_key.value}|{row.range_key.value}"
            if not key.startswith(leave_out):
                found.setdefault(name, {})[key] = attributes
    return found


class Baton:
    """Two workers, one of them moving at a time from one AWS call to the next. `choices` says who, where both could."""

    def __init__(self, choices: list[int]) -> None:
        self.choices, self.asked = choices, 0
        self.turn = threading.Condition()
        self.waiting: set[int] = set()
        self.running: set[int] = set()
        self.released: int | None = None
        self.names: dict[int, int] = {}

    def __call__(self, carry_out: Callable[[], Any], event: str) -> Any:
        me = self.names[threading.get_ident()]
        with self.turn:
            self.waiting.add(me)
            self.running.discard(me)
            self.turn.notify_all()
            self.turn.wait_for(lambda: self.released == me, timeout=20)
            self.released = None
            self.waiting.discard(me)
            self.running.add(me)
        return carry_out()

    def run(self, *workers: Callable[[], Any]) -> list[Any]:
        """Runs them to their end. Gives what each returned, or the exception that ended it."""
        results: list[Any] = [None] * len(workers)
        threads = [threading.Thread(target=self._work, args=(n, work, results)) for n, work in enumerate(workers)]
        self.running = set(range(len(workers)))
        with under(self):
            for thread in threads:
                thread.start()
            while self._step():
                pass
            for thread in threads:
                thread.join(timeout=20)
        return results

    def _work(self, me: int, work: Callable[[], Any], results: list[Any]) -> None:
        self.names[threading.get_ident()] = me
        try:
            results[me] = work()
        except Exception as error:  # the test looks at it
            results[me] = error
        finally:
            with self.turn:
                self.running.discard(me)
                self.turn.notify_all()

    def _step(self) -> bool:
        with self.turn:
            if not self.turn.wait_for(lambda: not self.running and self.released is None, timeout=20):
                raise AssertionError("a worker hangs")
            if not self.waiting:
                return False
            ready = sorted(self.waiting)
            if len(ready) > 1:
                if self.asked == len(self.choices):
                    self.choices.append(0)
                picked = ready[self.choices[self.asked]]
                self.asked += 1
            else:
                picked = ready[0]
            self.running.add(picked)
            self.waiting.discard(picked)
            self.released = picked
            self.turn.notify_all()
            return True


def every_order(run: Callable[[Baton], None]) -> int:
    """Calls `run` with a baton for every order in which two workers can take turns. Gives how many there were."""
    choices: list[int] = []
    count = 0
    while True:
        run(Baton(choices))
        count += 1
        while choices and choices[-1] == 1:
            choices.pop()
        if not choices:
            return count
        choices[-1] = 1
