"""Openings to the minute: over midnight, both clock changes, odd offsets, a leap day, doubtful zones, several debts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from msgspec import structs

from tests.domain.case.gate_worlds import with_values
from workstation.domain.gate import Flags, GateRequest, PastContact, Verdict, check
from workstation.domain.gate_clock import next_turn, start_of_day
from workstation.domain.rule_forms import QuietHours, Window
from workstation.domain.rulepack import RulePack, load

CHINA, AMERICA, BRITAIN = load("zh-CN"), load("en-US"), load("en-GB")


def opens(at: str, zone: str, pack: RulePack, **other: object) -> str | None:
    """When a call asked about at this local time opens, in local time with its offset."""
    answer = asked(at, zone, pack, **other)
    assert answer.verdict == "block"
    return None if answer.opens_at is None else answer.opens_at.isoformat(timespec="minutes")


def asked(at: str, zone: str, pack: RulePack, **other: object) -> Verdict:
    moment = datetime.fromisoformat(at).replace(tzinfo=ZoneInfo(zone))
    request = GateRequest(moment, "call", "debtor", contact_point="p1", zones=(zone,), debt="D1")
    return check(replace(request, **other), pack)


def missed(*times: str, zone: str = "Asia/Shanghai", outcome: str = "no_answer") -> tuple[PastContact, ...]:
    where = ZoneInfo(zone)
    return tuple(
        PastContact(
            datetime.fromisoformat(at).replace(tzinfo=where), "call", contact_point="p1", debt="D1", outcome=outcome
        )
        for at in times
    )


@pytest.mark.parametrize(
    ("at", "zone", "expected"),
    [
        ("2026-03-28T23:00", "Europe/London", "2026-03-29T08:00+01:00"),
        ("2026-10-24T23:00", "Europe/London", "2026-10-25T08:00+00:00"),
        ("2026-10-31T21:00", "America/New_York", "2026-11-01T08:00-05:00"),
        ("2026-03-07T21:00", "America/New_York", "2026-03-08T08:00-04:00"),
        ("2026-10-03T22:00", "Australia/Lord_Howe", "2026-10-04T08:00+11:00"),
        ("2026-04-04T22:00", "Australia/Lord_Howe", "2026-04-05T08:00+10:30"),
        ("2026-11-23T22:00", "Asia/Kathmandu", "2026-11-24T08:00+05:45"),
        ("2026-11-23T07:59", "Asia/Kolkata", "2026-11-23T08:00+05:30"),
        ("2028-02-28T22:30", "Europe/London", "2028-02-29T08:00+00:00"),
        ("2028-02-29T22:30", "Europe/London", "2028-03-01T08:00+00:00"),
        ("2026-12-31T23:59:59", "Europe/London", "2027-01-01T08:00+00:00"),
    ],
)
def test_the_night_ends_at_eight_by_the_local_clock(at: str, zone: str, expected: str) -> None:
    assert opens(at, zone, BRITAIN) == expected


@pytest.mark.parametrize(
    ("at", "zone", "end", "expected"),
    [
        # 02:15 does not exist that night: the clock goes from 02:00 to 02:30, and quiet hours end with the change.
        ("2026-10-04T01:00", "Australia/Lord_Howe", time(2, 15), "2026-10-04T02:30+11:00"),
        ("2026-03-29T00:30", "Europe/London", time(1, 30), "2026-03-29T02:00+01:00"),
        # 01:30 comes twice: quiet again from the change, until 01:30 has come the second time.
        ("2026-10-25T01:10", "Europe/London", time(1, 30), "2026-10-25T01:30+01:00"),
    ],
)
def test_quiet_hours_that_end_inside_a_clock_change(at: str, zone: str, end: time, expected: str) -> None:
    odd = with_values(BRITAIN, {"quiet_hours": BRITAIN.quiet_hours._replace(end=end)})
    assert opens(at, zone, odd) == expected


def test_the_second_time_a_clock_shows_the_same_it_is_quiet_again() -> None:
    odd = with_values(BRITAIN, {"quiet_hours": BRITAIN.quiet_hours._replace(end=time(1, 30))})
    moment = datetime(2026, 10, 25, 1, 10, fold=1, tzinfo=ZoneInfo("Europe/London"))
    answer = check(GateRequest(moment, "call", "debtor", zones=("Europe/London",)), odd)
    assert answer.opens_at is not None
    assert answer.opens_at.isoformat() == "2026-10-25T01:30:00+00:00"


def test_a_day_begins_with_the_change_where_there_is_no_midnight() -> None:
    cairo, havana = ZoneInfo("Africa/Cairo"), ZoneInfo("America/Havana")
    spring = start_of_day(cairo, date(2026, 4, 24).toordinal())
    assert spring.astimezone(cairo).isoformat() == "2026-04-24T01:00:00+03:00"
    autumn = start_of_day(havana, date(2026, 11, 1).toordinal())  # midnight comes twice: the first of them
    assert autumn.astimezone(havana).isoformat() == "2026-11-01T00:00:00-04:00"


def test_a_day_that_was_left_out_of_the_calendar() -> None:
    apia = ZoneInfo("Pacific/Apia")
    skipped = start_of_day(apia, date(2011, 12, 30).toordinal())
    assert skipped == start_of_day(apia, date(2011, 12, 31).toordinal()) == datetime(2011, 12, 30, 10, tzinfo=UTC)


def test_a_clock_put_back_out_of_quiet_hours_ends_them() -> None:
    london = ZoneInfo("Europe/London")
    began = datetime(2026, 10, 25, 0, 50, tzinfo=UTC)  # 01:50, quiet since 01:30; at 02:00 it is 01:00 once more
    ends = next_turn(london, began, time(1, 30), time(8), quiet=False)
    assert ends == datetime(2026, 10, 25, 1, tzinfo=UTC)
    assert next_turn(london, ends, time(1, 30), time(8), quiet=True) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_a_clock_put_back_over_midnight_brings_back_the_day_before() -> None:
    newfoundland = ZoneInfo("America/St_Johns")  # in 2006 at one minute past midnight, to 23:01
    past_midnight = datetime(2006, 10, 29, 2, 30, 30, tzinfo=UTC)
    ends = next_turn(newfoundland, past_midnight, time(23, 30), time(8), quiet=False)
    assert ends == datetime(2006, 10, 29, 2, 31, tzinfo=UTC)
    assert ends.astimezone(newfoundland).isoformat() == "2006-10-28T23:01:00-03:30"


def test_the_day_of_six_unanswered_calls_ends_at_the_local_midnight() -> None:
    six = missed(*(f"2026-11-23T09:{minute:02}" for minute in range(6)))
    anytime = Flags(consent_out_of_hours=True)
    assert opens("2026-11-23T10:00", "Asia/Shanghai", CHINA, history=six, flags=anytime) == "2026-11-24T00:00+08:00"
    assert opens("2026-11-23T10:00", "Asia/Shanghai", CHINA, history=six) == "2026-11-24T08:00+08:00"


def test_calls_before_and_after_midnight_belong_to_different_days() -> None:
    night = missed(*(f"2026-11-22T23:5{minute}" for minute in range(6)))
    anytime = Flags(consent_out_of_hours=True)
    assert asked("2026-11-22T23:59", "Asia/Shanghai", CHINA, history=night, flags=anytime).remaining_today == 0
    assert asked("2026-11-23T00:00", "Asia/Shanghai", CHINA, history=night, flags=anytime).remaining_today == 6


def test_in_doubt_of_the_zone_a_call_counts_for_both_of_its_days() -> None:
    # 23:30 in Urumqi is half past one of the next day in Shanghai.
    six = missed(*(f"2026-11-22T23:3{minute}" for minute in range(6)), zone="Asia/Urumqi")
    both = ("Asia/Urumqi", "Asia/Shanghai")
    assert asked("2026-11-23T12:00", "Asia/Urumqi", CHINA, history=six).verdict == "allow"
    assert opens("2026-11-23T12:00", "Asia/Urumqi", CHINA, history=six, zones=both) == "2026-11-24T08:00+06:00"
    assert asked("2026-11-23T12:00", "Asia/Urumqi", CHINA, history=six, zones=both).remaining_today == 0


def test_the_seventh_day_is_counted_across_a_clock_change() -> None:
    week = missed(*(f"2026-10-{day}T09:00" for day in range(26, 32)), "2026-11-01T09:00", zone="America/New_York")
    assert opens("2026-11-01T10:00", "America/New_York", AMERICA, history=week) == "2026-11-02T08:00-05:00"
    talk = missed("2026-03-07T20:59", zone="America/New_York", outcome="promise_to_pay")
    assert opens("2026-03-08T10:00", "America/New_York", AMERICA, history=talk) == "2026-03-14T08:00-04:00"


def test_seven_calls_on_a_leap_day_free_the_debtor_a_week_later() -> None:
    burst = missed(*(f"2028-02-29T1{hour}:00" for hour in range(7)), zone="America/New_York")
    assert opens("2028-02-29T17:00", "America/New_York", AMERICA, history=burst) == "2028-03-07T08:00-05:00"


def test_a_call_about_several_debts_waits_for_the_last_of_them() -> None:
    one = missed("2026-11-20T09:00", zone="America/New_York", outcome="promise_to_pay")
    other = tuple(structs.replace(past, debt="D2", at=past.at + timedelta(days=2)) for past in one)
    ask = {"history": one + other}
    assert opens("2026-11-23T10:00", "America/New_York", AMERICA, **ask) == "2026-11-27T08:00-05:00"
    both = asked("2026-11-23T10:00", "America/New_York", AMERICA, other_debts=("D2",), **ask)
    assert [reason.rule for reason in both.reasons] == ["conversation_cooling_days"]
    assert both.opens_at is not None
    assert both.opens_at.isoformat() == "2026-11-29T08:00:00-05:00"
    assert asked("2026-11-23T10:00", "America/New_York", AMERICA, debt="D3", **ask).verdict == "allow"


def test_a_past_call_about_several_debts_counts_for_each() -> None:
    talk = structs.replace(
        missed("2026-11-20T09:00", zone="America/New_York", outcome="promise_to_pay")[0], other_debts=("D2",)
    )
    for debt, verdict in (("D1", "block"), ("D2", "block"), ("D3", "allow")):
        answer = asked("2026-11-23T10:00", "America/New_York", AMERICA, debt=debt, history=(talk,))
        assert answer.verdict == verdict


def test_a_call_recorded_by_a_fast_clock_counts_from_now_until_its_own_day_is_over() -> None:
    """Another seat's clock runs two days ahead: its six calls stand in the way today, tomorrow and on their day."""
    six = missed(*(f"2026-11-25T09:{minute:02}" for minute in range(6)))
    for today in ("2026-11-23T10:00", "2026-11-24T10:00", "2026-11-25T08:00"):
        assert opens(today, "Asia/Shanghai", CHINA, history=six) == "2026-11-26T08:00+08:00"
        assert asked(today, "Asia/Shanghai", CHINA, history=six).remaining_today == 0


def test_calls_agreed_to_are_used_up_by_those_that_connected() -> None:
    talk = missed("2026-11-20T09:00", zone="America/New_York", outcome="promise_to_pay")
    busy = missed("2026-11-21T09:00", zone="America/New_York", outcome="busy")
    rang = missed("2026-11-22T09:00", zone="America/New_York", outcome="voicemail")
    two = Flags(consent_extra_calls=2)
    zone = "America/New_York"
    assert asked("2026-11-23T10:00", zone, AMERICA, history=talk + busy, flags=two).remaining_today == 2
    assert asked("2026-11-23T10:00", zone, AMERICA, history=talk + busy + rang, flags=two).remaining_today == 1
    used = talk + rang + missed("2026-11-22T10:00", zone=zone, outcome="promise_to_pay")
    assert opens("2026-11-23T10:00", zone, AMERICA, history=used, flags=two) == "2026-11-27T08:00-05:00"


def test_breathing_space_that_is_over_stands_in_nobodys_way() -> None:
    gone = Flags(breathing_space_until=date(2026, 11, 22))
    assert asked("2026-11-23T10:00", "Europe/London", BRITAIN, flags=gone).verdict == "allow"
    today = Flags(breathing_space_until=date(2026, 11, 23))
    assert opens("2026-11-23T10:00", "Europe/London", BRITAIN, flags=today) == "2026-11-24T08:00+00:00"


def test_breathing_space_without_end_never_opens() -> None:
    endless = Flags(breathing_space_until=date(9999, 12, 31))
    assert opens("2026-11-23T10:00", "Europe/London", BRITAIN, flags=endless) is None


def test_the_latest_of_all_that_stands_in_the_way_decides() -> None:
    tight = with_values(BRITAIN, {"calls_in_window": Window(1, 30), "unanswered_per_point_day": 1})
    call = missed("2026-02-27T09:00", zone="Europe/London")
    until = Flags(breathing_space_until=datetime(2026, 3, 29, 7, 30, tzinfo=UTC))
    assert opens("2026-02-27T10:00", "Europe/London", tight, history=call, flags=until) == "2026-03-29T08:30+01:00"
    assert opens("2026-02-27T10:00", "Europe/London", tight, history=call) == "2026-03-29T08:00+01:00"


def test_quiet_hours_within_one_day() -> None:
    siesta = with_values(BRITAIN, {"quiet_hours": QuietHours(time(13), time(15, 30), ("call",), True, ("call",))})
    assert opens("2026-11-23T13:00", "Europe/London", siesta) == "2026-11-23T15:30+00:00"
    after = asked("2026-11-23T15:30", "Europe/London", siesta)
    assert after.closes_at == datetime(2026, 11, 24, 13, tzinfo=UTC)
