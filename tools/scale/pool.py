"""PgBouncer of the distribution's packages before a cluster: transaction pooling, sign-in by SCRAM passed through."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from tools.scale.cluster import ACCOUNT, HOST, Cluster
from workstation.central.binaries import is_root, run_as

PROGRAM = "/usr/sbin/pgbouncer"
ASKER = "pgbouncer"  # may ask for verifiers and for nothing else
SETTINGS = {
    "pool_mode": "transaction",
    "auth_type": "scram-sha-256",
    "auth_user": ASKER,
    "auth_query": "SELECT login, verifier FROM pool.verifier_of($1)",
    "max_client_conn": "4000",
    "default_pool_size": "1",  # a person has one seat, and a seat one connection
    "min_pool_size": "0",
    "reserve_pool_size": "0",
    "max_db_connections": "60",
    "server_idle_timeout": "120",
    "server_lifetime": "3600",
    "query_wait_timeout": "30",
    "client_idle_timeout": "120",
    "log_connections": "0",
    "log_disconnections": "0",
    "stats_period": "60",
}
# The pool's own account sees the verifiers of seats, never of a superuser; nobody else may ask.
_AUTH = """
CREATE SCHEMA IF NOT EXISTS pool;
CREATE OR REPLACE FUNCTION pool.verifier_of(name text, OUT login text, OUT verifier text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT a.rolname::text, a.rolpassword FROM pg_authid a
    WHERE a.rolname = name AND a.rolcanlogin AND NOT a.rolsuper AND (a.rolvaliduntil IS NULL OR a.rolvaliduntil > now())
      AND EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
                  WHERE m.member = a.oid AND g.rolname LIKE 'ws\\_%')
$$;
REVOKE ALL ON SCHEMA pool FROM PUBLIC;
REVOKE ALL ON FUNCTION pool.verifier_of(text) FROM PUBLIC;
"""


@dataclass(frozen=True, slots=True)
class Pool:
    """`folder` holds its ini, the one password in its userlist, its log and its pid."""

    folder: Path
    port: int

    @property
    def pid(self) -> int:
        return int((self.folder / "pgbouncer.pid").read_text())

    def make(self, cluster: Cluster, database: str, settings: Mapping[str, str]) -> None:
        """The account that asks, the function it asks, and the ini."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        password = secrets.token_urlsafe(24)
        with psycopg.connect(cluster.dsn(database), autocommit=True) as conn:
            verifier = conn.pgconn.encrypt_password(password.encode(), ASKER.encode(), b"scram-sha-256").decode()
            exists = conn.execute("SELECT FROM pg_roles WHERE rolname = %s", [ASKER]).fetchone() is not None
            conn.execute(
                sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(
                    sql.SQL("ALTER" if exists else "CREATE"), sql.Identifier(ASKER), sql.Literal(verifier)
                )
            )
            conn.execute(_AUTH)
            conn.execute(
                sql.SQL(
                    "GRANT CONNECT ON DATABASE {} TO {asker}; GRANT USAGE ON SCHEMA pool TO {asker};"
                    "GRANT EXECUTE ON FUNCTION pool.verifier_of(text) TO {asker}"
                ).format(sql.Identifier(database), asker=sql.Identifier(ASKER))
            )
        self._write("userlist.txt", f'"{ASKER}" "{password}"\n')
        lines = [
            "[databases]",
            f"{database} = host={HOST} port={cluster.port}",
            "[pgbouncer]",
            f"listen_addr = {HOST}",
            f"listen_port = {self.port}",
            "unix_socket_dir =",
            f"auth_file = {self.folder / 'userlist.txt'}",
            f"logfile = {self.folder / 'pgbouncer.log'}",
            f"pidfile = {self.folder / 'pgbouncer.pid'}",
            f"admin_users = {ASKER}",
            *(f"{name} = {value}" for name, value in {**SETTINGS, **settings}.items()),
        ]
        self._write("pgbouncer.ini", "\n".join(lines) + "\n")
        if is_root():
            shutil.chown(self.folder, ACCOUNT, ACCOUNT)

    def start(self) -> None:
        """Returns when it answers."""
        run_as([PROGRAM, "-q", "-d", str(self.folder / "pgbouncer.ini")], ACCOUNT if is_root() else None)
        until = time.monotonic() + 10
        while time.monotonic() < until:
            with suppress(OSError):
                socket.create_connection((HOST, self.port), 1).close()
                return
            time.sleep(0.05)
        raise RuntimeError("PgBouncer does not answer")

    def stop(self) -> None:
        """Ends it at once; waits until it is gone."""
        with suppress(FileNotFoundError, ProcessLookupError):
            pid = self.pid
            os.kill(pid, signal.SIGTERM)
            while Path(f"/proc/{pid}").exists():
                time.sleep(0.05)

    def show(self, what: str) -> list[dict[str, object]]:
        """An answer of its console: `SHOW pools`, `SHOW servers` …"""
        password = (self.folder / "userlist.txt").read_text().split('"')[3]
        dsn = make_conninfo(host=HOST, port=self.port, user=ASKER, password=password, dbname="pgbouncer")
        with psycopg.connect(dsn, autocommit=True, cursor_factory=psycopg.ClientCursor) as conn:
            cursor = conn.execute(f"SHOW {what}".encode())
            names = [column.name for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor]

    def _write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.touch(mode=0o600)
        path.write_text(text)
        if is_root():
            shutil.chown(path, ACCOUNT, ACCOUNT)
