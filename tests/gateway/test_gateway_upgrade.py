"""A server set up before there were gateways: `central migrate` alone brings it up, and older seats are served on."""

from __future__ import annotations

from pathlib import Path

import psycopg
from psycopg import sql

from tests.central.server import PASSWORD
from workstation.central import admin
from workstation.central.embedded import EmbeddedServer
from workstation.sync import link

BEFORE = ("ws_collector", "ws_field", "ws_lead", "ws_auditor", "ws_admin")


def test_a_centre_from_before_gateways_is_migrated(tmp_path: Path) -> None:
    with EmbeddedServer.start(tmp_path / "server", durable=False) as server:
        with psycopg.connect(server.superuser_dsn, autocommit=True) as conn:
            admin.make_roles(conn)
            conn.execute("DROP ROLE ws_gateway")  # as the release before made the roles
            conn.execute("CREATE DATABASE workstation OWNER ws_owner TEMPLATE template0")
            conn.execute("REVOKE ALL ON DATABASE workstation FROM PUBLIC")
            groups = sql.SQL(", ").join(map(sql.Identifier, BEFORE))
            conn.execute(sql.SQL("GRANT CONNECT ON DATABASE workstation TO {}").format(groups))
        dsn = psycopg.conninfo.make_conninfo(server.superuser_dsn, dbname="workstation")
        assert admin.migrate(dsn, to="0002") == "0002"
        assert admin.migrate(dsn) == link.SCHEMA
        admin.add_gateway(dsn, "sender", PASSWORD)
        with psycopg.connect(server.dsn("sender", PASSWORD, "workstation")) as conn:
            assert conn.execute("SELECT * FROM app.due_messages('{sms,email}', 10)").fetchall() == []
        with psycopg.connect(dsn) as conn:
            assert conn.execute("SELECT serves_from FROM central_meta").fetchone() == ("0001",)
    EmbeddedServer.remove(tmp_path / "server")
