"""Plays a scenario: steps, readings, nights and ticks in the order of their times, each through the door it has in life."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from chalicelib.dates import JST, ONE_DAY, at_japan, japan, japan_day, sweep_instant
from chalicelib.playground.language import Scenario, Step, instant
from chalicelib.scenarios import outcome, recordings
from chalicelib.scenarios.requests import HOUSEHOLD, Ids, Wish, wish_of
from chalicelib.scenarios.world import Reply, Trouble, World

TICK = timedelta(minutes=5)
ONE_SECOND = timedelta(seconds=1)
NEVER = datetime(9999, 1, 1, tzinfo=JST)
REFUSALS = frozenset({400, 404, 409, 412, 422})


@dataclass(frozen=True)
class Moment:
    """Something of the timeline that happens at one instant: a step, or one reading of a recording."""

    at: datetime
    step: Step
    readings: tuple[dict[str, Any], ...] = ()


class Player:
    """One scenario in one fresh world. `play()` answers the outcome as docs/scenarios.md describes it."""

    def __init__(self, world: World, scenario: Scenario) -> None:
        self.world, self.scenario = world, scenario
        self.ids: dict[str, str] = {}
        self.refusals: list[dict[str, Any]] = []
        self.now = datetime.min.replace(tzinfo=JST)
        self.devices = {str(step.args["device"]) for step in scenario.steps if step.do == "add_device"}
        self._night_due: datetime | None = None
        self._tick_due: datetime | None = None

    def play(self) -> dict[str, Any]:
        moments = sorted(self._moments(), key=lambda moment: moment.at)
        end = at_japan(self.scenario.until, time(23, 59))
        self._move_to(min([moment.at for moment in moments[:1]] + [end]))
        self._prepare_service()
        for moment in moments:
            if moment.at > end:
                break
            self._pass_time(moment.at)
            self._move_to(moment.at)
            self._carry_out(moment)
        self._pass_time(end)
        self._move_to(end)
        self._check_parked()
        return outcome.collect(self.world, self.scenario, self.ids, self.refusals)

    def _moments(self) -> Iterator[Moment]:
        for step in self.scenario.steps:
            if step.do == "replay":
                for row in recordings.rows(step, self.scenario.file.parent):
                    yield Moment(row.at, step, tuple(_reading(metric, value, row.at) for metric, value in row.values.items()))
            elif step.do == "reading":
                measured = instant(step.place, step.args["measured_at"]) if "measured_at" in step.args else step.at
                reading = _reading(step.args["metric"], step.args["value"], measured)
                extra = {"seq": step.args["seq"]} if "seq" in step.args else {}
                yield Moment(step.at, step, (reading | extra,))
            else:
                yield Moment(step.at, step)

    def _prepare_service(self) -> None:
        """What only the company knows: its price list and its calendar."""
        path = f"/v1/services/{self.scenario.service}"
        if self.world.http("GET", path).status == 404:
            raise Trouble(f"there are no terms for the service `{self.scenario.service}` yet: add chalicelib/services/")
        wishes: list[tuple[str, dict[str, Any]]] = []
        if self.scenario.prices:
            wishes.append(("set_price_list", {"prices": self.scenario.prices}))
        if self.scenario.closed_days:
            wishes.append(("set_calendar", {"closed": [day.isoformat() for day in self.scenario.closed_days]}))
        for command, body in wishes:
            reply = self.world.http("POST", f"{path}/commands/{command}", body)
            if not reply.ok:
                told = reply.body or {}
                raise Trouble(f"{command} was answered {reply.status}: `{told.get('field')}`: {told.get('reason')}")
        self.world.settle()

    # time

    def _move_to(self, at: datetime) -> None:
        self.world.move_clock(at)
        self.now = at

    def _pass_time(self, to: datetime) -> None:
        """Runs the nights and ticks that fall due up to an instant, in their order; a step of the same instant comes after."""
        while True:
            night, tick = self._next_night(to), self._next_tick(to)
            first = min([instant for instant in (night, tick) if instant is not None and instant <= to], default=None)
            if first is None:
                return
            self._move_to(first)
            if first == night:
                self.world.night(japan_day(first))
            if first == tick:
                self.world.tick()
            self._look_again()

    def _next_night(self, to: datetime) -> datetime | None:
        """The next sweep for which the due index holds something; those up to now are over."""
        earliest = _night_after(self.now)
        if earliest > to:
            return None
        if self._night_due is None:
            self._night_due = self.world.next_contract_due(self.ids.values()) or NEVER
        return None if self._night_due == NEVER else max(sweep_instant(japan_day(self._night_due)), earliest)

    def _next_tick(self, to: datetime) -> datetime | None:
        """The next of :00, :05, :10 … at which a device may have something to notice; those up to now are over."""
        earliest = _tick_at_or_after(self.now + ONE_SECOND)
        if not self.devices or earliest > to:
            return None
        if self._tick_due is None:
            self._tick_due = self.world.next_device_due(self.devices) or NEVER
        return None if self._tick_due == NEVER else max(_tick_at_or_after(self._tick_due), earliest)

    def _look_again(self) -> None:
        self._night_due = self._tick_due = None

    # steps

    def _carry_out(self, moment: Moment) -> None:
        step = moment.step
        if moment.readings:
            message = {
                "v": 1,
                "batch": f"{step.args['device']}-{int(moment.at.timestamp())}",
                "readings": list(moment.readings),
            }
            self.world.arrive(str(step.args["device"]), message, moment.at)
            self._tick_due = None
            return
        for wish in self._wishes(step):
            reply = self.world.http(wish.method, wish.path, wish.body, by=wish.by)
            self._note(step, reply)
        self.world.settle()
        self._look_again()

    def _wishes(self, step: Step) -> list[Wish]:
        try:
            if step.kind.door == "alert":
                wish = self._alert_wish(step, self.ids)
                if wish is None:
                    self._refused(step, "not_open")
                return [wish] if wish else []
            return [wish_of(step, self.scenario.service, self.ids)]
        except KeyError:
            self._refused(step, "no_contract")
            return []

    def _alert_wish(self, step: Step, ids: Ids) -> Wish | None:
        """People acknowledge what they see: the newest open alert of that device and watch. None: there is none."""
        path = f"/v1/contracts/{ids[step.contract]}/alerts"
        for alert in reversed(self.world.get_all(path)):
            if (alert["device"], alert["watch"]) == (step.args["device"], step.args["watch"]) and not alert.get("closed_at"):
                body = {key: step.args[key] for key in ("person", "minutes") if key in step.args}
                return Wish("POST", f"{path}/{alert['alert']}/{step.do}", body, HOUSEHOLD)
        return None

    def _note(self, step: Step, reply: Reply) -> None:
        if reply.ok:
            if step.do == "apply":
                self._taken(step, reply)
        elif reply.status in REFUSALS:
            self._refused(step, str((reply.body or {}).get("reason", reply.status)), (reply.body or {}).get("rule"))
        else:
            raise Trouble(f"{step.place} was answered {reply.status}: {reply.body}")

    def _taken(self, step: Step, reply: Reply) -> None:
        """A name is one contract's: what a second application comes to would hide the first, unless that was refused."""
        before = self.ids.get(step.contract)
        if before and (self.world.http("GET", f"/v1/contracts/{before}").body or {}).get("state") != "refused":
            raise Trouble(f"{step.place}: `{step.contract}` is applied for a second time. Give that contract another name.")
        self.ids[step.contract] = reply.body["id"]

    def _refused(self, step: Step, reason: str, rule: str | None = None) -> None:
        entry = {
            "at": japan(step.at).strftime("%Y-%m-%dT%H:%M"),
            "do": step.do,
            "contract": step.contract or None,
            "reason": reason,
        }
        self.refusals.append(entry | ({"cites": [rule]} if rule else {}))

    def _check_parked(self) -> None:
        """A contract that a night had to put aside is the program's fault, whatever the scenario expects."""
        names = {contract: name for name, contract in self.ids.items()}
        parked = self.world.get_all("/v1/operator/parked")
        if parked:
            told = [f"{names.get(entry['contract'])}: {entry['reason']}: {entry['detail']}" for entry in parked]
            raise Trouble("A night had to put contracts aside.\n" + "\n".join(told))


def _reading(metric: str, value: Any, measured: datetime) -> dict[str, Any]:
    return {"metric": metric, "value": value, "measured_at": measured.isoformat()}


def _night_after(instant: datetime) -> datetime:
    today = sweep_instant(japan_day(instant))
    return today if today > instant else sweep_instant(japan_day(instant) + ONE_DAY)


def _tick_at_or_after(instant: datetime) -> datetime:
    local = japan(instant)
    floor = local.replace(minute=local.minute - local.minute % 5, second=0, microsecond=0)
    return floor if floor == local else floor + TICK
