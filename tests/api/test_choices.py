"""What is offered on a contract is what the engine takes: every step that the app is told of is quoted, possible or not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from tests.agreed import agreed

from .test_forms import MARKET, SENSORS

SITE = {"site": {"prefecture": "Tokyo"}}


class Home:
    """A browser that lives through days with contracts of hana's."""

    def __init__(self, browser) -> None:
        self.browser = browser

    def day(self, day: str) -> None:
        assert self.browser.post("/v1/local/clock", {"at": f"{day}T10:00", "frozen": True}, who="operator").status_code == 200

    def prices(self, service: str, prices: dict[str, Any]) -> None:
        said = self.browser.post(f"/v1/services/{service}/commands/set_price_list", {"prices": prices}, who="operator")
        assert said.status_code == 200

    def applies(self, service: str, payment_method: str = "card", plan: str = "standard", **more: Any) -> str:
        body = agreed({"service": service, "plan": plan, "payment_method": payment_method, **more})
        made = self.browser.post("/v1/contracts", body).json_body
        assert made["state"] in ("accepted", "active"), made
        return made["id"]

    def does(self, contract: str, command: str, who: str = "operator", **args: Any) -> None:
        done = self.browser.post(f"/v1/contracts/{contract}/commands/{command}", args, who=who)
        assert done.status_code == 200, done.body

    def choices(self, contract: str, who: str = "hana") -> list[dict[str, Any]]:
        answer = self.browser.get(f"/v1/contracts/{contract}/choices", who=who)
        assert answer.status_code == 200, answer.body
        return answer.json_body["items"]

    def by_name(self, contract: str) -> dict[str, dict[str, Any]]:
        return {step["command"]: step for step in self.choices(contract)}

    def quoted(self, contract: str, step: dict[str, Any], fields: dict[str, Any], on: str = "") -> str:
        """Why a quote refuses the step; empty when it does not. A request that is not well formed fails the test."""
        body = {"command": step["command"], **step["args"], **fields, **({"on": on} if on else {})}
        answer = self.browser.post(f"/v1/contracts/{contract}/quotes", body)
        assert answer.status_code == 200, (body, answer.body)
        return answer.json_body["refused"]

    def check(self, contract: str) -> int:
        """Everything that is offered on the contract, against quotes. How many quotes that were."""
        checked = 0
        for step in self.choices(contract):
            for fields, reason in told(step):
                assert self.quoted(contract, step, fields) == reason, (step["command"], fields)
                checked += 1
            if not step["possible"] and step["possible_on"]:
                fields = next(told(step))[0]
                day = date.fromisoformat(step["possible_on"])
                before = (day - timedelta(days=1)).isoformat()
                assert self.quoted(contract, step, fields, day.isoformat()) == ""
                assert self.quoted(contract, step, fields, before) == step["refused"]["reason"]
        return checked


def told(step: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """Values for the step's fields, with why they should be refused: first what the step as a whole says, then each choice."""
    plain = {"address": {"prefecture": "Tokyo"}, "text": "AB-1", "number": 1, "yes_no": True}
    fields = {ask["name"]: plain.get(ask["kind"], ask.get("earliest")) for ask in step["fields"] if ask["kind"] != "choice"}
    (choice,) = [ask for ask in step["fields"] if ask["kind"] == "choice"] or [None]
    reason = "" if step["possible"] else step["refused"]["reason"]
    if choice is None:
        yield fields, reason
        return
    for value in sorted(choice["choices"], key=lambda v: v["refused"] is not None):
        yield {**fields, choice["name"]: value["value"]}, value["refused"]["reason"] if value["refused"] else ""


@pytest.fixture(scope="module")
def home(browser) -> Home:
    return Home(browser)


def test_a_line_of_and_market_mobile(home) -> None:
    home.day("2017-05-10")
    home.prices("and-market-mobile", MARKET)
    line = home.applies("and-market-mobile", plan="voice", devices=[{"sku": "phone"}], options=[{"option": "anshin_support"}])
    phone = home.applies("and-market-mobile", plan="ip_phone")
    home.does(line, "notify_start", starts_on="2017-05-14")
    pause = home.by_name(line)["pause"]  # the line stands still only when it works: from the 14th
    assert (pause["refused"]["reason"], pause["possible_on"]) == ("not_active", "2017-05-14")
    assert home.check(line) >= 6
    home.day("2017-05-16")
    assert home.check(line) >= 6 and home.check(phone) >= 5
    steps = home.by_name(line)
    assert [v["label"]["ja"] for v in steps["buy"]["fields"][0]["choices"]] == ["SIMカード交換手数料", "SIMカード再発行手数料"]
    assert [v["value"] for v in steps["report_lost_device"]["fields"][0]["choices"]] == ["phone", "sim"]
    assert "move_site" not in steps and "log_in" not in steps  # a move does nothing to a line
    added = {v["value"]: v for v in home.by_name(phone)["add_option"]["fields"][0]["choices"]}
    assert (added["voicemail"]["refused"]["reason"], added["call_rejection"]["most"]) == ("already_held", 50)


@pytest.mark.rule("AMM-CAN-3")
def test_a_voice_line_may_end_with_the_month_of_its_notice(home) -> None:
    """Today is 16 May 2017: a voice line has its cut-off on the last day, so it ends on 31 May (AMM-CAN-3)."""
    (line,) = [c["id"] for c in home.browser.get("/v1/contracts").json_body["items"] if c["plan"] == "voice"]
    assert home.by_name(line)["request_cancellation"]["effect"] == {
        "on": "2017-05-31",
        "ja": "今日お申し出の場合、2017年5月31日で終わります。",
        "en": "Asked for today, it ends on 31 May 2017.",
    }


def test_sottonet_before_its_start_and_while_it_runs(home) -> None:
    home.day("2025-04-03")
    fresh = home.applies("sottonet")
    running = home.applies("sottonet", options=[{"option": "wifi-3gb"}], site={"prefecture": "Tokyo", "island": True})
    home.does(running, "install")
    assert home.check(fresh) > 10
    home.day("2025-05-03")
    assert home.check(running) > 10
    steps = home.by_name(running)
    assert [v["value"] for v in steps["change_plan"]["fields"][0]["choices"]] == ["wifi-10gb", "wifi-25gb"]
    assert [v["price"]["yen"] for v in steps["change_plan"]["fields"][0]["choices"]] == [2200, 2750]
    assert steps["change_plan"]["effect"]["on"] == "2025-06-01"  # STW-PLN-1: up to the 20th, from the next month
    assert steps["add_option"]["refused"]["reason"] == "one_line_per_contract"
    assert [v["value"] for v in steps["report_lost_device"]["fields"][0]["choices"]] == ["sensor", "router", "sim"]
    removal = {ask["name"]: ask for ask in steps["request_cancellation"]["fields"]}["with_removal"]
    assert removal["price"]["yen"] == 27_500 and steps["request_cancellation"]["quote"]
    assert steps["request_cancellation"]["effect"]["on"] == "2025-05-31"
    assert not {"cool_off", "claim_refund", "unpause"} & set(steps)  # nobody is told of what cannot be


def test_a_contract_under_notice_says_why_a_second_notice_is_not_taken(home) -> None:
    contract = home.applies("sottonet")
    home.does(contract, "install")
    home.day("2025-06-03")
    home.does(contract, "request_cancellation", who="hana")
    assert home.check(contract) > 10
    told_of = home.by_name(contract)["request_cancellation"]
    assert (told_of["possible"], told_of["refused"]["reason"], told_of["refused"]["rule"]) == (
        False,
        "already_cancelling",
        "STN-CAN-1",
    )
    assert told_of["possible_on"] is None and told_of["refused"]["texts"][0]["ja"]
    home.day("2025-07-10")
    assert home.check(contract) > 3  # over, and what is still to be asked for is little


def test_equipment_that_is_lent_and_a_last_day_of_ones_own_choice(home) -> None:
    home.prices("liferhythm-home", {"device": {"mat-sensor": 40_000}})
    contract = home.applies("liferhythm-home", options=[{"option": "ir-remote", "quantity": 2}])
    assert home.check(contract) >= 4
    home.does(contract, "sign")
    home.does(contract, "install")
    assert home.check(contract) > 6
    steps = home.by_name(contract)
    cancel = {ask["name"]: ask for ask in steps["request_cancellation"]["fields"]}
    assert cancel["effective"]["earliest"] == "2025-07-10" and "latest" not in cancel["effective"]
    assert cancel["effective"]["required"] and "effect" not in steps["request_cancellation"]  # no day but the one that is named
    (held,) = steps["remove_option"]["fields"][0]["choices"]
    assert (held["value"], held["most"]) == ("ir-remote", 2)
    lost = {v["value"]: v for v in steps["report_lost_device"]["fields"][0]["choices"]}
    assert lost["mat-sensor"]["price"]["yen"] == 40_000
    assert lost["home-gateway"]["refused"]["reason"] == "no_price"
    home.does(contract, "request_cancellation", who="hana", effective="2025-08-31")
    assert home.check(contract) > 6
    again = home.by_name(contract)["request_cancellation"]
    assert {ask["name"]: ask for ask in again["fields"]}["effective"]["latest"] == "2025-08-30"


def test_consents_of_a_system_are_given_and_taken_back(home) -> None:
    contract = home.applies("omron-remote", payment_method="none")
    home.does(contract, "install")
    home.does(contract, "consent", who="hana", to="maintainer", purpose="data")
    assert home.check(contract) > 9
    steps = home.choices(contract)
    (taken,) = [step for step in steps if step["command"] == "withdraw_consent"]
    assert taken["label"]["ja"] == "保守を依頼された事業者への「記録を見ること」の同意を取り消す"
    assert not any(step["quote"] for step in steps)  # nothing costs anything
    assert {step["command"] for step in steps} >= {"report_stranger", "transfer_device", "move_site"}
    (site,) = next(step["fields"] for step in steps if step["command"] == "move_site")
    prefecture, postal_code, address = site["parts"]  # what a new home is asked for, with its words and limits
    assert (prefecture["name"], len(prefecture["choices"])) == ("site.prefecture", 47)
    assert postal_code["label"]["en"] and postal_code["schema"]["maxLength"] == 12
    assert address["name"] == "site.address"


def test_half_yearly_payers_wait_for_their_card(home) -> None:
    """ALW-PAY-4: a card takes a month. Registered on 10 July it can be used from 10 August."""
    home.prices("allwatch", SENSORS)
    contract = home.applies("allwatch", plan="half_year", payment_method="bank_transfer", devices=[{"sku": "motion-sensor"}])
    assert home.check(contract) >= 3
    (ask,) = home.by_name(contract)["register_payment_method"]["fields"]
    assert [(v["value"], v["current"]) for v in ask["choices"]] == [("bank_transfer", True), ("card", False)]
    assert [v["effect"]["on"] for v in ask["choices"]] == ["2025-07-10", "2025-08-10"]


def test_what_a_step_asks_is_well_formed_and_every_text_is_there_twice(home) -> None:
    for contract in [c["id"] for c in home.browser.get("/v1/contracts").json_body["items"]]:
        for step in home.choices(contract):
            for ask in step["fields"]:
                assert ask["label"]["ja"] and ask["label"]["en"].isascii() and ask["schema"]
                for value in ask.get("choices", ()):
                    assert value["label"]["ja"] and value["label"]["en"].isascii()
            for words in (step["label"], step["does"], step.get("effect", step["does"]), step.get("refused", step["does"])):
                assert words["ja"] and words["en"].isascii() and "{" not in words["ja"] + words["en"]


def test_who_only_follows_a_contract_may_ask_for_less(home) -> None:
    contract = home.browser.get("/v1/contracts").json_body["items"][0]["id"]
    assert home.browser.get(f"/v1/contracts/{contract}/choices", who="stranger").status_code == 404


def test_a_holder_sees_field_by_field_what_was_told_and_what_can_be_changed(home) -> None:
    told_of = {"applicant": {"name": "Yamada Hana", "payer": "Yamada Ken"}, "contact": {"email": "hana@example.com"}, **SITE}
    contract = home.applies("liferhythm-home", **told_of)
    shown = home.browser.get(f"/v1/contracts/{contract}", who="hana")
    fields = {field["name"]: field for field in shown.json_body["details"]}
    assert fields["contact.email"]["value"] == "hana@example.com" and fields["contact.phone"]["value"] is None
    changes = {
        name: fields[name]["change"] for name in ("contact.email", "applicant.payer", "applicant.name", "site.prefecture")
    }
    assert changes == {
        "contact.email": "contact.email", "applicant.payer": "payer", "applicant.name": None, "site.prefecture": None
    }  # fmt: skip
    assert fields["site.prefecture"]["said"] == {"ja": "東京都", "en": "Tokyo"}  # in whichever language it was told
    assert fields["contact.phone"]["schema"]["maxLength"] == 20 and fields["contact.phone"]["label"]["ja"] == "電話番号"
    new = {"contact": {"phone": "03-1234"}, "payer": "Yamada Mai"}
    changed = home.browser.send("PATCH", f"/v1/contracts/{contract}", new, if_match=shown.headers["ETag"])
    assert changed.status_code == 200, changed.body
    after = {field["name"]: field["value"] for field in changed.json_body["details"]}
    assert (after["contact.phone"], after["applicant.payer"], after["contact.email"]) == (
        "03-1234",
        "Yamada Mai",
        "hana@example.com",
    )


@pytest.mark.rule("ALW-PAY-4")
def test_a_way_to_pay_that_waits_is_shown_beside_the_one_in_use(home) -> None:
    """A card registered on 10 July can be used from 10 August; until then the transfer goes on."""
    contract = home.applies("allwatch", plan="annual", payment_method="card", devices=[{"sku": "motion-sensor"}])
    home.does(contract, "register_payment_method", who="hana", payment_method="card")
    payment = home.browser.get(f"/v1/contracts/{contract}").json_body["payment"]
    assert (payment["payment_method"], payment["label"]["ja"], payment["drawn"]) == ("bank_transfer", "銀行振込", False)
    assert (payment["next"]["payment_method"], payment["next"]["usable_from"]) == ("card", "2025-08-10")
    home.does(contract, "register_payment_method", who="hana", payment_method="bank_transfer")  # the card is waited for no more
    assert home.browser.get(f"/v1/contracts/{contract}").json_body["payment"]["next"] is None


def test_where_nothing_is_paid_there_is_no_way_to_pay(home) -> None:
    (contract,) = [c["id"] for c in home.browser.get("/v1/contracts").json_body["items"] if c["service"] == "omron-remote"]
    assert home.browser.get(f"/v1/contracts/{contract}").json_body["payment"] is None


def test_what_was_agreed_to_is_listed_in_words(home) -> None:
    (contract,) = [c["id"] for c in home.browser.get("/v1/contracts").json_body["items"] if c["service"] == "omron-remote"]
    said = {one["consent"]: one for one in home.browser.get(f"/v1/contracts/{contract}/consents").json_body["items"]}
    assert said["terms"]["label"]["ja"] == "利用規約" and said["terms"]["means"]["en"].startswith("You have read")
    assert (said["data"]["label"]["ja"], said["data"]["to_label"]["ja"]) == ("記録を見ること", "保守を依頼された事業者")


def test_the_holder_names_the_home_and_sees_the_name_in_the_list(home) -> None:
    contract = home.browser.get("/v1/contracts").json_body["items"][0]["id"]
    path = f"/v1/contracts/{contract}/label"
    assert home.browser.send("PUT", path, {"label": "母の家"}).json_body == {"contract": contract, "label": "母の家"}
    assert home.browser.get(f"/v1/contracts/{contract}").json_body["label"] == "母の家"
    listed = {one["id"]: one["label"] for one in home.browser.get("/v1/contracts").json_body["items"]}
    assert listed.pop(contract) == "母の家" and set(listed.values()) == {None}
    assert home.browser.send("PUT", path, {"label": "あ" * 41}).json_body["field"] == "label"
    assert home.browser.send("PUT", path, {}).json_body["field"] == "label"
    assert home.browser.send("PUT", path, {"label": "x"}, who="stranger").status_code == 404
    assert home.browser.send("PUT", path, {"label": ""}).json_body["label"] is None


@pytest.mark.rule("STW-CHG-3", "STW-CHG-5", "STN-REC-4")
def test_what_an_option_costs_once_is_said_before_anybody_knows_when_it_starts(home) -> None:
    contract = home.applies("sottonet")
    once = home.by_name(contract)["add_option"]["fields"][0]["choices"][0]["once"]
    assert [(one["yen"], one["label"]["ja"], one["when"]["en"]) for one in once] == [
        (19500, "機器代金(Wi-Fiルーター)", "when it starts"),
        (27500, "SIMカード設定料", "if we fit it for you"),
    ]
    home.does(contract, "add_option", who="hana", option="wifi-3gb")
    home.does(contract, "install")
    home.does(contract, "deliver", sku="router")
    home.day("2025-07-20")
    home.does(contract, "remove_option", who="hana", option="wifi-3gb")
    home.day("2025-08-01")
    once = home.by_name(contract)["add_option"]["fields"][0]["choices"][0]["once"]
    assert [one["yen"] for one in once] == [1320, 27500]  # the router is theirs: a new SIM card only
