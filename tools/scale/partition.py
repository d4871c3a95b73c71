"""`case_event` divided by its id, which carries the time of writing: tried beside the whole one in a scratch schema."""

# ruff: noqa: S608 - every name in these statements is written in this file
from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import psycopg

from tools.scale.fill import Size
from tools.scale.seats import trial_id

SEAT, TURNS = 7, 30
_MADE = """
DROP SCHEMA IF EXISTS parted CASCADE;
CREATE SCHEMA parted;
CREATE TABLE parted.case_event (LIKE public.case_event INCLUDING DEFAULTS, PRIMARY KEY (id)) PARTITION BY RANGE (id);
"""


def run(superuser_dsn: str, size: Size, parts: int, say: Callable[[str], None] = print) -> None:
    """A copy in `parts` ranges of the time of writing; then the delta's query and the door's look-up on each."""
    with psycopg.connect(superuser_dsn, autocommit=True) as conn:
        for setting in ("statement_timeout = 0", "synchronous_commit = off", "maintenance_work_mem = '512MB'"):
            conn.execute(f"SET {setting}".encode())
        conn.execute(_MADE)
        row = conn.execute(
            "SELECT percentile_disc((SELECT array_agg(p::float8 / %s) FROM generate_series(1, %s - 1) p))"
            " WITHIN GROUP (ORDER BY id::text) FROM case_event TABLESAMPLE SYSTEM (1)",
            [parts, parts],
        ).fetchone()
        bounds = ["MINVALUE", *(f"'{bound}'" for bound in (row[0] if row else [])), "MAXVALUE"]
        for n in range(parts):
            conn.execute(
                f"CREATE TABLE parted.e{n} PARTITION OF parted.case_event"
                f" FOR VALUES FROM ({bounds[n]}) TO ({bounds[n + 1]})".encode()
            )
        began = time.perf_counter()
        conn.execute("INSERT INTO parted.case_event SELECT * FROM case_event")
        conn.execute("CREATE INDEX ON parted.case_event (case_id, xid)")
        conn.execute("VACUUM (ANALYZE) parted.case_event")
        say(f"{size.events:,} events in {parts} parts after {time.perf_counter() - began:.0f} s")
        for label, table in (("whole", "public.case_event"), (f"{parts} parts", "parted.case_event")):
            delta, known = _delta_ms(conn, table), _look_up_ms(conn, table)
            say(f"{label:28} delta {delta:6.2f} ms, look-up of 500 ids {known:6.2f} ms")
        for n in range(parts - 1):  # closed months: what is in them was written before
            top = _count(conn, f"SELECT max(xid::text::bigint) FROM parted.e{n}")
            conn.execute(f"ALTER TABLE parted.e{n} ADD CHECK (xid <= '{top}'::xid8)".encode())
        say(f"{'the old ones closed by CHECK':28} delta {_delta_ms(conn, 'parted.case_event'):6.2f} ms")
        conn.execute("DROP SCHEMA parted CASCADE")


def _delta_ms(conn: psycopg.Connection[Any], table: str) -> float:
    """The query of a pull in which nothing is new, with the cases as the policies give them."""
    since = _count(conn, "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
    query = (
        f"SELECT count(*) FROM {table} WHERE case_id = ANY (ARRAY(SELECT case_id FROM case_scope"
        f" WHERE holder_id = '{trial_id('person', SEAT)}' AND revoked_at IS NULL))"
        f" AND xid >= '{since}'::xid8 AND xid < '{since + 1}'::xid8"
    )
    return _median_ms(conn, query)


def _look_up_ms(conn: psycopg.Connection[Any], table: str) -> float:
    """What push_events asks of every event: is its id here already."""
    return _median_ms(
        conn,
        f"SELECT count(k.id) FROM (SELECT id FROM case_event LIMIT 500 OFFSET 5000) i"
        f" LEFT JOIN LATERAL (SELECT e.id FROM {table} e WHERE e.id = i.id LIMIT 1) k ON true",
    )


def _median_ms(conn: psycopg.Connection[Any], query: str) -> float:
    taken = []
    for _ in range(TURNS):
        began = time.perf_counter()
        conn.execute(query.encode())
        taken.append(time.perf_counter() - began)
    return 1000 * statistics.median(taken)


def _count(conn: psycopg.Connection[Any], query: str) -> int:
    row = conn.execute(query.encode()).fetchone()
    return int(row[0]) if row else 0
