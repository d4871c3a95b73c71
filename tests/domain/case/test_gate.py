"""The contact gate: whom, when and how often, by jurisdiction, and the exact minute at which it opens again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest

from workstation.domain.gate import Flags, GateRequest, PastContact, Verdict, check, past_contacts
from workstation.domain.rulepack import load

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEW_YORK = ZoneInfo("America/New_York")
CHINA, AMERICA, BRITAIN = load("zh-CN"), load("en-US"), load("en-GB")


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


CALL = GateRequest(at("2026-11-23T10:00"), "call", "debtor", contact_point="p1", zones=("Asia/Shanghai",), debt="D1")
US_CALL = replace(CALL, at=at("2026-11-23T10:00", NEW_YORK), zones=("America/New_York",))


def past(text: str, outcome: str, zone: ZoneInfo = SHANGHAI, **other: str) -> PastContact:
    values = {"channel": "call", "contact_point": "p1", "debt": "D1", **other}
    return PastContact(at(text, zone), outcome=outcome, **values)


def rules(verdict: Verdict) -> list[str]:
    return [reason.rule for reason in verdict.reasons]


# ---- China: when ----


@pytest.mark.parametrize(
    ("clock", "verdict", "opens"),
    [
        ("2026-11-23T07:59:59", "block", "2026-11-23T08:00"),
        ("2026-11-23T08:00", "allow", None),
        ("2026-11-23T21:59:59", "allow", None),
        ("2026-11-23T22:00", "block", "2026-11-24T08:00"),
        ("2026-11-24T00:00", "block", "2026-11-24T08:00"),
    ],
)
def test_quiet_hours_run_from_ten_to_eight(clock: str, verdict: str, opens: str | None) -> None:
    answer = check(replace(CALL, at=at(clock)), CHINA)
    assert answer.verdict == verdict
    assert answer.opens_at == (at(opens) if opens else None)
    assert answer.pack == "zh-CN@2026-01-30"


def test_consent_lifts_quiet_hours_for_the_debtor_only() -> None:
    night = replace(CALL, at=at("2026-11-23T22:30"), flags=Flags(consent_out_of_hours=True))
    assert check(night, CHINA).verdict == "allow"
    assert check(replace(night, party="guarantor"), CHINA).verdict == "block"


def test_at_night_a_service_message_may_go_but_not_a_service_call() -> None:
    night = replace(CALL, at=at("2026-11-23T22:30"), purpose="service")
    assert check(night, CHINA).verdict == "block"
    assert check(replace(night, channel="sms"), CHINA).verdict == "allow"
    assert check(replace(night, channel="sms", purpose="collect"), CHINA).verdict == "block"


def test_every_candidate_zone_must_allow() -> None:
    two = replace(CALL, at=at("2026-11-23T09:30"), zones=("Asia/Shanghai", "Asia/Urumqi"))
    answer = check(two, CHINA)
    assert answer.verdict == "block"
    assert answer.opens_at == at("2026-11-23T10:00")
    assert check(replace(two, at=at("2026-11-23T22:10")), CHINA).opens_at == at("2026-11-24T10:00")
    assert check(replace(two, at=at("2026-11-23T12:00")), CHINA).closes_at == at("2026-11-23T22:00")


def test_zones_without_a_common_hour_never_open() -> None:
    apart = replace(CALL, at=at("2026-11-23T10:00"), zones=("Asia/Shanghai", "America/Santo_Domingo"))
    narrow = check(apart, CHINA)
    assert (narrow.verdict, narrow.opens_at) == ("block", at("2026-11-23T20:00"))
    never = check(replace(apart, zones=("Asia/Shanghai", "Atlantic/Azores", "Pacific/Honolulu")), CHINA)
    assert (never.verdict, never.opens_at) == ("block", None)


# ---- China: how often ----


def test_six_unanswered_calls_a_day_to_one_number() -> None:
    tried = tuple(past(f"2026-11-23T08:{minute}0", "no_answer") for minute in range(5))
    answer = check(replace(CALL, history=tried), CHINA)
    assert (answer.verdict, answer.remaining_today) == ("allow", 1)
    sixth = replace(CALL, history=(*tried, past("2026-11-23T09:00", "busy")))
    answer = check(sixth, CHINA)
    assert (answer.verdict, answer.remaining_today) == ("block", 0)
    assert rules(answer) == ["unanswered_per_point_day"]
    assert answer.opens_at == at("2026-11-24T08:00")
    assert check(replace(sixth, contact_point="p2"), CHINA).remaining_today == 6
    assert check(replace(sixth, at=at("2026-11-24T08:00")), CHINA).remaining_today == 6
    assert check(replace(sixth, flags=Flags(consent_extra_calls=2)), CHINA).remaining_today == 2
    assert check(replace(sixth, channel="sms"), CHINA).remaining_today is None


def test_with_consent_to_night_calls_the_day_opens_at_midnight() -> None:
    tried = tuple(past(f"2026-11-23T08:{minute}0", "no_answer") for minute in range(6))
    answer = check(replace(CALL, history=tried, flags=Flags(consent_out_of_hours=True)), CHINA)
    assert answer.opens_at == at("2026-11-24T00:00")


def test_three_effective_calls_a_day_from_all_seats_and_numbers() -> None:
    talks = tuple(past(f"2026-11-23T0{hour}:00", "promise_to_pay", contact_point=f"p{hour}") for hour in (7, 8, 9))
    answer = check(replace(CALL, history=talks), CHINA)
    assert rules(answer) == ["effective_calls_per_day"]
    assert (answer.remaining_today, answer.opens_at) == (0, at("2026-11-24T08:00"))
    assert check(replace(CALL, history=talks[:2]), CHINA).verdict == "allow"
    rang_us = (*talks[:2], past("2026-11-23T09:30", "callback_requested", direction="in"))
    assert check(replace(CALL, history=rang_us), CHINA).verdict == "allow"
    assert check(replace(CALL, history=talks, party="guarantor"), CHINA).verdict == "allow"


# ---- China: whom ----


def test_nobody_but_the_debtor_and_guarantors_is_collected_from() -> None:
    for party in ("related", "unrelated"):
        answer = check(replace(CALL, party=party), CHINA)
        assert (answer.verdict, answer.opens_at) == ("block", None)
        assert rules(answer) == ["collect_from"]
        assert "第六十八条" in answer.reasons[0].source
        assert rules(check(replace(CALL, party=party, purpose="service"), CHINA)) == ["third_person"]
    assert check(replace(CALL, party="guarantor"), CHINA).verdict == "allow"


def test_a_third_person_may_be_asked_only_when_the_debtor_is_out_of_contact() -> None:
    ask = replace(CALL, party="unrelated", purpose="locate", contact_point="p9")
    two = (past("2026-11-20T10:00", "no_answer"), past("2026-11-21T10:00", "switched_off"))
    assert rules(check(replace(ask, history=two), CHINA)) == ["third_person"]
    three = (*two, past("2026-11-22T10:00", "no_answer"))
    assert check(replace(ask, history=three), CHINA).verdict == "allow"
    assert check(replace(ask, history=three, purpose="relay"), CHINA).verdict == "allow"
    refused = check(replace(ask, history=three, flags=Flags(third_party_refused=True)), CHINA)
    assert (rules(refused), refused.opens_at) == (["third_person_refused"], None)
    reached = (*three, past("2026-11-22T12:00", "right_party_no_commitment"))
    assert check(replace(ask, history=reached), CHINA).verdict == "block"
    dead = (past("2026-11-22T10:00", "invalid_number"),)
    assert check(replace(ask, history=dead), CHINA).verdict == "allow"
    other_number = (*dead, past("2026-11-22T11:00", "no_answer", contact_point="p2"))
    assert check(replace(ask, history=other_number), CHINA).verdict == "block"


# ---- China: what is true of the case ----


def test_a_plan_in_force_leaves_service_messages_only() -> None:
    planned = replace(CALL, flags=Flags(plan_in_force=True))
    answer = check(planned, CHINA)
    assert (answer.verdict, answer.opens_at, rules(answer)) == ("block", None, ["plan_in_force"])
    assert check(replace(planned, purpose="service", channel="sms"), CHINA).verdict == "allow"


@pytest.mark.parametrize("flag", ["dispute_open", "ceased", "represented"])
def test_what_warns_in_china_blocks_in_america(flag: str) -> None:
    flags = Flags(**{flag: True})  # type: ignore[arg-type]  # the flag is named by the parameter
    assert (check(replace(CALL, flags=flags), CHINA).verdict, rules(check(replace(CALL, flags=flags), CHINA))) == (
        "warn",
        [flag],
    )
    american = check(replace(US_CALL, flags=flags), AMERICA)
    assert (american.verdict, american.opens_at, rules(american)) == ("block", None, [flag])


def test_a_dead_number_is_warned_of_before_it_is_dialled_again() -> None:
    dead = (past("2026-11-20T10:00", "invalid_number"),)
    assert rules(check(replace(CALL, history=dead), CHINA)) == ["dead_point"]
    alive = (*dead, past("2026-11-21T10:00", "no_answer"))
    assert check(replace(CALL, history=alive), CHINA).verdict == "allow"


# ---- America ----


def test_american_hours_hold_at_the_consumers_place_and_across_the_clock_change() -> None:
    assert check(replace(US_CALL, at=at("2026-11-23T20:59", NEW_YORK)), AMERICA).verdict == "allow"
    assert check(replace(US_CALL, at=at("2026-11-23T21:00", NEW_YORK)), AMERICA).verdict == "block"
    before = check(replace(US_CALL, at=at("2026-10-31T23:00", NEW_YORK)), AMERICA)  # the clock goes back that night
    assert before.opens_at is not None
    assert before.opens_at.isoformat() == "2026-11-01T08:00:00-05:00"
    spring = check(replace(US_CALL, at=at("2026-03-07T23:00", NEW_YORK)), AMERICA)
    assert spring.opens_at is not None
    assert spring.opens_at.isoformat() == "2026-03-08T08:00:00-04:00"


def test_an_unknown_place_is_allowed_only_where_it_is_day_everywhere() -> None:
    unknown = replace(US_CALL, zones=(), at=at("2026-11-23T10:00", NEW_YORK))
    answer = check(unknown, AMERICA)
    assert answer.opens_at == at("2026-11-23T13:00", NEW_YORK)  # 8:00 in Honolulu
    assert check(replace(unknown, at=at("2026-11-23T14:00", NEW_YORK)), AMERICA).verdict == "allow"


def us(day: int, outcome: str, **other: str) -> PastContact:
    return past(f"2026-11-{day:02}T09:00", outcome, NEW_YORK, **other)


def test_seven_calls_in_seven_days_about_one_debt() -> None:
    week = tuple(us(day, "no_answer") for day in range(17, 24))
    answer = check(replace(US_CALL, history=week), AMERICA)
    assert (rules(answer), answer.remaining_today) == (["calls_in_window"], 0)
    assert answer.opens_at == at("2026-11-24T08:00", NEW_YORK)
    assert check(replace(US_CALL, history=week, debt="D2"), AMERICA).remaining_today == 7
    assert check(replace(US_CALL, history=week[1:]), AMERICA).remaining_today == 1
    unconnected = (*week[1:], us(23, "busy"), us(23, "invalid_number", contact_point="p2"))
    assert check(replace(US_CALL, history=unconnected), AMERICA).remaining_today == 1
    assert check(replace(US_CALL, history=week, flags=Flags(consent_extra_calls=1)), AMERICA).verdict == "allow"


def test_after_a_conversation_no_call_for_seven_days_counting_its_own() -> None:
    talk = (us(20, "right_party_no_commitment"),)
    answer = check(replace(US_CALL, history=talk), AMERICA)
    assert rules(answer) == ["conversation_cooling_days"]
    assert answer.opens_at == at("2026-11-27T08:00", NEW_YORK)
    assert check(replace(US_CALL, at=at("2026-11-27T08:00", NEW_YORK), history=talk), AMERICA).verdict == "allow"
    incoming = (us(20, "callback_requested", direction="in"),)
    assert check(replace(US_CALL, history=incoming), AMERICA).verdict == "block"
    assert check(replace(US_CALL, history=talk, debt="D2"), AMERICA).verdict == "allow"
    invited = replace(US_CALL, history=talk, flags=Flags(consent_extra_calls=1))
    assert check(invited, AMERICA).verdict == "allow"
    assert check(replace(invited, history=(*talk, us(21, "no_answer"))), AMERICA).verdict == "block"
    assert check(replace(US_CALL, history=talk, channel="letter"), AMERICA).verdict == "allow"


def test_americans_may_be_asked_where_somebody_is_but_told_nothing() -> None:
    assert check(replace(US_CALL, party="unrelated", purpose="locate"), AMERICA).verdict == "allow"
    assert check(replace(US_CALL, party="unrelated", purpose="relay"), AMERICA).verdict == "block"


# ---- Britain ----


def test_breathing_space_blocks_until_its_last_day_is_over() -> None:
    london = ZoneInfo("Europe/London")
    call = replace(CALL, at=at("2026-02-01T10:00", london), zones=("Europe/London",))
    answer = check(replace(call, flags=Flags(breathing_space_until=date(2026, 3, 31))), BRITAIN)
    assert (rules(answer), answer.opens_at) == (["breathing_space"], at("2026-04-01T08:00", london))
    moment = check(replace(call, flags=Flags(breathing_space_until=at("2026-02-03T12:30", london))), BRITAIN)
    assert moment.opens_at == at("2026-02-03T12:30", london)
    service = replace(call, purpose="service", flags=Flags(breathing_space_until=date(2026, 3, 31)))
    assert check(service, BRITAIN).verdict == "allow"


# ---- where the history comes from ----


def test_history_comes_from_the_cases_events_and_keeps_what_was_undone(history) -> None:  # type: ignore[no-untyped-def]
    contacts = past_contacts(
        [
            history.call(2, "busy", party="unknown"),
            history.call(1, "no_answer", party="related"),
            history.promise(3, 1, date(2026, 12, 1)),
        ],
        debt="D1",
    )
    assert [(past.party, past.outcome, past.contact_point, past.debt) for past in contacts] == [
        ("related", "no_answer", "p1", "D1"),
        ("debtor", "busy", "p1", "D1"),
    ]


@pytest.mark.parametrize("body", ['{"ring_seconds": "long"}', '{"party": 7}', "{torn", '{"identity": {"by": "voice"}}'])
def test_a_contact_whose_record_cannot_be_read_counts_all_the_same(history, body: str) -> None:  # type: ignore[no-untyped-def]
    """A newer version may write more, or otherwise: the telephone rang."""
    event = msgspec.structs.replace(history.call(1, "no_answer"), body=body)
    assert [(past.party, past.direction, past.outcome) for past in past_contacts([event])] == [
        ("debtor", "out", "no_answer")
    ]
