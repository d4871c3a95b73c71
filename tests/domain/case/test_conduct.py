"""Contacts judged again with all that is known: what blocks is a breach, whatever the light showed at the seat."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from workstation.domain.conduct import Finding, Whose, findings
from workstation.domain.events import KINDS, Body, Contact, Correction, Dispute, Event, Letter, Reviewed, encode_body
from workstation.domain.rulepack import load

ZONE = ZoneInfo("Asia/Shanghai")
MORNING = datetime(2026, 11, 23, 10, tzinfo=ZONE).astimezone(UTC)
OWN, WIFE = "10000000-0000-4000-8000-000000000001", "10000000-0000-4000-8000-000000000002"
POINTS = {OWN: Whose("debtor", "Asia/Shanghai"), WIFE: Whose("related", "Asia/Shanghai")}
PACK = load("zh-CN")


def event(number: int, body: Body, at: datetime, **columns: Any) -> Event:
    return Event(
        id=f"20000000-0000-4000-8000-{number:012}", case_id="c", kind=KINDS[type(body)], occurred_at=at, author="a",
        device="d", body=encode_body(body), **columns,
    )  # fmt: skip


def call(number: int, at: datetime, outcome: str = "no_answer", point: str = OWN, **body: Any) -> Event:
    return event(number, Contact(party="debtor", **body), at, channel="call", outcome=outcome, contact_point=point)


def judged(*events: Event, since: datetime = MORNING - timedelta(days=30)) -> list[Finding]:
    return findings(events, POINTS, lambda _day: PACK, ZONE, since)


def rules(found: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.event.id[-2:], finding.reasons[0].rule) for finding in found]


def test_the_seventh_unanswered_call_of_all_seats_is_a_breach_though_each_seat_saw_green() -> None:
    calls = [call(n, MORNING + timedelta(minutes=10 * n), verdict="allow") for n in range(7)]
    assert rules(judged(*calls)) == [("06", "unanswered_per_point_day")]
    assert judged(*calls[::-1]) == judged(*calls), "in whatever order they arrive"
    assert judged(*calls[1:]) == []


def test_a_call_at_night_is_a_breach_and_says_what_the_person_said() -> None:
    night = datetime(2026, 11, 22, 22, 30, tzinfo=ZONE).astimezone(UTC)
    (found,) = judged(call(1, night, verdict="block", override_reason="asked to be called late"))
    assert (found.level, found.shown, found.said) == ("block", "block", "asked to be called late")
    assert "指引" in found.reasons[0].source


def test_a_dispute_warns_of_the_calls_after_it_and_not_of_those_before() -> None:
    before = call(1, MORNING)
    dispute = event(2, Dispute(state="open", about="amount"), MORNING + timedelta(minutes=1))
    after = call(3, MORNING + timedelta(minutes=2), verdict="warn", override_reason="to answer the dispute")
    over = event(4, Dispute(state="answered"), MORNING + timedelta(minutes=3))
    later = call(5, MORNING + timedelta(minutes=4))
    (found,) = judged(before, dispute, after, over, later)
    assert (found.event, found.level, found.said) == (after, "warn", "to answer the dispute")


def test_a_third_person_before_the_debtor_is_out_of_contact_is_a_breach() -> None:
    assert rules(judged(call(1, MORNING, "third_party_spoken", WIFE))) == [("01", "third_person")]


def test_a_letter_is_judged_like_any_contact() -> None:
    letter = Letter(template="demand", version="1", language="en", sha256="", pages=1, context={})
    night = datetime(2026, 11, 22, 23, 0, tzinfo=ZONE).astimezone(UTC)
    assert rules(judged(event(1, letter, night, channel="letter"))) == [("01", "quiet_hours")]


def test_incoming_contacts_and_old_ones_are_not_judged() -> None:
    night = datetime(2026, 11, 22, 23, 0, tzinfo=ZONE).astimezone(UTC)
    assert judged(call(1, night, direction="in")) == []
    assert judged(call(1, night), since=MORNING) == []


def test_what_was_looked_into_says_so() -> None:
    night = datetime(2026, 11, 22, 23, 0, tzinfo=ZONE).astimezone(UTC)
    made = call(1, night)
    note = event(2, Reviewed(text="spoke to her"), MORNING, answers=made.id)
    (found,) = judged(made, note)
    assert found.reviewed == "spoke to her"


def test_a_contact_taken_back_was_made_all_the_same() -> None:
    night = datetime(2026, 11, 22, 23, 0, tzinfo=ZONE).astimezone(UTC)
    made = call(1, night)
    undone = event(2, Correction(what="undo"), night + timedelta(minutes=1), answers=made.id)
    assert len(judged(made, undone)) == 1


@given(
    st.lists(st.tuples(st.integers(0, 2000), st.sampled_from(["no_answer", "right_party_no_commitment"])), max_size=14)
)
def test_more_calls_before_never_make_a_breach_good(moments: list[tuple[int, str]]) -> None:
    calls = [call(n, MORNING + timedelta(minutes=at), outcome) for n, (at, outcome) in enumerate(moments)]
    before = {finding.event.id for finding in judged(*calls) if finding.level == "block"}
    more = [*calls, call(99, MORNING - timedelta(hours=1))]
    assert before <= {finding.event.id for finding in judged(*more) if finding.level == "block"}
