"""What a service says about its people: who invites whom, who is near enough, who may look and until when."""

from __future__ import annotations

import itertools
from datetime import date

import pytest

from chalicelib.contracts import terms, vocabulary
from chalicelib.errors import Invalid, Refused
from chalicelib.members import limits, permissions
from chalicelib.members.limits import Limits
from chalicelib.members.roles import INVITED, ROLES

DAY = date(2025, 4, 1)


def of(service: str) -> Limits:
    found = terms.load(service)
    return Limits(found.section("members"), lambda key: found.value(key, DAY), str(found.section("not_provided")["rule"]))


def refusal(service: str, inviter, role, relation="", **how) -> tuple[str, str]:
    """Reason and rule, or two empty texts when it is allowed."""
    try:
        limits.check_invitation(of(service), inviter, role, relation, **how)
    except Refused as no:
        return no.reason, no.rule
    return "", ""


def test_the_words_of_the_terms_are_the_roles_there_are() -> None:
    assert set(vocabulary.INVITED) == set(INVITED)
    assert set(vocabulary.INVITING) | set(vocabulary.LOOKING) <= set(ROLES)


@pytest.mark.parametrize("service", terms.services())
def test_every_service_says_who_its_people_are(service: str) -> None:
    assert "members" in terms.load(service).data


@pytest.mark.parametrize("service", terms.services())
def test_no_service_lets_anybody_give_more_than_they_have(service: str) -> None:
    for line in of(service).rules.get("invite", ()):
        assert all(limits.within(inviter, line["role"]) for inviter in line["by"])


@pytest.mark.parametrize(("inviter", "invited"), list(itertools.product(ROLES, ROLES)))
def test_what_is_given_is_part_of_what_the_giver_has(inviter, invited) -> None:
    if limits.within(inviter, invited):
        assert permissions.granted(invited) <= permissions.granted(inviter)
        assert invited in INVITED


def test_a_relative_cannot_show_bills_and_a_payer_cannot_show_data() -> None:
    assert not limits.within("family", "payer")
    assert not limits.within("payer", "family")
    assert not limits.within("care_manager", "family")
    assert not any(limits.within(role, "contractor") or limits.within(role, "operator") for role in ROLES)


def test_a_service_without_a_word_on_people_lets_nobody_in() -> None:
    silent = Limits({}, lambda key: 0, "XYZ-STP-1")
    with pytest.raises(Refused) as no:
        limits.check_invitation(silent, "contractor", "family", "child")
    assert (no.value.reason, no.value.rule) == ("not_provided", "XYZ-STP-1")


@pytest.mark.rule("STN-APP-1")
def test_sottonet_lets_the_holder_invite_whom_they_trust_and_nobody_else() -> None:
    assert refusal("sottonet", "contractor", "family") == ("", "")
    for role in ("family", "watched", "care_manager", "payer", "applicant", "operator"):
        assert refusal("sottonet", role, "family") == ("may_not_invite", "STN-APP-1"), role


def test_users_of_sottonet_look_until_the_contract_ends_and_its_holder_afterwards_too() -> None:
    facts = {"formed_on": date(2025, 4, 1), "ends_on": date(2025, 6, 30), "consents": frozenset()}
    look = lambda role, state, day: limits.check_look(of("sottonet"), role, state=state, day=day, **facts)  # noqa: E731
    look("family", "cancelling", date(2025, 6, 30))
    look("family", "suspended", date(2025, 6, 1))
    with pytest.raises(Refused, match="ended"):
        look("family", "cancelling", date(2025, 7, 1))
    look("contractor", "ended", date(2025, 7, 1))


def test_every_relation_has_its_words_and_a_degree_only_where_the_law_has_one() -> None:
    for name, entry in limits.relations().items():
        assert entry["ja"] and entry["en"], name
        assert entry.get("degree", 1) in (1, 2, 3, 4), name


def test_a_relation_without_a_word_is_bad_input() -> None:
    near = {"invite": [{"role": "family", "by": ["contractor"], "rule": "X-1", "relation": {"degree": "d", "rule": "X-2"}}]}
    for relation in ("", "spous", "Child"):
        with pytest.raises(Invalid, match="relation"):
            limits.check_invitation(Limits(near, lambda key: 3), "contractor", "family", relation)


def test_by_marriage_counts_only_where_the_terms_say_so() -> None:
    line = {"role": "family", "by": ["contractor"], "rule": "X-1", "relation": {"degree": "d", "rule": "X-2"}}
    blood = Limits({"invite": [line]}, lambda key: 3)
    limits.check_invitation(blood, "contractor", "family", "niece")
    with pytest.raises(Refused, match="relation_not_near_enough"):
        limits.check_invitation(blood, "contractor", "family", "niece", by_marriage=True)
