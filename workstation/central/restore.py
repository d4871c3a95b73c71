"""A backup made a database again, and what follows every restore: a new epoch, and time to hand in what is missing."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from workstation.central import admin
from workstation.central.archive import Backup, BackupError, LoginRole, Manifest, Progress, reading
from workstation.central.backup import counts, require_central, require_superuser
from workstation.central.programs import client, running
from workstation.central.schema import versions
from workstation.domain.message import msg
from workstation.domain.vocabulary import ROLES

RECOVERY_DAYS = 30  # how long seats may hand in what the centre forgot: a long leave, a repaired device
_NAME_BYTES = 63  # PostgreSQL cuts longer names off
_SWAP_TRIES = 40


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did. `kept`: the name the former database has now. `restamped`: rows given new transactions."""

    manifest: Manifest
    database: str
    kept: str | None
    made_logins: tuple[str, ...]
    left_logins: tuple[str, ...]
    restamped: int


def restore(
    superuser_dsn: str,
    path: Path,
    database: str | None = None,
    *,
    replace: bool = False,
    progress: Progress = lambda *_: None,
) -> Restored:
    """Makes `database` (else: the one the backup was of) from a backup; all or nothing.

    It is made under a name of its own and takes its place when it is whole. A database that is there already is
    only replaced with `replace`, and kept under another name. Raises `BackupError` and `ProgramError`.
    """
    with reading(path, progress) as source, psycopg.connect(superuser_dsn, autocommit=True) as conn:
        require_superuser(conn)
        _require_known(source.manifest)
        name = database or source.manifest.database
        taken = _exists(conn, name)
        if taken and not replace:
            raise BackupError(
                msg(
                    "There is a database “{database}” already. With --replace it is kept under another name and the "
                    "restored one takes its place; with --database NAME the restored one gets another name.",
                    database=name,
                )
            )
        program, _ = client("pg_restore", conn.info.server_version // 10000, source.manifest.dumped_by)
        admin.make_roles(conn)
        with _temporary(conn, name) as temporary:
            dsn = make_conninfo(superuser_dsn, dbname=temporary)
            with running([program, "--exit-on-error"], dsn, reads=True) as standard_input:
                _feed(source, standard_input, progress)
            restamped = _finish(dsn, source.manifest, progress)
            made, left = _make_logins(conn, source.roles)
            admin.prepare_database(conn, temporary)
            kept = _swap(conn, temporary, name, taken=taken)
    return Restored(source.manifest, name, kept, made, left, restamped)


def mark_restored(superuser_dsn: str, since: datetime) -> int:
    """For a database that was brought back by other means to what it held at `since`: seats hand in the rest.

    Returns how many rows got a new transaction number because theirs is one the server has not reached.
    """
    if since.tzinfo is None or since > datetime.now(UTC):
        raise BackupError(msg("The moment the database was taken back to lies in the past and has a time zone."))
    with psycopg.connect(superuser_dsn) as conn:
        require_superuser(conn)
        require_central(conn)
        _without_limits(conn)
        restamped = _restamp(conn)
        _begin_recovery(conn, since)
    return restamped


def _require_known(manifest: Manifest) -> None:
    known = versions()
    if manifest.schema_version not in known:
        raise BackupError(
            msg(
                "The backup has schema {version}, this program knows schemas up to {newest}. Update this program, "
                "then restore.",
                version=manifest.schema_version,
                newest=known[-1],
            )
        )


def _feed(source: Backup, target: IO[bytes], progress: Progress) -> None:
    done = 0
    for chunk in source.dump():
        target.write(chunk)
        done += len(chunk)
        progress("load", done, source.size)


def _finish(dsn: str, manifest: Manifest, progress: Progress) -> int:
    """From what the dump held to a database seats can use: counted, of our schema, visible to pulls, of a new epoch."""
    with psycopg.connect(dsn) as conn:
        found = counts(conn)
    wrong = sorted(
        name for name in found.keys() | manifest.counts.keys() if found.get(name) != manifest.counts.get(name)
    )
    if wrong:
        raise BackupError(
            msg(
                "The restored tables do not have the rows the backup says: {tables}. Nothing was changed; use another "
                "backup.",
                tables=", ".join(wrong),
            )
        )
    admin.migrate(dsn)
    progress("stamp", 0, 0)
    with psycopg.connect(dsn) as conn:
        _without_limits(conn)
        restamped = _restamp(conn)
        _begin_recovery(conn, manifest.taken_at)
    progress("analyse", 0, 0)
    with psycopg.connect(dsn, autocommit=True) as conn:
        conn.execute("VACUUM (ANALYZE)" if restamped else "ANALYZE")
    return restamped


def _without_limits(conn: psycopg.Connection[Any]) -> None:
    conn.execute("SET LOCAL statement_timeout = 0")
    conn.execute("SET LOCAL lock_timeout = 0")


def _begin_recovery(conn: psycopg.Connection[Any], backup_at: datetime) -> None:
    conn.execute("SELECT app.begin_recovery(%s, %s)", [backup_at, RECOVERY_DAYS])


def _restamp(conn: psycopg.Connection[Any]) -> int:
    """Rows of transactions this server has not reached are given this one's: no pull would see them for a long time.

    Triggers rest meanwhile: one would stop the change of events, which are not changed by this in what they say.
    """
    conn.execute("SET LOCAL session_replication_role = replica")
    tables = conn.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'xid'"
        " WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace ORDER BY c.relname"
    ).fetchall()
    restamped = 0
    for (name,) in tables:
        restamped += conn.execute(
            sql.SQL("UPDATE public.{} SET xid = pg_current_xact_id() WHERE xid > pg_current_xact_id()").format(
                sql.Identifier(name)
            )
        ).rowcount
    conn.execute("SET LOCAL session_replication_role = origin")
    return restamped


def _make_logins(conn: psycopg.Connection[Any], roles: list[LoginRole]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Login roles the server does not have. One that is there may serve another database: it is left as it is."""
    existing = {row[0] for row in conn.execute("SELECT rolname FROM pg_roles")}
    made = [role for role in roles if role.login not in existing and role.role in ROLES]
    with conn.transaction():
        # Not as the superuser: who makes a role may change its password later, and that is the owner's functions.
        for setting in ("log_statement = 'none'", "log_min_duration_statement = -1", "log_min_error_statement = panic"):
            conn.execute(f"SET LOCAL {setting}".encode())  # a verifier is not for logs
        conn.execute("SET LOCAL ROLE ws_owner")
        for role in made:
            login = sql.SQL("LOGIN" if role.can_login else "NOLOGIN")
            password = sql.Literal(role.verifier) if role.verifier else sql.SQL("NULL")
            conn.execute(
                sql.SQL("CREATE ROLE {} {} PASSWORD {} IN ROLE {}").format(
                    sql.Identifier(role.login), login, password, sql.Identifier(f"ws_{role.role}")
                )
            )
    return tuple(role.login for role in made), tuple(role.login for role in roles if role.login in existing)


@contextmanager
def _temporary(conn: psycopg.Connection[Any], name: str) -> Iterator[str]:
    """An empty database nobody but superusers may enter; gone at the end unless it was given another name."""
    temporary = _fitting(name, f"_restoring_{secrets.token_hex(4)}")
    identifier = sql.Identifier(temporary)
    conn.execute(
        sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'").format(
            identifier, sql.Identifier(admin.OWNER)
        )
    )
    try:
        conn.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(identifier))
        yield temporary
    finally:
        if not conn.closed:
            conn.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(identifier))


def _swap(conn: psycopg.Connection[Any], temporary: str, name: str, *, taken: bool) -> str | None:
    """The restored database takes the name; sessions of the former one end. Both names change at once, or none."""
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    if not taken:
        conn.execute(rename.format(sql.Identifier(temporary), sql.Identifier(name)))
        return None
    stamp = f"_before_{datetime.now(UTC):%Y%m%d_%H%M%S}"
    kept, copies = _fitting(name, stamp), 1
    while _exists(conn, kept):  # a second restore within the second
        copies += 1
        kept = _fitting(name, f"{stamp}_{copies}")
    former = name
    _enterable(conn, former, False)
    try:
        _end_sessions(conn, former)
        with conn.transaction():
            conn.execute(rename.format(sql.Identifier(name), sql.Identifier(kept)))
            conn.execute(rename.format(sql.Identifier(temporary), sql.Identifier(name)))
            groups = sql.SQL(", ").join(map(sql.Identifier, admin.GROUPS))
            conn.execute(sql.SQL("REVOKE CONNECT ON DATABASE {} FROM {}").format(sql.Identifier(kept), groups))
        former = kept
    finally:
        _enterable(conn, former, True)
    return kept


def _end_sessions(conn: psycopg.Connection[Any], database: str) -> None:
    """Nobody can come back meanwhile. Each is waited for, so that the new name is not refused for one still ending."""
    for _ in range(_SWAP_TRIES):
        left = conn.execute(
            "SELECT pg_terminate_backend(pid, 500) FROM pg_stat_activity WHERE datname = %s", [database]
        ).fetchall()
        if not left:
            return
    raise BackupError(msg("Sessions in “{database}” do not end. Nothing was changed; try again.", database=database))


def _enterable(conn: psycopg.Connection[Any], database: str, yes: bool) -> None:
    conn.execute(
        sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}").format(sql.Identifier(database), sql.SQL(str(yes).lower()))
    )


def _exists(conn: psycopg.Connection[Any], name: str) -> bool:
    return conn.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def _fitting(name: str, suffix: str) -> str:
    return name.encode()[: _NAME_BYTES - len(suffix)].decode(errors="ignore") + suffix
