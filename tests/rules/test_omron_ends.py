"""OMRON remote monitoring: dormancy, suspension, demands, the provider's ends, interruption, abolition, new terms."""

from __future__ import annotations

from datetime import date, timedelta

import pytest


@pytest.mark.rule("ORM-DOR-2", "ORM-DOR-3")
@pytest.mark.parametrize(
    ("registered_on", "last_access", "dormant"),
    [
        ("2025-03-01", "2025-05-20T00:00", "2026-05-20"),
        ("2025-03-01", "2025-05-20T23:59", "2026-05-20"),  # whole days count, not hours
        ("2024-01-10", "2024-02-28T12:00", "2025-02-28"),
        ("2024-01-10", "2024-02-29T12:00", "2025-03-01"),  # no 29 February in 2025
        ("2027-01-10", "2027-02-28T12:00", "2028-02-28"),
        ("2027-01-10", "2027-03-01T12:00", "2028-03-01"),
        ("2025-03-01", "2025-12-31T12:00", "2026-12-31"),
    ],
)
def test_an_account_is_deleted_one_year_after_the_last_access(registered, registered_on, last_access, dormant) -> None:
    life = registered(registered_on)
    assert life.does(last_access, "log_in") == ""
    assert life.until(day_before(dormant)).contract.state == "accepted"
    assert life.until(dormant).contract.state == "ended"
    assert (life.day("ends_on"), life.contract.ended_because) == (dormant, "dormant")
    assert life.does(f"{dormant}T00:11", "log_in") == "ended"


def day_before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()


@pytest.mark.rule("ORM-DOR-1", "ORM-DOR-2")
@pytest.mark.parametrize(
    ("step", "args"),
    [
        ("log_in", {}),
        ("consent", {"to": "dealer", "purpose": "data"}),
        ("withdraw_consent", {"to": "provider", "purpose": "marketing"}),
        ("move_site", {"site": {"prefecture": "Nara"}}),
    ],
)
def test_the_customers_own_steps_are_an_access_up_to_theday_before(registered, step, args) -> None:
    life = registered("2025-03-10", "2025-03-15")
    life.does("2025-03-20", "consent", to="provider", purpose="marketing")
    assert life.does("2026-03-19T23:59", step, **args) == ""
    assert life.until("2027-03-18").contract.state == "active"
    assert life.until("2027-03-19").day("ends_on") == "2027-03-19"


@pytest.mark.rule("ORM-DOR-1", "ORM-DOR-2")
def test_on_the_dormancy_day_itself_an_access_comes_too_late(registered) -> None:
    life = registered("2025-03-10", "2025-03-15")
    assert life.does("2026-03-10T00:05", "log_in") == "ended"  # before the sweep, but the year is over
    assert life.until("2026-03-10").day("ends_on") == "2026-03-10"


@pytest.mark.rule("ORM-DOR-1", "ORM-GWT-2")
@pytest.mark.parametrize(
    ("step", "args"),
    [
        ("install", {"outcome": "done"}),
        ("transfer_device", {}),
        ("demand", {}),
        ("report_outage", {"from": "2025-11-01T00:00", "to": "2025-11-02T00:00"}),
    ],
)
def test_what_others_do_is_no_access(registered, step, args) -> None:
    life = registered("2025-03-10", "2025-03-15")
    assert life.does("2025-11-03", step, **args) == ""
    if step == "demand":
        assert life.does("2025-11-04", "restore") == ""  # of a demand: no suspension, so no access
    assert life.until("2026-03-10").day("ends_on") == "2026-03-10"


@pytest.mark.rule("ORM-DOR-1")
@pytest.mark.parametrize(
    ("step", "args", "answer"),
    [
        ("withdraw_consent", {"to": "dealer", "purpose": "data"}, "consent_not_given"),
        ("request_cancellation", {"effective": "2026-12-31"}, "effective_not_offered"),
        ("buy", {"item": "device"}, "not_provided"),
    ],
)
def test_a_refused_step_is_no_access(registered, step, args, answer) -> None:
    life = registered("2025-03-10", "2025-03-15")
    assert life.does("2025-11-03", step, **args) == answer
    assert life.until("2026-03-10").day("ends_on") == "2026-03-10"


@pytest.mark.rule("ORM-DOR-3")
def test_an_account_without_a_gateway_is_deleted_too(registered) -> None:
    life = registered("2025-03-14")
    assert life.until("2026-03-13").contract.state == "accepted"
    assert life.until("2026-03-14").day("ends_on") == "2026-03-14"
    assert life.told == ["account_registered", "dormancy_reminder", "contract_ended"]


@pytest.mark.rule("ORM-DOR-4", "ORM-SUS-2")
def test_a_suspended_account_does_not_fall_asleep_and_its_restoring_is_an_access(registered) -> None:
    life = registered("2025-01-20", "2025-02-03")
    assert life.does("2026-01-15", "suspend", reason="suspected_violation") == ""
    assert life.until("2026-06-30").contract.state == "suspended"
    assert life.does("2026-06-30", "restore") == ""
    assert life.until("2027-06-29").contract.state == "active"
    assert life.until("2027-06-30").day("ends_on") == "2027-06-30"


@pytest.mark.rule("ORM-DOR-4", "ORM-INT-1")
@pytest.mark.parametrize(
    ("since", "until", "ends"),
    [
        ("2026-03-09T20:00", "2026-03-10T06:00", "2026-03-11"),
        ("2026-03-09T20:00", "2026-03-12T06:00", "2026-03-13"),
        ("2026-03-09T20:00", "2026-03-10T00:05", "2026-03-10"),  # resumed before the sweep
        ("2026-03-10T00:10", "2026-03-10T06:00", "2026-03-10"),  # a sweep comes before a step of its own instant
        ("2026-03-09T20:00", "2026-03-10T00:10", "2026-03-11"),  # still interrupted when it ran
        ("2026-03-10T09:00", "2026-03-10T18:00", "2026-03-10"),
    ],
)
def test_a_dormancy_day_in_an_interruption_moves_behind_it(omron, registered, since, until, ends) -> None:
    life = registered("2025-03-10", "2025-03-15")
    for at, said in ((since, "interrupt_service"), (until, "resume_service")):
        life.until(day_before(at[:10]))
        if at[11:] >= "00:10":
            life.until(at[:10])
        assert omron.says(at, said) == ""
    assert life.until("2026-04-01").day("ends_on") == ends


@pytest.mark.rule("ORM-DOR-4", "ORM-INT-1")
def test_an_account_can_still_be_saved_on_the_day_that_it_gained(omron, registered) -> None:
    life = registered("2025-03-10", "2025-03-15")
    omron.says("2026-03-09T20:00", "interrupt_service")
    life.until("2026-03-10")
    assert life.does("2026-03-10T03:00", "log_in") == "interrupted"
    omron.says("2026-03-10T06:00", "resume_service")
    assert life.does("2026-03-10T22:00", "log_in") == ""
    assert life.until("2027-03-09").contract.state == "active"
    assert life.until("2027-03-10").day("ends_on") == "2027-03-10"


@pytest.mark.rule("ORM-DOR-4")
def test_two_interruptions_move_the_day_twice(omron, registered) -> None:
    life = registered("2025-03-10", "2025-03-15")
    for since, until in (("2026-03-09T20:00", "2026-03-10T06:00"), ("2026-03-10T23:00", "2026-03-11T05:00")):
        omron.says(since, "interrupt_service")
        omron.says(until, "resume_service")
    assert life.until("2026-03-11").contract.state == "active"
    assert life.until("2026-03-12").day("ends_on") == "2026-03-12"


@pytest.mark.rule("ORM-DOR-5")
def test_one_reminder_thirty_days_before_and_another_after_a_new_access(registered) -> None:
    life = registered("2025-03-10")  # dormant on 2026-03-10: thirty days before is 8 February
    assert life.until("2026-02-07").told == ["account_registered"]
    assert life.until("2026-02-08").told == ["account_registered", "dormancy_reminder"]
    assert life.until("2026-02-28").told == ["account_registered", "dormancy_reminder"]
    life.does("2026-03-01", "log_in")  # dormant on 2027-03-01: thirty days before is 30 January
    assert life.until("2027-01-29").told.count("dormancy_reminder") == 1
    assert life.until("2027-01-30").told.count("dormancy_reminder") == 2
    assert life.until("2027-03-01").told[-1] == "contract_ended"


@pytest.mark.rule("ORM-DOR-5")
def test_nobody_is_reminded_of_what_will_not_happen(omron, registered) -> None:
    suspended = registered("2025-03-10")
    suspended.does("2026-01-10", "suspend")
    assert suspended.until("2026-03-10").told == ["account_registered", "suspended"]
    omron.says("2025-03-01", "announce_termination", effective_on="2026-03-05")
    later = registered("2025-03-10")  # would be dormant after the service is gone
    assert later.until("2026-03-06").told == ["account_registered", "contract_ended"]


@pytest.mark.rule("ORM-SUS-1", "ORM-SUS-2")
@pytest.mark.parametrize("installed", ["", "2025-09-05"])
def test_suspended_and_restored_to_where_it_was(registered, installed) -> None:
    life = registered("2025-09-01", installed)
    state = life.contract.state
    life.does("2025-10-02", "consent", to="provider", purpose="marketing")
    assert life.does("2025-10-03", "suspend", reason="harmful_load") == ""
    assert life.does("2025-10-04", "suspend", reason="harmful_load") == "already_suspended"
    assert life.does("2025-10-04", "log_in") == "suspended"
    assert life.does("2025-10-04", "consent", to="dealer", purpose="data") == "suspended"
    assert life.does("2025-10-04", "withdraw_consent", to="provider", purpose="marketing") == ""
    assert life.contract.grants == ()
    assert life.does("2025-10-12", "restore", reason="cured") == ""
    assert life.contract.state == state
    assert life.does("2025-10-12T20:00", "log_in") == ""
    assert life.does("2025-10-20", "restore", reason="cured") == "not_suspended"


@pytest.mark.rule("ORM-SUS-1", "ORM-STA-1")
def test_a_gateway_that_is_installed_while_suspended_starts_the_service_with_the_restoring(registered) -> None:
    life = registered("2025-09-01")
    life.does("2025-09-02", "suspend")
    assert life.does("2025-09-05", "install", sku="gateway", outcome="done") == ""
    assert (life.contract.state, life.day("service_starts_on")) == ("suspended", "2025-09-05")
    life.does("2025-09-10", "restore")
    assert (life.contract.state, life.day("service_starts_on")) == ("active", "2025-09-05")


@pytest.mark.rule("ORM-VIO-1")
@pytest.mark.parametrize(
    ("deadline", "answer"),
    [("2025-09-14", "grace_too_short"), ("2025-09-15", ""), ("2025-09-30", ""), ("2025-08-31", "grace_too_short")],
)
@pytest.mark.parametrize("state", ["accepted", "active", "suspended"])
def test_a_demand_leaves_fourteen_days_and_the_state_alone(registered, state, deadline, answer) -> None:
    life = registered("2025-06-02", "" if state == "accepted" else "2025-06-10")
    if state == "suspended":
        life.does("2025-08-30", "suspend")
    assert life.does("2025-09-01T23:59", "demand", deadline=deadline) == answer
    assert life.contract.state == state
    assert [d.deadline.isoformat() for d in life.contract.demands] == ([] if answer else [deadline])


@pytest.mark.rule("ORM-VIO-1", "ORM-VIO-3", "ORM-VIO-5")
@pytest.mark.parametrize(
    ("sent", "last", "ends"),
    [
        ("2025-09-01T23:59", "2025-09-15", "2025-09-16"),
        ("2024-02-20", "2024-03-05", "2024-03-06"),  # through 29 February
        ("2025-12-25", "2026-01-08", "2026-01-09"),
    ],
)
def test_without_a_deadline_the_last_day_is_the_fourteenth_after_the_sending(registered, sent, last, ends) -> None:
    life = registered(f"{sent[:4]}-01-10", f"{sent[:4]}-01-11")
    life.does(f"{sent[:4]}-02-19", "log_in")
    assert life.does(sent, "demand") == ""
    assert life.told[-1] == "violation_demand"
    assert life.until(last).contract.state == "active"
    assert life.until(ends).day("ends_on") == ends
    assert (life.contract.state, life.contract.ended_because) == ("ended", "violation")


@pytest.mark.rule("ORM-VIO-2", "ORM-SUS-2")
def test_put_right_on_the_last_day_nothing_happens_and_a_later_violation_needs_a_new_demand(registered) -> None:
    life = registered("2025-06-02", "2025-06-10")
    life.does("2025-09-01", "demand", deadline="2025-09-15")
    assert life.does("2025-09-15T23:59:59", "restore", reason="cured") == ""
    assert life.until("2025-10-31").contract.state == "active"
    assert life.does("2025-11-01", "demand") == ""
    assert life.until("2025-11-16").day("ends_on") == "2025-11-16"


@pytest.mark.rule("ORM-VIO-2", "ORM-VIO-3")
def test_after_the_last_day_nothing_can_be_put_right(registered) -> None:
    life = registered("2025-06-02", "2025-06-10")
    life.does("2025-09-01", "demand", deadline="2025-09-15")
    assert life.does("2025-09-16T00:05", "restore", reason="cured") == "ended"
    assert life.until("2025-09-16").day("ends_on") == "2025-09-16"


@pytest.mark.rule("ORM-VIO-3", "ORM-SUS-2")
def test_of_two_demands_the_earliest_last_day_counts_and_one_restoring_closes_both(registered) -> None:
    first = registered("2025-06-02", "2025-06-10")
    first.does("2025-09-01", "demand", deadline="2025-10-31")
    first.does("2025-09-05", "demand")  # until 19 September
    assert first.until("2025-09-19").contract.state == "active"
    assert first.until("2025-09-20").day("ends_on") == "2025-09-20"
    second = registered("2025-06-02", "2025-06-10")
    second.does("2025-09-01", "demand", deadline="2025-10-31")
    second.does("2025-09-05", "demand")
    second.does("2025-09-10", "restore")
    assert second.until("2025-12-31").contract.state == "active"
    assert second.does("2025-12-31", "restore") == "not_suspended"


@pytest.mark.rule("ORM-VIO-4", "ORM-END-1")
def test_a_violation_ends_at_once_only_without_an_open_demand(registered) -> None:
    life = registered("2025-06-02", "2025-06-10")
    life.does("2025-09-01", "demand")
    assert life.does("2025-09-08", "terminate", reason="violation") == "demand_open"
    life.does("2025-09-09", "restore")
    assert life.does("2025-09-10", "terminate", reason="violation") == ""
    assert life.day("ends_on") == "2025-09-10"


@pytest.mark.rule("ORM-END-1", "ORM-ABO-3")
@pytest.mark.parametrize(
    "reason", ["prohibited_act", "false_application", "unreachable", "violation", "loss_of_trust", "other", None]
)
@pytest.mark.parametrize("state", ["accepted", "active", "suspended"])
def test_the_provider_ends_at_once(registered, state, reason) -> None:
    life = registered("2025-06-02", "" if state == "accepted" else "2025-06-10")
    if state == "suspended":
        life.does("2025-08-30", "suspend")
    if reason != "violation":
        life.does("2025-09-01", "demand")  # every other reason ends also under a demand
    told = {"reason": reason} if reason else {}
    assert life.does("2025-09-03", "terminate", **told) == ""
    assert (life.contract.state, life.day("ends_on"), life.contract.ended_because) == ("ended", "2025-09-03", "terminated")
    assert life.does("2025-09-03T13:00", "terminate", **told) == "ended"


@pytest.mark.rule("ORM-END-2", "ORM-ACC-6")
@pytest.mark.parametrize("end", ["dormant", "violation", "terminated", "died", "abolished", "cancelled"])
def test_consents_and_the_link_go_with_every_end(omron, registered, end) -> None:
    life = registered("2025-06-02", "2025-06-10")
    life.does("2025-06-11", "consent", to="maintainer", purpose="settings")
    life.does("2025-06-11", "consent", to="provider", purpose="marketing")
    if end == "abolished":
        omron.says("2025-06-12", "announce_termination", effective_on="2026-06-12")
        life.does("2026-01-01", "log_in")
    else:
        step = {"violation": "demand", "terminated": "terminate", "died": "customer_died", "cancelled": "request_cancellation"}
        if end in step:
            life.does("2025-06-20", step[end])
    life.until("2026-06-13")
    assert (life.contract.state, life.contract.ended_because) == ("ended", end)
    assert (life.contract.grants, life.contract.linked_at) == ((), None)
    assert life.does("2026-06-14", "log_in") == "ended"


@pytest.mark.rule("ORM-END-4")
def test_one_night_ends_by_abolition_before_demand_before_dormancy(omron, registered) -> None:
    """Registered on 2 July 2025: the sweep of 2 July 2026 is that of the abolition's day after, the demand's and dormancy."""
    dormant, demanded, sleeping = (registered("2025-07-02") for _ in range(3))
    for life in (dormant, demanded):
        life.until("2026-06-01")
    demanded.does("2026-06-10", "demand", deadline="2026-07-01")
    assert demanded.until("2026-07-02").contract.ended_because == "violation"
    assert dormant.until("2026-07-02").contract.ended_because == "dormant"
    omron.lives = [sleeping]
    assert omron.says("2025-07-01", "announce_termination", effective_on="2026-07-01") == ""
    sleeping.does("2026-06-10", "demand", deadline="2026-07-01")
    assert sleeping.until("2026-07-02").contract.ended_because == "abolished"
    assert sleeping.day("ends_on") == "2026-07-01"


@pytest.mark.rule("ORM-END-4", "ORM-ABO-2")
def test_a_dormancy_on_the_last_day_of_the_service_comes_first(omron, registered) -> None:
    life = registered("2025-07-01T08:00")
    omron.says("2025-07-01T10:00", "announce_termination", effective_on="2026-07-01")
    life.until("2026-07-02")
    assert (life.day("ends_on"), life.contract.ended_because) == ("2026-07-01", "dormant")


@pytest.mark.rule("ORM-INT-1", "ORM-INT-2")
def test_an_interruption_changes_no_state_and_bars_two_steps(omron, registered) -> None:
    life = registered("2025-03-10", "2025-03-15")
    life.does("2025-04-01", "consent", to="maintainer", purpose="data")
    assert omron.says("2025-09-10T09:00", "interrupt_service") == ""
    assert omron.says("2025-09-10T10:00", "interrupt_service") == "already_interrupted"
    assert life.told[-1] == "interruption"
    assert life.does("2025-09-10T13:00", "log_in") == "interrupted"
    assert life.does("2025-09-10T13:00", "consent", to="dealer", purpose="data") == "interrupted"
    assert life.does("2025-09-10T13:00", "withdraw_consent", to="maintainer", purpose="data") == ""
    assert life.contract.state == "active"
    assert omron.says("2025-09-10T18:00", "resume_service") == ""
    assert life.does("2025-09-10T18:01", "log_in") == ""
    assert omron.says("2025-09-10T19:00", "resume_service") == "no_interruption"


@pytest.mark.rule("ORM-ABO-1", "ORM-ABO-3")
@pytest.mark.parametrize(
    ("said", "effective", "answer"),
    [
        ("2025-07-01", "2026-06-30", "too_late"),
        ("2025-07-01T23:59", "2026-07-01", ""),
        ("2024-02-29", "2025-02-28", "too_late"),
        ("2024-02-29", "2025-03-01", ""),
        ("2025-07-01", "2025-06-30", "too_late"),
        ("2025-07-01", "2030-01-01", ""),
    ],
)
def test_the_end_of_the_service_needs_a_years_notice(omron, registered, said, effective, answer) -> None:
    life = registered("2024-01-10" if said < "2025" else "2025-06-10")
    assert omron.says(said, "announce_termination", effective_on=effective) == answer
    assert life.day("ends_on") == (None if answer else effective)
    assert life.told[-1] == ("account_registered" if answer else "service_abolition")


@pytest.mark.rule("ORM-ABO-2", "ORM-ABO-4")
def test_everybody_is_served_through_the_last_day(omron, registered) -> None:
    life = registered("2025-04-10", "2025-04-18")
    omron.says("2025-07-01", "announce_termination", effective_on="2026-07-01")
    life.does("2025-12-24", "log_in")
    assert life.does("2026-07-01T23:59", "log_in") == ""
    assert life.contract.state == "active"
    assert life.does("2026-07-02T00:05", "log_in") == "ended"
    assert life.until("2026-07-02").contract.state == "ended"
    assert life.day("ends_on") == "2026-07-01"


@pytest.mark.rule("ORM-ABO-2")
@pytest.mark.parametrize(("second", "ends"), [("2026-08-01", "2026-08-01"), ("2026-12-01", "2026-10-01")])
def test_of_two_announcements_the_earlier_day_counts(omron, registered, second, ends) -> None:
    life = registered("2025-06-10")
    assert omron.says("2025-07-01", "announce_termination", effective_on="2026-10-01") == ""
    assert omron.says("2025-07-02", "announce_termination", effective_on=second) == ""
    newcomer = registered("2025-07-03")
    assert (life.day("ends_on"), newcomer.day("ends_on")) == (ends, ends)


@pytest.mark.rule("ORM-ABO-2", "ORM-CAN-1")
@pytest.mark.parametrize("day", ["2026-03-03", "2026-07-01"])
def test_an_earlier_end_comes_first(omron, registered, day) -> None:
    life = registered("2025-07-01", "2025-07-02")
    omron.says("2025-07-01T13:00", "announce_termination", effective_on="2026-07-01")
    life.does("2026-01-01", "log_in")
    assert life.does(day, "request_cancellation") == ""
    assert (life.contract.state, life.day("ends_on"), life.contract.ended_because) == ("ended", day, "cancelled")


@pytest.mark.rule("ORM-ABO-5")
@pytest.mark.parametrize(("at", "state"), [("2026-07-01T23:59", "accepted"), ("2026-07-02T00:00", "refused")])
def test_registration_stays_open_until_the_last_day(omron, registered, at, state) -> None:
    assert omron.says("2025-07-01", "announce_termination", effective_on="2026-07-01") == ""
    life = registered(at)
    assert life.contract.state == state
    assert life.day("ends_on") == ("2026-07-01" if state == "accepted" else None)
    assert life.contract.refusal_reasons == (() if state == "accepted" else ("abolished",))


@pytest.mark.rule("ORM-TRM-4")
@pytest.mark.parametrize(
    ("said", "effective", "answer"),
    [
        ("2025-06-17T23:59", "2025-07-01", ""),
        ("2025-06-18T00:00", "2025-07-01", "too_late"),
        ("2026-02-15", "2026-03-01", ""),
        ("2026-02-16", "2026-03-01", "too_late"),
        ("2024-02-16", "2024-03-01", ""),
        ("2026-02-17", "2026-02-01", "too_late"),
        ("2025-12-18", "2026-01-01", ""),
        ("2025-12-19", "2026-01-01", "too_late"),
    ],
)
def test_new_terms_need_two_weeks(omron, said, effective, answer) -> None:
    assert omron.says(said, "announce_terms", version="next", effective_on=effective) == answer
    assert len(omron.state.announcements) == (0 if answer else 1)


@pytest.mark.rule("ORM-TRM-3", "ORM-TRM-6", "ORM-TRM-5")
def test_new_terms_bind_from_their_day_without_a_new_consent(omron, registered) -> None:
    life = registered("2025-05-01", "2025-05-08")
    ground = {"ground": "general_benefit"}
    assert omron.says("2025-06-17", "announce_terms", version="edition-2", effective_on="2025-07-01", **ground) == ""
    assert omron.state.announcements[0].values == {"version": "edition-2", "ground": "general_benefit"}
    assert life.told[-1] == "terms_change"
    newcomer = registered("2025-06-25")
    life.does("2025-06-30", "consent", to="dealer", purpose="data")
    life.does("2025-07-01T00:00", "consent", to="maintainer", purpose="data")
    assert [omron.terms.edition_on(on) for on in (life.contract.formed_on, newcomer.contract.formed_on)] == ["2020-04-01"] * 2
    assert omron.terms.edition_on(date(2025, 7, 1)) == "edition-2"
    assert (life.contract.state, life.does("2025-07-06", "log_in")) == ("active", "")
