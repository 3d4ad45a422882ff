"""A terms file that cannot be trusted is refused with file, key and cure: one broken file, one message."""

from datetime import date
from pathlib import Path

import pytest

from chalicelib.contracts import terms, terms_file
from chalicelib.errors import NoTermsForDay, NotFound, TermsError

HERE = Path(__file__).parent
WHOLE = (HERE / "base.toml").read_text(encoding="utf-8")
FEE = 'monthly_fee = [{from = 2024-01-01, value = 1000, unit = "yen", per = "month", tax = "included", rule = "SMP-CHG-1"}]'

# what is changed in the whole file: (name, before, after) → key and words of the message
GALLERY = [
    ("key_written_twice", FEE, FEE + "\n" + FEE, "file", "not readable"),
    ("not_toml", "[values]", "[values", "file", "not readable"),
    ("unknown_section", "[not_provided]", "[discounts]\nrule = 'SMP-APP-1'\n[not_provided]", "discounts", "unknown section"),
    ("unknown_key", "kept_on_refusal = []", "kept_on_refusal = []\nage = 18", "application.age", "unknown key"),
    ("unknown_shape", 'shape = "on_start"', 'shape = "someday"', "billing_start.shape", "unknown word"),
    ("unknown_check", 'check = "consents"', 'check = "mood"', "application.checks[0].check", "unknown word"),
    ("unknown_step", 'does = "pay"', 'does = "sing"', "commands.pay.does", "unknown word"),
    ("unknown_entry_key", 'tax = "included", rule = "SMP-CHG-1"', 'tax = "included", vat = 1, rule = "SMP-CHG-1"', "monthly_fee.vat", "unknown key"),
    ("undated_value", "{from = 2024-01-01, value = 1000", "{value = 1000", "values.monthly_fee", "undated"),
    ("date_in_quotes", "{from = 2024-01-01, value = 1000", '{from = "2024-01-01", value = 1000', "values.monthly_fee", "undated"),
    ("without_value", "value = 1000, ", "", "values.monthly_fee", "without `value`"),
    ("without_unit", 'value = 0, unit = "days"', "value = 0", "values.start_days", "without `unit`"),
    ("without_rule", ', rule = "SMP-CHG-1"}', "}", "values.monthly_fee", "without `rule`"),
    ("foreign_rule", 'rule = "SMP-CHG-1"}', 'rule = "STN-CHG-1"}', "values.monthly_fee.rule", "no rule id"),
    ("two_on_one_day", 'rule = "SMP-CHG-1"}]', 'rule = "SMP-CHG-1"}, {from = 2024-01-01, value = 2, unit = "yen", tax = "included", rule = "SMP-CHG-1"}]', "values.monthly_fee", "two values"),
    ("out_of_order", 'rule = "SMP-CHG-1"}]', 'rule = "SMP-CHG-1"}, {from = 2023-01-01, value = 2, unit = "yen", tax = "included", rule = "SMP-CHG-1"}]', "values.monthly_fee", "out of order"),
    ("yen_as_float", "value = 1000", "value = 1000.5", "values.monthly_fee", "float"),
    ("negative_yen", "value = 1000", "value = -1", "values.monthly_fee", "not whole yen"),
    ("yen_without_tax", ' tax = "included",', "", "values.monthly_fee", "tax"),
    ("tax_on_days", 'unit = "days"', 'unit = "days", tax = "included"', "values.start_days", "tax"),
    ("tax_word", 'tax = "included"', 'tax = "maybe"', "values.monthly_fee.tax", "unknown word"),
    ("reference_to_nothing", 'days = "start_days"', 'days = "begin_days"', "start.shapes[0].days", "has no value"),
    ("sum_contradicts", 'unit = "days"', 'unit = "days", sum_of = ["cutoff"]', "values.start_days", "contradicts"),
    ("empty_figure", 'start_days = [{from = 2024-01-01, value = 0, unit = "days", rule = "SMP-STA-1"}]', "start_days = []", "values.start_days", "not a list of dated"),
    ("not_a_list", 'plans = ["only"]', 'plans = "only"', "application.plans", "not a texts"),
    ("not_a_flag", "final = false", 'final = "no"', "invoice.final", "not a flag"),
    ("missing_section", '[not_provided]\nrule = "SMP-APP-1"\n', "", "not_provided", "missing"),
    ("other_file_name", 'service = "base"', 'service = "other"', "service", "differs"),
    ("head_not_dated", "from = 2024-01-01\nrule_prefixes", 'from = "2024"\nrule_prefixes', "from", "not a date"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "before", "after", "key", "words"), GALLERY, ids=[g[0] for g in GALLERY])
def test_a_broken_file_is_refused_with_its_key_and_a_cure(tmp_path, name, before, after, key, words):
    assert before in WHOLE
    broken = tmp_path / "base.toml"
    broken.write_text(WHOLE.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(TermsError) as caught:
        terms_file.read(broken)
    assert caught.value.file == "base.toml"
    assert key in caught.value.key
    assert words in caught.value.problem
    assert len(caught.value.cure) > 10


def test_the_whole_file_itself_is_accepted():
    assert terms_file.read(HERE / "base.toml")["service"] == "base"


@pytest.mark.parametrize("service", terms.services())
def test_every_service_has_a_file_that_loads(service):
    assert terms.load(service).service == service


def test_a_day_before_the_first_value_raises_and_never_falls_back():
    with pytest.raises(NoTermsForDay) as caught:
        terms.load("sottonet").value("monthly_fee", date(2021, 1, 6))
    assert "2021-01-06" in str(caught.value)
    assert terms.load("sottonet").value("monthly_fee", date(2021, 1, 7)) == 1980


def test_a_key_that_nobody_wrote_raises():
    with pytest.raises(NoTermsForDay):
        terms.load("sottonet").value("monthly_fee_for_cats", date(2025, 1, 1))


def test_a_price_left_to_the_company_raises_until_a_price_list_is_set():
    with pytest.raises(NoTermsForDay):
        terms.load("allwatch").price("monthly_fee", date(2025, 1, 1))


def test_an_unknown_service_is_not_found():
    with pytest.raises(NotFound):
        terms.load("nobody")
