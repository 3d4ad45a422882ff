"""Services: what there is, at which prices today, and what operators announce about a whole service."""

from __future__ import annotations

from chalicelib.api import command_schemas, form_schemas, money_schemas, schemas
from chalicelib.api.base import Answer, Request, Resource

resource = Resource("services")

PLACES = ("before_applying", "before_ordering", "before_cancelling", "on_bill", "in_notice", "with_values", "in_app")


@resource.route("GET", "/v1/services", action="services.list", answer=schemas.page(schemas.SERVICE))
def list_services(request: Request) -> Answer:
    """The services that can be applied for."""
    from chalicelib.flows import services

    return Answer(services.listed(request.store, request.now))


@resource.route("GET", "/v1/services/{service}", action="services.view", answer=schemas.SERVICE)
def view_service(request: Request) -> Answer:
    """One service: plans, options, ways to pay, and what is announced."""
    from chalicelib.flows import services

    return Answer(services.view(request.store, request.now, request.params["service"]))


@resource.route("GET", "/v1/services/{service}/form", action="services.form", answer=form_schemas.FORM)
def view_form(request: Request) -> Answer:
    """Everything that has to be asked and shown to apply for a service today, plan by plan, in Japanese and English."""
    from chalicelib.flows import forms

    shown = forms.shown(request.store, request.now, request.params["service"])
    for plan in shown["plans"]:
        for field in plan["fields"]:
            field["schema"] = form_schemas.limits_of(command_schemas.APPLY, field["name"])
    return Answer(shown)


@resource.route(
    "GET",
    "/v1/services/{service}/texts",
    action="services.texts",
    query={"where": schemas.one_of(*PLACES)},
    answer=schemas.page(schemas.RULE),
)
def list_texts(request: Request) -> Answer:
    """What customers must be shown about a service, in Japanese and English, and where."""
    from chalicelib.flows import texts

    return Answer(texts.listed(request.store, request.now, request.params["service"], **request.query))


@resource.route("GET", "/v1/services/{service}/rules/{rule}", action="services.rule", answer=schemas.RULE)
def view_rule(request: Request) -> Answer:
    """One rule of a service's terms in our own words; bills and refusals name rules by their ids."""
    from chalicelib.flows import texts

    return Answer(texts.one(request.store, request.now, request.params["service"], request.params["rule"]))


@resource.route(
    "POST",
    "/v1/services/{service}/commands/{command}",
    action="services.command",
    variants=command_schemas.SERVICE_COMMANDS,
    commands="service",
    answer=schemas.SERVICE,
)
def command_service(request: Request) -> Answer:
    """Says something about a whole service: a price list, closed days, an announcement, an interruption."""
    from chalicelib.flows import services

    return Answer(
        services.command(
            request.store,
            request.now,
            request.caller,
            request.params["service"],
            request.params["command"],
            request.body,
            request.key,
        )
    )


@resource.route(
    "POST",
    "/v1/services/{service}/commands/{command}/dry-run",
    action="services.dry_run",
    variants=command_schemas.ANNOUNCEMENTS,
    commands="service",
    query=schemas.PAGE_QUERY,
    answer=money_schemas.DRY_RUN,
)
def dry_run_command(request: Request) -> Answer:
    """What an announcement would mean for every living contract, page by page; the last page has the sums. Changes nothing."""
    from chalicelib.flows import dry_runs

    return Answer(
        dry_runs.dry_run(
            request.store,
            request.now,
            request.caller,
            request.params["service"],
            request.params["command"],
            request.body,
            **request.query,
        )
    )


@resource.route("GET", "/v1/operator/services/{service}/log", action="services.log", **schemas.pages(schemas.EVENT))
def list_said(request: Request) -> Answer:
    """What operators said about a service, oldest first: price lists, announcements, interruptions."""
    from chalicelib.flows import services

    return Answer(services.log(request.store, request.params["service"], **request.query))
