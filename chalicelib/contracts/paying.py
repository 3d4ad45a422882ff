"""The ways of payment of a contract, by the days from which they are usable. Light to load: a look at a contract asks too."""

from __future__ import annotations

from datetime import date

from chalicelib.contracts.contract import Contract


def method_on(contract: Contract, day: date) -> str:
    """The way of payment in force: of the methods usable by then, the one registered last (ALW-PAY-4)."""
    return next(method for usable_from, method in reversed(contract.payment_methods) if usable_from <= day)


def methods_after(contract: Contract, day: date) -> list[tuple[date, str]]:
    """Ways of payment that come into force after a day, and since when: none whose place a later registration takes before."""
    told = contract.payment_methods
    coming = [(since, method) for n, (since, method) in enumerate(told) if all(later > since for later, _ in told[n + 1 :])]
    return [(since, method) for since, method in coming if since > day]
