"""From the operators' stock to a home: files of devices, codes, claims by serial number and proof, and what is refused."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from chalicelib.errors import Conflict, Invalid, NotFound, Refused
from chalicelib.flows import claiming, leaving, stock, watches
from chalicelib.iot import proof
from chalicelib.store import stock as rows
from chalicelib.store.transact import Store
from tests.flows.world import KEN, World, at
from tests.flows_iot.home import Home, heat

NOW = "2025-08-01T10:00"
HEADER = "serial_number,model,hardware,firmware,proof"


def take_in(store: Store, *lines: str, key: str = "file", **how: Any) -> dict[str, Any]:
    return stock.take_in(store, at(NOW), "operator-1", "\n".join([HEADER, *lines]), key, **how)


def codes(told: dict[str, Any]) -> dict[str, str]:
    return {line["serial_number"]: line["proof"] for line in csv.DictReader(io.StringIO(told["proofs"]))}


def outcomes(told: dict[str, Any]) -> list[tuple[int, str]]:
    return [(entry["line"], entry["outcome"]) for entry in told["items"]]


def by_proof(home: Home, when: str, serial: str, code: str, **more: Any) -> dict[str, Any]:
    key = more.pop("key", "")
    return claiming.claim(home.store, at(when), home.asked(key), {"serial_number": serial, "proof": code, **more})


@pytest.fixture
def serial(home: Home) -> str:
    return f"ROOM-{home.contract[:8].upper()}"


# files


def test_a_file_brings_devices_in_and_answers_their_codes_once(store: Store, home: Home, serial: str) -> None:
    told = take_in(store, f"{serial},climate-sensor,B2,1.4.0,", f"{serial}-2,bed-mat,,,LABEL-4711", key=serial)
    assert outcomes(told) == [(2, "done"), (3, "done")]
    (code,) = codes(told).values()  # the other one had its code already
    assert len(proof.bare(code)) == 12
    kept = json.dumps(list(store.query_all(store.devices, ("device", f"stock#{serial}"))))
    assert proof.bare(code) not in kept and code not in kept
    again = take_in(store, f"{serial},climate-sensor,B2,1.4.0,", f"{serial}-2,bed-mat,,,label 4711", key=f"{serial}-again")
    assert outcomes(again) == [(2, "known"), (3, "known")]
    assert codes(again) == {}
    shown = stock.view(store, serial)
    assert (shown["state"], shown["model"], shown["hardware"], shown["firmware"]) == (
        "in_stock",
        "climate-sensor",
        "B2",
        "1.4.0",
    )
    assert shown["device"] == f"sn-{serial}"


def test_the_answer_that_was_lost_comes_with_codes_that_hold(store: Store, home: Home, serial: str) -> None:
    lost = codes(take_in(store, f"{serial},climate-sensor,,,", key=serial))
    answered = codes(take_in(store, f"{serial},climate-sensor,,,", key=serial))
    assert lost != answered
    with pytest.raises(Refused, match="proof_wrong"):
        by_proof(home, NOW, serial, lost[serial])
    assert by_proof(home, NOW, serial, answered[serial])["device"] == f"sn-{serial}"
    claimed = take_in(store, f"{serial},climate-sensor,,,", key=serial)  # once it is somebody's, nothing makes it a new code
    assert (outcomes(claimed), codes(claimed)) == ([(2, "known")], {})
    with pytest.raises(Conflict, match="idempotency_key_reused"):
        take_in(store, f"{serial},bed-mat,,,", key=serial)


def test_a_wrong_line_names_its_fault_and_the_others_go_on(store: Store, home: Home, serial: str) -> None:
    take_in(store, f"{serial},climate-sensor,,,", key=serial)
    told = take_in(
        store,
        f"{serial}-3,toaster,,,",
        f"{serial},bed-mat,,,",
        "a b,climate-sensor,,,",
        f"{serial}-4,climate-sensor,,,short 1",
        f"{serial}-5,climate-sensor,,,",
        f"{serial}-5,climate-sensor,,,",
        f"{serial.lower()}-5,bed-mat,,,",
        key=f"{serial}-faults",
    )
    assert [(entry["line"], entry["outcome"], entry.get("field", "")) for entry in told["items"]] == [
        (2, "faulty", "model"),
        (3, "faulty", "serial_number"),
        (4, "faulty", "serial_number"),
        (5, "faulty", "proof"),
        (6, "done", ""),
        (7, "known", ""),
        (8, "faulty", "serial_number"),
    ]
    assert list(codes(told)) == [f"{serial}-5"]


def test_a_trial_stores_nothing(store: Store, home: Home, serial: str) -> None:
    told = take_in(store, f"{serial},climate-sensor,,,", key=serial, trial=True)
    assert (outcomes(told), codes(told)) == ([(2, "done")], {})
    with pytest.raises(NotFound):
        stock.view(store, serial)


def test_the_stock_is_listed_by_state_model_and_beginning_page_by_page(store: Store, home: Home, serial: str) -> None:
    take_in(store, *(f"{serial}-{n},thermometer,,," for n in range(5)), f"{serial}-0B,bed-mat,,,", key=serial)
    stock.move(store, at(NOW), f"{serial}-1", {"state": "shipped"})

    def listed(**how: Any) -> list[str]:
        found: list[str] = []
        cursor = ""
        while True:
            page = stock.listing(store, serial=serial.lower(), limit=2, cursor=cursor, **how)
            found += [item["serial_number"].removeprefix(serial) for item in page["items"]]
            cursor = page.get("next", "")
            if not cursor:
                return found

    assert listed(state="in_stock", model="thermometer") == ["-0", "-2", "-3", "-4"]
    assert listed(state="in_stock") == ["-0B", "-0", "-2", "-3", "-4"]  # bed mats come before thermometers
    assert listed(state="shipped") == ["-1"]


# claims


@pytest.fixture
def code(store: Store, serial: str) -> str:
    return codes(take_in(store, f"{serial},climate-sensor,,,", key=serial))[serial]


def test_a_claim_by_proof_needs_no_model_and_sets_what_the_model_offers(home: Home, serial: str, code: str) -> None:
    shown = by_proof(home, NOW, serial.lower(), f" {code.lower()} ".strip(), key="claim")
    assert (shown["device"], shown["model"], shown["serial_number"]) == (f"sn-{serial}", "climate-sensor", serial)
    assert shown["sees"]["en"] and shown["records_not"]["ja"]
    assert shown["watches"] == ["too-hot", "too-cold", "silent", "low-battery", "weak-signal"]
    assert by_proof(home, NOW, serial, code, key="claim") == shown
    assert by_proof(home, NOW, serial, code)["claimed_at"] == shown["claimed_at"]
    (hot,) = [w for w in watches.listing(home.store, home.contract, shown["device"])["items"] if w["watch"] == "too-hot"]
    assert (hot["above"], hot["for_minutes"], hot["level"]) == (31, 15, "warning")
    kept = stock.view(home.store, serial)
    assert (kept["state"], kept["contract"]) == ("claimed", home.contract)
    home.tick("2025-08-01T13:00")  # three hours after the claim, and not a word
    assert [alert["watch"] for alert in home.alerts()] == ["silent"]


def test_a_wrong_code_and_a_serial_number_that_nobody_has_get_the_same_answer(home: Home, serial: str, code: str) -> None:
    for known in (serial, f"NONE-{serial}", "not a serial"):
        with pytest.raises(Refused) as refused:
            by_proof(home, NOW, known, "AAAA-BBBB-CCCC")
        assert refused.value.reason == "proof_wrong"


def test_five_wrong_codes_in_an_hour_lock_the_serial_number_for_an_hour(home: Home, serial: str, code: str) -> None:
    for other in (serial, f"NONE-{serial}"):
        for minute in (0, 10, 20, 30, 40):
            with pytest.raises(Refused, match="proof_wrong"):
                by_proof(home, f"2025-08-01T10:{minute:02d}", other, "AAAA-BBBB-CCCC")
        with pytest.raises(Refused, match="too_many_tries"):
            by_proof(home, "2025-08-01T11:39", other, code)
    assert by_proof(home, "2025-08-01T11:40", serial, code)["device"] == f"sn-{serial}"


def test_wrong_codes_that_lie_apart_lock_nothing_and_a_repeat_counts_once(home: Home, serial: str, code: str) -> None:
    for when in ("10:00", "10:10", "10:20", "10:30", "11:00", "11:10"):  # never five within an hour
        for _ in range(3):
            with pytest.raises(Refused, match="proof_wrong"):
                by_proof(home, f"2025-08-01T{when}", serial, "AAAA-BBBB-CCCC", key=f"wrong-{when}")
    assert len(rows.tries(home.store, serial).wrong) == 4
    assert by_proof(home, "2025-08-01T11:15", serial, code)["device"] == f"sn-{serial}"
    assert rows.tries(home.store, serial) == rows.Tries()


def test_nobody_gets_a_device_of_the_stock_by_its_name(home: Home, serial: str, code: str) -> None:
    with pytest.raises(Refused, match="proof_needed"):
        home.claim(NOW, f"sn-{serial}")
    with pytest.raises(Refused, match="proof_needed"):
        claiming.claim(home.store, at(NOW), home.asked(), {"serial_number": serial})
    with pytest.raises(Refused, match="proof_needed"):
        home.claim(NOW, "sn-NOBODY-HAS-IT")
    made = claiming.claim(home.store, at(NOW), home.asked(), {"serial_number": serial}, operator=True)
    assert (made["device"], stock.view(home.store, serial)["state"]) == (f"sn-{serial}", "claimed")
    with pytest.raises(NotFound):
        claiming.claim(home.store, at(NOW), home.asked(), {"serial_number": "NOBODY-HAS-IT"}, operator=True)


def test_what_is_missing_is_named(home: Home) -> None:
    for body, field in (({}, "model"), ({"proof": "AAAABBBB"}, "serial_number"), ({"device": "hall"}, "model")):
        with pytest.raises(Invalid) as wrong:
            claiming.claim(home.store, at(NOW), home.asked(), body)
        assert (wrong.value.field, wrong.value.reason) == (field, "missing")


def test_a_device_that_is_somebodys_is_nobody_elses_even_with_its_code(home: Home, serial: str, code: str) -> None:
    by_proof(home, NOW, serial, code)
    ken = Home(home.store, World(home.store).apply(NOW, who=KEN, key=f"ken-{serial}")["id"])
    with pytest.raises(Conflict, match="exists"):
        by_proof(ken, NOW, serial, code)
    home.hear("2025-08-01T10:05", f"sn-{serial}", heat(21))
    leaving.release(home.store, at("2025-08-01T11:00"), home.asked(), f"sn-{serial}")
    made = by_proof(ken, "2025-08-01T12:00", serial, code)
    assert (made["contract"], made["values"]) == (ken.contract, {})
    assert stock.view(home.store, serial)["contract"] == ken.contract


def test_what_came_back_is_claimed_by_nobody_before_an_operator_has_looked(home: Home, serial: str, code: str) -> None:
    by_proof(home, NOW, serial, code)
    leaving.give_back(home.store, at("2025-08-01T11:00"), home.asked(), f"sn-{serial}")
    with pytest.raises(Refused, match="device_retired"):
        by_proof(home, "2025-08-01T12:00", serial, code)
    moved = stock.move(home.store, at("2025-08-02T10:00"), serial, {"state": "in_stock"})
    with pytest.raises(Refused, match="proof_wrong"):  # the code of the customer before
        by_proof(home, "2025-08-02T12:00", serial, code)
    assert by_proof(home, "2025-08-02T12:00", serial, moved["proof"])["released_at"] is None
    with pytest.raises(Refused, match="no_such_move"):
        stock.move(home.store, at(NOW), serial, {"state": "retired"})


# an identity of its own


def test_a_device_of_the_stock_may_have_a_certificate_of_its_own_until_somebody_has_it(
    home: Home, serial: str, code: str
) -> None:
    def asks(certificate: str, written: str = "") -> dict[str, Any]:
        event = {"certificateId": certificate, "parameters": {"SerialNumber": written or serial, "ThingName": "somebody-else"}}
        return stock.provisioning(home.store, event)

    yes = {"allowProvisioning": True, "parameterOverrides": {"ThingName": f"sn-{serial}"}}
    assert asks("c1", serial.lower()) == yes
    assert asks("c2") == asks("c2") == yes  # it had no luck the first time
    assert stock.view(home.store, serial)["certificate_id"] == "c2"
    assert asks("c3", "UNKNOWN-1") == asks("c3", "a b") == {"allowProvisioning": False}
    assert by_proof(home, NOW, serial, code)["certificate_id"] == "c2"
    assert asks("c4") == {"allowProvisioning": False}
    leaving.give_back(home.store, at("2025-08-01T11:00"), home.asked(), f"sn-{serial}")
    assert asks("c5") == {"allowProvisioning": False}
    stock.move(home.store, at(NOW), serial, {"state": "retired"})
    assert asks("c6") == {"allowProvisioning": False}
