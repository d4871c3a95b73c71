"""What the gate says of wishes, hardship, visits and old debts, and how it refuses what it cannot judge."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from msgspec import structs

from tests.domain.case.gate_worlds import with_values
from workstation.domain.errors import InputError
from workstation.domain.gate import Flags, GateRequest, History, PastContact, Verdict, blocked_because, check
from workstation.domain.rulepack import RulePack, RulePackError, load

CHINA, AMERICA, BRITAIN = load("zh-CN"), load("en-US"), load("en-GB")
NOON = datetime(2026, 11, 23, 12, tzinfo=ZoneInfo("America/New_York"))
US = GateRequest(NOON, "call", "debtor", contact_point="work", zones=("America/New_York",), debt="D1")
ZH = GateRequest(datetime(2026, 11, 23, 4, tzinfo=UTC), "call", "debtor", contact_point="p1", debt="D1")


def told(answer: Verdict) -> list[tuple[str, str]]:
    return [(reason.rule, reason.level) for reason in answer.reasons]


def with_wishes(pack: RulePack) -> RulePack:
    values = {"inconvenient_place": "block", "refused_channel": "block", "in_hardship": "warn"}
    return with_values(pack, {rule: value for rule, value in values.items() if not pack.has(rule)})


# ---- wishes of the debtor ----


def test_a_place_or_medium_that_the_consumer_named_is_closed_for_good() -> None:
    pack = with_wishes(AMERICA)
    place = check(replace(US, flags=Flags(inconvenient_place=True)), pack)
    assert (place.opens_at, told(place)) == (None, [("inconvenient_place", "block")])
    medium = replace(US, flags=Flags(refused_channels=("sms",)))
    assert check(medium, pack).verdict == "allow"
    assert told(check(replace(medium, channel="sms"), pack)) == [("refused_channel", "block")]
    service = check(replace(medium, channel="sms", purpose="service"), pack)
    assert told(service) == [("refused_channel", "block")]


def test_hardship_warns_before_collecting_and_britain_names_forbearance() -> None:
    hard = replace(ZH, flags=Flags(in_hardship=True))
    assert told(check(hard, with_wishes(CHINA))) == [("in_hardship", "warn")]
    assert check(replace(hard, purpose="service"), with_wishes(CHINA)).verdict == "allow"
    british = check(replace(hard, zones=("Europe/London",), at=datetime(2026, 11, 23, 12, tzinfo=UTC)), BRITAIN)
    assert british.verdict == "warn"
    assert [reason.level for reason in british.reasons] == ["warn"]


def test_an_old_debt_may_be_asked_for_with_a_warning() -> None:
    answer = check(replace(US, flags=Flags(time_barred=True)), AMERICA)
    assert told(answer) == [("time_barred", "warn")]
    assert answer.reasons[0].source == "12 CFR 1006.26"


def test_until_the_validation_period_is_over_the_right_to_dispute_is_recalled() -> None:
    running = replace(US, flags=Flags(validation_until=date(2026, 11, 23)))
    answer = check(running, AMERICA)
    assert told(answer) == [("validation_days", "warn")]
    assert "1006.34" in answer.reasons[0].source
    assert check(replace(running, at=NOON + timedelta(days=1)), AMERICA).verdict == "allow"


def test_a_dispute_stops_americans_for_good_but_lets_service_through() -> None:
    disputed = replace(US, flags=Flags(dispute_open=True))
    answer = check(disputed, AMERICA)
    assert (told(answer), answer.opens_at) == ([("dispute_open", "block")], None)
    assert check(replace(disputed, purpose="service"), AMERICA).verdict == "allow"


def test_a_block_that_time_does_not_lift_has_no_opening_even_at_night() -> None:
    night = replace(ZH, at=datetime(2026, 11, 23, 15, tzinfo=UTC), flags=Flags(plan_in_force=True))
    answer = check(night, CHINA)
    assert told(answer) == [("plan_in_force", "block"), ("quiet_hours", "block")]
    assert answer.opens_at is None


# ---- visits and third persons ----


def test_one_person_alone_does_not_visit() -> None:
    visit = replace(ZH, channel="visit", contact_point="home")
    alone = check(replace(visit, visitors=1), CHINA)
    assert (told(alone), alone.opens_at) == ([("visit_people", "block")], None)
    assert check(replace(visit, visitors=2), CHINA).verdict == "allow"
    assert check(visit, CHINA).verdict == "allow"
    assert check(replace(visit, visitors=1, channel="call"), CHINA).verdict == "allow"


def _call(days_ago: int, outcome: str | None, **other: str) -> PastContact:
    values = {"contact_point": "p1", "debt": "D1", **other}
    return PastContact(ZH.at - timedelta(days=days_ago), "call", outcome=outcome, **values)


@pytest.mark.parametrize(
    ("between", "verdict"),
    [
        (None, "allow"),
        (_call(1, "third_party_spoken", party="related"), "block"),  # somebody answered the debtor's own number
        (_call(1, "third_party_spoken", party="related", contact_point="p9"), "allow"),  # at the other's own number
        (_call(1, "hung_up"), "block"),
        (PastContact(ZH.at - timedelta(hours=1), "sms", "in", "debtor", "p1"), "block"),  # the debtor wrote
    ],
)
def test_three_in_a_row_are_unanswered_only_when_nothing_came_between(
    between: PastContact | None, verdict: str
) -> None:
    missed = [_call(1, "no_answer"), _call(1, "no_answer"), _call(0, "no_answer")]
    if between is not None:
        missed.insert(2, between)
        missed[3] = structs.replace(missed[3], at=ZH.at - timedelta(minutes=90))
    ask = replace(ZH, party="related", purpose="locate", contact_point="p9", history=tuple(missed))
    assert check(ask, CHINA).verdict == verdict


def test_a_refusal_matters_to_third_persons_only() -> None:
    refused = Flags(third_party_refused=True)
    assert check(replace(ZH, flags=refused), CHINA).verdict == "allow"
    lost = tuple(_call(day, "no_answer") for day in (3, 2, 1))
    ask = replace(ZH, party="related", purpose="relay", contact_point="p9", history=lost)
    assert check(ask, CHINA).verdict == "allow"
    assert told(check(replace(ask, flags=refused), CHINA)) == [("third_person_refused", "block")]


# ---- what cannot be judged ----

NAIVE = PastContact(NOON.replace(tzinfo=None), "sms")
NEVER = PastContact(datetime.max.replace(tzinfo=ZoneInfo("America/New_York")), "call")


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"at": datetime(2026, 11, 23, 12)}, "naive_time", "at"),  # noqa: DTZ001  # the fault tested
        ({"zones": ("Mars/Olympus",)}, "unknown_zone", "zones"),
        ({"zones": ("",)}, "unknown_zone", "zones"),
        ({"zones": ("America",)}, "unknown_zone", "zones"),
        ({"zones": ("../etc/passwd",)}, "unknown_zone", "zones"),
        ({"channel": "pigeon"}, "bad_input", "channel"),
        ({"party": "unknown"}, "bad_input", "party"),
        ({"purpose": "chat"}, "bad_input", "purpose"),
        ({"history": (PastContact(NOON, "call"), NAIVE)}, "naive_time", "history[1].at"),
        ({"history": (NEVER,)}, "bad_input", "history[0].at"),
        ({"flags": Flags(consent_extra_calls=-1)}, "bad_input", "flags.consent_extra_calls"),
        ({"flags": Flags(refused_channels=("fax",))}, "bad_input", "flags.refused_channels"),
        ({"flags": Flags(ceased=True, consent_extra_calls=1)}, "contradictory_flags", "flags.ceased"),
        ({"flags": Flags(ceased=True, consent_out_of_hours=True)}, "contradictory_flags", "flags.ceased"),
        ({"flags": Flags(breathing_space_until=datetime(2026, 12, 1))}, "naive_time", "flags.breathing_space_until"),  # noqa: DTZ001
    ],
)  # fmt: skip
def test_what_cannot_be_judged_is_refused_by_name(change: dict[str, object], code: str, field: str) -> None:
    with pytest.raises(InputError) as caught:
        check(replace(US, **change), AMERICA)
    assert (caught.value.code, caught.value.field) == (code, field)
    assert len(caught.value.message.plain()) > 20


def test_a_pack_without_a_rule_it_needs_or_with_one_of_another_form_is_named() -> None:
    rules = {rule_id: rule for rule_id, rule in AMERICA.rules.items() if rule_id != "quiet_hours"}
    with pytest.raises(RulePackError, match="quiet_hours"):
        check(US, replace(AMERICA, rules=rules))
    with pytest.raises(RulePackError, match="calls_in_window"):
        check(US, with_values(AMERICA, {"calls_in_window": "seven"}))


def test_an_error_is_shown_as_a_block_that_says_why() -> None:
    with pytest.raises(RulePackError) as caught:
        check(US, with_values(AMERICA, {"calls_in_window": "seven"}))
    shown = blocked_because(caught.value, "en-US@2021-11-30")
    assert (shown.verdict, shown.opens_at, shown.closes_at) == ("block", None, None)
    assert (shown.remaining_today, shown.pack) == (None, "en-US@2021-11-30")
    assert told(shown) == [("bad_rule_pack", "block")]
    assert shown.reasons[0].message == caught.value.message
    assert shown.reasons[0].lasting


def test_a_history_serves_every_point_and_moment_of_its_case() -> None:
    calls = (_call(0, "no_answer"), _call(0, "no_answer", contact_point="p2"), _call(1, "no_answer"))
    history = History(calls)
    assert len(history) == 3
    for point, days, left in (("p1", 0, 5), ("p2", 0, 5), ("p3", 0, 6), ("p1", 1, 6)):
        asked = replace(ZH, contact_point=point, at=ZH.at + timedelta(days=days), history=history)
        assert check(asked, CHINA).remaining_today == left
        assert check(asked, CHINA) == check(replace(asked, history=calls), CHINA)


def test_calls_of_one_moment_count_the_same_whichever_was_told_first() -> None:
    together = [_call(1, "no_answer"), _call(1, "invalid_number")]
    for told_first in (together, together[::-1]):
        assert told(check(replace(ZH, contact_point="p1", history=tuple(told_first)), CHINA)) == [
            ("dead_point", "warn")
        ]
