"""The environment, typed; logs that can hold nothing personal."""

from __future__ import annotations

import pytest

from chalicelib import observe, settings

GOOD = {"STAGE": "prod", "AWS_REGION": "ap-northeast-1"}


def test_a_stage_and_a_region_are_enough() -> None:
    made = settings.load(GOOD)
    assert (made.stage, made.table_prefix, made.is_local) == ("prod", "mimamori-prod-", False)
    assert settings.load({**GOOD, "STAGE": "local"}).is_local
    assert settings.load({**GOOD, "ALLOWED_ORIGINS": "https://a.example, https://b.example,"}).allowed_origins == (
        "https://a.example",
        "https://b.example",
    )


@pytest.mark.parametrize(
    ("environment", "variable"),
    [({}, "STAGE"), ({"STAGE": "Prod!", "AWS_REGION": "x"}, "STAGE"), ({"STAGE": "prod"}, "AWS_REGION")],
)
def test_a_missing_variable_is_named_with_its_cure(environment: dict[str, str], variable: str) -> None:
    with pytest.raises(settings.SettingMissing, match=f"^{variable}: set it") as missing:
        settings.load(environment)
    assert missing.value.variable == variable


def test_what_a_function_needs_is_asked_for_by_name() -> None:
    with pytest.raises(settings.SettingMissing, match="NIGHT_QUEUE_URL"):
        settings.load(GOOD).need("night_queue_url")
    assert settings.load({**GOOD, "NIGHT_QUEUE_URL": "https://q"}).need("night_queue_url") == "https://q"


def test_a_log_line_takes_only_fields_that_can_hold_nothing_personal() -> None:
    observe.say("a line", contract="c1", day="2025-04-03")
    with pytest.raises(ValueError, match="email"):
        observe.say("a line", email="hana@example.jp")
    with pytest.raises(ValueError, match="name"):
        observe.warn("a line", name="Hana")
