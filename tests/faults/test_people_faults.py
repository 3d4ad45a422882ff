"""Inviting, accepting, taking back, sending again, leaving: every call spoiled in every way, and two people at once.

Nothing may be half done, nobody comes in twice, and nobody comes in after they were let out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chalicelib.contracts import terms
from chalicelib.errors import MimamoriError, Refused
from chalicelib.flows import inviting, members, outbox, people
from chalicelib.flows.asked import Asked
from chalicelib.gateways import mail
from chalicelib.members.roles import Caller
from chalicelib.store import consents as consent_rows
from chalicelib.store import members as stored
from chalicelib.store import outbox as waiting
from chalicelib.store.transact import Store
from tests.faults.harness import KINDS, Baton, Crash, Luck, Snapshot, all_rows, every_order, spared, under
from tests.flows.world import HANA, World, at

NOW = "2025-04-03T10:00"
MAI = Caller("mai", "mai@example.jp", role="contractor")
INVITATION = {"email": "mai@example.jp", "role": "family", "person": "mai"}
CONTACT = {"contact": {"email": "hana@example.jp", "language": "en"}}


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)


@pytest.fixture(scope="module")
def few_shards() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(waiting, "SHARDS", 2)
        yield


class Letters(list[mail.Mail]):
    """A mailbox in the place of SES."""

    def send(self, letter: mail.Mail) -> None:
        self.append(letter)

    def token(self) -> str:
        return next(line for line in self[-1].text.splitlines() if ".family-" in line)


class Home:
    """One contract, whose outbox is empty."""

    def __init__(self, store: Store, contract: str, letters: Letters) -> None:
        self.store, self.contract, self.letters = store, contract, letters

    def asked(self, who: Caller, key: str) -> Asked:
        return Asked(self.contract, who.subject, key, key)

    def invite(self, key: str = "invite") -> dict[str, Any]:
        return inviting.invite(self.store, at(NOW), HANA, self.asked(HANA, key), INVITATION)

    def resend(self, id: str, key: str = "again") -> dict[str, Any]:
        return inviting.resend(self.store, at(NOW), HANA, self.asked(HANA, key), id)

    def revoke(self, id: str) -> None:
        inviting.revoke(self.store, at(NOW), HANA, self.contract, id)

    def accept(self, token: str, key: str = "yes") -> dict[str, Any]:
        return inviting.accept(self.store, at(NOW), MAI, {"token": token, "consents": ["terms"]}, key, key)

    def leave(self, key: str = "bye") -> None:
        members.leave(self.store, at(NOW), MAI.acting_as("family"), self.asked(MAI, key))

    def tell(self, key: str = "tell") -> dict[str, Any]:
        body = {"person": "mai", "role": "family", "channels": ["mail"], "email": "mai@example.jp"}
        return people.add(self.store, at(NOW), self.asked(HANA, key), body)

    def post(self) -> None:
        for entry in list(waiting.leftovers(self.store, at("2099-01-01T00:00"))):
            keys = {"Records": [{"eventName": "INSERT", "dynamodb": {"Keys": entry.key, "SequenceNumber": "1"}}]}
            outbox.deliver(self.store, keys, at(NOW))

    def mailed(self) -> tuple[str, str]:
        """An invitation whose mail has left: its id and its token."""
        id = self.invite("first")["invitation"]
        self.post()
        return id, self.letters.token()

    def inside(self) -> list[str]:
        with spared():
            return [one.role for one in stored.members(self.store, HANA.subject, self.contract)]

    def state(self) -> str:
        with spared():
            (one,) = stored.invitations(self.store, HANA.subject, self.contract)
        return one.state


@pytest.fixture(scope="module")
def start(store: Store, few_shards: None) -> tuple[str, Snapshot]:
    contract = World(store).apply("2025-04-01T10:00", **CONTACT)["id"]
    for entry in list(waiting.leftovers(store, at("2099-01-01T00:00"))):
        waiting.left(store, entry)
    return contract, Snapshot()


@pytest.fixture
def home(store: Store, start: tuple[str, Snapshot], monkeypatch: pytest.MonkeyPatch) -> Home:
    start[1].restore()
    letters = Letters()
    monkeypatch.setattr(mail, "connect", lambda: letters)
    return Home(store, start[0], letters)


@pytest.fixture
def settled_terms(monkeypatch: pytest.MonkeyPatch) -> None:
    """What operators said about the service is not what races here: without that read there are ten times fewer orders."""
    found = terms.load("sottonet")
    monkeypatch.setattr("chalicelib.flows.rules.of", lambda store, service: found)


def enumerate_faults(work: Callable[[], Any], seen: Callable[[], Any] = all_rows) -> int:
    """Spoils every call of `work` in every way, works again, and holds what is seen against an undisturbed run."""
    before = Snapshot()
    luck = Luck()
    with under(luck):
        work()
    wanted = seen()
    for kind in KINDS:
        for number in range(len(luck.calls)):
            before.restore()
            try:
                with under(Luck(kind, number)):
                    work()
            except (Crash, MimamoriError):
                pass
            work()
            assert seen() == wanted, f"{kind} at call {number} ({luck.calls[number]})"
    return len(luck.calls)


def test_inviting(home: Home) -> None:
    assert enumerate_faults(home.invite) >= 6
    assert home.state() == "open"


def test_sending_again(home: Home) -> None:
    id, _ = home.mailed()
    assert enumerate_faults(lambda: home.resend(id)) >= 4


def test_taking_back(home: Home) -> None:
    id, token = home.mailed()
    assert enumerate_faults(lambda: home.revoke(id)) >= 3
    with pytest.raises(Refused, match="invitation_revoked"):
        home.accept(token)


def test_accepting(home: Home) -> None:
    _, token = home.mailed()
    assert enumerate_faults(lambda: home.accept(token)) >= 6
    assert (home.inside(), home.state()) == (["family"], "accepted")
    assert len(consent_rows.load(home.store, home.contract)) == 8  # seven of the application, and hers


def test_leaving(home: Home) -> None:
    home.accept(home.mailed()[1])
    home.tell()
    assert enumerate_faults(home.leave) >= 6
    assert home.inside() == []
    assert people.listing(home.store, home.contract)["items"] == []


def test_letting_somebody_out(home: Home) -> None:
    member = home.accept(home.mailed()[1])["member"]

    def let_out() -> None:
        if home.inside():  # the holder looks, and asks again if need be
            members.remove(home.store, at(NOW), HANA, home.contract, member)

    enumerate_faults(let_out)
    assert home.inside() == []


def test_the_mail_of_an_invitation_always_leaves_and_its_last_form_works(home: Home) -> None:
    """Tokens are made by chance, so rows differ from run to run: what must hold is that the newest mail opens the door."""
    home.invite("first")
    before = Snapshot()
    luck = Luck()
    with under(luck):
        home.post()
    for kind in KINDS:
        for number in range(len(luck.calls)):
            before.restore()
            home.letters.clear()
            try:
                with under(Luck(kind, number)):
                    home.post()
            except (Crash, MimamoriError):
                pass
            home.post()
            assert list(waiting.leftovers(home.store, at("2099-01-01T00:00"))) == []
            assert home.accept(home.letters.token())["role"] == "family", f"{kind} at call {number}"
    assert len(luck.calls) > 6


def test_two_acceptances_at_once_let_one_person_in_once_in_every_order(home: Home, settled_terms: None) -> None:
    _, token = home.mailed()
    before = Snapshot()
    outcomes = set()

    def run(baton: Baton) -> None:
        before.restore()
        results = baton.run(lambda: home.accept(token, "one"), lambda: home.accept(token, "two"))
        won = [one for one in results if isinstance(one, dict)]
        lost = [one.reason for one in results if isinstance(one, Refused)]
        assert len(won) == 1 and lost[0] in ("invitation_used", "already_member")
        assert home.inside() == ["family"]
        outcomes.add(won[0]["member"])

    assert every_order(run) >= 10
    assert len(outcomes) == 1


def test_the_same_acceptance_twice_gets_one_answer_in_every_order(home: Home, settled_terms: None) -> None:
    _, token = home.mailed()
    before = Snapshot()

    def run(baton: Baton) -> None:
        before.restore()
        first, second = baton.run(lambda: home.accept(token), lambda: home.accept(token))
        assert first == second
        assert home.inside() == ["family"]

    assert every_order(run) >= 10


def test_accepting_and_taking_back_at_once_one_of_them_wins_in_every_order(home: Home, settled_terms: None) -> None:
    id, token = home.mailed()
    before = Snapshot()
    endings = set()

    def run(baton: Baton) -> None:
        before.restore()
        joined, gone = baton.run(lambda: home.accept(token), lambda: home.revoke(id))
        if isinstance(joined, dict):
            assert isinstance(gone, Refused) and gone.reason == "invitation_used"
            assert (home.inside(), home.state()) == (["family"], "accepted")
        else:
            assert joined.reason == "invitation_revoked" and gone is None
            assert (home.inside(), home.state()) == ([], "revoked")
        endings.add(home.state())

    assert every_order(run) >= 10
    assert endings == {"accepted", "revoked"}


def test_accepting_and_sending_again_at_once_one_of_them_wins_in_every_order(home: Home, settled_terms: None) -> None:
    id, token = home.mailed()
    before = Snapshot()
    endings = set()

    def run(baton: Baton) -> None:
        before.restore()
        joined, again = baton.run(lambda: home.accept(token), lambda: home.resend(id))
        if isinstance(joined, dict):
            assert isinstance(again, Refused) and again.reason == "invitation_used"
        else:
            assert joined.reason == "invitation_void" and again["sent"] == 2
        assert home.inside() == (["family"] if isinstance(joined, dict) else [])
        endings.add(isinstance(joined, dict))

    assert every_order(run) >= 10
    assert endings == {True, False}


def test_the_same_address_invited_twice_at_once_gets_one_mail_in_every_order(home: Home, settled_terms: None) -> None:
    before = Snapshot()

    def run(baton: Baton) -> None:
        before.restore()
        results = baton.run(lambda: home.invite("one"), lambda: home.invite("two"))
        assert sorted(type(one).__name__ for one in results) == ["Refused", "dict"]
        with spared():
            assert len(list(waiting.leftovers(home.store, at("2099-01-01T00:00")))) == 1

    assert every_order(run) >= 10


def test_whoever_leaves_while_they_are_added_to_those_who_are_told(home: Home, settled_terms: None) -> None:
    """Whichever is first: after both, a service that tells only its users tells nobody who left."""
    home.accept(home.mailed()[1])
    before = Snapshot()
    told = set()

    def run(baton: Baton) -> None:
        before.restore()
        _, left = baton.run(home.tell, home.leave)
        assert left is None and home.inside() == []
        told.add(len(people.listing(home.store, home.contract)["items"]))

    assert every_order(run) >= 10
    assert 0 in told
