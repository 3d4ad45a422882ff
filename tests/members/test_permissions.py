"""The table of permissions is whole: every route and command stands in it, and nothing that does not exist."""

from __future__ import annotations

import pytest

from chalicelib.api import base, command_schemas, resources
from chalicelib.errors import Forbidden
from chalicelib.members import permissions
from chalicelib.members.roles import ROLES, Caller


def test_every_route_stands_in_the_table_and_the_table_holds_no_other() -> None:
    assert resources.RESOURCES
    registered = {route.action for route in base.ROUTES}
    assert registered == set(permissions.ROUTES) | permissions.PUBLIC


def test_every_route_belongs_to_a_resource_that_the_app_registers() -> None:
    registered = {f"chalicelib.api.{resource.name}" for resource in resources.RESOURCES}
    assert {route.function.__module__ for route in base.ROUTES} == registered


def test_every_command_stands_in_the_table_and_the_table_holds_no_other() -> None:
    assert set(command_schemas.COMMANDS) == set(permissions.COMMANDS)
    assert set(command_schemas.SERVICE_COMMANDS) == set(permissions.SERVICE_COMMANDS)


def test_operators_may_whatever_anybody_may() -> None:
    for table in (permissions.ROUTES, permissions.COMMANDS, permissions.SERVICE_COMMANDS):
        assert all("operator" in roles for roles in table.values())


def test_only_operators_move_money_by_their_word() -> None:
    for name in ("pay", "fail_payment", "charge", "pay_refund", "terminate", "suspend", "accept", "deliver", "record_usage"):
        assert permissions.COMMANDS[name] == {"operator"}


@pytest.mark.parametrize("role", ROLES)
def test_what_is_not_in_the_table_is_nobodys(role) -> None:
    for action in ("contracts.unknown", "command:unknown", "service:unknown", "other:pay", ""):
        assert not permissions.may(role, action)
        with pytest.raises(Forbidden):
            permissions.require(role, action)


def test_family_sees_alerts_and_no_bills() -> None:
    assert permissions.may("family", "alerts.list")
    assert permissions.may("family", "contracts.view")
    assert not any(permissions.may("family", action) for action in ("invoices.list", "contracts.quote", "contracts.change"))
    assert [name for name in permissions.COMMANDS if permissions.may("family", f"command:{name}")] == ["order_article"]


def test_operator_fields_are_fields_that_exist() -> None:
    schemas = {**command_schemas.COMMANDS, "apply": command_schemas.APPLY}
    for action, fields in permissions.OPERATOR_FIELDS.items():
        assert fields <= set(schemas[action]["properties"])


def test_a_customer_may_not_state_a_price_or_a_postmark() -> None:
    permissions.require_fields("contractor", "buy", ["item", "quantity"])
    permissions.require_fields("operator", "buy", ["item", "amount"])
    with pytest.raises(Forbidden):
        permissions.require_fields("contractor", "buy", ["item", "amount"])


def test_a_role_is_a_role_on_one_contract() -> None:
    caller = Caller("a1", "a1@example.jp")
    assert caller.on_contract("a1") == "contractor"
    assert caller.on_contract("a2", member="family") == "family"
    assert caller.on_contract("a2") == "none"
    assert caller.on_contract("a1", formed=False) == "applicant"
    assert Caller("", "").on_contract("") == "none"
    assert Caller("op", operator=True).on_contract("a2") == "operator"
