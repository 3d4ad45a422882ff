"""Applications that agree to what they have to: for tests that are about something else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from chalicelib.contracts import application, terms


def agreed(body: Mapping[str, Any], day: date = date(2026, 3, 2)) -> dict[str, Any]:
    """The same application with every consent that it needs, unless it says some itself. Minors say theirs."""
    own = terms.load(str(body["service"])).part(str(body.get("plan", "")))
    said = {name: value for name, value in body.items() if name != "applicant"}
    said["applicant"] = {name: value for name, value in body.get("applicant", {}).items() if name != "birth_date"}
    return {"consents": list(application.needed_consents(own, said, day)), **body}
