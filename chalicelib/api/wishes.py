"""Wishes: what somebody would like a device to do or to be set to, until the device has answered."""

from __future__ import annotations

from chalicelib.api import schemas
from chalicelib.api import watching_schemas as own
from chalicelib.api.base import Answer, Request, Resource
from chalicelib.api.devices import asked_in

resource = Resource("wishes")
PATH = "/v1/contracts/{contract}/devices/{device}/wishes"

_MAYBE_TIME: schemas.Schema = {"type": ["string", "null"]}
_SETTINGS: schemas.Schema = {
    "type": "object",
    "maxProperties": 16,
    "propertyNames": schemas.NAME,
    "additionalProperties": own.VALUE,
    "description": "Setting → value, as the device's model offers them; all together or none.",
}
WISH_BODY = schemas.obj("settings", settings=_SETTINGS)
WISH = schemas.answer(
    "wish device state settings before by asked_at expires_at",
    wish=own.STRING,
    device=own.STRING,
    state=schemas.one_of("pending", "sent", "done", "refused", "timed_out", "withdrawn"),
    settings={"type": "object"},
    before={"type": "object"},
    by=own.STRING,
    asked_at=schemas.TIME,
    expires_at=schemas.TIME,
    sent_at=_MAYBE_TIME,
    settled_at=_MAYBE_TIME,
    late={"type": "object", "description": "What the device said when it no longer counted."},
    reason=own.STRING,
    instead_of={"type": "array", "items": own.STRING},
)


@resource.route("POST", PATH, action="wishes.ask", body=WISH_BODY, answer=WISH, status=201)
def ask_wish(request: Request) -> Answer:
    """Asks the device for settings. It counts as done only when the device has confirmed it."""
    from chalicelib.flows import wishes

    device = request.params["device"]
    shown = wishes.ask(request.store, request.now, asked_in(request), request.caller, device, request.body)
    return Answer(shown, 201, location=f"/v1/contracts/{request.contract}/devices/{device}/wishes/{shown['wish']}")


@resource.route("GET", PATH, action="wishes.list", **schemas.pages(WISH, by=schemas.one_of("others")))
def list_wishes(request: Request) -> Answer:
    """The device's wishes, the newest first; `by=others`: what others than the customer changed."""
    from chalicelib.flows import wishes

    device = request.params["device"]
    return Answer(wishes.listing(request.store, request.now, request.contract, request.caller, device, **request.query))


@resource.route("GET", PATH + "/{wish}", action="wishes.view", answer=WISH)
def view_wish(request: Request) -> Answer:
    """One wish: pending, sent, done, refused, timed out or withdrawn."""
    from chalicelib.flows import wishes

    device, wish = request.params["device"], request.params["wish"]
    return Answer(wishes.view(request.store, request.now, request.contract, request.caller, device, wish))


@resource.route("DELETE", PATH + "/{wish}", action="wishes.withdraw", answer=WISH)
def withdraw_wish(request: Request) -> Answer:
    """Takes back a wish that the device has not answered."""
    from chalicelib.flows import wishes

    device, wish = request.params["device"], request.params["wish"]
    return Answer(wishes.withdraw(request.store, request.now, request.contract, request.caller, device, wish))
