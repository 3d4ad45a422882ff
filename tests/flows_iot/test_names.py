"""What a family calls its home and its people: said in mails and in the log, kept with the people, older rows without them."""

from __future__ import annotations

import pytest

from chalicelib.flows import alerts, called, homes, now, trying, views
from chalicelib.store import people as rows
from chalicelib.store.people import People
from tests.flows.world import HANA, OPERATOR, at
from tests.flows_iot.far_ends import FarEnds, reach
from tests.flows_iot.home import Home, heat
from tests.flows_iot.test_reaching import NOON, breach, post, prefer, room

__all__ = ["room"]


def test_a_home_is_named_named_anew_and_named_no_more(home: Home) -> None:
    assert homes.name_of(home.store, home.contract) is None
    assert homes.name(home.store, home.contract, " 母の家 ") == {"contract": home.contract, "label": "母の家"}
    version = rows.load(home.store, home.contract).version
    homes.name(home.store, home.contract, "母の家")
    assert rows.load(home.store, home.contract).version == version, "the same again writes nothing"
    home.add(NOON, "mai", "mail", email="mai@example.com")
    assert homes.name_of(home.store, home.contract) == "母の家", "who is added leaves it as it is"
    assert now.view(home.store, at(NOON), home.contract, HANA)["label"] == "母の家"
    listed = {one["id"]: one for one in views.contracts(home.store, at(NOON), HANA)["items"]}
    assert listed[home.contract]["label"] == "母の家"
    assert "label" not in views.contracts(home.store, at(NOON), OPERATOR, service="sottonet")["items"][0]
    assert homes.name(home.store, home.contract, "")["label"] is None
    assert homes.name_of(home.store, home.contract) is None


def test_a_row_of_before_has_neither_name(home: Home) -> None:
    home.add(NOON, "mai", "mail", email="mai@example.com")
    row = home.store.get(home.store.contracts, rows.key(home.contract))
    assert "home" not in row["body"]["S"] and '"name"' not in row["body"]["S"]
    assert (rows.of_row(row).home, rows.of_row(row).called("mai"), People().called("mai")) == ("", "", "")


def test_a_mail_says_of_which_home_it_speaks(home: Home, room: str, ends: FarEnds) -> None:
    homes.name(home.store, home.contract, "母の家")
    home.add(NOON, "mai", "mail", "line", email="mai@example.com")
    reach(home, "mai", line="U1")
    breach(home, room, degrees=36)
    post(home, NOON)
    assert sorted(subject for _, subject in ends.mail()) == [
        "【みまもり・注意】母の家・温湿度センサー: 室温のお知らせ",
        "【みまもり・至急】母の家・温湿度センサー: 室温が高い",
    ]
    assert "母の家・温湿度センサー: 室温が 36°C になりました(35°C を超えました)" in ends.line()[0]
    assert home.alerts()[0]["sentence"]["ja"].startswith("温湿度センサー: "), "inside the home nobody asks which one it is"


def test_what_is_gathered_says_it_too_and_keeps_no_copy(home: Home, room: str, ends: FarEnds) -> None:
    homes.name(home.store, home.contract, "母の家")
    home.add(NOON, "mai", "line")
    prefer(home, "mai", line="U1", digest="18:00")
    breach(home, room)
    post(home, NOON)
    kept = [row for row in home.store.query_all(home.store.contracts, ("contract", home.contract)) if "母の家" in str(row)]
    assert [row["item"]["S"] for row in kept] == ["people"]
    homes.name(home.store, home.contract, "実家")  # said as it is called when the message leaves
    home.tick("2025-08-01T18:00")
    assert "実家・温湿度センサー" in ends.line()[0]


@pytest.mark.parametrize(("name", "shown"), [("", "maiさん"), ("舞", "舞さん"), ("お姉ちゃん", "お姉ちゃん")])
def test_the_log_names_people_as_their_family_does(home: Home, room: str, name: str, shown: str) -> None:
    added = home.add(NOON, "mai", "mail", email="mai@example.com", **({"name": name} if name else {}))
    assert added["name"] == (name or None)
    home.hear(NOON, room, heat(31))
    (alert,) = home.alerts()
    done = alerts.acknowledge(home.store, at(NOON), home.asked(), "family", alert["alert"], {"person": "mai"})
    assert done["followed"][0]["ja"] == f"12時に{shown}が引き受けました"
    assert home.alerts()[0]["followed"] == done["followed"]
    assert [told["name"] for told in home.told()] == [name or None]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("花子", "花子さん"),
        ("Mai", "Maiさん"),
        ("となりの佐藤さん", "となりの佐藤さん"),
        ("佐藤さん(となり)", "佐藤さん(となり)"),
        ("花子(長女)", "花子(長女)さん"),
        ("田中先生", "田中先生"),
        ("みまもり株式会社", "みまもり株式会社"),
        ("北町見守りセンター", "北町見守りセンター"),
    ],
)
def test_a_sentence_names_somebody_with_respect_once_and_a_company_by_its_name(name: str, sentence: str) -> None:
    assert called.both(name) == {"ja": sentence, "en": name}


def test_a_list_shows_the_name_and_says_how_sentences_name_them(home: Home) -> None:
    added = home.add(NOON, "mai", "mail", email="mai@example.com", name="舞")
    assert (added["name"], added["called"]) == ("舞", {"ja": "舞さん", "en": "舞"})


def test_a_test_message_speaks_of_them_by_that_name(home: Home, ends: FarEnds) -> None:
    home.add(NOON, "mai", "mail", email="mai@example.com", name="お姉ちゃん")
    trying.send(home.store, at(NOON), home.asked(), HANA, "mai")
    assert "お姉ちゃんへのお知らせが届くか" in ends.texts()[-1]
