"""A day's energy from its summaries: the whole house, each group of appliances, and what is left. Pure.

The whole is what a meter counted, else a power over the time in which it is known. Groups are the metrics whose model
names one. All in kilowatt-hours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.iot import models
from chalicelib.iot.history.rollup import tidy

Json = dict[str, Any]
KWH = {"kWh": 1.0, "Wh": 0.001}
DATAS = ("energy", "pv")


def of(model: str, metrics: Mapping[str, Json]) -> Json | None:
    """What a day, or a month, came to; None where nothing of it is energy. `missing` are the whole's minutes without data."""
    known = models.metrics(model)
    groups: dict[str, float] = {}
    whole: tuple[int, float, Json] | None = None
    for metric, one in metrics.items():
        about = known.get(metric, {})
        if about.get("data") not in DATAS or not one["n"]:
            continue
        kwh, rank = _kwh(about, one)
        if kwh is None:
            continue
        if "group" in about:
            groups[about["group"]] = tidy(groups.get(about["group"], 0) + kwh)
        elif whole is None or rank < whole[0]:
            whole = (rank, kwh, one)
    if whole is None and not groups:
        return None
    if whole is None:
        return {"groups": groups}
    _, total, one = whole
    in_gaps = one.get("in_gaps", sum(rise for _, _, rise in one.get("rises", ())))
    found: Json = {"total_kwh": tidy(total), "missing": one.get("missing", 0)}
    if groups:
        found |= {"groups": groups, "rest_kwh": tidy(max(0.0, total - sum(groups.values())))}
    return found | ({"in_gaps": tidy(in_gaps)} if in_gaps else {})


def amount(about: Mapping[str, Any], summary: Json) -> float | None:
    """The energy of one metric in kilowatt-hours; None where it is none, or not known."""
    return _kwh(about, summary)[0]


def _kwh(about: Mapping[str, Any], one: Json) -> tuple[float | None, int]:
    """The energy of a metric and how much it is to be trusted: a meter before amounts, those before a power."""
    factor = KWH.get(about.get("unit", ""))
    if one["kind"] == "meter" and factor is not None:
        return one["used"] * factor, 0
    if one["kind"] == "amount" and factor is not None:
        return one["sum"] * factor, 1
    return one.get("kwh"), 2
