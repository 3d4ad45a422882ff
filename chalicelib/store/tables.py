"""The five tables, declared once: names, keys, indexes, expiry, stream. `infra/` is held against these by a test.

| table     | partition / sort | rows                                                                                   |
| --------- | ---------------- | -------------------------------------------------------------------------------------- |
| contracts | contract / item  | `contract` (snapshot), `profile`, `invoice#…`, `refund#…`, `event#…`, `key#…`          |
|           |                  | beside contracts: `service#<name>`, `parked`, `night#<day>`, `audit#<day>`, locally `clock` |
| devices   | device / item    | `device`, `reading#…`, `day#…`                                                         |
| alerts    | contract / item  | alerts by opening time, what was told                                                  |
| accounts  | account / item   | `profile`, `sessions`, `address_change`, `member#…`, `invitation#…`, `allowed#…`;      |
|           |                  | beside accounts: links of LINE users, and `letters#<hash>`: mails of a day             |
| outbox    | shard / id       | what waits to leave; a row that left is deleted, so a shard holds only what waits      |

All indexes are sparse and hold keys only: a write that leaves an index's attributes alone costs nothing there.
The models declare; rows travel in wire form through the same PynamoDB connection (`transact.py`), since attribute
objects cost the sweep a fifth of its CPU.
"""

from __future__ import annotations

from pynamodb.attributes import NumberAttribute, TTLAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model

from chalicelib.settings import Settings


class ByAccount(GlobalSecondaryIndex):
    """A contractor's contracts, oldest application first."""

    class Meta:
        index_name = "by_account"
        projection = KeysOnlyProjection()
        billing_mode = "PAY_PER_REQUEST"

    account = UnicodeAttribute(hash_key=True)
    applied_at = UnicodeAttribute(range_key=True)


class ByServiceState(GlobalSecondaryIndex):
    """All contracts of one service in one state: `sottonet#active`."""

    class Meta:
        index_name = "by_service_state"
        projection = KeysOnlyProjection()
        billing_mode = "PAY_PER_REQUEST"

    service_state = UnicodeAttribute(hash_key=True)
    contract = UnicodeAttribute(range_key=True)


class ContractsDue(GlobalSecondaryIndex):
    """Only contracts with something to do: `due#07`, sorted by the UTC instant of the next sweep that concerns them."""

    class Meta:
        index_name = "due"
        projection = KeysOnlyProjection()
        billing_mode = "PAY_PER_REQUEST"

    due_shard = UnicodeAttribute(hash_key=True)
    due_at = UnicodeAttribute(range_key=True)


class InArrears(GlobalSecondaryIndex):
    """Only contracts with something overdue: those of a service, by the first day on which it was."""

    class Meta:
        index_name = "in_arrears"
        projection = KeysOnlyProjection()
        billing_mode = "PAY_PER_REQUEST"

    arrears = UnicodeAttribute(hash_key=True)
    late_since = UnicodeAttribute(range_key=True)


class Contracts(Model):
    """One contract's whole life in one partition."""

    class Meta:
        table_name = "contracts"
        billing_mode = "PAY_PER_REQUEST"

    contract = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True)
    version = NumberAttribute(null=True)
    expires_at = TTLAttribute(null=True)
    by_account = ByAccount()
    by_service_state = ByServiceState()
    due = ContractsDue()
    in_arrears = InArrears()


class ByContract(GlobalSecondaryIndex):
    """The devices of a contract. Only the `device` row carries `contract`."""

    class Meta:
        index_name = "by_contract"
        projection = KeysOnlyProjection()
        billing_mode = "PAY_PER_REQUEST"

    contract = UnicodeAttribute(hash_key=True)
    device = UnicodeAttribute(range_key=True)


class SilentDue(GlobalSecondaryIndex):
    """Only devices for which something can happen without a reading: `due#07`, sorted by the next such instant."""

    class Meta:
        index_name = "silent_due"
        projection = KeysOnlyProjection()
        billing_mode = "PAY_PER_REQUEST"

    due_shard = UnicodeAttribute(hash_key=True)
    due_at = UnicodeAttribute(range_key=True)


class Fleet(GlobalSecondaryIndex):
    """What operators look through: devices by state (`online#2`), messages set aside by day (`aside#2026-11-22`).

    `place` is what they are sorted and counted by; it changes when that does, not with every message.
    """

    class Meta:
        index_name = "fleet"
        projection = KeysOnlyProjection()
        billing_mode = "PAY_PER_REQUEST"

    fleet = UnicodeAttribute(hash_key=True)
    place = UnicodeAttribute(range_key=True)


class Devices(Model):
    """A device, its last values and its history (which expires)."""

    class Meta:
        table_name = "devices"
        billing_mode = "PAY_PER_REQUEST"

    device = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True)
    version = NumberAttribute(null=True)
    expires_at = TTLAttribute(null=True)
    by_contract = ByContract()
    silent_due = SilentDue()
    by_state = Fleet()


class OpenAlerts(GlobalSecondaryIndex):
    """Alerts that are open: `open` is the contract's id while the alert is, and absent afterwards."""

    class Meta:
        index_name = "open"
        projection = KeysOnlyProjection()
        billing_mode = "PAY_PER_REQUEST"

    open = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True)


class Alerts(Model):
    """What was noticed about a home, and who was told."""

    class Meta:
        table_name = "alerts"
        billing_mode = "PAY_PER_REQUEST"

    contract = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True)
    expires_at = TTLAttribute(null=True)
    open_alerts = OpenAlerts()


class ByEmailHash(GlobalSecondaryIndex):
    """What an e-mail address was invited to, without the address."""

    class Meta:
        index_name = "by_email_hash"
        projection = KeysOnlyProjection()
        billing_mode = "PAY_PER_REQUEST"

    email_hash = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True)


class Accounts(Model):
    """People: an account's profile and whom it lets see its contracts."""

    class Meta:
        table_name = "accounts"
        billing_mode = "PAY_PER_REQUEST"

    account = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True)
    expires_at = TTLAttribute(null=True)
    by_email_hash = ByEmailHash()


class Outbox(Model):
    """What waits to leave. Its stream wakes the worker; a row is deleted when it has left."""

    class Meta:
        table_name = "outbox"
        billing_mode = "PAY_PER_REQUEST"
        stream_view_type = "NEW_IMAGE"

    shard = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)


MODELS: tuple[type[Model], ...] = (Contracts, Devices, Alerts, Accounts, Outbox)
NAMES: tuple[str, ...] = tuple(str(model.Meta.table_name) for model in MODELS)


def create_all(settings: Settings) -> None:
    """Makes the tables that are missing. For tests: deployments make them from `infra/`."""
    for name, model in zip(NAMES, MODELS, strict=True):
        model.Meta.table_name = f"{settings.table_prefix}{name}"
        model.Meta.region = settings.region
        model._connection = None  # PynamoDB keeps one per model, with the table's old name in it
        model.create_table(wait=False)
