"""The search for the smallest value that fits, from anywhere near or far: exact, and in few trials when it is near."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from workstation.domain.plan_methods import smallest

VALUES = st.integers(-50, 50) | st.integers(-(10**15), 10**15)


@given(st.lists(VALUES, min_size=3, max_size=3).map(sorted), st.none() | VALUES)
@example([0, 7, 20], 10)
@example([0, 8, 20], 10)
@example([0, 13, 20], 10)
def test_it_is_the_smallest_wherever_it_is_looked_for(bounds: list[int], near: int | None) -> None:
    low, answer, high = bounds
    tried: list[int] = []

    def fits(value: int) -> bool:
        tried.append(value)
        return value >= answer

    assert smallest(low, high, fits, near=near) == answer
    assert all(low <= value <= high for value in tried)


@given(st.integers(0, 10**15), st.integers(-4, 4))
def test_near_the_answer_a_handful_of_trials_find_it(answer: int, apart: int) -> None:
    trials = 0

    def fits(value: int) -> bool:
        nonlocal trials
        trials += 1
        return value >= answer

    assert smallest(0, 10**15, fits, near=answer + apart) == answer
    assert trials <= 8
