"""Whether what the indicators are read from is what events, payments and the bank's figures say, counted afresh."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from workstation.central.findings import Connection, Finding, each
from workstation.domain.message import msg

# Marked cases are counted before the next answer, and so are those whose judgements hold for other days only.
_DIFFERING = """
WITH ids AS (SELECT array_agg(c.id) AS ids, array_agg(date '-infinity') AS since FROM cases c
             WHERE NOT EXISTS (SELECT FROM figure_stale s WHERE s.case_id = c.id)),
days AS MATERIALIZED (SELECT d.* FROM ids, app.figure_days(ids.ids, ids.since) d),
hours AS MATERIALIZED (SELECT h.* FROM ids, app.figure_hours_of_days(ids.ids, ids.since) h),
kept_days AS (SELECT w.* FROM figure_work w, ids WHERE w.case_id = ANY (ids.ids)),
kept_hours AS (SELECT h.* FROM figure_hour h, ids WHERE h.case_id = ANY (ids.ids)),
months AS (
    SELECT case_id, author, true, date_trunc('month', day)::date, sum(attempts)::bigint, sum(met)::bigint,
           sum(reached)::bigint, sum(blocked)::bigint, sum(overridden)::bigint, sum(complaints)::bigint,
           sum(spoken)::bigint, sum(unrecorded)::bigint, sum(rated)::bigint, sum(ratings)::bigint, sum(talk)::bigint,
           sum(after_call)::bigint, sum(promised)::bigint, sum(settled)::bigint
    FROM days GROUP BY case_id, author, date_trunc('month', day)::date
),
hour_months AS (
    SELECT case_id, author, true, date_trunc('month', day)::date, hour, sum(attempts)::bigint, sum(met)::bigint
    FROM hours GROUP BY case_id, author, date_trunc('month', day)::date, hour
),
work AS (SELECT * FROM days UNION ALL SELECT * FROM months),
told AS (SELECT * FROM hours UNION ALL SELECT * FROM hour_months),
spans AS (SELECT s.* FROM ids, app.figure_spans(ids.ids) s),
kept_spans AS (SELECT s.* FROM figure_span s, ids WHERE s.case_id = ANY (ids.ids)),
judged AS (SELECT f.case_id FROM figure_case f, ids
           WHERE f.case_id = ANY (ids.ids) AND app.figure_today() >= f.known_from
             AND app.figure_today() < f.known_until),
dues AS (SELECT d.* FROM judged j, app.figure_dues(j.case_id, app.figure_today()) d),
kept_dues AS (SELECT d.* FROM figure_due d JOIN judged j ON j.case_id = d.case_id)
SELECT c.number FROM cases c WHERE c.id IN (
    SELECT case_id FROM (SELECT * FROM work EXCEPT SELECT * FROM kept_days) a
    UNION SELECT case_id FROM (SELECT * FROM kept_days EXCEPT SELECT * FROM work) b
    UNION SELECT case_id FROM (SELECT * FROM told EXCEPT SELECT * FROM kept_hours) c
    UNION SELECT case_id FROM (SELECT * FROM kept_hours EXCEPT SELECT * FROM told) d
    UNION SELECT case_id FROM (SELECT * FROM spans EXCEPT SELECT * FROM kept_spans) e
    UNION SELECT case_id FROM (SELECT * FROM kept_spans EXCEPT SELECT * FROM spans) f
    UNION SELECT case_id FROM (SELECT * FROM dues EXCEPT SELECT * FROM kept_dues) g
    UNION SELECT case_id FROM (SELECT * FROM kept_dues EXCEPT SELECT * FROM dues) h
) ORDER BY c.number LIMIT 100
"""


def _figures(conn: Connection) -> Iterator[Finding]:
    conn.execute("SET LOCAL search_path = pg_catalog, public, app")
    yield from each(
        conn.execute(_DIFFERING.encode()),
        msg(
            "What the indicators count of case {number} is not what its records say. Run “SELECT "
            "app.recount_figures()” as the owner: it is counted afresh."
        ),
        "number",
    )


FIGURES: tuple[Callable[[Connection], Iterator[Finding]], ...] = (_figures,)
