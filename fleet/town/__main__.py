"""`make fleet HOMES=200`: a town of simulated homes lives some minutes against the running `make run`, and is accounted for.

Each home is a contract with its own daughter and one to three devices, every one with a certificate of its own, all in this
one process. The stage's clock goes along (SPEED=60: an hour a minute). Exit code 0: everything sent is there, every alert
that had to open did, once, and nothing else; 1: something is wrong, and said; 2: no running world, or wrong arguments.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from datetime import datetime
from pathlib import Path

from fleet.town.account import Account, draw_up, percentile
from fleet.town.homes import town
from fleet.town.moving_in import Office
from fleet.town.play import Play
from fleet.visitor import NotAsExpected, Place
from local.stack import ROOT

STACK = ROOT / ".local" / "stack.json"
_HOMES_MAX = 2000


def main(arguments: list[str] | None = None) -> int:
    """The exit code."""
    asked = _parser().parse_args(arguments)
    try:
        place = Place.find(asked.stack)
        return play(place, asked)
    except NotAsExpected as wrong:
        print(f"\nfleet: {wrong}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nfleet: stopped.", file=sys.stderr)
        return 130


def play(place: Place, asked: argparse.Namespace) -> int:
    """Moves the homes in, plays the run, says what came of it."""
    folder = place.folder / "fleet" / f"town{asked.seed}"
    homes = town(asked.homes, asked.seed)
    devices = sum(len(home.devices) for home in homes)
    print(f"{len(homes)} homes ({len(homes)} contracts) with {devices} devices move in, or are found ...", flush=True)
    began = time.monotonic()
    moved = Office(place, folder, _moving).move_in(homes)
    print(f"  all there after {time.monotonic() - began:.0f} s", flush=True)
    run = Play(place, moved, asked.speed, asked.minutes * 60, show)
    print(f"They connect, and live {run.minutes} minutes of their own time in {asked.minutes:g} of ours ...", flush=True)
    stories: dict[str, int] = {}
    run.all(_played_until(folder, place))
    _note(folder, place, run.sim)
    for home in homes:
        for device in home.devices:
            name = device.played(run.run).name
            if name != "ordinary":
                stories[name] = stories.get(name, 0) + 1
    show(run)
    account = draw_up(run, place)
    report(run, account, stories)
    return 1 if account.wrong else 0


def show(run: Play) -> None:
    """One line of the live summary."""
    crowd, seen = run.crowd, run.eye.seen
    alerts = [
        alert
        for contract, known in list(seen.alerts.items())
        for id, alert in list(known.items())
        if (contract, id) not in run.known_before
    ]
    line = (
        f"  {run.sim:%H:%M}  connected {crowd.connected}/{len(crowd.lines)}  sent {crowd.sent:,}  "
        f"acknowledged {crowd.acknowledged:,}  arrived {run.arrived:,}  "
        f"alerts {len(alerts)} opened, {sum(bool(alert['closed_at']) for alert in alerts)} closed"
    )
    if seen.seconds:
        line += f"  latency p50 {percentile(seen.seconds, 0.5):.2f} s, p99 {percentile(seen.seconds, 0.99):.2f} s"
    print(line, flush=True)


def report(run: Play, account: Account, stories: dict[str, int]) -> None:
    """The summary in the end."""
    crowd, seconds = run.crowd, run.eye.seen.seconds
    print()
    print(f"Stories        {', '.join(f'{name} {count}' for name, count in sorted(stories.items())) or 'none'}")
    print(f"Messages       {crowd.sent:,} sent, {crowd.acknowledged:,} acknowledged, {run.arrived:,} arrived")
    print(f"               {crowd.again} sent again, {crowd.reconnections} reconnections")
    print(f"Readings       {crowd.readings:,} sent; {account.compared:,} compared with what the API has")
    print(f"Alerts         {account.expected} expected, {account.opened} opened, {account.closed} closed")
    print(f"Told           {account.told} times; {account.mails} mails left")
    if seconds:
        shown = f"p50 {percentile(seconds, 0.5):.3f} s, p99 {percentile(seconds, 0.99):.3f} s"
        print(f"Latency        {shown} from publish to the alert in the API, {len(seconds)} alerts")
    if run.held_seconds:
        print(f"Waited         {run.held_seconds:.0f} s for the stack to catch up")
    for sentence in account.wrong[:20]:
        print(f"WRONG          {sentence}")
    if len(account.wrong) > 20:
        print(f"WRONG          and {len(account.wrong) - 20} more")
    print("Something is wrong." if account.wrong else "Nothing lost, nothing twice.", flush=True)


def _moving(done: int, of: int) -> None:
    if done % 50 == 0 and done < of:
        print(f"  {done} of {of}", flush=True)


def _played_until(folder: Path, place: Place) -> datetime | None:
    """Where the town's own time ended in the last run in this world."""
    try:
        facts = json.loads((folder / "played.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return datetime.fromisoformat(facts["until"]) if facts["world"] == place.facts["cognito"]["user_pool_id"] else None


def _note(folder: Path, place: Place, until: datetime) -> None:
    facts = {"world": place.facts["cognito"]["user_pool_id"], "until": until.isoformat()}
    (folder / "played.json").write_text(json.dumps(facts), encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make fleet", description=__doc__)
    parser.add_argument("--homes", type=_homes, default=50, help="how many (50)")
    parser.add_argument("--minutes", type=_positive, default=2, help="how long the run lasts, in minutes of ours (2)")
    parser.add_argument("--speed", type=_positive, default=60, help="60 lives an hour in a minute (60)")
    parser.add_argument("--seed", type=int, default=1, help="another number is another town (1)")
    parser.add_argument("--stack", type=Path, default=STACK, metavar="FILE", help="the running world's stack.json")
    return parser


def _homes(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= _HOMES_MAX:
        raise argparse.ArgumentTypeError(f"{text} is no number of homes; say 1 to {_HOMES_MAX}")
    return int(text)


def _positive(text: str) -> float:
    number = float(text)
    if not 0 < number < 1e6:
        raise argparse.ArgumentTypeError("must be above 0")
    return number


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    # The SDK's threads may still be closing; everything that matters is said by now.
    os._exit(code)
