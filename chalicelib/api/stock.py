"""The stock of devices: files of them in, what is where, and what becomes of what came back. For operators."""

from __future__ import annotations

from chalicelib.api import bulk, schemas
from chalicelib.api import watching_schemas as own
from chalicelib.api.base import Answer, Request, Resource

resource = Resource("stock")
schemas.ANSWERS |= {"stock_import": own.STOCK_IMPORT, "stock_item": own.STOCK_ITEM}


@resource.route(
    "POST",
    "/v1/operator/stock",
    action="stock.create",
    body=own.STOCK_FILE,
    answer=own.STOCK_IMPORT,
    status=201,
    bytes_max=schemas.CSV_BYTES_MAX,
)
def take_in(request: Request) -> Answer:
    """Takes devices in, one a line; answers the codes that were made for them, this once. With `trial` stores nothing."""
    from chalicelib.flows import stock

    trial = request.body.get("trial", False)
    told = stock.take_in(request.store, request.now, request.caller.subject, request.body["csv"], request.key, trial=trial)
    return bulk.worded(told, 201)


@resource.route("GET", "/v1/operator/stock", action="stock.list", query=own.STOCK_QUERY, answer=schemas.page(own.STOCK_ITEM))
def list_stock(request: Request) -> Answer:
    """Devices of one state (`in_stock` when left out), by model and by how the serial number begins."""
    from chalicelib.flows import stock

    return Answer(stock.listing(request.store, **request.query))


@resource.route("GET", "/v1/operator/stock/{serial}", action="stock.view", answer=own.STOCK_ITEM)
def view_stock(request: Request) -> Answer:
    """One device of the stock, wherever it is."""
    from chalicelib.flows import stock

    return Answer(stock.view(request.store, request.params["serial"]))


@resource.route("PUT", "/v1/operator/stock/{serial}", action="stock.move", body=own.STOCK_MOVE, answer=own.STOCK_ITEM)
def move_stock(request: Request) -> Answer:
    """Moves a device that is nobody's: shipped, back in stock, retired; or gives it a new code."""
    from chalicelib.flows import stock

    return Answer(stock.move(request.store, request.now, request.params["serial"], request.body))
