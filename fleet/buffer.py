"""The disk buffer: a reading stays here, across kill -9 and power cuts, until the broker has acknowledged it.

One SQLite file per device, write-ahead log, flushed to the disk at every commit. Four promises:

* A reading and the place in its source (which row of a recording comes next) are stored in one transaction, so that a
  restart neither skips a row nor takes one twice.
* `seq` grows by one per reading and is never used again (AUTOINCREMENT), also after everything was delivered.
* An urgent reading is sealed alone, and what was measured before it is sealed before it.
* A batch is sealed on disk before it is first sent: whatever happens in between, it is sent again under the same id
  with the same readings, and the other end recognises it.
"""

import fcntl
import json
import os
import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from fleet.errors import BufferFailed, BufferFull
from fleet.identity import Identity

_SCHEMA = """
begin immediate;
create table if not exists about (key text primary key, value text not null) without rowid;
create table if not exists readings (
    seq integer primary key autoincrement, metric text not null, value text not null, measured_at text not null);
create table if not exists batches (id text primary key, first_seq integer not null, last_seq integer not null) without rowid;
create table if not exists replays (
    id text primary key, starts_at text not null, began_at real not null, next_row integer not null, rows integer not null
) without rowid;
commit;
"""
_NOTHING: dict[str, Any] = {"waiting": 0, "sealed_batches": 0, "delivered": 0, "oldest": None, "replays": []}
_COUNT_UNSEALED = "select count(*) from readings where seq > (select coalesce(max(last_seq), 0) from batches)"
_OLDEST_UNSEALED = """
select seq, length(metric) + length(value) + length(measured_at) + 80, metric from readings
where seq > (select coalesce(max(last_seq), 0) from batches) order by seq limit ?
"""
# AWS IoT Core takes 128 KB per message; stay clear of it.
_BATCH_BYTES_MAX = 100_000
_READ_BACK_MAX = 1_000

Value = float | bool | str | None


@dataclass(frozen=True, slots=True)
class Measured:
    """One value as a sensor gave it; `measured_at` is ISO 8601 with an offset."""

    metric: str
    value: Value
    measured_at: str


@dataclass(frozen=True, slots=True)
class Batch:
    """A sealed message: its id and its bytes never change. An `urgent` one goes at once, on its own topic, and on no other."""

    id: str
    payload: bytes
    readings: int
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a replay is: rows up to `next_row` (exclusive, from 0) are stored."""

    id: str
    starts_at: str
    began_at: float
    next_row: int
    rows: int

    @property
    def finished(self) -> bool:
        return self.next_row >= self.rows


class Buffer:
    """Owns the file alone (lock file) until `close`; one thread only. Raises BufferFailed with the cure.

    `urgent` names the metrics whose readings travel alone.
    """

    def __init__(self, path: Path, device: str, stage: str, limit_mb: int = 64, urgent: frozenset[str] = frozenset()) -> None:
        self._path = path
        self.urgent = urgent
        self._lock = _lock(path)
        try:
            with _translated(path):
                self._db = _open(path, limit_mb)
                self._epoch = self._claim(device, stage)
        except BaseException:
            self._lock.close()
            raise

    @classmethod
    def of(cls, identity: Identity, limit_mb: int = 64, urgent: frozenset[str] = frozenset()) -> "Buffer":
        return cls(identity.buffer, identity.device, identity.stage, limit_mb, urgent)

    def close(self) -> None:
        self._db.close()
        self._lock.close()

    def keep(self, readings: Sequence[Measured], progress: Progress | None = None) -> None:
        """Stores readings, together with the place in their source they were taken from."""
        rows = [(r.metric, json.dumps(r.value), r.measured_at) for r in readings]
        with self._transaction() as db:
            db.executemany("insert into readings (metric, value, measured_at) values (?, ?, ?)", rows)
            if progress is not None:
                db.execute(
                    "insert or replace into replays values (?, ?, ?, ?, ?)",
                    (progress.id, progress.starts_at, progress.began_at, progress.next_row, progress.rows),
                )

    def sealed(self) -> list[Batch]:
        """Batches that were sealed and not yet acknowledged, oldest first: what a restart sends first."""
        with _translated(self._path):
            rows = self._db.execute("select id, first_seq, last_seq from batches order by first_seq").fetchall()
            return [self._batch(*row) for row in rows]

    def unsealed(self) -> int:
        """How many readings wait for a batch."""
        with _translated(self._path):
            return int(self._db.execute(_COUNT_UNSEALED).fetchone()[0])

    def seal(self, readings_max: int) -> Batch | None:
        """Makes the next batch of the oldest waiting readings; None when nothing waits."""
        with self._transaction() as db:
            rows = db.execute(_OLDEST_UNSEALED, (min(readings_max, _READ_BACK_MAX),)).fetchall()
            if not rows:
                return None
            last, size, metric = rows[0]
            for seq, more, next_metric in rows[1:]:
                size += more
                if size > _BATCH_BYTES_MAX or metric in self.urgent or next_metric in self.urgent:
                    break
                last = seq
            first = rows[0][0]
            batch_id = f"{self._epoch}-{first}"
            db.execute("insert into batches values (?, ?, ?)", (batch_id, first, last))
        with _translated(self._path):
            return self._batch(batch_id, first, last)

    def delivered(self, batch_id: str) -> None:
        """The broker has it: forget the batch and its readings. A second call does nothing."""
        with self._transaction() as db:
            found = db.execute("select first_seq, last_seq from batches where id = ?", (batch_id,)).fetchone()
            if found:
                db.execute("delete from readings where seq between ? and ?", found)
                db.execute("delete from batches where id = ?", (batch_id,))

    def progress(self, replay_id: str) -> Progress | None:
        with _translated(self._path):
            row = self._db.execute("select * from replays where id = ?", (replay_id,)).fetchone()
        return Progress(*row) if row else None

    def _batch(self, batch_id: str, first: int, last: int) -> Batch:
        rows = self._db.execute(
            "select seq, metric, value, measured_at from readings where seq between ? and ? order by seq", (first, last)
        ).fetchall()
        readings = [{"metric": m, "value": json.loads(v), "measured_at": at, "seq": seq} for seq, m, v, at in rows]
        message = {"v": 1, "batch": batch_id, "readings": readings}
        payload = json.dumps(message, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
        return Batch(batch_id, payload, len(readings), len(readings) == 1 and readings[0]["metric"] in self.urgent)

    def _claim(self, device: str, stage: str) -> str:
        """The buffer's own random name, part of every batch id: a new buffer can never repeat the ids of a lost one."""
        owner = f"{stage}/{device}"
        about = dict(self._db.execute("select key, value from about").fetchall())
        if about.get("owner", owner) != owner:
            raise BufferFailed(
                f"The buffer {self._path} belongs to another device.",
                "Give this device a buffer of its own in its provisioning file.",
            )
        epoch = about.get("epoch") or secrets.token_hex(4)
        with self._transaction() as db:
            db.executemany("insert or ignore into about values (?, ?)", [("owner", owner), ("epoch", epoch)])
        return epoch

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with _translated(self._path):
            self._db.execute("begin immediate")
            try:
                yield self._db
                self._db.execute("commit")
            except BaseException:
                # SQLite itself rolls back on a full disk; a second rollback would hide that error.
                if self._db.in_transaction:
                    self._db.execute("rollback")
                raise


def look(path: Path) -> dict[str, Any]:
    """What a buffer holds, read only, also while an agent is running: for `status`."""
    if not path.exists():
        return _NOTHING
    with _translated(path):
        db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=5)
        try:
            if db.execute("select 1 from sqlite_master where name = 'replays'").fetchone() is None:
                return _NOTHING  # the agent is just being started for the first time
            waiting, oldest = db.execute("select count(*), min(measured_at) from readings").fetchone()
            sealed = db.execute("select count(*) from batches").fetchone()[0]
            taken = db.execute("select coalesce(max(seq), 0) from sqlite_sequence where name = 'readings'").fetchone()[0]
            replays = [Progress(*row) for row in db.execute("select * from replays order by began_at")]
        finally:
            db.close()
    shown = [{"id": p.id, "starts_at": p.starts_at, "stored_rows": p.next_row, "rows": p.rows} for p in replays]
    return {"waiting": waiting, "sealed_batches": sealed, "delivered": taken - waiting, "oldest": oldest, "replays": shown}


def _open(path: Path, limit_mb: int) -> sqlite3.Connection:
    created = not path.exists()
    db = sqlite3.connect(path, isolation_level=None, timeout=5)
    try:
        if created:
            os.chmod(path, 0o600)
        db.execute("pragma journal_mode = wal")
        db.execute("pragma synchronous = full")
        problem = db.execute("pragma quick_check(1)").fetchone()[0]
        if problem != "ok":
            raise _damaged(path, problem.splitlines()[0])
        db.executescript(_SCHEMA)
        page_bytes = db.execute("pragma page_size").fetchone()[0]
        db.execute(f"pragma max_page_count = {max(1, limit_mb * 1_048_576 // page_bytes)}")
    except BaseException:
        db.close()
        raise
    return db


def _lock(path: Path) -> IO[str]:
    """Two agents on one buffer would send everything twice: the second is turned away."""
    lock_path = path.with_name(path.name + ".lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = open(lock_path, "a", encoding="utf-8")  # noqa: SIM115 - held open for as long as the buffer is
    except OSError as wrong:
        raise _unwritable(path, str(wrong.strerror)) from wrong
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as wrong:
        lock.close()
        raise BufferFailed(
            f"Another agent is using the buffer {path}.", "Stop it first, or wait until it has finished."
        ) from wrong
    return lock


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    """SQLite's errors in words that name the file and the cure."""
    try:
        yield
    except sqlite3.Error as wrong:
        code = getattr(wrong, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_FULL:
            raise BufferFull(
                f"The buffer {path} is full: the disk, or the buffer's own limit.",
                "Free some space, raise --buffer-mb, or let the agent connect so that waiting readings can leave.",
            ) from wrong
        if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise _damaged(path, str(wrong)) from wrong
        raise _unwritable(path, str(wrong)) from wrong


def _damaged(path: Path, why: str) -> BufferFailed:
    return BufferFailed(
        f"The buffer {path} is damaged ({why}); what it held cannot be trusted.",
        f"Move it away (mv {path} {path}.damaged) and start again: a new one is made.",
    )


def _unwritable(path: Path, why: str) -> BufferFailed:
    return BufferFailed(f"The buffer {path} cannot be written ({why}).", "Check the disk, the folder and its permissions.")
