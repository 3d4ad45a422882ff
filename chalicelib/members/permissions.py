"""Who may do what: the one table. A route or a command that is missing here is refused, and fails `tests/members`.

An action is a route's name (`contracts.view`), a command on a contract (`command:ship`), or a command on a whole service
(`service:announce_tax`). Operators may do everything that customers may, on a customer's behalf.
"""

from __future__ import annotations

from collections.abc import Iterable

from chalicelib.errors import Forbidden
from chalicelib.members.roles import Role

_OPERATOR: frozenset[Role] = frozenset({"operator"})
_HOLDER: frozenset[Role] = _OPERATOR | {"contractor", "applicant"}
_BILLS: frozenset[Role] = _HOLDER | {"payer"}
_WATCHED: frozenset[Role] = _HOLDER | {"watched"}
_FAMILY: frozenset[Role] = _WATCHED | {"family"}
_CARERS: frozenset[Role] = _FAMILY | {"care_manager"}
_HISTORY: frozenset[Role] = _CARERS | {"maintainer"}
_SYSTEM: frozenset[Role] = _HISTORY | {"dealer"}
_SETTERS: frozenset[Role] = _FAMILY | {"dealer", "maintainer"}
_ANYBODY: frozenset[Role] = _SYSTEM | {"payer"}


def _table(groups: Iterable[tuple[frozenset[Role], str]]) -> dict[str, frozenset[Role]]:
    table: dict[str, frozenset[Role]] = {}
    for roles, names in groups:
        for name in names.split():
            if name in table:
                raise ValueError(f"{name} stands twice in the table of permissions")
            table[name] = roles
    return table


# Anyone may look at the services, their prices and what must be shown before applying; everything else needs a token.
PUBLIC: frozenset[str] = frozenset(
    {"health.view", "openapi.view", "services.list", "services.view", "services.texts", "services.rule"}
    | {"services.form"}
    | {"answers.view", "answers.give"}  # who was asked whether all is well answers by the link in the question
    | {"push.key", "line.webhook"}  # LINE signs what it tells
    # who is not signed in yet, or comes with the session cookie
    | {"accounts.rules", "accounts.create", "accounts.confirm", "accounts.code", "accounts.forgotten", "accounts.password"}
    | {"session.begin", "session.challenge", "session.refresh", "session.end"}
)

ROUTES: dict[str, frozenset[Role]] = _table(
    (
        (
            _OPERATOR,
            """services.command services.dry_run operator.parked operator.retry operator.night operator.nights clock.move
            set_aside.list set_aside.view set_aside.replay set_aside.replay_many set_aside.remove
            fleet.summary fleet.devices fleet.export fleet.statistics trace.view
            audit.list operator.tasks_file operator.contracts_file operator.arrears_file
            operator.sessions operator.tasks operator.contracts operator.search operator.timeline
            operator.playground operator.arrears operator.bulk
            terms.contract terms.service services.log contracts.handout invitations.allow
            usage_imports.create usage_imports.view contract_imports.create contract_imports.view
            operator.export stock.create stock.list stock.view stock.move devices.certificates
            firmware.publish firmware.list firmware.view
            firmware.pause firmware.resume firmware.stop""",
        ),
        (
            _HOLDER,
            """contracts.apply contracts.list contracts.change contracts.label contracts.calendar contracts.quote quotes.apply
            refunds.list events.list notices.list
            devices.claim devices.name devices.replace devices.return devices.release devices.certify devices.certified
            watches.set watches.remove watches.take_up people.add people.remove people.escalation
            members.remove invitations.accept invitations.look sessions.end
            me.view me.change me.email me.email_confirm me.password me.bound me.delete
            me.export""",
        ),
        (_BILLS, "invoices.list invoices.view invoices.page invoices.export"),
        (_WATCHED, "members.list"),
        (_FAMILY, "contracts.command contracts.choices alerts.snooze alerts.close numbers.put numbers.remove"),
        (
            _CARERS,
            "contracts.view watches.list watches.offered people.list alerts.list alerts.acknowledge told.list clock.view",
        ),
        (_CARERS, "alerts.view numbers.list"),
        (_WATCHED, "alerts.answer"),
        (
            _FAMILY | {"maintainer"},
            "maintenance.begin maintenance.end maintenance.begin_all maintenance.end_all",
        ),
        # For themselves; the holder for anybody of the home (`flows/addresses.py`).
        (
            _CARERS,
            """people.preferences people.browsers people.subscribe people.unsubscribe people.phone people.phone_confirm
            people.phone_drop people.line_code people.line_drop people.test""",
        ),
        # Whether somebody of them may invite is each service's line; they reach their own invitations only.
        (_CARERS | _BILLS, "invitations.create invitations.list invitations.resend invitations.revoke"),
        (_HISTORY, "readings.list"),
        (_HISTORY, "history.view history.export energy.view"),
        (_CARERS, "sleep.view vitals.view"),
        (_WATCHED, "history.erase"),
        (_SYSTEM, "devices.list devices.view devices.firmware wishes.list wishes.view now.view"),
        # Each service's terms say who may set what, and with which app (`flows/wishes.py`).
        (_SETTERS, "wishes.ask wishes.withdraw"),
        (_SYSTEM, "device_models.list device_models.view"),
        (_ANYBODY, "members.leave consents.list consents.withdraw roles.list"),
    )
)

# What shows how somebody lives, or acts on it: each service says when, and with whose consent, its people may
# (`[[members.look]]`).
DATA: frozenset[str] = frozenset(
    _table(
        (
            (
                _SYSTEM,
                """devices.list devices.view readings.list watches.list watches.offered watches.set
                watches.take_up watches.remove
                alerts.list alerts.acknowledge alerts.snooze alerts.close told.list wishes.list wishes.view now.view""",
            ),
            (_SYSTEM, "alerts.view alerts.answer devices.firmware"),
            (_SYSTEM, "maintenance.begin maintenance.end maintenance.begin_all maintenance.end_all"),
            (_SYSTEM, "history.view history.export history.erase energy.view sleep.view vitals.view"),
        )
    )
)

COMMANDS: dict[str, frozenset[Role]] = _table(
    (
        # What the provider, its installer, its carrier or its card company reports.
        (
            _OPERATOR,
            """accept refuse ship deliver arrange_visit install hold_shipping sign complete_processing notify_start charge
            record_usage suspend restore terminate report_outage pay fail_payment demand find_evasion return_device
            reinstall pay_refund disclose customer_died subrogate metering_failure lose_benefit transfer_contract
            finish_task ask_customer answer_guarantee rescind_sale
            hold_billing release_billing refuse_option terminate_option cancel_order""",
        ),
        # What the contract's holder may ask for.
        (
            _HOLDER,
            """register_payment_method change_plan add_option remove_option buy request_cancellation cool_off pause unpause
            report_lost_device report_stranger claim_refund move_site log_in transfer_device consent withdraw_consent""",
        ),
        # What those who live with the service may ask for too; the contractor answers for them (STN-APP-1, STS-ORD-1).
        (_FAMILY, "order_article"),
    )
)

SERVICE_COMMANDS: dict[str, frozenset[Role]] = _table(
    (
        (
            _OPERATOR,
            """set_price_list set_calendar set_issuer announce_price announce_tax announce_terms announce_change
            announce_termination announce_campaign
            interrupt_service resume_service report_outage""",
        ),
    )
)

# Arguments that move money or a legal day and rest on the provider's word: a price, a postmark, a hand-over.
OPERATOR_FIELDS: dict[str, frozenset[str]] = {
    "apply": frozenset({"account", "disclosure_received_on", "documents_outstanding"}),
    "buy": frozenset({"amount", "delivered_on", "made_to_order"}),
    "cool_off": frozenset({"dispatched_on"}),
    "register_payment_method": frozenset({"usable_from"}),
    "transfer_device": frozenset({"to"}),  # another account's contract is changed with it
}


def may(role: Role, action: str) -> bool:
    """Whether the role may do it. Unknown actions: nobody."""
    kind, _, name = action.rpartition(":")
    table = {"": ROUTES, "command": COMMANDS, "service": SERVICE_COMMANDS}.get(kind, {})
    return action in PUBLIC or role in table.get(name, frozenset())


def granted(role: Role) -> frozenset[str]:
    """Everything that the table gives a role, routes and commands."""
    table = {**ROUTES, **{f"command:{name}": roles for name, roles in COMMANDS.items()}}
    return frozenset(name for name, roles in table.items() if role in roles)


def require(role: Role, action: str) -> None:
    """Raises Forbidden when the role may not."""
    if not may(role, action):
        raise Forbidden(action)


def require_fields(role: Role, command: str, given: Iterable[str]) -> None:
    """Raises Forbidden when a customer states something that only an operator may state."""
    if role != "operator" and OPERATOR_FIELDS.get(command, frozenset()) & frozenset(given):
        raise Forbidden(command)
