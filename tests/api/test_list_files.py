"""Operators' lists as files: the rows of the list by its filters, to the end, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io

import pytest

from tests.api.test_life import APPLICATION

FORMULA = '=HYPERLINK("https://example.com";"見守")'


def clock(browser, at: str) -> None:
    answer = browser.post("/v1/local/clock", {"at": at, "frozen": True}, who="operator")
    assert answer.status_code == 200, answer.body


@pytest.fixture(scope="module")
def contracts(browser) -> list[str]:
    """Applied for on 3 April: one by somebody with an odd name that is installed on the 10th, two that wait for their visit."""
    clock(browser, "2025-04-03T10:00")
    odd = {**APPLICATION, "applicant": {**APPLICATION["applicant"], "name": FORMULA}}
    made = [browser.post("/v1/contracts", wish, who="sumi").json_body["id"] for wish in (odd, APPLICATION, APPLICATION)]
    clock(browser, "2025-04-10T10:00")
    assert browser.post(f"/v1/contracts/{made[0]}/commands/install", {}, who="operator").status_code == 200
    return [str(one) for one in made]


def file(browser, name: str, query: str = "", **how) -> list[list[str]]:
    """All pages as one file, as a browser puts them together."""
    text, cursor = "", ""
    while True:
        more = f"&cursor={cursor}" if cursor else ""
        answer = browser.get(f"/v1/operator/{name}.csv?bom=yes{query}{more}", who="operator", **how)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
        text += answer.body.decode("utf-8")
        cursor = answer.headers.get("X-Next-Cursor", "")
        if not cursor:
            break
    assert text.startswith("\ufeff") and text.count("\ufeff") == 1
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def test_contracts_page_by_page_are_one_file_and_no_cell_is_a_formula(browser, contracts) -> None:
    head, *rows = file(browser, "contracts", "&service=sottonet&limit=1")
    assert head[:4] == ["名義", "契約番号", "サービス", "プラン"]
    assert {(row[head.index("状態")], row[head.index("状態(コード)")]) for row in rows} == {("承諾済み", "accepted")}
    assert sorted(row[1] for row in rows) == sorted(contracts)
    (odd,) = [row for row in rows if row[1] == contracts[0]]
    assert odd[0] == f"'{FORMULA}"
    assert odd[2] != "sottonet" and odd[9] == "2025-04-03"


def test_the_filters_are_those_of_the_list(browser, contracts) -> None:
    for state in ("accepted", "active", "ended"):
        listed = browser.get(f"/v1/operator/contracts?state={state}", who="operator").json_body["items"]
        assert [row[1] for row in file(browser, "contracts", f"&state={state}")[1:]] == [one["id"] for one in listed], state


def test_what_waits_stands_in_words_of_the_language(browser, contracts) -> None:
    listed = browser.get("/v1/operator/tasks?service=sottonet", who="operator").json_body["items"]
    assert [row[:3] for row in file(browser, "tasks", "&service=sottonet")[1:]] == [
        [task["text"]["ja"], task["name"], task["contract"]] for task in listed
    ]
    assert {task["name"] for task in listed} == {APPLICATION["applicant"]["name"]}
    assert {task["contract"] for task in listed} >= set(contracts[1:])
    head, *_ = file(browser, "tasks", "&kind=no_such_kind", accept_language="en")
    assert head[:4] == ["What", "Holder", "Contract", "Service"]


def test_arrears_have_what_is_owed_and_the_next_step_with_its_day(browser, contracts) -> None:
    clock(browser, "2025-06-02T10:00")
    assert browser.post(f"/v1/contracts/{contracts[0]}/commands/log_in", {}, who="sumi").status_code == 200  # its days pass
    listed = browser.get("/v1/operator/arrears", who="operator").json_body["items"]
    head, *rows = file(browser, "arrears", "&rung=overdue&limit=1")
    assert [row[head.index("契約番号")] for row in rows] == [contracts[0]] == [one["contract"] for one in listed]
    # From 20 to 30 April 11 of 30 days: 1,980 x 11 / 30 = 726; with 44,000 and 31,900. Due on 27 May; May's bill is not yet.
    assert rows[0][head.index("超過額(円)")] == str(listed[0]["overdue"]) == "76626"
    assert rows[0][head.index("いつから")] == "2025-05-28"
    assert rows[0][head.index("次にできること(コード)")] == listed[0]["steps"][0]["command"] == "demand"
    assert (rows[0][head.index("次にできること")], rows[0][head.index("段階")]) == ("催告する", "期限超過")


@pytest.mark.parametrize("name", ["contracts", "arrears", "tasks"])
def test_they_are_for_operators_only(browser, contracts, name) -> None:
    assert browser.get(f"/v1/operator/{name}.csv", who="sumi").status_code == 403
