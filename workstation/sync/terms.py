"""What the centre asks of a seat, and its share of the seat's key for the day the PIN is forgotten."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
import psycopg

from workstation.security.lease import IDLE_SECONDS, LEASE_SECONDS
from workstation.sync.link import Welcome, typed

GIVES_TERMS = "0009"  # the central schema from which on there are any


class Terms(msgspec.Struct, frozen=True):
    """How long a seat may work without contact and, left alone, stay open, in seconds; `server_time` is the centre's.

    `has_share` is None where the centre keeps none for anybody.
    """

    server_time: datetime
    lease_seconds: int = LEASE_SECONDS
    idle_seconds: int = IDLE_SECONDS
    has_share: bool | None = None


def seat_terms(conn: psycopg.Connection[Any], welcome: Welcome, device_id: str) -> Terms:
    """Asked after the greeting. A centre of an earlier schema has the program's own. Raises the errors of `link`."""
    if welcome.schema_version < GIVES_TERMS:
        return Terms(welcome.server_time)
    try:
        row = conn.execute(
            "SELECT server_time, lease_seconds, idle_seconds, has_share FROM app.seat_terms(%s)", [device_id]
        ).fetchone()
        conn.commit()
    except psycopg.Error as error:
        raise typed(error) from error
    return Terms(welcome.server_time) if row is None else Terms(*row)


def keep_share(conn: psycopg.Connection[Any], device_id: str, share: bytes) -> None:
    """Hand over the share; when this returns the centre has it for good."""
    try:
        conn.execute("SELECT app.keep_share(%s, %s)", [device_id, share])
        conn.commit()
    except psycopg.Error as error:
        raise typed(error) from error


def device_share(conn: psycopg.Connection[Any], device_id: str) -> bytes | None:
    """The share of this device, for its owner alone; the centre records that it was asked for."""
    try:
        row = conn.execute("SELECT app.device_share(%s)", [device_id]).fetchone()
        conn.commit()
    except psycopg.Error as error:
        raise typed(error) from error
    return None if row is None or row[0] is None else bytes(row[0])
