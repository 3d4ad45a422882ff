"""People: inviting from the phone, joining by the mail's link, seeing, being let out, leaving; consents in words."""

import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import Visit
from tests.web.looking import PHONE_JA, Look, allow, axe, settled, shot
from tests.web.town import Household, Person, Town, soon

WORDS = {
    "ja": {
        "invite": "見守る人を招く",
        "family": "ご家族",
        "name": "お名前",
        "email": "メールアドレス",
        "send": "招待メールを送る",
        "waiting": "返事を待っている招待",
        "join": "参加する",
        "needed": "お名前を入れてください。",
    },
    "en": {
        "invite": "Invite somebody",
        "family": "Family",
        "name": "Name",
        "email": "E-mail address",
        "send": "Send the invitation",
        "waiting": "Waiting for an answer",
        "join": "Join",
        "needed": "Please enter a name.",
    },
}


def invite(page: Page, say: dict[str, str], name: str, guest: Person) -> None:
    page.get_by_role("link", name=say["invite"]).click()
    page.get_by_role("radio", name=say["family"]).check()
    page.get_by_label(say["name"]).fill(name)
    page.get_by_label(say["email"]).fill(guest.email)
    page.get_by_role("button", name=say["send"]).click()


def link_to(town: Town, guest: Person) -> str:
    """The path in the newest mail to that address."""

    def newest() -> str:
        mails = [mail for mail in town.house.world.stack.sent_mail() if guest.email in str(mail)]
        found = [word for mail in mails for word in str(mail).replace("\\n", " ").split() if "/invitation#" in word]
        return "/invitation" + found[-1].split("/invitation")[1].strip("'\",") if found else ""

    return soon(newest)


@pytest.fixture
def home(town: Town) -> Household:
    return town.household("sottonet")


def test_somebody_is_invited_joins_by_the_link_and_is_let_out_again(
    town: Town, home: Household, visit: Visit, look: Look
) -> None:
    say, guest = WORDS[look.language], town.person("guest")
    page = visit(f"/homes/{home.id}/people", by=home.person, look=look)
    shot(page, "people-empty")
    axe(page)
    invite(page, say, "さくら", guest)
    expect(page.get_by_role("heading", name=say["waiting"])).to_be_visible()
    shot(page, "people-waiting")

    theirs = visit(link_to(town, guest), by=guest, look=look)
    expect(theirs.get_by_role("button", name=say["join"], exact=True)).to_be_visible()
    shot(theirs, "invitation")
    axe(theirs)
    theirs.get_by_role("button", name=say["join"], exact=True).click()
    expect(theirs).to_have_url(f"{town.web}/homes/{home.id}")

    page.reload()
    row = settled(page).get_by_role("listitem").filter(has_text="さくら")
    shot(page, "people")
    row.get_by_role("button").click()
    page.get_by_role("dialog").get_by_role("button").last.click()
    expect(row).to_have_count(0)
    members = home.person.api.get(f"/v1/contracts/{home.id}/members")["items"]
    assert [one["member"] for one in members] == ["holder"]


def test_who_was_let_in_sees_what_they_may_do_and_can_leave(town: Town, home: Household, visit: Visit) -> None:
    guest = town.person("leaver")
    wish = {"email": guest.email, "role": "family", "person": "はな"}
    home.person.api.post(f"/v1/contracts/{home.id}/invitations", wish, "leaver")
    token = link_to(town, guest).split("#")[1]
    guest.api.post("/v1/invitations/accept", {"token": token}, "joined")
    page = visit(f"/homes/{home.id}/people", by=guest)
    expect(page.get_by_text("いまの様子を見る")).to_be_visible()
    expect(page.get_by_role("link", name=WORDS["ja"]["invite"])).to_have_count(0)
    shot(page, "people-guest")
    axe(page)
    page.get_by_role("button", name="この見守りから抜ける").click()
    page.get_by_role("dialog").get_by_role("button", name="抜ける").click()
    expect(page).to_have_url(f"{town.web}/")
    assert guest.api.get("/v1/contracts")["items"] == []


def test_what_is_missing_is_said_beside_its_field_and_what_was_typed_outlives_it_and_the_session(
    town: Town, home: Household, visit: Visit
) -> None:
    page = visit(f"/homes/{home.id}/people/invite", by=home.person)
    page.get_by_label("メールアドレス").fill("not-an-address")
    page.get_by_role("button", name=WORDS["ja"]["send"]).click()
    expect(page.get_by_text(WORDS["ja"]["needed"])).to_be_visible()
    expect(page.get_by_label("お名前")).to_be_focused()
    page.get_by_label("お名前").fill("さくら")
    allow(page, r"^400 POST .*/invitations$")
    page.get_by_role("button", name=WORDS["ja"]["send"]).click()
    expect(page.get_by_label("メールアドレス")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("メールアドレス")).to_have_value("not-an-address")
    shot(page, "invite-wrong")
    axe(page)
    guest = town.person("guest")
    page.get_by_label("メールアドレス").fill(guest.email)
    allow(page, r"^401 ")
    # The session ends while they type: the token is not believed any more, and the cookie gets no other.
    page.route("**/v1/contracts/*/invitations", lambda route: route.fulfill(status=401, json={}), times=1)
    page.context.clear_cookies()
    page.get_by_role("button", name=WORDS["ja"]["send"]).click()
    dialog = page.get_by_role("dialog").filter(visible=True)
    dialog.get_by_label("パスワード", exact=True).fill(home.person.password)
    dialog.locator("button[type=submit]").click()
    expect(page.get_by_role("heading", name=WORDS["ja"]["waiting"])).to_be_visible()
    expect(page.get_by_text("さくら")).to_be_visible()


def test_an_invitation_for_somebody_else_says_so(town: Town, home: Household, visit: Visit) -> None:
    guest, other = town.person("meant"), town.person("other")
    home.person.api.post(
        f"/v1/contracts/{home.id}/invitations", {"email": guest.email, "role": "family", "person": "m"}, "meant"
    )
    page = visit("/", by=other)
    allow(page, r"^409 POST /v1/invitations/look$")
    page.goto(link_to(town, guest))
    expect(page.get_by_role("alert")).to_contain_text("別のメールアドレスあて")
    shot(page, "invitation-of-another")


def test_consents_stand_in_words(home: Household, visit: Visit) -> None:
    page = visit(f"/homes/{home.id}/people", by=home.person)
    page.get_by_text("7件の同意を見る").click()
    card = page.get_by_role("region").or_(page.locator("section")).filter(has_text="同意していること")
    expect(card.get_by_role("listitem")).to_have_count(7)
    assert "_" not in card.inner_text(), "a key of the terms is no word for people"
    shot(page, "consents")
    axe(page)


@pytest.mark.parametrize("dress", [PHONE_JA.with_(text=200), PHONE_JA.with_(dark=True, contrast=True)], ids=str)
def test_in_large_text_and_in_the_dark(home: Household, visit: Visit, dress: Look) -> None:
    page = visit(f"/homes/{home.id}/people/invite", by=home.person, look=dress)
    shot(page, "invite")
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing scrolls sideways"
