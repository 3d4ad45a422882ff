"""What a contract was billed, paid back and told: invoices, refunds, the audit log, notices."""

from __future__ import annotations

from chalicelib.api import schemas
from chalicelib.api.base import Answer, Request, Resource

resource = Resource("money")


@resource.route(
    "GET",
    "/v1/contracts/{contract}/invoices",
    action="invoices.list",
    query=schemas.PAGE_QUERY,
    answer=schemas.page(schemas.INVOICE),
)
def list_invoices(request: Request) -> Answer:
    """The contract's invoices, oldest first."""
    from chalicelib.flows import views

    return Answer(views.invoices(request.store, request.contract, **request.query))


@resource.route("GET", "/v1/contracts/{contract}/invoices/{invoice}", action="invoices.view", answer=schemas.INVOICE)
def view_invoice(request: Request) -> Answer:
    """One invoice with its lines."""
    from chalicelib.flows import views

    return Answer(views.invoice(request.store, request.contract, request.params["invoice"]))


@resource.route(
    "GET",
    "/v1/contracts/{contract}/refunds",
    action="refunds.list",
    query=schemas.PAGE_QUERY,
    answer=schemas.page(schemas.REFUND),
)
def list_refunds(request: Request) -> Answer:
    """Money that goes back to the customer."""
    from chalicelib.flows import views

    return Answer(views.refunds(request.store, request.contract, **request.query))


@resource.route(
    "GET",
    "/v1/contracts/{contract}/events",
    action="events.list",
    query=schemas.PAGE_QUERY,
    answer=schemas.page(schemas.EVENT),
)
def list_events(request: Request) -> Answer:
    """The audit log: what happened, when, by whose role, under which rules."""
    from chalicelib.flows import views

    return Answer(views.events(request.store, request.contract, **request.query))


@resource.route(
    "GET",
    "/v1/contracts/{contract}/notices",
    action="notices.list",
    query=schemas.PAGE_QUERY,
    answer=schemas.page(schemas.NOTICE),
)
def list_notices(request: Request) -> Answer:
    """What the customer was told about the contract."""
    from chalicelib.flows import views

    return Answer(views.notices(request.store, request.contract, **request.query))
