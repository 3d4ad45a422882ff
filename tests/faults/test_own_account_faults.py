"""One's own account under bad luck: a change of address, a crash between the pool and our tables at every call."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from chalicelib import settings
from chalicelib.flows import address_change, outbox
from chalicelib.gateways import mail, pool
from chalicelib.members.roles import Caller
from chalicelib.store import contracts as rows
from chalicelib.store import members, people
from tests.api import cognito
from tests.faults.harness import Snapshot, all_rows
from tests.faults.test_contract_faults import CONTACT, enumerate_faults, few_shards, no_waiting, start  # noqa: F401 - fixtures
from tests.flows.world import HANA, World, at

NOW = at("2025-04-05T10:00")


@pytest.fixture
def world(store: Any, start: Snapshot, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:  # noqa: F811
    start.restore()
    monkeypatch.setenv("TOKEN_ISSUER", cognito.ISSUER)
    monkeypatch.setenv("TOKEN_CLIENT_ID", cognito.CLIENT)
    settings.current.cache_clear()
    pool.forget()
    cognito.make()
    cognito.mended(monkeypatch)
    yield World(store)
    settings.current.cache_clear()
    pool.forget()


class Post(dict[str, mail.Mail]):
    """Letters by their key: a repeat is recognised at the other end."""

    def send(self, letter: mail.Mail) -> None:
        self[letter.key] = letter


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch) -> Post:
    found = Post()
    monkeypatch.setattr(mail, "connect", lambda: found)
    return found


def leave(world: World) -> None:
    """All that waits leaves, also what was left for later."""
    outbox.sweep(world.store, NOW + timedelta(hours=1))


def test_a_change_of_address_under_bad_luck(world: World, letters: Post) -> None:
    """Riku is let in to Hana's home and told there, and has a contract of his own."""
    account = cognito.made("riku@example.com")
    riku = Caller(account, "riku@example.com", role="contractor")
    home = world.apply("2025-04-03T10:00", key="one", **CONTACT)["id"]
    mine = world.apply("2025-04-03T10:00", riku, "two", contact={"email": "riku@example.com"})["id"]
    member = members.Member(home, members.email_hash(riku.email), "riku", "2025-04-03T01:00:00Z", "family", account)
    world.store.write(members.let_in(world.store, HANA.subject, member))
    known = people.load(world.store, home)
    world.store.write(people.write(world.store, home, known, people.reached(known, "riku", email=riku.email)))
    leave(world)
    address_change.ask(world.store, NOW, pool.connect(), account, "riku.new@example.com", cognito.PASSWORD, "ja")
    leave(world)
    (code,) = [line for one in letters.values() for line in one.text.splitlines() if line.isdigit()]
    letters.clear()

    def change() -> None:
        address_change.confirm(world.store, NOW, pool.connect(), account, code)
        leave(world)

    def seen() -> Any:
        told = sorted(letters)
        letters.clear()
        who = cognito.user("riku.new@example.com")
        return all_rows(), told, who and who.id, cognito.user("riku@example.com")

    assert enumerate_faults(change, seen, cognito.picture) >= 10
    (inside,) = members.members(world.store, HANA.subject, home)
    assert (inside.email_hash, inside.subject) == (members.email_hash("riku.new@example.com"), account)
    assert people.load(world.store, home).reach["riku"]["email"] == "riku.new@example.com"
    assert members.followed(world.store, "riku.new@example.com", account) == {home: ["family"]}
    assert rows.load_profile(world.store, mine)["contact"]["email"] == "riku.new@example.com"
