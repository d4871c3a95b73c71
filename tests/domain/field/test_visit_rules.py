"""Positions as people write them, times that can be, signatures as text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.domain.errors import InputError
from workstation.domain.labels import LABELS
from workstation.domain.outcomes import TABLE
from workstation.domain.signature import HEIGHT, WIDTH, ink, read_strokes, strokes_text
from workstation.domain.visit import Position
from workstation.domain.visit_rules import (
    CONDUCT_CHECKS,
    RESULTS,
    VISITS,
    read_position,
    times_fault,
    written_position,
)  # fmt: skip

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("31.2304, 121.4737", (31.2304, 121.4737)),
        ("31.2304，121.4737", (31.2304, 121.4737)),
        ("31.2304 121.4737", (31.2304, 121.4737)),
        ("31.2304N 121.4737E", (31.2304, 121.4737)),
        ("S33.8568, E151.2153", (-33.8568, 151.2153)),
        ("40.6892° N, 74.0445° W", (40.6892, -74.0445)),
        ("北纬31.2304 东经121.4737", (31.2304, 121.4737)),
        ("31°13'49\"N 121°28'25\"E", (31.230278, 121.473611)),
        ("121°28′25″E, 31°13′49″N", (31.230278, 121.473611)),
        ("-33.8568, 151.2153", (-33.8568, 151.2153)),
    ],
)
def test_a_position_is_read_as_people_write_it(text: str, read: tuple[float, float]) -> None:
    assert read_position(text) == read


@pytest.mark.parametrize(
    "text", ["", "here", "31.2304", "91.0, 10.0", "10.0, 181.0", "N31.2N, 121.4", "31°13'N 30°10'N", "1," * 60]
)
def test_what_is_no_position_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_position(text)


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_a_position_that_is_written_is_read_again(latitude: float, longitude: float) -> None:
    where = Position(latitude=round(latitude, 6), longitude=round(longitude, 6), source="device")
    assert read_position(written_position(where)) == (where.latitude, where.longitude)


@given(st.text(max_size=90))
def test_any_text_is_a_position_or_refused(text: str) -> None:
    try:
        latitude, longitude = read_position(text)
    except InputError:
        return
    assert abs(latitude) <= 90
    assert abs(longitude) <= 180


@given(st.timedeltas(timedelta(days=-20), timedelta(days=2)), st.timedeltas(timedelta(hours=-1), timedelta(hours=15)))
def test_times_are_right_when_the_visit_was_short_and_lately_and_before_now(ago: timedelta, stayed: timedelta) -> None:
    arrived = NOW + ago
    left = arrived + stayed
    right = (
        arrived <= NOW and left <= NOW and NOW - arrived <= timedelta(days=14)
        and timedelta() <= stayed <= timedelta(hours=12)
    )  # fmt: skip
    assert (times_fault(arrived, left, NOW) is None) == right


def test_everything_asked_has_its_words_and_every_result_is_an_outcome() -> None:
    assert set(RESULTS) == set(VISITS)
    assert {key for vocabulary, key in LABELS if vocabulary == "visit_conduct"} == set(CONDUCT_CHECKS)
    for visit, results in RESULTS.items():
        assert not [result for result in results if result not in TABLE or TABLE[result].visit], visit


strokes = st.lists(
    st.lists(st.tuples(st.floats(-50, WIDTH + 50), st.floats(-50, HEIGHT + 50)), min_size=1, max_size=30), max_size=6
)


@given(strokes)
def test_a_signature_comes_back_as_it_was_drawn(drawn: list[list[tuple[float, float]]]) -> None:
    text = strokes_text(drawn)
    try:
        back = read_strokes(text)
    except InputError:
        kept = [[(min(max(x, 0), WIDTH), min(max(y, 0), HEIGHT)) for x, y in line] for line in drawn]
        assert ink(kept) < 80 + 8 * sum(map(len, kept))  # too little to be one, give or take what was left out
        return
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for line in back for x, y in line)
    assert len(back) == len(drawn)
    for before, after in zip(drawn, back, strict=True):
        inside = [(min(max(x, 0), WIDTH), min(max(y, 0), HEIGHT)) for x, y in before]
        assert max(abs(after[0][0] - inside[0][0]), abs(after[0][1] - inside[0][1])) <= 0.5
        assert max(abs(after[-1][0] - inside[-1][0]), abs(after[-1][1] - inside[-1][1])) <= 3.5


@pytest.mark.parametrize(
    "text", ["", "1,2;", "1,2 x", "1001,5 3,4", "5,361 100,100", "1,1 2,2", "1,1 " * 9000, "-1,1 9,9"]
)
def test_what_is_no_signature_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_strokes(text)
