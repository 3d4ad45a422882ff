"""One's own account."""

from __future__ import annotations

from chalicelib.api import account_schemas as own
from chalicelib.api.base import Answer, Request, Resource

resource = Resource("me")


@resource.route("GET", "/v1/me", action="me.view", answer=own.ME)
def view_me(request: Request) -> Answer:
    """Who is signed in, in which language they read, and how many contracts they hold."""
    from chalicelib.flows import profile

    return Answer(profile.shown(request.store, request.caller, request.language))
