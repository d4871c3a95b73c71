"""The rebalance preview: 10,000 cases over 30 people, beside the greedy rule over the same book."""

from __future__ import annotations

import uuid
from random import Random
from time import perf_counter

import pytest

from tests.benchmarks.figures import Board
from tests.benchmarks.sizes import AS_OF, SIZES
from tests.central.builders import book_rows
from tests.central.server import CentralDatabase
from tests.domain.team.greedy import greedy
from workstation.central.loading import load
from workstation.desk.reassign_book import TeamBook, TeamCase
from workstation.desk.reassign_preview import preview
from workstation.desk.reassign_views import Choice
from workstation.desk.staffing import Member
from workstation.domain.rebalance import Held, Holder, Measure, propose
from workstation.domain.staffing import Staffing

FULL = SIZES.name == "full"
CASES, PEOPLE, RUNS = (10_000, 30, 5) if FULL else (200, 5, 1)
MEASURES: tuple[Measure, ...] = ("count", "amount", "work", "stage")


def book(random: Random) -> tuple[list[Held], list[Holder]]:
    """Uneven as after a wave of leavings; skills of four sorts, a few complaints and commitments."""
    holders = [
        Holder(
            f"h{n:02}",
            capacity=random.choice([100, 100, 100, 50]),
            languages=frozenset() if n % 3 else frozenset({"zh_CN"}),
            regions=frozenset(random.sample("ABCDEF", 4)) if n % 2 else frozenset(),
            stages=frozenset() if n % 5 else frozenset({"M1", "M2", "M3"}),
            legal=n % 4 == 0,
        )
        for n in range(PEOPLE)
    ]
    held = [
        Held(
            f"c{n:05}",
            f"h{min(PEOPLE - 1, int(abs(random.gauss(0, PEOPLE / 2)))):02}",
            int(random.lognormvariate(14, 1)),
            random.randint(60, 900),
            f"M{random.randint(1, 6)}",
            "en" if random.random() < 0.1 else "zh_CN",
            random.choice("ABCDEF"),
            random.random() < 0.05,
            random.random() < 0.1,
            frozenset({f"h{random.randrange(PEOPLE):02}"}) if random.random() < 0.02 else frozenset(),
        )
        for n in range(CASES)
    ]
    return held, holders


@pytest.mark.bench
def test_the_preview_of_a_rebalance(board: Board) -> None:
    held, holders = book(Random(9))
    for measure in MEASURES:
        mine, plain = [], []
        for _ in range(RUNS):
            began = perf_counter()
            found = propose(held, holders, measure)
            mine.append(perf_counter() - began)
            began = perf_counter()
            greedy(held, holders)
            plain.append(perf_counter() - began)
        if FULL:
            assert found.spread_after <= 0.02
        note = f"spread {found.spread_before:.1%} → {found.spread_after:.2%}, {len(found.moves):,} moves"
        board.spread(f"Rebalance by {measure}, {CASES:,} cases, {PEOPLE} people", mine, aim_ms=2_000, note=note)
        board.ratio("The same / the greedy rule, which moves everything", mine, plain)


@pytest.mark.bench
def test_the_whole_preview_at_the_desk(board: Board) -> None:
    """From a choice to everybody before and after with every consequence in words, beside the shares alone."""
    held, holders = book(Random(9))
    cases = {
        one.case_id: TeamCase(
            held=one, number=one.case_id, name="某人", version=1, currency="CNY", city=one.region, promise_due=None,
            needed_on=None,
            plan=one.committed, proposal=False, appointment=False, letters=0, draft=False, dossier="",
        )
        for one in held
    }  # fmt: skip
    members = {
        one.id: Member(
            one.id, one.id, "collector", True,
            Staffing(one.capacity, None, tuple(one.languages), tuple(one.regions), tuple(one.stages), one.legal), 1,
        )
        for one in holders
    }  # fmt: skip
    team = TeamBook(cases, members, AS_OF)
    for measure in MEASURES:
        whole, shares = [], []
        for _ in range(RUNS):
            began = perf_counter()
            found = preview(team, Choice("rebalance", measure))
            whole.append(perf_counter() - began)
            began = perf_counter()
            propose(held, holders, measure)
            shares.append(perf_counter() - began)
        if FULL:
            assert found.spread_after <= 0.02
        note = f"spread {found.spread_before:.1%} → {found.spread_after:.2%}, {len(found.moves):,} moves"
        board.spread(f"Preview by {measure}, {CASES:,} cases, {PEOPLE} people", whole, aim_ms=2_000, note=note)
        board.ratio("The same / the shares alone", whole, shares)


@pytest.mark.bench
def test_the_whole_move_at_the_centre(board: Board, central: CentralDatabase) -> None:
    """Every case of the book to another holder in one transaction, and back, beside loading the same cases."""
    rows = book_rows(central, CASES)
    began = perf_counter()
    with central.connect() as conn:
        load(conn, rows)
    loading = perf_counter() - began
    ids = [row[0] for row in rows["cases"]]
    others = [central.people[login] for login in ("wang.wei", "zhao.min")]
    action = str(uuid.uuid4())
    with central.connect("chen.jie", autocommit=True) as conn:
        began = perf_counter()
        targets = [others[place % 2] for place in range(CASES)]
        query = "SELECT count(*) FROM app.rebalance(%s, %s::uuid[], %s::int[], %s::uuid[], %s) WHERE done"
        assert conn.execute(query, [action, ids, [1] * CASES, targets, "bench"]).fetchone() == (CASES,)
        moving = perf_counter() - began
        began = perf_counter()
        assert conn.execute("SELECT count(*) FROM app.undo(%s, '') WHERE done", [action]).fetchone() == (CASES,)
        undoing = perf_counter() - began
    board.spread(f"{CASES:,} cases moved at the centre", [moving])
    board.spread(f"{CASES:,} cases moved back", [undoing])
    board.ratio("Moving / loading the same cases", [moving], [loading])
