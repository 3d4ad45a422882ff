"""The account of a run: what was sent is there, what should have been noticed was noticed once, and nothing else was."""

from __future__ import annotations

import time
import urllib.parse
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from fleet.behaviour.chance import pick
from fleet.behaviour.life import MINUTE
from fleet.town import expected
from fleet.town.eye import is_it
from fleet.town.homes import Said
from fleet.town.moving_in import pages
from fleet.town.play import Play
from fleet.visitor import Place, Visitor

_WHOLE_EVERY = 10  # of every tenth home all readings are compared, of the others a hundred in a row
_PAGE = 100
_MAIL_SECONDS = 30.0


@dataclass
class Account:
    """What was found. `wrong` are sentences; a run without one is a good run."""

    wrong: list[str] = field(default_factory=list)
    compared: int = 0
    expected: int = 0
    opened: int = 0
    closed: int = 0
    told: int = 0
    mails: int = 0


def draw_up(play: Play, place: Place, mails_kept: bool = True) -> Account:
    """Looks at every home through the API and compares. The emulated SES forgets its mails at a stop: then not `mails_kept`."""
    found = Account()
    operator = place.sign_in("operator")
    _delivery(play, found)
    for talker in play.talkers:
        since = play.run.starts - talker.device.history * MINUTE
        whole = talker.device.seed.endswith("0") and pick(_WHOLE_EVERY, talker.device.seed) == 0
        _readings(operator, talker.contract, talker.device.id, talker.said, since, play, whole, found)
    for home in play.homes:
        _alerts(operator, play, home, found)
    _told(operator, play, found, mails_kept)
    return found


def _delivery(play: Play, found: Account) -> None:
    crowd = play.crowd
    if crowd.waiting:
        found.wrong.append(f"{crowd.waiting} messages were not acknowledged ({crowd.last_failure})")
    late = play.late_homes()
    if late:
        found.wrong.append(f"of {len(late)} homes the newest readings did not arrive, first {late[0].home.name}")


def _readings(
    operator: Visitor,
    contract: str,
    device: str,
    said: Sequence[Said],
    since: datetime,
    play: Play,
    whole: bool,
    found: Account,
) -> None:
    kept = [each for each in said if each.kept]
    if not kept:
        return
    last = max(kept, key=lambda each: each.measured_at) if whole else kept[pick(len(kept), device, play.run.starts)]
    span = f"from={_text(since)}&to={_text(last.measured_at)}"
    path = f"/v1/contracts/{contract}/devices/{device}/readings?{span}"
    there = pages(operator, path) if whole else operator.items(f"{path}&limit={_PAGE}")
    wanted = sorted(
        (each for each in kept if each.measured_at <= last.measured_at),
        key=lambda each: (-each.measured_at.timestamp(), each.metric),
    )
    if not whole:
        wanted = wanted[:_PAGE]
    want: Counter[tuple[Any, ...]] = Counter((each.metric, each.measured_at, each.seq, each.value) for each in wanted)
    have: Counter[tuple[Any, ...]] = Counter(
        (item["metric"], datetime.fromisoformat(item["measured_at"]), item.get("seq"), item["value"]) for item in there
    )
    found.compared += len(wanted)
    if want - have:
        found.wrong.append(f"{device}: {(want - have).total()} of {len(wanted)} readings are not there")
    if have - want:
        found.wrong.append(f"{device}: {(have - want).total()} readings are there that it never sent, or twice")


def _alerts(operator: Visitor, play: Play, home: Any, found: Account) -> None:
    there = pages(operator, f"/v1/contracts/{home.contract}/alerts")
    alerts = [alert for alert in there if (home.contract, alert["alert"]) not in play.known_before]
    found.opened += len(alerts)
    found.closed += sum(alert["closed_at"] is not None for alert in alerts)
    wanted = [each for device in home.home.devices for each in expected.alerts(device, play.run)]
    found.expected += len(wanted)
    for each in wanted:
        matching = [alert for alert in alerts if is_it(alert, each)]
        if not matching:
            found.wrong.append(f"{each.device}: {each.watch} should have opened at {each.from_:%H:%M} and did not")
            continue
        alerts.remove(matching[0])
    for alert in alerts:
        found.wrong.append(f"{alert['device']}: {alert['watch']} opened at {alert['opened_at']}, and nobody expected it")


def _told(operator: Visitor, play: Play, found: Account, mails_kept: bool) -> None:
    """Everybody who had to be told of an alert was told, and one mail left for each telling, not two."""
    eventful = [home for home in play.homes if any(expected.alerts(device, play.run) for device in home.home.devices)]
    tells = [
        (home.contract, tell["alert"], tell["kind"], tell["person"])
        for home in eventful
        for tell in pages(operator, f"/v1/contracts/{home.contract}/told")
        if (home.contract, tell["alert"]) not in play.known_before
    ]
    found.told = len(tells)
    twice = [tell for tell, times in Counter(tells).items() if times > 1]
    found.wrong += [f"{contract}: {who} was told of {alert} ({kind}) twice" for contract, alert, kind, who in twice]
    until = time.monotonic() + _MAIL_SECONDS * mails_kept
    found.mails = play.mails() - play.mails_before
    while found.mails < found.told and time.monotonic() < until:
        time.sleep(1)
        found.mails = play.mails() - play.mails_before
    if found.mails > found.told or (mails_kept and found.mails < found.told):
        found.wrong.append(f"for {found.told} tellings {found.mails} mails left")


def _text(at: datetime) -> str:
    return urllib.parse.quote(at.isoformat())


def percentile(seconds: Sequence[float], share: float) -> float:
    """The smallest of them that at least this share does not exceed."""
    ordered = sorted(seconds)
    return ordered[max(-(-len(ordered) * round(share * 1000) // 1000) - 1, 0)]


def span_of(seconds: float) -> str:
    return str(timedelta(seconds=round(seconds)))
