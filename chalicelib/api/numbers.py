"""Telephone numbers of the home: whom to call when something is wrong."""

from __future__ import annotations

from chalicelib.api import watching_schemas as own
from chalicelib.api.base import Answer, Request, Resource
from chalicelib.api.devices import asked_in

resource = Resource("numbers")
PATH = "/v1/contracts/{contract}/numbers"


@resource.route("GET", PATH, action="numbers.list", answer=own.NUMBERS)
def list_numbers(request: Request) -> Answer:
    """Whom the family calls about the home, in the order of adding."""
    from chalicelib.flows import numbers

    return Answer(numbers.listing(request.store, request.contract))


@resource.route("POST", PATH, action="numbers.put", body=own.NUMBER_BODY, answer=own.NUMBER, status=201)
def put_number(request: Request) -> Answer:
    """Adds somebody to call; the same `number` replaces them. Nothing is ever sent there."""
    from chalicelib.flows import numbers

    return Answer(numbers.put(request.store, request.now, asked_in(request), request.body), 201)


@resource.route("DELETE", PATH + "/{number}", action="numbers.remove", status=204)
def remove_number(request: Request) -> Answer:
    """Takes a number away."""
    from chalicelib.flows import numbers

    numbers.remove(request.store, request.contract, request.params["number"])
    return Answer(status=204)
