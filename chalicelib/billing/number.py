"""The number of a bill, as people say it on the telephone and file it by."""

from __future__ import annotations

import hashlib

_DIGITS, _GROUP = 12, 4


def invoice_number(contract: str, key: str) -> str:
    """`2603-4821-7736-0195`: year and month, then figures that follow from contract and key alone, so it never changes.

    Nothing counts bills. Where 30,000 contracts are billed, two bills of one number come once in two thousand months, and
    the contract stands beside the number on every bill.
    """
    digest = hashlib.sha256(f"invoice {contract} {key}".encode()).digest()
    figures = f"{int.from_bytes(digest) % 10**_DIGITS:0{_DIGITS}}"
    groups = [figures[start : start + _GROUP] for start in range(0, _DIGITS, _GROUP)]
    return "-".join([f"{key[2:4]}{key[5:7]}", *groups])


__all__ = ["invoice_number"]
