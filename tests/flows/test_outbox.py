"""What waits leaves once; what cannot leave stops nobody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from email import message_from_bytes, policy
from typing import Any

import pytest

from chalicelib.contracts import sheet, terms, wording
from chalicelib.errors import StoreError
from chalicelib.flows import outbox, services
from chalicelib.gateways import clients, mail
from chalicelib.store import outbox as waiting
from chalicelib.store.transact import Store
from tests.flows.world import OPERATOR, World, at


class Post:
    """A mailer that keeps what it sent, and fails when told to."""

    def __init__(self) -> None:
        self.sent: list[mail.Mail] = []
        self.failing = 0

    def send(self, letter: mail.Mail) -> None:
        if self.failing:
            self.failing -= 1
            raise StoreError("the mail service answered Throttling")
        self.sent.append(letter)


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    made = Post()
    monkeypatch.setattr(mail, "connect", lambda: made)
    return made


@pytest.fixture
def world(store: Store) -> World:
    made = World(store)
    for entry in list(waiting.leftovers(store, at("2099-01-01T00:00"))):
        waiting.left(store, entry)
    return made


CONTACT = {"contact": {"email": "hana@example.jp", "language": "ja"}}


def inserted(world: World) -> dict[str, Any]:
    """The stream's batch for everything that waits."""
    entries = waiting.leftovers(world.store, at("2099-01-01T00:00"))
    return {
        "Records": [
            {"eventName": "INSERT", "dynamodb": {"Keys": entry.key, "SequenceNumber": str(place)}}
            for place, entry in enumerate(entries)
        ]
    }


def test_an_application_is_told_by_mail_once_however_often_the_stream_says_so(world: World, post: Post) -> None:
    contract = world.apply("2025-04-03T10:00", **CONTACT)["id"]
    batch = inserted(world)
    assert outbox.deliver(world.store, batch, at("2025-04-03T10:01")) == {"batchItemFailures": []}
    first = list(post.sent)
    assert first
    assert {letter.to for letter in first} == {"hana@example.jp"}
    number = " ".join(re.findall(".{1,4}", contract))
    assert all(f"そっとねっと(ご契約番号:{number})" in letter.text for letter in first)
    outbox.deliver(world.store, batch, at("2025-04-03T10:02"))
    assert post.sent == first
    assert len({letter.key for letter in first}) == len(first)


def test_a_contract_without_an_address_gets_no_mail_and_leaves_nothing_behind(world: World, post: Post) -> None:
    world.apply("2025-04-03T10:00")
    outbox.deliver(world.store, inserted(world), at("2025-04-03T10:01"))
    assert post.sent == []
    assert inserted(world)["Records"] == []


def test_a_failed_mail_comes_again_without_the_ones_that_left(world: World, post: Post) -> None:
    entry = {"contract": world.apply("2025-04-03T10:00", **CONTACT)["id"], "version": 9}
    outbox.deliver(world.store, inserted(world), at("2025-04-03T10:00"))
    post.sent.clear()
    notices = [["accepted", "2025-04-03", {}], ["device_shipped", "2025-04-04", {}]]
    world.store.write(waiting.entry(world.store, "notices", "x#9", at("2025-04-03T10:00"), {**entry, "notices": notices}))
    real = post.send

    def second_fails(letter: mail.Mail) -> None:
        if letter.key.endswith("#1") and not post.failing:
            post.failing = 1
        real(letter)

    batch = inserted(world)
    post.send = second_fails  # type: ignore[method-assign]
    assert outbox.deliver(world.store, batch, at("2025-04-03T10:01")) == {"batchItemFailures": [{"itemIdentifier": "0"}]}
    assert [letter.key[-2:] for letter in post.sent] == ["#0"]
    post.send = real  # type: ignore[method-assign]
    assert outbox.deliver(world.store, batch, at("2025-04-03T10:02")) == {"batchItemFailures": []}
    assert [letter.key[-2:] for letter in post.sent] == ["#0", "#1"]


def test_leftovers_are_tried_again_by_the_schedule_and_young_ones_left_to_the_stream(world: World, post: Post) -> None:
    world.apply("2025-04-03T10:00", **CONTACT)
    assert outbox.deliver(world.store, {}, at("2025-04-03T10:05")) == {"left": 0, "stuck": 0}
    assert outbox.deliver(world.store, {}, at("2025-04-03T10:11")) == {"left": 1, "stuck": 0}
    assert post.sent


def test_an_entry_that_nobody_can_send_stays_is_counted_and_stops_nobody(world: World, post: Post) -> None:
    world.store.write(waiting.entry(world.store, "no-such-kind", "x", at("2025-04-03T09:00"), {}))
    world.apply("2025-04-03T10:00", **CONTACT)
    assert outbox.deliver(world.store, {}, at("2025-04-03T11:00")) == {"left": 1, "stuck": 1}
    (stuck,) = waiting.leftovers(world.store, at("2025-04-03T11:00"))
    assert stuck.tries == 1


def test_a_mail_goes_through_ses_with_its_key(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from chalicelib import settings

    monkeypatch.setenv("MAIL_FROM", "desk@mimamori.example")
    settings.current.cache_clear()
    clients.forget()
    mailer = mail.connect()
    with pytest.raises(StoreError, match="MessageRejected"):
        mailer.send(mail.Mail("c1#1#0", "hana@example.jp", "ご請求", "本文"))
    mailer.client.verify_email_identity(EmailAddress="desk@mimamori.example")
    sent: list[bytes] = []
    mailer.client.meta.events.register(
        "before-parameter-build.ses.SendRawEmail", lambda params, **_: sent.append(params["RawMessage"]["Data"])
    )
    mailer.send(mail.Mail("c1#1#0", "hana@example.jp", "ご請求のお知らせ", "本文 text"))
    message = message_from_bytes(sent[0], policy=policy.default)
    assert (message[mail.KEY_HEADER], message["Subject"]) == ("c1#1#0", "ご請求のお知らせ")
    assert "本文" in message.get_content()
    clients.forget()
    settings.current.cache_clear()


KINDS = set(outbox.texts()) - {"house"}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_notice_speaks_japanese_and_english(kind: str) -> None:
    subject, text = outbox.notice_text(kind, {"day": "2025-04-03", "contract": "c1", "total": 76626})
    assert " / " in subject
    assert "いつもご利用" in text
    assert "Thank you for being with us" in text
    assert "{" not in text + subject


def test_money_is_shown_as_people_write_it() -> None:
    assert "76,626 円" in outbox.notice_text("invoice_issued", {"total": 76626, "due_on": "2025-05-27", "invoice": "x"})[1]


def test_days_bills_and_plans_are_named_as_people_name_them() -> None:
    """No inner key reaches a reader: neither a bill's nor a plan's."""
    bill = {"contract": "c1", "invoice": "2025-04#initial", "total": 1, "due_on": "2025-05-27"}
    ja, en = (outbox.notice_text("invoice_issued", bill, language)[1] for language in ("ja", "en"))
    assert "2025年5月27日" in ja and "27 May 2025" in en
    assert re.search(r"請求書番号:2504-\d{4}-\d{4}-\d{4}\)", ja) and "#" not in ja + en
    plan = {"plan": "wifi-10gb", "starts_on": "2025-05-01", "contract": "c1"}
    assert (
        "Wi-Fi option, 10 GB from 1 May 2025"
        in outbox.notice_text("plan_changed", plan, "en", written=sheet.load("sottonet", ""))[1]
    )


def _of_the_terms() -> set[str]:
    """Notices that terms files name for what is bought or ordered, and for an acceptance."""
    named: set[str] = set()
    for found in map(terms.load, terms.services()):
        named |= {rule["notice"] for rule in found.section("buy").values() if "notice" in rule}
        named |= {found.section("order")["notice"]} if found.section("order") else set()
        named |= set(found.section("application").get("after_acceptance", ()))
    return named


def test_every_notice_that_the_engine_or_the_terms_name_has_words() -> None:
    """Looked up in the sources: a notice without words would stay in the outbox."""
    import re
    from pathlib import Path

    root = Path(terms.__file__).parent.parent
    sources = "\n".join(f.read_text(encoding="utf-8") for part in ("contracts", "billing") for f in (root / part).glob("*.py"))
    named = set(re.findall(r'\bnotice\(\s*"(\w+)"', sources)) | set(re.findall(r'"notice": "(\w+)"', sources)) | _of_the_terms()
    named |= {"price_revision", "tax_change", "terms_change", "service_abolition", "option_abolition", "option_refused"}
    assert len(named) > 15
    assert named <= KINDS


def test_a_notice_speaks_the_readers_language_when_it_is_known() -> None:
    figures = {"total": 76626, "due_on": "2025-05-27", "invoice": "2025-04#initial"}
    subject, text = outbox.notice_text("invoice_issued", figures, "en")
    assert "76,626 yen" in text
    assert not any("\u3040" <= letter <= "\u9fff" for letter in subject + text)
    assert outbox.notice_text("invoice_issued", figures, "fr") == outbox.notice_text("invoice_issued", figures)


def sent_of(world: World, post: Post, subject: str) -> list[mail.Mail]:
    outbox.deliver(world.store, inserted(world), at("2099-01-01T00:00"))
    return [letter for letter in post.sent if subject in letter.subject]


@pytest.mark.rule("STN-EQP-7")
def test_who_sends_a_unit_back_reads_that_it_will_be_wiped(world: World, post: Post) -> None:
    contract = world.apply("2025-04-03T10:00", disclosure_received_on=date(2025, 4, 3), **CONTACT)["id"]
    world.do("2025-04-05T10:00", contract, "cool_off")
    (letter,) = sent_of(world, post, "機器ご返却")
    assert wording.rule("sottonet", "STN-EQP-7").ja in letter.text
    assert wording.rule("sottonet", "STN-EQP-7").en not in letter.text  # her language only


@pytest.mark.rule("ALW-REF-5", "ALW-GEN-1")
def test_every_allwatch_notice_says_how_to_reach_the_desk_as_configured(world: World, post: Post) -> None:
    prices = {"monthly_fee": 1000, "registration_fee": 3000, "device": {"m1": 20000}}
    world.say("2025-04-01T10:00", "allwatch", "set_price_list", prices=prices)
    desk = {"email": "desk@example.jp", "phone": "03-0000-0000", "web": "https://example.jp/ask"}
    named = {"name": "Company", "registration_number": "T1234567890123", **desk}
    services.command(world.store, at("2025-04-01T10:00"), OPERATOR, "allwatch", "set_issuer", named, "desk-is-named")
    world.apply(
        "2025-04-03T10:00",
        service="allwatch",
        plan="half_year",
        payment_method="bank_transfer",
        devices=[{"sku": "m1"}],
        **CONTACT,
    )
    letters = sent_of(world, post, "")
    assert letters
    for letter in letters:
        assert wording.rule("allwatch", "ALW-GEN-1").ja in letter.text
        assert all(way in letter.text for way in desk.values())


def test_a_notice_of_a_contract_that_is_gone_says_its_own_words_only(world: World) -> None:
    from chalicelib.flows import texts

    assert texts.in_notice(world.store, "nobody", "return_device", date(2025, 4, 3)) == {}
