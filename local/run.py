"""`make run`: the whole of Mimamori on this machine, and its supervisor. Ctrl-C stops it; the next start goes on from there."""

from __future__ import annotations

import argparse
import fcntl
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local import claim, world
from local.seed import seed
from local.stack import ROOT, Places, running
from local.supervisor import Supervisor
from local.trouble import Trouble, told

FOLDER = ROOT / ".local"
FREE_MIN = 300 * 1024 * 1024


@told
def main() -> int:
    asked = _asked()
    signal.signal(signal.SIGTERM, lambda *_: _interrupted())
    FOLDER.mkdir(mode=0o700, exist_ok=True)
    if shutil.disk_usage(FOLDER).free < FREE_MIN:
        raise Trouble("Less than 300 MB are free on this disk.", "Make room, then run it again.")
    with _alone(FOLDER):
        _sweep(FOLDER)
        began = time.monotonic()
        print("Starting the embedded AWS ...", flush=True)
        with running(Places(FOLDER, asked.port, asked.mqtt_port, asked.phones_port, asked.web_port)) as stack:
            print("Packaging the app and deploying it ...", flush=True)
            here = world.build(stack)
            supervisor = Supervisor(here)
            try:
                _furnish(here)
                print(_welcome(here, time.monotonic() - began), flush=True)
                supervisor.watch()
            except KeyboardInterrupt:
                signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not cut the saving short
                print("\nStopping, and saving what is there ...", flush=True)
            finally:
                if stack.alive():
                    supervisor.logs.gather()
        _sweep(FOLDER)
    print("Stopped. `make run` goes on from here; remove the folder .local to begin anew.")
    return 0


def _furnish(here: world.World) -> None:
    facts = world.read(FOLDER)
    if facts["seeded"]:
        print("Finding the data of the last time ...", flush=True)
        return
    print("Letting a few households move in ...", flush=True)
    seed(here)
    world.write(FOLDER, {**facts, "seeded": True})


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make run", description=__doc__)
    parser.add_argument("--port", type=_port, default=8720, help="where the API and everything AWS answers")
    parser.add_argument("--mqtt-port", type=_port, default=8883, help="where devices connect")
    parser.add_argument("--phones-port", type=_port, default=8721, help="where LINE, browsers and what arrived are played")
    parser.add_argument("--web-port", type=_port, default=8722, help="where browsers go: the web app, and the API beside it")
    asked = parser.parse_args()
    if len({asked.port, asked.mqtt_port, asked.phones_port, asked.web_port}) < 4:
        raise Trouble("Two of PORT, MQTT_PORT, PHONES_PORT and WEB_PORT are the same.", "Give different ones.")
    return asked


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text} is no port; say a number from 1 to 65535")
    return int(text)


def _interrupted() -> None:
    raise KeyboardInterrupt


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Only one world lives in a folder at a time."""
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Trouble("It is running already, from this folder.", "Use that one, or stop it with Ctrl-C there.") from None
        yield


def _sweep(folder: Path) -> None:
    """The unpacked functions: they are made again at each start."""
    shutil.rmtree(folder / "tmp", ignore_errors=True)


def _welcome(here: world.World, seconds: float) -> str:
    users = "\n".join(f"  {_ROLES[who]:46} {user['email']:30} {user['password']}" for who, user in here.users.items())
    return f"""
Mimamori is running ({seconds:.0f} s).

The app          {here.web}     (open it in a browser, and sign in as one of those below)
The API          {here.api}/v1
  try            curl {here.api}/v1/services
  its document   {here.api}/v1/openapi.json
Devices          localhost:{here.stack.places.mqtt_port}, MQTT over mutual TLS
  new ones       {claim.place(here.stack.places.folder)}   (a claim certificate, for python -m fleet provision)
What arrived     {here.phones.address}   (LINE, push, text messages, mail; how to play along is on top of local/phones.py)
Sent e-mail      {here.stack.endpoint}/_ministack/ses/messages

Who can sign in
{users}

Next             make demo     (in a second terminal: a family's whole story, from application to last bill)
Logs             {here.stack.places.folder / "functions.log"}
To stop          Ctrl-C        (everything is kept for the next start)
"""


_ROLES = {
    "operator": "operator",
    "family": "a family without a contract yet (the demo's)",
    "haruka": "three lived-in homes, with alerts and bills",
    "kenji": "a household with ALLwatch, nothing installed",
    "daughter": "invited by haruka; the code is in her mail",
}


if __name__ == "__main__":
    sys.exit(main())
