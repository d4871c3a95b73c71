"""A real PostgreSQL that speaks TLS, reached under an address that counts as another machine, certificates at will."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from workstation.central import binaries
from workstation.central.embedded import EmbeddedServer
from workstation.sync.server import Server

REMOTE = "127.0.0.2"  # this machine, and for the program another one: only 127.0.0.1 is the loopback to it
LOGIN, PASSWORD = "li.na", "correct horse battery"


def with_tls() -> binaries.Binaries | None:
    """A PostgreSQL built with OpenSSL; the packaged one is not."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        said = subprocess.run([folder / "pg_config", "--configure"], capture_output=True, text=True, check=False)
        version = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False)
        number = re.search(r"\) (\d+)", version.stdout)
        if "openssl" in said.stdout and number:
            user = binaries.find().user
            return binaries.Binaries(folder, int(number[1]), user)
    return None


@dataclass
class TlsServer:
    server: EmbeddedServer

    @property
    def remote(self) -> Server:
        return Server(REMOTE, self.server.port, "postgres", str(self.folder / "ca.crt"))

    @property
    def folder(self) -> Path:
        return self.server.folder / "tls"

    def set(self, **settings: str) -> None:
        """Settings of the running server, in force when this returns."""
        with psycopg.connect(self.server.superuser_dsn, autocommit=True, sslmode="prefer") as conn:
            for name, value in settings.items():
                conn.execute(sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), sql.Literal(value)))
            conn.execute("SELECT pg_reload_conf()")
            conn.execute("SELECT pg_sleep(0.3)")

    def present(self, folder: Path) -> None:
        """Serve `server.crt` and `server.key` of this folder."""
        for name in ("server.crt", "server.key"):
            placed = self.server.data / name
            shutil.copy(folder / name, placed)
            placed.chmod(0o600)
            if self.server._programs.user is not None:
                shutil.chown(placed, self.server._programs.user)
        self.set(ssl="on", ssl_cert_file="server.crt", ssl_key_file="server.key", ssl_min_protocol_version="TLSv1.2",
                 ssl_max_protocol_version="")  # fmt: skip


def started(folder: Path, programs: binaries.Binaries) -> Iterator[TlsServer]:
    """Made with `programs`, listening on both addresses, with one login."""
    server = EmbeddedServer.start(folder, durable=False, programs=programs)
    try:
        with psycopg.connect(server.superuser_dsn, autocommit=True) as conn:
            conn.execute("ALTER SYSTEM SET listen_addresses = '127.0.0.1,127.0.0.2'")
            conn.execute(f"CREATE ROLE \"{LOGIN}\" LOGIN PASSWORD '{PASSWORD}'".encode())
        with (server.data / "pg_hba.conf").open("a") as rules:
            rules.write("host all all 127.0.0.0/8 scram-sha-256\n")
        server.stop()
        server = EmbeddedServer.start(folder, durable=False, programs=programs)
        yield TlsServer(server)
    finally:
        server.stop()
        EmbeddedServer.remove(folder)
