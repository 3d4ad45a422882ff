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
    ("not_a_list", 'plans = ["only"]', 'plans = "only"', "application.plans", "not a list of words"),
    ("not_a_flag", "final = false", 'final = "no"', "invoice.final", "not true or false"),
    ("missing_section", '[not_provided]\nrule = "SMP-APP-1"\n', "", "not_provided", "missing"),
    ("other_file_name", 'service = "base"', 'service = "other"', "service", "differs"),
    ("title_in_one_language", 'title = {ja = "見本", en = "Sample"}', 'title = "Sample"', "title", "not in both languages"),
    ("prefix_as_a_word", 'rule_prefixes = ["SMP"]', 'rule_prefixes = "SMP"', "rule_prefixes", "not a list"),
    ("prefix_in_small_letters", 'rule_prefixes = ["SMP"]', 'rule_prefixes = ["smp"]', "rule_prefixes", "not a list"),
    ("text_without_quotes", 'shape = "on_start"', "shape = on_start", "file", "not readable"),
    ("price_without_entries", FEE, "monthly_fee = 1000", "values.monthly_fee", "not a list of dated"),
    ("percent_with_sign", 'value = 0, unit = "days"', 'value = "5%", unit = "percent"', "values.start_days", "not a percentage"),
    ("fee_of_no_price", 'value = "monthly_fee"', 'value = "montly_fee"', "fee[0].value", "has no value"),
    ("fee_without_price", 'value = "monthly_fee"\n', "", "fee[0]", "without `value`"),
    ("fee_without_place", 'line_order = ["monthly_fee"]', "line_order = []", "invoice.line_order", "has no place"),
    ("way_to_pay_without_day", 'card = {shape = "day_of_issue_month", day = "due_day", rule = "SMP-INV-2"}', "", "invoice.due", "no day for card"),
    ("way_to_pay_forgotten", 'methods = ["card"]\ndrawn', 'methods = ["bank_transfer"]\ndrawn', "payment.methods", "missing here"),
    ("drawn_from_nothing", 'drawn = ["card"]', 'drawn = ["account_transfer"]', "payment.drawn", "no way to pay"),
    ("fee_without_shape", 'shape = "monthly"\n', "", "fee[0]", "without `shape`"),
    ("ending_without_its_day", 'cutoff = "cutoff"\n', "", "ending", "needs `cutoff`"),
    ("years_without_length", 'shape = "monthly"', 'shape = "anniversary_periods"', "fee[0]", "needs `period_months`"),
    ("periods_without_months", 'shape = "monthly"', 'shape = "prepaid_periods"', "fee[0]", "needs `regular_months`"),
    ("plan_without_months", 'shape = "monthly"', 'shape = "prepaid_periods"\nregular_months = {other = "cutoff"}', "fee[0].regular_months", "no months for the plan only"),
    ("start_of_some_only", 'days = "start_days"}', 'days = "start_days", when = ["new"]}', "start.shapes", "fit none"),
    ("no_start", '{shape = "days_after_application", days = "start_days"}', "", "start.shapes", "empty"),
    ("step_without_section", 'pay = {does = "pay", rule = "SMP-INV-2"}', 'pay = {does = "cool_off", rule = "SMP-INV-2"}', "commands.pay", "needs `cooling_off`"),
    ("termination_without_cause", 'pay = {does = "pay", rule = "SMP-INV-2"}', 'pay = {does = "terminate", rule = "SMP-INV-2"}', "commands.pay", "needs `because`"),
    ("check_without_section", 'check = "consents"', 'check = "options"', "application.checks[0]", "needs `options`"),
    ("part_of_no_plan", "[commands]", "[parts.other.refund]\nshape = 'credits'\nfirst_status = 'paid'\n[commands]", "parts.other", "not offered"),
    ("part_without_its_figure", "[commands]", "[parts.only.ending]\nshape = 'months_after_notice'\nbecause = 'x'\nrule = 'SMP-CAN-1'\n[commands]", "parts.only: ending", "needs `months`"),
    ("paperwork_that_nobody_reports", 'shape = "on_start"', 'shape = "month_after_paperwork"', "billing_start", "needs `commands.complete_processing`"),
    ("signature_that_nobody_reports", "[commands]", "[formation]\nshape = 'on_signature'\nrule = 'SMP-APP-1'\nwithdrawn_because = 'x'\n[commands]", "formation", "needs `commands.sign`"),
    ("pieces_of_nothing", 'pay = {does = "pay", rule = "SMP-INV-2"}', 'pay = {does = "add_pieces", rule = "SMP-INV-2"}', "commands.pay", "needs `options.counted`"),
    ("older_day_for_whom", 'card = {shape = "day_of_issue_month", day = "due_day", rule = "SMP-INV-2"}', 'card = {shape = "day_of_issue_month", day = "due_day", rule = "SMP-INV-2", older = {shape = "day_of_issue_month", day = "due_day", rule = "SMP-INV-2"}}', "invoice.due.card.older", "without `formed_before`"),
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


@pytest.mark.parametrize(("before", "after", "meant"), [
    ('shape = "monthly"', 'shape = "monthy"', "Did you mean `monthly`?"),
    ("[not_provided]", "[notprovided]", "Did you mean it with `notprovided`?"),
    ("kept_on_refusal", "keep_on_refusal", "Did you mean `kept_on_refusal`?"),
    ('days = "start_days"', 'days = "start_day"', "write `start_days`"),
    ('value = "monthly_fee"', 'value = "montly_fee"', "write `monthly_fee`"),
    ('unit = "days"', 'units = "days"', "Did you mean `unit`?"),
])  # fmt: skip
def test_the_cure_names_the_word_that_was_meant(tmp_path, before, after, meant):
    broken = tmp_path / "base.toml"
    broken.write_text(WHOLE.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(TermsError) as caught:
        terms_file.read(broken)
    assert meant in caught.value.cure


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
