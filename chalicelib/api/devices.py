"""Devices of a contract and what they measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.api import schemas
from chalicelib.api import watching_schemas as own
from chalicelib.api.base import Answer, Request, Resource

if TYPE_CHECKING:
    from chalicelib.flows.asked import Asked

resource = Resource("devices")


def asked_in(request: Request) -> Asked:
    """The request as its flow remembers it."""
    from chalicelib.flows.asked import Asked

    return Asked(request.contract, request.caller.subject, request.key, request.fingerprint)


@resource.route("GET", "/v1/contracts/{contract}/devices", action="devices.list", answer=schemas.page(own.DEVICE))
def list_devices(request: Request) -> Answer:
    """The contract's devices with their last values, in the order of claiming."""
    from chalicelib.flows import devices

    return Answer(devices.listing(request.store, request.now, request.contract, request.caller.devices))


@resource.route(
    "POST", "/v1/contracts/{contract}/devices", action="devices.claim", body=own.CLAIM, answer=own.DEVICE, status=201
)
def claim_device(request: Request) -> Answer:
    """Claims a device. The answer holds its certificate and, this once, its private key."""
    from chalicelib.flows import devices

    shown = devices.claim(request.store, request.now, asked_in(request), request.body)
    return Answer(shown, 201, location=f"/v1/contracts/{request.contract}/devices/{shown['device']}")


@resource.route("GET", "/v1/contracts/{contract}/devices/{device}", action="devices.view", answer=own.DEVICE)
def view_device(request: Request) -> Answer:
    """One device with its last values."""
    from chalicelib.flows import devices

    id = request.params["device"]
    return Answer(devices.view(request.store, request.now, request.contract, id, request.caller.devices))


@resource.route(
    "GET",
    "/v1/contracts/{contract}/devices/{device}/readings",
    action="readings.list",
    query=own.READINGS_QUERY,
    answer=schemas.page(own.READING),
)
def list_readings(request: Request) -> Answer:
    """What the device measured, the latest first; kept for three months."""
    from chalicelib.flows import devices, texts

    query = dict(request.query)
    since, until = query.pop("from", None), query.pop("to", None)
    device = request.params["device"]
    found = devices.readings(request.store, request.now, request.contract, device, since=since, until=until, **query)
    return Answer({**found, "texts": texts.of_contract(request.store, request.contract, "with_values")})
