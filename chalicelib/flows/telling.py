"""What people are told of alerts: what a transaction stores of it, and its words. `reaching.py` sends it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any

from chalicelib.dates import japan
from chalicelib.iot.alerts import Tell
from chalicelib.iot.reading import Millis, from_millis
from chalicelib.iot.watching import Settled
from chalicelib.store import alerts, outbox
from chalicelib.store.devices import Held
from chalicelib.store.transact import Store, Write

TEXTS = Path(__file__).parent.parent / "texts" / "alerts.toml"
LANGUAGES = ("ja", "en")


def writes(store: Store, held: Held, *settled: Settled) -> list[Write]:
    """Everything beside the device's own row: changed alerts, what was told, and one outbox entry per alert and kind."""
    entries: list[Write] = []
    for part in settled:
        entries += [alerts.write(store, held.device.contract, held.device.id, alert) for alert in part.alerts]
        entries += _told(store, held, part.tells)
    return entries


def _told(store: Store, held: Held, tells: Iterable[Tell]) -> list[Write]:
    entries: list[Write] = []
    contract, device = held.device.contract, held.device.id
    ordered = sorted(tells, key=lambda tell: (tell.alert, tell.kind != "opened"))
    for (alert, kind), group in groupby(ordered, key=lambda tell: (tell.alert, tell.kind)):
        news = list(group)
        first = news[0]
        body = {
            "contract": contract,
            "device": device,
            "alert": alert,
            "watch": first.watch,
            "level": first.level,
            "condition": first.condition,
            "value": first.value,
            "kind": kind,
            "at": first.at,
            "label": held.label,
            "model": held.device.model,
            "facts": list(first.facts),
            "closed_at": first.ended,
            "people": [tell.person for tell in news if "mail" in tell.channels],
        }
        entries.append(alerts.write_told(store, contract, device, news))
        if body["people"]:
            cause = f"{contract}#{alert}#{kind}#{first.at}"
            entries.append(outbox.entry(store, "told", cause, from_millis(first.at), body))
    return entries


@lru_cache(maxsize=1)
def texts() -> dict[str, Any]:
    return tomllib.loads(TEXTS.read_text(encoding="utf-8"))


def words(body: Any, language: str) -> tuple[str, str]:
    """Subject and text of what is told, in one language."""
    book = texts()
    kind = book[body["kind"]]
    figures = {
        "watch": body["watch"],
        "device": body["device"],
        "level": book["level"][body["level"]][language],
        "value": "" if body["value"] is None else body["value"],
    }
    opened_at = int(body["alert"].split("-", 1)[0])
    lines = [
        kind[body["condition"]][language].format_map(figures),
        "",
        book["frame"]["since"][language].format(at=_shown(opened_at)),
        book["frame"]["told"][language].format(at=_shown(body["at"])),
        "",
        book["frame"]["closing"][language],
    ]
    return kind["subject"][language].format_map(figures), "\n".join(lines) + "\n"


def _shown(at: Millis) -> str:
    return japan(from_millis(at)).strftime("%Y-%m-%d %H:%M")
