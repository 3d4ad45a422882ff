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

    return Answer(devices.listing(request.store, request.now, request.contract, request.caller.devices, request.caller.since))


@resource.route(
    "POST", "/v1/contracts/{contract}/devices", action="devices.claim", body=own.CLAIM, answer=own.DEVICE, status=201
)
def claim_device(request: Request) -> Answer:
    """Claims a device, by name or by serial number and proof. The answer holds its certificate and, this once, its key."""
    from chalicelib.flows import claiming

    operator = request.caller.role == "operator"
    shown = claiming.claim(request.store, request.now, asked_in(request), request.body, operator=operator)
    return Answer(shown, 201, location=f"/v1/contracts/{request.contract}/devices/{shown['device']}")


@resource.route("GET", "/v1/contracts/{contract}/devices/{device}", action="devices.view", answer=own.DEVICE)
def view_device(request: Request) -> Answer:
    """One device with its last values."""
    from chalicelib.flows import devices

    id = request.params["device"]
    return Answer(devices.view(request.store, request.now, request.contract, id, request.caller.devices, request.caller.since))


@resource.route(
    "PUT", "/v1/contracts/{contract}/devices/{device}", action="devices.name", body=own.DEVICE_NAME, answer=own.DEVICE
)
def name_device(request: Request) -> Answer:
    """Says what the device is called from now on."""
    from chalicelib.flows import devices

    id, label = request.params["device"], request.body.get("label", "")
    return Answer(devices.name_it(request.store, request.now, request.contract, id, label))


@resource.route(
    "POST",
    "/v1/contracts/{contract}/devices/{device}/replacement",
    action="devices.replace",
    body=own.CLAIM,
    answer=own.DEVICE,
    status=201,
)
def replace_device(request: Request) -> Answer:
    """Puts another device in its place: it takes the watches and the label, and the old one is cut off."""
    from chalicelib.flows import claiming

    old, operator = request.params["device"], request.caller.role == "operator"
    shown = claiming.replacement(request.store, request.now, asked_in(request), old, request.body, operator=operator)
    return Answer(shown, 201, location=f"/v1/contracts/{request.contract}/devices/{shown['device']}")


@resource.route(
    "POST", "/v1/contracts/{contract}/devices/{device}/return", action="devices.return", answer=own.DEVICE, status=202
)
def return_device(request: Request) -> Answer:
    """Gives the device back: its watches end, it is cut off, and what it told stays."""
    from chalicelib.flows import leaving

    return Answer(leaving.give_back(request.store, request.now, asked_in(request), request.params["device"]), 202)


@resource.route(
    "POST", "/v1/contracts/{contract}/devices/{device}/release", action="devices.release", answer=own.DEVICE, status=202
)
def release_device(request: Request) -> Answer:
    """Lets go of the device, so that another contract may claim it."""
    from chalicelib.flows import leaving

    return Answer(leaving.release(request.store, request.now, asked_in(request), request.params["device"]), 202)


@resource.route(
    "POST",
    "/v1/contracts/{contract}/devices/{device}/certificate",
    action="devices.certify",
    answer=own.CERTIFIED,
    status=201,
)
def renew_certificate(request: Request) -> Answer:
    """Makes a new certificate beside the one in use, which holds for some more days."""
    from chalicelib.flows import certificates, devices

    held = devices.of_contract(request.store, request.contract, request.params["device"])
    return Answer(certificates.rotate(request.store, request.now, asked_in(request), held), 201)


@resource.route(
    "POST",
    "/v1/contracts/{contract}/devices/{device}/certificate/finish",
    action="devices.certified",
    answer=schemas.page(own.CERTIFICATE),
)
def finish_certificate(request: Request) -> Answer:
    """Switches the old certificate off at once: the device uses the new one."""
    from chalicelib.flows import certificates, devices

    held = devices.of_contract(request.store, request.contract, request.params["device"])
    return Answer(certificates.finish(request.store, request.now, held))


@resource.route(
    "GET",
    "/v1/contracts/{contract}/devices/{device}/certificates",
    action="devices.certificates",
    answer=schemas.page(own.CERTIFICATE),
)
def list_certificates(request: Request) -> Answer:
    """The device's certificates in the registry, with their state."""
    from chalicelib.flows import certificates, devices

    return Answer(
        certificates.listing(request.store, devices.of_contract(request.store, request.contract, request.params["device"]))
    )


@resource.route("GET", "/v1/device-models", action="device_models.list", answer=schemas.page(own.MODEL))
def list_models(request: Request) -> Answer:
    """What kinds of device there are: what each measures, what the watched person sees of it, what may be watched."""
    from chalicelib.flows import devices

    return Answer(devices.known_models())


@resource.route("GET", "/v1/device-models/{model}", action="device_models.view", answer=own.MODEL)
def view_model(request: Request) -> Answer:
    """One kind of device."""
    from chalicelib.flows import devices

    return Answer(devices.model_view(request.params["model"]))


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
