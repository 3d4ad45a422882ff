"""The values that everything else passes around: a contract, what it owes, its bills, and what a decision changed.

All of them are immutable. A contract changes only by `contract.but(...)`, inside a pure function that was given a
command or a day. Days are Japan days, money is whole yen, instants are aware UTC datetimes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from datetime import date, datetime
from typing import Any, Literal

State = Literal["applied", "refused", "accepted", "active", "suspended", "paused", "cancelling", "ended"]
Tax = Literal["included", "excluded", "none"]
InvoiceKind = Literal["initial", "regular", "separate", "final"]
InvoiceStatus = Literal["open", "paid", "overdue", "void"]
RefundStatus = Literal["claim_sent", "claimed", "paid"]


@dataclass(frozen=True, slots=True)
class Command:
    """Something that somebody asks for at one instant. `args` are already parsed: dates are `date`, times `datetime`."""

    name: str
    at: datetime
    args: Mapping[str, Any] = field(default_factory=dict)
    by: str = "system"  # role of the one who asked, for the audit log: contractor, operator, system


@dataclass(frozen=True, slots=True)
class Order:
    """What a decision on one contract asks of another: carried out with it in one transaction, or neither is."""

    contract: str
    command: Command


@dataclass(frozen=True, slots=True)
class Device:
    """Ordered equipment of one sku."""

    sku: str
    quantity: int = 1
    unit_price: int = 0
    delivered_on: date | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """One option line of a contract. `plans` are the (first day, option id) changes of it, oldest first.

    Its state follows from the days: pending until `starts_on`, then active, ended after `ends_on`.
    """

    option: str
    added_on: date
    quantity: int = 1
    with_application: bool = False
    starts_on: date | None = None
    ends_on: date | None = None
    plans: tuple[tuple[date, str], ...] = ()
    dropped: bool = False
    fitted_on: date | None = None  # fitted or delivered, perhaps still waiting for the main service
    begun: bool = False  # its start day has been passed
    paused: bool = False
    peak: int = 0  # pieces: the most that were held at one moment of `peak_month` (its first day)
    peak_month: date | None = None

    def plan_on(self, day: date) -> str:
        """The plan in force on a day; after the end the last one that was, whatever had been asked for (STW-PLN-1)."""
        plan = self.option
        day = day if self.ends_on is None else min(day, self.ends_on)
        for first, name in self.plans:
            if first <= day:
                plan = name
        return plan

    def runs_on(self, day: date) -> bool:
        return self.starts_on is not None and self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)

    def is_pending(self) -> bool:
        return self.starts_on is None and not self.dropped

    def state_on(self, day: date) -> str:
        if self.dropped or (self.ends_on is not None and day > self.ends_on):
            return "ended"
        if self.starts_on is None or day < self.starts_on:
            return "accepted"
        return "cancelling" if self.ends_on is not None else "active"


@dataclass(frozen=True, slots=True)
class Charge:
    """A one-off amount, owed and not yet invoiced. `day` is when it arose, `ready_on` from when it may be billed."""

    item: str
    day: date
    amount: int
    tax: Tax
    quantity: int | None = None
    first: date | None = None
    last: date | None = None
    ready_on: date | None = None
    with_end: bool = False  # belongs on the invoice that closes the contract, whenever that is
    cites: tuple[str, ...] = ()
    ref: str = ""  # ties lines to what caused them, e.g. one purchase
    tax_on: date | None = None  # the day whose tax rate holds, where it is neither `first` nor `day`
    row: str = ""  # the row of invoices it belongs to, where a contract has more than one
    figures: str = ""  # see Line
    with_fee: bool = False  # waits for an invoice with a recurring fee, or for the end
    price: str = ""  # the figure it costs on `day`, read again when it is billed: a new tax rate may reach back to it
    untaxed: int = 0  # the part of `amount` that carries no tax though the line does


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an invoice. `amount` contains tax only when `tax` is `included`.

    `figures` is how the amount was reckoned, for the customer, where it is more than a price or price × quantity:
    `1980*12/31`, `1146*14.6%*24/365` (billing/formula.py). Of a credit it gives the sum without its sign.
    """

    item: str
    amount: int
    tax: Tax
    quantity: int | None = None
    first: date | None = None
    last: date | None = None
    cites: tuple[str, ...] = ()
    ref: str = ""
    percent: str = ""  # its own tax rate, where that is not the invoice's
    figures: str = ""
    untaxed: int = 0


@dataclass(frozen=True, slots=True)
class Invoice:
    """A bill. `key` comes from month and kind, so a repeat meets itself. `month` is the closed month's first day."""

    key: str
    contract: str
    kind: InvoiceKind
    month: date
    issued_on: date
    due_on: date
    total: int
    tax: int
    tax_percent: str
    paid_by: str
    lines: tuple[Line, ...]
    status: InvoiceStatus = "open"
    paid: int = 0
    row: str = ""  # "" is the contract's main row; others have payments and interest of their own


@dataclass(frozen=True, slots=True)
class Entry:
    """What a contract remembers of an issued invoice while it still matters: enough to take payments and count interest."""

    key: str
    kind: InvoiceKind
    month: date
    issued_on: date
    due_on: date
    total: int
    paid_by: str
    status: InvoiceStatus = "open"
    paid: int = 0
    untaxed_interest: int = 0  # late interest inside the total: bears no interest itself
    interest: tuple[int, int] | None = None  # exact late interest so far, numerator and denominator
    covers: tuple[tuple[date, date, int], ...] = ()  # prepaid spans: first day, last day, amount billed
    row: str = ""
    failed_on: date | None = None  # the draw was declined
    interest_from: date | None = None  # the first day that bears interest, where it is not the day after `due_on`
    late: str = ""  # how `interest` was reckoned, as a line's figures

    @property
    def unpaid(self) -> int:
        return 0 if self.status == "void" else self.total - self.paid


@dataclass(frozen=True, slots=True)
class Instalments:
    """A sold device whose price is paid month by month: equal parts rounded down, the odd yen on the first."""

    sku: str
    first: date  # the month whose closing bills the first part
    count: int
    total: int  # without tax
    delivered_on: date
    billed: int = 0  # how many parts stand on invoices

    @property
    def following(self) -> int:
        """Each part but the first."""
        return self.total // self.count

    def amount(self, number: int) -> int:
        """The part of that number, counted from 0."""
        return self.following + (self.total - self.following * self.count if number == 0 else 0)

    @property
    def rest(self) -> int:
        """What no invoice asks for yet."""
        return sum(self.amount(number) for number in range(self.billed, self.count))


@dataclass(frozen=True, slots=True)
class Demand:
    """A letter that asks for something by a last day: money, or that a violation be put right."""

    on: date
    deadline: date
    covers: tuple[str, ...] = ()  # keys of the invoices that were overdue then
    closed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """A consent that the customer may take back at any time: who may do what, since when, and by whose word."""

    to: str
    purpose: str
    at: datetime
    by: str = ""


@dataclass(frozen=True, slots=True)
class Errand:
    """Something that waits for a person and that no other field tells of. `kind` is a task of the terms."""

    kind: str
    since: date
    about: str = ""  # a sku, an item, a key: never a name


@dataclass(frozen=True, slots=True)
class Purchase:
    """A delivered article that may still be sent back."""

    ref: str
    delivered_on: date
    invoice: str = ""  # key of the invoice that billed it, empty while none did
    billed: int = 0  # what that invoice asked for it, tax included
    bound: bool = False  # made to order or limited: the customer cannot cancel it


@dataclass(frozen=True, slots=True)
class Refund:
    """Money that goes back. `key` is unique in the contract. `months` are first days."""

    key: str
    contract: str
    amount: int
    status: RefundStatus
    opened_on: date
    months: tuple[date, ...] = ()
    cites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to tell the customer, by text key. `figures` fill the text; nothing personal."""

    contract: str
    kind: str
    on: date
    figures: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the audit log: what happened, when, by whose role, under which rules."""

    kind: str
    at: datetime
    by: str = "system"
    facts: Mapping[str, Any] = field(default_factory=dict)
    cites: tuple[str, ...] = ()


@dataclass(frozen=True)
class Contract:
    """One customer's contract: all that billing, ending and refunding need, and nothing personal.

    Names and addresses live in the store's profile row beside it.
    """

    id: str
    service: str
    account: str
    applied_at: datetime
    version: int = 0
    state: State = "applied"
    plan: str = ""
    documents: tuple[str, ...] = ()
    applicant_kind: str = "person"
    island: bool = False
    sale_only: bool = False  # equipment ordered without a service
    in_place: bool = False  # a re-contract whose equipment was never taken off
    parent: str = ""
    recontract_of: str = ""
    refusal_reasons: tuple[str, ...] = ()
    may_be_let_in: bool = False  # refused by rules that an operator may set aside
    applicant: str = ""  # a print of the applicant's name: enough to know the same person again
    children: tuple[str, ...] = ()  # contracts that hang on this one
    disclosure_received_on: date | None = None

    formed_on: date | None = None
    ships_on: date | None = None
    shipped_on: date | None = None
    shipping_held: bool = False
    installed_on: date | None = None
    grid_connected_on: date | None = None  # since when what hangs on it feeds the grid, as the installer said
    absences: int = 0
    unreachable_since: date | None = None
    service_starts_on: date | None = None
    begun: bool = False  # the first day of the service was passed
    billing_starts_on: date | None = None
    noticed_at: datetime | None = None
    ends_on: date | None = None
    ended_because: str = ""
    with_removal: bool = False
    suspensions: tuple[tuple[datetime, datetime | None], ...] = ()

    payment_methods: tuple[tuple[date, str], ...] = ()  # (usable from, method), in the order registered
    devices: tuple[Device, ...] = ()
    owned: tuple[str, ...] = ()  # skus that are the customer's own
    returned: tuple[str, ...] = ()  # skus that came back; of lent pieces one entry each
    loss_open: bool = False  # a lost piece was reported and nothing set up since
    options: tuple[Option, ...] = ()

    owed: tuple[Charge, ...] = ()
    first_invoice: str = ""
    final_invoice: str = ""
    nothing_owed: bool = False  # cooling-off: no invoice ever again
    drafts: tuple[Invoice, ...] = ()  # closed, not yet sent out
    ledger: tuple[Entry, ...] = ()
    paid_total: int = 0
    purchases: tuple[Purchase, ...] = ()
    refunds: tuple[Refund, ...] = ()
    demands: tuple[Demand, ...] = ()
    free_months: tuple[date, ...] = ()  # months not yet closed that cost nothing
    billed: tuple[tuple[date, date, int, str], ...] = ()  # first and last month, yen a month for fees, how they were reckoned
    errands: tuple[Errand, ...] = ()
    billing_held_on: date | None = None  # since when an operator holds bills back
    guarantee: str = (
        ""  # of instalments: the guarantor's answer, `approved` or `denied`; `called` when it paid, `ended` when all is paid
    )

    address: str = ""  # a print of the address under which the account is registered, while it lives
    accessed_on: date | None = None  # the last day on which the customer used the account
    reminded_on: date | None = None  # when the customer was last told that the account will fall asleep
    outages: tuple[tuple[datetime, datetime], ...] = ()  # reported before they were over: in them no account falls asleep
    linked_at: datetime | None = None  # since when a gateway hangs on the account
    grants: tuple[Grant, ...] = ()
    instalment_count: int = 0  # parts in which ordered devices are to be paid
    instalments: tuple[Instalments, ...] = ()
    earlier_numbers: int = 0  # contracts of this kind that the account was given before this one
    suspended_for: str = ""  # the reason of the suspension that runs
    was_paused: bool = False  # when it was suspended
    visit_on: date | None = None  # the appointment of the next visit
    pause_on: date | None = None  # a pause was asked for and begins with this day's sweep
    credit_used: int = 0  # yen of the free calls
    used_days: tuple[tuple[date, int], ...] = ()  # yen of use, without tax and credit, by day: this month and the last
    used_months: tuple[tuple[date, int], ...] = ()  # and by month, as long as a rule looks back
    data_on: date | None = None
    data_megabytes: int = 0  # on `data_on`
    billed_on: date | None = None  # the last invoice but the first one was sent

    closed_to: date | None = None  # midnights up to this day's have closed what they close
    swept_to: date | None = None  # the sweep of this day and of all before it is done

    def but(self, **changes: Any) -> Contract:
        """The same contract with some fields changed. Ten times faster than `dataclasses.replace`; same meaning."""
        new = object.__new__(Contract)
        new.__dict__.update(self.__dict__)
        new.__dict__.update(changes)
        return new

    def lean(self) -> Contract:
        """The same value without what it holds by default: most fields of most contracts, which `but` need not carry on."""
        new = object.__new__(Contract)
        new.__dict__.update({k: v for k, v in self.__dict__.items() if k not in _DEFAULTS or v != _DEFAULTS[k]})
        return new


# A field that an instance does not hold is the class's own: its default.
_DEFAULTS = {f.name: f.default for f in fields(Contract) if f.default is not MISSING}


@dataclass(frozen=True, slots=True)
class Decision:
    """What a pure function decided: the contract as it is now, and everything that has to be written or told with it.

    `invoices` are newly issued; `invoice_changes` are ledger entries whose status, due day, payer or paid sum changed;
    `refunds` are new or changed, whole.
    """

    contract: Contract
    events: tuple[Event, ...] = ()
    invoices: tuple[Invoice, ...] = ()
    invoice_changes: tuple[Entry, ...] = ()
    refunds: tuple[Refund, ...] = ()
    notices: tuple[Notice, ...] = ()
    orders: tuple[Order, ...] = ()  # for other contracts, in the same transaction
    next_on: date | Literal[""] | None = ""  # the next day with something to do; "": not reckoned

    @property
    def changed(self) -> bool:
        return bool(self.events or self.invoices or self.invoice_changes or self.refunds or self.notices or self.orders)

    def then(self, step: Decision) -> Decision:
        """This decision and the one made from its contract, as one."""
        return Decision(
            step.contract,
            self.events + step.events,
            self.invoices + step.invoices,
            self.invoice_changes + step.invoice_changes,
            self.refunds + step.refunds,
            self.notices + step.notices,
            self.orders + step.orders,
        )
