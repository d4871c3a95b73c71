"""Stages by days past due, grace, and the limitation period with the events that begin it anew."""

from __future__ import annotations

from datetime import date

import pytest

from workstation.domain.limitation import Interrupting, limitation_ends
from workstation.domain.stage import days_past_due, is_overdue, stage_of

DUE = date(2023, 9, 6)


@pytest.mark.parametrize(
    ("dpd", "stage"),
    [
        *((-5, "M0"), (0, "M0"), (1, "M1"), (30, "M1"), (31, "M2"), (60, "M2"), (61, "M3"), (90, "M3")),
        *((91, "M4"), (120, "M4"), (121, "M5"), (150, "M5"), (151, "M6"), (180, "M6"), (181, "M7+"), (5000, "M7+")),
    ],
)
def test_stages_change_on_their_days(dpd: int, stage: str) -> None:
    assert stage_of(dpd) == stage


def test_days_past_due_count_from_the_first_unpaid_due_date() -> None:
    assert days_past_due(date(2026, 9, 6), date(2026, 11, 23)) == 78
    assert days_past_due(date(2026, 12, 1), date(2026, 11, 23)) == 0
    assert days_past_due(None, date(2026, 11, 23)) == 0


def test_grace_is_used_up_by_days_and_by_amount() -> None:
    def overdue(missing: int, day: int) -> bool:
        return is_overdue(date(2026, 11, 20), missing, date(2026, 11, day), grace_days=3, tolerance=1000)

    assert not overdue(50000, 23)
    assert overdue(50000, 24)
    assert not overdue(1000, 24)
    assert overdue(1001, 24)


def test_the_period_runs_from_the_due_date_until_something_interrupts_it() -> None:
    period = limitation_ends(DUE, [], date(2026, 9, 1), years=3)
    assert (period.ends, period.days_left, period.runs_from) == (date(2026, 9, 6), 5, None)


def test_the_last_interruption_counts_whatever_the_order() -> None:
    demand = Interrupting(date(2024, 3, 1), "demand", "a")
    payment = Interrupting(date(2025, 5, 5), "payment", "b")
    later = Interrupting(date(2027, 1, 1), "promise", "c")
    before_due = Interrupting(date(2023, 1, 1), "promise", "d")
    period = limitation_ends(DUE, [payment, later, demand, before_due], date(2026, 1, 1), years=3)
    assert period.runs_from == payment
    assert period.ends == date(2028, 5, 5)


def test_after_its_end_only_a_new_undertaking_reopens_it() -> None:
    after = date(2026, 9, 7)
    demand = limitation_ends(DUE, [Interrupting(after, "demand")], after, years=3)
    assert demand.expired
    assert demand.runs_from is None
    plan = Interrupting(after, "plan")
    assert limitation_ends(DUE, [plan], after, years=3).runs_from == plan
    assert limitation_ends(DUE, [plan], after, years=3, reopening=()).expired


def test_the_last_day_itself_is_still_in_time() -> None:
    last = limitation_ends(DUE, [], date(2026, 9, 6), years=3)
    assert not last.expired
    assert last.days_left == 0


def test_a_leap_day_ends_on_the_twenty_eighth() -> None:
    assert limitation_ends(date(2024, 2, 29), [], date(2024, 3, 1), years=3).ends == date(2027, 2, 28)
