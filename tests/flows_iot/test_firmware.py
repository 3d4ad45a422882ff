"""A release through the fleet, with a job service that the test plays: waves, failures, settings that wait, and bad luck."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.errors import Conflict, Invalid, NotFound, Refused, StoreError
from chalicelib.flows import firmware as flow
from chalicelib.flows import ticks
from chalicelib.gateways import jobs
from chalicelib.iot.firmware import Counts
from chalicelib.iot.reading import to_millis
from chalicelib.store import devices as rows
from chalicelib.store import firmware as kept
from chalicelib.store.transact import Store

NOW = datetime.fromisoformat("2025-08-01T09:00:00+09:00")
FLEET = [f"d{number:03d}" for number in range(150)]
FIGURES = {"waves": [10, 100], "failed_percent_max": 20, "finished_min": 5}
Json = dict[str, Any]


class JobService:
    """What AWS IoT Jobs promises: a job is made once, each of its devices ends once."""

    def __init__(self) -> None:
        self.jobs: dict[str, dict[str, str]] = {}  # job → device → outcome, "" while it has none
        self.over: set[str] = set()
        self.fails = 0

    def ask(self, job: str, devices: Sequence[str], document: Mapping[str, Any], limits: jobs.Limits) -> None:
        if self.fails:
            self.fails -= 1
            raise StoreError("the job service answered ThrottlingException")
        self.jobs.setdefault(job, dict.fromkeys(devices, ""))

    def counts(self, job: str, devices: int) -> Counts | None:
        if job not in self.jobs:
            return None
        ends = list(self.jobs[job].values())
        pending = 0 if job in self.over else ends.count("")
        return Counts(pending, ends.count("done"), ends.count("failed"))

    def outcomes(self, job: str) -> dict[str, tuple[str, int]]:
        return {device: (end, 1) for device, end in self.jobs.get(job, {}).items() if end}

    def call_off(self, job: str, reason: str) -> None:
        self.over.add(job)

    def end(self, outcome: str, *only: str) -> None:
        """What the devices that were asked say."""
        for ends in self.jobs.values():
            for device, end in ends.items():
                if not end and (not only or device in only):
                    ends[device] = outcome

    @property
    def asked(self) -> list[str]:
        return sorted(device for ends in self.jobs.values() for device in ends)


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> JobService:
    service = JobService()
    monkeypatch.setattr(jobs, "connect", lambda: service)
    monkeypatch.setattr(flow, "_of_model", lambda store, model: [(device, "1.0.0") for device in FLEET])
    monkeypatch.setattr(flow, "_has_wish", lambda store, device, at: False)
    return service


def body(version: str, **more: Any) -> Json:
    url = "https://files.example.com/battery"
    return {"model": "battery", "version": version, "url": url, "sha256": "0" * 64, "size": 1000, **FIGURES, **more}


def tick(store: Store, number: int) -> None:
    """The tick so many times five minutes after nine, for releases only."""
    at = to_millis(NOW + timedelta(minutes=5 * number))
    due = [key for key in rows.due(store, at) if key[1].startswith("rollout#")]
    assert ticks.DUE["rollout"](store, due, at)[1] == 0


def state(store: Store, version: str) -> tuple[str, int, str | None]:
    shown = flow.view(store, "battery", version)
    return shown["state"], shown["wave"], shown["reason"]


def test_wave_after_wave_until_everybody_has_it(store: Store, service: JobService) -> None:
    flow.publish(store, NOW, body("2.0.0"))
    tick(store, 0)
    first = service.asked
    assert 5 <= len(first) <= 30, "about a tenth of 150"
    tick(store, 1)
    assert service.asked == first, "nobody of the second wave before the first has ended"
    service.end("done")
    tick(store, 2)
    assert service.asked == FLEET
    assert state(store, "2.0.0") == ("running", 2, None)
    service.end("failed", FLEET[0] if FLEET[0] not in first else FLEET[1])
    service.end("done")
    tick(store, 3)
    shown = flow.view(store, "battery", "2.0.0")
    assert (shown["state"], shown["devices"]) == ("done", {"pending": 0, "succeeded": 149, "failed": 1})
    assert len(shown["failed_devices"]) == 1
    assert {one.outcome for device in FLEET for one in kept.updates_of(store, device)} == {"done", "failed"}
    assert [one.version for one in kept.updates_of(store, FLEET[5])] == ["2.0.0"]


def test_too_many_failures_stop_it_and_call_off_the_rest(store: Store, service: JobService) -> None:
    flow.publish(store, NOW, body("2.1.0"))
    tick(store, 0)
    first = service.asked
    service.end("failed", *first[:3])
    service.end("done", *first[3:5])
    tick(store, 1)
    assert state(store, "2.1.0") == ("stopped", 1, "too_many_failed")
    tick(store, 2)
    assert service.over == set(service.jobs)
    assert service.asked == first
    assert [one.outcome for one in kept.updates_of(store, first[0]) if one.version == "2.1.0"] == ["failed"]
    tick(store, 3)
    with pytest.raises(Refused):
        flow.steer(store, NOW, "battery", "2.1.0", "resume")


def test_a_device_with_a_setting_that_waits_is_asked_when_that_is_over(
    store: Store, service: JobService, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy = {"d007", "d099"}
    monkeypatch.setattr(flow, "_has_wish", lambda store, device, at: device in busy)
    flow.publish(store, NOW, body("2.2.0", waves=[100]))
    tick(store, 0)
    assert set(FLEET) - set(service.asked) == busy
    service.end("done")
    tick(store, 1)
    assert state(store, "2.2.0")[0] == "running"
    busy.clear()
    tick(store, 13)  # an hour later
    assert service.asked == FLEET
    service.end("done")
    tick(store, 14)
    assert state(store, "2.2.0")[0] == "done"


def test_a_new_release_ends_the_older_one(store: Store, service: JobService) -> None:
    flow.publish(store, NOW, body("2.3.0"))
    tick(store, 0)
    old = set(service.jobs)
    flow.publish(store, NOW, body("2.4.0"))
    tick(store, 1)
    assert state(store, "2.3.0") == ("stopped", 1, "superseded")
    assert old <= service.over
    assert state(store, "2.4.0")[:2] == ("running", 1)
    flow.steer(store, NOW, "battery", "2.4.0", "stop")


def test_paused_it_begins_no_wave(store: Store, service: JobService) -> None:
    flow.publish(store, NOW, body("2.5.0"))
    tick(store, 0)
    flow.steer(store, NOW, "battery", "2.5.0", "pause")
    service.end("done")
    first = service.asked
    tick(store, 1)
    assert service.asked == first
    flow.steer(store, NOW, "battery", "2.5.0", "resume")
    assert flow.steer(store, NOW, "battery", "2.5.0", "resume")["state"] == "running"
    tick(store, 2)
    assert service.asked == FLEET
    flow.steer(store, NOW, "battery", "2.5.0", "stop")


def test_a_job_service_that_does_not_answer_loses_nobody(store: Store, service: JobService) -> None:
    flow.publish(store, NOW, body("2.6.0", waves=[100]))
    service.fails = 1
    at = to_millis(NOW)
    due = [key for key in rows.due(store, at) if key[1] == "rollout#2.6.0"]
    with pytest.raises(StoreError):
        ticks.DUE["rollout"](store, due, at)
    assert service.asked == []
    tick(store, 1)
    tick(store, 2)
    assert service.asked == FLEET
    assert len(service.jobs) == 2, "150 devices are a job of 100 and one of 50"
    flow.steer(store, NOW, "battery", "2.6.0", "stop")


def test_publishing_again_is_the_same_and_another_file_is_not(store: Store, service: JobService) -> None:
    first = flow.publish(store, NOW, body("2.7.0"))
    assert flow.publish(store, NOW + timedelta(hours=1), body("2.7.0")) == first
    with pytest.raises(Conflict):
        flow.publish(store, NOW, body("2.7.0", sha256="1" * 64))
    with pytest.raises(Invalid) as wrong:
        flow.publish(store, NOW, body("2.8.0", url="http://files.example.com/battery"))
    assert (wrong.value.field, wrong.value.reason) == ("url", "not_https")
    with pytest.raises(Invalid):
        flow.publish(store, NOW, body("2.8.0", model="toaster"))
    with pytest.raises(NotFound):
        flow.view(store, "battery", "9.9.9")
