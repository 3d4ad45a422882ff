"""Remote-monitoring accounts through their flows: one address each, also in a race; handed over, ended and erased whole."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from chalicelib.errors import Invalid, Refused
from chalicelib.flows import access, contracts, outbox, profiles, services, sessions, tasks
from chalicelib.flows.access import has_signed_out
from chalicelib.gateways import mail
from chalicelib.members.roles import Caller
from chalicelib.store import addresses, finding, members
from chalicelib.store import contracts as rows
from chalicelib.store import outbox as waiting
from chalicelib.store.transact import Store
from tests.flows.test_outbox import Post, inserted
from tests.flows.world import HANA, KEN, OPERATOR, World, at, stored

FREE = {"service": "omron-remote", "plan": "standard", "payment_method": "none"}
APPLICANT = {"applicant": {"name": "Aoki Haru", "kind": "person"}, "site": {"prefecture": "Shiga", "address": "1-2 Otsu"}}


@pytest.fixture
def world(store: Store) -> World:
    made = World(store)
    for entry in list(waiting.leftovers(store, at("2099-01-01T00:00"))):
        waiting.left(store, entry)
    return made


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Post:
    made = Post()
    monkeypatch.setattr(mail, "connect", lambda: made)
    return made


def register(world: World, when: str, email: str, who: Caller = HANA, **more: Any) -> dict[str, Any]:
    return world.apply(when, who, **FREE, contact={"email": email}, **more)


def holder(world: World, email: str) -> str:
    return addresses.holder(world.store, "omron-remote", members.email_hash(email))


@pytest.mark.rule("ORM-ACC-2")
def test_an_address_has_one_living_account_and_is_free_again_after_its_end(world: World) -> None:
    first = register(world, "2025-04-05T10:00", "one@example.jp")
    second = register(world, "2025-04-06T10:00", " One@Example.JP", KEN)
    other = register(world, "2025-04-06T10:00", "two@example.jp", KEN)
    assert (first["state"], other["state"]) == ("accepted", "accepted")
    assert (second["state"], second["refusal_reasons"]) == ("refused", ["address_in_use"])
    assert holder(world, "one@example.jp") == first["id"]
    world.do("2025-05-01T10:00", first["id"], "request_cancellation")
    assert holder(world, "one@example.jp") == ""
    assert register(world, "2025-05-01T10:01", "one@example.jp", KEN)["state"] == "accepted"


@pytest.mark.rule("ORM-ACC-2")
@pytest.mark.parametrize("free_by", ["night", "late night", "refuse"])
def test_an_address_is_free_however_the_account_went(world: World, free_by: str) -> None:
    email = f"{free_by.replace(' ', '-')}@example.jp"
    first = register(world, "2025-04-05T10:00", email)
    if free_by == "night":
        world.nights("2026-03-06", "2026-04-05")  # reminded, then dormant
        assert holder(world, email) == ""
    if free_by == "refuse":
        world.do("2025-04-06T10:00", first["id"], "refuse", reason="not_installable")
        assert holder(world, email) == ""
    again = register(world, "2026-04-05T10:00", email, KEN)
    assert (again["state"], holder(world, email)) == ("accepted", again["id"])
    world.nights("2026-04-06")  # the late night ends the old account, and takes nothing from the new one
    assert holder(world, email) == again["id"]
    assert stored(world.store, first["id"]).contract.state in ("ended", "refused")


@pytest.mark.rule("ORM-ACC-2")
def test_of_two_applications_at_once_one_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second arrives between the first one's look at the address and its commit."""
    commit, inside = rows.commit, []

    def slowly(*args: Any, **kwargs: Any) -> Any:
        if not inside:
            inside.append("the other one comes first")
            inside.append(register(world, "2025-04-05T10:00", "race@example.jp", KEN))
        return commit(*args, **kwargs)

    monkeypatch.setattr(rows, "commit", slowly)
    slow = register(world, "2025-04-05T10:00", "race@example.jp")
    fast = inside[1]
    assert (fast["state"], slow["state"]) == ("accepted", "refused")
    assert slow["refusal_reasons"] == ["address_in_use"]
    assert holder(world, "race@example.jp") == fast["id"]


@pytest.mark.rule("ORM-ACC-2")
def test_without_a_contact_the_verified_address_of_the_token_is_the_id(world: World) -> None:
    aoi = Caller("aoi", "aoi@example.jp", role="contractor")
    first = world.apply("2025-04-05T10:00", aoi, **FREE)
    assert holder(world, "aoi@example.jp") == first["id"]
    assert world.apply("2025-04-05T11:00", aoi, **FREE)["refusal_reasons"] == ["address_in_use"]
    nobody = world.apply("2025-04-05T12:00", OPERATOR, **FREE, account="rin")  # an operator's own address is nobody's
    assert (nobody["state"], holder(world, "rin")) == ("accepted", nobody["id"])


@pytest.mark.rule("ORM-TRM-1", "ORM-ACC-2")
def test_of_a_refused_application_nothing_is_kept_but_the_refusal(world: World) -> None:
    made = register(world, "2025-04-05T10:30", "no@example.jp", consents=[], **APPLICANT)
    assert made["state"] == "refused"
    assert holder(world, "no@example.jp") == ""
    assert profiles.shown(world.store, made["id"]) == {}
    text = str(world.everything(made["id"]))
    assert "Aoki" not in text and "Otsu" not in text and "no@example" not in text


@pytest.mark.rule("ORM-GWT-3")
def test_a_hand_over_is_one_transaction_over_both_accounts(world: World) -> None:
    old = register(world, "2025-04-05T10:00", "old@example.jp")["id"]
    new = register(world, "2025-09-11T10:00", "new@example.jp", KEN)["id"]
    world.do("2025-04-19T12:00", old, "install", sku="gateway", outcome="done")
    world.do("2025-10-01T12:00", new, "suspend")
    before = world.everything(old), world.everything(new)
    with pytest.raises(Refused, match="cannot_take_the_gateway"):
        world.do("2025-12-06T15:00", old, "transfer_device", to=new)
    with pytest.raises(Refused, match="no_such_contract"):
        world.do("2025-12-06T15:00", old, "transfer_device", to="somebody")
    assert (world.everything(old), world.everything(new)) == before
    world.do("2025-12-06T15:01", new, "restore")
    world.do("2025-12-06T15:02", old, "transfer_device", to=new)
    assert (world.contract(new)["state"], world.contract(new)["service_starts_on"]) == ("active", "2025-12-06")
    assert (stored(world.store, old).contract.linked_at, world.contract(old)["state"]) == (None, "active")


@pytest.mark.rule("ORM-END-2", "ORM-PRV-3")
def test_the_last_letter_leaves_before_the_address_is_erased(world: World, post: Post) -> None:
    contract = register(world, "2025-04-05T10:00", "last@example.jp", **APPLICANT)["id"]
    outbox.deliver(world.store, inserted(world), at("2025-04-05T10:01"))
    assert {letter.to for letter in post.sent} == {"last@example.jp"}  # messages go to the user id
    assert finding.page(world.store, ("email", "last@example.jp")) == ([contract], False)
    world.do("2025-05-01T10:00", contract, "request_cancellation")
    post.sent, post.failing = [], 1
    for _ in range(4):  # the mail fails once: nothing may be erased before it has left
        outbox.deliver(world.store, inserted(world), at("2025-05-01T10:01"))
    assert [letter.to for letter in post.sent] == ["last@example.jp"]
    assert profiles.shown(world.store, contract) == {}
    assert list(waiting.leftovers(world.store, at("2099-01-01T00:00"))) == []
    assert "Aoki" not in str(world.everything(contract))
    assert finding.page(world.store, ("email", "last@example.jp")) == ([], False)


@pytest.mark.rule("ORM-PRV-2", "ORM-ACC-9")
def test_a_customer_reads_all_of_it_and_has_it_corrected(world: World) -> None:
    contract = register(world, "2025-04-05T10:00", "me@example.jp", **APPLICANT)["id"]
    contact = {"email": "me@example.jp", "company": "Aoki Denki", "department": "Facilities"}
    version = stored(world.store, contract).contract.version
    contracts.change_details(world.store, at("2025-04-06T10:00"), HANA, contract, {"contact": contact}, version)
    assert profiles.shown(world.store, contract) == {**APPLICANT, "contact": contact}


@pytest.mark.rule("ORM-DOR-1")
def test_every_look_of_the_customer_is_a_use_of_the_account(world: World) -> None:
    contract = register(world, "2025-04-05T10:00", "looks@example.jp")["id"]

    def look(when: str, who: Caller, action: str = "contracts.view") -> Any:
        access.acting_on(world.store, who, contract, action, lambda: at(when))
        return stored(world.store, contract).contract.accessed_on

    first = stored(world.store, contract).contract
    assert look("2025-05-01T10:00", OPERATOR) == date(2025, 4, 5)
    assert look("2025-05-01T10:00", KEN) == date(2025, 4, 5)
    assert look("2025-05-01T10:00", HANA, "contracts.command") == date(2025, 4, 5)  # a command may yet be refused
    assert look("2025-05-02T10:00", HANA) == date(2025, 5, 2)
    assert look("2025-05-02T18:00", HANA, "devices.list") == date(2025, 5, 2)
    assert stored(world.store, contract).contract.version == first.version + 1  # noted once a day
    world.do("2025-05-03T10:00", contract, "suspend")
    assert look("2025-05-04T10:00", HANA) == date(2025, 5, 2)
    world.do("2025-05-05T10:00", contract, "restore")
    changed = {"contact": {"email": "looks@example.jp", "phone": "077-000-0000"}}
    contracts.change_details(world.store, at("2025-06-01T10:00"), HANA, contract, changed, None)
    assert stored(world.store, contract).contract.accessed_on == date(2025, 6, 1)
    contracts.change_details(world.store, at("2025-06-02T10:00"), OPERATOR, contract, changed, None)
    assert stored(world.store, contract).contract.accessed_on == date(2025, 6, 1)


@pytest.mark.rule("ORM-ACC-2")
def test_a_changed_address_becomes_the_id_once_it_is_proved(world: World) -> None:
    contract = register(world, "2025-04-05T10:00", "before@example.jp")["id"]
    other = register(world, "2025-04-05T10:00", "taken@example.jp", KEN)["id"]
    after = {"contact": {"email": "after@example.jp"}}
    contracts.change_details(world.store, at("2025-05-01T10:00"), HANA, contract, after, None)  # not proved yet
    assert (holder(world, "before@example.jp"), holder(world, "after@example.jp")) == (contract, "")
    proved = Caller("hana", "after@example.jp", role="contractor")
    contracts.change_details(world.store, at("2025-05-02T10:00"), proved, contract, after, None)
    assert (holder(world, "before@example.jp"), holder(world, "after@example.jp")) == ("", contract)
    assert stored(world.store, contract).contract.address == members.email_hash("after@example.jp")
    thief = Caller("hana", "taken@example.jp", role="contractor")
    with pytest.raises(Refused, match="address_in_use"):
        contracts.change_details(
            world.store, at("2025-05-03T10:00"), thief, contract, {"contact": {"email": "taken@example.jp"}}, None
        )
    assert holder(world, "taken@example.jp") == other


@pytest.mark.rule("ORM-VIO-5")
def test_a_demand_names_the_clause_what_to_do_and_the_last_day(world: World, post: Post) -> None:
    contract = register(world, "2025-04-05T10:00", "demanded@example.jp")["id"]
    outbox.deliver(world.store, inserted(world), at("2025-04-05T10:01"))
    post.sent = []
    world.do("2025-09-01T17:00", contract, "demand", clause="§ 6-1(3)", cure="Stop reselling the data")
    outbox.deliver(world.store, inserted(world), at("2025-09-01T17:01"))
    (letter,) = post.sent
    assert letter.to == "demanded@example.jp"
    assert all(part in letter.text for part in ("§ 6-1(3)", "Stop reselling the data", "2025年9月15日"))


@pytest.mark.rule("ORM-ACC-8")
def test_after_a_theft_all_sessions_end_and_the_account_goes_on(world: World) -> None:
    contract = register(world, "2025-04-05T10:00", "stolen@example.jp")["id"]
    thief = Caller("hana", "hana@example.jp", signed_in_at=1_700_000_000)
    assert not has_signed_out(world.store, thief)
    sessions.end(world.store, "hana")
    assert has_signed_out(world.store, thief)
    assert not has_signed_out(world.store, Caller("ken", signed_in_at=1_700_000_000))
    assert world.contract(contract)["state"] == "accepted"


@pytest.mark.rule("ORM-ACC-8")
def test_a_report_of_a_stranger_signs_everybody_out_and_asks_for_a_new_password(world: World) -> None:
    contract = register(world, "2025-04-05T10:00", "robbed@example.jp")["id"]
    thief = Caller("hana", "robbed@example.jp", signed_in_at=1_700_000_000)
    world.do("2025-06-01T10:00", contract, "report_stranger")
    assert has_signed_out(world.store, thief)
    assert world.contract(contract)["state"] == "accepted"
    waiting = tasks.of_contract(world.store, at("2025-06-02T09:00"), contract)
    assert [task["kind"] for task in waiting] == ["reset_password"]
    world.do("2025-06-02T10:00", contract, "finish_task", kind="reset_password")
    assert tasks.of_contract(world.store, at("2025-06-02T11:00"), contract) == []


@pytest.mark.rule("ORM-INT-3", "ORM-PRO-4", "ORM-FWU-2")
def test_changes_that_need_no_notice_are_listed_for_everybody_to_read(world: World) -> None:
    for about in ("specification", "firmware", "business_transfer"):
        world.say("2025-06-01T10:00", "omron-remote", "announce_change", about=about, effective_on=date(2025, 5, 20))
    listed = services.view(world.store, at("2025-06-02T10:00"), "omron-remote")["announcements"]
    assert [(a["values"]["about"], a["effective_on"]) for a in listed if a["kind"] == "change"] == [
        ("specification", "2025-05-20"), ("firmware", "2025-05-20"), ("business_transfer", "2025-05-20"),
    ]  # fmt: skip
    with pytest.raises(Invalid):
        world.say("2025-06-03T10:00", "omron-remote", "announce_change", about="gossip", effective_on=date(2025, 6, 3))
    with pytest.raises(Refused, match="not_provided"):
        world.say("2025-06-03T10:00", "allwatch", "announce_change", about="firmware", effective_on=date(2025, 6, 3))
