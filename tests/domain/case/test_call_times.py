"""The parts of a call: never negative, never longer than it lasted, and read back as they are shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.domain.call_times import LONGEST_SECONDS, CallTimes, as_length, measured, read_length
from workstation.domain.errors import InputError

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def test_ring_talk_and_write_up_follow_each_other() -> None:
    assert measured(at(100), at(0), at(12), at(75)) == CallTimes(12, 63, 25)
    assert measured(at(30), at(0)) == CallTimes(30, None, None)
    assert measured(at(30), at(0), ended=at(20)) == CallTimes(20, None, 10)
    assert measured(at(30), None) == CallTimes()


def test_who_spoke_without_being_marked_as_answered_talked_from_the_dialling_on() -> None:
    assert measured(at(90), at(0), connected=True) == CallTimes(None, 90, None)
    assert measured(at(90), at(0), at(10), connected=True) == CallTimes(10, 80, None)


@given(st.lists(st.floats(-1e5, 1e5), min_size=3, max_size=3), st.floats(-1e5, 1e5), st.booleans())
def test_no_clock_makes_a_part_negative_or_endless(moments: list[float], now: float, connected: bool) -> None:
    times = measured(at(now), *map(at, moments), connected=connected)  # type: ignore[misc]
    assert all(part is not None and 0 <= part <= LONGEST_SECONDS for part in times)


@given(st.integers(0, LONGEST_SECONDS))
def test_a_length_is_read_as_it_is_shown(seconds: int) -> None:
    assert read_length(as_length(seconds)) == seconds
    assert read_length(f" {seconds} s") == seconds
    assert read_length(f"{seconds}秒") == seconds


@pytest.mark.parametrize("entry", ["", "2:60", "4:00:01", "-5", "2.5", "9" * 400, "soon", "1:2:3:4", "14401"])
def test_what_is_no_length_is_refused_with_the_form_expected(entry: str) -> None:
    with pytest.raises(InputError, match="2:05"):
        read_length(entry)
