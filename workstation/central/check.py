"""Is the central database what it says it is? Protection, logins, history, seats; nothing is changed by looking."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import psycopg
from psycopg import sql

from workstation.central import anchor
from workstation.central.anchor import Anchor
from workstation.central.backup import require_central, require_superuser
from workstation.central.check_figures import FIGURES
from workstation.central.check_history import HISTORY
from workstation.central.check_line import line
from workstation.central.findings import Connection, Finding, each, some
from workstation.central.schema import versions
from workstation.domain.message import msg, nmsg

SILENT_DAYS = 7
OPEN_MINUTES = 15


Progress = Callable[[int, int], None]


def check(superuser_dsn: str, progress: Progress = lambda *_: None, anchors: Sequence[Anchor] = ()) -> list[Finding]:
    """Everything found, in one view of the database, which is also held against what stood at the `anchors`.

    Raises `BackupError` when it cannot be looked at.
    """
    found: list[Finding] = []
    with psycopg.connect(superuser_dsn) as conn:
        conn.isolation_level, conn.read_only = psycopg.IsolationLevel.REPEATABLE_READ, True
        require_superuser(conn)
        require_central(conn)
        for setting in ("statement_timeout = 0", "search_path = pg_catalog, public", "work_mem = '256MB'"):
            conn.execute(f"SET LOCAL {setting}".encode())
        version = _schema(conn)
        if version is not None:
            return [version]
        for done, look in enumerate(_CHECKS):
            progress(done, len(_CHECKS))
            found += look(conn)
        for one in anchors:
            found += anchor.compare(conn, one)
        progress(len(_CHECKS), len(_CHECKS))
    return found


def _schema(conn: Connection) -> Finding | None:
    known = versions()
    ((here,),) = conn.execute("SELECT schema_version FROM central_meta").fetchall()
    if here == known[-1]:
        return None
    if here in known:
        return Finding(
            msg(
                "The schema is {here}, this program's is {newest}. Take a backup, then run “central migrate”.",
                here=here,
                newest=known[-1],
            )
        )
    return Finding(
        msg("The schema {here} is newer than this program, which knows {newest}. Update this program.",
            here=here, newest=known[-1])
    )  # fmt: skip


def _protection(conn: Connection) -> Iterator[Finding]:
    again = msg("Somebody changed it by hand: find out who, and restore the protection from a backup's schema.")
    open_tables = conn.execute(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        " AND NOT (relrowsecurity AND (relforcerowsecurity OR relname LIKE 'figure\\_%')) ORDER BY relname"
    )
    yield from each(
        open_tables, msg("Row-level security is not enabled and forced on table {name}. {again}"), "name", again=again
    )
    loose = conn.execute(
        "SELECT proname FROM pg_proc p WHERE pronamespace = 'app'::regnamespace AND prosecdef AND NOT EXISTS ("
        " SELECT FROM unnest(proconfig) c WHERE c LIKE 'search\\_path=pg_catalog, %') ORDER BY proname"
    )
    yield from each(
        loose, msg("Function app.{name} runs as its owner without a fixed search path. {again}"), "name", again=again
    )
    public = conn.execute(
        "SELECT DISTINCT what FROM ("
        " SELECT relname::text, relacl FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " UNION ALL SELECT 'app.' || proname, coalesce(proacl, acldefault('f', proowner)) FROM pg_proc"
        "  WHERE pronamespace = 'app'::regnamespace"
        " UNION ALL SELECT nspname::text, nspacl FROM pg_namespace WHERE nspname IN ('app', 'public')"
        " UNION ALL SELECT datname::text, coalesce(datacl, acldefault('d', datdba)) FROM pg_database"
        "  WHERE datname = current_database()"
        " UNION ALL SELECT c.relname || '.' || attname, attacl FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid"
        "  WHERE c.relnamespace = 'public'::regnamespace AND attacl IS NOT NULL"
        ") o (what, acl), aclexplode(acl) g WHERE g.grantee = 0 ORDER BY what"
    )
    yield from each(public, msg("Everybody on the server has a right on {name}. {again}"), "name", again=again)
    unguarded = conn.execute(
        "SELECT t.tgrelid::regclass::text || '.' || t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " WHERE c.relnamespace = 'public'::regnamespace AND t.tgenabled <> 'O' ORDER BY 1"
    )
    yield from each(unguarded, msg("The guard {name} is switched off. {again}"), "name", again=again)
    ((guarded, telling),) = conn.execute(
        "SELECT EXISTS (SELECT FROM pg_event_trigger WHERE evtname = 'refuse_drop_owned' AND evtenabled = 'O'),"
        " (SELECT proleakproof FROM pg_proc WHERE oid = 'pg_catalog.texteq(text, text)'::regprocedure)"
    ).fetchall()
    if not guarded or telling:
        yield Finding(
            msg("The server-wide part of the protection is missing. Run “central migrate” again: it is put back.")
        )


def _logins(conn: Connection) -> Iterator[Finding]:
    """Rights come from the group of the login role, and from `person.role`: both have to say the same."""
    gone = conn.execute(
        "SELECT p.login FROM person p LEFT JOIN pg_roles r ON r.rolname = p.login"
        " WHERE p.active AND r.rolcanlogin IS NOT TRUE ORDER BY p.login"
    )
    yield from each(
        gone,
        msg(
            "{login} has no login on this server or may not use it. Restoring a backup of this database under any "
            "name makes logins that are missing; one that is locked is opened with ALTER ROLE … LOGIN."
        ),
        "login",
    )
    other = conn.execute(
        "SELECT p.login, 'ws_' || p.role, coalesce(nullif(concat_ws(', ', CASE WHEN r.rolsuper THEN 'superuser' END,"
        " CASE WHEN r.rolbypassrls THEN 'bypassrls' END, g.names), ''), '–')"
        " FROM person p JOIN pg_roles r ON r.rolname = p.login CROSS JOIN LATERAL ("
        " SELECT string_agg(o.rolname, ', ' ORDER BY o.rolname) AS names"
        " FROM pg_auth_members m JOIN pg_roles o ON o.oid = m.roleid WHERE m.member = r.oid) g"
        " WHERE p.active AND (r.rolsuper OR r.rolbypassrls OR g.names IS DISTINCT FROM 'ws_' || p.role)"
        " ORDER BY p.login"
    )
    yield from each(
        other,
        msg(
            "The login {login} should be in the group {group} only and has {has}. Find out why, and put it right with "
            "GRANT and REVOKE."
        ),
        "login",
        "group",
        "has",
    )


def _transactions(conn: Connection) -> Iterator[Finding]:
    tables = conn.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'xid'"
        " WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace ORDER BY c.relname"
    ).fetchall()
    for (name,) in tables:
        rows = conn.execute(
            sql.SQL("SELECT count(*) FROM {} WHERE xid >= pg_snapshot_xmax(pg_current_snapshot())").format(
                sql.Identifier(name)
            )
        ).fetchall()
        if rows[0][0]:
            yield Finding(
                nmsg(
                    "{n} row of {table} is of a transaction this server has not reached: no seat receives it. The "
                    "database came from another server; run “central restored --since” with the moment of its backup.",
                    "{n} rows of {table} are of transactions this server has not reached: no seat receives them. The "
                    "database came from another server; run “central restored --since” with the moment of its backup.",
                    rows[0][0],
                    table=name,
                )
            )


def _held_back(conn: Connection) -> Iterator[Finding]:
    """Seats pull up to the oldest transaction still open: one that is forgotten holds everybody back."""
    rows = conn.execute(
        "SELECT a.pid, coalesce(a.usename, '–'), a.xact_start FROM pg_stat_activity a"
        " WHERE a.datname = current_database() AND a.backend_xid IS NOT NULL AND a.pid <> pg_backend_pid()"
        " AND a.xact_start < now() - %s * interval '1 minute' ORDER BY a.xact_start",
        [OPEN_MINUTES],
    )
    yield from each(
        rows,
        msg(
            "A transaction of {login} (process {pid}) has been open since {since}: what is written after it reaches no "
            "seat. End it: SELECT pg_terminate_backend({pid})."
        ),
        "pid",
        "login",
        "since",
    )


def _seats(conn: Connection) -> Iterator[Finding]:
    rows = conn.execute(
        "SELECT d.name, p.name, d.waiting_events, d.last_seen_at FROM device d JOIN person p ON p.id = d.person_id"
        " WHERE d.waiting_events > 0 AND d.revoked_at IS NULL AND d.last_seen_at < now() - %s * interval '1 day'"
        " ORDER BY d.last_seen_at",
        [SILENT_DAYS],
    )
    yield from each(
        rows,
        msg(
            "Device {device} of {person} holds {waiting} events that are not here, and was last seen on {seen}. Ask "
            "the person to synchronise."
        ),
        "device",
        "person",
        "waiting",
        "seen",
    )


def _recovery(conn: Connection) -> Iterator[Finding]:
    ((recovered, until),) = conn.execute(
        "SELECT (SELECT count(*) FROM recovered_event), recover_until FROM central_meta"
    ).fetchall()
    if recovered:
        yield Finding(
            nmsg(
                "{n} event came back from another seat than its author's after a restore.",
                "{n} events came back from other seats than their authors' after a restore.",
                recovered,
            ),
            bad=False,
        )
    decided = conn.execute(
        "SELECT e.id::text, coalesce(a.name, '–'), h.name FROM recovered_event r JOIN case_event e ON e.id = r.event_id"
        " JOIN device d ON d.id = e.device LEFT JOIN person a ON a.id = e.author JOIN person h ON h.id = r.person_id"
        " WHERE d.person_id IS NULL AND h.id <> e.author ORDER BY r.at, e.id"
    )
    yield from some(
        decided.fetchall(),
        msg(
            "Decision {event} of {author} came back from the seat of {person} after a restore. If it matters, ask "
            "{author}."
        ),
        ("event", "author", "person"),
        bad=False,
    )
    if until is not None:
        yield Finding(msg("Seats may hand in what a restore forgot until {until}.", until=until), bad=False)
    rows = conn.execute(
        "SELECT c.number, coalesce(p.name, '–'), e.occurred_at FROM ("
        " SELECT DISTINCT ON (case_id) case_id, occurred_at, body ->> 'to_person' AS to_person FROM case_event"
        " WHERE kind = 'reassigned' ORDER BY case_id, occurred_at DESC, id DESC) e"
        " JOIN cases c ON c.id = e.case_id LEFT JOIN person p ON p.id::text = e.to_person"
        " WHERE c.assignee_id::text IS DISTINCT FROM e.to_person ORDER BY c.number"
    )
    yield from each(
        rows,
        msg(
            "Case {number} was moved to {person} on {when}, after the restored backup was taken, and is with somebody "
            "else here. Reassign it again."
        ),
        "number",
        "person",
        "when",
    )


_CHECKS: tuple[Callable[[Connection], Iterator[Finding]], ...] = (
    _protection,
    line,
    _logins,
    *HISTORY,
    *FIGURES,
    _transactions,
    _held_back,
    _seats,
    _recovery,
)
