"""Numbers of dossiers: read back however typed, one wrong sign is seen; the state of a paper is its latest mark."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.domain.dossier import NUMBERS, SIGNS, number_of, papers, read_number
from workstation.domain.errors import InputError
from workstation.domain.events import DossierMark, Event, encode_body

START = datetime(2026, 11, 23, 1, tzinfo=UTC)
TODAY = date(2026, 11, 23)
seeds = st.integers(0, NUMBERS - 1)


@given(seeds)
def test_a_number_is_read_however_it_is_typed(seed: int) -> None:
    number = number_of(seed)
    assert read_number(f"  {number.lower().replace('-', ' ')} ") == number


@given(seeds, st.integers(0, 9), st.sampled_from(SIGNS))
def test_one_wrong_sign_is_seen(seed: int, place: int, sign: str) -> None:
    signs = list(number_of(seed).replace("-", ""))
    if signs[place] == sign:
        return
    signs[place] = sign
    with pytest.raises(InputError):
        read_number("".join(signs))


@given(seeds, st.integers(0, 8))
def test_two_signs_that_changed_places_are_seen(seed: int, place: int) -> None:
    signs = list(number_of(seed).replace("-", ""))
    if signs[place] == signs[place + 1]:
        return
    signs[place], signs[place + 1] = signs[place + 1], signs[place]
    with pytest.raises(InputError):
        read_number("".join(signs))


@pytest.mark.parametrize("typed", ["", "7KQF2", "0" * 10, "字" * 10, "<b>7KQF2-M9X4P</b>", "=1+1", "A" * 100_000])
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(InputError) as refused:
        read_number(typed)
    assert refused.value.field == "number"


def test_different_seeds_give_different_numbers() -> None:
    assert len({number_of(seed) for seed in range(0, NUMBERS, NUMBERS // 5000)}) == 5001


def mark(case: str, hours: int, **body: object) -> Event:
    made = DossierMark(**{"number": "7", **body})  # type: ignore[arg-type]
    return Event(
        id=f"{case}-{hours}-{body.get('state')}",
        case_id=case,
        kind="dossier",
        occurred_at=START + timedelta(hours=hours),
        author="anna",
        device="d",
        body=encode_body(made),
    )


PRINTED = [mark(case, 0, state="printed", expires_on=TODAY + timedelta(days=3), stops=2) for case in "ab"]


def test_a_paper_is_out_then_expired_then_back() -> None:
    (paper,) = papers(PRINTED, TODAY)
    assert (paper.state, paper.cases, paper.stops, paper.away) == ("out", ("a", "b"), 2, True)
    assert papers(PRINTED, TODAY + timedelta(days=3))[0].state == "out"
    assert papers(PRINTED, TODAY + timedelta(days=4))[0].state == "expired"
    back = [*PRINTED, mark("a", 5, state="returned"), mark("b", 5, state="returned")]
    assert papers(reversed(back), TODAY + timedelta(days=9))[0].state == "returned"


def test_what_was_lost_stays_so_until_it_came_back_and_is_remembered() -> None:
    lost = [*PRINTED, mark("a", 5, state="lost", reason="left in the bus")]
    (paper,) = papers(lost, TODAY)
    assert (paper.state, paper.reason, paper.was_lost, paper.case) == ("lost", "left in the bus", True, "a")
    (paper,) = papers([*lost, mark("b", 6, state="returned")], TODAY)
    assert (paper.state, paper.was_lost, paper.mark) == ("returned", True, "a-5-lost")


def test_a_return_on_a_case_that_was_not_in_it_says_nothing() -> None:
    assert papers([*PRINTED, mark("c", 5, state="returned")], TODAY)[0].state == "out"
    assert papers([mark("a", 5, state="returned")], TODAY) == []
