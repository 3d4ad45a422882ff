"""What a customer is known by: the same for all ways to write it."""

from __future__ import annotations

import pytest

from chalicelib.members import known_by


@pytest.mark.parametrize(
    "written",
    ["03-1234-5678", "０３－１２３４－５６７８", "03 1234 5678", "(03)1234-5678", "+81 3-1234-5678", "+81(0)3 1234 5678"],
)
def test_a_telephone_number_is_its_digits(written: str) -> None:
    assert known_by.phone(written) == "0312345678"


@pytest.mark.parametrize("written", ["12345", "c1234567", "hana@example.com", "03-1234-567x", ""])
def test_what_is_no_telephone_number(written: str) -> None:
    assert known_by.phone(written) == ""


def test_a_name_is_known_whole_and_by_its_parts() -> None:
    profile = {"applicant": {"name": "見守　花子", "name_kana": "みまもり はなこ"}, "contact": {"company": "Ｍｉｍａ Ltd."}}
    names = {text for kind, text in known_by.of_profile(profile) if kind == "name"}
    assert names == {"見守花子", "見守", "花子", "ミマモリハナコ", "ミマモリ", "ハナコ", "mimaltd", "mima", "ltd"}


@pytest.mark.parametrize("q", ["見守 花子", "見守花子", "見守", "ﾐﾏﾓﾘ ﾊﾅｺ", "ミマモリハナコ", "mima ltd", "MIMA"])
def test_every_way_to_ask_meets_the_same_name(q: str) -> None:
    profile = {"applicant": {"name": "見守　花子", "name_kana": "みまもり はなこ"}, "contact": {"company": "Ｍｉｍａ Ltd."}}
    assert set(known_by.asked(q)) <= known_by.of_profile(profile) and known_by.asked(q)


def test_an_address_and_a_number_are_no_names() -> None:
    assert known_by.asked(" Hana@Example.COM ") == (("email", "hana@example.com"),)
    assert known_by.asked("090-1111-2222") == (("phone", "09011112222"),)
    assert known_by.asked(" ・ ") == ()
