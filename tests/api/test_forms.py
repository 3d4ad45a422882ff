"""An application made from its form alone is well formed, whatever is chosen; what the form asks for is really asked for."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.api import command_schemas
from chalicelib.contracts import form, terms
from chalicelib.flows import names

from .shapes import fitting

MARKET = {
    "monthly_fee": {"data": 900, "sms": 1000, "voice": 1500}, "initial_fee": 3000, "option": {"anshin_support": 500},
    "device": {"phone": 9805, "case": 1200}, "voice_call_per_30s": 20,
}  # fmt: skip
SENSORS = {"monthly_fee": 1100, "registration_fee": 3300, "device": {"motion-sensor": 22000}}
# (service, a day on which it takes applications), in the order of time: the clock only goes forward
DAYS = {
    "and-market-mobile": "2017-05-10",
    "sottonet": "2025-04-03",
    "allwatch": "2025-04-03",
    "liferhythm-home": "2025-04-03",
    "omron-remote": "2025-04-03",
}
SEEDS = range(4)


def move(browser, day: str) -> None:
    assert browser.post("/v1/local/clock", {"at": f"{day}T10:00", "frozen": True}, who="operator").status_code == 200


@pytest.fixture(scope="module")
def forms(browser) -> dict[str, dict[str, Any]]:
    """The form of every service on its day, with prices set; and what each seed made of it was quoted on that day."""
    found: dict[str, dict[str, Any]] = {}
    for service, day in DAYS.items():
        move(browser, day)
        prices = {"and-market-mobile": MARKET, "allwatch": SENSORS}.get(service)
        if prices:
            said = browser.post(f"/v1/services/{service}/commands/set_price_list", {"prices": prices}, who="operator")
            assert said.status_code == 200, said.body
        found[service] = browser.get(f"/v1/services/{service}/form", who=None).json_body
        found[service]["answers"] = [
            made(browser, found[service], plan, seed) for plan in found[service]["plans"] for seed in SEEDS
        ]
        found[service]["without"] = [one for plan in found[service]["plans"] for one in lacking(browser, found[service], plan)]
    return found


def made(browser, form: dict[str, Any], plan: dict[str, Any], seed: int) -> tuple[dict[str, Any], int, dict[str, Any]]:
    body = filled(form["service"], plan, random.Random(f"{form['service']} {plan['plan']} {seed}"))
    answer = browser.post("/v1/quotes", body)
    return body, answer.status_code, answer.json_body


def filled(service: str, plan: dict[str, Any], dice: random.Random) -> dict[str, Any]:
    """A valid application, chosen at random, from nothing but the form."""
    assert plan["open"], plan["closed"]
    body: dict[str, Any] = {"service": service, "payment_method": dice.choice(plan["payment_methods"])["payment_method"]}
    body |= {"plan": plan["plan"]} if plan["plan"] else {}
    devices = dice.sample(plan["devices"], dice.randint(plan["devices_least"], len(plan["devices"])))
    body |= {"devices": [{"sku": d["sku"], "quantity": dice.randint(1, d["most"] or 3)} for d in devices]} if devices else {}
    options = list(chosen(plan, bool(devices), dice))
    body |= {"options": options} if options else {}
    if plan["documents"]:
        body["documents"] = [d["document"] for d in plan["documents"] if d["required"] or devices]
    for field in plan["fields"]:
        if field["asked"] != "optional" or dice.random() < 0.5:
            put(body, field["name"], value_of(field, dice))
    held = {"always"} | ({"with_any_option"} if options else set()) | {o["option"] for o in options}
    if body["applicant"].get("payer") not in (None, body["applicant"]["name"]):
        held.add("another_pays")
    body["consents"] = [c["consent"] for c in plan["consents"] if (c["option"] or c["when"]) in held]
    return body


def chosen(plan: dict[str, Any], devices: bool, dice: random.Random) -> Iterator[dict[str, Any]]:
    left = plan["options_most"] or 100
    taken: set[str] = set()
    for option in sorted(plan["options"], key=lambda o: not o["required"]):
        fits = not option["closed"] and not taken & set(option["not_with"]) and (devices or option["needs"] != "devices")
        if fits and left and (option["required"] or dice.random() < 0.5):
            quantity = dice.randint(1, min(option["most"] or 3, left))
            left -= quantity
            taken.add(option["option"])
            yield {"option": option["option"], "quantity": quantity}


def value_of(field: dict[str, Any], dice: random.Random) -> Any:
    if field.get("choices"):
        return dice.choice([c["value"] for c in field["choices"] if c["allowed"]])
    if field.get("allowed"):
        return dice.choice(field["allowed"])
    if field.get("latest"):
        return field["latest"]
    if field["name"].endswith("birth_date"):
        return "1960-05-05"
    if field["name"] in ("applicant.name", "applicant.card_holder"):
        return "Yamada Hana"
    return fitting(field["schema"])


def put(body: dict[str, Any], name: str, value: Any) -> None:
    if name in ("parent", "recontract_of"):  # they name contracts, and here are none
        return
    first, _, rest = name.partition(".")
    if rest:
        put(body.setdefault(first, {}), rest, value)
    else:
        body[first] = value


def lacking(browser, form: dict[str, Any], plan: dict[str, Any]) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """What is answered when one thing that the form calls needed is left out, each by itself."""
    whole = filled(form["service"], plan, random.Random(1))
    for name in ("payment_method", "plan", "devices"):
        if name in whole and (name != "devices" or plan["devices_least"]):
            yield name, *quoted(browser, {key: value for key, value in whole.items() if key != name})
    for consent in whole["consents"]:
        yield f"consents:{consent}", *quoted(browser, {**whole, "consents": [c for c in whole["consents"] if c != consent]})
    for option in (o["option"] for o in plan["options"] if o["required"]):
        yield f"options:{option}", *quoted(browser, {**whole, "options": []})


def quoted(browser, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    answer = browser.post("/v1/quotes", body)
    return answer.status_code, answer.json_body


@pytest.mark.parametrize("service", DAYS)
def test_what_is_chosen_from_the_form_is_accepted_and_has_a_price(forms, service: str) -> None:
    for body, status, answer in forms[service]["answers"]:
        assert status == 200, (body, answer)
        assert answer["refusal_reasons"] == [], body
        assert answer["state"] not in ("refused", "applied"), body


@pytest.mark.parametrize("service", DAYS)
def test_what_the_form_calls_needed_is_needed(forms, service: str) -> None:
    """By its name where the request is not whole, else by the reason of the terms."""
    reasons = {"plan": "plan_not_offered", "consents": "missing_consent"}
    reasons |= {"options": "voicemail_not_requested", "devices": "no_document"}
    assert any(name.startswith("consents:") for name, _, _ in forms[service]["without"])
    for name, status, answer in forms[service]["without"]:
        kind = name.split(":")[0]
        if kind == "payment_method":
            assert (status, answer["field"]) == (400, "payment_method"), name
        else:
            assert status == 200 and reasons[kind] in answer["refusal_reasons"], (name, answer["refusal_reasons"])


def test_a_closed_service_says_why_and_by_which_rule(browser, forms) -> None:
    """AND market mobile takes lines until 31 May 2018 (AMM-ABO-1); the clock stands in 2025. The IP phone goes on."""
    form = browser.get("/v1/services/and-market-mobile/form", who=None).json_body
    closed = {plan["plan"]: plan["closed"] for plan in form["plans"]}
    assert {name: said and (said["reason"], said["rule"]) for name, said in closed.items()} == {
        "data": ("abolished", "AMM-ABO-3"),
        "sms": ("abolished", "AMM-ABO-3"),
        "voice": ("abolished", "AMM-ABO-3"),
        "ip_phone": None,
    }
    assert closed["voice"]["ja"] and closed["voice"]["en"]


def test_sottonets_form_has_its_prices_as_the_terms_say(forms) -> None:
    """1,980 a month; once 44,000 for the sensor and 31,900; with Wi-Fi 19,500 more for the router and 1,100 a month."""
    (plan,) = forms["sottonet"]["plans"]
    assert [(p["item"], p["yen"], p["how"]) for p in plan["prices"]] == [
        ("monthly_fee", 1980, "every_month"), ("device", 44000, "once"), ("initial_fee", 31900, "once")
    ]  # fmt: skip
    wifi = plan["options"][0]
    assert (wifi["option"], wifi["price"]["yen"], wifi["once"]["yen"], plan["options_most"]) == ("wifi-3gb", 1100, 19500, 1)
    assert wifi["label"]["ja"] == "Wi-Fi設置オプション(3GB)"


def test_only_the_prefectures_of_the_terms_may_be_chosen(forms) -> None:
    """LRH-APP-4: Tokyo, Kanagawa, Chiba, Saitama, and no island; an operator may still let others in (LRH-APP-7)."""
    (plan,) = forms["liferhythm-home"]["plans"]
    fields = {field["name"]: field for field in plan["fields"]}
    allowed = [c["label"]["en"] for c in fields["site.prefecture"]["choices"] if c["allowed"]]
    assert sorted(allowed) == ["Chiba", "Kanagawa", "Saitama", "Tokyo"] and len(fields["site.prefecture"]["choices"]) == 47
    assert fields["site.island"]["allowed"] == [False] and fields["site.prefecture"]["looked_at"]


def test_the_last_day_of_birth_follows_the_age_of_majority(forms) -> None:
    """20 years on 10 May 2017 for a line (AMM-APP-3); 18 on 3 April 2025 for Sottonet, unless somebody answers for a minor."""
    voice = {f["name"]: f for f in forms["and-market-mobile"]["plans"][2]["fields"]}["applicant.birth_date"]
    assert (voice["latest"], "unless" in voice) == ("1997-05-10", False)
    sensor = {f["name"]: f for f in forms["sottonet"]["plans"][0]["fields"]}["applicant.birth_date"]
    assert (sensor["latest"], sensor["unless"]) == ("2007-04-03", "legal_representative")


def test_a_price_that_nobody_said_yet_closes_a_plan() -> None:
    """All prices of ALLwatch come from a list (ALW-BIL-1), and the file alone has none. Equipment needs no monthly price."""
    day = terms.load("allwatch").data["from"]
    assert {one.closed for one in form.forms(terms.load("allwatch"), day) if one.plan} == {"price_not_set"}


def test_what_is_to_be_read_before_applying_stands_by_subject(forms) -> None:
    """Money first, then the way out; nothing is left out, and a rule that nobody placed is told among the rest."""
    told = [(one["subject"]["subject"], one["id"]) for one in forms["sottonet"]["plans"][0]["texts"]]
    assert told == [
        ("money", "STN-CHG-10"), ("money", "STN-INV-8"), ("leaving", "STN-COO-5"), ("beginning", "STN-APP-8"),
        ("beginning", "STN-FRM-2"), ("data", "STN-DAT-1"), ("other", "STW-DSC-1"),
    ]  # fmt: skip


def test_everything_in_a_form_has_words_in_both_languages(forms) -> None:
    def walk(part: Any) -> Iterator[dict[str, str]]:
        if isinstance(part, dict):
            if {"ja", "en"} <= set(part):
                yield part
            for inner in part.values():
                yield from walk(inner)
        elif isinstance(part, list):
            for inner in part:
                yield from walk(inner)

    for service in DAYS:
        plans = forms[service]["plans"]
        for said in walk(plans):
            assert said["ja"] and said["en"] and said["en"].isascii(), said
            assert said["ja"] != said["en"] or said["ja"] in ("GB",), said
        for plan in plans:
            assert plan["summary"] and all(consent["means"] for consent in plan["consents"])
            assert all(option["summary"] for option in plan["options"])


def sums_of(browser, **body: Any) -> dict[str, Any]:
    answer = browser.post("/v1/quotes", {**body, "on": "2025-04-03", "until": "2026-04-03"})
    assert answer.status_code == 200, answer.body
    return answer.json_body["sums"]


def in_short(sums: list[dict[str, Any]]) -> list[tuple[str, int, int]]:
    return [(one["item"], one["amount"], one["times"]) for one in sums]


@pytest.mark.rule("STN-CHG-1", "STN-CHG-2", "STN-CHG-4", "STN-CHG-5")
def test_the_first_year_of_sottonet_in_sums(browser, forms) -> None:
    """Installed on 10 April, so it starts on the 20th: 1,980 × 11 ÷ 30 = 726 for April, and bills from 1 May to 1 April.

    First bill 44,000 + 31,900 + 726 = 76,626, due 27 May. Eleven more of 1,980 = 21,780. Together 98,406.
    """
    sums = sums_of(browser, service="sottonet", plan="standard", payment_method="card")
    assert (sums["total"], sums["first_bill"]["total"], sums["first_bill"]["due_on"]) == (98_406, 76_626, "2025-05-27")
    assert in_short(sums["once"]) == [("device", 44_000, 1), ("initial_fee", 31_900, 1)]
    assert in_short(sums["repeated"]) == [("monthly_fee", 726 + 11 * 1980, 12)]
    assert sums["then"] == {"total": 1980, "every_months": 1}
    assert [one["kind"] for one in sums["leaving"]] == ["cooling_off", "ending", "refund"]


def test_a_quote_says_in_words_what_it_assumes(browser, forms) -> None:
    answer = browser.post(
        "/v1/quotes", {"service": "sottonet", "plan": "standard", "payment_method": "card", "on": "2025-04-03"}
    )
    (installed,) = answer.json_body["assumed"]
    assert (installed["on"], installed["ja"]) == ("2025-04-10", "機器の取り付けが2025年4月10日の場合の見込みです。")


@pytest.mark.rule("ALW-BIL-3", "ALW-BIL-4")
def test_the_first_year_of_a_half_yearly_payer_in_sums(browser, forms) -> None:
    """Delivered on 8 April, so the fee begins with May: registration 3,300 and May and June 2,200; then 6 × 1,100 = 6,600
    with July's and with January's invoice. Together 18,700; the April bill comes in May."""
    needed = {"consents": ["order_acceptance", "m2m_terms"], "devices": [{"sku": "motion-sensor"}]}
    sums = sums_of(browser, service="allwatch", plan="half_year", payment_method="bank_transfer", **needed)
    assert in_short(sums["once"]) == [("device", 22_000, 1), ("registration_fee", 3_300, 1)]
    assert in_short(sums["repeated"]) == [("monthly_fee", 2_200 + 6_600 + 6_600, 3)]
    assert (sums["total"], sums["then"]) == (22_000 + 18_700, {"total": 6_600, "every_months": 6})


def test_what_costs_nothing_has_no_bill(browser, forms) -> None:
    sums = sums_of(browser, service="omron-remote", plan="standard", payment_method="none")
    assert (sums["total"], sums["first_bill"], sums["once"], sums["repeated"], sums["then"]) == (0, None, [], [], None)


def test_what_is_refused_has_no_sums(browser, forms) -> None:
    assert sums_of(browser, service="sottonet", plan="standard", payment_method="card", consents=[]) is None


def test_every_field_of_an_application_is_called_something() -> None:
    parts = ("applicant", "site", "contact", "payer_contact")
    every = [f"{part}.{name}" for part in parts for name in command_schemas.APPLY["properties"][part]["properties"]]
    assert len(every) > 25
    for place in every:
        said = names.texts()["field"][place]["name"]
        assert said["ja"] and said["en"].isascii(), place
