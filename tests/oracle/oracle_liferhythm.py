"""LifeRhythm Navi + HOME, day by day, from the terms sheet alone: which steps count and what becomes of a contract.

`play(scenario)` gives the outcome that the sheet asks for; where the sheet leaves a step open it raises `Unclear`.
`liferhythm_money` closes the months and computes. Nothing of the program is imported.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from tests.oracle import lore
from tests.oracle.liferhythm_money import Deal, Gap, Prices, close
from tests.oracle.lore import DAY, Step, Unclear, first, later, the_day

CONSENTS = {"terms", "privacy", "no_antisocial_forces", "building_owner", "watched_person", "residents"}
COVERED = {"Tokyo", "Kanagawa", "Chiba", "Saitama", "東京都", "神奈川県", "千葉県", "埼玉県"}
METHODS = {"account_transfer", "card"}
LENT_ONCE = {"home-gateway", "mat-sensor", "thermo-hygrometer"}
NOT_PROVIDED = {
    "pause", "unpause", "change_plan", "buy", "ship", "deliver", "notify_start", "record_usage", "cool_off", "find_evasion",
    "claim_refund", "transfer_device",
}  # fmt: skip
QUIET = {"customer_died", "log_in"}
DEMAND_DAYS = 7


class No(Exception):
    """A step that the sheet refuses."""


class World:
    """One scenario as it goes, step by step and night by night."""

    def __init__(self, scenario: dict[str, Any]) -> None:
        self.deals: dict[str, Deal] = {}
        self.prices = Prices(scenario.get("prices") or {})
        self.closed = frozenset(the_day(d) for d in scenario.get("calendar", {}).get("closed", []))
        self.until = the_day(scenario["until"])
        self.gaps: list[Gap] = []  # interruptions of the whole service
        self.abolished: date | None = None
        self.refused: list[tuple[int, datetime, Step]] = []
        self.refunds: list[dict[str, Any]] = []
        self.place = -1

    # --- the nights -----------------------------------------------------------------------------

    def sweep(self, day: date) -> None:
        for gap in self.gaps:
            if gap.reached_on == day and gap.ends is None:
                self.credit_all(day)
        for deal in sorted(self.deals.values(), key=lambda d: d.name):
            if deal.ends_on and deal.ends_on < day and not deal.ended:
                deal.ended = True
            if day.day == 1 and deal.formed_on:
                month = later(day, -1)
                bill = close(deal, month, self.prices, free=self.free(deal, month, day), closed=self.closed)
                if bill:
                    deal.bills.append(bill)
                if deal.ends_on and first(deal.ends_on) == month:
                    deal.closed_up = True
                    self.give_back(deal)

    def free(self, deal: Deal, month: date, today: date) -> bool:
        """LRH-INT-3, LRH-CHG-7."""
        return any(g.long(today) and g.touches(month) for g in self.gaps) or any(
            begin <= lore.midnight(month) and lore.midnight(later(month, 1)) <= end for begin, end in deal.faults
        )

    def credit_all(self, today: date) -> None:
        for deal in self.deals.values():
            self.credit(deal, today)

    def credit(self, deal: Deal, today: date) -> None:
        """LRH-INT-4: months that were billed before it was known that they are free."""
        for month, yen in deal.billed.items():
            if month not in deal.credited and self.free(deal, month, today):
                if deal.credits and deal.credits[-1][0] > month:
                    raise self.unclear("which of two months is given back first")
                deal.credited.add(month)
                deal.credits.append([month, yen])
        if deal.closed_up:
            self.give_back(deal)

    def give_back(self, deal: Deal) -> None:
        if deal.credits:
            months = [lore.month_name(m) for m, _ in deal.credits]
            amount = sum(yen for _, yen in deal.credits)
            self.refunds.append({"contract": deal.name, "amount": amount, "status": "paid", "months": months})
            deal.credits = []

    # --- the steps ------------------------------------------------------------------------------

    def take(self, place: int, at: datetime, step: Step) -> None:
        do, name = step["do"], step.get("contract")
        self.place = place
        try:
            if do == "apply":
                self.apply(at, step)
            elif name is None:
                getattr(self, f"all_{do}")(at, step)
            else:
                self.act(self.deals[name], do, at, step)
        except No:
            self.refused.append((place, at, step))

    def act(self, deal: Deal, do: str, at: datetime, step: Step) -> None:
        if do in QUIET:
            if deal.over(at.date()) or not deal.formed_on:
                raise self.unclear("telling something of what does not run")
            return
        if do in NOT_PROVIDED:
            raise No
        if at.time() < lore.SWEEP and self.hangs(deal, at.date(), do):
            raise self.unclear("between midnight and the sweep that will change something")
        if deal.refused and do not in ("accept", "sign"):
            raise Unclear(self.place, "a step of a refused application", deal.name)
        getattr(self, f"do_{do}")(deal, at, step)

    def hangs(self, deal: Deal, day: date, do: str) -> bool:
        return (
            (deal.ends_on is not None and deal.ends_on < day and not deal.ended)
            or (day.day == 1 and do in ("pay", "fail_payment", "report_outage", "register_payment_method", "terminate"))
            or (do in ("demand", "fail_payment") and any(b.due_on == day - DAY for b in deal.bills))
        )  # fmt: skip

    def unclear(self, why: str) -> Unclear:
        return Unclear(self.place, why)

    @staticmethod
    def need_formed(deal: Deal) -> None:
        if not deal.formed_on:
            raise No

    # --- applying, formation --------------------------------------------------------------------

    def apply(self, at: datetime, step: Step) -> None:
        day, who, site = at.date(), step.get("applicant", {}), step.get("site", {})
        needed = CONSENTS | ({"payer"} if who.get("payer") and who["payer"] != who.get("name") else set())
        deal = Deal(step["contract"], at, [(day, step["payment_method"])])
        outside = site.get("prefecture", "Tokyo") not in COVERED or site.get("island") or site.get("country", "JP") != "JP"
        earlier = self.deals.get(step.get("recontract_of", ""))
        if "recontract_of" in step and not earlier:
            raise self.unclear("a re-contract of nothing")
        if earlier and at.time() < lore.SWEEP and any(b.due_on == day - DAY for b in earlier.bills):
            raise self.unclear("between midnight and the sweep")
        owes = earlier and (earlier.because == "terminated" or any(b.overdue(day) for b in earlier.bills))
        deal.refused = [
            reason
            for reason, found in {
                "missing_consent": "consents" in step and not needed <= set(step["consents"]),
                "payment_method_not_offered": step["payment_method"] not in METHODS,
                "outside_coverage": outside,
                "debts": owes,
                "abolished": self.abolished and day > self.abolished,
            }.items()
            if found
        ]
        self.deals[deal.name] = deal
        for option in step.get("options", []):
            if option["option"] != "ir-remote":
                raise self.unclear("an unknown option at the application")
            deal.hold(day, option.get("quantity", 1))
        if self.abolished and not deal.refused:
            deal.ends_on, deal.because = self.abolished, "abolished"

    def do_accept(self, deal: Deal, at: datetime, step: Step) -> None:
        if not deal.refused:
            raise self.unclear("accepting what is accepted")
        if deal.refused != ["outside_coverage"] or (self.abolished and at.date() > self.abolished):
            raise No
        deal.refused = []
        if self.abolished:
            deal.ends_on, deal.because = self.abolished, "abolished"

    def do_refuse(self, deal: Deal, at: datetime, step: Step) -> None:
        if deal.formed_on or deal.ended:
            raise self.unclear("refusing what runs")
        deal.refused = ["operator"]
        deal.ends_on, deal.because = None, ""

    def do_sign(self, deal: Deal, at: datetime, step: Step) -> None:
        if deal.refused or deal.formed_on or deal.over(at.date()):
            raise No
        deal.formed_on = at.date()

    def do_install(self, deal: Deal, at: datetime, step: Step) -> None:
        self.need_formed(deal)
        if deal.over(at.date()):
            raise self.unclear("a visit after the end")
        if "sku" not in step and deal.installed_on:
            raise self.unclear("a second first installation")
        if step.get("outcome", "done") == "done" and "sku" not in step:
            deal.installed_on = at.date()

    def do_complete_processing(self, deal: Deal, at: datetime, step: Step) -> None:
        self.need_formed(deal)
        if deal.over(at.date()) or deal.billing_starts_on:
            raise No
        deal.billing_starts_on = later(first(at.date()), 1)

    def do_register_payment_method(self, deal: Deal, at: datetime, step: Step) -> None:
        if deal.over(at.date()):
            raise self.unclear("a method for what has ended")
        if step["payment_method"] not in METHODS:
            raise No
        since = the_day(step.get("usable_from", at.date()))
        if since < at.date() or since < deal.methods[-1][0]:
            raise self.unclear("usable before it was told, or before an earlier one")
        deal.methods.append((since, step["payment_method"]))

    # --- remotes, visits, equipment -------------------------------------------------------------

    def do_add_option(self, deal: Deal, at: datetime, step: Step) -> None:
        if step["option"] != "ir-remote" or deal.over(at.date()):
            raise No
        deal.hold(at.date(), step.get("quantity", 1))

    def do_remove_option(self, deal: Deal, at: datetime, step: Step) -> None:
        pieces = step.get("quantity", 1)
        if step["option"] != "ir-remote" or deal.over(at.date()) or pieces > deal.held:
            raise No
        deal.hold(at.date(), -pieces)

    def do_reinstall(self, deal: Deal, at: datetime, step: Step) -> None:
        day = at.date()
        self.need_formed(deal)
        if deal.over(day) or not deal.installed_on:
            raise No
        if deal.loss_open or day > deal.installed_on + 14 * DAY:
            deal.redone.append(day)
        deal.loss_open = False
        deal.missing.clear()

    def do_report_lost_device(self, deal: Deal, at: datetime, step: Step) -> None:
        sku, pieces, day = step["sku"], step.get("quantity", 1), at.date()
        self.need_formed(deal)
        price = self.prices.device.get(sku)
        if price is None:
            raise No
        if sku in deal.returned:
            if sku not in LENT_ONCE:
                raise self.unclear("one of several remotes came back")
            raise No
        if pieces > 1 + (sku == "ir-remote") * deal.held or sku in deal.missing:
            raise self.unclear("more than there is")
        deal.missing.add(sku)
        deal.lost.append((day, pieces, price * pieces))
        deal.loss_open = not deal.over(day)

    def do_return_device(self, deal: Deal, at: datetime, step: Step) -> None:
        self.need_formed(deal)
        if not deal.over(at.date()):
            raise No
        if step["sku"] in deal.returned or step["sku"] in deal.missing:
            raise self.unclear("returned twice, or after it was lost")
        deal.returned.add(step["sku"])

    # --- the end --------------------------------------------------------------------------------

    def do_request_cancellation(self, deal: Deal, at: datetime, step: Step) -> None:
        self.cancel(deal, at.date(), the_day(step.get("effective", at.date())), "cancelled")

    def do_move_site(self, deal: Deal, at: datetime, step: Step) -> None:
        self.cancel(deal, at.date(), at.date(), "moved")

    def cancel(self, deal: Deal, day: date, ends: date, because: str) -> None:
        if deal.over(day):
            raise No
        if not deal.formed_on:
            deal.ends_on, deal.because, deal.ended = day, "withdrawn", True
            return
        if ends < day:
            raise No
        if deal.because == "abolished" and deal.ends_on and ends >= deal.ends_on:
            raise self.unclear("a notice for the abolition's day or later")
        if deal.ends_on and ends >= deal.ends_on:
            raise No
        deal.ends_on, deal.because, deal.noticed = ends, because, True

    def do_terminate(self, deal: Deal, at: datetime, step: Step) -> None:
        day = at.date()
        if deal.over(day):
            raise No
        if not deal.formed_on:
            raise self.unclear("terminating what is not formed")
        in_vain = deal.demand and day > deal.demand[0] and any(b.rest > 0 for b in deal.demand[1])
        if step["reason"] == "unpaid" and not in_vain:
            raise No
        deal.ends_on, deal.because, deal.ended, deal.noticed = day, "terminated", True, False

    def do_demand(self, deal: Deal, at: datetime, step: Step) -> None:
        day, deadline = at.date(), the_day(step["deadline"])
        if deal.over(day):
            raise self.unclear("a demand after the end")
        overdue = [b for b in deal.bills if b.overdue(day)]
        if not overdue or deadline < day + DEMAND_DAYS * DAY:
            raise No
        deal.demand = (deadline, overdue)

    def do_suspend(self, deal: Deal, at: datetime, step: Step) -> None:
        if deal.over(at.date()):
            raise No
        if deal.suspended or not deal.formed_on:
            raise self.unclear("suspending what does not run")
        deal.suspended = True

    def do_restore(self, deal: Deal, at: datetime, step: Step) -> None:
        if deal.over(at.date()):
            raise No
        if not deal.suspended:
            raise self.unclear("restoring what runs")
        deal.suspended = False

    # --- money ----------------------------------------------------------------------------------

    def do_pay(self, deal: Deal, at: datetime, step: Step) -> None:
        waiting = [b for b in deal.bills if b.rest > 0]
        if not waiting:
            raise No
        bill = waiting[0]
        yen = step.get("amount", bill.rest)
        if yen > bill.rest:
            raise self.unclear("more than the invoice asks for")
        interest = bill.pay(at.date(), yen)
        if interest:
            deal.interest.append((at.date(), interest))

    def do_fail_payment(self, deal: Deal, at: datetime, step: Step) -> None:
        if not any(b.rest > 0 for b in deal.bills):
            raise self.unclear("nothing to draw")

    def do_report_outage(self, deal: Deal, at: datetime, step: Step) -> None:
        begin, end = self.span(at, step)
        if not deal.formed_on or begin.date() < deal.formed_on:
            raise self.unclear("a fault before the contract")
        deal.faults.append((begin, end))
        self.credit(deal, at.date())

    def span(self, at: datetime, step: Step) -> tuple[datetime, datetime]:
        begin, end = (datetime.fromisoformat(str(step[k])) for k in ("from", "to"))
        if end > at or begin >= end:
            raise self.unclear("an outage that is not over")
        return begin, end

    # --- the whole service ----------------------------------------------------------------------

    def all_report_outage(self, at: datetime, step: Step) -> None:
        begin, end = self.span(at, step)
        if at.time() < lore.SWEEP and at.day == 1:
            raise self.unclear("between midnight and the closing")
        self.gaps.append(Gap(begin.date(), end.date()))
        self.credit_all(at.date())

    def all_interrupt_service(self, at: datetime, step: Step) -> None:
        if any(g.ends is None for g in self.gaps):
            raise No
        self.gaps.append(Gap(at.date()))

    def all_resume_service(self, at: datetime, step: Step) -> None:
        running = [g for g in self.gaps if g.ends is None]
        if not running:
            raise No
        gap = running[0]
        if at.time() < lore.SWEEP and at.date() == gap.reached_on:
            raise self.unclear("between midnight and the sweep")
        gap.ends = at.date()

    def all_announce_price(self, at: datetime, step: Step) -> None:
        since = the_day(step["effective_on"])
        if since <= at.date():
            raise No
        if any(first(n) == first(since) for n, _ in self.prices.taxes):
            raise self.unclear("price and tax in one month")
        self.prices.revisions.append((since, dict(step["prices"])))

    def all_announce_tax(self, at: datetime, step: Step) -> None:
        since = the_day(step["effective_on"])
        month = first(since)
        taken = [first(n) for n, _ in self.prices.taxes] + [first(n) for n, _ in self.prices.revisions]
        if month in taken or month < first(at.date()) or any(n > month for n in taken):
            raise self.unclear("a rate of the past, or beside another change")
        if at.time() < lore.SWEEP and at.day == 1:
            raise self.unclear("between midnight and the closing")
        self.prices.taxes.append((month, step["rate"]))

    def all_announce_terms(self, at: datetime, step: Step) -> None:
        if the_day(step["effective_on"]) <= at.date():
            raise No

    def all_announce_termination(self, at: datetime, step: Step) -> None:
        since = the_day(step["effective_on"])
        if at.date() > later(since, -3):
            raise No
        if self.abolished:
            raise self.unclear("abolished twice")
        self.abolished = since
        for deal in self.deals.values():
            if deal.over(at.date()) or deal.refused:
                continue
            if deal.ends_on is None or deal.ends_on > since:
                deal.ends_on, deal.because = since, "abolished"

    # --- what came out --------------------------------------------------------------------------

    def outcome(self) -> dict[str, Any]:
        contracts = {name: deal.facts(self.until) for name, deal in self.deals.items()}
        bills = [b.shown(self.until) | {lore.ISSUED: 0} for deal in self.deals.values() for b in deal.bills]
        return lore.outcome(contracts, bills, self.refunds, lore.told(self.refused))


def play(scenario: dict[str, Any]) -> dict[str, Any]:
    """What must come out of the scenario. Raises Unclear for a step that the sheet leaves open."""
    world = World(scenario)
    steps = lore.in_order(scenario["timeline"])
    day = steps[0][1].date() if steps else world.until
    for place, at, step in steps:
        while lore.swept(day) <= at:
            world.sweep(day)
            day += DAY
        world.take(place, at, step)
    while day <= world.until:
        world.sweep(day)
        day += DAY
    return world.outcome()
