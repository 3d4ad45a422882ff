"""Whom the family calls: numbers of the home, kept as they were written, exact under repeats, gone with the home."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.errors import Invalid, Refused
from chalicelib.flows import numbers, people
from chalicelib.store import people as rows
from tests.flows.world import at
from tests.flows_iot.home import Home

NOW = at("2025-08-01T10:00")


def keep(home: Home, id: str, who: str, phone: str, key: str = "", **more: Any) -> dict[str, Any]:
    return numbers.put(home.store, NOW, home.asked(key), {"number": id, "who": who, "phone": phone, **more})


def kept(home: Home) -> list[tuple[str, str, str, bool]]:
    shown = numbers.listing(home.store, home.contract)["items"]
    return [(one["number"], one["who"], one["phone"], one["keeps_key"]) for one in shown]


def test_numbers_are_kept_in_their_order_changed_in_their_place_and_taken_away(home: Home) -> None:
    home.add("2025-08-01T09:00", "daughter")
    mother = keep(home, "m", " お母さん ", "０３-1234-5678", key="once")
    assert mother == keep(home, "m", " お母さん ", "０３-1234-5678", key="once")  # a repeat
    assert mother == {"number": "m", "who": "お母さん", "phone": "03-1234-5678", "keeps_key": False}
    keep(home, "n", "となりの田中さん", "+81 90 0000 0000", keeps_key=True)
    keep(home, "m", "お母さん", "03-1234-0000")
    assert kept(home) == [
        ("m", "お母さん", "03-1234-0000", False),
        ("n", "となりの田中さん", "+81 90 0000 0000", True),
    ]
    people.remove(home.store, NOW, home.contract, "daughter")  # who is told and who is called are two lists
    for _ in range(2):
        numbers.remove(home.store, home.contract, "m")
    assert [one[0] for one in kept(home)] == ["n"]


@pytest.mark.parametrize("phone", ["110", "らいねん", "090-123x-5678", "user@example.com", "--------"])
def test_what_is_no_number_is_not_kept(home: Home, phone: str) -> None:
    with pytest.raises(Invalid, match="phone"):
        keep(home, "x", "Somebody", phone)
    with pytest.raises(Invalid, match="who"):
        keep(home, "x", "  ", "03-1234-5678")
    assert kept(home) == []


def test_only_so_many_and_one_of_them_can_still_be_changed(home: Home) -> None:
    for place in range(numbers.NUMBERS_MAX):
        keep(home, f"n{place}", f"Neighbour {place}", f"03-1234-56{place:02}")
    with pytest.raises(Refused, match="too_many_numbers"):
        keep(home, "more", "One more", "03-1234-9999")
    keep(home, "n3", "Neighbour 3", "03-1234-0003")
    assert (len(kept(home)), kept(home)[3][2]) == (numbers.NUMBERS_MAX, "03-1234-0003")


def test_a_row_from_before_there_were_numbers_has_none(home: Home) -> None:
    home.add("2025-08-01T09:00", "daughter")
    assert rows.load(home.store, home.contract).numbers == ()
