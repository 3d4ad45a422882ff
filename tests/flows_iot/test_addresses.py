"""How somebody's own addresses come and go: browsers, a telephone, LINE; who may, what a repeat does, what is forgotten."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.errors import Forbidden, Invalid, NotFound, Refused, Unauthenticated
from chalicelib.flows import addresses, line_links, people, trying
from chalicelib.flows import outbox as sender
from chalicelib.members.roles import Caller
from chalicelib.store import line_links as links
from chalicelib.store import outbox
from chalicelib.store import people as rows
from chalicelib.store.transact import Store
from tests.flows.world import HANA, at
from tests.flows_iot.far_ends import FarEnds, browser, far_ends, reach
from tests.flows_iot.home import Home

NOW = "2025-08-01T12:00"
HOLDER = HANA.acting_as("contractor")
MAI = Caller("mai", "Mai@example.com").acting_as("family")
KEYS = {
    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
}
BROWSER = {"endpoint": "https://web.push.apple.com/abc", "keys": KEYS}


@pytest.fixture(scope="module")
def outside(surroundings: str) -> Iterator[FarEnds]:
    with far_ends() as ends:
        yield ends


@pytest.fixture
def ends(outside: FarEnds, store: Store, home: Home) -> FarEnds:
    """Nobody has been told; mai is on the list by her mail address, ken without any."""
    for entry in list(outbox.leftovers(store, at("2099-01-01T00:00"))):
        outbox.left(store, entry)
    outside.begin()
    home.add(NOW, "mai", "sms", "line", "push", email="mai@example.com")
    home.add(NOW, "ken", "mail")
    return outside


def known(home: Home, person: str = "mai") -> dict[str, Any]:
    return dict(rows.load(home.store, home.contract).reach.get(person, {}))


def post(home: Home, now: str = NOW) -> None:
    for entry in list(outbox.leftovers(home.store, at("2099-01-01T00:00"))):
        sender.deliver(
            home.store, {"Records": [{"eventName": "INSERT", "dynamodb": {"Keys": entry.key, "SequenceNumber": "1"}}]}, at(now)
        )


# who may


def test_the_holder_for_anybody_everybody_else_for_themselves(home: Home, ends: FarEnds) -> None:
    for caller in (HOLDER, MAI):
        assert addresses.prefer(home.store, home.contract, caller, "mai", {"daily_max": 3})["daily_max"] == 3
    assert addresses.prefer(home.store, home.contract, HOLDER, "ken", {"digest": "18:00"})["digest"] == "18:00"
    for caller in (MAI, Caller("mai").acting_as("family")):
        with pytest.raises(Forbidden):
            addresses.prefer(home.store, home.contract, caller, "ken", {})
    with pytest.raises(NotFound):
        addresses.prefer(home.store, home.contract, HOLDER, "nobody", {})


def test_preferences_are_replaced_as_a_whole_and_given_with_the_person_too(home: Home, ends: FarEnds) -> None:
    addresses.prefer(home.store, home.contract, HOLDER, "mai", {"digest": "18:00", "daily_max": 2, "language": "en"})
    after = addresses.prefer(home.store, home.contract, HOLDER, "mai", {"digest": "07:30"})
    assert (after["digest"], after["daily_max"], after["language"]) == ("07:30", None, "en")
    added = home.add(NOW, "aya", "mail", digest="19:00", daily_max=5)
    assert (added["digest"], added["daily_max"]) == ("19:00", 5)


def test_ways_and_quiet_hours_change_without_the_address_and_stay_when_left_out(home: Home, ends: FarEnds) -> None:
    ways = {"channels": ["push", "mail", "push"], "quiet": ["22:00", "07:00"], "name": "まい"}
    after = addresses.prefer(home.store, home.contract, MAI, "mai", ways)
    assert (after["channels"], after["quiet"], after["name"]) == (["push", "mail"], ["22:00", "07:00"], "まい")
    assert addresses.prefer(home.store, home.contract, MAI, "mai", {"daily_max": 3}) == after | {"daily_max": 3}
    ended = addresses.prefer(home.store, home.contract, MAI, "mai", {"quiet": None})
    assert (ended["quiet"], ended["channels"], ended["has_email"]) == (None, ["push", "mail"], True)
    with pytest.raises(Invalid) as wrong:
        addresses.prefer(home.store, home.contract, MAI, "mai", {"quiet": ["22:00", "22:00"]})
    assert wrong.value.field == "quiet"


# browsers


def subscribe(home: Home, endpoint: str = BROWSER["endpoint"], key: str = "", caller: Caller = MAI) -> dict[str, Any]:
    body = {**BROWSER, "endpoint": endpoint}
    return addresses.subscribe(home.store, at(NOW), home.asked(key, endpoint), caller, "mai", body)


def test_a_browser_comes_once_and_goes(home: Home, ends: FarEnds) -> None:
    first = subscribe(home, key="k1")
    assert subscribe(home, key="k1") == first
    assert subscribe(home)["subscription"] == first["subscription"]
    assert addresses.browsers(home.store, home.contract, MAI, "mai")["items"] == [first]
    assert "apple" not in json.dumps(first)
    for _ in range(2):
        addresses.unsubscribe(home.store, home.contract, MAI, "mai", first["subscription"])
    assert addresses.browsers(home.store, home.contract, MAI, "mai")["items"] == []


def test_so_many_browsers_and_no_more(home: Home, ends: FarEnds) -> None:
    for number in range(addresses.BROWSERS_MAX):
        subscribe(home, f"https://web.push.apple.com/{number}")
    subscribe(home, "https://web.push.apple.com/0")  # the same one again is no new one
    with pytest.raises(Refused, match="too_many_browsers"):
        subscribe(home, "https://web.push.apple.com/x")


def test_an_address_inside_our_network_is_never_kept(home: Home, ends: FarEnds) -> None:
    with pytest.raises(Invalid, match="endpoint"):
        subscribe(home, "https://169.254.169.254/latest/meta-data")
    assert "push" not in known(home)


# a telephone


@pytest.mark.parametrize("written", ["090-1234-5678", "09012345678", "090 1234 5678", "090-1234-5678", "+81 90-1234-5678"])
def test_a_number_as_people_write_it(written: str) -> None:
    assert addresses.number_of(written) == "+819012345678"


@pytest.mark.parametrize(
    "written", ["", "110", "03-1234-5678", "0120-123-456", "+0901234567", "090-1234-567a", "+1" + "2" * 15]
)
def test_what_is_no_number_for_text_messages(written: str) -> None:
    with pytest.raises(Invalid, match="phone"):
        addresses.number_of(written)


def ask(home: Home, number: str = "090-1234-5678", now: str = NOW, key: str = "") -> dict[str, Any]:
    return addresses.ask_phone(home.store, at(now), home.asked(key, number), MAI, "mai", {"phone": number})


def confirm(home: Home, code: str, now: str = NOW) -> dict[str, Any]:
    return addresses.confirm_phone(home.store, at(now), home.asked("", code), MAI, "mai", {"code": code})


def sent_code(ends: FarEnds) -> tuple[str, str]:
    number, text = ends.sms()[-1]
    return number, next(word for word in text.split() if word.isdecimal() and len(word) == 6)


def other(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_a_telephone_counts_when_its_code_came_back(home: Home, ends: FarEnds) -> None:
    asked = ask(home, key="p1")
    assert ask(home, key="p1") == asked
    assert asked["ends_with"] == "78"
    post(home)
    assert "phone" not in known(home)
    number, code = sent_code(ends)
    assert (number, len(ends.sms())) == ("+819012345678", 1)
    assert code not in json.dumps(known(home))
    with pytest.raises(Invalid, match="wrong_code"):
        confirm(home, other(code))
    assert confirm(home, code)["has_phone"] is True
    assert known(home)["phone"] == "+819012345678"
    with pytest.raises(Refused, match="no_open_code"):
        confirm(home, code)


def test_a_code_is_not_guessed(home: Home, ends: FarEnds) -> None:
    ask(home)
    post(home)
    _, code = sent_code(ends)
    for _ in range(addresses.WRONG_MAX):
        with pytest.raises(Invalid):
            confirm(home, other(code))
    with pytest.raises(Refused, match="no_open_code"):
        confirm(home, code)


def test_a_code_is_over_after_ten_minutes_and_a_newer_one_ends_it(home: Home, ends: FarEnds) -> None:
    ask(home)
    post(home)
    _, first = sent_code(ends)
    with pytest.raises(Refused, match="no_open_code"):
        confirm(home, first, "2025-08-01T12:10")
    ask(home, "080-1111-2222", "2025-08-01T12:11")
    with pytest.raises(Invalid):
        confirm(home, first, "2025-08-01T12:12")


def test_nobody_is_sent_codes_all_day(home: Home, ends: FarEnds) -> None:
    for _ in range(addresses.CODES_A_DAY):
        ask(home)
    with pytest.raises(Refused, match="too_many_codes"):
        ask(home, "080-1111-2222")
    ask(home, now="2025-08-02T00:00")


def test_a_code_that_was_asked_for_again_or_is_late_never_leaves(home: Home, ends: FarEnds) -> None:
    ask(home)
    ask(home, "080-1111-2222")
    post(home)
    assert [number for number, _ in ends.sms()] == ["+818011112222"]
    ask(home)
    post(home, "2025-08-01T12:10")
    assert len(ends.sms()) == 1


# LINE


class Chat:
    """The other end: what a LINE user does, told as LINE tells it."""

    def __init__(self, home: Home, ends: FarEnds, monkeypatch: pytest.MonkeyPatch) -> None:
        self.home, self.ends = home, ends
        self.told: list[tuple[bytes, str]] = []

        class Answer:
            status = 200

            def __enter__(self) -> Answer:
                return self

            def __exit__(self, *_: object) -> None:
                pass

        def hear(request: Any, timeout: int) -> Answer:
            self.told.append((request.data, request.get_header("X-line-signature")))
            line_links.hear(home.store, at(NOW), *self.told[-1])
            return Answer()

        monkeypatch.setattr("urllib.request.urlopen", hear)

    def say(self, user: str, text: str = "", **what: str) -> str:
        """Gives what our account answered."""
        before = len(self.ends.line())
        self.ends.phones.say(user, what or {"text": text})
        return " ".join(self.ends.line()[before:])

    def again(self) -> None:
        line_links.hear(self.home.store, at(NOW), *self.told[-1])


@pytest.fixture
def chat(home: Home, ends: FarEnds, monkeypatch: pytest.MonkeyPatch) -> Chat:
    ends.phones.webhook = "http://127.0.0.1/line"
    return Chat(home, ends, monkeypatch)


def code_of(home: Home, now: str = NOW, person: str = "mai", caller: Caller = MAI) -> str:
    return str(line_links.code(home.store, at(now), home.asked(), caller, person)["code"])


def test_a_code_sent_to_our_account_links_its_sender_once(home: Home, chat: Chat) -> None:
    assert "連携コード" in chat.say("U1", type="follow")
    code = code_of(home)
    assert "You are connected" in chat.say("U1", f" {code[:4].lower()}-{code[4:]} ")
    assert known(home)["line"] == "U1"
    chat.again()
    assert "could not make out" in chat.say("U2", code)
    assert known(home)["line"] == "U1"
    assert links.links(home.store, "U1") == [(home.contract, "mai")]
    assert links.links(home.store, "U2") == []


def test_a_late_code_and_any_other_words_link_nobody(home: Home, chat: Chat) -> None:
    late = code_of(home, "2025-08-01T11:30")
    assert "could not make out" in chat.say("U1", late)
    assert "連携コード" in chat.say("U1", "こんにちは")
    assert "line" not in known(home)


def test_whoever_takes_us_off_their_list_is_told_nothing_more(home: Home, chat: Chat) -> None:
    chat.say("U1", code_of(home))
    chat.say("U1", code_of(home, person="ken", caller=HOLDER))
    chat.say("U1", type="unfollow")
    chat.again()
    assert "line" not in known(home) and "line" not in known(home, "ken")
    assert links.links(home.store, "U1") == []


def test_an_unfollow_that_is_heard_late_spares_a_newer_user(home: Home, chat: Chat) -> None:
    chat.say("U1", code_of(home))
    chat.say("U2", code_of(home))
    assert links.links(home.store, "U1") == []
    chat.say("U1", type="unfollow")
    assert known(home)["line"] == "U2"


@pytest.mark.parametrize("signature", ["", "AAAA", "é" * 8])
def test_only_line_can_say_so(home: Home, chat: Chat, signature: str) -> None:
    chat.say("U1", "hello")
    with pytest.raises(Unauthenticated):
        line_links.hear(home.store, at(NOW), chat.told[-1][0], signature)


def test_a_signed_message_with_anything_in_it_breaks_nothing(
    home: Home, ends: FarEnds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chalicelib.gateways.line.is_from_line", lambda body, signature: True)
    for body in (b'{"events": []}', b'{"events": [{"type": "message", "source": {}}, {"type": "leave"}]}'):
        line_links.hear(home.store, at(NOW), body, "x")
    for body in (b"", b"[]", b"{}", b'{"events": 1}'):
        with pytest.raises(Invalid):
            line_links.hear(home.store, at(NOW), body, "x")


# what goes with a person


def test_what_somebody_confirmed_stays_with_their_address_and_goes_with_them(home: Home, chat: Chat) -> None:
    chat.say("U1", code_of(home))
    subscribe(home)
    home.add(NOW, "mai", "mail", email="mai@example.com", quiet=["22:00", "07:00"])
    assert {"line", "push"} <= known(home).keys()
    home.add(NOW, "mai", "mail", email="somebody-else@example.com")
    assert not {"line", "push"} & known(home).keys()
    home.add(NOW, "mai", "line", email="mai@example.com")
    chat.say("U1", code_of(home))
    people.remove(home.store, at(NOW), home.contract, "mai")
    assert links.links(home.store, "U1") == []
    assert known(home) == {}


# a test message


def test_a_test_message_goes_by_all_channels_and_says_what_became_of_it(home: Home, ends: FarEnds) -> None:
    reach(home, "mai", line="U1", push=[browser(ends)])
    asked = home.asked("t1")
    answer = trying.send(home.store, at(NOW), asked, MAI, "mai")
    assert answer == {
        "reached": [
            {"channel": "sms", "outcome": "no_address"},
            {"channel": "line", "outcome": "sent"},
            {"channel": "push", "outcome": "sent"},
        ]
    }
    assert trying.send(home.store, at(NOW), asked, MAI, "mai") == answer
    assert ends.count() == {"line": 1, "push": 1}
    assert home.told() == []


def test_test_messages_are_not_sent_all_day(home: Home, ends: FarEnds) -> None:
    for _ in range(trying.AN_HOUR_MAX):
        trying.send(home.store, at(NOW), home.asked(), MAI, "mai")
    with pytest.raises(Refused, match="too_many_tests"):
        trying.send(home.store, at(NOW), home.asked(), MAI, "mai")
    assert trying.send(home.store, at("2025-08-01T13:01"), home.asked(), MAI, "mai")["reached"]
