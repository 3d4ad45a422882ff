"""`python -m fleet update`: connects as the device, does the jobs that wait for it, and goes. For a quiet hour."""

from collections.abc import Callable

from fleet.identity import Identity
from fleet.line import Line
from fleet.updates import Shelf, Updater


def update(identity: Identity, tell: Callable[[str], None]) -> str:
    """Does every job that waits, one after the other. Returns the version that runs then. Raises Refused, NoAnswer."""
    shelf = Shelf(identity.buffer.parent, identity.device)
    updater = Updater(identity.device, shelf, tell)
    line = Line(identity, updater.topics)
    try:
        line.open()
        line.say(updater.begin())
        while not updater.idle:
            topic, body = line.hear()
            for answer in updater.arrived(topic, body):
                line.say(answer)
    finally:
        line.close()
    return shelf.running()
