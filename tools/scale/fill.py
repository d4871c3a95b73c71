"""A large book made inside the server: a million cases in minutes, since no row crosses the wire."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from workstation.central import admin

SEAT_CASES = 500  # of one collector
TEAM_SEATS = 20
EVENTS_PER_CASE = 10
PASSWORD = "one password for every trial seat"  # noqa: S105 - a server on the loopback, deleted after the trial
CHUNK = 100_000  # events in one transaction

# Ids follow from numbers, so that a seat of the load finds its own without asking.
_FUNCTIONS = """
CREATE SCHEMA trial;
CREATE FUNCTION trial.id(kind text, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT md5(kind || '/' || n)::uuid $$;
-- As the program's: milliseconds first, so that ids lie in the index as they come.
CREATE FUNCTION trial.event_id(i bigint, ms bigint) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (lpad(to_hex(ms), 12, '0') || '7' || substr(m, 1, 3) || 'b' || substr(m, 4, 15))::uuid
    FROM md5('event/' || i) m
$$;
CREATE FUNCTION trial.hash(i bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT CASE WHEN i < 0 THEN '' ELSE encode(sha256(int8send(i)), 'hex') END $$;
"""

_PEOPLE = """
INSERT INTO team (id, name) SELECT trial.id('team', t), 'team ' || t FROM generate_series(0, {teams} - 1) t;
INSERT INTO person (id, login, name, role, team_id, active)
SELECT trial.id('person', s), 'seat' || s, '催收员' || s, 'collector', trial.id('team', s / {per_team}), true
FROM generate_series(0, {seats} - 1) s;
INSERT INTO device (id, person_id, name, chain_head)
SELECT trial.id('device', s), trial.id('person', s), 'trial', trial.hash({events}::bigint - {seats} + s)
FROM generate_series(0, {seats} - 1) s;
INSERT INTO book (id, bank, name, currency, jurisdiction, as_of, daily_rate, compound, contact)
VALUES (trial.id('book', 0), '示例银行', '2026-11', 'CNY', 'zh-CN', '2026-11-01', '0.0005', false,
        '{{"phone":"95000"}}');
"""

_ROLES = """
DO $$
DECLARE
    s integer;
BEGIN
    FOR s IN 0 .. {seats} - 1 LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'seat' || s) THEN
            EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD %L IN ROLE ws_collector',
                           'seat' || s, {verifier});
        END IF;
    END LOOP;
END $$
"""

# Case n is of seat n modulo the seats: a collector's cases lie all over the book, as after a year of reassignments.
_BOOK = (
    """
    INSERT INTO cases (id, book_id, number, opened_on, assignee_id, team_id, version)
    SELECT trial.id('case', n), trial.id('book', 0), 'C' || lpad(n::text, 8, '0'), date '2026-01-01' + (n % 300)::int,
           trial.id('person', n % {seats}), trial.id('team', n % {seats} / {per_team}), 1
    FROM generate_series(0, {cases} - 1) n
    """,
    """
    INSERT INTO case_scope (case_id, holder_kind, holder_id)
    SELECT trial.id('case', n), 'person', trial.id('person', n % {seats}) FROM generate_series(0, {cases} - 1) n
    UNION ALL
    SELECT trial.id('case', n), 'team', trial.id('team', n % {seats} / {per_team})
    FROM generate_series(0, {cases} - 1) n
    """,
    """
    INSERT INTO debtor (id, case_id, reference, name, sex, birth_date, id_number, language, city, employer)
    SELECT trial.id('debtor', n), trial.id('case', n), 'R' || n, '张' || chr(20013 + (n % 3000)::int), 'male',
           date '1970-01-01' + (n % 12000)::int, lpad((110101 * 1000000000000 + n)::text, 18, '0'), 'zh_CN', '上海',
           '示例制造有限公司' || n % 977
    FROM generate_series(0, {cases} - 1) n
    """,
    """
    INSERT INTO account (id, case_id, number, credit_limit, opened_on, statement_day, first_unpaid_due)
    SELECT trial.id('account', n), trial.id('case', n), '622848' || lpad(n::text, 10, '0'), 5000000, '2020-01-01',
           20, date '2026-09-05' - (n % 90)::int
    FROM generate_series(0, {cases} - 1) n
    """,
    """
    INSERT INTO balance_snapshot (id, case_id, account_id, as_of, principal, interest, penalty, fees, costs,
                                  months_past_due)
    SELECT trial.id('balance', n), trial.id('case', n), trial.id('account', n), '2026-11-01', 4128000 + n % 100000,
           510244, 223083, 0, 0, (n % 6 + 1)::int
    FROM generate_series(0, {cases} - 1) n
    """,
    """
    INSERT INTO contact_point (id, case_id, kind, label, value, time_zone, source, rank)
    SELECT trial.id('contact' || k, n), trial.id('case', n), 'phone', CASE k WHEN 0 THEN 'mobile' ELSE 'work' END,
           '138' || k || lpad((n % 10000000)::text, 7, '0'), 'Asia/Shanghai', 'contract', k
    FROM generate_series(0, {cases} - 1) n, generate_series(0, 1) k
    """,
)

# Day by day over the whole book, so that the events of one case lie as far apart as they do in life. Event i follows
# event i - seats: the same device's one before.
_EVENTS = """
INSERT INTO case_event (id, case_id, kind, occurred_at, author, device, contact_point, channel, outcome, amount, due_on,
                        duration, body, pack, offset_ms, prev_hash, hash, received_at)
SELECT trial.event_id(i, ms), trial.id('case', i % {cases}), v.kind, to_timestamp(ms / 1000.0),
       trial.id('person', i % {seats}), trial.id('device', i % {seats}),
       CASE v.kind WHEN 'contact' THEN trial.id('contact0', i % {cases}) END,
       CASE v.kind WHEN 'contact' THEN 'call' END,
       CASE v.kind WHEN 'contact' THEN 'promised' END,
       CASE v.kind WHEN 'promise' THEN 120000 + i % 50000 END,
       CASE v.kind WHEN 'promise' THEN date '2026-12-01' END,
       CASE v.kind WHEN 'contact' THEN (60 + i % 240)::int END,
       v.body::json, 'zh-CN@2026-01-30', 0, trial.hash(i - {seats}), trial.hash(i), to_timestamp(ms / 1000.0)
FROM generate_series({first}::bigint, {last}::bigint) i,
     LATERAL (SELECT 1767225600000 + i * {step} AS ms) t,
     LATERAL (SELECT CASE WHEN i % 5 = 3 THEN 'promise' WHEN i % 5 = 4 THEN 'note' ELSE 'contact' END AS kind) k,
     LATERAL (SELECT k.kind, CASE k.kind
         WHEN 'contact' THEN '{{"ability":3,"direction":"out","identity":["name","last_digits"],"next_action":{{'
              '"action":"call","due":"2026-12-02","note":"","time":"10:30"}},"note":"本人称近期收入减少，愿意分期处理，约定下月初再联系。'
              || i % 100000 || '","party":"debtor","reason":"income_reduced","verdict":"allow","willingness":4}}'
         WHEN 'promise' THEN '{{"currency":"CNY","method":"transfer","next_action":{{"action":"check_payment","due":'
              '"2026-12-02","note":"","time":null}},"note":"发薪后转账，已说明账号和还款方式。' || i % 100000 || '"}}'
         ELSE '{{"text":"换了新工作，下月起有稳定收入；家属知情，约定月底前再联系，并要求发送账单明细。对违约金有疑问，'
              '已说明计算方式。' || i % 100000 || '"}}'
         END AS body) v
"""

_TABLES = ("cases", "case_scope", "debtor", "account", "balance_snapshot", "contact_point", "case_event")


@dataclass(frozen=True, slots=True)
class Size:
    cases: int
    seat_cases: int = SEAT_CASES

    @property
    def seats(self) -> int:
        return self.cases // self.seat_cases

    @property
    def events(self) -> int:
        return self.cases * EVENTS_PER_CASE


def fill(superuser_dsn: str, database: str, size: Size, say: Callable[[str], None] = print) -> None:
    """Makes the database and the book in it. `size.cases` is a multiple of the cases of a seat."""
    if size.cases % size.seat_cases:
        raise ValueError(f"{size.cases} cases are not whole seats of {size.seat_cases}")
    began = time.perf_counter()

    def told(what: str) -> None:
        say(f"{time.perf_counter() - began:7.1f} s  {what}")

    admin.init(superuser_dsn, database)
    told("schema")
    with psycopg.connect(make_conninfo(superuser_dsn, dbname=database), autocommit=True) as conn:
        for setting in ("statement_timeout = 0", "synchronous_commit = off", "maintenance_work_mem = '512MB'"):
            conn.execute(f"SET {setting}".encode())
        # The triggers would open scopes and the keys be looked up row by row; the rows below agree by construction.
        conn.execute("SET session_replication_role = replica")
        numbers = {
            "cases": size.cases, "seats": size.seats, "events": size.events, "per_team": TEAM_SEATS,
            "teams": -(-size.seats // TEAM_SEATS), "step": max(1, 28_000_000_000 // size.events),
        }  # fmt: skip
        conn.execute(_FUNCTIONS)
        _run(conn, _PEOPLE, numbers)
        made = conn.pgconn.encrypt_password(PASSWORD.encode(), b"seat", b"scram-sha-256").decode()
        _run(conn, _ROLES, {**numbers, "verifier": made})
        told(f"{size.seats:,} people")
        indexes = _drop_indexes(conn)
        for statement in _BOOK:
            _run(conn, statement, numbers)
        told(f"{size.cases:,} cases")
        for first in range(0, size.events, CHUNK):
            last = min(first + CHUNK, size.events) - 1
            _run(conn, _EVENTS, {**numbers, "first": first, "last": last})
            if (last + 1) % 1_000_000 == 0:
                told(f"{last + 1:,} events")
        for name, definition in indexes:
            conn.execute(definition.encode())
            told(name)
        conn.execute("RESET session_replication_role")
        conn.execute("VACUUM (ANALYZE)")
        conn.execute("CHECKPOINT")
        told("vacuumed")


def _run(conn: psycopg.Connection[Any], statement: str, numbers: dict[str, Any]) -> None:
    values = {name: sql.Literal(value) for name, value in numbers.items()}
    conn.execute(sql.SQL(statement).format(**values))


def _drop_indexes(conn: psycopg.Connection[Any]) -> list[tuple[str, str]]:
    """Every index that is not a constraint's; to be made again when the rows are in."""
    found = conn.execute(
        "SELECT x.indexrelid::regclass::text, pg_get_indexdef(x.indexrelid) FROM pg_index x"
        " WHERE x.indrelid = ANY (%s::regclass[])"
        " AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = x.indexrelid)",
        [list(_TABLES)],
    ).fetchall()
    for name, _ in found:
        conn.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    return found
