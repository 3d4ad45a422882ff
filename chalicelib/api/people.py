"""People to tell, and in which steps."""

from __future__ import annotations

from chalicelib.api import watching_schemas as own
from chalicelib.api.base import Answer, Request, Resource
from chalicelib.api.devices import asked_in

resource = Resource("people")
PATH = "/v1/contracts/{contract}/people"


@resource.route("GET", PATH, action="people.list", answer=own.PEOPLE)
def list_people(request: Request) -> Answer:
    """Who is told of alerts, in the order of adding, and in which steps."""
    from chalicelib.flows import people

    return Answer(people.listing(request.store, request.contract, request.caller.email))


@resource.route("POST", PATH, action="people.add", body=own.PERSON_BODY, answer=own.PERSON, status=201)
def add_person(request: Request) -> Answer:
    """Adds somebody to tell; the same name replaces them. Family with an e-mail address may follow the contract."""
    from chalicelib.flows import people

    return Answer(people.add(request.store, request.now, asked_in(request), request.body), 201)


@resource.route("DELETE", PATH + "/{person}", action="people.remove", status=204)
def remove_person(request: Request) -> Answer:
    """Takes somebody away, out of the steps too."""
    from chalicelib.flows import people

    people.remove(request.store, request.now, request.contract, request.params["person"])
    return Answer(status=204)


@resource.route("PUT", "/v1/contracts/{contract}/escalation", action="people.escalation", body=own.STEPS_BODY, answer=own.STEPS)
def set_escalation(request: Request) -> Answer:
    """Who is told when, while nobody has acknowledged. Alerts that are open keep the steps they began with."""
    from chalicelib.flows import people

    return Answer(people.set_escalation(request.store, request.contract, request.body["steps"]))
