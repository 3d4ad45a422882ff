"""What an alert says, in both languages: from the model's words, and true whenever it is read."""

from __future__ import annotations

import pytest

from chalicelib.flows import sentences, telling
from chalicelib.flows.sentences import LANGUAGES, Said
from chalicelib.iot import conditions, models
from chalicelib.iot.alerts import Facts
from chalicelib.iot.reading import HOUR, MINUTE
from chalicelib.iot.vocabulary import CLOSED_FOR
from tests.iot.play import instant

OPENED = instant("2025-08-01T14:05")
HOT = Facts("temperature", "above", 31, 15 * MINUTE, instant("2025-08-01T13:50"))


def alert(condition: str, model: str, facts: Facts, value: object = None, *, label: str = "", **more: object) -> Said:
    return Said("d1", str(more.pop("watch", "own")), "warning", condition, OPENED, value, label, model, facts, **more)


@pytest.mark.parametrize(
    ("said", "ja", "en"),
    [
        (
            alert("threshold", "climate-sensor", HOT._replace(lasting=0), 31.2, label="居間"),
            "居間: 室温が 31.2°C になりました(31°C を超えました)",
            "居間: Room temperature reached 31.2°C (above 31°C)",
        ),
        (
            alert("threshold", "climate-sensor", HOT, 31.2),
            "温湿度センサー: 室温が13時50分から 31°C を超え、31.2°C になりました",
            "Room climate sensor: Room temperature has been above 31°C from 13:50 on and reached 31.2°C",
        ),
        (
            alert("rate", "climate-sensor", Facts("temperature", "falls", 5, 2 * HOUR), 12.0),
            "温湿度センサー: 室温が2時間のうちに 5°C 以上さがり、12°C になりました",
            "Room climate sensor: room temperature fell by 5°C or more within 2 hours, to 12°C",
        ),
        (
            alert("event", "call-button", Facts("sos", "equals", True), True),
            "呼び出しボタン: 呼び出しがありました",
            "Call button: Call for help",
        ),
        (
            alert("event", "bed-mat", Facts("bed_state", "equals", "asleep"), "asleep"),
            "マットセンサー: 寝床の様子が「眠っています」になりました",
            "Bed mat: On the bed turned to “asleep”",
        ),
        (
            alert("silence", "motion-sensor", Facts(since=instant("2025-07-31T22:00"), lasting=HOUR)),
            "人感センサー: 7月31日22時から通信がありません",
            "Motion sensor: not heard from since 22:00 on July 31",
        ),
        (
            alert(
                "no_activity",
                "motion-sensor",
                Facts("motion", "equals", True, 10 * HOUR, instant("2025-08-01T08:12")),
                closed_at=instant("2025-08-01T19:00"),
            ),
            "人感センサー: 8時12分から19時まで人の動きがありませんでした",
            "Motion sensor: no motion between 08:12 and 19:00",
        ),
        (
            alert("no_activity", "energy-sensor", Facts("power_kw", "above", 0.6, HOUR, instant("2025-08-01T08:12"))),
            "電力センサー: 8時12分から使用電力が 0.6 kW を超えていません",
            "Energy sensor: power not above 0.6 kW since 08:12",
        ),
        (
            alert("threshold", "home-made", Facts("steam", "below", 3), 2.5),
            "d1: steamが 2.5 になりました(3 を下回りました)",
            "d1: steam fell to 2.5 (below 3)",
        ),
        (alert("", "climate-sensor", Facts(), 31), "温湿度センサー: 設定した条件のお知らせです", None),
    ],
)
def test_a_sentence_says_what_was_noticed(said: Said, ja: str, en: str | None) -> None:
    assert sentences.sentence(said, "ja") == ja
    assert en is None or sentences.sentence(said, "en") == en


def test_a_value_never_reads_as_its_limit() -> None:
    near = alert("threshold", "climate-sensor", Facts("temperature", "above", 31), 31.004)
    assert "31.004°C" in sentences.sentence(near, "en")


def test_a_watch_goes_by_its_models_words_where_the_model_offers_it() -> None:
    assert sentences.watch_name(alert("threshold", "climate-sensor", HOT, watch="too-hot"), "ja") == "室温が高い"
    assert sentences.watch_name(alert("event", "climate-sensor", HOT, watch="too-hot"), "en") == "Room temperature"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_offered_watch_of_every_model_has_its_words(language: str) -> None:
    """Nothing is left in braces, nothing goes by an id, and no two say the same."""
    seen = set()
    for model in models.names():
        for offered in models.find(model).get("watches", ()):
            from chalicelib.iot import setting

            watch = setting.watch_of(offered["name"], offered["settings"])
            known = conditions.facts(watch, OPENED - HOUR, OPENED - HOUR, OPENED - HOUR)
            value = watch.equals if watch.kind == "event" else 1
            text = sentences.sentence(alert(watch.kind, model, known, value, watch=watch.name), language)
            assert "{" not in text and "d1" not in text and watch.name not in text.split(), text
            seen.add((model, watch.name, text))
    assert len({(model, text) for model, _, text in seen}) == len(seen) > 15


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["opened", "closed"])
def test_a_mail_names_no_id_and_says_when(language: str, kind: str) -> None:
    body = {
        "device": "d-4711",
        "watch": "too-hot",
        "level": "warning",
        "condition": "threshold",
        "alert": f"{OPENED:014d}-001-00001-000001",
        "value": 31.2,
        "kind": kind,
        "at": OPENED + MINUTE,
        "label": "居間",
        "model": "climate-sensor",
        "facts": list(HOT),
    }
    subject, text = telling.words(body, language)
    assert "居間" in subject and "4711" not in subject + text and "too-hot" not in subject + text
    day = {"ja": "2025年8月1日", "en": "1 August 2025"}[language]
    assert f"{day} 14:05" in text and f"{day} 14:06" in text and "13" in text
    older = {name: value for name, value in body.items() if name not in ("label", "model", "facts")}
    assert telling.words(older, language)[0]  # an entry that an earlier edition left


def test_every_reason_has_its_words() -> None:
    assert set(sentences.texts()["reason"]) == set(CLOSED_FOR)


def test_units_that_are_words_are_said_in_the_reader_s_language() -> None:
    said = [sentences.amount(58, {"unit": unit}, language) for unit in ("bpm", "kW") for language in ("ja", "en")]
    assert said == ["58回/分", "58 bpm", "58 kW", "58 kW"]
