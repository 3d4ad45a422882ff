"""A bill through the doors: explained as JSON and as a page to print, for who may see it and nobody else."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import get_args
from urllib.parse import quote

import pytest

from chalicelib.api import bill_page
from chalicelib.contracts.contract import InvoiceKind, InvoiceStatus, RefundStatus
from chalicelib.flows import bills

from .test_life import APPLICATION, apply

CRUEL = '<script>alert("x")</script> & Kanaria'


@pytest.fixture(scope="module", autouse=True)
def billed(browser) -> str:
    """A Sottonet contract whose service starts on 20 April 2025: its first bill is of 1 May."""
    browser.post("/v1/local/clock", {"at": "2025-04-03T10:00", "frozen": True}, who="operator")
    who = {"name": "見守り株式会社", "registration_number": "T1234567890123", "phone": "03-0000-0000"}
    assert browser.post("/v1/services/sottonet/commands/set_issuer", who, who="operator").status_code == 200
    made = apply(browser, applicant={**APPLICATION["applicant"], "name": CRUEL})["id"]
    browser.post("/v1/local/clock", {"at": "2025-04-10T10:00", "frozen": True}, who="operator")
    assert browser.post(f"/v1/contracts/{made}/commands/install", {}, who="operator").status_code == 200
    browser.post("/v1/local/clock", {"at": "2025-05-02T10:00", "frozen": True}, who="operator")
    assert browser.post(f"/v1/contracts/{made}/commands/log_in", {}).status_code == 200  # a step lets the days before it pass
    return str(made)


def address(contract: str, rest: str = "") -> str:
    return f"/v1/contracts/{contract}/invoices/{quote('2025-04#initial')}{rest}"


def test_the_first_bill_is_explained_line_by_line(browser, billed) -> None:
    bill = browser.get(address(billed)).json_body
    # 44,000 + 31,900 + floor(1,980 × 11 ÷ 30) = 726; tax contained: floor(76,626 × 10 ÷ 110)
    assert (bill["total"], bill["tax"]) == (76626, 6966)
    assert [(line["item"], line["formula"], line["how"]) for line in bill["lines"]] == [
        ("device", "44,000 × 1 = 44,000", "price"),
        ("initial_fee", "4,400 + 27,500 = 31,900", "sum"),
        ("monthly_fee", "1,980 × 11 ÷ 30 = 726", "by_day"),
    ]
    fee = bill["lines"][2]
    assert (fee["from"], fee["to"], fee["days"]) == ("2025-04-20", "2025-04-30", 11)
    assert "11日分" in fee["explanation"]["ja"]
    assert "11 days from 20 April 2025 to 30 April 2025" in fee["explanation"]["en"]
    assert fee["label"] == {"ja": "月額利用料", "en": "Monthly fee"}
    assert {rule["id"] for rule in fee["rules"]} == {"STN-CHG-1", "STN-CHG-2", "STN-CHG-3"}
    assert all(rule["ja"] and rule["en"] for line in bill["lines"] for rule in line["rules"])


def test_bills_say_in_words_what_they_are_and_how_they_stand(browser, billed) -> None:
    (listed,) = browser.get(f"/v1/contracts/{billed}/invoices").json_body["items"]
    assert listed["labels"] == browser.get(address(billed)).json_body["labels"]
    assert listed["labels"]["kind"] == {"ja": "初回のご請求", "en": "First bill"}
    assert listed["labels"]["status"] == {"ja": "お支払い前です", "en": "Not paid yet"}
    assert "drawn from your card on the due day" in listed["labels"]["how_to_pay"]["en"]
    assert listed["labels"]["paid_by"] == {"ja": "クレジットカード", "en": "Credit card"}
    assert re.fullmatch(r"2504-\d{4}-\d{4}-\d{4}", listed["number"])  # the month, then what no other bill has


def test_every_state_of_bills_and_refunds_has_words() -> None:
    book = bills.texts()
    for part, kind in {"status": InvoiceStatus, "kinds": InvoiceKind, "refund_status": RefundStatus}.items():
        assert all(book[part][name]["ja"] and book[part][name]["en"] for name in get_args(kind)), part


def test_the_bill_names_what_a_qualified_invoice_asks_for(browser, billed) -> None:
    bill = browser.get(address(billed)).json_body
    assert bill["issuer"] == {"name": "見守り株式会社", "registration_number": "T1234567890123", "phone": "03-0000-0000"}
    assert bill["recipient"] == CRUEL
    assert bill["taxes"] == [{"percent": "10", "total": 76626, "tax": 6966}]
    assert bill["untaxed"] == 0
    assert bill["period"] == {"from": "2025-04-01", "to": "2025-04-30"}  # the equipment is of April, before the fee begins


def test_a_quoted_bill_is_explained_before_anybody_applies(browser) -> None:
    wish = {**APPLICATION, "until": "2025-07-01"}
    quoted = browser.post("/v1/quotes", wish).json_body
    first = quoted["invoices"][0]
    fee = first["lines"][-1]
    # applied for on 2 May: installed a week later, served from 19 May: 13 of 31 days
    assert (fee["label"]["en"], fee["formula"]) == ("Monthly fee", "1,980 × 13 ÷ 31 = 830")
    assert first["taxes"] == [{"percent": "10", "total": first["total"], "tax": first["tax"]}]
    assert "rules" not in fee


class Tags(HTMLParser):
    """What a page is made of, and its visible text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data):
        self.words += data


@pytest.mark.parametrize(("lang", "words"), [("ja", ("ご請求書", "登録番号", "76,626円")), ("en", ("Invoice", "76,626 yen"))])
def test_the_page_shows_it_without_loading_or_running_anything(browser, billed, lang, words) -> None:
    answer = browser.get(address(billed, f"/page?lang={lang}"))
    html = answer.body.decode()
    page = Tags(html)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Content-Language"] == lang
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert page.tags & {"script", "link", "img", "iframe", "object", "a", "form"} == set()
    assert page.attributes & {"src", "href", "style"} == set()
    assert CRUEL in page.words  # as text, and as nothing else
    assert "1,980 × 11 ÷ 30 = 726" in page.words
    assert "T1234567890123" in page.words
    for word in words:
        assert word in page.words


def test_the_page_speaks_the_readers_language_when_the_address_says_none(browser, billed) -> None:
    assert browser.get(address(billed, "/page"), accept_language="en").headers["Content-Language"] == "en"
    assert browser.get(address(billed, "/page"), accept_language="ja").headers["Content-Language"] == "ja"
    assert browser.get(address(billed, "/page?lang=ja"), accept_language="en").headers["Content-Language"] == "ja"
    assert browser.get(address(billed, "/page?lang=fr")).status_code == 400


@pytest.mark.parametrize("rest", ["", "/page"])
def test_nobody_else_sees_it(browser, billed, rest) -> None:
    assert browser.get(address(billed, rest), who="stranger").status_code == 404
    assert browser.get(address(billed, rest), who=None).status_code == 401
    assert browser.get(f"/v1/contracts/{billed}/invoices/2020-01%23initial{rest}").status_code == 404
    assert browser.get(address(billed, rest), who="operator").status_code == 200


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"status": "void"}, "お支払いは不要です"),
        ({"total": 0, "tax": 0, "lines": [], "taxes": []}, "お支払いいただく金額はありません"),
        ({"paid": 1000, "status": "overdue"}, "75,626円"),
        ({"status": "paid", "paid": 76626}, "お支払い済み"),
        ({"issuer": None, "recipient": None}, "ご契約者さま"),
    ],
)
def test_the_page_of_every_kind_of_bill(browser, billed, changes, words) -> None:
    bill = {**browser.get(address(billed)).json_body, **changes}
    assert words in Tags(bill_page.page(bill, bills.texts(), "ja")).words
    assert Tags(bill_page.page(bill, bills.texts(), "en")).words
