"""What a customer was told about a contract, in the words of the mails."""

from __future__ import annotations

from typing import Any

from chalicelib.contracts import sheet
from chalicelib.contracts.sheet import Sheet
from chalicelib.flows import outbox, views
from chalicelib.store import contracts
from chalicelib.store.transact import Store

Json = dict[str, Any]


def listed(store: Store, contract_id: str, limit: int = 50, cursor: str = "") -> Json:
    """A page of the contract's notices, oldest first, each with its subject and its text in both languages."""
    page = views.notices(store, contract_id, limit, cursor)
    contract = contracts.load(store, contract_id) if page["items"] else None
    written = sheet.load(contract.service, contract.plan) if contract else None
    return {**page, "items": [_in_words(notice, written) for notice in page["items"]]}


def _in_words(notice: Json, written: Sheet | None) -> Json:
    figures = {"day": notice["on"], "contract": notice["contract"], **notice.get("figures", {})}
    return {**notice, **outbox.words_of(notice["kind"], figures, written)}
