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


# LifeRhythm Navi + HOME


@pytest.mark.rule("LRH-MEM-1")
def test_only_the_contractor_of_liferhythm_invites() -> None:
    assert refusal("liferhythm-home", "contractor", "family", "child") == ("", "")
    for role in ROLES:
        if role != "contractor":
            assert refusal("liferhythm-home", role, "family", "child") == ("may_not_invite", "LRH-MEM-1"), role
            assert refusal("liferhythm-home", role, "care_manager") == ("may_not_invite", "LRH-MEM-1"), role


# The sheet's own list, by degree (LRH-MEM-2): 1, 2 and 3 are near enough.
NEAR = [
    "spouse",
    "parent",
    "child",
    "grandparent",
    "grandchild",
    "sibling",
    "great_grandparent",
    "great_grandchild",
    "uncle",
    "aunt",
    "nephew",
    "niece",
]


@pytest.mark.rule("LRH-MEM-2")
@pytest.mark.parametrize("relation", NEAR)
@pytest.mark.parametrize("by_marriage", [False, True])
def test_relatives_within_the_third_degree_may_be_invited_also_by_marriage(relation, by_marriage) -> None:
    assert refusal("liferhythm-home", "contractor", "family", relation, by_marriage=by_marriage) == ("", "")


@pytest.mark.rule("LRH-MEM-2")
@pytest.mark.parametrize("relation", sorted(set(limits.relations()) - set(NEAR)))
def test_cousins_and_friends_may_not_unless_an_operator_allows_them(relation) -> None:
    assert {"cousin", "friend"} <= set(limits.relations()) - set(NEAR)
    far = ("relation_not_near_enough", "LRH-MEM-2")
    assert refusal("liferhythm-home", "contractor", "family", relation) == far
    assert refusal("liferhythm-home", "contractor", "family", relation, by_marriage=True) == far
    assert refusal("liferhythm-home", "contractor", "family", relation, allowed=True) == ("", "")


@pytest.mark.rule("LRH-MEM-2")
def test_the_care_manager_in_charge_needs_no_relation() -> None:
    assert refusal("liferhythm-home", "contractor", "care_manager") == ("", "")


def lrh_look(role, state, day, formed_on=date(2025, 4, 1), ends_on=None) -> str:
    try:
        limits.check_look(
            of("liferhythm-home"), role, state=state, formed_on=formed_on, ends_on=ends_on, consents=frozenset(), day=day
        )
    except Refused as no:
        assert no.rule == "LRH-MEM-6"
        return no.reason
    return ""


@pytest.mark.rule("LRH-MEM-6", "LRH-SUS-1")
@pytest.mark.parametrize("role", ["contractor", "watched", "family", "care_manager"])
def test_users_look_from_the_formation_to_the_last_day_and_not_while_suspended(role) -> None:
    first, last = date(2025, 4, 1), date(2025, 6, 20)
    assert lrh_look(role, "active", first) == ""
    assert lrh_look(role, "active", date(2025, 3, 31)) == "not_formed"
    assert lrh_look(role, "accepted", first, formed_on=None) == "not_formed"
    assert lrh_look(role, "cancelling", last, ends_on=last) == ""
    assert lrh_look(role, "cancelling", date(2025, 6, 21), ends_on=last) == "ended"
    assert lrh_look(role, "ended", date(2025, 5, 1), ends_on=date(2025, 5, 1)) == "ended"
    assert lrh_look(role, "suspended", date(2025, 5, 1)) == "suspended"


@pytest.mark.rule("LRH-MEM-3")
def test_the_payer_sees_bills_and_no_data() -> None:
    assert {"invoices.list", "invoices.view"} <= permissions.granted("payer")
    assert not permissions.DATA & permissions.granted("payer")
    assert not permissions.may("payer", "contracts.view")


# OMRON remote monitoring


@pytest.mark.rule("ORM-ACC-4")
@pytest.mark.parametrize("role", ["family", "watched", "care_manager", "payer"])
def test_an_account_of_omron_is_shared_with_nobody(role) -> None:
    for inviter in ("contractor", "operator"):
        assert refusal("omron-remote", inviter, role) == ("not_provided", "ORM-ACC-4")


@pytest.mark.rule("ORM-ACC-4", "STN-ACC-4", "LRH-MEM-4")
def test_no_route_hands_an_account_or_a_membership_on() -> None:
    handing_on = {"transfer", "lend", "rename", "pledge", "sell"}
    assert not [name for name in permissions.ROUTES if handing_on & set(name.replace("_", ".").split("."))]


@pytest.mark.rule("ORM-PRO-1", "ORM-PRO-2", "ORM-MNT-1")
def test_the_customer_asks_a_maintainer_in_and_the_provider_names_the_dealer() -> None:
    assert refusal("omron-remote", "contractor", "maintainer") == ("", "")
    assert refusal("omron-remote", "operator", "maintainer") == ("may_not_invite", "ORM-PRO-2")
    assert refusal("omron-remote", "operator", "dealer") == ("", "")
    assert refusal("omron-remote", "contractor", "dealer") == ("may_not_invite", "ORM-PRO-1")


@pytest.mark.rule("ORM-PRO-2", "ORM-MNT-1")
def test_a_maintainer_looks_only_while_the_customers_consent_is_in_force() -> None:
    look = lambda *consents: limits.check_look(  # noqa: E731
        of("omron-remote"), "maintainer", state="active", formed_on=DAY, ends_on=None, consents=frozenset(consents), day=DAY
    )
    look("maintainer:data")
    for others in ((), ("maintainer:settings",), ("dealer:data",)):
        with pytest.raises(Refused) as no:
            look(*others)
        assert (no.value.reason, no.value.rule) == ("no_consent", "ORM-PRO-2")


@pytest.mark.rule("ORM-MNT-1", "ORM-PRO-1")
def test_dealers_see_the_current_state_and_no_history() -> None:
    assert {"devices.list", "devices.view"} <= permissions.granted("dealer")
    assert not {"readings.list", "alerts.list", "contracts.view", "events.list"} & permissions.granted("dealer")


@pytest.mark.parametrize("role", ["family", "care_manager", "maintainer", "payer"])
def test_and_market_mobile_has_nobody_to_invite(role) -> None:
    assert refusal("and-market-mobile", "contractor", role)[0] == "not_provided"
