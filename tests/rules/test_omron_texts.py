"""OMRON remote monitoring: what must be shown is served in both languages, at the place it belongs to."""

from __future__ import annotations

from datetime import date

import pytest

from chalicelib.contracts import terms, wording
from chalicelib.flows import texts

OMRON = terms.load("omron-remote")
DAY = date(2025, 7, 1)


@pytest.mark.rule("ORM-STA-3", "ORM-CHG-4", "ORM-DAT-5", "ORM-USE-1", "ORM-PRO-5", "ORM-HIS-2", "ORM-PRV-1")
def test_before_registering_a_customer_is_shown_what_it_asks_and_what_it_gathers() -> None:
    shown = texts.before("omron-remote", "apply")
    assert shown == ["ORM-STA-3", "ORM-CHG-4", "ORM-DAT-5", "ORM-USE-1", "ORM-PRO-5", "ORM-HIS-2", "ORM-PRV-1"]


@pytest.mark.rule("ORM-ACC-7")
def test_before_cancelling_a_customer_is_shown_that_nothing_can_be_brought_back() -> None:
    assert texts.before("omron-remote", "request_cancellation") == ["ORM-ACC-7"]


@pytest.mark.rule("ORM-TRM-5", "ORM-DOR-5", "ORM-GWT-4", "ORM-INT-2", "ORM-ABO-4", "ORM-USE-1", "ORM-HIS-2", "ORM-PRV-1")
def test_what_the_app_shows() -> None:
    assert set(texts.at("omron-remote", "in_app")) == {
        "ORM-TRM-5", "ORM-DOR-5", "ORM-GWT-4", "ORM-INT-2", "ORM-ABO-4", "ORM-USE-1", "ORM-HIS-2", "ORM-PRV-1",
    }  # fmt: skip


@pytest.mark.rule("ORM-VIO-5", "ORM-DOR-5", "ORM-TRM-5", "ORM-INT-2", "ORM-ABO-4")
def test_what_letters_say() -> None:
    assert set(texts.at("omron-remote", "in_notice")) == {"ORM-VIO-5", "ORM-DOR-5", "ORM-TRM-5", "ORM-INT-2", "ORM-ABO-4"}


@pytest.mark.rule("ORM-DOR-5", "ORM-TRM-4", "ORM-VIO-1")
@pytest.mark.parametrize(("rule", "figure"), [("ORM-DOR-5", "30"), ("ORM-TRM-4", "14"), ("ORM-VIO-1", "14")])
def test_days_in_texts_are_those_of_the_terms(rule, figure) -> None:
    for language in wording.LANGUAGES:
        assert figure in wording.filled(wording.rule("omron-remote", rule).said(language), OMRON, DAY)
