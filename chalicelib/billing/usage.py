"""What a plan lets a line use: its own monthly allowance and what was bought on top. Nothing carries over."""

from __future__ import annotations

from datetime import date

from chalicelib.contracts.contract import Contract
from chalicelib.contracts.options import running
from chalicelib.contracts.terms import Terms
from chalicelib.dates import month_of


def data_allowance(contract: Contract, terms: Terms, day: date) -> int | None:
    """GB that the running line may use at full speed in the month of `day`; None without such a line (STW-DAT-2).

    What was bought waits in `owed` until the month closes, so it is counted there.
    """
    rules, option = terms.section("options"), running(contract, day)
    if option is None or "allowance" not in rules:
        return None
    own: int = terms.value(rules["allowance"].format(option=option.plan_on(day)), day)
    bought = sum(
        charge.quantity or 0
        for charge in contract.owed
        if charge.item == rules["allowance_item"] and month_of(charge.day) == month_of(day)
    )
    return own + bought
