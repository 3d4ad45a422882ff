"""Watches: what a device's people want to hear of."""

from __future__ import annotations

from chalicelib.api import schemas
from chalicelib.api import watching_schemas as own
from chalicelib.api.base import Answer, Request, Resource

resource = Resource("watches")
PATH = "/v1/contracts/{contract}/devices/{device}/watches"


@resource.route("GET", PATH, action="watches.list", answer=schemas.page(own.WATCH))
def list_watches(request: Request) -> Answer:
    """The device's watches in the order of their setting."""
    from chalicelib.flows import watches

    return Answer(watches.listing(request.store, request.contract, request.params["device"]))


@resource.route("GET", PATH + "/offered", action="watches.offered", answer=schemas.page(own.OFFERED))
def list_offered(request: Request) -> Answer:
    """What the device's model offers to watch, with its limits, and what of it is set."""
    from chalicelib.flows import watches

    return Answer(watches.offered(request.store, request.now, request.contract, request.params["device"]))


@resource.route(
    "POST",
    PATH + "/offered",
    action="watches.take_up",
    body=own.OFFERED_BODY,
    answer=schemas.page(own.WATCH),
    status=201,
)
def take_up_offered(request: Request) -> Answer:
    """Sets what the model offers and is not set yet: the named ones, or all."""
    from chalicelib.flows import watches
    from chalicelib.flows.asked import Asked

    asked = Asked(request.contract, request.caller.subject, request.key, request.fingerprint)
    wanted = request.body.get("watches", ())
    return Answer(watches.take_up(request.store, request.now, asked, request.params["device"], wanted), 201)


@resource.route("PUT", PATH + "/{watch}", action="watches.set", body=own.WATCH_BODY, answer=own.WATCH)
def set_watch(request: Request) -> Answer:
    """Sets a watch. Setting it again closes its open alert and starts afresh."""
    from chalicelib.flows import watches

    device, watch = request.params["device"], request.params["watch"]
    return Answer(watches.put(request.store, request.now, request.contract, device, watch, request.body))


@resource.route("DELETE", PATH + "/{watch}", action="watches.remove", status=204)
def remove_watch(request: Request) -> Answer:
    """Takes a watch away; its open alert closes."""
    from chalicelib.flows import watches

    watches.remove(request.store, request.now, request.contract, request.params["device"], request.params["watch"])
    return Answer(status=204)
