"""The connection to the centre: who, where, over TLS, and each way it can fail as its own error."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from workstation.central.refusals import DEVICE_REVOKED, refusal
from workstation.domain.errors import WorkstationError
from workstation.domain.message import Message, msg
from workstation.sync.server import LOOPBACK, Server

CONNECT_SECONDS = 8
SCHEMA = "0001"  # the newest central schema this client knows

_WRONG_PASSWORD = {"28P01", "28000"}
_LOST = ("08", "57P")  # classes of SQLSTATE: connection exception, server shutting down or ending the session


class LinkError(WorkstationError):
    code = "link"


class WrongPassword(LinkError):  # errors are named as the user meets them
    code = "wrong_password"


class Unreachable(LinkError):
    code = "unreachable"


class ConnectionLost(Unreachable):
    """The centre was there and is gone: the line broke, or the server ended the session."""

    code = "connection_lost"


class DeviceRevoked(LinkError):
    code = "device_revoked"


class ClientTooOld(LinkError):
    code = "client_too_old"


@dataclass(frozen=True, slots=True)
class Welcome:
    """What the centre says at the door."""

    epoch: str
    server_time: datetime
    person_id: str
    login: str
    name: str
    role: str
    team_id: str | None
    team_name: str | None
    schema_version: str


def connect(server: Server, login: str, password: str) -> psycopg.Connection[Any]:
    """A signed-in connection. Raises `WrongPassword` and `Unreachable`."""
    loopback = server.host in LOOPBACK
    try:
        return psycopg.connect(
            host=server.host,
            port=server.port,
            dbname=server.database,
            user=login,
            password=password,
            connect_timeout=CONNECT_SECONDS,
            application_name="workstation",
            sslmode="prefer" if loopback else "verify-full",
            sslrootcert=None if loopback else server.sslrootcert or "system",
        )
    except psycopg.OperationalError as error:
        raise _explained(error, server) from error


def hello(conn: psycopg.Connection[Any], device_id: str, device_name: str) -> Welcome:
    """Introduce this device. Raises `DeviceRevoked`, `ClientTooOld` and `CentralRefusedError`."""
    try:
        row = conn.execute(
            "SELECT epoch::text, server_time, person_id::text, login, name, role, team_id::text, team_name,"
            " schema_version FROM app.hello(%s, %s, %s)",
            [device_id, device_name, SCHEMA],
        ).fetchone()
        conn.commit()
    except psycopg.Error as error:
        raise typed(error) from error
    if row is None:
        raise LinkError(msg("The centre gave no answer to the greeting; its schema is not this program's."))
    welcome = Welcome(*row)
    if welcome.schema_version > SCHEMA:
        raise ClientTooOld(
            msg(
                "The centre has schema {theirs}, this program knows {ours}. Update this program; nothing is lost.",
                theirs=welcome.schema_version,
                ours=SCHEMA,
            )
        )
    return welcome


def typed(error: psycopg.Error) -> WorkstationError:
    """The error in words. A broken line is `ConnectionLost`; what has no words of its own names its SQLSTATE."""
    known = refusal(error)
    if known is not None and error.sqlstate == DEVICE_REVOKED:
        return DeviceRevoked(known.message)
    if known is not None:
        return known
    if isinstance(error, psycopg.OperationalError) and (error.sqlstate or "08").startswith(_LOST):
        return ConnectionLost(msg("The connection to the centre broke. Work goes on; it is tried again."))
    return LinkError(msg("The centre answered with the error {code}.", code=error.sqlstate or type(error).__name__))


def _explained(error: psycopg.OperationalError, server: Server) -> LinkError:
    text = str(error)
    if error.sqlstate in _WRONG_PASSWORD or "password authentication failed" in text or "no password supplied" in text:
        return WrongPassword(msg("The login or the password is wrong. Nothing was changed."), field="password")
    why: Message
    if "certificate" in text or "SSL" in text:
        why = msg("its certificate could not be verified")
    elif "does not exist" in text:
        why = msg("the database {database} is not there", database=server.database)
    elif "timeout" in text:
        why = msg("it does not answer")
    else:
        why = msg("no connection")
    return Unreachable(
        msg(
            "The centre at {host}:{port} cannot be reached ({why}). Work goes on offline; it is tried again.",
            host=server.host,
            port=server.port,
            why=why,
        )
    )
