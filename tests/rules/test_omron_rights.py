"""OMRON remote monitoring: consents, handing a gateway over, and who may set a system."""

from __future__ import annotations

import pytest

from chalicelib.contracts import data_rights
from chalicelib.contracts.consents import granted
from chalicelib.contracts.data_rights import Asking
from chalicelib.errors import Forbidden, Invalid, NotFound, Refused
from chalicelib.members import permissions
from tests.rules.conftest import instant

CUSTOMER, PROVIDER, MAINTAINER = Asking("customer"), Asking("provider"), Asking("maintainer")
SELLER = Asking("dealer", dealer="solar-nara", sold_by="solar-nara")
ANOTHER_DEALER = Asking("dealer", dealer="solar-kobe", sold_by="solar-nara")


def may_set(life, asking) -> str:
    try:
        data_rights.may_set(life.contract, life.company.terms, asking)
    except NotFound:
        return "does not exist"
    except Refused as refused:
        assert refused.rule == "ORM-MNT-3"
        return refused.reason
    return "yes"


@pytest.mark.rule("ORM-MNT-3")
def test_consents_take_effect_at_once_and_twice_is_once(registered) -> None:
    life = registered("2025-04-05", "2025-04-19")
    assert life.does("2025-06-01T20:05", "consent", to="maintainer", purpose="settings") == ""
    once = life.contract.grants
    assert life.does("2025-06-02", "consent", to="maintainer", purpose="settings") == ""
    assert life.contract.grants == once
    assert (once[0].at, once[0].by) == (instant("2025-06-01T20:05"), "operator")
    assert granted(life.contract, "maintainer", "settings")
    assert not granted(life.contract, "maintainer", "data")
    assert not granted(life.contract, "dealer", "settings")
    assert life.does("2025-06-20", "withdraw_consent", to="dealer", purpose="settings") == "consent_not_given"
    assert life.does("2025-06-20", "withdraw_consent", to="maintainer", purpose="settings") == ""
    assert life.does("2025-06-20", "withdraw_consent", to="maintainer", purpose="settings") == "consent_not_given"
    assert life.contract.grants == ()


@pytest.mark.rule("ORM-MNT-3")
@pytest.mark.parametrize(
    "named", [{"to": "neighbour", "purpose": "data"}, {"to": "dealer", "purpose": "gossip"}, {"to": "dealer"}]
)
def test_a_consent_names_whom_and_what_for(registered, named) -> None:
    life = registered("2025-04-05", "2025-04-19")
    with pytest.raises(Invalid):
        life.does("2025-06-01", "consent", **named)


@pytest.mark.rule("ORM-MNT-3", "ORM-GWT-1", "ORM-GWT-2")
def test_unlinking_ends_what_was_allowed_about_the_gateway_and_nothing_else(registered) -> None:
    life = registered("2025-04-05", "2025-04-19")
    for to, purpose in (("dealer", "settings"), ("maintainer", "data"), ("provider", "marketing")):
        life.does("2025-05-01", "consent", to=to, purpose=purpose)
    assert life.does("2025-12-06", "transfer_device") == ""
    assert [(g.to, g.purpose) for g in life.contract.grants] == [("provider", "marketing")]
    assert (life.contract.state, life.day("service_starts_on"), life.told[-1]) == ("active", "2025-04-19", "gateway_unlinked")
    assert life.does("2025-12-07", "transfer_device") == "nothing_linked"
    assert life.does("2025-12-08", "install", sku="gateway", outcome="done") == ""  # linked anew
    assert life.does("2025-12-09", "transfer_device") == ""


@pytest.mark.rule("ORM-GWT-1")
def test_without_a_gateway_there_is_nothing_to_unlink(registered) -> None:
    assert registered("2025-04-05").does("2025-05-01", "transfer_device") == "nothing_linked"


@pytest.mark.rule("ORM-GWT-3", "ORM-STA-1")
@pytest.mark.parametrize(("installed", "starts"), [("", "2025-12-06"), ("2025-11-01", "2025-11-01")])
def test_the_gateway_goes_to_the_new_owner_in_one_step(registered, installed, starts) -> None:
    old, new = registered("2025-04-05", "2025-04-19"), registered("2025-09-11", installed)
    assert old.does("2025-12-06T15:00", "transfer_device", to=new.contract.id) == ""
    assert (new.contract.state, new.day("service_starts_on")) == ("active", starts)
    assert (new.contract.linked_at, old.contract.linked_at) == (instant("2025-12-06T15:00"), None)
    assert new.until("2026-09-10").contract.state == "active"
    assert new.until("2026-09-11").day("ends_on") == "2026-09-11"  # taking it over was no access


@pytest.mark.rule("ORM-GWT-3")
@pytest.mark.parametrize(
    ("before", "answer"),
    [
        ("suspend", "cannot_take_the_gateway"),
        ("terminate", "cannot_take_the_gateway"),
        ("refuse", "cannot_take_the_gateway"),
    ],
)
def test_where_the_new_owner_cannot_take_it_the_whole_step_is_refused(registered, before, answer) -> None:
    old, new = registered("2025-04-05", "2025-04-19"), registered("2025-09-11")
    old.does("2025-05-01", "consent", to="dealer", purpose="data")
    assert new.does("2025-10-01", before) == ""
    was, other = old.contract, new.contract
    assert old.does("2025-12-06", "transfer_device", to=new.contract.id) == answer
    assert (old.contract, new.contract) == (was, other)


@pytest.mark.rule("ORM-GWT-1", "ORM-GWT-3", "ORM-ACC-4")
def test_a_customer_has_it_unlinked_but_links_nothing_to_somebody_elses_account() -> None:
    permissions.require_fields("contractor", "transfer_device", [])
    permissions.require_fields("operator", "transfer_device", ["to"])
    with pytest.raises(Forbidden):
        permissions.require_fields("contractor", "transfer_device", ["to"])


@pytest.mark.rule("ORM-GWT-3")
def test_nobody_hands_a_gateway_over_to_themselves(registered) -> None:
    life = registered("2025-04-05", "2025-04-19")
    assert life.does("2025-12-06", "transfer_device", to=life.contract.id) == "same_contract"
    assert life.contract.linked_at is not None


@pytest.mark.rule("ORM-SET-3")
def test_only_the_account_with_the_gateway_sets_it_and_only_while_active(registered) -> None:
    old, new = registered("2025-04-05"), registered("2025-04-05")
    assert may_set(old, CUSTOMER) == "does not exist"  # registered, no gateway yet
    old.does("2025-04-19", "install", sku="gateway", outcome="done")
    assert may_set(old, CUSTOMER) == "yes"
    old.does("2025-05-01T10:00", "suspend")
    assert may_set(old, CUSTOMER) == "does not exist"
    old.does("2025-05-01T12:00", "restore")
    old.does("2025-06-01", "transfer_device", to=new.contract.id)
    assert (may_set(old, CUSTOMER), may_set(new, CUSTOMER)) == ("does not exist", "yes")
    new.does("2025-06-02", "request_cancellation")
    assert may_set(new, CUSTOMER) == "does not exist"


@pytest.mark.rule("ORM-MNT-2", "ORM-MNT-1", "ORM-PRO-3")
@pytest.mark.parametrize(("asking", "to"), [(PROVIDER, "provider"), (SELLER, "dealer"), (MAINTAINER, "maintainer")])
def test_others_set_only_with_a_consent_of_that_purpose_in_force(registered, asking, to) -> None:
    life = registered("2025-04-05", "2025-04-19")
    assert may_set(life, asking) == "consent_not_given"
    life.does("2025-05-01", "consent", to=to, purpose="data")
    life.does("2025-05-01", "consent", to={"provider": "dealer"}.get(to, "provider"), purpose="settings")
    assert may_set(life, asking) == "consent_not_given"  # for another purpose, for somebody else
    life.does("2025-05-02", "consent", to=to, purpose="settings")
    assert may_set(life, asking) == "yes"
    life.does("2025-05-03", "withdraw_consent", to=to, purpose="settings")
    assert may_set(life, asking) == "consent_not_given"


@pytest.mark.rule("ORM-MNT-2", "ORM-PRO-1")
def test_a_dealer_who_did_not_sell_the_system_does_not_know_of_it(registered) -> None:
    life = registered("2025-04-05", "2025-04-19")
    life.does("2025-05-01", "consent", to="dealer", purpose="settings")
    assert (may_set(life, SELLER), may_set(life, ANOTHER_DEALER)) == ("yes", "does not exist")
