"""Cases shared out anew: nobody gets what they may not have, nothing is lost, and the loads come out even."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.team.greedy import greedy
from workstation.domain.rebalance import Held, Holder, Measure, Proposal, propose, why_not

MEASURES: tuple[Measure, ...] = ("count", "amount", "work", "stage")
IDS = ("chen", "li", "ma", "gao")


def case(name: str, holder: str | None, amount: int = 1_000, **known: object) -> Held:
    return Held(name, holder, amount, 60, **{"stage": "M2", **known})  # type: ignore[arg-type]


def many(count: int, holder: str | None, amount: int = 1_000, **known: object) -> list[Held]:
    return [case(f"{holder}{n}", holder, amount, **known) for n in range(count)]


def counts(proposal: Proposal) -> dict[str, int]:
    return {holder: load.cases for holder, load in proposal.after.items()}


def test_a_leave_shares_one_person_s_cases_among_the_others() -> None:
    held = [*many(12, "sun"), *many(4, "chen"), *many(8, "li")]
    found = propose(held, [Holder("chen"), Holder("li"), Holder("sun")], "count", leaving={"sun"}, only_theirs=True)
    assert counts(found) == {"chen": 12, "li": 12, "sun": 0}
    assert {move.before for move in found.moves} == {"sun"}


def test_on_a_leave_what_was_agreed_stays_with_whom_it_was_agreed() -> None:
    held = [*many(3, "sun"), case("promised", "sun", committed=True)]
    holders = [Holder("chen"), Holder("sun")]
    assert propose(held, holders, "count", leaving={"sun"}).stay == ("promised",)
    gone = propose(held, holders, "count", leaving={"sun"}, keep_commitments=False)
    assert counts(gone) == {"chen": 4, "sun": 0}
    assert [move.case_id for move in gone.moves if move.committed] == ["promised"]


def test_no_more_is_moved_than_evenness_takes() -> None:
    found = propose([*many(10, "chen"), *many(6, "li")], [Holder("chen"), Holder("li")], "count")
    assert len(found.moves) == 2
    assert counts(found) == {"chen": 8, "li": 8}


def test_half_a_desk_holds_half_as_much() -> None:
    found = propose(many(30, None), [Holder("chen"), Holder("li", capacity=50)], "count")
    assert counts(found) == {"chen": 20, "li": 10}


def test_whoever_is_away_keeps_theirs_and_gets_nothing() -> None:
    held = [*many(10, "chen"), *many(2, "li"), *many(4, "ma")]
    found = propose(held, [Holder("chen"), Holder("li"), Holder("ma", away=True)], "count")
    assert counts(found) == {"chen": 6, "li": 6, "ma": 4}


def test_a_case_goes_away_from_whom_it_complains_about_whatever_was_agreed() -> None:
    held = [case("angry", "chen", committed=True, not_with=frozenset({"chen"})), *many(3, "li")]
    found = propose(held, [Holder("chen"), Holder("li")], "count")
    assert next(move for move in found.moves if move.case_id == "angry").after == "li"
    assert "angry" not in {move.case_id for move in found.moves if move.after == "chen"}


def test_what_nobody_may_take_is_named_with_what_is_in_the_way() -> None:
    held = [case("english", None, language="en"), case("court", None, legal=True)]
    found = propose(held, [Holder("chen", languages=frozenset({"zh_CN"}), legal=False)], "count")
    assert {row.case_id: row.why for row in found.unplaced} == {"english": "language", "court": "legal"}


def test_a_limit_holds_and_the_rest_is_named() -> None:
    found = propose(many(10, None), [Holder("chen", most=3), Holder("li", most=4)], "count")
    assert counts(found) == {"chen": 3, "li": 4}
    assert [row.why for row in found.unplaced] == ["full"] * 3


@pytest.mark.parametrize("holders", [[], [Holder("chen", away=True)]])
def test_with_nobody_to_take_them_cases_stay_where_they_are(holders: list[Holder]) -> None:
    found = propose([*many(3, "chen"), case("new", None)], holders, "count")
    assert not found.moves
    assert [row.case_id for row in found.unplaced] == ["new"]


def test_by_stage_everybody_gets_of_every_stage() -> None:
    held = [case(f"{stage}{n}", "chen", stage=stage) for stage in ("M1", "M3", "M7+") for n in range(20)]
    found = propose(held, [Holder("chen"), Holder("li")], "stage")
    assert found.after["chen"].stages == found.after["li"].stages == {"M1": 10, "M3": 10, "M7+": 10}


def test_skills_make_greed_unfair_and_the_program_even() -> None:
    """The big cases are anybody's, the small ones the English speaker's, who has had half of the big ones by then."""
    held = [case(f"any{n}", None, 10_000, language="zh_CN") for n in range(20)]
    held += [case(f"en{n}", None, 9_000, language="en") for n in range(10)]
    holders = [Holder("a"), Holder("b", languages=frozenset({"zh_CN"}))]
    loads = greedy(held, holders)
    assert max(loads.values()) - min(loads.values()) > 80_000
    found = propose(held, holders, "amount")
    assert abs(found.after["a"].amount - found.after["b"].amount) <= 10_000


# ---- any book ----

HOLDERS = st.lists(
    st.builds(
        Holder,
        st.sampled_from(IDS),
        capacity=st.sampled_from([50, 100]),
        most=st.none() | st.integers(0, 12),
        languages=st.sampled_from([frozenset(), frozenset({"zh_CN"})]),
        stages=st.sampled_from([frozenset(), frozenset({"M1", "M2"})]),
        legal=st.booleans(),
        away=st.booleans(),
    ),
    max_size=4,
    unique_by=lambda holder: holder.id,
)


@st.composite
def books(draw: st.DrawFn) -> list[Held]:
    rows = draw(
        st.lists(
            st.tuples(
                st.none() | st.sampled_from(IDS),
                st.integers(0, 10**9),
                st.integers(0, 900),
                st.sampled_from(["M1", "M2", "M7+"]),
                st.sampled_from(["", "zh_CN", "en"]),
                st.booleans(),
                st.booleans(),
                st.sampled_from([frozenset(), frozenset({"chen"})]),
            ),
            max_size=40,
        )
    )
    return [
        Held(f"c{n:02}", holder, amount, work, stage, language, "", legal, committed, against)
        for n, (holder, amount, work, stage, language, legal, committed, against) in enumerate(rows)
    ]


@given(books(), HOLDERS, st.sampled_from(MEASURES), st.sets(st.sampled_from(IDS), max_size=2), st.booleans())
@settings(max_examples=200)
def test_whatever_the_book_no_rule_is_broken(
    held: list[Held], holders: list[Holder], measure: Measure, leaving: set[str], keep: bool
) -> None:
    found = propose(held, holders, measure, leaving=leaving, keep_commitments=keep)
    by_id, rows = {holder.id: holder for holder in holders}, {row.case_id: row for row in held}
    ends = {row.case_id: row.holder for row in held}
    for move in found.moves:
        row = rows[move.case_id]
        assert move.before == row.holder != move.after
        assert move.after not in leaving
        assert why_not(row, by_id[move.after]) is None
        if row.committed and row.holder is not None and row.holder not in row.not_with:
            assert row.holder in leaving
            assert not keep
        ends[move.case_id] = move.after
    before = Counter(row.holder for row in held)
    after = Counter(ends.values())
    for holder in holders:
        assert found.after[holder.id].cases == after[holder.id]
        assert found.before[holder.id].cases == before[holder.id]
        if holder.most is not None and after[holder.id] > before[holder.id]:
            assert after[holder.id] <= holder.most
    assert len({move.case_id for move in found.moves}) == len(found.moves)
    for row in found.unplaced:
        assert rows[row.case_id].holder is None or rows[row.case_id].holder in leaving
        assert row.case_id not in {move.case_id for move in found.moves}


@given(books(), HOLDERS, st.sampled_from(MEASURES), st.randoms())
@settings(max_examples=60)
def test_the_same_book_in_another_order_is_shared_out_as_evenly(
    held: list[Held], holders: list[Holder], measure: Measure, random: Random
) -> None:
    assert propose(held, holders, measure) == propose(held, holders, measure)
    other = held[:]
    random.shuffle(other)
    one, two = propose(held, holders, measure), propose(other, holders, measure)
    assert len(one.unplaced) == len(two.unplaced)


@pytest.mark.parametrize("measure", MEASURES)
def test_a_large_book_comes_out_within_two_percent(measure: Measure) -> None:
    random = Random(20261130)
    holders = [
        Holder(
            f"h{n:02}",
            capacity=random.choice([100, 100, 50]),
            languages=frozenset() if n % 3 else frozenset({"zh_CN"}),
            regions=frozenset(random.sample("ABCDEF", 4)) if n % 2 else frozenset(),
            stages=frozenset() if n % 5 else frozenset({"M1", "M2", "M3"}),
            legal=n % 4 == 0,
        )
        for n in range(20)
    ]
    held = [
        Held(
            f"c{n:05}",
            f"h{min(19, int(abs(random.gauss(0, 8)))):02}",
            int(random.lognormvariate(14, 1)),
            random.randint(60, 900),
            f"M{random.randint(1, 6)}",
            "en" if random.random() < 0.1 else "zh_CN",
            random.choice("ABCDEF"),
            random.random() < 0.05,
            random.random() < 0.05,
        )
        for n in range(4_000)
    ]
    found = propose(held, holders, measure)
    assert found.spread_before > 0.5
    assert found.spread_after <= 0.02
