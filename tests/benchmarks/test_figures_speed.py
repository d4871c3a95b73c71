"""The indicators of a million events at the centre: asked of what is kept, beside the same counted from the events."""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests.benchmarks.figures import Board
from tests.benchmarks.sizes import SIZES
from tests.central.server import CentralServer
from tools.scale.fill import Size, fill
from workstation.central import admin

FULL = SIZES.name == "full"
SIZE = Size(10_000) if FULL else Size(40, 20)
EVENTS = 1_000_000 if FULL else 2_000
RUNS = 7 if FULL else 1
FIRST, LAST = "2025-12-01", "2026-11-30"  # every event lies within
MONTH = ("2026-10-01", "2026-10-31")
ODD = ("2026-01-13", "2026-11-12")  # days at both ends

_EVENTS = """
INSERT INTO case_event (id, case_id, kind, occurred_at, author, device, channel, outcome, amount, due_on, duration,
                        body, offset_ms, prev_hash, hash)
SELECT gen_random_uuid(), trial.id('case', i %% %(cases)s), v.kind,
       timestamptz '2025-12-01Z' + interval '1 hour' * v.hour,
       trial.id('person', i %% %(seats)s), trial.id('device', i %% %(seats)s), 'call',
       CASE WHEN v.kind = 'contact' THEN (ARRAY['no_answer', 'busy', 'no_answer', 'right_party_no_commitment',
                                                'third_party_spoken', 'promise_to_pay'])[1 + i / 7 %% 6] END,
       CASE v.kind WHEN 'promise' THEN 120000 END,
       CASE v.kind WHEN 'promise' THEN date '2025-12-06' + (v.hour / 24)::integer END,
       CASE v.kind WHEN 'contact' THEN 60 + (i %% 240)::integer END,
       CASE v.kind WHEN 'contact' THEN '{"party":"debtor","verdict":"allow","recording":"R","after_seconds":40,'
                                       '"note":"愿意分期处理"}'
            WHEN 'promise' THEN '{"currency":"CNY"}' ELSE '{"text":"好"}' END::json, 0, '', i::text
FROM generate_series(1, %(events)s) i,
     LATERAL (SELECT CASE WHEN i / 13 %% 25 = 3 THEN 'promise' WHEN i / 13 %% 5 = 4 THEN 'note'
                     ELSE 'contact' END AS kind, i::bigint * 8700 / %(events)s AS hour) v
"""
_MONEY = (
    """
    INSERT INTO balance_snapshot (id, case_id, account_id, as_of, principal, interest, penalty, fees, costs,
                                  months_past_due)
    SELECT gen_random_uuid(), trial.id('case', n), trial.id('account', n), date '2025-12-01' + m * 30,
           4000000 + n %% 100000, 500000, 0, 0, 0, (n + m) %% 7
    FROM generate_series(0, %(cases)s - 1) n, generate_series(0, 10) m
    """,
    """
    INSERT INTO payment (id, case_id, account_id, value_date, amount, reference)
    SELECT gen_random_uuid(), trial.id('case', n), trial.id('account', n),
           date '2025-12-05' + m * 60 + (n %% 25)::integer,
           120000, 'P' || n || '/' || m
    FROM generate_series(0, %(cases)s - 1) n, generate_series(0, 5) m
    """,
)


@pytest.fixture(scope="module")
def filled(central_server: CentralServer) -> Iterator[psycopg.Connection[object]]:
    superuser, name = central_server.server.superuser_dsn, "bench_figures"
    admin.drop(superuser, name)
    fill(superuser, name, SIZE, say=lambda _: None)
    with psycopg.connect(make_conninfo(superuser, dbname=name), autocommit=True) as conn:
        conn.execute("SET statement_timeout = 0")
        conn.execute("SET session_replication_role = replica")
        conn.execute("ALTER TABLE case_event DISABLE TRIGGER append_only")
        conn.execute("TRUNCATE case_event CASCADE")
        # Made again when the rows are in; the one that counting needs among them.
        indexes = conn.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = 'case_event'"
            " AND indexname LIKE 'ix%'"
        ).fetchall()
        for index, _ in indexes:
            conn.execute(f'DROP INDEX "{index}"'.encode())
        numbers = {"cases": SIZE.cases, "seats": SIZE.seats, "events": EVENTS}
        for statement in (*_MONEY, _EVENTS):
            conn.execute(statement.encode(), numbers)
        for _, definition in indexes:
            conn.execute(definition.encode())
        conn.execute("RESET session_replication_role")
        conn.execute("VACUUM (ANALYZE)")
        yield conn
    admin.drop(superuser, name)


def seconds(conn: psycopg.Connection[object], query: str) -> float:
    began = perf_counter()
    conn.execute(query.encode()).fetchall()
    return perf_counter() - began


@pytest.mark.bench
@pytest.mark.timeout(1800)
def test_indicators_of_a_million_events(filled: psycopg.Connection[object], board: Board) -> None:
    whole = seconds(filled, "SELECT app.recount_figures()")
    filled.execute("VACUUM (ANALYZE)")
    board.spread(f"Indicators: everything counted afresh, {EVENTS:,} events", [whole])

    def asked(first: str, last: str, people: str = "NULL") -> str:
        return f"SELECT app.figures_as_known('{first}', '{last}', {people}, NULL, '2026-11-30')"

    # The same twenty columns added up from the events where they lie: what every answer would cost.
    plain = (
        "SELECT count(*) FILTER (WHERE e.attempt), count(*) FILTER (WHERE e.met), sum(e.talk)"
        " FROM (SELECT array_agg(id) AS ids, array_agg(date '-infinity') AS since FROM cases) c,"
        " app.figure_events(c.ids, c.since) e"
    )
    year, month, odd, person, events = [], [], [], [], []
    for turn in range(RUNS + 1):
        found = (
            seconds(filled, asked(FIRST, LAST)),
            seconds(filled, asked(*MONTH)),
            seconds(filled, asked(*ODD)),
            seconds(filled, asked(FIRST, LAST, "ARRAY[trial.id('person', 0)]")),
        )
        if turn:  # the first warms up
            for kept, value in zip((year, month, odd, person), found, strict=True):
                kept.append(value)
    for _ in range(min(RUNS, 3)):
        events.append(seconds(filled, plain))
    board.spread(f"All indicators at the centre, {EVENTS:,} events in the period", year, aim_ms=1_000)
    board.ratio("The same / counting the contacts from the events", year, events)
    board.spread("The same, a month of it", month, aim_ms=1_000)
    board.spread("The same, days at both ends", odd, aim_ms=1_000)
    board.spread("The same, of one person", person, aim_ms=1_000)
