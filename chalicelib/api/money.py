"""What a contract was billed, paid back and told: invoices, refunds, the audit log, notices."""

from __future__ import annotations

from chalicelib.api import money_schemas, schemas
from chalicelib.api.base import Answer, Request, Resource

resource = Resource("money")


@resource.route("GET", "/v1/contracts/{contract}/invoices", action="invoices.list", **schemas.pages(money_schemas.BILL))
def list_invoices(request: Request) -> Answer:
    """The contract's invoices, oldest first."""
    from chalicelib.flows import bills

    return Answer(bills.listed(request.store, request.contract, **request.query))


@resource.route("GET", "/v1/contracts/{contract}/invoices/{invoice}", action="invoices.view", answer=money_schemas.EXPLAINED)
def view_invoice(request: Request) -> Answer:
    """One invoice explained: every line in words, with its formula and the rules it rests on, and the tax by rate."""
    from chalicelib.flows import bills

    return Answer(bills.explained(request.store, request.contract, request.params["invoice"]))


@resource.route(
    "GET",
    "/v1/contracts/{contract}/invoices/{invoice}/page",
    action="invoices.page",
    query={"lang": schemas.one_of("ja", "en")},
    answer={"type": "string"},
    media="text/html",
)
def view_invoice_page(request: Request) -> Answer:
    """The explained invoice as a page to read and to print on A4."""
    from chalicelib.api import bill_page
    from chalicelib.flows import bills

    language = request.query.get("lang", request.language)
    bill = bills.explained(request.store, request.contract, request.params["invoice"])
    return Answer(bill_page.page(bill, bills.texts(), language), language=language, policy=bill_page.POLICY)


@resource.route("GET", "/v1/contracts/{contract}/refunds", action="refunds.list", **schemas.pages(money_schemas.REFUND_LISTED))
def list_refunds(request: Request) -> Answer:
    """Money that goes back to the customer."""
    from chalicelib.flows import bills

    return Answer(bills.refunds_listed(request.store, request.contract, **request.query))


@resource.route("GET", "/v1/contracts/{contract}/events", action="events.list", **schemas.pages(schemas.LOGGED))
def list_events(request: Request) -> Answer:
    """The audit log: what happened, when, by whose role, under which rules, in words."""
    from chalicelib.flows import calendar

    return Answer(calendar.log(request.store, request.contract, **request.query))


@resource.route("GET", "/v1/contracts/{contract}/notices", action="notices.list", **schemas.pages(schemas.NOTICE))
def list_notices(request: Request) -> Answer:
    """What the customer was told about the contract, in the words of the mails, oldest first."""
    from chalicelib.flows import notices

    return Answer(notices.listed(request.store, request.contract, **request.query))
