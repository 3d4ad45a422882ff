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
