"""A plan watched: each instalment against the money, whatever the order it is told in, and what is to be done next."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from workstation.domain.case_values import CaseState, Instalment, PlanMade, PromiseMade, judged
from workstation.domain.errors import InputError
from workstation.domain.plan_watch import PlanStanding, chain, re_aged, standing
from workstation.domain.promise import Payment

AGREED = date(2026, 11, 2)
DUES = (date(2026, 11, 30), date(2026, 12, 30), date(2027, 1, 30))
PLAN = PlanMade(
    id="p",
    proposed_at=datetime(2026, 11, 1, tzinfo=UTC),
    author="chen",
    stage="agreed",
    method="interest_free",
    currency="CNY",
    agreed_on=AGREED,
    consent="signed",
    instalments=tuple(Instalment(due=due, amount=160_000) for due in DUES),
)


def paid(number: int, day: date, amount: int, reverses: str | None = None) -> Payment:
    return Payment(f"pay{number}", day, amount, reverses=reverses)


def at(
    today: date,
    *payments: Payment,
    plan: PlanMade = PLAN,
    promises: tuple[PromiseMade, ...] = (),
    reminded_on: date | None = None,
    remind_from: date | None = None,
) -> PlanStanding:
    state = CaseState(plans=(plan,), promises=promises)
    judgement = judged(state, payments, today, grace_days=3, tolerance=1000)
    return standing(plan, judgement, payments, today, reminded_on=reminded_on, remind_from=remind_from)


def states(found: PlanStanding) -> list[str]:
    return [row.state for row in found.rows]


def test_before_anything_is_due_it_is_agreed_and_waits() -> None:
    found = at(date(2026, 11, 10))
    assert (found.stage, states(found)) == ("agreed", ["coming"] * 3)
    assert (found.step.what, found.step.on) == ("wait", DUES[0])
    assert (found.left, found.behind, found.over) == (480_000, 0, 0)


def test_the_first_due_day_makes_it_active_and_grace_is_given() -> None:
    found = at(DUES[0])
    assert (found.stage, states(found)) == ("active", ["due", "coming", "coming"])
    assert (found.step.what, found.step.on) == ("grace", date(2026, 12, 3))
    assert states(at(date(2026, 12, 3)))[0] == "due"  # the last day of grace
    assert states(at(date(2026, 12, 4)))[0] == "missed"


def test_early_money_makes_it_active_too() -> None:
    found = at(date(2026, 11, 10), paid(1, date(2026, 11, 9), 100_000))
    assert (found.stage, states(found)) == ("active", ["part_paid", "coming", "coming"])
    assert found.rows[0].missing == 60_000


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (date(2026, 11, 29), "paid_early"),
        (DUES[0], "paid"),
        (date(2026, 12, 3), "paid"),
        (date(2026, 12, 4), "paid_late"),
    ],
)
def test_an_instalment_is_paid_early_in_time_or_late(day: date, state: str) -> None:
    found = at(date(2026, 12, 10), paid(1, day, 160_000))
    assert (states(found)[0], found.rows[0].paid_on) == (state, day)
    assert found.missed == ()


def test_ten_yuan_short_is_enough_and_a_cent_more_is_not() -> None:
    assert states(at(DUES[0], paid(1, DUES[0], 159_000)))[0] == "paid"
    assert states(at(DUES[0], paid(1, DUES[0], 158_999)))[0] == "part_paid"


def test_an_excess_carries_to_the_next_and_says_so() -> None:
    found = at(date(2026, 12, 1), paid(1, DUES[0], 200_000))
    assert states(found) == ["over_paid", "part_paid", "coming"]
    assert (found.rows[0].carried, found.rows[1].missing) == (40_000, 120_000)


def test_late_money_pays_the_missed_instalment_before_the_next() -> None:
    found = at(date(2027, 1, 4), paid(1, date(2026, 12, 20), 160_000))
    assert states(found) == ["paid_late", "missed", "coming"]


def test_the_last_one_paid_completes_it_and_what_is_over_is_told() -> None:
    found = at(date(2026, 12, 1), paid(1, DUES[0], 500_000))
    assert (found.stage, found.step.what, found.over, found.left) == ("completed", "complete", 20_000, 0)


def test_a_payment_taken_back_is_missed_again() -> None:
    money = paid(1, DUES[0], 160_000)
    assert at(date(2026, 12, 10), money).missed == ()
    found = at(date(2026, 12, 10), money, paid(2, date(2026, 12, 8), -160_000, "pay1"))
    assert states(found)[0] == "missed"
    assert found.behind == 160_000


def test_after_a_miss_comes_one_reminder_then_some_days_then_the_lead() -> None:
    today = date(2026, 12, 5)
    assert at(today).step.what == "remind_missed"
    assert at(today, reminded_on=date(2026, 12, 3)).step.what == "remind_missed"  # that was before it was missed
    waits = at(today, reminded_on=date(2026, 12, 4))
    assert (waits.step.what, waits.step.on) == ("wait_reminder", date(2026, 12, 7))
    assert at(date(2026, 12, 7), reminded_on=date(2026, 12, 4)).step.what == "report_breach"
    assert at(date(2026, 12, 7), plan=replace(PLAN, stage="breached")).step.what == "decide"


def test_the_next_instalment_is_reminded_of_when_the_house_says() -> None:
    waits = at(date(2026, 11, 26), remind_from=date(2026, 11, 27))
    assert (waits.step.what, waits.step.on) == ("wait", date(2026, 11, 27))
    assert at(date(2026, 11, 27), remind_from=date(2026, 11, 27)).step.what == "remind"


def test_a_breached_plan_that_is_paid_up_after_all_is_completed() -> None:
    breached = replace(PLAN, stage="breached")
    assert at(date(2026, 12, 20), plan=breached).stage == "breached"
    assert at(date(2026, 12, 20), paid(1, date(2026, 12, 15), 480_000), plan=breached).stage == "completed"


@pytest.mark.parametrize("stage", ["proposed", "approved", "rejected", "terminated", "cancelled", "replaced"])
def test_a_plan_that_is_not_in_force_takes_no_money(stage: str) -> None:
    found = at(date(2027, 1, 1), paid(1, DUES[0], 160_000), plan=replace(PLAN, stage=stage))
    assert (found.stage, states(found), found.step.what) == (stage, ["coming"] * 3, "none")


def test_a_down_payment_is_watched_before_the_first_instalment() -> None:
    down = Instalment(due=date(2026, 11, 1), amount=50_000)  # paid on the day of the proposal, signed the day after
    plan = replace(PLAN, down_payment=down)
    found = at(date(2026, 11, 10), paid(1, date(2026, 11, 1), 50_000), plan=plan)
    assert [(row.n, row.state) for row in found.rows][:2] == [(0, "paid"), (1, "coming")]


def test_an_older_promise_takes_its_money_first_and_a_later_one_shares_the_plan_s() -> None:
    def promise(day: date) -> PromiseMade:
        return PromiseMade(
            id=f"m{day}", made_at=datetime(day.year, day.month, day.day, tzinfo=UTC), made_on=day, amount=160_000,
            currency="CNY", due=DUES[0], author="chen",
        )  # fmt: skip

    older, later = promise(date(2026, 10, 30)), promise(date(2026, 11, 20))
    money = (paid(1, DUES[0], 160_000),)
    for made, expected in ((older, "missed"), (later, "paid")):
        state = CaseState(plans=(PLAN,), promises=(made,))
        judgement = judged(state, money, date(2026, 12, 10), grace_days=3, tolerance=1000)
        assert [row.status for row in judgement.promises] == ["kept"]
        assert states(standing(PLAN, judgement, money, date(2026, 12, 10)))[0] == expected


# ---- moving on ----


def test_moving_on_keeps_what_is_paid_and_every_amount() -> None:
    found = at(date(2027, 1, 10), paid(1, DUES[0], 160_000))
    moved = re_aged(found, date(2027, 2, 28), "monthly")
    assert [(row.due, row.amount) for row in moved] == [
        (DUES[0], 160_000), (date(2027, 2, 28), 160_000), (date(2027, 3, 28), 160_000)
    ]  # fmt: skip
    again = at(date(2027, 1, 10), paid(1, DUES[0], 160_000), plan=replace(PLAN, instalments=moved, re_aged=1))
    assert states(again) == ["paid", "coming", "coming"]


def test_moving_on_needs_something_to_move_and_a_day_after_what_is_paid() -> None:
    with pytest.raises(InputError, match="nothing to move"):
        re_aged(at(date(2026, 12, 1), paid(1, DUES[0], 480_000)), date(2027, 2, 1), "monthly")
    with pytest.raises(InputError, match="must come after"):
        re_aged(at(date(2026, 12, 10), paid(1, DUES[0], 160_000)), DUES[0], "monthly")


def test_renegotiated_plans_are_a_chain() -> None:
    second = replace(PLAN, id="q", replaces="p", stage="agreed")
    state = CaseState(plans=(replace(PLAN, stage="replaced"), second))
    assert [plan.id for plan in chain(state)] == ["q", "p"]
    loop = CaseState(plans=(replace(PLAN, replaces="q", stage="replaced"), second))  # a forged one ends too
    assert [plan.id for plan in chain(loop)] == ["q", "p"]


# ---- properties ----

MONEY = st.lists(
    st.tuples(st.integers(0, 120), st.integers(1, 300_000), st.booleans()), max_size=8
)  # days after the agreement, minor units, taken back?


def payments_of(drawn: list[tuple[int, int, bool]]) -> list[Payment]:
    rows = []
    for number, (days, amount, back) in enumerate(drawn):
        day = AGREED + timedelta(days=days)
        rows.append(paid(number, day, amount))
        if back:
            rows.append(Payment(f"back{number}", day + timedelta(days=1), -amount, reverses=f"pay{number}"))
    return rows


@given(MONEY, st.integers(0, 140), st.randoms(use_true_random=False))
def test_no_money_counts_twice_in_whatever_order_it_is_told(drawn, days, shuffled) -> None:
    rows = payments_of(drawn)
    today = AGREED + timedelta(days=days)
    found = at(today, *rows)
    came = sum(row.amount for row in rows if row.value_date <= today)
    assert 0 <= found.paid <= max(0, came)
    assert found.paid + found.over <= max(0, came)
    assert all(0 <= row.paid <= row.amount for row in found.rows)
    shuffled.shuffle(rows)
    assert at(today, *rows) == found


@given(MONEY, st.integers(0, 140))
def test_a_payment_that_was_taken_back_leaves_no_trace(drawn, days) -> None:
    today = AGREED + timedelta(days=days)
    kept = [row for row in payments_of(drawn) if not row.id.startswith("back")]
    back = {row.reverses for row in payments_of(drawn) if row.reverses and row.value_date <= today}
    left = [row for row in kept if row.id not in back]
    assert at(today, *payments_of(drawn)).rows == at(today, *left).rows


@given(MONEY, st.integers(0, 140), st.integers(1, 50_000))
def test_more_money_never_makes_a_plan_stand_worse(drawn, days, more) -> None:
    today = AGREED + timedelta(days=days)
    rows = [row for row in payments_of(drawn) if row.amount > 0]
    found, better = at(today, *rows), at(today, *rows, Payment("zz", today, more))
    assert better.left <= found.left
    assert len(better.missed) <= len(found.missed)


@given(MONEY)
def test_the_older_instalment_is_always_filled_before_the_next(drawn) -> None:
    found = at(date(2027, 3, 1), *payments_of(drawn))
    for before, after in zip(found.rows, found.rows[1:], strict=False):
        assert after.paid == 0 or before.paid >= before.amount - 1000
