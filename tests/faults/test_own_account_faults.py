"""One's own account under bad luck: a change of address, a crash between the pool and our tables at every call."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from chalicelib import settings
from chalicelib.contracts.contract import Refund
from chalicelib.errors import Bound
from chalicelib.flows import address_change, goodbye, outbox
from chalicelib.flows import people as told_by
from chalicelib.flows.asked import Asked
from chalicelib.gateways import clients, mail, pool
from chalicelib.gateways.pool import Known, Tokens
from chalicelib.members.roles import Caller
from chalicelib.store import contracts as rows
from chalicelib.store import members, people
from tests.api import cognito
from tests.faults.harness import Baton, Snapshot, all_rows, every_order
from tests.faults.test_contract_faults import CONTACT, enumerate_faults, few_shards, no_waiting, start  # noqa: F401 - fixtures
from tests.flows.world import HANA, World, at

NOW, LATER = at("2025-04-05T10:00"), at("2025-06-20T12:00")


@pytest.fixture
def world(store: Any, start: Snapshot, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:  # noqa: F811
    start.restore()
    monkeypatch.setenv("TOKEN_ISSUER", cognito.ISSUER)
    monkeypatch.setenv("TOKEN_CLIENT_ID", cognito.CLIENT)
    settings.current.cache_clear()
    clients.forget()
    cognito.make()
    cognito.mended(monkeypatch)
    yield World(store)
    settings.current.cache_clear()
    clients.forget()


class Post(dict[str, mail.Mail]):
    """Letters by their key: a repeat is recognised at the other end."""

    def send(self, letter: mail.Mail) -> None:
        self[letter.key] = letter


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch) -> Post:
    found = Post()
    monkeypatch.setattr(mail, "connect", lambda: found)
    return found


def leave(world: World, now: datetime = NOW) -> None:
    """All that waits leaves, also what was left for later."""
    outbox.sweep(world.store, now + timedelta(hours=1))


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


# going for good


@pytest.fixture
def riku(world: World, letters: Post, monkeypatch: pytest.MonkeyPatch) -> Caller:
    """Riku, of whom Hana let him in to her home and tells him there; nothing of his waits to leave."""
    account = cognito.made("riku@example.com")
    home = str(world.apply("2025-04-03T10:00", key="home", **CONTACT)["id"])
    member = members.Member(home, members.email_hash("riku@example.com"), "riku", "2025-04-03T01:00:00Z", "family", account)
    world.store.write(members.let_in(world.store, HANA.subject, member))
    told = {"person": "riku", "role": "family", "channels": ["mail"], "email": "riku@example.com"}
    told_by.add(world.store, NOW, Asked(home, HANA.subject, "told", "print"), told)
    monkeypatch.setattr("chalicelib.gateways.clock.wall", lambda: LATER)
    return Caller(account, "riku@example.com", role="contractor")


def binding(world: World, who: Caller, when: str) -> list[str]:
    return [one["reason"] for one in goodbye.bound_by(world.store, at(when), who.subject)]


def over_and_paid(world: World, who: Caller) -> str:
    """A contract that ends on 31 May 2025 and is paid in June; says on the way what binds its holder."""
    person = {"applicant": {"name": "Kanaria Riku"}, "contact": {"email": who.email, "phone": "090-0000-0000"}}
    contract = str(world.apply("2025-04-03T10:00", who, "mine", **person)["id"])
    world.do("2025-04-10T12:00", contract, "install", outcome="done")
    world.nights("2025-04-20", "2025-05-01")
    world.do("2025-05-02T10:00", contract, "request_cancellation")
    world.night("2025-05-31")
    assert binding(world, who, "2025-05-31T12:00") == ["still_running"]
    world.night("2025-06-01")
    assert binding(world, who, "2025-06-01T12:00") == ["still_owed"]
    for _ in range(2):  # both bills
        assert binding(world, who, "2025-06-20T09:00") == ["still_owed"]
        world.do("2025-06-20T10:00", contract, "pay")
    return contract


def test_a_goodbye_under_bad_luck(world: World, riku: Caller, letters: Post) -> None:
    leave(world, LATER)
    enumerate_faults(lambda: say_goodbye(world, riku), all_rows, cognito.picture)
    assert members.sessions_ended_at(world.store, riku.subject) == members.SHUT
    assert cognito.user(riku.email) is not None  # nothing has left the outbox yet


def say_goodbye(world: World, who: Caller) -> None:
    goodbye.ask(world.store, LATER, pool.connect(), who.subject, cognito.PASSWORD)


def test_an_account_that_goes_takes_everything_along_but_its_bills(world: World, riku: Caller, letters: Post) -> None:
    """A crash after any call of the worker: a lost reply is each write's own affair, and proved with it."""
    mine = over_and_paid(world, riku)
    mai = {"person": "mai", "role": "family", "channels": ["mail"], "email": "mai@example.com"}
    told_by.add(world.store, NOW, Asked(mine, riku.subject, "mai", "print"), mai)
    world.store.write(members.profile_write(world.store, riku.subject, {"language": "en"}))
    leave(world, LATER)
    bills_before = rows.invoices(world.store, mine)
    say_goodbye(world, riku)
    letters.clear()

    def seen() -> Any:
        told = sorted((letter.to, letter.subject) for letter in letters.values())
        letters.clear()
        return all_rows(), told, cognito.user(riku.email)

    assert enumerate_faults(lambda: leave(world, LATER), seen, cognito.picture, ("crash after",)) >= 20
    everything, _, nobody = seen()
    assert nobody is None
    assert rows.invoices(world.store, mine) == bills_before and len(bills_before) == 2
    assert rows.load_profile(world.store, mine) == {"applicant": {"name": "Kanaria Riku"}}
    kept = everything["mimamori-test-contracts"][f"{mine}|profile"]["expires_at"]["N"]
    assert datetime.fromtimestamp(int(kept), UTC) > at("2033-08-01T00:00")  # the last bill is of 1 June 2025; 98 months
    assert [
        name for part in everything.values() for name, row in part.items() if "riku@" in str(row) or "mai@" in str(row)
    ] == []
    assert {name for name in everything["mimamori-test-accounts"] if riku.subject in name} == {f"{riku.subject}|sessions"}
    assert members.followed(world.store, riku.email, riku.subject) == {}


def test_the_letter_that_says_goodbye(world: World, riku: Caller, letters: Post) -> None:
    say_goodbye(world, riku)
    leave(world, LATER)
    assert [(one.to, one.subject) for one in letters.values() if "削除" in one.subject] == [
        ("riku@example.com", "アカウントを削除しました")
    ]


def test_who_still_has_something_to_settle_stays(world: World, riku: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    contract = over_and_paid(world, riku)
    assert binding(world, riku, "2025-06-20T11:00") == []
    money_back = Refund("r1", contract, 1000, "claim_sent", date(2025, 6, 1))
    with monkeypatch.context() as patch:
        patch.setattr(goodbye.rows, "refunds", lambda store, name: [money_back])
        assert binding(world, riku, "2025-06-20T11:00") == ["still_to_be_refunded"]
        before = all_rows()
        with pytest.raises(Bound) as refused:
            say_goodbye(world, riku)
        assert (refused.value.reason, [one["contract"] for one in refused.value.by]) == ("account_in_use", [contract])
        assert all_rows() == before
    with monkeypatch.context() as patch:
        patch.setattr(goodbye.tasks, "tasks", lambda *about: ("the unit is still out",))
        assert binding(world, riku, "2025-06-20T11:00") == ["still_unfinished"]


def test_an_application_and_a_goodbye_in_every_order(world: World, riku: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """Either the account is gone and the application refused, or the contract stands and the account stays."""
    monkeypatch.setattr(
        goodbye.passwords, "proved", lambda *about: (Known(riku.subject, riku.email, True), Tokens("", "", "", 1))
    )
    monkeypatch.setattr(pool.Pool, "revoke", lambda self, token: None)
    before, put_back = Snapshot(), cognito.picture()
    outcomes = set()

    def run(baton: Baton) -> None:
        before.restore()
        put_back()
        _, applied = baton.run(
            lambda: say_goodbye(world, riku),
            lambda: world.apply("2025-06-20T12:00", riku, "late"),
        )
        leave(world, LATER)
        gone = cognito.user(riku.email) is None
        shut = members.sessions_ended_at(world.store, riku.subject) == members.SHUT
        outcomes.add((gone, shut, isinstance(applied, dict)))

    assert every_order(run) >= 10
    assert outcomes == {(True, True, False), (False, False, True)}
