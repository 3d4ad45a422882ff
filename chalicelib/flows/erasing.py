"""What is erased when an account goes: its profile, its people, its consents, its devices with their history, its alerts.

The contract's own row and its journal stay: states and days, nothing personal. Erasing twice finds nothing left.
"""

from __future__ import annotations

from datetime import datetime

from chalicelib.flows import leaving
from chalicelib.flows.attempts import settled
from chalicelib.iot.reading import Millis, to_millis
from chalicelib.store import alerts, consents, devices, finding, line_links, members, outbox, people, wishes
from chalicelib.store import contracts as rows
from chalicelib.store.outbox import Entry
from chalicelib.store.transact import Store, delete

# Journal entries that are the history of use: they go with the account (ORM-HIS-1). What was decided about it stays.
USE = frozenset({"account_used", "consent_repeated", "consent_given", "consent_withdrawn", "details_changed", "history_erased"})
USE |= {"invited", "invitation_revoked", "relation_allowed", "settings_changed"}
USE |= {"member_joined", "member_left", "member_removed", "member_moved"}


class StillToBeTold(Exception):
    """The last letter has not left yet, and needs the address: the entry comes again."""


def send(store: Store, entry: Entry) -> None:
    """Erases everything that is stored of the account beside its contract. Raises StillToBeTold before the last letter."""
    contract = entry.body["contract"]
    last = outbox.key_of(f"{contract}#{entry.body['version']}", datetime.fromisoformat(entry.body["at"]))
    if outbox.waiting(store, last) is not None:
        raise StillToBeTold
    everything(store, contract, entry.body["account"], datetime.fromisoformat(entry.body["at"]))


def everything(store: Store, contract: str, account: str, at: datetime, bills: tuple[str, datetime] | None = None) -> None:
    """Erases what is stored beside a contract that is over. Doing it twice finds nothing left.

    `bills`: the name that its bills bear, and until when it is kept with them.
    """
    leaving.all_of(store, contract, to_millis(at))
    told = people.load(store, contract)
    for write in line_links.dropped(store, contract, told, told.reach):
        store.write(write)
    for device in told.devices:
        wishes.erase_of(store, device, contract)
        devices.erase_of(store, device, contract)
    members.erase(store, account, contract)
    consents.erase(store, contract)
    alerts.erase(store, contract)
    rows.erase_use(store, contract, USE)
    store.write(delete(store.contracts, people.key(contract)))
    finding.erase(store, contract, rows.load_profile(store, contract))
    if bills is None:
        store.write(delete(store.contracts, rows.profile_key(contract)))
    else:
        store.write(rows.name_kept(store, contract, *bills))


def release(store: Store, entry: Entry) -> None:
    """A gateway was unlinked: nothing that its devices say from then on is stored for the old account (ORM-DAT-6)."""
    contract, at = entry.body["contract"], to_millis(datetime.fromisoformat(entry.body["at"]))
    for device in people.load(store, contract).devices:
        settled(_release_one, store, device, contract, at)


def _release_one(store: Store, device: str, contract: str, at: Millis) -> None:
    held = devices.load(store, device)
    if held is not None and held.device.contract == contract and held.released is None:
        store.write(devices.released(store, held, at))
