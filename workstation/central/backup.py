"""A backup of one central database: PostgreSQL's own dump, its people's login roles and a manifest, in one file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import psycopg
from msgspec import json
from psycopg import sql

from workstation.central.archive import (
    DUMP,
    FORMAT,
    MANIFEST,
    ROLES,
    VERSION,
    BackupError,
    LoginRole,
    Manifest,
    Progress,
    writing,
)
from workstation.central.programs import client, running
from workstation.domain.message import msg

_CHUNK = 1 << 18


def backup(superuser_dsn: str, path: Path, progress: Progress = lambda *_: None) -> Manifest:
    """Writes the database of the connection string to `path` as it is at this moment, while everybody works on.

    The dump, the counts and the moment are of one snapshot. The file is readable by its owner only: it holds all
    personal data of the database, and what proves each person's password. Raises `BackupError` and `ProgramError`.
    """
    with psycopg.connect(superuser_dsn) as conn:
        conn.isolation_level, conn.read_only = psycopg.IsolationLevel.REPEATABLE_READ, True
        require_superuser(conn)
        require_central(conn)
        server = conn.info.server_version // 10000
        program, dumped_by = client("pg_dump", server)
        conn.execute("SET LOCAL statement_timeout = 0")
        conn.execute("SET LOCAL idle_in_transaction_session_timeout = 0")  # it waits here until the dump is done
        snapshot, taken_at, database, size, epoch, schema_version = _one(
            conn,
            "SELECT pg_export_snapshot(), now(), current_database(), pg_database_size(current_database()),"
            " epoch::text, schema_version FROM central_meta",
        )
        with writing(path) as archive:
            command = [program, "-Fc", "--no-tablespaces", f"--snapshot={snapshot}"]
            with running(command, superuser_dsn, reads=False) as output:
                digest = archive.add(DUMP, _read(output, progress, size))
            manifest = Manifest(
                format=FORMAT,
                version=VERSION,
                database=database,
                epoch=epoch,
                schema_version=schema_version,
                taken_at=taken_at,
                server=server,
                dumped_by=dumped_by,
                counts=counts(conn),
                sha256=digest,
            )
            archive.add(ROLES, [json.encode(_roles(conn))])
            archive.add(MANIFEST, [json.format(json.encode(manifest), indent=1)])
    return manifest


def counts(conn: psycopg.Connection[Any]) -> dict[str, int]:
    """Rows by table of ours."""
    names = conn.execute(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname"
    ).fetchall()
    found: dict[str, int] = {}
    for (name,) in names:
        row = conn.execute(sql.SQL("SELECT count(*) FROM public.{}").format(sql.Identifier(name))).fetchone()
        found[name] = int(row[0]) if row else 0
    return found


def require_superuser(conn: psycopg.Connection[Any]) -> None:
    if _one(conn, "SELECT rolsuper FROM pg_roles WHERE rolname = session_user") != (True,):
        raise BackupError(
            msg(
                "{user} is not a superuser of the server, which this needs: it reads and writes the whole database "
                "and its login roles. Name one with --user.",
                user=conn.info.user,
            )
        )


def require_central(conn: psycopg.Connection[Any]) -> None:
    if _one(conn, "SELECT to_regclass('public.central_meta') IS NOT NULL") != (True,):
        raise BackupError(
            msg(
                "“{database}” is not a central database of this program. Name the right one with --database.",
                database=conn.info.dbname,
            )
        )


def _roles(conn: psycopg.Connection[Any]) -> list[LoginRole]:
    found = conn.execute(
        "SELECT p.login, p.role, a.rolpassword, a.rolcanlogin FROM person p JOIN pg_authid a ON a.rolname = p.login"
        " WHERE NOT a.rolsuper ORDER BY p.login"
    )
    return [LoginRole(*row) for row in found]


def _read(output: IO[bytes], progress: Progress, size: int) -> Iterator[bytes]:
    done = 0
    while chunk := output.read(_CHUNK):
        yield chunk
        done += len(chunk)
        progress("dump", done, size)


def _one(conn: psycopg.Connection[Any], query: str) -> tuple[Any, ...]:
    row = conn.execute(query.encode()).fetchone()
    if row is None:
        raise BackupError(msg("“{database}” says nothing about itself: it is damaged.", database=conn.info.dbname))
    return tuple(row)
