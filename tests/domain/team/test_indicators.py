"""The indicators of small books told by hand, and what holds for any book: shares add up, order does not matter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workstation.domain.events import (
    KINDS,
    Body,
    Complaint,
    Contact,
    Correction,
    Event,
    PlanDecided,
    PlanProposed,
    Promise,
    encode_body,
)
from workstation.domain.indicator_case import CaseRecords, Figures, Period, share_of
from workstation.domain.indicators import DEFINITIONS, PER_TIME, Pair, total, value
from workstation.domain.promise import Payment

TODAY = date(2026, 11, 30)
NOVEMBER = Period(date(2026, 11, 1), TODAY)
CASE = CaseRecords(
    id="case",
    opened_on=date(2026, 10, 1),
    closed_on=None,
    first_unpaid={"a": date(2026, 9, 10)},
    figures=(Figures("a", date(2026, 10, 31), 100_000, 2),),
    payments=(),
    events=(),
    grace_days=3,
    tolerance=1_000,
)


def event(name: str, day: date, body: Body, *, hour: int = 2, **columns: Any) -> Event:
    """At 10 o'clock in Shanghai, by 陈静's seat unless it says otherwise."""
    return Event(
        id=name,
        case_id="case",
        kind=KINDS[type(body)],
        occurred_at=datetime(day.year, day.month, day.day, hour, tzinfo=UTC),
        author=columns.pop("author", "chen"),
        device="d",
        body=encode_body(body),
        **columns,
    )


def spoken(name: str, day: int, outcome: str = "right_party_no_commitment", **body: Any) -> Event:
    known = Contact(party="debtor", identity=("full_name", "id_tail"), **body)
    return event(name, date(2026, 11, day), known, channel="call", outcome=outcome, duration=60)


def tried(name: str, day: int, **body: Any) -> Event:
    return event(name, date(2026, 11, day), Contact(**body), channel="call", outcome="no_answer")


def promise(name: str, day: int, amount: int, due: int, **columns: Any) -> Event:
    made = Promise(currency="CNY")
    return event(name, date(2026, 11, day), made, amount=amount, due_on=date(2026, 11, due), **columns)


def paid(day: int, amount: int, name: str = "") -> Payment:
    return Payment(name or f"p{day}", date(2026, 11, day), amount, "a")


def pairs(case: CaseRecords, **given: Any) -> Mapping[str, Pair]:
    return share_of(case, given.pop("period", NOVEMBER), given.pop("today", TODAY), **given).pairs


def test_every_indicator_of_the_trade_is_defined() -> None:
    named = {
        "repayment_rate", "recovery_rate", "success_rate", "average_due", "average_dpd", "weighted_dpd",
        "satisfaction", "complaint_rate", "right_party_rate", "promise_rate", "kept_rate", "kept_rate_amount",
        "coverage", "penetration", "cure_rate", "plan_kept_rate",
    }  # fmt: skip
    assert named <= set(DEFINITIONS)
    assert {row.group for row in DEFINITIONS.values()} == {"recovery", "quality", "contact", "work", "conduct"}


def test_what_is_overdue_is_the_bank_s_figure_less_what_came_since() -> None:
    case = replace(CASE, payments=(paid(10, 30_000),))
    assert pairs(case)["recovery_rate"] == (30_000, 100_000)
    assert pairs(case)["average_due"] == (70_000, 1)
    assert pairs(case)["average_dpd"] == (81, 1)
    assert pairs(case)["weighted_dpd"] == (81 * 70_000, 70_000)


def test_what_was_taken_back_was_not_recovered() -> None:
    back = Payment("back", date(2026, 11, 12), -30_000, "a", reverses="p10")
    assert pairs(replace(CASE, payments=(paid(10, 30_000), back)))["recovery_rate"] == (0, 100_000)


def test_a_case_that_came_within_the_period_counts_with_its_first_figures() -> None:
    case = replace(
        CASE,
        opened_on=date(2026, 11, 10),
        figures=(Figures("a", date(2026, 11, 10), 50_000, 1),),
        payments=(paid(20, 500),),
    )
    assert pairs(case)["recovery_rate"] == (500, 50_000)


@pytest.mark.parametrize(("left", "cured"), [(1_000, 1), (1_001, 0)])
def test_within_the_tolerance_a_case_is_back_to_current(left: int, cured: int) -> None:
    case = replace(CASE, payments=(paid(10, 100_000 - left),), events=(tried("t", 5),))
    assert pairs(case)["cure_rate"] == (cured, 1)
    assert pairs(case)["success_rate"] == (cured, 1)
    assert pairs(replace(case, events=()))["cure_rate"] == (cured, 1)
    assert "success_rate" not in pairs(replace(case, events=()))


def test_the_bank_s_word_that_nothing_is_late_cures() -> None:
    case = replace(CASE, figures=(*CASE.figures, Figures("a", date(2026, 11, 25), 80_000, 0)))
    share = share_of(case, NOVEMBER, TODAY)
    assert share.pairs["cure_rate"] == (1, 1)
    assert share.rolled == ("M2", "M0", 100_000)


def test_kept_and_broken_promises_count_once_they_are_not_open() -> None:
    case = replace(
        CASE,
        events=(promise("one", 2, 20_000, 5), promise("two", 6, 30_000, 10), promise("open", 25, 10_000, 28)),
        payments=(paid(4, 20_000), paid(9, 12_000)),
    )
    found = pairs(case)
    assert found["kept_rate"] == (1, 2)  # the third closes on 1 December
    assert found["kept_rate_amount"] == (32_000, 50_000)
    assert found["repayment_rate"] == (32_000, 50_000)
    assert pairs(case, today=date(2026, 12, 2))["kept_rate"] == (1, 3)


def test_a_promise_is_due_in_the_period_of_its_day_not_in_that_of_its_making() -> None:
    made = event("p", date(2026, 10, 20), Promise(currency="CNY"), amount=5_000, due_on=date(2026, 11, 2))
    assert pairs(replace(CASE, events=(made,)))["kept_rate"] == (0, 1)
    october = Period(date(2026, 10, 1), date(2026, 10, 31))
    assert "kept_rate" not in pairs(replace(CASE, events=(made,)), period=october)


def test_contacts_are_counted_by_what_came_of_them() -> None:
    case = replace(
        CASE,
        events=(
            tried("1", 3),
            tried("2", 4, verdict="block"),
            tried("3", 5, verdict="warn", override_reason="He asked for it."),
            spoken("4", 6, recording="r1", satisfaction=5),
            spoken("5", 7, satisfaction=2),
            promise("6", 7, 1_000, 9),
            event("7", date(2026, 11, 8), Complaint(state="open", text="…")),
        ),
    )
    found = pairs(case)
    assert found["right_party_rate"] == (2, 5)
    assert found["blocked_rate"] == (1, 5)
    assert found["overridden_rate"] == (1, 5)
    assert found["recording_missing_rate"] == (1, 2)
    assert found["satisfaction"] == (7, 2)
    assert found["promise_rate"] == (1, 2)
    assert found["complaint_rate"] == (1, 5)
    assert found["coverage"] == (1, 1)
    assert found["penetration"] == (5, 1)


def test_a_telephone_passed_on_is_one_attempt() -> None:
    case = replace(CASE, events=(tried("1", 3), spoken("2", 3, same_call="1")))
    assert pairs(case)["penetration"] == (1, 1)


def test_what_was_taken_back_is_not_counted() -> None:
    undo = event("u", date(2026, 11, 3), Correction(what="undo"), hour=3, answers="1")
    assert pairs(replace(CASE, events=(tried("1", 3), undo)))["penetration"] == (0, 1)


def test_a_day_is_the_counter_s_day() -> None:
    late = event("1", date(2026, 10, 31), Contact(), hour=17, channel="call", outcome="no_answer")  # 1 November, 01:00
    share = share_of(replace(CASE, events=(late,)), NOVEMBER, TODAY)
    assert share.pairs["penetration"] == (1, 1)
    assert share.hours == {1: (1, 0)}


def test_of_one_person_only_their_own_work_counts() -> None:
    case = replace(CASE, events=(tried("1", 3), spoken("2", 4), promise("3", 4, 1_000, 6, author="li")))
    mine, theirs = pairs(case, by={"chen"}), pairs(case, by={"li"})
    assert mine["penetration"] == (2, 1)
    assert "kept_rate" not in mine
    assert theirs["penetration"] == (0, 1)
    assert theirs["kept_rate"] == (0, 1)
    assert mine["average_due"] == theirs["average_due"]


def plan(*, method: str = "interest_free", decided: tuple[tuple[str, int], ...]) -> tuple[Event, ...]:
    """Three instalments of 10,000 on 5, 15 and 25 November, proposed on the 1st; what was decided on which day."""
    schedule = [{"n": n, "due": f"2026-11-{day:02}", "amount": "100.00"} for n, day in enumerate((5, 15, 25), start=1)]
    proposed = PlanProposed(
        request={"method": method, "currency": "CNY", "as_of": "2026-11-01"}, result={"schedule": schedule}
    )
    made = event("plan", date(2026, 11, 1), proposed, amount=30_000)
    return (
        made,
        *(
            event(
                f"d{n}",
                date(2026, 11, day),
                PlanDecided(decision=what, consent="signed"),  # type: ignore[arg-type]
                hour=4,
                answers="plan",
            )
            for n, (what, day) in enumerate(decided)
        ),
    )


def test_instalments_of_a_plan_count_when_paid_on_time() -> None:
    case = replace(CASE, events=plan(decided=(("agreed", 1),)), payments=(paid(5, 10_000), paid(20, 10_000)))
    # The second came on the 20th, two days after its grace: paid, but late.
    assert pairs(case)["plan_kept_rate"] == (1, 3)
    assert pairs(case)["repayment_rate"] == (10_000, 30_000)


def test_instalments_of_a_plan_that_is_over_count_until_its_end() -> None:
    case = replace(CASE, events=plan(decided=(("agreed", 1), ("terminated", 20))), payments=(paid(5, 10_000),))
    assert pairs(case)["plan_kept_rate"] == (1, 2)
    whole = plan(decided=(("agreed", 1), ("completed", 26)))
    kept = replace(CASE, events=whole, payments=(paid(5, 10_000), paid(15, 10_000), paid(25, 10_000)))
    assert pairs(kept)["plan_kept_rate"] == (3, 3)


def test_a_completed_settlement_is_a_success() -> None:
    events = (*plan(method="settlement", decided=(("agreed", 1), ("completed", 26))), tried("t", 2))
    assert pairs(replace(CASE, events=events))["success_rate"] == (1, 1)
    other = (*plan(decided=(("agreed", 1), ("completed", 26))), tried("t", 2))
    assert pairs(replace(CASE, events=other))["success_rate"] == (0, 1)


def test_a_closed_case_is_held_until_its_last_day_and_not_open() -> None:
    closed = replace(CASE, closed_on=date(2026, 11, 10))
    assert pairs(closed)["coverage"] == (0, 1)
    assert "average_due" not in pairs(closed)
    assert pairs(replace(CASE, closed_on=date(2026, 10, 31))) == {}


def test_time_signed_in_divides_the_work() -> None:
    sums = total([pairs(replace(CASE, events=(spoken("1", 3, after_seconds=30), tried("2", 3))))], signed_in=7_200)
    assert value("attempts_per_hour", sums["attempts_per_hour"]) == Decimal("1.00")
    assert value("cases_per_hour", sums["cases_per_hour"]) == Decimal("0.50")
    assert value("talk_share", sums["talk_share"]) == Decimal("0.0083")
    assert value("after_call_share", sums["after_call_share"]) == Decimal("0.0042")


def test_nothing_divided_by_nothing_is_no_figure() -> None:
    assert all(value(name, pair) is None for name, pair in total([]).items())


# ---- any book ----

DAYS = st.integers(0, 80).map(lambda n: date(2026, 9, 20) + timedelta(days=n))
BODIES = st.one_of(
    st.builds(
        Contact,
        direction=st.sampled_from(["out", "in"]),
        party=st.sampled_from(["debtor", "unknown", "related"]),
        identity=st.sampled_from([(), ("full_name",), ("full_name", "id_tail")]),
        verdict=st.sampled_from([None, "allow", "warn", "block"]),
        override_reason=st.sampled_from(["", "why"]),
        recording=st.sampled_from(["", "r"]),
        satisfaction=st.none() | st.integers(1, 5),
        after_seconds=st.none() | st.integers(0, 600),
    ),
    st.builds(Promise, currency=st.just("CNY")),
    st.builds(Complaint, state=st.sampled_from(["open", "answered"])),
    st.builds(Correction, what=st.just("undo")),
)


@st.composite
def cases(draw: st.DrawFn) -> CaseRecords:
    bodies = draw(st.lists(st.tuples(DAYS, BODIES, st.integers(0, 23)), max_size=12))
    events = []
    for n, (day, body, hour) in enumerate(bodies):
        columns: dict[str, Any] = {}
        if isinstance(body, Contact):
            outcome = draw(st.sampled_from(["no_answer", "promise_to_pay", "complaint", "disputes_debt", "busy"]))
            columns = {"channel": draw(st.sampled_from(["call", "visit", "sms"])), "outcome": outcome}
        elif isinstance(body, Promise):
            columns = {"amount": draw(st.integers(1, 90_000)), "due_on": draw(DAYS)}
        elif isinstance(body, Correction):
            columns = {"answers": f"e{draw(st.integers(0, max(0, n - 1)))}"}
        author = draw(st.sampled_from(["chen", "li"]))
        events.append(event(f"e{n}", day, body, hour=hour, author=author, **columns))
    figures = draw(
        st.lists(
            st.builds(Figures, st.sampled_from("ab"), DAYS, st.integers(0, 200_000), st.integers(0, 9)), max_size=5
        )
    )
    payments = draw(st.lists(st.tuples(DAYS, st.integers(-20_000, 60_000), st.sampled_from("ab")), max_size=6))
    opened = draw(DAYS)
    return CaseRecords(
        id=draw(st.uuids()).hex,
        opened_on=opened,
        closed_on=draw(st.none() | DAYS.filter(lambda day: day >= opened)),
        first_unpaid={account: draw(st.none() | DAYS) for account in "ab"},
        figures=tuple({(row.account, row.as_of): row for row in figures}.values()),
        payments=tuple(Payment(f"p{n}", day, amount, account) for n, (day, amount, account) in enumerate(payments)),
        events=tuple(events),
        grace_days=3,
        tolerance=1_000,
    )


PERIODS = st.tuples(DAYS, DAYS).map(lambda days: Period(min(days), max(days)))
LAST = date(2026, 12, 31)
SHARES = {row.id for row in DEFINITIONS.values() if row.unit == "share"} - {"promise_rate", "recovery_rate", *PER_TIME}


@given(st.lists(cases(), max_size=3), PERIODS)
@settings(max_examples=150)
def test_shares_lie_between_nothing_and_all(book: list[CaseRecords], period: Period) -> None:
    for name, pair in total(share_of(case, period, LAST).pairs for case in book).items():
        if name in SHARES:
            assert 0 <= pair.numerator <= pair.denominator


@given(cases(), PERIODS, st.randoms())
@settings(max_examples=150)
def test_the_order_of_records_does_not_matter(case: CaseRecords, period: Period, random: Any) -> None:
    def mixed(rows: Any) -> tuple[Any, ...]:
        rows = list(rows)
        random.shuffle(rows)
        return tuple(rows)

    other = replace(case, events=mixed(case.events), payments=mixed(case.payments), figures=mixed(case.figures))
    assert share_of(case, period, LAST) == share_of(other, period, LAST)


@given(cases(), PERIODS)
@settings(max_examples=150)
def test_two_people_s_work_is_everybody_s(case: CaseRecords, period: Period) -> None:
    chen, li, both = (share_of(case, period, LAST, by=by).pairs for by in ({"chen"}, {"li"}, {"chen", "li"}))
    assert both == share_of(case, period, LAST).pairs
    for name in ("right_party_rate", "kept_rate", "kept_rate_amount", "satisfaction", "complaint_rate", "promise_rate"):
        parts = [of.get(name, Pair(0, 0)) for of in (chen, li)]
        assert tuple(map(sum, zip(*parts, strict=True))) == both.get(name, (0, 0))


@given(cases(), PERIODS)
@settings(max_examples=100)
def test_what_lies_outside_the_period_changes_no_contact_figure(case: CaseRecords, period: Period) -> None:
    inside = replace(case, events=tuple(e for e in case.events if _touches(e, period)))
    before, after = share_of(case, period, LAST), share_of(inside, period, LAST)
    assert before.hours == after.hours
    for name in ("right_party_rate", "penetration", "satisfaction", "complaint_rate", "recovery_rate", "average_due"):
        assert before.pairs.get(name) == after.pairs.get(name)


def _touches(found: Event, period: Period) -> bool:
    day = (found.occurred_at + timedelta(hours=8)).date()
    return period.holds(day) or found.kind == "correction"


def test_bodies_of_newer_versions_are_counted_as_nothing() -> None:
    unknown = msgspec.structs.replace(tried("1", 3), kind="hologram")
    assert pairs(replace(CASE, events=(unknown,)))["penetration"] == (0, 1)
