"""Firmware: what operators publish for a model, and what was put on a device."""

from __future__ import annotations

from typing import Any

from chalicelib.api import schemas
from chalicelib.api.base import Answer, Request, Resource

resource = Resource("firmware")
PATH = "/v1/operator/firmware"
MODEL = schemas.text(64, pattern=r"^[a-z0-9-]+$")
VERSION = schemas.text(32, pattern=r"^[A-Za-z0-9._-]+$")
STRING: dict[str, Any] = {"type": "string"}
MAYBE: dict[str, Any] = {"type": ["string", "null"]}

RELEASE_BODY = schemas.obj(
    "model version url sha256 size",
    model=MODEL,
    version=VERSION,
    url=schemas.text(1024, 8),
    sha256=schemas.text(64, 64, r"^[0-9a-f]{64}$"),
    size=schemas.number(1, 1 << 30),
    waves=schemas.many(schemas.number(1, 100), 10, 1),
    failed_percent_max=schemas.number(0, 100),
    finished_min=schemas.number(1, 10_000),
    wave_hours_max=schemas.number(1, 24 * 90),
)
RELEASE = schemas.answer(
    "rollout model version state waves wave",
    rollout=STRING,
    model=STRING,
    version=STRING,
    url=STRING,
    sha256=STRING,
    size={"type": "integer"},
    state=schemas.one_of("running", "paused", "stopped", "done"),
    reason=MAYBE,
    waves={"type": "array", "items": {"type": "integer"}},
    wave={"type": "integer", "description": "0: none has begun"},
    wave_began_at=MAYBE,
    published_at=schemas.TIME,
    devices={"type": "object", "description": "pending, succeeded, failed"},
    failed_devices={"type": "array", "items": STRING},
)
UPDATE = schemas.answer("version outcome at", version=STRING, outcome=STRING, at=schemas.TIME)


@resource.route("POST", PATH, action="firmware.publish", body=RELEASE_BODY, answer=RELEASE, status=201)
def publish(request: Request) -> Answer:
    """Publishes a file for a model's devices, which are asked in waves from the next tick on; an older release stops."""
    from chalicelib.flows import firmware

    shown = firmware.publish(request.store, request.now, request.body)
    return Answer(shown, 201, location=f"{PATH}/{shown['model']}/{shown['rollout']}")


@resource.route("GET", PATH + "/{model}", action="firmware.list", answer=schemas.page(RELEASE))
def list_releases(request: Request) -> Answer:
    """The releases of a model."""
    from chalicelib.flows import firmware

    return Answer(firmware.listing(request.store, request.params["model"]))


@resource.route("GET", PATH + "/{model}/{rollout}", action="firmware.view", answer=RELEASE)
def view_release(request: Request) -> Answer:
    """One release, how the devices stand, and which failed."""
    from chalicelib.flows import firmware

    return Answer(firmware.view(request.store, request.params["model"], request.params["rollout"]))


def _steer(request: Request, how: str) -> Answer:
    from chalicelib.flows import firmware

    return Answer(firmware.steer(request.store, request.now, request.params["model"], request.params["rollout"], how))


@resource.route("POST", PATH + "/{model}/{rollout}/pause", action="firmware.pause", answer=RELEASE)
def pause_release(request: Request) -> Answer:
    """No further wave begins until it is resumed; devices that were asked go on."""
    return _steer(request, "pause")


@resource.route("POST", PATH + "/{model}/{rollout}/resume", action="firmware.resume", answer=RELEASE)
def resume_release(request: Request) -> Answer:
    """Goes on with a paused release."""
    return _steer(request, "resume")


@resource.route("POST", PATH + "/{model}/{rollout}/stop", action="firmware.stop", answer=RELEASE)
def stop_release(request: Request) -> Answer:
    """Stops a release for good; who has not begun keeps the version that runs."""
    return _steer(request, "stop")


@resource.route(
    "GET", "/v1/contracts/{contract}/devices/{device}/firmware", action="devices.firmware", answer=schemas.page(UPDATE)
)
def list_updates(request: Request) -> Answer:
    """What was put on the device, with version and time; failed tries too."""
    from chalicelib.flows import firmware

    return Answer(firmware.of_device(request.store, request.contract, request.params["device"], request.caller.devices))
