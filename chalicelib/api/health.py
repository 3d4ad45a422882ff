"""Is anybody there? The smallest example of the pattern in `base.py`."""

from __future__ import annotations

from chalicelib.api import schemas
from chalicelib.api.base import Answer, Request, Resource

resource = Resource("health")


@resource.route("GET", "/v1/health", action="health.view", answer=schemas.HEALTH)
def view_health(request: Request) -> Answer:
    """Says that the API answers."""
    return Answer({"status": "ok"})
