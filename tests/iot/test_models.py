"""The files of device models say what the house needs of them, and nothing that no house asks for."""

from __future__ import annotations

import pytest

from chalicelib.iot import models, setting

KEYS = {
    "name",
    "every_minutes",
    "wish_minutes",
    "overlap_days",
    "sees",
    "records_not",
    "function",
    "metrics",
    "watches",
    "settings",
    "firmware",
}
OF_METRIC = {"label", "unit", "type", "kind", "data", "usual", "possible", "values", "group", "urgent", "answers", "function"}
OF_SETTING = {"label", "unit", "type", "range", "choices", "values", "whole", "upkeep"}


@pytest.mark.parametrize("name", models.names())
def test_a_model_is_written_whole(name: str) -> None:
    model = models.find(name)
    assert set(model) <= KEYS
    assert set(model["name"]) == {"ja", "en"}
    assert model["metrics"]
    assert isinstance(model.get("overlap_days", 7), int) and model.get("overlap_days", 7) >= 1
    for metric, about in models.metrics(name).items():
        assert set(about) <= OF_METRIC, metric
        assert set(about["label"]) == {"ja", "en"}
        assert about["type"] in ("number", "boolean", "text")
        assert about["kind"] in models.KINDS
        assert about["data"] in models.DATA
        if about["type"] == "number":
            low, high = about["possible"]
            assert low <= about["usual"][0] < about["usual"][1] <= high
    for about in model.get("settings", {}).values():
        assert set(about) <= OF_SETTING
        assert ("range" in about) is (about["type"] == "number")
        assert ("choices" in about) is (about["type"] == "text")
        assert set(about.get("values", {})) == set(about.get("choices", ())), "each choice has its words"


@pytest.mark.parametrize("name", models.names())
def test_the_watches_that_a_model_offers_make_sense_at_every_limit(name: str) -> None:
    for offered in models.find(name).get("watches", ()):
        assert {"name", "label", "settings", "adjust"} <= set(offered) <= {"name", "label", "settings", "adjust", "promised"}
        assert set(offered.get("promised", {})) <= set(offered["adjust"])
        watch = setting.watch_of(offered["name"], offered["settings"])
        assert not watch.metric or watch.metric in models.metrics(name)
        for figure, (low, high) in offered["adjust"].items():
            assert low <= offered["settings"][figure] <= high, figure


def test_a_model_that_nobody_knows_is_empty_and_reads_no_other_file() -> None:
    assert models.find("no-such-model") == {}
    assert models.find("../models/battery") == {}
