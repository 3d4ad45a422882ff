"""Invitations, members and consents through their flows: who comes in, who goes, what is remembered and what is forgotten."""

from __future__ import annotations

import json
from datetime import date
from hashlib import sha256
from typing import Any

import pytest

from chalicelib.errors import Conflict, Invalid, NotFound, Refused
from chalicelib.flows import access, consents, contracts, inviting, members, outbox, people, recipients, sessions, views
from chalicelib.flows.asked import Asked
from chalicelib.gateways import mail
from chalicelib.members import invitations
from chalicelib.members.roles import Caller
from chalicelib.store import consents as consent_rows
from chalicelib.store import contracts as rows
from chalicelib.store import members as stored
from chalicelib.store import outbox as waiting
from chalicelib.store.transact import Store
from tests.flows.world import HANA, KEN, OPERATOR, World, at

NOW, SOON = "2025-04-03T10:00", "2025-04-04T10:00"
MAI = Caller("mai", "mai@example.jp")
CONTACT = {"contact": {"email": "hana@example.jp", "name": "Hana", "language": "en"}}
DATA = "readings.list"


class Letters:
    """A mailbox in the place of SES."""

    def __init__(self) -> None:
        self.sent: list[mail.Mail] = []

    def send(self, letter: mail.Mail) -> None:
        self.sent.append(letter)

    def to(self, address: str) -> list[mail.Mail]:
        return [letter for letter in self.sent if letter.to == address]


class Family:
    """A home whose holder invites people, and a mailbox into which the outbox empties itself."""

    def __init__(self, store: Store, letters: Letters, contract: str) -> None:
        self.store, self.letters, self.contract = store, letters, contract
        self.count = 0

    def asked(self, who: Caller, key: str = "", print_: str = "same") -> Asked:
        self.count += 1
        return Asked(self.contract, who.subject, key or f"{self.contract}-{self.count}", print_)

    def invite(self, when: str = NOW, who: Caller = HANA, email: str = "mai@example.jp", **more: Any) -> dict[str, Any]:
        key = more.pop("key", "")
        body = {"email": email, "role": "family", "person": "mai", **more}
        return inviting.invite(self.store, at(when), who, self.asked(who, key), body)

    def post(self) -> None:
        """Everything that waits leaves, but for what goes to a queue."""
        for entry in [one for one in waiting.leftovers(self.store, at("2099-01-01T00:00")) if one.kind != "fan_out"]:
            keys = {"Records": [{"eventName": "INSERT", "dynamodb": {"Keys": entry.key, "SequenceNumber": "1"}}]}
            assert outbox.deliver(self.store, keys, at(NOW)) == {"batchItemFailures": []}

    def token(self, address: str = "mai@example.jp", role: str = "family") -> str:
        """The token of the newest mail to that address about that role."""
        self.post()
        lines = [line for letter in self.letters.to(address) for line in letter.text.splitlines()]
        return [line for line in lines if line.startswith(f"{self.contract}.{role}-")][-1]

    def accept(self, token: str, who: Caller = MAI, when: str = NOW, key: str = "", **more: Any) -> dict[str, Any]:
        self.count += 1
        body = {"token": token, **more}
        return inviting.accept(
            self.store,
            at(when),
            who,
            body,
            key or f"{self.contract}-{self.count}",
            sha256(json.dumps(body).encode()).hexdigest(),
        )

    def let_in(self, who: Caller = MAI, **more: Any) -> dict[str, Any]:
        self.invite(email=who.email, person=who.subject, **more)
        return self.accept(self.token(who.email, more.get("role", "family")), who)

    def role(self, who: Caller, action: str = "contracts.view", when: str = NOW) -> str:
        return access.acting_on(self.store, who, self.contract, action, lambda: at(when)).role

    def leave(self, who: Caller, when: str = NOW, key: str = "") -> None:
        members.leave(self.store, at(when), who.acting_as("family"), self.asked(who, key))

    def listed(self) -> list[tuple[str, str]]:
        found = members.listing(self.store, at(NOW), self.contract)["items"]
        return [(one.get("person", ""), one["role"]) for one in found]

    def log(self) -> list[str]:
        return [event["kind"] for event in views.events(self.store, self.contract, 1000)["items"]]


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch) -> Letters:
    box = Letters()
    monkeypatch.setattr(mail, "connect", lambda: box)
    return box


@pytest.fixture
def family(store: Store, letters: Letters) -> Family:
    made = World(store).apply(NOW, **CONTACT)["id"]
    found = Family(store, letters, made)
    found.post()
    letters.sent.clear()
    return found


def reason_of(call: Any) -> str:
    with pytest.raises(Refused) as no:
        call()
    return no.value.reason


def test_an_invited_person_comes_in_with_the_token_of_the_mail(family: Family) -> None:
    shown = family.invite(relation="child")
    assert (shown["state"], shown["role"], shown["expires_at"]) == ("open", "family", "2025-04-17T01:00:00Z")
    assert family.role(MAI) == "none"
    done = family.accept(family.token())
    assert (done["contract"], done["role"], done["person"]) == (family.contract, "family", "mai")
    assert family.role(MAI) == "family"
    assert family.listed() == [("", "contractor"), ("mai", "family")]
    assert stored.followed(family.store, MAI.email, MAI.subject) == {family.contract: ["family"]}


def test_neither_rows_nor_answers_nor_the_log_hold_the_token_or_later_the_address(family: Family) -> None:
    family.invite()
    entries = json.dumps([entry.body for entry in waiting.leftovers(family.store, at("2099-01-01T00:00"))])
    assert "mai@" not in entries
    secret = family.token().split(".")[2]
    family.accept(family.token())
    family.post()
    everything = json.dumps(
        [
            *family.store.query_all(family.store.accounts, ("account", HANA.subject)),
            *family.store.query_all(family.store.contracts, ("contract", family.contract)),
        ]
    )
    assert secret not in everything
    assert "mai@" not in everything
    assert "mai@" not in json.dumps(views.events(family.store, family.contract))


def test_the_mail_names_who_invites_and_until_when_in_the_readers_language(family: Family) -> None:
    family.invite(language="en")
    family.token()
    (letter,) = family.letters.to(MAI.email)
    assert letter.subject == "You are invited to watch over a home"
    assert "Hana" in letter.text and "17 April 2025" in letter.text
    family.invite(email="ren@example.jp", person="ren")
    family.token("ren@example.jp")
    assert "ご招待" in family.letters.to("ren@example.jp")[0].subject


def test_the_holder_hears_at_once_who_came_in(family: Family) -> None:
    family.let_in()
    family.post()
    (letter,) = family.letters.to("hana@example.jp")
    assert "mai" in letter.text and "mai@" not in letter.text


def test_a_token_works_once(family: Family) -> None:
    family.invite()
    token = family.token()
    family.accept(token)
    assert reason_of(lambda: family.accept(token)) == "invitation_used"
    family.leave(MAI)
    assert reason_of(lambda: family.accept(token)) == "invitation_used"
    assert family.role(MAI) == "none"


def test_it_is_bound_to_its_address_and_to_an_address_that_is_proved(family: Family) -> None:
    family.invite()
    token = family.token()
    assert reason_of(lambda: family.accept(token, KEN)) == "invitation_for_another_address"
    assert reason_of(lambda: family.accept(token, Caller("mai"))) == "address_not_verified"
    assert family.accept(token, Caller("mai", "MAI@Example.jp"))["role"] == "family"


@pytest.mark.rule("LRH-MEM-4", "STN-ACC-4", "ORM-ACC-4")
def test_another_account_with_the_same_address_is_another_person(family: Family) -> None:
    """One person, one account: nothing is handed on with an address, and there is no step that hands a membership on."""
    family.let_in()
    assert family.role(Caller("somebody-else", MAI.email)) == "none"
    assert stored.followed(family.store, MAI.email, "somebody-else") == {}


def test_after_two_weeks_it_is_too_late(family: Family) -> None:
    family.invite()
    token = family.token()
    assert reason_of(lambda: family.accept(token, when="2025-04-17T10:00")) == "invitation_expired"
    assert family.accept(token, when="2025-04-17T09:59")["role"] == "family"


def test_sent_again_the_older_mail_is_void(family: Family) -> None:
    id = family.invite()["invitation"]
    old = family.token()
    again = inviting.resend(family.store, at(SOON), HANA, family.asked(HANA), id)
    assert (again["sent"], again["expires_at"]) == (2, "2025-04-18T01:00:00Z")
    assert reason_of(lambda: family.accept(old)) == "invitation_void"
    new = family.token()
    assert new != old
    assert family.accept(new)["role"] == "family"


def test_a_mail_that_had_not_left_when_a_newer_was_asked_for_never_leaves(family: Family) -> None:
    id = family.invite()["invitation"]
    inviting.resend(family.store, at(SOON), HANA, family.asked(HANA), id)
    family.accept(family.token())
    assert len(family.letters.to(MAI.email)) == 1


def test_taken_back_it_is_worth_nothing_and_can_be_made_anew(family: Family) -> None:
    id = family.invite()["invitation"]
    token = family.token()
    for _ in range(2):
        inviting.revoke(family.store, at(NOW), HANA, family.contract, id)
    assert reason_of(lambda: family.accept(token)) == "invitation_revoked"
    assert reason_of(lambda: inviting.resend(family.store, at(NOW), HANA, family.asked(HANA), id)) == "invitation_revoked"
    family.invite()
    with pytest.raises(NotFound):
        family.accept(token)
    assert family.accept(family.token())["role"] == "family"
    assert family.log().count("invitation_revoked") == 1


def test_one_invitation_per_address_and_role_at_a_time(family: Family) -> None:
    family.invite()
    assert reason_of(family.invite) == "already_invited"
    assert family.invite(email=" MAI@example.jp", role="payer")["role"] == "payer"
    family.accept(family.token("MAI@example.jp", "payer"))
    assert reason_of(lambda: family.invite(role="payer")) == "already_member"
    inviting.revoke(family.store, at(NOW), HANA, family.contract, invitations.id_of(stored.email_hash(MAI.email), "family"))
    assert family.invite(role="family")["state"] == "open"


def test_the_holder_needs_no_invitation(family: Family) -> None:
    assert reason_of(lambda: family.invite(email="HANA@example.jp")) == "already_holder"
    family.invite(email="ken@example.jp")
    token = family.token("ken@example.jp")
    assert reason_of(lambda: family.accept(token, Caller(HANA.subject, KEN.email))) == "already_holder"


def test_only_so_many_invitations_wait_at_a_time(family: Family) -> None:
    for number in range(20):
        family.invite(email=f"one{number}@example.jp", person=f"p{number}")
    assert reason_of(lambda: family.invite(email="more@example.jp")) == "too_many_invitations"


def test_an_ended_contract_invites_nobody_and_lets_nobody_in(family: Family) -> None:
    family.invite()
    token = family.token()
    World(family.store).do(SOON, family.contract, "terminate", reason="other")
    assert reason_of(lambda: family.invite(email="new@example.jp")) == "ended"
    assert reason_of(lambda: family.accept(token)) == "ended"


def test_a_repeat_gets_the_same_answer_and_another_request_none(family: Family) -> None:
    first = family.invite(key="k")
    assert family.invite(key="k") == first
    with pytest.raises(Conflict, match="idempotency_key_reused"):
        inviting.invite(
            family.store, at(NOW), HANA, Asked(family.contract, "hana", "k", "other"), {"email": "x@y.jp", "role": "payer"}
        )
    family.post()
    token = family.token()
    done = family.accept(token, key="a")
    assert family.accept(token, key="a") == done
    assert family.listed() == [("", "contractor"), ("mai", "family")]


def test_who_is_let_out_is_out_at_once_and_is_told_no_more(family: Family) -> None:
    done = family.let_in()
    person = {"person": "mai", "role": "family", "channels": ["mail"], "email": "Mai@example.jp"}
    people.add(family.store, at(NOW), family.asked(HANA), person)
    people.set_escalation(family.store, family.contract, [{"after_minutes": 0, "to": ["mai"]}])
    members.remove(family.store, at(NOW), HANA, family.contract, done["member"])
    assert family.role(MAI) == "none"
    assert people.listing(family.store, family.contract) == {"items": [], "steps": []}
    with pytest.raises(NotFound):
        members.remove(family.store, at(NOW), HANA, family.contract, done["member"])
    assert family.log()[-3:] == ["invited", "member_joined", "member_removed"]


def test_whoever_leaves_takes_all_their_roles_with_them(family: Family) -> None:
    family.let_in()
    family.let_in(role="payer")
    assert family.role(MAI, "invoices.list") == "payer"
    assert family.role(MAI, "alerts.list") == "family"
    family.leave(MAI, key="bye")
    family.leave(MAI, key="bye")
    assert family.role(MAI, "invoices.list") == "none"
    with pytest.raises(NotFound):
        family.leave(MAI)


def test_whoever_leaves_may_be_invited_again(family: Family) -> None:
    family.let_in()
    family.leave(MAI)
    family.let_in()
    assert family.listed() == [("", "contractor"), ("mai", "family")]


def test_a_payer_sees_of_a_followed_contract_its_name_and_what_is_to_pay(family: Family) -> None:
    family.let_in(role="payer")
    payer = MAI.acting_as("contractor")
    listed = lambda: views.contracts(family.store, at(NOW), payer, limit=100)["items"]  # noqa: E731
    (seen,) = [one for one in listed() if one["id"] == family.contract]
    to_pay = {"unpaid", "overdue", "due_on", "to_come_back"}
    assert set(seen) == {"id", "service", "state", "version", "label", "may"} | to_pay
    assert "invoices.list" in seen["may"] and "contracts.view" not in seen["may"]
    family.let_in(role="watched")
    (seen,) = [one for one in listed() if one["id"] == family.contract]
    assert seen["plan"] == "standard"


def test_an_applicant_is_no_contractor_yet(store: Store, letters: Letters) -> None:
    made = World(store).apply(NOW, applicant={"name": "A", "card_holder": "B"})
    assert made["state"] == "applied"
    home = Family(store, letters, made["id"])
    assert home.role(HANA) == "applicant"
    assert reason_of(lambda: home.invite(who=HANA.acting_as("applicant"))) == "may_not_invite"


# consents


def test_what_an_application_agreed_to_is_kept_with_edition_time_and_account(store: Store) -> None:
    contract = World(store).apply(NOW, consents=["terms", "notes", "resident", "building_owner", "no_antisocial_forces",
                                                "claim_assignment", "privacy", "privacy"])["id"]  # fmt: skip
    shown = consents.listing(store, at("2025-06-01T10:00"), HANA, contract)["items"]
    assert [one["consent"] for one in shown] == [
        "terms", "notes", "resident", "building_owner", "no_antisocial_forces", "claim_assignment", "privacy",
    ]  # fmt: skip
    assert {(one["kind"], one["edition"], one["by"], one["at"], one["in_force"]) for one in shown} == {
        ("given", "2021-01-07", "applicant", "2025-04-03T01:00:00Z", True)
    }


def test_an_application_that_lists_none_agreed_to_all_that_are_asked_of_everybody(store: Store) -> None:
    contract = World(store).apply(NOW)["id"]
    assert [one["consent"] for one in consents.listing(store, at("2025-06-01T10:00"), HANA, contract)["items"]][:2] == [
        "terms",
        "notes",
    ]


def test_of_a_refused_application_no_consent_is_kept(store: Store) -> None:
    contract = World(store).apply(NOW, payment_method="bank_transfer")
    assert contract["state"] == "refused"
    assert consent_rows.load(store, contract["id"]) == []


def test_a_consent_names_the_edition_that_was_announced_and_has_come(store: Store) -> None:
    world = World(store)
    world.say("2025-05-01T10:00", "sottonet", "announce_terms", version="2025-07", effective_on=date(2025, 7, 1))
    before, after = (world.apply(when, key=when)["id"] for when in ("2025-06-30T10:00", "2025-07-01T10:00"))
    editions = [
        {one["edition"] for one in consents.listing(store, at("2025-06-01T10:00"), HANA, name)["items"]}
        for name in (before, after)
    ]
    assert editions == [{"2021-01-07"}, {"2025-07"}]


def test_a_consent_is_taken_back_once_by_whoever_gave_it(family: Family) -> None:
    asked = family.asked(HANA, "w")
    gone = consents.withdraw(family.store, at(SOON), HANA, asked, "privacy")
    assert (gone["kind"], gone["at"]) == ("withdrawn", "2025-04-04T01:00:00Z")
    assert consents.withdraw(family.store, at(SOON), HANA, asked, "privacy") == gone
    assert (
        reason_of(lambda: consents.withdraw(family.store, at(SOON), HANA, family.asked(HANA), "privacy")) == "consent_not_given"
    )
    assert (
        reason_of(lambda: consents.withdraw(family.store, at(SOON), HANA, family.asked(HANA), "other")) == "consent_not_given"
    )
    listed = consents.listing(family.store, at("2025-06-01T10:00"), HANA, family.contract)["items"]
    assert [(one["kind"], one["in_force"]) for one in listed if one["consent"] == "privacy"] == [
        ("given", False),
        ("withdrawn", False),
    ]
    assert rows.load(family.store, family.contract).state == "accepted"
    assert family.log()[-1] == "consent_withdrawn"


def test_others_see_their_own_consents_only(family: Family) -> None:
    family.invite()
    family.accept(family.token(), consents=["terms"])
    mine = consents.listing(family.store, at("2025-06-01T10:00"), MAI.acting_as("family"), family.contract)["items"]
    assert [(one["consent"], one["by"], one["person"]) for one in mine] == [("terms", "family", "mai")]
    assert len(consents.listing(family.store, at("2025-06-01T10:00"), OPERATOR, family.contract)["items"]) > 5


# sessions


def test_after_the_sessions_ended_nobody_is_believed_who_signed_in_before(store: Store) -> None:
    from chalicelib.gateways import clock

    second = int(clock.wall().timestamp())
    assert not access.has_signed_out(store, Caller("thief", signed_in_at=second - 60))
    sessions.end(store, "thief")
    assert access.has_signed_out(store, Caller("thief", signed_in_at=second - 60))
    assert not access.has_signed_out(store, Caller("thief", signed_in_at=second + 60))
    assert not access.has_signed_out(store, Caller("other", signed_in_at=second - 60))


# who is told about money


PAYER = {"payer_contact": {"email": "payer@example.jp", "language": "en"}}


def test_the_payer_is_told_about_money_beside_the_holder(store: Store, letters: Letters) -> None:
    world = World(store)
    contract = world.running(**CONTACT, **PAYER)
    world.night("2025-05-01")
    Family(store, letters, contract).post()
    to_payer = [letter.subject for letter in letters.to("payer@example.jp")]
    to_holder = [letter.subject for letter in letters.to("hana@example.jp")]
    assert to_payer == ["Your invoice"]
    assert "Your invoice" in to_holder and "Your service starts" in to_holder
    assert len({letter.key for letter in letters.sent}) == len(letters.sent)


def test_a_payer_who_is_the_holder_is_told_once(store: Store, letters: Letters) -> None:
    world = World(store)
    contract = world.running(**CONTACT, payer_contact={"email": "Hana@Example.jp"})
    world.night("2025-05-01")
    Family(store, letters, contract).post()
    assert [letter.to for letter in letters.sent if "invoice" in letter.subject.lower()] == ["hana@example.jp"]


def test_a_mailer_that_fails_between_two_readers_sends_nobody_twice(store: Store, letters: Letters) -> None:
    world = World(store)
    contract = world.running(**CONTACT, **PAYER)
    home = Family(store, letters, contract)
    home.post()
    letters.sent.clear()
    world.night("2025-05-01")
    (entry,) = [one for one in waiting.leftovers(store, at("2099-01-01T00:00")) if one.kind != "fan_out"]
    keys = {"Records": [{"eventName": "INSERT", "dynamodb": {"Keys": entry.key, "SequenceNumber": "1"}}]}
    send, letters.send = letters.send, lambda letter: (_ for _ in ()).throw(OSError()) if "payer" in letter.to else send(letter)
    assert outbox.deliver(store, keys, at(NOW))["batchItemFailures"]
    letters.send = send
    home.post()
    assert [letter.to for letter in letters.sent] == ["hana@example.jp", "payer@example.jp"]


def test_payers_address_is_not_shown_to_the_family(family: Family) -> None:
    details = {"payer_contact": {"email": "payer@example.jp"}}
    contracts.change_details(family.store, at(SOON), HANA, family.contract, details, if_match=1)
    assert "payer@" not in json.dumps(views.contract(family.store, at(SOON), MAI, family.contract))
    assert "payer@" not in json.dumps(views.events(family.store, family.contract))


def test_bad_relations_and_scopes_are_bad_input(family: Family) -> None:
    with pytest.raises(Invalid, match="devices"):
        family.invite(devices=["d1"])


@pytest.mark.rule("LRH-FRM-5", "LRH-NOT-1", "LRH-MEM-3")
def test_demands_go_to_liferhythms_payer_and_contractor_and_the_rest_to_the_contractor(store: Store) -> None:
    """Money: both. A suspension and the end of the contract: the contractor."""
    applicant = {"name": "Hana", "payer": "Taro"}
    made = World(store).apply(
        NOW, service="liferhythm-home", site={"prefecture": "Tokyo"}, applicant=applicant, **CONTACT, **PAYER
    )
    assert made["state"] == "accepted"
    kinds = ["payment_demand", "invoice_issued", "payment_failed", "suspended", "contract_ended"]
    told = recipients.letters(store, made["id"], [[kind, "2025-04-03", {}] for kind in kinds])
    assert [(kinds[place], to["email"]) for place, _, to in told] == [
        ("payment_demand", "hana@example.jp"),
        ("payment_demand", "payer@example.jp"),
        ("invoice_issued", "hana@example.jp"),
        ("invoice_issued", "payer@example.jp"),
        ("payment_failed", "hana@example.jp"),
        ("payment_failed", "payer@example.jp"),
        ("suspended", "hana@example.jp"),
        ("contract_ended", "hana@example.jp"),
    ]
    agreed = [one["consent"] for one in consents.listing(store, at("2025-06-01T10:00"), HANA, made["id"])["items"]]
    assert "payer" in agreed and "watched_person" in agreed


def test_a_payer_without_a_contact_of_the_holder_is_told_all_the_same(store: Store) -> None:
    made = World(store).apply(NOW, **PAYER)["id"]
    told = recipients.letters(store, made, [["invoice_issued", "2025-05-01", {}], ["service_start", "2025-05-01", {}]])
    assert [(place, to["email"]) for place, _, to in told] == [(0, "payer@example.jp")]
