"""What the functions wrote, gathered from the embedded CloudWatch into one file: `.local/functions.log`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from local.stack import Stack

_LONGEST = 10 * 1024 * 1024
_NOISE = ("START RequestId", "END RequestId", "REPORT RequestId")


class Logs:
    """Appends what is new since the last look."""

    def __init__(self, stack: Stack) -> None:
        self.file: Path = stack.places.folder / "functions.log"
        if self.file.exists() and self.file.stat().st_size > _LONGEST:
            self.file.replace(self.file.with_suffix(".old.log"))
        self._client: Any = stack.client("logs")
        self._seen: dict[str, int] = {}
        self._since = int(datetime.now(UTC).timestamp() * 1000)

    def gather(self) -> None:
        """One look at every function's log group."""
        lines: list[tuple[int, str]] = []
        for group in self._client.describe_log_groups(logGroupNamePrefix="/aws/lambda/")["logGroups"]:
            name = group["logGroupName"]
            pages = self._client.get_paginator("filter_log_events").paginate(
                logGroupName=name, startTime=self._seen.get(name, self._since)
            )
            for page in pages:
                for event in page["events"]:
                    self._seen[name] = max(self._seen.get(name, 0), event["timestamp"] + 1)
                    if not event["message"].startswith(_NOISE):
                        lines.append((event["timestamp"], f"{name.rsplit('/', 1)[-1]}: {event['message'].rstrip()}"))
        if lines:
            with self.file.open("a", encoding="utf-8") as file:
                for at, line in sorted(lines):
                    file.write(f"{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%dT%H:%M:%S.%f}Z {line}\n")
