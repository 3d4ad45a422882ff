"""What a connection tells the agent, one value each."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Connected:
    session_present: bool


@dataclass(frozen=True, slots=True)
class Disconnected:
    """The line is down, or a try to get one failed; `turned_away` when it was about who we are, not about the network."""

    reason: str
    turned_away: bool = False


@dataclass(frozen=True, slots=True)
class Delivered:
    batch: str


@dataclass(frozen=True, slots=True)
class Undelivered:
    """Not acknowledged; the agent sends it again from the disk. `turned_away` when the broker refused the publish."""

    batch: str
    reason: str
    turned_away: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """The agent is to stop."""


Happening = Connected | Disconnected | Delivered | Undelivered | Asked
