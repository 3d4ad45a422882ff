"""`python -m fleet`: fetch an identity, replay a recording, report live readings, put on firmware, look at what waits."""

import argparse
import json
import os
import re
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from queue import SimpleQueue

from fleet import identity, recording
from fleet.actions import Memory, Obedience, Settings, Unwilling
from fleet.agent import Agent, Pace, Source, say
from fleet.buffer import Buffer, look
from fleet.errors import BadRecording, FleetError
from fleet.happenings import Happening
from fleet.sensors import Sensors
from fleet.updates import Shelf, Updater
from fleet.updating import Ears, Updating
from fleet.versions import WithVersion
from fleet.wishing import Wishing


def main(arguments: list[str] | None = None) -> int:
    """0: everything delivered; 1: stopped with readings waiting; 2: wrong input; 3: disk; 4: turned away by the broker."""
    asked = _parser().parse_args(arguments)
    try:
        return int(asked.run(asked))
    except FleetError as wrong:
        say(f"fleet: {wrong}")
        return wrong.exit_code


def _replay(asked: argparse.Namespace) -> int:
    who = identity.load(asked.device)
    metrics = dict(_pair(text) for text in asked.metric)
    what = recording.load(asked.recording, asked.time, metrics, _rows(asked.rows))
    with_buffer = Buffer.of(who, asked.buffer_mb, frozenset(asked.urgent))
    try:
        progress = recording.resume(what, _moment(asked.starts_at), with_buffer.progress(what.id), datetime.now(UTC))
        if progress.next_row:
            say(f"Going on with row {progress.next_row + 1} of {progress.rows}; the earlier ones are stored or delivered.")
        return _report(asked, who, with_buffer, recording.Replay(what, progress, asked.speed))
    finally:
        with_buffer.close()


def _run(asked: argparse.Namespace) -> int:
    who = identity.load(asked.device)
    with_buffer = Buffer.of(who, asked.buffer_mb, frozenset(asked.urgent))
    try:
        source: Source = Sensors(sys.stdin, say)
        if asked.obey:  # a device that can be given another firmware says which one runs
            source = WithVersion(source, _shelf(who).running)
        return _report(asked, who, with_buffer, source)
    finally:
        with_buffer.close()


def _report(asked: argparse.Namespace, who: identity.Identity, buffer: Buffer, source: Source) -> int:
    from fleet.uplink import Uplink  # the SDK loads native code: only where it is used

    happenings: SimpleQueue[Happening] = SimpleQueue()
    uplink = Uplink(who, happenings, (asked.back_off / 10, asked.back_off), _ear(asked, who))
    agent = Agent(buffer, uplink, happenings, Pace(asked.batch, asked.every, asked.in_flight))
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: agent.stop())
    whole = agent.run(source)
    say(f"Delivered {agent.delivered_readings} readings." if whole else "Stopped; what was not delivered waits on the disk.")
    return 0 if whole else 1


def _ear(asked: argparse.Namespace, who: identity.Identity) -> Ears | None:
    """What listens to wishes and puts on firmware, where the device was told to obey; both stand beside its buffer."""
    if not getattr(asked, "obey", False):
        return None

    def act(settings: Settings) -> None:
        time.sleep(asked.act_seconds)
        unwilling = sorted(set(asked.refuse or ()) & settings.keys())
        if unwilling:
            raise Unwilling("not_possible")

    memory = Memory(who.buffer.with_suffix(".wishes.json"))
    wishing = Wishing(who.device, Obedience(memory, act), say)
    return Ears(wishing, Updating(Updater(who.device, _shelf(who), say)))


def _shelf(who: identity.Identity) -> Shelf:
    return Shelf(who.buffer.parent, who.device)


def _status(asked: argparse.Namespace) -> int:
    who = identity.load(asked.device)
    state = {"device": who.device, "stage": who.stage, "buffer": str(who.buffer), **look(who.buffer)}
    if asked.json:
        print(json.dumps(state))
        return 0
    print(f"{who.device} ({who.stage}), buffer {who.buffer}")
    print(f"  delivered {state['delivered']} readings")
    print(f"  waiting {state['waiting']}, of them in sealed batches that may be under way: {state['sealed_batches']} batches")
    if state["oldest"]:
        print(f"  oldest waiting reading: {state['oldest']}")
    for replay in state["replays"]:
        print(f"  replay {replay['id']} from {replay['starts_at']}: {replay['stored_rows']} of {replay['rows']} rows stored")
    return 0


def _update(asked: argparse.Namespace) -> int:
    from fleet.jobs import update  # the SDK loads native code: only where it is used

    say(f"Firmware {update(identity.load(asked.device), say)} runs; no more updates wait.")
    return 0


def _provision(asked: argparse.Namespace) -> int:
    from fleet.provisioning import provision  # the SDK loads native code: only where it is used

    file = provision(identity.load(asked.claim), asked.serial, asked.into, say, anew=asked.anew)
    print(file)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m fleet", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument(
        "--device", type=Path, required=True, metavar="FILE", help="the device's provisioning file (JSON, mode 600)"
    )
    sending = _sending(shared)

    replay = commands.add_parser(
        "replay", parents=[sending], help="send a recording; started again after a stop, it goes on where it was"
    )
    replay.add_argument("--recording", type=Path, required=True, metavar="CSV")
    replay.add_argument("--time", default="time_local", metavar="COLUMN", help="the column with date and time (time_local)")
    replay.add_argument(
        "--metric", action="append", required=True, metavar="METRIC=COLUMN", help="what to send; may be repeated"
    )
    replay.add_argument("--rows", metavar="FIRST:LAST", help="only these rows; 1 is the first after the header")
    replay.add_argument("--starts-at", metavar="TIME", help="ISO time with offset that the first row gets (now)")
    replay.add_argument(
        "--speed", type=_speed, default=1.0, metavar="FACTOR", help="60 plays an hour in a minute; 'max' sends at once (1)"
    )
    replay.set_defaults(run=_replay)

    run = commands.add_parser(
        "run", parents=[sending], help="send live readings: JSON lines {metric, value, measured_at?} on standard input"
    )
    run.add_argument("--obey", action="store_true", help="also do what is wished for from afar, and put on new firmware")
    run.add_argument(
        "--refuse", action="append", metavar="SETTING", help="with --obey: be unwilling to set this; may be repeated"
    )
    run.add_argument(
        "--act-seconds", type=float, default=0.0, metavar="SECONDS", help="with --obey: how long it takes to act (0)"
    )
    run.set_defaults(run=_run)

    update = commands.add_parser("update", parents=[shared], help="put on the firmware that waits for the device, then go")
    update.set_defaults(run=_update)

    _provisioning(commands.add_parser("provision", help="fetch an identity of its own with a claim certificate, once"))

    status = commands.add_parser("status", parents=[shared], help="what waits on the disk; also while an agent is running")
    status.add_argument("--json", action="store_true", help="as one JSON object")
    status.set_defaults(run=_status)
    return parser


def _sending(shared: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """What both ways of sending are told."""
    sending = argparse.ArgumentParser(add_help=False, parents=[shared])
    sending.add_argument("--batch", type=_positive, default=25, metavar="N", help="readings in a message at most (25)")
    sending.add_argument(
        "--every", type=float, default=60, metavar="SECONDS", help="a message leaves after this time at the latest (60)"
    )
    sending.add_argument(
        "--in-flight", type=_positive, default=1, metavar="N", help="unacknowledged messages at most; 1 keeps the order (1)"
    )
    sending.add_argument(
        "--urgent",
        action="append",
        default=[],
        metavar="METRIC",
        help="its readings leave alone and at once; may be repeated",
    )
    sending.add_argument("--buffer-mb", type=_positive, default=64, metavar="MB", help="the disk buffer's size at most (64)")
    sending.add_argument(
        "--back-off", type=float, default=60, metavar="SECONDS", help="longest pause between two tries to connect (60)"
    )
    return sending


def _provisioning(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--claim", type=Path, required=True, metavar="FILE", help="the claim's provisioning file (mode 600)")
    parser.add_argument("--serial", type=_serial, required=True, metavar="NUMBER", help="the serial number on the label")
    parser.add_argument("--into", type=Path, required=True, metavar="FOLDER", help="where the device keeps its identity")
    parser.add_argument("--anew", action="store_true", help="also when it has an identity: it came back into the stock")
    parser.set_defaults(run=_provision)


def _serial(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{3,47}", text):
        raise argparse.ArgumentTypeError("must be 4 to 48 letters, digits, - and _, as on the label")
    return text.upper()


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def _speed(text: str) -> float:
    factor = float("inf") if text == "max" else float(text)
    if not factor > 0:
        raise argparse.ArgumentTypeError("must be above 0, or 'max'")
    return factor


def _pair(text: str) -> tuple[str, str]:
    metric, found, column = text.partition("=")
    if not (metric and found and column):
        raise BadRecording(f"--metric {text} is not METRIC=COLUMN.", "For example: --metric power_kw=active_kw")
    return metric, column


def _rows(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    first, _, last = text.partition(":")
    if not (first.isdecimal() and last.isdecimal()):
        raise BadRecording(f"--rows {text} is not FIRST:LAST.", "For example: --rows 9121:12040")
    return int(first), int(last)


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as wrong:
        raise BadRecording("--starts-at is not an ISO time.", "For example: --starts-at 2025-08-05T08:00+09:00") from wrong
    if moment.tzinfo is None:
        raise BadRecording("--starts-at has no offset.", "For example: --starts-at 2025-08-05T08:00+09:00")
    return moment


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    # The SDK's threads may still be closing; everything that matters is on disk by now.
    os._exit(code)
