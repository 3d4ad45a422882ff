"""Advertising: an operator's words for a whole service, told only to who agreed to that, and to nobody who took it back."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.errors import Refused
from chalicelib.flows import dry_runs, outbox, services, views
from chalicelib.gateways import mail
from chalicelib.store import outbox as waiting
from chalicelib.store.transact import Store
from tests.flows.test_outbox import Post, inserted
from tests.flows.test_services import carry
from tests.flows.world import HANA, KEN, OPERATOR, World, at

WORDS = {"title_ja": "春の点検", "text_ja": "点検が半額です。", "title_en": "Spring check", "text_en": "Half the price {now}."}
AD = {"to": "provider", "purpose": "marketing"}


@pytest.fixture
def world(store: Store, monkeypatch: pytest.MonkeyPatch) -> World:
    made = World(store)
    monkeypatch.setattr("chalicelib.gateways.queue.night_queue", lambda: made.queue)
    for entry in list(waiting.leftovers(store, at("2099-01-01T00:00"))):
        waiting.left(store, entry)
    return made


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Post:
    made = Post()
    monkeypatch.setattr(mail, "connect", lambda: made)
    return made


def register(world: World, name: str, who: Any, **contact: str) -> str:
    free = {"service": "omron-remote", "plan": "standard", "payment_method": "none"}
    asked = {**free, "contact": {"email": f"{name}@example.jp", **contact}}
    return str(world.apply("2025-04-05T10:00", who, **asked)["id"])


def told(world: World, contract: str) -> list[str]:
    return [notice["kind"] for notice in views.notices(world.store, contract)["items"]]


def leave(world: World, post: Post, *names: str) -> list[mail.Mail]:
    """Everything that waits leaves; gives the advertising among it for these people (the store is the module's)."""
    outbox.deliver(world.store, inserted(world), at("2025-06-01T10:10"))
    sent = [letter for letter in post.sent if "【広告】" in letter.subject or "[Advertisement]" in letter.subject]
    return [letter for letter in sent if letter.to in {f"{name}@example.jp" for name in names}]


@pytest.mark.rule("ORM-USE-2")
def test_advertising_reaches_who_agreed_to_it_and_nobody_else(world: World, post: Post) -> None:
    yes, no, back = register(world, "yes", HANA, language="en"), register(world, "no", KEN), register(world, "back", KEN)
    for contract in (yes, back):
        world.do("2025-05-01T10:00", contract, "consent", **AD)
    world.do("2025-05-01T10:00", no, "consent", to="provider", purpose="data")
    world.do("2025-05-01T10:00", no, "consent", to="dealer", purpose="marketing")  # not to us
    world.do("2025-05-02T10:00", back, "withdraw_consent", **AD)
    world.say("2025-06-01T10:00", "omron-remote", "announce_campaign", **WORDS)
    (answer,) = carry(world, "2025-06-01T10:05")
    assert answer["parked"] == 0
    assert [told(world, contract).count("campaign") for contract in (yes, no, back)] == [1, 0, 0]
    (letter,) = leave(world, post, "yes", "no", "back")
    assert (letter.to, letter.subject) == ("yes@example.jp", "[Advertisement] Spring check")
    assert "Half the price {now}." in letter.text  # an operator's words are words, no pattern
    assert "take that back at any time" in letter.text


@pytest.mark.rule("ORM-USE-2")
def test_who_takes_it_back_before_the_mail_has_left_gets_none(world: World, post: Post) -> None:
    contract = register(world, "late", HANA)
    world.do("2025-05-01T10:00", contract, "consent", **AD)
    world.say("2025-06-01T10:00", "omron-remote", "announce_campaign", **WORDS)
    carry(world, "2025-06-01T10:05")
    world.do("2025-06-01T10:06", contract, "withdraw_consent", **AD)
    assert leave(world, post, "late") == []
    assert not [one for one in waiting.leftovers(world.store, at("2099-01-01T00:00")) if one.kind == "notices"]


@pytest.mark.rule("ORM-USE-2")
def test_the_trial_counts_who_would_be_told_and_the_service_stays_as_it_is(world: World) -> None:
    yes = register(world, "trial", HANA)
    register(world, "other", KEN)
    world.do("2025-05-01T10:00", yes, "consent", **AD)
    before = services.view(world.store, at("2025-06-01T10:00"), "omron-remote")
    found = dry_runs.dry_run(world.store, at("2025-06-01T10:00"), OPERATOR, "omron-remote", "announce_campaign", WORDS)
    mine = next(one for one in found["items"] if one["contract"] == yes)
    assert (mine["notices"], found["notice"], found["rule"]) == (["campaign"], "campaign", "ORM-USE-2")
    assert found["page"]["told"] == found["page"]["notices"]["campaign"] < found["page"]["contracts"]
    world.say("2025-06-01T10:00", "omron-remote", "announce_campaign", **WORDS)
    after = services.view(world.store, at("2025-06-01T10:00"), "omron-remote")
    assert {**after, "version": before["version"]} == before


def test_a_service_whose_terms_know_no_advertising_sends_none(world: World) -> None:
    with pytest.raises(Refused, match="not_provided"):
        world.say("2025-06-01T10:00", "sottonet", "announce_campaign", **WORDS)
