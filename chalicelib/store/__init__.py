"""DynamoDB: tables and keys, rows and values, one conditional transaction per change. No decisions, no clock, never a scan."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.settings import Settings
    from chalicelib.store.transact import Store


def open_store(settings: Settings | None = None) -> Store:
    """The store of this process, on its one kept connection. Imported late: botocore is most of a cold start."""
    from chalicelib.store import transact

    return transact.connect(settings)
