"""An invitation as a value: single-use, for one address, for some days, and void once a newer mail was sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.errors import NotFound, Refused
from chalicelib.members import invitations
from chalicelib.members.invitations import Invitation

NOW = datetime(2025, 4, 1, 1, 0, tzinfo=UTC)
SECRET, NEWER = "s" * 43, "n" * 43
ADDRESS, OTHER = "a" * 40, "b" * 40


def sent(**changes) -> Invitation:
    """Mailed once with SECRET; too late from 15 April, 10:00 in Japan."""
    fresh = Invitation("c1", "family", ADDRESS, "daughter", "contractor", NOW, invitations.valid_until(NOW, 14), "a@example.jp")
    return replace(invitations.mailed(fresh, SECRET), **changes)


def test_it_is_accepted_with_its_secret_by_its_address_and_forgets_both() -> None:
    done = invitations.accepted(sent(), SECRET, ADDRESS, NOW)
    assert (done.state, done.email, done.token_hash, done.settled_at) == ("accepted", "", "", NOW)


def test_only_a_hash_of_the_secret_is_kept() -> None:
    assert SECRET not in repr(sent())


@pytest.mark.parametrize(
    ("given", "secret", "address", "after", "reason"),
    [
        ({}, SECRET, OTHER, timedelta(0), "invitation_for_another_address"),
        ({}, SECRET, ADDRESS, timedelta(days=14), "invitation_expired"),
        ({"state": "accepted"}, SECRET, ADDRESS, timedelta(0), "invitation_used"),
        ({"state": "revoked"}, SECRET, ADDRESS, timedelta(0), "invitation_revoked"),
    ],
)
def test_everything_else_is_refused_with_its_reason(given, secret, address, after, reason) -> None:
    with pytest.raises(Refused) as no:
        invitations.accepted(sent(**given), secret, address, NOW + after)
    assert no.value.reason == reason


def test_the_last_second_is_in_time() -> None:
    assert invitations.accepted(sent(), SECRET, ADDRESS, NOW + timedelta(days=14, seconds=-1)).state == "accepted"


@pytest.mark.parametrize(("given", "address"), [({}, ADDRESS), ({"state": "accepted"}, OTHER), ({"state": "revoked"}, OTHER)])
def test_whoever_guesses_learns_nothing(given, address) -> None:
    with pytest.raises(NotFound):
        invitations.accepted(sent(**given), "guess" * 8, address, NOW)


def test_sending_again_makes_the_older_mail_void_and_begins_the_time_anew() -> None:
    later = NOW + timedelta(days=10)
    again = invitations.mailed(invitations.again(sent(), later, invitations.valid_until(later, 14)), NEWER)
    with pytest.raises(Refused, match="invitation_void"):
        invitations.accepted(again, SECRET, ADDRESS, later)
    assert invitations.accepted(again, NEWER, ADDRESS, NOW + timedelta(days=23)).state == "accepted"


def test_before_the_new_mail_has_left_the_old_one_is_void_already() -> None:
    with pytest.raises(Refused, match="invitation_void"):
        invitations.accepted(invitations.again(sent(), NOW, invitations.valid_until(NOW, 14)), SECRET, ADDRESS, NOW)


def test_a_mail_that_may_have_left_twice_is_good_in_its_second_form_only() -> None:
    twice = invitations.mailed(sent(), NEWER)
    with pytest.raises(Refused, match="invitation_void"):
        invitations.accepted(twice, SECRET, ADDRESS, NOW)
    assert invitations.accepted(twice, NEWER, ADDRESS, NOW).state == "accepted"


def test_nobody_is_flooded() -> None:
    one = sent()
    for _ in range(invitations.SENT_MAX - 1):
        one = invitations.again(one, NOW, one.expires_at)
    with pytest.raises(Refused, match="invitation_sent_too_often"):
        invitations.again(one, NOW, one.expires_at)


def test_what_is_settled_is_neither_sent_again_nor_taken_back() -> None:
    done = invitations.accepted(sent(), SECRET, ADDRESS, NOW)
    with pytest.raises(Refused, match="invitation_used"):
        invitations.again(done, NOW, done.expires_at)
    with pytest.raises(Refused, match="invitation_used"):
        invitations.revoked(done, NOW)
    gone = invitations.revoked(sent(), NOW)
    assert (gone.state, gone.email) == ("revoked", "")
    assert invitations.revoked(gone, NOW + timedelta(days=1)) is gone


def test_a_token_names_its_invitation_and_nothing_else_is_a_token() -> None:
    one = sent()
    assert invitations.parts_of(invitations.token_of(one, SECRET)) == ("c1", one.id, SECRET)
    for wrong in ("", "c1", f"c1.{one.id}", f"c1.{one.id}.short", f"c1#x.{one.id}.{SECRET}", f"c1.{one.id}.{SECRET}.more"):
        with pytest.raises(NotFound):
            invitations.parts_of(wrong)


def test_an_invitation_that_nobody_answered_is_shown_as_expired() -> None:
    assert [sent().shown_state(NOW + timedelta(days=days)) for days in (0, 14)] == ["open", "expired"]
