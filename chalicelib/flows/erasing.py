"""What is erased when an account goes: its profile, its people, its consents, its devices with their history, its alerts.

The contract's own row and its journal stay: states and days, nothing personal. Erasing twice finds nothing left.
"""

from __future__ import annotations

from datetime import datetime

from chalicelib.store import alerts, consents, devices, members, outbox, people
from chalicelib.store import contracts as rows
from chalicelib.store.outbox import Entry
from chalicelib.store.transact import Store, delete


class StillToBeTold(Exception):
    """The last letter has not left yet, and needs the address: the entry comes again."""


def send(store: Store, entry: Entry) -> None:
    """Erases everything that is stored of the account beside its contract. Raises StillToBeTold before the last letter."""
    contract = entry.body["contract"]
    last = outbox.key_of(f"{contract}#{entry.body['version']}", datetime.fromisoformat(entry.body["at"]))
    if outbox.waiting(store, last) is not None:
        raise StillToBeTold
    household = people.load(store, contract)
    for device in household.devices:
        held = devices.load(store, device)
        if held is not None and held.device.contract == contract:
            devices.erase(store, device)
    members.erase(store, entry.body["account"], contract)
    consents.erase(store, contract)
    alerts.erase(store, contract)
    store.write(delete(store.contracts, people.key(contract)))
    store.write(delete(store.contracts, rows.profile_key(contract)))
