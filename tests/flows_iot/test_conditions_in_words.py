"""A watch in words: every kind that can be set, and every watch that a model offers."""

from __future__ import annotations

import pytest

from chalicelib.flows import conditions_in_words as words
from chalicelib.flows import sentences
from chalicelib.iot import models, offers, setting
from chalicelib.iot.conditions import KINDS

HOT = {"kind": "threshold", "metric": "temperature"}


@pytest.mark.parametrize(
    ("model", "settings", "ja", "en"),
    [
        ("climate-sensor", {**HOT, "above": 28}, "室温が 28°C を超えたら", "When room temperature goes above 28°C"),
        (
            "climate-sensor",
            {**HOT, "above": 28, "for_minutes": 30},
            "室温が 28°C を30分超えたら",
            "When room temperature has been above 28°C for 30 minutes",
        ),
        ("climate-sensor", {**HOT, "below": 12.5}, "室温が 12.5°C を下回ったら", "When room temperature falls below 12.5°C"),
        (
            "climate-sensor",
            {**HOT, "below": 0, "for_minutes": 60},
            "室温が 0°C を1時間下回ったら",
            "When room temperature has been below 0°C for 1 hour",
        ),
        (
            "climate-sensor",
            {"kind": "rate", "metric": "co2", "rises": 500, "minutes": 90},
            "二酸化炭素が90分のうちに 500 ppm 以上あがったら",
            "When carbon dioxide rises by 500 ppm or more within 90 minutes",
        ),
        (
            "climate-sensor",
            {"kind": "rate", "metric": "temperature", "falls": 5, "minutes": 120},
            "室温が2時間のうちに 5°C 以上さがったら",
            "When room temperature falls by 5°C or more within 2 hours",
        ),
        (
            "call-button",
            {"kind": "event", "metric": "sos", "equals": True},
            "呼び出しがあったら",
            "When “call for help” is reported",
        ),
        (
            "call-button",
            {"kind": "event", "metric": "sos", "equals": False},
            "呼び出しが「なし」になったら",
            "When call for help turns to “no”",
        ),
        (
            "bed-mat",
            {"kind": "event", "metric": "bed_state", "equals": "away"},
            "寝床の様子が「寝床にいません」になったら",
            "When on the bed turns to “not on the bed”",
        ),
        (
            "battery",
            {"kind": "event", "metric": "fault_code", "other_than": ["", "0"]},
            "故障コードの知らせがあったら",
            "When a fault code is reported",
        ),
        (
            "bed-mat",
            {"kind": "silence", "after_minutes": 180},
            "3時間以上、通信がなかったら",
            "When nothing is heard from it for 3 hours",
        ),
        (
            "motion-sensor",
            {"kind": "no_activity", "metric": "motion", "active_equals": True, "for_hours": 10, "between": ["07:00", "21:30"]},
            "人の動きが10時間以上なかったら(7時から21時30分まで見守ります)",
            "When there is no motion for 10 hours (watched from 07:00 to 21:30)",
        ),
        (
            "energy-sensor",
            {"kind": "no_activity", "metric": "power_kw", "active_above": 0.6, "for_hours": 1},
            "使用電力が1時間以上 0.6 kW を超えなかったら",
            "When power has not gone above 0.6 kW for 1 hour",
        ),
        (
            "bed-mat",
            {"kind": "no_activity", "metric": "bed_state", "active_equals": "moving", "for_hours": 12},
            "寝床の様子が12時間以上「寝床で動いています」にならなかったら",
            "When on the bed has not been “moving on the bed” for 12 hours",
        ),
        (
            "unknown-model",
            {"kind": "threshold", "metric": "noise_db", "above": 80},
            "noise_dbが 80 を超えたら",
            "When noise_db goes above 80",
        ),
    ],
)
def test_a_watch_says_when_it_speaks(model: str, settings: dict, ja: str, en: str) -> None:
    assert words.both(setting.watch_of("own", settings), model) == {"ja": ja, "en": en}


def test_every_watch_that_is_offered_has_a_sentence_and_a_name_and_no_kind_is_left_out() -> None:
    kinds = set()
    for model in models.names():
        for offer in offers.of_model(model, {}):
            watch = setting.watch_of(offer.name, offer.settings)
            kinds.add(watch.kind)
            said = words.both(watch, model)
            assert all(said.values()) and "{" not in said["ja"] + said["en"]
            assert words.name(watch, model) == dict(offer.label)
    assert set(KINDS) - kinds <= {"rate"}  # tried above


def test_the_sentence_of_a_watch_and_of_its_alert_come_from_one_book() -> None:
    assert {key for key in sentences.texts()["condition"] if key != "between"} >= {
        key for key in sentences.texts()["sentence"] if not key.endswith("_over") and key not in ("with_name", "unknown")
    }
