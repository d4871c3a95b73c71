"""Out of contact: three calls in a row or three days running without an answer, until the debtor is reached."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.domain.contactability import Contactability
from workstation.domain.outcomes import Reach

MONDAY = date(2026, 11, 23)
Calls = list[tuple[int, Reach]]  # days after Monday, and who was reached
histories = st.lists(
    st.tuples(st.integers(0, 6), st.sampled_from(("nobody", "cut_off", "third_party", "debtor"))), max_size=12
).map(sorted)


def after(calls: Calls, *, row: int = 3, days: int = 3) -> Contactability:
    reach = Contactability(row, days)
    for day, who in calls:
        reach.call(MONDAY + timedelta(days=day), who)
    return reach


@pytest.mark.parametrize(
    ("calls", "lost"),
    [
        ([(0, "nobody"), (0, "nobody")], False),
        ([(0, "nobody"), (0, "nobody"), (0, "nobody")], True),
        ([(0, "nobody"), (3, "nobody"), (6, "nobody")], True),  # in a row, whatever lies between
        ([(0, "nobody"), (0, "nobody"), (0, "cut_off"), (0, "nobody")], False),  # somebody took the call
        ([(0, "nobody"), (0, "third_party"), (0, "nobody"), (0, "nobody")], False),
        ([(0, "cut_off"), (1, "cut_off"), (2, "cut_off")], True),  # three days running
        ([(0, "cut_off"), (1, "cut_off"), (3, "cut_off")], False),  # a day was left out
        ([(0, "cut_off"), (1, "third_party"), (2, "cut_off")], False),
        ([(0, "nobody"), (0, "nobody"), (0, "nobody"), (1, "third_party")], True),  # a stranger does not end it
        ([(0, "nobody"), (0, "nobody"), (0, "nobody"), (1, "debtor")], False),
        ([(0, "nobody"), (0, "nobody"), (1, "debtor"), (1, "nobody")], False),
    ],
)
def test_who_is_out_of_contact(calls: Calls, lost: bool) -> None:
    assert after(calls).lost is lost


@given(histories, st.integers(1, 4), st.integers(1, 4))
def test_larger_limits_never_lose_a_debtor_sooner(calls: Calls, row: int, days: int) -> None:
    if after(calls, row=row + 1, days=days + 1).lost:
        assert after(calls, row=row, days=days).lost


@given(histories)
def test_reaching_the_debtor_begins_anew(calls: Calls) -> None:
    reach = after([*calls, (7, "debtor")])
    assert (reach.lost, reach.streak) == (False, 0)
    assert reach == Contactability()
