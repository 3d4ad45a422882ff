"""How each person is reached: what they want, their browsers, telephone and LINE; a try-out; LINE's webhook."""

from __future__ import annotations

from chalicelib.api import schemas
from chalicelib.api import watching_schemas as own
from chalicelib.api.base import Answer, Request, Resource
from chalicelib.api.devices import asked_in

resource = Resource("reaching")
PERSON = "/v1/contracts/{contract}/people/{person}"
BROWSERS = PERSON + "/push-subscriptions"


@resource.route("PUT", PERSON + "/preferences", action="people.preferences", body=own.PREFERENCES_BODY, answer=own.PERSON)
def set_preferences(request: Request) -> Answer:
    """Digest and daily number: left out, not wished any more. Name, language, channels, quiet hours: left out, they stay."""
    from chalicelib.flows import addresses

    return Answer(addresses.prefer(request.store, request.contract, request.caller, request.params["person"], request.body))


@resource.route("GET", "/v1/push-key", action="push.key", answer=own.PUSH_KEY)
def view_push_key(request: Request) -> Answer:
    """What a browser needs to subscribe to our messages (`applicationServerKey`)."""
    from chalicelib.errors import NotFound
    from chalicelib.gateways import push
    from chalicelib.gateways.delivery import NotDelivered

    try:
        return Answer({"public_key": push.public_key()})
    except NotDelivered as error:
        raise NotFound("push key") from error


@resource.route("GET", BROWSERS, action="people.browsers", answer=schemas.page(own.SUBSCRIPTION))
def list_subscriptions(request: Request) -> Answer:
    """The browsers in which this person is told."""
    from chalicelib.flows import addresses

    return Answer(addresses.browsers(request.store, request.contract, request.caller, request.params["person"]))


@resource.route("POST", BROWSERS, action="people.subscribe", body=own.SUBSCRIPTION_BODY, answer=own.SUBSCRIPTION, status=201)
def subscribe(request: Request) -> Answer:
    """Tells this person in this browser too: the browser's own push subscription, as it gives it."""
    from chalicelib.flows import addresses

    person = request.params["person"]
    made = addresses.subscribe(request.store, request.now, asked_in(request), request.caller, person, request.body)
    return Answer(made, 201, location=f"/v1/contracts/{request.contract}/people/{person}/push-subscriptions")


@resource.route("DELETE", BROWSERS + "/{subscription}", action="people.unsubscribe", status=204)
def unsubscribe(request: Request) -> Answer:
    """Does not tell this person in that browser any more."""
    from chalicelib.flows import addresses

    person, subscription = request.params["person"], request.params["subscription"]
    addresses.unsubscribe(request.store, request.contract, request.caller, person, subscription)
    return Answer(status=204)


@resource.route("POST", PERSON + "/phone", action="people.phone", body=own.PHONE_BODY, answer=own.PHONE_ASKED, status=202)
def ask_phone(request: Request) -> Answer:
    """Sends a code to a telephone. It is used once the code was confirmed."""
    from chalicelib.flows import addresses

    person = request.params["person"]
    return Answer(addresses.ask_phone(request.store, request.now, asked_in(request), request.caller, person, request.body), 202)


@resource.route(
    "POST", PERSON + "/phone/confirm", action="people.phone_confirm", body=own.PHONE_CONFIRM_BODY, answer=own.PERSON
)
def confirm_phone(request: Request) -> Answer:
    """Confirms a telephone with the code that came there."""
    from chalicelib.flows import addresses

    person = request.params["person"]
    return Answer(addresses.confirm_phone(request.store, request.now, asked_in(request), request.caller, person, request.body))


@resource.route("DELETE", PERSON + "/phone", action="people.phone_drop", status=204)
def drop_phone(request: Request) -> Answer:
    """Sends no text messages to this person any more."""
    from chalicelib.flows import addresses

    addresses.drop(request.store, request.contract, request.caller, request.params["person"], "phone")
    return Answer(status=204)


@resource.route("POST", PERSON + "/line-code", action="people.line_code", answer=own.LINE_CODE, status=201)
def make_line_code(request: Request) -> Answer:
    """A code that this person sends to our account in LINE, to be told there."""
    from chalicelib.flows import line_links

    person = request.params["person"]
    return Answer(line_links.code(request.store, request.now, asked_in(request), request.caller, person), 201)


@resource.route("DELETE", PERSON + "/line", action="people.line_drop", status=204)
def drop_line(request: Request) -> Answer:
    """Tells this person nothing in LINE any more."""
    from chalicelib.flows import addresses

    addresses.drop(request.store, request.contract, request.caller, request.params["person"], "line")
    return Answer(status=204)


@resource.route("POST", PERSON + "/test", action="people.test", answer=own.TRIED)
def try_out(request: Request) -> Answer:
    """Sends a test message by all of this person's channels, and says what became of it."""
    from chalicelib.flows import trying

    return Answer(trying.send(request.store, request.now, asked_in(request), request.caller, request.params["person"]))


@resource.route("POST", "/v1/line/webhook", action="line.webhook", signed="x-line-signature")
def hear_line(request: Request) -> Answer:
    """What LINE reports: somebody added our account, left it, or sent a code. Only LINE can sign it."""
    from chalicelib.flows import line_links

    line_links.hear(request.store, request.now, request.raw, request.signature)
    return Answer({})
