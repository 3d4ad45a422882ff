"""AWS IoT Jobs: asks devices to put on a file, and hears how they fared. A job's id says what it is for: a repeat is none."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .. import settings
from ..errors import StoreError
from ..iot.firmware import Counts
from . import clients

_ENDED = {
    "SUCCEEDED": "done",
    "FAILED": "failed",
    "REJECTED": "refused",
    "TIMED_OUT": "timed_out",
    "CANCELED": "called_off",
    "REMOVED": "called_off",
}
_ASK_ALL = 250  # the most that one listing holds


@dataclass(frozen=True, slots=True)
class Limits:
    """How fast a job asks, how long a device may take, and when the service itself calls it off."""

    per_minute_max: int
    device_minutes_max: int
    failed_percent_max: int
    finished_min: int


class Jobs:
    """The jobs of one account. `things` is what a thing's ARN begins with."""

    def __init__(self, client: Any, things: str) -> None:
        self.client, self.things = client, things

    def ask(self, job: str, devices: Sequence[str], document: Mapping[str, Any], limits: Limits) -> None:
        """Makes the job, unless it is there already. Raises StoreError."""
        failing = {
            "failureType": "ALL",
            "action": "CANCEL",
            "thresholdPercentage": min(limits.failed_percent_max + 0.01, 100.0),
            "minNumberOfExecutedThings": limits.finished_min,
        }
        try:
            self.client.create_job(
                jobId=job,
                targets=[f"{self.things}{device}" for device in devices],
                document=json.dumps(document),
                targetSelection="SNAPSHOT",
                jobExecutionsRolloutConfig={"maximumPerMinute": limits.per_minute_max},
                abortConfig={"criteriaList": [failing]},
                timeoutConfig={"inProgressTimeoutInMinutes": limits.device_minutes_max},
            )
        except clients.Failures as error:
            if clients.code_of(error) != "ResourceAlreadyExistsException":
                raise StoreError(f"the job service answered {clients.code_of(error)}") from error

    def counts(self, job: str, devices: int) -> Counts | None:
        """How the job's devices stand; None for a job that was never made. Raises StoreError."""
        try:
            about = self.client.describe_job(jobId=job)["job"]
        except clients.Failures as error:
            if clients.code_of(error) == "ResourceNotFoundException":
                return None
            raise StoreError(f"the job service answered {clients.code_of(error)}") from error
        details = about.get("jobProcessDetails", {})
        succeeded = int(details.get("numberOfSucceededThings", 0))
        failed = sum(int(details.get(f"numberOf{name}Things", 0)) for name in ("Failed", "Rejected", "TimedOut"))
        gone = sum(int(details.get(f"numberOf{name}Things", 0)) for name in ("Canceled", "Removed"))
        cancelled = about.get("status") == "CANCELED"
        pending = 0 if cancelled or about.get("status") == "COMPLETED" else max(devices - succeeded - failed - gone, 0)
        return Counts(pending, succeeded, failed, cancelled)

    def outcomes(self, job: str) -> dict[str, tuple[str, int]]:
        """Device → what became of it and when (milliseconds), for all that have ended; of no job, none. Raises StoreError."""
        found: dict[str, tuple[str, int]] = {}
        after: dict[str, str] = {}
        try:
            while True:
                page = self.client.list_job_executions_for_job(jobId=job, maxResults=_ASK_ALL, **after)
                for one in page["executionSummaries"]:
                    summary = one["jobExecutionSummary"]
                    if summary["status"] in _ENDED:
                        at = round(summary["lastUpdatedAt"].timestamp() * 1000)
                        found[one["thingArn"].rsplit("/", 1)[1]] = (_ENDED[summary["status"]], at)
                if "nextToken" not in page:
                    return found
                after = {"nextToken": page["nextToken"]}
        except clients.Failures as error:
            if clients.code_of(error) == "ResourceNotFoundException":
                return found
            raise StoreError(f"the job service answered {clients.code_of(error)}") from error

    def call_off(self, job: str, reason: str) -> None:
        """Ends a job for all that have not begun. One that has ended, or never was, stays so. Raises StoreError."""
        try:
            self.client.cancel_job(jobId=job, reasonCode=reason, comment="called off by Mimamori")
        except clients.Failures as error:
            if clients.code_of(error) not in ("ResourceNotFoundException", "InvalidRequestException"):
                raise StoreError(f"the job service answered {clients.code_of(error)}") from error


def connect() -> Jobs:
    """The jobs of this process."""
    return Jobs(clients.of("iot"), settings.current().need("things_arn"))
