"""People through the doors: every role on every route, and a family's way in and out as the app sees it."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.api import base, resources
from chalicelib.gateways import mail
from chalicelib.members import permissions
from chalicelib.members.roles import INVITED, ROLES, Role
from chalicelib.store import contracts as rows
from chalicelib.store import members, outbox
from tests.agreed import agreed
from tests.flows_iot.home import Home

from .shapes import fitting
from .test_life import APPLICATION

assert resources.RESOURCES
HOLDER = "hana"
GONE = {"command": "request_cancellation", "service": "sottonet", "device": "d-none", "watch": "w1", "person": "p1"}
GONE |= {"invoice": "2025-04-initial", "alert": "a1", "member": "family-0123456789abcdef01234567"}
GONE |= {"invitation": "family-0123456789abcdef01234567", "parked": "c1", "day": "2025-04-03", "account": "nobody"}
GONE |= {"subscription": "0123456789abcdef01234567", "wish": "1751335200000-0123456789abcdef"}
SIGNED_IN = [route for route in base.ROUTES if not route.public and not route.local_only]
OF_CONTRACT = [route for route in SIGNED_IN if "{contract}" in route.path]


@pytest.fixture(scope="module", autouse=True)
def start(browser) -> None:
    browser.post("/v1/local/clock", {"at": "2025-04-01T10:00", "frozen": True}, who="operator")


@pytest.fixture(scope="module")
def contract(browser, store) -> str:
    """A contract with one member in each role, and one of another household that only applied."""
    made = browser.post("/v1/contracts", APPLICATION, who=HOLDER).json_body["id"]
    for role in INVITED:
        hashed = members.email_hash(f"{role}@example.jp")
        scope = ("d-sold",) if role == "dealer" else ()
        one = members.Member(made, hashed, role, "2025-04-01T00:00:00Z", role, role, devices=scope)
        store.write(members.let_in(store, HOLDER, one))
    return made


@pytest.fixture(scope="module")
def applied(browser) -> str:
    body = {**APPLICATION, "applicant": {"name": "A", "card_holder": "B"}}
    made = browser.post("/v1/contracts", body, who="applicant").json_body
    assert made["state"] == "applied"
    return made["id"]


def send(browser, route: base.Route, who: str, contract: str) -> Any:
    """A well-formed request, whose effect is nothing: what it names does not exist, or the terms refuse it."""
    body = route.variants.get(GONE["command"], route.body)
    sent = None if body is None else fitting(body)
    path = route.path.format(**{name: GONE.get(name, "none") for name in route.params} | {"contract": contract})
    return browser.send(route.method, path, sent, who=who, if_match='"999"')


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("route", OF_CONTRACT, ids=lambda route: f"{route.method} {route.path}")
def test_every_role_on_every_route(browser, contract, applied, route, role: Role) -> None:
    """A role that may gets past the table (whatever comes then); a role that may not gets 403 and nothing else."""
    who = HOLDER if role == "contractor" else role
    on = applied if role == "applicant" else contract
    if role in INVITED and route.action == "members.leave":
        return  # would take the member of this test away: `test_a_familys_way_in_and_out`
    status = send(browser, route, who, on).status_code
    if permissions.may(role, route.action):
        wanted = permissions.may(role, "command:request_cancellation") or not route.variants
        assert (status != 403) == wanted, status
    else:
        assert status == 403


@pytest.mark.parametrize("route", OF_CONTRACT, ids=lambda route: f"{route.method} {route.path}")
def test_a_stranger_finds_nothing(browser, contract, route) -> None:
    assert send(browser, route, "stranger", contract).status_code == 404


@pytest.mark.parametrize("role", ROLES)
def test_the_table_and_the_roles_say_the_same(role: Role) -> None:
    """Who may do something on a contract is somebody whom a contract knows."""
    assert all(found <= set(ROLES) for found in permissions.ROUTES.values())
    assert permissions.granted(role), f"{role} may do nothing at all"


def test_people_are_told_what_they_may_do_with_a_contract(browser, contract, applied) -> None:
    def seen(who: str, of: str = contract) -> Any:
        return browser.get(f"/v1/contracts/{of}", who=who).json_body

    roles = [seen(who)["role"] for who in (HOLDER, "family", "care_manager", "operator")]
    assert roles == ["contractor", "family", "care_manager", "operator"]
    assert seen("applicant", applied)["role"] == "applicant"
    assert {"watches.set", "alerts.close", "command:request_cancellation"} <= set(seen(HOLDER)["may"])
    assert "alerts.close" in seen("family")["may"] and "watches.set" not in seen("family")["may"]
    assert "alerts.acknowledge" in seen("care_manager")["may"] and "alerts.close" not in seen("care_manager")["may"]


def test_the_list_of_homes_says_what_may_be_done_in_each_and_money_only_to_those_who_see_bills(browser, contract) -> None:
    def listed(who: str) -> Any:
        (found,) = [one for one in browser.get("/v1/contracts", who=who).json_body["items"] if one["id"] == contract]
        return found

    money = {"unpaid", "overdue", "due_on", "to_come_back"}
    assert listed(HOLDER)["may"] == browser.get(f"/v1/contracts/{contract}", who=HOLDER).json_body["may"]
    assert money < set(listed(HOLDER))
    named = {"id", "service", "state", "version", "label", "may"}
    assert set(listed("payer")) == named | money
    assert {"invoices.list", "now.view", "contracts.view"} & set(listed("payer")["may"]) == {"invoices.list"}
    assert set(listed("dealer")) == named
    assert not money & set(listed("family")) and listed("family")["plan"] == "standard"
    assert not money & set(browser.get(f"/v1/contracts/{contract}", who="family").json_body)


def test_who_has_two_roles_is_told_of_all_that_they_may_do(browser, store, contract) -> None:
    """Whoever pays and watches: the single contract says the same as the list."""
    for role in ("payer", "family"):
        one = members.Member(
            contract, members.email_hash("both@example.jp"), f"both-{role}", "2025-04-01T00:00:00Z", role, "both"
        )
        store.write(members.let_in(store, HOLDER, one))
    (listed,) = browser.get("/v1/contracts", who="both").json_body["items"]
    assert {"invoices.list", "now.view"} <= set(listed["may"])
    assert browser.get(f"/v1/contracts/{contract}", who="both").json_body["may"] == listed["may"]


def test_a_dealer_sees_the_systems_it_sold_and_no_others(browser, contract) -> None:
    for name in ("d-sold", "d-other"):
        made = browser.post(f"/v1/contracts/{contract}/devices", {"device": name, "model": "climate-sensor"}, who=HOLDER)
        assert made.status_code == 201, made.body
    path = f"/v1/contracts/{contract}/devices"
    assert [one["device"] for one in browser.get(path, who="dealer").json_body["items"]] == ["d-sold"]
    assert browser.get(f"{path}/d-sold", who="dealer").status_code == 200
    other, none = browser.get(f"{path}/d-other", who="dealer"), browser.get(f"{path}/d-none", who="dealer")
    assert (other.status_code, other.body) == (404, none.body)
    assert browser.get(f"{path}/d-sold/readings", who="dealer").status_code == 403


class Box(list[mail.Mail]):
    def send(self, letter: mail.Mail) -> None:
        self.append(letter)


@pytest.fixture
def box(monkeypatch) -> Box:
    found = Box()
    monkeypatch.setattr(mail, "connect", lambda: found)
    return found


def token(browser, store, box: Box, role: str = "family") -> str:
    """Lets the outbox's stream run, and reads the newest invitation's code."""
    from datetime import UTC, datetime

    for entry in list(outbox.leftovers(store, datetime(2099, 1, 1, tzinfo=UTC))):
        if entry.kind in ("invitation", "notices"):
            record = {"eventName": "INSERT", "dynamodb": {"Keys": entry.key, "SequenceNumber": "1"}}
            browser.client.lambda_.invoke("outbox_worker", {"Records": [record]})
    return next(line for letter in reversed(box) for line in letter.text.splitlines() if f".{role}-" in line)


def test_a_familys_way_in_and_out(browser, store, box) -> None:
    mine = browser.post("/v1/contracts", APPLICATION, who="grandma").json_body["id"]
    path = f"/v1/contracts/{mine}"
    wish = {"email": "grandchild@example.jp", "role": "family", "person": "mei", "relation": "grandchild"}
    invited = browser.post(f"{path}/invitations", wish, who="grandma")
    assert invited.status_code == 201, invited.body
    assert b"grandchild@" not in invited.body
    code = token(browser, store, box)

    wrong = browser.post("/v1/invitations/accept", {"token": code}, who="somebody", accept_language="en")
    assert (wrong.status_code, wrong.json_body["reason"]) == (409, "invitation_for_another_address")
    done = browser.post("/v1/invitations/accept", {"token": code}, who="grandchild")
    assert (done.status_code, done.json_body["contract"], done.json_body["role"]) == (200, mine, "family")
    again = browser.post("/v1/invitations/accept", {"token": code}, who="grandchild")
    assert (again.status_code, again.json_body["reason"]) == (409, "invitation_used")

    assert browser.get(path, who="grandchild").status_code == 200
    assert [c["id"] for c in browser.get("/v1/contracts", who="grandchild").json_body["items"]] == [mine]
    assert browser.get(f"{path}/members", who="grandchild").status_code == 403
    listed = browser.get(f"{path}/members", who="grandma").json_body["items"]
    assert [(one["role"], one["sees_data"]) for one in listed] == [("contractor", True), ("family", True)]

    refused = browser.post(f"{path}/invitations", wish | {"email": "x@example.jp"}, who="grandchild")
    assert (refused.status_code, refused.json_body["reason"], refused.json_body["rule"]) == (409, "may_not_invite", "STN-APP-1")
    assert browser.post(f"{path}/leave", who="grandchild").status_code == 204
    assert browser.get(path, who="grandchild").status_code == 404
    assert browser.post(f"{path}/leave", who="grandchild").status_code == 404


def test_a_token_that_nobody_was_sent_opens_nothing_and_is_told_apart_from_nothing(browser, contract) -> None:
    hidden = [f"{contract}.family-{'0' * 24}.{'x' * 43}", f"c0.family-{'0' * 24}.{'x' * 43}", "no token at all"]
    answers = {browser.post("/v1/invitations/accept", {"token": one}, who="mallory").body for one in hidden}
    assert len(answers) == 1
    assert b"not-found" in answers.pop()


@pytest.mark.rule("LRH-MEM-1", "LRH-MEM-2", "LRH-MEM-3", "LRH-MEM-6")
def test_liferhythms_people(browser, store, box) -> None:
    application = {"service": "liferhythm-home", "plan": "standard", "payment_method": "card", "site": {"prefecture": "Tokyo"}}
    mine = browser.post("/v1/contracts", agreed(application), who="haruko").json_body["id"]
    path = f"/v1/contracts/{mine}"
    cousin = {"email": "itoko@example.jp", "role": "family", "person": "ito", "relation": "cousin"}
    early = browser.post(f"{path}/invitations", cousin | {"relation": "child"}, who="haruko")
    assert (early.status_code, early.json_body["rule"]) == (409, "LRH-MEM-1")  # an applicant is no contractor yet
    assert browser.post(f"{path}/commands/sign", {}, who="operator").json_body["formed_on"] == "2025-04-01"
    far = browser.post(f"{path}/invitations", cousin, who="haruko")
    assert (far.status_code, far.json_body["rule"]) == (409, "LRH-MEM-2")
    assert browser.post(f"{path}/allowances", {"email": "itoko@example.jp"}, who="haruko").status_code == 403
    assert browser.post(f"{path}/allowances", {"email": "itoko@example.jp"}, who="operator").status_code == 204
    assert browser.post(f"{path}/invitations", cousin, who="haruko").status_code == 201
    code = token(browser, store, box)
    unasked = browser.post("/v1/invitations/accept", {"token": code}, who="itoko", accept_language="en")
    assert (unasked.status_code, unasked.json_body["field"]) == (400, "consents")
    yes = {"token": code, "consents": ["terms", "privacy"]}
    assert browser.post("/v1/invitations/accept", yes, who="itoko").status_code == 200
    assert browser.get(f"{path}/alerts", who="itoko").status_code == 200

    assert browser.post(f"{path}/commands/suspend", {"reason": "unpaid"}, who="operator").status_code == 200
    for who in ("itoko", "haruko"):
        shut = browser.get(f"{path}/alerts", who=who)
        assert (shut.status_code, shut.json_body["rule"]) == (409, "LRH-MEM-6")
        assert browser.get(path, who=who).status_code == 200
    assert [one["sees_data"] for one in browser.get(f"{path}/members", who="haruko").json_body["items"]] == [False, False]
    assert browser.post(f"{path}/commands/restore", {}, who="operator").status_code == 200

    told = {"person": "neighbour", "role": "helper", "channels": ["mail"], "email": "tonari@example.jp"}
    nobody = browser.post(f"{path}/people", told, who="haruko")
    assert (nobody.status_code, nobody.json_body["rule"]) == (409, "LRH-MEM-3")
    assert browser.post(f"{path}/people", told | {"email": "itoko@example.jp"}, who="haruko").status_code == 201

    gone = browser.post(f"{path}/consents/withdraw", {"consent": "privacy"}, who="itoko")
    assert (gone.status_code, gone.json_body["kind"]) == (200, "withdrawn")
    assert browser.get(path, who="itoko").status_code == 404
    assert browser.get(f"{path}/people", who="haruko").json_body["items"] == []


@pytest.mark.rule("ORM-PRO-2", "ORM-MNT-1", "ORM-ACC-4", "ORM-ACC-6")
def test_omrons_maintainer_sees_what_the_customer_agreed_to_and_until_then(browser, store, box) -> None:
    application = {"service": "omron-remote", "plan": "standard", "payment_method": "none"}
    mine = browser.post("/v1/contracts", agreed(application), who="solar").json_body["id"]
    path = f"/v1/contracts/{mine}"
    shared = browser.post(f"{path}/invitations", {"email": "a@example.jp", "role": "family", "person": "a"}, who="solar")
    assert (shared.status_code, shared.json_body["rule"]) == (409, "ORM-ACC-4")
    firm = {"email": "denki@example.jp", "role": "maintainer", "person": "denki"}
    assert browser.post(f"{path}/invitations", firm, who="solar").status_code == 201
    granted = rows.load(store, mine).grants
    assert [(one.to, one.purpose) for one in granted] == [("maintainer", "data")]
    code = token(browser, store, box, "maintainer")
    assert browser.post("/v1/invitations/accept", {"token": code}, who="denki").status_code == 200
    assert browser.get(f"{path}/devices", who="denki").status_code == 200
    assert browser.get(path, who="denki").status_code == 403
    taken_back = {"to": "maintainer", "purpose": "data"}
    assert browser.post(f"{path}/commands/withdraw_consent", taken_back, who="solar").status_code == 200
    shut = browser.get(f"{path}/devices", who="denki")
    assert (shut.status_code, shut.json_body["rule"]) == (409, "ORM-PRO-2")
    said = browser.get(f"{path}/consents", who="solar").json_body["items"]
    assert sorted((one["kind"], one["consent"], one.get("to", ""), one["in_force"]) for one in said) == [
        ("given", "data", "maintainer", False),
        ("given", "terms", "", True),
        ("withdrawn", "data", "maintainer", False),
    ]


@pytest.mark.rule("ORM-PRO-1", "ORM-MNT-1", "ORM-GWT-2")
def test_omrons_dealer_sees_the_state_of_what_it_sold_while_that_is_linked_and_from_then_on(browser, store, box) -> None:
    home, sold = {"service": "omron-remote", "plan": "standard", "payment_method": "none"}, "gw-sold"
    mine = browser.post("/v1/contracts", agreed(home), who="roof").json_body["id"]
    path = f"/v1/contracts/{mine}"
    for device in (sold, "gw-other"):
        made = browser.post(f"{path}/devices", {"device": device, "model": "pv-gateway"}, who="roof")
        assert made.status_code == 201, made.body
    shop = {"email": "shop@example.jp", "role": "dealer", "person": "shop", "devices": [sold]}
    assert browser.post(f"{path}/invitations", shop, who="roof").status_code == 409  # the provider names the dealer
    assert browser.post(f"{path}/invitations", shop, who="operator").status_code == 201
    code = token(browser, store, box, "dealer")
    assert browser.post("/v1/invitations/accept", {"token": code}, who="shop").status_code == 200

    def says(minute: int, power: int) -> None:
        when = f"2025-04-01T10:{minute:02}"
        Home(store, mine).hear(when, sold, {"metric": "power", "value": power, "measured_at": f"{when}:00+09:00"})

    def does(minute: int, command: str, **args: Any) -> None:
        browser.post("/v1/local/clock", {"at": f"2025-04-01T10:{minute:02}", "frozen": True}, who="operator")
        done = browser.post(f"{path}/commands/{command}", args, who="operator")
        assert done.status_code == 200, done.body

    def seen(who: str) -> list[Any]:
        """Of the first page, the list and the device itself: which power they show."""
        answers = [browser.get(f"{path}/{place}", who=who) for place in ("now", "devices", f"devices/{sold}")]
        if {answer.status_code for answer in answers} != {200}:
            return [answer.status_code for answer in answers]
        now, devices, one = (answer.json_body for answer in answers)
        names = {shown["device"] for shown in [*now["devices"], *devices["items"]]}
        first = [value["value"] for shown in now["devices"] for value in shown["values"] if shown["device"] == sold]
        listed = [shown["values"] for shown in devices["items"] if shown["device"] == sold]
        return [names, *first, *(value["power"]["value"] for value in [*listed, one["values"]] if value)]

    says(1, 100)
    assert seen("shop") == [404, 404, 404], "nothing is linked yet"
    does(2, "install", outcome="done")
    assert seen("shop") == [{sold}], "what was measured before the link is not its business"
    assert seen("roof") == [{sold, "gw-other"}, 100, 100, 100]
    says(3, 300)
    assert seen("shop") == [{sold}, 300, 300, 300]
    assert browser.get(f"{path}/devices/gw-other/firmware", who="shop").status_code == 404
    for kind in ("readings", "history", "energy"):
        assert browser.get(f"{path}/devices/{sold}/{kind}", who="shop").status_code == 403, kind
    does(4, "transfer_device")
    assert seen("shop") == [404, 404, 404]
    assert browser.get(f"{path}/devices/{sold}/firmware", who="shop").status_code == 404
    history = browser.get(f"{path}/devices/{sold}/readings", who="roof").json_body["items"]
    assert [one["value"] for one in history] == [300, 100], "the customer keeps reading"


@pytest.mark.rule("ORM-ACC-8")
def test_all_sessions_end_at_once_and_a_new_one_begins_with_a_new_sign_in(browser, pool) -> None:
    import time

    old = f"Bearer {pool.token('robbed', auth_time=int(time.time()) - 3600)}"
    assert browser.get("/v1/contracts", authorization=old).status_code == 200
    assert browser.post("/v1/sessions/end", authorization=old).status_code == 204
    renewed = f"Bearer {pool.token('robbed', auth_time=int(time.time()) - 3600, iat=int(time.time()) + 5)}"
    assert browser.get("/v1/contracts", authorization=old).status_code == 401
    assert browser.get("/v1/contracts", authorization=renewed).status_code == 401  # a thief renews without a password
    fresh = f"Bearer {pool.token('robbed', auth_time=int(time.time()) + 5)}"
    assert browser.get("/v1/contracts", authorization=fresh).status_code == 200
    assert browser.post("/v1/operator/accounts/robbed/sessions/end", who="robbed", authorization=fresh).status_code == 403


def test_nothing_personal_is_logged(browser, contract, caplog) -> None:
    caplog.set_level("DEBUG", "mimamori")
    wish = {"email": "kanaria@example.jp", "role": "family", "person": "kanaria"}
    browser.post(f"/v1/contracts/{contract}/invitations", wish, who=HOLDER)
    browser.post("/v1/invitations/accept", {"token": "kanaria"}, who=HOLDER)
    assert "anaria" not in caplog.text


def test_roles_are_told_in_words_and_by_what_the_table_and_the_terms_give(browser, contract) -> None:
    told = browser.get(f"/v1/contracts/{contract}/roles", who=HOLDER).json_body
    assert told["mine"] == "contractor"
    roles = {one["role"]: one for one in told["items"]}
    assert {name for name, one in roles.items() if one["may_invite"]} == {"family", "care_manager", "watched", "payer"}
    assert "relation_degree_max" not in roles["family"], "these terms name no nearness"
    assert [one["en"] for one in roles["payer"]["can"]] == ["See the bills"]
    can = {one["en"] for one in roles["family"]["can"]}
    assert "See how the home is now" in can and "See the bills" not in can
    assert next(one for one in told["relations"] if one["relation"] == "niece")["degree"] == 3


def test_an_invitation_is_looked_at_before_it_is_accepted_and_that_changes_nothing(browser, store, box) -> None:
    mine = browser.post("/v1/contracts", APPLICATION, who="aunt").json_body["id"]
    wish = {"email": "nephew@example.jp", "role": "care_manager", "person": "sho"}
    assert browser.post(f"/v1/contracts/{mine}/invitations", wish, who="aunt").status_code == 201
    code = token(browser, store, box, "care_manager")
    wrong = browser.post("/v1/invitations/look", {"token": code}, who="somebody")
    assert (wrong.status_code, wrong.json_body["reason"]) == (409, "invitation_for_another_address")
    for _ in range(2):
        seen = browser.post("/v1/invitations/look", {"token": code}, who="nephew").json_body
        assert (seen["person"], seen["role"]["role"], seen["service"]) == ("sho", "care_manager", APPLICATION["service"])
        assert seen["inviter"]["ja"] == f"{seen['inviter']['en']}さん", "each reader is told in their own way"
    assert browser.post("/v1/invitations/accept", {"token": code}, who="nephew").status_code == 200
