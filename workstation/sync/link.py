"""The connection to the centre: who, where, over TLS, and each way it can fail as its own error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
import psycopg
from psycopg.rows import dict_row

from workstation.central.refusals import DEVICE_REVOKED, MUST_CHANGE, SQLSTATES, refusal
from workstation.domain.errors import WorkstationError
from workstation.domain.message import Message, msg
from workstation.sync import trust
from workstation.sync.server import Server

CONNECT_SECONDS = 8
# The central schemas this client works with. A newer centre says from which client on it serves (`serves_from`).
OLDEST_CENTRE, SCHEMA = "0001", "0018"
REBALANCES = "0012"  # from here on cases are shared out among several people at once, and leaves end by themselves
STAFFS = "0011"  # from here on the centre keeps staffing, and how many attachments wait at a seat
KEEPS_ATTACHMENTS = "0013"  # from here on the centre takes photos and signatures
REPORTS = "0016"  # from here on reports are handed in
TELLS_TRIALS = "0018"  # from here on the centre counts the arms of a split
TELLS_FIGURES = "0014"  # from here on the centre tells indicators
WITNESSES = "0010"  # from here on the centre keeps what a seat says of its copy of the history
COVERS_DUES = "0018"  # from here on what falls due during a leave goes to who covers
COACHES = "0017"  # from here on a lead's reviews of contacts are kept at the centre
LENDS = "0015"  # from here on more than plans is decided at the centre, and authority is lent
DECIDES_BREACHES = "0005"  # from here on a breached plan is decided at the centre
HANDS_ON = "0002"  # from here on the centre takes back what a restore forgot, and is told what a seat has applied

_WRONG_PASSWORD = {"28P01", "28000"}
_LOST = ("08", "57P", "25P03")  # SQLSTATEs that begin so: connection exception, the server ended session or transaction


class LinkError(WorkstationError):
    code = "link"


class WrongPassword(LinkError):  # errors are named as the user meets them
    code = "wrong_password"


class AccountClosed(LinkError):
    """The centre knows the login and does not let it in any more."""

    code = "account_closed"


class Unreachable(LinkError):
    code = "unreachable"


class NotTrusted(Unreachable):
    """Somebody answers, and it is not certain that it is the centre. The password was not given away."""

    code = "not_trusted"


class ConnectionLost(Unreachable):
    """The centre was there and is gone: the line broke, or the server ended the session."""

    code = "connection_lost"


class DeviceRevoked(LinkError):
    """`epoch` is the centre's, from schema 0002 on. `erase`: the administrator wants what this device holds gone."""

    code = "device_revoked"
    epoch: str | None = None
    erase = False


class PasswordMustChange(LinkError):
    """The centre opens nothing but the change of the password (`sync.password`)."""

    code = "password_must_change"


class DeviceWaits(LinkError):
    """The house wants new devices let in by an administrator, and this one is not yet."""

    code = "device_waits"


class ClientTooOld(LinkError):
    code = "client_too_old"


class CentreTooOld(LinkError):
    code = "centre_too_old"


class NonsenseAnswer(LinkError):
    """The centre answered with what its schema does not allow. Nothing of it was applied."""

    code = "nonsense"


class CentreWentBack(LinkError):
    """The centre is older than what this seat has already seen: restored, without having been told so."""

    code = "centre_went_back"


class Welcome(msgspec.Struct, frozen=True):
    """What the centre says at the door. `serves_from` is the oldest client schema it serves."""

    epoch: str
    server_time: datetime
    person_id: str
    login: str
    name: str
    role: Literal["collector", "field", "lead", "auditor", "admin"]
    team_id: str | None
    team_name: str | None
    schema_version: str
    serves_from: str | None = None
    must_change: bool = False
    password_days: int | None = None  # until it must be changed; None: it does not age
    device_waits: bool = False
    recover_until: datetime | None = None  # until then it takes what a restore forgot

    @property
    def recovers(self) -> bool:
        return self.recover_until is not None and self.server_time < self.recover_until

    @property
    def hands_on(self) -> bool:
        return self.schema_version >= HANDS_ON

    @property
    def staffs(self) -> bool:
        return self.schema_version >= STAFFS


def connect(server: Server, login: str, password: str) -> psycopg.Connection[Any]:
    """A signed-in connection. Raises `WrongPassword`, `NotTrusted` and `Unreachable`."""
    target: dict[str, Any] = {**server.target}
    try:
        return psycopg.connect(
            **target,
            dbname=server.database,
            user=login,
            password=password,
            connect_timeout=CONNECT_SECONDS,
            application_name="workstation",
            **trust.parameters(server),
            prepare_threshold=None,  # a pool may give each transaction to another connection
        )
    except psycopg.OperationalError as error:
        raise _explained(error, server) from error


def hello(conn: psycopg.Connection[Any], device_id: str, device_name: str) -> Welcome:
    """Introduce this device. Raises `DeviceRevoked`, `DeviceWaits`, `PasswordMustChange`, `ClientTooOld`,
    `CentreTooOld` and `CentralRefusedError`.
    """
    try:
        with conn.cursor(row_factory=dict_row) as cursor:
            row = cursor.execute("SELECT * FROM app.hello(%s, %s, %s)", [device_id, device_name, SCHEMA]).fetchone()
        conn.commit()
    except psycopg.Error as error:
        raise typed(error) from error
    said = {name: str(value) if isinstance(value, UUID) else value for name, value in (row or {}).items()}
    try:
        welcome = msgspec.convert(said, Welcome)
    except msgspec.ValidationError as error:
        raise NonsenseAnswer(
            msg("The centre gave no sense in answer to the greeting; its schema is not this program's.")
        ) from error
    _check_schema(welcome)
    if welcome.must_change:
        raise PasswordMustChange(SQLSTATES[MUST_CHANGE], field="password")
    if welcome.device_waits:
        raise DeviceWaits(
            msg(
                "The centre does not know this device yet. An administrator has to let it in (workstation central "
                "device approve); what you record meanwhile is kept here."
            )
        )
    return welcome


def _check_schema(welcome: Welcome) -> None:
    """Each side works with a range of the other; outside it, who has to be upgraded is said."""
    theirs, known = welcome.schema_version, SCHEMA
    if theirs > known and (welcome.serves_from is None or welcome.serves_from > known):
        raise ClientTooOld(
            msg(
                "The centre has schema {theirs}, this program knows {ours}. Update this program; nothing is lost.",
                theirs=theirs,
                ours=known,
            )
        )
    if theirs < OLDEST_CENTRE:
        raise CentreTooOld(
            msg(
                "The centre has schema {theirs}, this program needs {ours} or newer. The administrator has to upgrade "
                "the centre (workstation central migrate); work goes on, nothing is lost.",
                theirs=theirs,
                ours=OLDEST_CENTRE,
            )
        )


def typed(error: psycopg.Error) -> WorkstationError:
    """The error in words. A broken line is `ConnectionLost`; what has no words of its own names its SQLSTATE."""
    known = refusal(error)
    if known is not None and error.sqlstate == DEVICE_REVOKED:
        revoked = DeviceRevoked(known.message)
        revoked.epoch = error.diag.message_detail
        revoked.erase = error.diag.message_hint == "erase"
        return revoked
    if known is not None and error.sqlstate == MUST_CHANGE:
        return PasswordMustChange(known.message, field="password")
    if known is not None:
        return known
    if isinstance(error, psycopg.OperationalError) and (error.sqlstate or "08").startswith(_LOST):
        return ConnectionLost(msg("The connection to the centre broke. Work goes on; it is tried again."))
    return LinkError(msg("The centre answered with the error {code}.", code=error.sqlstate or type(error).__name__))


@contextmanager
def sensible() -> Iterator[None]:
    """What the centre answered is read within: what is no answer to the question is `NonsenseAnswer`."""
    try:
        yield
    except (msgspec.MsgspecError, LookupError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise NonsenseAnswer(
            msg("The centre's answer cannot be read. Nothing of it was kept; tell your administrator.")
        ) from error


def _explained(error: psycopg.OperationalError, server: Server) -> LinkError:
    text = str(error)
    unknown = trust.distrust(text, server)
    if unknown is not None:
        host, port = server.places[0]
        return NotTrusted(
            msg(
                "What answers at {host}:{port} is not trusted as the centre: {why}. Your password was not sent. "
                "Work goes on offline; tell your administrator.",
                host=host,
                port=port,
                why=unknown,
            )
        )
    if error.sqlstate in _WRONG_PASSWORD or "password authentication failed" in text or "no password supplied" in text:
        return WrongPassword(msg("The login or the password is wrong. Nothing was changed."), field="password")
    if "not permitted to log in" in text:
        return AccountClosed(
            msg("This account was closed by an administrator. What is recorded here is kept; ask your administrator.")
        )
    why: Message
    if "does not exist" in text:
        why = msg("the database {database} is not there", database=server.database)
    elif "read-only" in text:
        why = msg("none of its hosts is the primary")
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
