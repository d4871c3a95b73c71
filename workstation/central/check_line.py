"""Whether the line to the database is what it should be: TLS demanded, a certificate that holds, SCRAM only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg

from workstation.central import tls
from workstation.central.findings import Connection, Finding, each
from workstation.domain.message import msg

ENDS_DAYS = 30


def line(conn: Connection) -> Iterator[Finding]:
    ((encrypted, reachable),) = conn.execute(
        "SELECT current_setting('ssl')::boolean, EXISTS (SELECT FROM"
        " unnest(string_to_array(replace(current_setting('listen_addresses'), ' ', ''), ',')) a"
        " WHERE a NOT IN ('localhost', '127.0.0.1', '::1', ''))"
    ).fetchall()
    if reachable and not encrypted:
        yield Finding(msg("The server listens to other machines without TLS. Run “central tls init” and “tls enable”."))
    loose = conn.execute(
        "SELECT line_number, array_to_string(database, ','), array_to_string(user_name, ','), auth_method"
        " FROM pg_hba_file_rules WHERE error IS NULL AND auth_method IN ('trust', 'password', 'md5')"
        " ORDER BY line_number"
    )
    yield from each(
        loose,
        msg(
            "Line {line} of pg_hba.conf lets {users} into {databases} by “{method}”. Write scram-sha-256 there: the "
            "others give passwords away, or ask for none."
        ),
        "line",
        "databases",
        "users",
        "method",
    )
    open_lines = conn.execute(
        "SELECT line_number FROM pg_hba_file_rules WHERE error IS NULL AND type IN ('host', 'hostnossl')"
        " AND auth_method <> 'reject' AND NOT (address IN ('localhost', 'samehost')"
        " OR address ~ '^127\\.' OR address = '::1') ORDER BY line_number"
    )
    yield from each(
        open_lines, msg("Line {line} of pg_hba.conf lets other machines in without TLS. Write hostssl there."), "line"
    )
    if encrypted:
        yield from _certificate(conn)


def _certificate(conn: Connection) -> Iterator[Finding]:
    try:
        with conn.transaction():
            ((pem,),) = conn.execute("SELECT pg_read_binary_file(current_setting('ssl_cert_file'))").fetchall()
        ends = tls.until(bytes(pem))
    except (psycopg.Error, ValueError):
        yield Finding(
            msg("The server's certificate cannot be read to see when it ends; look at it by hand."), bad=False
        )
        return
    if ends < datetime.now(UTC):
        yield Finding(
            msg("The server's certificate ended on {when}: no seat comes in. Run “central tls renew”.", when=ends)
        )
    elif ends < datetime.now(UTC) + timedelta(days=ENDS_DAYS):
        yield Finding(msg("The server's certificate ends on {when}. Run “central tls renew”.", when=ends))
