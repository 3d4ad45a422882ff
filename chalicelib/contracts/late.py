"""Since when a contract has something overdue: enough for an index, and quick, since every night asks it of every contract."""

from __future__ import annotations

from datetime import date

from chalicelib.contracts.contract import Contract, Entry
from chalicelib.dates import ONE_DAY


def late(contract: Contract) -> list[Entry]:
    """Bills that a night found overdue and that are not paid yet, the oldest due day first."""
    found = [entry for entry in contract.ledger if entry.status == "overdue" and entry.unpaid > 0]
    return sorted(found, key=lambda entry: (entry.due_on, entry.key)) if found else found


def late_since(contract: Contract) -> date | None:
    """The first day on which something was overdue that still is."""
    found = late(contract)
    return found[0].due_on + ONE_DAY if found else None
