"""What people are told of alerts: what a transaction stores of it, and its words. `reaching.py` sends it."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from chalicelib.dates import japan
from chalicelib.flows import names, sentences
from chalicelib.flows.sentences import Said
from chalicelib.iot.alerts import NO_FACTS, Facts, Tell
from chalicelib.iot.reading import Millis, from_millis
from chalicelib.iot.telling import CONTACT, IGNORES_QUIET
from chalicelib.iot.watching import Settled
from chalicelib.store import alerts, outbox
from chalicelib.store.codec import instant_text
from chalicelib.store.devices import Held
from chalicelib.store.transact import Store, Write

ORDER = ("asked", "opened", "closed")


def writes(store: Store, held: Held, *settled: Settled, gather: Millis | None = None) -> list[Write]:
    """Everything beside the device's own row: changed alerts, what was told, and one outbox entry per alert and kind.

    `gather`: we are late ourselves, and this is told at that instant together with what else there is. What is critical,
    and a question, leave at once all the same.
    """
    entries: list[Write] = []
    for part in settled:
        entries += [alerts.write(store, held.device.contract, held.device.id, alert) for alert in part.alerts]
        entries += _told(store, held, part.tells, gather)
    return entries


def _told(store: Store, held: Held, tells: Iterable[Tell], gather: Millis | None) -> list[Write]:
    entries: list[Write] = []
    contract, device = held.device.contract, held.device.id
    ordered = sorted(tells, key=lambda tell: (tell.alert, ORDER.index(tell.kind)))
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
            "people": [tell.person for tell in news],
        }
        if gather is not None and kind != "asked" and first.level != IGNORES_QUIET:
            body["gather"] = instant_text(from_millis(gather))
        if kind == "asked":
            body["secret"] = secrets.token_urlsafe(24)  # of their one-time links; kept nowhere else (`answering.py`)
        named = [tell for tell in news if tell.person != CONTACT]
        if named:
            entries.append(alerts.write_told(store, contract, device, named))
        if body["people"]:
            cause = f"{contract}#{alert}#{kind}#{first.at}"
            entries.append(outbox.entry(store, "told", cause, from_millis(first.at), body))
    return entries


def said(body: Any) -> Said:
    """What an outbox entry tells of, for its words. Entries that were written by an earlier edition say less."""
    return Said(
        device=body["device"],
        watch=body["watch"],
        level=body["level"],
        condition=body["condition"],
        opened_at=int(body["alert"].split("-", 1)[0]),
        value=body["value"],
        label=body.get("label", ""),
        model=body.get("model", ""),
        facts=Facts(*body["facts"]) if body.get("facts") else NO_FACTS,
        closed_at=body.get("closed_at"),
        home=body.get("home", ""),
    )


def words(body: Any, language: str) -> tuple[str, str]:
    """Subject and text of what is told, in one language."""
    book, news = sentences.texts(), said(body)
    kind, frame = body["kind"], book["frame"]
    figures = {
        "level": book["level"][news.level][language],
        "where": sentences.where(news, language),
        "watch": sentences.watch_name(news, language),
    }
    lines = [
        *_says(book, body, news, language),
        "",
        frame["since"][language].format(at=_shown(news.opened_at, language)),
        frame["told"][language].format(at=_shown(body["at"], language)),
        "",
        frame["closing"][language],
    ]
    return book["subject"][kind][language].format_map(figures), "\n".join(lines) + "\n"


def short(body: Any, language: str) -> str:
    """What a short message says: the sentence; of a question, what is asked, and its link."""
    news, frame = sentences.sentence(said(body), language), sentences.texts()["frame"]
    if body["kind"] != "asked":
        return news
    link = body.get("link", "")
    how = frame["short_link" if link else "without_link"][language].format(link=link)
    return f"{frame['asked'][language]} {news} {how}"


def _says(book: Any, body: Any, news: Said, language: str) -> list[str]:
    """The sentence, and what to do about it."""
    frame, condition = book["frame"], news.condition or "unknown"
    noticed = frame["opened"][language].format(sentence=sentences.sentence(news, language))
    if body["kind"] == "asked":
        link = body.get("link", "")
        how = frame["with_link" if link else "without_link"][language].format(link=link)
        return [frame["asked"][language], noticed, "", how, frame["else"][language]]
    return [noticed, book["advice" if body["kind"] == "opened" else "over"][condition][language]]


def _shown(at: Millis, language: str) -> str:
    moment = japan(from_millis(at))
    return f"{names.day_words(moment.date(), language)} {moment.hour}:{moment:%M}"
