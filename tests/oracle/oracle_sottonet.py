"""Sottonet by closed formulas: a life is a bag of dated facts, and every bill is computed from the whole bag at once.

Derived from the terms sheet alone. `play(scenario)` gives the outcome that the sheet asks for; where the sheet leaves a
step open it raises `Unclear`. This module decides which steps count (`World`); `sottonet_bills` computes the money.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from tests.oracle import lore
from tests.oracle.lore import DAY, NEVER_TIME, Step, Unclear, first, last, later, swept, the_day, the_time
from tests.oracle.sottonet_bills import Bill, Charge, Life, OptionLine, Prices, bills, credit_lines, price

CONSENTS = {"terms", "notes", "resident", "building_owner", "no_antisocial_forces", "claim_assignment", "privacy"}
PLANS = {"wifi-3gb", "wifi-10gb", "wifi-25gb"}
BY_CUSTOMER = {"cancelled", "moved"}
BY_PROVIDER = {"terminated", "no_show", "unreachable"}
QUIET = {"demand", "report_lost_device", "log_in", "interrupt_service", "resume_service", "announce_terms"}
FIXED = {"sim_reissue", "sim_setup", "installation_work", "same_day_work"}
MONTHLY = {"monthly_fee", "option:wifi-3gb", "option:wifi-10gb", "option:wifi-25gb"}
REVISED = MONTHLY | {"data_charge", "same_day_work", "sim_setup"}  # whose day of price the sheet makes plain


def end_by_cutoff(at: datetime) -> date:
    """STN-CAN-1: the end of this month up to the 20th, of the next one afterwards."""
    return last(later(first(at.date()), int(at.day > 20)))


class World:
    """One scenario: which steps count, and what they leave behind."""

    def __init__(self, scenario: dict[str, Any]) -> None:
        self.lives: dict[str, Life] = {}
        self.prices = Prices()
        self.closed = frozenset(the_day(d) for d in scenario.get("calendar", {}).get("closed", []))
        self.refused: list[tuple[int, datetime, Step]] = []
        self.until = the_day(scenario["until"])

    def take(self, place: int, at: datetime, step: Step) -> None:
        do = step["do"]
        if at.time() == lore.SWEEP:
            raise Unclear(place, "the very instant of the sweep")
        if do == "apply":
            self.apply(place, at, step)
            return
        if do in QUIET and "contract" not in step:
            return
        if "contract" not in step:
            if not getattr(self, f"all_{do}")(place, at, step):
                self.refused.append((place, at, step))
            return
        life = self.lives[step["contract"]]
        if do in QUIET:
            if not life.living(at):
                raise Unclear(place, "telling something about a contract that does not live")
            return
        if not getattr(self, f"do_{do}")(place, life, at, step):
            self.refused.append((place, at, step))

    # --- applying -------------------------------------------------------------------------------

    def apply(self, place: int, at: datetime, step: Step) -> None:
        day = at.date()
        options = step.get("options", [])
        if len(options) > 1 or any(o["option"] not in PLANS or o.get("quantity", 1) != 1 for o in options):
            raise Unclear(place, "not one line of a known plan")
        if self.prices.abolished:
            raise Unclear(place, "applying after the abolition was announced")
        life = Life(step["contract"], at, island=step.get("site", {}).get("island", False))
        if "disclosure_received_on" in step:
            life.disclosed = the_day(step["disclosure_received_on"])
        life.refused_by_rule = self.may_not_apply(place, day, step, bool(options))
        earlier = self.lives.get(step.get("recontract_of", ""))
        if earlier and not life.refused_by_rule:
            life.earlier = earlier
            life.in_place = earlier.sensor_in_place
            life.had_router = any(o.begins(earlier) for o in earlier.options) or earlier.had_router
            ever_had = any(not o.dropped for o in earlier.options)
            if (ever_had and not life.had_router) or (earlier.had_router and not ever_had):
                raise Unclear(place, "an earlier option that never ran, or only long ago")
        if options and not life.refused_by_rule:
            life.options.append(OptionLine(at, options[0]["option"], together=True))
        self.lives[life.name] = life

    def may_not_apply(self, place: int, day: date, step: Step, with_option: bool) -> bool:
        """STN-APP-2 to 5 and 7, STN-REC-1."""
        who, site = step.get("applicant", {}), step.get("site", {})
        needed = CONSENTS | ({"option_terms"} if with_option else set())
        given = set(step["consents"]) if "consents" in step else needed | {"legal_representative"}
        born = who.get("birth_date")
        minor = False
        if who.get("kind", "person") == "person" and born:
            birth, majority = the_day(born), 18 if day >= date(2022, 4, 1) else 20
            age = day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
            minor = age < majority
        barred = False
        if "recontract_of" in step:
            barred = self.barred(place, day, step["recontract_of"], the_time(step))
        return (
            step["payment_method"] != "card"
            or who.get("country", "JP") != "JP"
            or site.get("country", "JP") != "JP"
            or not given >= needed
            or (minor and "legal_representative" not in given)
            or barred
        )

    def barred(self, place: int, day: date, name: str, at: datetime) -> bool:
        if name not in self.lives:
            raise Unclear(place, "a re-contract of nothing")
        earlier = self.lives[name]
        if earlier.living(at) or earlier.is_refused or earlier.ended_because(at) not in BY_CUSTOMER:
            return True
        overdue = [b for b in self.unpaid(earlier, at) if day > b.due_at(earlier, at)]
        if not overdue and (earlier.installed_on is None and not earlier.in_place):
            raise Unclear(place, "a re-contract of one that was never installed")
        return bool(overdue)

    # --- money in -------------------------------------------------------------------------------

    def issued(self, life: Life, at: datetime) -> list[Bill]:
        return [b for b in bills(life, self.prices, at.date()) if b.issued_at <= at]

    def unpaid(self, life: Life, at: datetime) -> list[Bill]:
        if life.cooled_at <= at:
            return []
        return [b for b in self.issued(life, at) if life.paid(b.key) < b.total]

    def do_pay(self, place: int, life: Life, at: datetime, step: Step) -> bool:
        waiting = self.unpaid(life, at)
        if "invoice" in step:
            asked = step["invoice"]
            waiting = [b for b in waiting if b.month_name == asked["month"] and asked.get("kind", b.kind) == b.kind]
        if not waiting:
            return False
        bill = waiting[0]
        missing = bill.total - life.paid(bill.key)
        yen = step.get("amount", missing)
        due = bill.due_at(life, at)
        failed = bill.key in life.failures
        if yen > missing:
            raise Unclear(place, "more than the invoice asks for")
        if failed and at.date() > due:
            if yen < missing:
                raise Unclear(place, "part of a late invoice")
            principal = missing - sum(c.amount for c in bill.lines if c.item == "late_interest")
            days = (at.date() - due).days
            interest = principal * 3 * days // 36500  # STN-INV-5
            if interest > 0:
                life.charges.append(Charge("late_interest", at, at.date(), interest, "none"))
        life.payments.append((at, bill.key, yen))
        return True

    def do_fail_payment(self, place: int, life: Life, at: datetime, step: Step) -> bool:
        waiting = self.unpaid(life, at)
        if not waiting:
            return False
        bill = waiting[-1]
        if bill.key in life.failures:
            raise Unclear(place, "a draw that failed before")
        if life.ended_at(at) or bill.kind in ("final", "separate"):
            raise Unclear(place, "a failed draw after the end")
        life.failures[bill.key] = at
        return True

    # --- endings --------------------------------------------------------------------------------

    def do_request_cancellation(self, place: int, life: Life, at: datetime, step: Step) -> bool:
        return self.notice(place, life, at, "cancelled", step.get("with_removal", False))

    def do_move_site(self, place: int, life: Life, at: datetime, step: Step) -> bool:
        return self.notice(place, life, at, "moved", removal=False)

    def notice(self, place: int, life: Life, at: datetime, because: str, removal: bool) -> bool:
        if not life.living(at) or life.notice:
            return False
        if life.suspended(at):
            raise Unclear(place, "a notice while suspended")
        if removal and not life.installed_on and not life.in_place:
            raise Unclear(place, "taking off what was never fitted")
        ends = end_by_cutoff(at)
        if life.abolished_on and ends >= life.abolished_on:
            raise Unclear(place, "a notice that would end after the abolition")
        life.notice, life.notice_because, life.removal = (at, ends), because, removal
        return True

    def do_terminate(self, place: int, life: Life, at: datetime, step: Step) -> bool:
        if not life.living(at):
            return False
        if at < swept(at.date()) and at.day == 1:
            raise Unclear(place, "a termination between a month's closing and its bill")
        if at.date() == life.planned_end(at):
            raise Unclear(place, "a termination on the last day")
        life.stopped = (at, at.date(), "terminated")
        return True

    def do_cool_off(self, place: int, life: Life, at: datetime, step: Step) -> bool:
        sent = the_day(step.get("dispatched_on", at.date()))
        if life.is_refused or life.disclosed is None or (sent - life.disclosed).days > 7:
            return False
        if not life.living(at):
            raise Unclear(place, "cooling off what has ended")
        if sent < life.disclosed or sent < life.at.date() or sent > at.date() or life.extra_refunds:
            raise Unclear(place, "cooling off before the count began")
        if at < swept(at.date()) and at.day == 1:
            raise Unclear(place, "cooling off between a month's closing and its bill")
        life.cooled_at, life.cooled_on = at, sent
        return True

    def do_disclose(self, place: int, life: Life, at: datetime, step: Step) -> bool:
        if not life.living(at):
            raise Unclear(place, "a disclosure to somebody who is gone")
        life.disclosed = the_day(step["received_on"])
        return True

    def do_refuse(self, place: int, life: Life, at: datetime, step: Step) -> bool:
        start = life.starts_on
        if not life.living(at) or life.notice or (start and at.date() >= start):
            raise Unclear(place, "refusing what runs, ends or is refused")
        if not life.earlier and (life.installed_on or life.visits):
            raise Unclear(place, "refusing a new contract after a visit")
        if any(c.day < first(at.date()) or c.item != "installation_work" for c in life.charges):
            raise Unclear(place, "refusing in a later month than the visit, or with more than visits to bill")
        life.operator_refused = True
        return True

    # --- visits and equipment -------------------------------------------------------------------

    def do_install(self, place: int, life: Life, at: datetime, step: Step) -> bool:
        what, how = step.get("sku", "sensor"), step.get("outcome", "done")
        if not life.living(at):
            return False
        if what == "router":
            return self.router_visit(place, life, at, how)
        if life.installed_on and not life.earlier:
            raise Unclear(place, "a second installation")
        if life.starts_on and (life.starts_on <= at.date() or not life.in_place):
            raise Unclear(place, "a visit after the start was fixed")
        if life.in_place and (how == "unreachable" or life.visits):
            raise Unclear(place, "more than one check visit of equipment in place")
        if how == "unreachable":
            life.visits.append((at, how))
            return True
        if life.earlier or how == "absent":
            life.charges.append(Charge("installation_work", at, at.date(), price(self.prices, "installation_work", at.date())))
        life.visits.append((at, how))
        if how == "absent" and sum(h == "absent" for _, h in life.visits) == 2:
            self.no_show(place, life, at)
        if how == "done":
            life.installed_on = at.date()
            if life.earlier and any(o.waits for o in life.options):
                raise Unclear(place, "whether a check visit also fits the router")
            for option in life.options:
                option.fitted = option.fitted or at.date() if option.together else option.fitted
        return True

    @staticmethod
    def no_show(place: int, life: Life, at: datetime) -> None:
        if at < swept(at.date()) and at.day == 1:
            raise Unclear(place, "the second absence between a month's closing and its bill")
        life.stopped = (at, at.date(), "no_show")

    def router_visit(self, place: int, life: Life, at: datetime, how: str) -> bool:
        waiting = [o for o in life.options if o.waits]
        if not waiting or how == "unreachable" or waiting[0].together:
            raise Unclear(place, "a router visit without an option that waits for it")
        if how == "absent":
            life.charges.append(Charge("installation_work", at, at.date(), price(self.prices, "installation_work", at.date())))
            return True
        waiting[0].fitted = at.date()
        life.charges.append(Charge("sim_setup", at, at.date(), price(self.prices, "sim_setup", at.date())))
        return True

    def do_deliver(self, place: int, life: Life, at: datetime, step: Step) -> bool:
        if not life.living(at):
            return False
        sku = step.get("sku")
        waiting = [o for o in life.options if o.waits]
        if not waiting or step.get("outcome", "done") != "done" or sku not in ("router", "sim"):
            raise Unclear(place, "a parcel nobody waits for")
        option = waiting[0]
        owned = life.had_router or any(o is not option and o.begins(life) for o in life.options)
        if (option.together and not life.earlier) or owned != (sku == "sim"):
            raise Unclear(place, "the router to somebody who owns one, or the card to somebody who does not")
        option.fitted = at.date()
        return True

    def do_reinstall(self, place: int, life: Life, at: datetime, step: Step) -> bool:
        if not life.living(at) or step.get("sku") != "sensor" or not (life.installed_on or life.in_place) or not life.starts_on:
            raise Unclear(place, "mending what is not there")
        free = False
        if not life.earlier and life.installed_on:
            born = life.installed_on
            if (born.month, born.day) == (2, 29):
                raise Unclear(place, "a year from 29 February")
            free = at.date() <= born.replace(year=born.year + 1)
        if not free:
            life.charges.append(Charge("installation_work", at, at.date(), price(self.prices, "installation_work", at.date())))
        return True

    def do_return_device(self, place: int, life: Life, at: datetime, step: Step) -> bool:
        if step["sku"] == "shop_item":
            return self.send_back(place, life, at, step)
        if life.is_refused or (life.living(at) and step["sku"] == "sensor"):
            raise Unclear(place, "a part of a running service comes back")
        life.returned |= step["sku"] == "sensor"
        return True

    def send_back(self, place: int, life: Life, at: datetime, step: Step) -> bool:
        """STS-RET-1, STS-RET-2."""
        handed = [c for c in life.charges if c.item == "shop_item" and c.day <= at.date()]
        if not handed:
            return False
        newest = max(handed, key=lambda c: c.day)
        goods = [c for c in life.charges if c.item in ("shop_item", "delivery_fee") and c.day == newest.day]
        if sum(c.item == "shop_item" for c in goods) > 1 or life.cooled_at <= at or life.operator_refused:
            raise Unclear(place, "which of two articles")
        if newest.back:
            raise Unclear(place, "sent back before")
        if at.date() > lore.next_working(newest.day + 7 * DAY, self.closed, itself=True):
            return False
        if step.get("reason") in ("wrong", "damaged", "defective"):
            return True
        billed = [b for b in self.issued(life, at) if any(line is newest for line in b.lines)]
        if billed:
            others = [x for x in billed[0].lines if x.tax == "excluded" and x not in goods]
            net = sum(c.amount for c in goods)
            if (others and net % 10) or not life.paid(billed[0].key) >= billed[0].total:
                raise Unclear(place, "a tax shared with other goods, or goods not yet paid")
            life.extra_refunds.append((at, net + net * self.prices.tax(billed[0].month) // 100))
        else:
            if at < swept(at.date()) and at.day == 1:
                raise Unclear(place, "between closing and issue")
            for charge in goods:
                charge.gone = True
        newest.back = True
        return True

    # --- options --------------------------------------------------------------------------------

    def do_add_option(self, place: int, life: Life, at: datetime, step: Step) -> bool:
        day = at.date()
        if step.get("quantity", 1) != 1 or step["option"] not in PLANS:
            raise Unclear(place, "not one line of a known plan")
        if not life.living(at) or life.notice or any(o.waits or o.lasts(life, day) for o in life.options):
            return False
        if life.suspended(at) or life.abolished_on:
            raise Unclear(place, "an option while suspended or before the abolition")
        if any(o.dropped and o.fitted for o in life.options):
            raise Unclear(place, "a router delivered for an option that never ran")
        life.options.append(
            OptionLine(at, step["option"], again=bool(life.options) and any(o.begins(life) for o in life.options))
        )
        return True

    def do_remove_option(self, place: int, life: Life, at: datetime, step: Step) -> bool:
        day = at.date()
        current = [o for o in life.options if o.waits or o.lasts(life, day)]
        if not life.living(at) or not current or current[0].own_end:
            return False
        option = current[0]
        if life.notice or life.suspended(at) or life.abolished_on:
            raise Unclear(place, "ending an option of a contract that ends itself")
        if step["option"] != option.plan_at(day):
            raise Unclear(place, "another plan than the one that runs")
        if option.runs(life, day):
            option.own_end = end_by_cutoff(at)
        elif option.together or option.fitted:
            raise Unclear(place, "dropping an option whose router is on its way")
        else:
            option.dropped = True
        return True

    def do_change_plan(self, place: int, life: Life, at: datetime, step: Step) -> bool:
        running = [o for o in life.options if o.runs(life, at.date())]
        if step["plan"] not in PLANS:
            raise Unclear(place, "no such plan")
        if not life.living(at) or not running:
            return False
        if life.suspended(at):
            raise Unclear(place, "a new plan while suspended")
        since = later(first(at.date()), 1 + int(at.day > 20))
        running[0].changes.append((since, step["plan"]))
        return True

    def do_pause(self, place: int, life: Life, at: datetime, step: Step) -> bool:
        if not life.living(at) or not life.options:
            return False
        if not any(o.runs(life, at.date()) for o in life.options) or life.paused or life.suspended(at):
            raise Unclear(place, "pausing a line that does not run")
        life.paused = True
        return True

    def do_unpause(self, place: int, life: Life, at: datetime, step: Step) -> bool:
        if not life.living(at) or not life.options:
            return False
        if not life.paused or not any(o.runs(life, at.date()) for o in life.options):
            raise Unclear(place, "waking a line that is awake")
        life.paused = False
        return True

    # --- suspension, outage ---------------------------------------------------------------------

    def do_suspend(self, place: int, life: Life, at: datetime, step: Step) -> bool:
        if not life.living(at) or life.suspended(at):
            return False
        if not life.starts_on or at < swept(life.starts_on) or life.notice:
            raise Unclear(place, "suspending what does not run")
        life.suspensions.append([at, NEVER_TIME])
        return True

    def do_restore(self, place: int, life: Life, at: datetime, step: Step) -> bool:
        if not life.living(at) or not life.suspended(at):
            return False
        life.suspensions[-1][1] = at
        return True

    def do_report_outage(self, place: int, life: Life, at: datetime, step: Step) -> bool:
        begin, end = (datetime.fromisoformat(str(step[k])) for k in ("from", "to"))
        if end > at or begin >= end:
            raise Unclear(place, "an outage that is not over")
        if life.is_refused or life.cooled_at <= at:
            raise Unclear(place, "an outage of nobody")
        if any(begin < e and b < end for b, e in life.outages):
            raise Unclear(place, "the same hours reported twice")
        life.outages.append((begin, end))
        if not life.suspended(begin):
            credit_lines(place, life, self.prices, at, begin, end)
        return True

    def all_report_outage(self, place: int, at: datetime, step: Step) -> bool:
        for life in self.lives.values():
            if not life.is_refused and life.cooled_at > at:
                self.do_report_outage(place, life, at, step)
        return True

    # --- one-off charges ------------------------------------------------------------------------

    def do_buy(self, place: int, life: Life, at: datetime, step: Step) -> bool:
        item, pieces, day = step["item"], step.get("quantity", 1), at.date()
        running = any(o.runs(life, day) for o in life.options)
        if not life.living(at):
            return False
        if life.suspended(at):
            raise Unclear(place, "buying while suspended")
        if item == "data_charge":
            if running and life.paused:
                raise Unclear(place, "data for a paused line")
            if running:
                unit = price(self.prices, item, day)
                life.charges.append(Charge(item, at, day, pieces * unit, quantity=pieces))
            return running
        if item == "travel_cost":
            if life.island:
                life.charges.append(Charge(item, at, day, step["amount"]))
            return bool(life.island)
        if item in FIXED:
            if (
                pieces != 1
                or (item.startswith("sim") and not running)
                or (item == "installation_work" and not life.installed_on)
            ):
                raise Unclear(place, "more than one, or without a line")
            life.charges.append(Charge(item, at, day, price(self.prices, item, day)))
            return True
        handed = the_day(step.get("delivered_on", day))
        if handed < day:
            raise Unclear(place, "handed over before it was ordered")
        if item == "delivery_fee" and not any(c.item == "shop_item" and c.day == handed and not c.gone for c in life.charges):
            raise Unclear(place, "a delivery without an article")
        life.charges.append(Charge(item, at, handed, pieces * step["amount"], "excluded"))
        return True

    def do_charge(self, place: int, life: Life, at: datetime, step: Step) -> bool:
        if life.is_refused or life.cooled_at <= at:
            raise Unclear(place, "charging somebody who owes nothing")
        if life.ended_at(at) and at < swept(at.date()):
            raise Unclear(place, "between the end and the final bill")
        life.charges.append(Charge(step["item"], at, at.date(), step["amount"]))
        return True

    # --- prices, tax, abolition -----------------------------------------------------------------

    def all_announce_price(self, place: int, at: datetime, step: Step) -> bool:
        since = the_day(step["effective_on"])
        if at.date() > later(since, -1):
            return False
        if not set(step["prices"]) <= REVISED:
            raise Unclear(place, "a price whose day the sheet does not name")
        self.prices.revisions.append((since, dict(step["prices"])))
        return True

    def all_announce_tax(self, place: int, at: datetime, step: Step) -> bool:
        since = the_day(step["effective_on"])
        if since.day != 1 or since <= at.date():
            raise Unclear(place, "a rate that changes inside a month")
        self.prices.rates.append((since, step["rate"]))
        return True

    def all_announce_termination(self, place: int, at: datetime, step: Step) -> bool:
        since = the_day(step["effective_on"])
        if at.date() > later(since, -3):
            return False
        if self.prices.abolished or since != last(since):
            raise Unclear(place, "abolished twice, or inside a month")
        self.prices.abolished = since
        for life in self.lives.values():
            if life.living(at):
                if life.notice and life.notice[1] >= since:
                    raise Unclear(place, "under notice beyond the abolition")
                life.abolished_on = since
        return True

    # --- what came out --------------------------------------------------------------------------

    def outcome(self) -> dict[str, Any]:
        contracts, invoices, refunds = {}, [], []
        end_of_day = datetime.combine(self.until, datetime.max.time())
        for name, life in self.lives.items():
            contracts[name] = life.facts(self.until, end_of_day)
            invoices += [b.shown(life, self.until, end_of_day) for b in self.issued(life, end_of_day)]
            refunds += [{"contract": name, "amount": yen} for _, yen in life.extra_refunds]
            paid = sum(yen for _, _, yen in life.payments)
            if life.cooled_at != NEVER_TIME and paid:
                refunds.append({"contract": name, "amount": paid})
        return lore.outcome(contracts, invoices, refunds, lore.told(self.refused))


def play(scenario: dict[str, Any]) -> dict[str, Any]:
    """What must come out of the scenario. Raises Unclear for a step that the sheet leaves open."""
    world = World(scenario)
    for place, at, step in lore.in_order(scenario["timeline"]):
        world.take(place, at, step)
    return world.outcome()
