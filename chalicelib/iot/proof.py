"""The proof that somebody holds a device: the code on its label. We keep a print of it, from which nobody can tell the code.

A serial number and a code are typed by people: letter case, spaces and hyphens of a code do not count.
"""

from __future__ import annotations

import hashlib
import hmac
import re

# No I, L, O, U, 0 or 1: nobody mistakes one for another, and no word comes out by chance. 12 of 30 letters are 58 bits.
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12
SHORTEST = 8  # of a code that somebody else printed
SERIAL = r"[A-Za-z0-9][A-Za-z0-9_-]{3,47}"
STATES = ("in_stock", "shipped", "claimed", "returned", "retired")  # of a device of the stock
PREFIX = "sn-"  # devices that came by their serial number are named after it, and no other device is


def device_of(serial: str) -> str:
    """The name that a device of our stock has as a thing, in topics and addresses."""
    return PREFIX + serial


def serial_of(device: str) -> str:
    """The serial number in such a name; empty for any other."""
    serial = device.removeprefix(PREFIX)
    return serial if serial != device and normal(serial) == serial else ""


def normal(serial: str) -> str:
    """A serial number as we keep it, in capitals; empty for what cannot be one."""
    return serial.upper() if re.fullmatch(SERIAL, serial) else ""


def bare(code: str) -> str:
    """A code as it counts."""
    return re.sub(r"[\s-]", "", code).upper()


def shown(code: str) -> str:
    """A code of ours as it is printed: `ABCD-EFGH-JKMN`."""
    return "-".join(code[place : place + 4] for place in range(0, len(code), 4))


def digest(serial: str, code: str) -> str:
    """The print that is kept. Slow on purpose (3 ms): who reads the table cannot try all short codes."""
    return hashlib.scrypt(bare(code).encode(), salt=serial.encode(), n=2**10, r=8, p=1, dklen=20).hex()


def matches(serial: str, code: str, kept: str) -> bool:
    """Whether it is the code. As slow for a device that we do not know."""
    return hmac.compare_digest(digest(serial, code), kept or "-")
