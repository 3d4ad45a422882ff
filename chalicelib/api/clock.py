"""The movable clock of the local stage. In every other stage these addresses do not exist."""

from __future__ import annotations

from chalicelib.api import schemas
from chalicelib.api.base import Answer, Request, Resource

resource = Resource("clock")


@resource.route("GET", "/v1/local/clock", action="clock.view", answer=schemas.CLOCK, local_only=True)
def view_clock(request: Request) -> Answer:
    """What time it is here."""
    from chalicelib.flows import local_clock

    return Answer(local_clock.view(request.store))


@resource.route(
    "POST",
    "/v1/local/clock",
    action="clock.move",
    body=schemas.obj("at", at=schemas.TIME, frozen=schemas.BOOLEAN),
    answer=schemas.CLOCK,
    local_only=True,
)
def move_clock(request: Request) -> Answer:
    """Moves the clock forward and lets the nights in between happen."""
    from chalicelib.flows import local_clock

    return Answer(local_clock.move(request.store, request.body["at"], frozen=request.body.get("frozen", False)))
