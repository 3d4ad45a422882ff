"""Contracts: apply, list, view, change, command, quote."""

from __future__ import annotations

from typing import Any

from chalicelib.api import command_schemas, form_schemas, money_schemas, schemas
from chalicelib.api.base import Answer, Request, Resource

resource = Resource("contracts")

HOLDERS = ("operator", "contractor", "applicant")


def _shown(contract: dict[str, Any], status: int = 200) -> Answer:
    location = f"/v1/contracts/{contract['id']}" if status == 201 else ""
    return Answer(contract, status, version=contract["version"], location=location)


@resource.route(
    "POST",
    "/v1/contracts",
    action="contracts.apply",
    body=command_schemas.APPLY,
    commands="apply",
    answer=money_schemas.APPLIED,
    status=201,
)
def apply(request: Request) -> Answer:
    """Applies for a service. A refused application is a contract in state `refused`, with its reasons."""
    from chalicelib.flows import contracts

    return _shown(contracts.apply(request.store, request.now, request.caller, request.body, request.key), 201)


@resource.route(
    "GET",
    "/v1/contracts",
    action="contracts.list",
    **schemas.pages(schemas.CONTRACT, service=schemas.SERVICE_ID, state=schemas.one_of(*schemas.STATES)),
)
def list_contracts(request: Request) -> Answer:
    """The caller's own contracts; for operators those of one service and state."""
    from chalicelib.flows import views

    return Answer(views.contracts(request.store, request.now, request.caller, **request.query))


@resource.route("GET", "/v1/contracts/{contract}", action="contracts.view", answer=schemas.CONTRACT)
def view_contract(request: Request) -> Answer:
    """One contract as it stands. The ETag is its version."""
    from chalicelib.flows import labels, views

    shown = views.contract(request.store, request.now, request.caller, request.contract)
    told = _personal(request)
    return _shown(shown | {"labels": labels.of_contract(shown)} | told | _of_desk(request, told) | _standing(request))


@resource.route(
    "PATCH",
    "/v1/contracts/{contract}",
    action="contracts.change",
    body=command_schemas.CHANGE,
    answer=schemas.CONTRACT,
    if_match=True,
)
def change_contract(request: Request) -> Answer:
    """Changes contact details, payer or payment method; If-Match names the version that was read."""
    from chalicelib.flows import contracts

    changed = contracts.change_details(
        request.store, request.now, request.caller, request.contract, request.body, request.if_match
    )
    return _shown(changed | _personal(request))


def _standing(request: Request) -> dict[str, Any]:
    """What the caller is to this contract, and what they may do there in all their roles: an app offers nothing else."""
    from chalicelib.members import permissions

    role, also = request.caller.role, request.caller.also
    return {"role": role, "may": sorted({action for one in (role, *also) for action in permissions.granted(one)})}


def _of_desk(request: Request, told: dict[str, Any]) -> dict[str, Any]:
    """For operators: who holds it, what waits for a person, and whether a night put it aside."""
    if request.caller.role != "operator":
        return {}
    from chalicelib.flows import contract_lists, tasks

    store, contract = request.store, request.contract
    waiting = tasks.of_contract(store, request.now, contract, command_schemas.needs_of_commands())
    return {"tasks": waiting, **contract_lists.of_desk(store, contract, told)}


@resource.route(
    "GET",
    "/v1/contracts/{contract}/handouts/{handout}",
    action="contracts.handout",
    answer=schemas.HANDOUT,
)
def view_handout(request: Request) -> Answer:
    """What somebody who works for the provider gets to know of the customer: what their work needs, and no more."""
    from chalicelib.flows import profiles

    return Answer(profiles.handout(request.store, request.contract, request.params["handout"]))


def _personal(request: Request) -> dict[str, Any]:
    """What the holder told about themselves and the site, with what of it PATCH takes and in which limits, and how they pay.

    For the holder and operators; those who only watch over see the home's name.
    """
    from chalicelib.flows import homes

    if request.caller.role not in HOLDERS:
        return {"label": homes.name_of(request.store, request.contract)}
    from chalicelib.flows import profiles

    shown = profiles.shown_whole(request.store, request.now, request.contract)
    for field in shown["details"]:
        field |= form_schemas.change_of(command_schemas.CHANGE, field["name"])
    return shown


@resource.route(
    "GET",
    "/v1/contracts/{contract}/calendar",
    action="contracts.calendar",
    query={"until": schemas.DATE},
    answer=money_schemas.CALENDAR,
)
def view_calendar(request: Request) -> Answer:
    """What happened with the contract, and what will happen next and when, if every bill is paid on its due day."""
    from chalicelib.flows import calendar

    return Answer(calendar.shown(request.store, request.now, request.contract, **request.query))


@resource.route(
    "PUT",
    "/v1/contracts/{contract}/label",
    action="contracts.label",
    body=schemas.obj("label", label=schemas.text(40, 0)),
    answer=schemas.answer("contract label", contract=schemas.ID, label={"type": ["string", "null"]}),
)
def name_home(request: Request) -> Answer:
    """What the family calls the home; an empty name takes it away. Mails about alerts and lists of contracts say it."""
    from chalicelib.flows import homes

    return Answer(homes.name(request.store, request.contract, request.body["label"]))


@resource.route("GET", "/v1/contracts/{contract}/choices", action="contracts.choices", answer=form_schemas.CHOICES)
def view_choices(request: Request) -> Answer:
    """What can be asked for on the contract now, what each step asks and does, and why not where it is not possible."""
    from chalicelib.flows import choices

    shown = choices.of_contract(request.store, request.now, request.caller, request.contract)
    for step in shown["items"]:
        for field in step["fields"]:
            own = command_schemas.COMMANDS[step["command"]]
            for one in (field, *field.get("parts", ())):
                one["schema"] = form_schemas.limits_of(own, one["name"])
    return Answer(shown, version=shown["version"])


@resource.route(
    "POST",
    "/v1/contracts/{contract}/commands/{command}",
    action="contracts.command",
    variants=command_schemas.COMMANDS,
    commands="command",
    answer=schemas.CONTRACT,
)
def command_contract(request: Request) -> Answer:
    """Carries out a command on the contract, or says which rule of the terms refuses it."""
    from chalicelib.flows import contracts

    done = contracts.command(
        request.store,
        request.now,
        request.caller,
        request.contract,
        request.params["command"],
        request.body,
        request.key,
        request.if_match,
    )
    return _shown(done)


@resource.route(
    "POST",
    "/v1/contracts/{contract}/quotes",
    action="contracts.quote",
    variants=command_schemas.QUOTES,
    commands="command",
    answer=money_schemas.QUOTE,
)
def quote_command(request: Request) -> Answer:
    """What a command would cost: the bills and refunds that would follow. Changes nothing."""
    from chalicelib.flows import contracts

    command, args, on, until = _asked(request)
    return Answer(
        contracts.quote(request.store, request.now, request.caller, request.contract, command, args, on=on, until=until)
    )


@resource.route(
    "POST",
    "/v1/quotes",
    action="quotes.apply",
    body=command_schemas.QUOTE_APPLICATION,
    commands="apply",
    answer=money_schemas.QUOTE,
)
def quote_application(request: Request) -> Answer:
    """What an application would cost, before it is made. Changes nothing."""
    from chalicelib.flows import contracts

    _, args, on, until = _asked(request)
    return Answer(contracts.quote_application(request.store, request.now, request.caller, args, on=on, until=until))


def _asked(request: Request) -> tuple[str, dict[str, Any], Any, Any]:
    """The command, its arguments, the day of asking, how far to look. A day that is the command's own stays an argument."""
    args = dict(request.body)
    command = args.pop("command", "apply")
    own = command_schemas.COMMANDS.get(command, {}).get("properties", {})
    on = None if "on" in own else args.pop("on", None)
    return command, args, on, args.pop("until", None)
