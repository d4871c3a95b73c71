"""The centre's indicators are the domain's, case by case, on random books: whatever arrives in whatever order."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.central.random_books import SPAN, START, RandomBook
from workstation.central.loading import load
from workstation.desk.demo.past import as_row
from workstation.desk.indicators import BY_WHOM
from workstation.domain.indicator_case import CaseShare, Period, share_of
from workstation.domain.indicators import DEFINITIONS, Pair
from workstation.domain.money import DECIMALS
from workstation.domain.outcomes import TABLE
from workstation.domain.rulepack import load as load_pack
from workstation.domain.strategy_trial import arm_outcome, outcomes
from workstation.domain.vocabulary import STAGES

ZONE = ZoneInfo("Asia/Shanghai")
TODAY = START + timedelta(days=SPAN)
NAMES = tuple(DEFINITIONS)
PERIODS = (
    Period(date(2026, 5, 1), date(2026, 7, 31)),
    Period(date(2026, 4, 11), date(2026, 9, 2)),
    Period(date(2026, 8, 20), date(2026, 8, 20)),
    Period(date(2026, 6, 5), date(2026, 7, 4)),
    Period(date(2026, 2, 1), TODAY),
)


@pytest.fixture(scope="module")
def conn(central_of_module) -> Iterator[psycopg.Connection[Any]]:
    with central_of_module.connect() as conn:
        for number, login in enumerate(("li.na", "wang.wei", "chen.jie")):
            conn.execute(
                "INSERT INTO device (id, person_id, name) VALUES (%s, %s, 'seat')",
                [str(uuid.UUID(int=number + 1)), central_of_module.people[login]],
            )
        conn.commit()
        yield conn


def expected(book: RandomBook, period: Period, people: set[str] | None, today: date) -> dict[str, CaseShare]:
    """As a desk counts them, case by case."""
    found = {}
    for case in book.cases:
        share = share_of(case.records(), period, today, by=people, zone=ZONE)
        if people is not None and case.holder not in people:
            kept = {name: pair for name, pair in share.pairs.items() if name in BY_WHOM}
            share = CaseShare(kept, None, share.hours)
        found[case.id] = share
    return found


def counted(
    conn: psycopg.Connection[Any], book: RandomBook, period: Period, people: set[str] | None, today: date
) -> dict[str, tuple[dict[str, Pair], tuple[str, str, int] | None]]:
    scope = [case.id for case in book.cases]
    conn.execute("SELECT app.figures_ready(%s, %s::uuid[])", [today, scope])
    asked = [*period, today, None if people is None else sorted(people), scope]
    rows = conn.execute(
        "SELECT case_id::text, pairs, rolled_from, rolled_to, rolled"
        " FROM app.figure_shares(%s, %s, %s, %s::uuid[], %s::uuid[])",
        asked,
    ).fetchall()
    found = {}
    for case, pairs, before, after, amount in rows:
        shares = {name: Pair(pairs[2 * n] or 0, pairs[2 * n + 1] or 0) for n, name in enumerate(NAMES)}
        rolled = None if before is None else (STAGES[before], STAGES[after], amount)
        found[case] = ({name: pair for name, pair in shares.items() if pair != (0, 0)}, rolled)
    return found


def assert_equal(conn: psycopg.Connection[Any], book: RandomBook, today: date = TODAY) -> None:
    for period in PERIODS:
        for people in (None, {book.people[0]}, set(book.people[1:])):
            of_day = max(today, period.last)
            mine = expected(book, period, people, of_day)
            theirs = counted(conn, book, period, people, of_day)
            assert mine.keys() == theirs.keys()
            for case, share in mine.items():
                said = None if share.rolled is None else (share.rolled.before, share.rolled.after, share.rolled.amount)
                assert theirs[case] == (dict(share.pairs), said), (case, period, people)
    period = PERIODS[1]
    hours: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for share in expected(book, period, None, today).values():
        for hour, (tried, met) in share.hours.items():
            hours[hour][0] += tried
            hours[hour][1] += met
    scope = [case.id for case in book.cases]
    answer = conn.execute(
        "SELECT app.figures_as_known(%s, %s, NULL, %s::uuid[], %s)", [*period, scope, today]
    ).fetchall()[0][0]
    assert {hour: [tried, met] for hour, tried, met in answer["hours"]} == hours


def assert_arms_equal(conn: psycopg.Connection[Any], central: Any, book: RandomBook) -> None:
    """The arms of a split of treatments, as the lead whose cases these are by now is told them."""
    conn.execute(
        "UPDATE cases SET assignee_id = NULL, team_id = NULL WHERE team_id IS NOT NULL OR assignee_id IS NOT NULL"
    )
    conn.execute(
        "UPDATE cases SET team_id = %s WHERE id = ANY (%s::uuid[])",
        [central.teams["north"], [case.id for case in book.cases]],
    )
    conn.execute('SET SESSION AUTHORIZATION "chen.jie"')
    since = datetime(2026, 6, 1, tzinfo=UTC)
    told = conn.execute("SELECT * FROM app.trial_outcomes(%s)", [since]).fetchall()
    conn.execute("RESET SESSION AUTHORIZATION")
    known = [
        event for case in book.cases for event in case.events if event.kind != "contact" or event.occurred_at >= since
    ]
    assert tuple(arm_outcome(*row) for row in told) == outcomes(known)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), parts=st.integers(1, 4), day=st.integers(-40, 30))
def test_equal_to_the_domain_case_by_case(conn, central_of_module, seed: int, parts: int, day: int) -> None:
    """What is loaded piece by piece, in any order, is what the domain counts of the whole."""
    conn.rollback()
    random = Random(seed)
    people = [central_of_module.people[login] for login in ("li.na", "wang.wei", "chen.jie")]
    book = RandomBook(random, people, [str(uuid.UUID(int=n + 1)) for n in range(3)], random.randint(1, 6))
    load(conn, book.master())
    events = [as_row(event) for case in book.cases for event in case.events]
    random.shuffle(events)
    payments = book.payments()
    for part in range(parts):
        load(conn, {"case_event": events[part::parts], "payment": payments if part == parts - 1 else []})
        if random.random() < 0.3:  # the day before, so that later payments are heard of afterwards
            counted(conn, book, PERIODS[0], None, TODAY - timedelta(days=60))
    assert_equal(conn, book, TODAY + timedelta(days=day))
    assert_arms_equal(conn, central_of_module, book)


def test_names_terms_and_outcomes_are_the_domain_s(conn) -> None:
    assert tuple(conn.execute("SELECT app.figure_names()").fetchall()[0][0]) == NAMES
    terms = conn.execute("SELECT jurisdiction, currency, grace_days, tolerance, decimals FROM figure_term").fetchall()
    assert len(terms) == 3 * len(DECIMALS)
    for jurisdiction, currency, grace, tolerance, decimals in terms:
        pack = load_pack(jurisdiction)
        assert (grace, tolerance, decimals) == (pack.grace_days, pack.tolerance(currency), DECIMALS[currency])
    reached = {
        row.id: (row.reach, row.asks_identity) for row in TABLE.values() if row.reach in {"debtor", "third_party"}
    }
    assert {row[0]: row[1:] for row in conn.execute("SELECT * FROM figure_outcome")} == reached
