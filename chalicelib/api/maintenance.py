"""Maintenance: for a while everything is noticed and recorded, and nobody is told."""

from __future__ import annotations

from chalicelib.api import watching_schemas as own
from chalicelib.api.base import Answer, Request, Resource

resource = Resource("maintenance")
ONE = "/v1/contracts/{contract}/devices/{device}/maintenance"
ALL = "/v1/contracts/{contract}/maintenance"


@resource.route("PUT", ONE, action="maintenance.begin", body=own.MAINTENANCE_BODY, answer=own.IN_MAINTENANCE)
def begin_maintenance(request: Request) -> Answer:
    """Keeps a device's alerts to the log until a time, at most a week; calls for help only when it says so."""
    from chalicelib.flows import maintenance

    device, role = request.params["device"], request.caller.role
    return Answer(maintenance.begin(request.store, request.now, request.contract, device, role, request.body))


@resource.route("DELETE", ONE, action="maintenance.end", status=204)
def end_maintenance(request: Request) -> Answer:
    """Ends it now; what still holds is told."""
    from chalicelib.flows import maintenance

    maintenance.end(request.store, request.now, request.contract, request.params["device"])
    return Answer(status=204)


@resource.route("PUT", ALL, action="maintenance.begin_all", body=own.MAINTENANCE_BODY, answer=own.ALL_IN_MAINTENANCE)
def begin_maintenance_of_all(request: Request) -> Answer:
    """The same for all devices of the contract."""
    from chalicelib.flows import maintenance

    return Answer(maintenance.begin_all(request.store, request.now, request.contract, request.caller.role, request.body))


@resource.route("DELETE", ALL, action="maintenance.end_all", status=204)
def end_maintenance_of_all(request: Request) -> Answer:
    """Ends it for all devices of the contract."""
    from chalicelib.flows import maintenance

    maintenance.end_all(request.store, request.now, request.contract)
    return Answer(status=204)
