"""What a gateway asks the central database and tells it. Every call is a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from psycopg.rows import dict_row

from workstation.domain.errors import WorkstationError
from workstation.domain.events import Event
from workstation.gateway.outgoing import LETTERS, Outgoing
from workstation.sync.link import ConnectionLost, NonsenseAnswer, typed

Link = Callable[[], psycopg.Connection[Any]]

# What the centre leaves out of the bodies: required there, and nothing the gate asks.
_LEFT_OUT: dict[str, object] = {"text": "", "value": "", "request": {}, "result": {}}


@dataclass(frozen=True, slots=True)
class Due:
    """A message whose time has come, and what the contact gate asks about its case."""

    id: str
    channel: str
    contact_point: str
    party: str | None  # None: no contact point of the case where the channel leads
    zone: str
    purpose: str
    jurisdiction: str
    queued_at: datetime
    closed: bool  # the case
    attempt: int
    seen: int
    events: tuple[Event, ...] | None  # None: one of them cannot be read


class Wanted(msgspec.Struct, frozen=True):
    """A letter on record: what its bytes are made of, and their hash. `missing`: the one named is not there."""

    missing: bool
    version: str
    sha256: str
    context: dict[str, Any]


class Known(msgspec.Struct, frozen=True):
    """How many messages are in a state, for `gateway status`."""

    state: str
    reason: str
    messages: int
    oldest: datetime


class Centre:
    """The link to the centre, made when it is needed and again after it broke."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._conn: psycopg.Connection[Any] | None = None
        self._untold: list[tuple[str, list[object]]] = []  # results, with their parameters

    def clock(self) -> Callable[[], datetime]:
        """The centre's clock: this machine's may be wrong, and quiet hours hang on it."""
        ((then,),) = self._ask("SELECT clock_timestamp()", [])
        asked = monotonic()
        return lambda: then + timedelta(seconds=monotonic() - asked)

    def due(self, channels: list[str], most: int) -> list[Due]:
        """What has to be sent, the oldest first; with e-mail also what a letter goes with."""
        self._tell_all()
        if "email" in channels:
            channels = [*channels, LETTERS]
        with self._explained() as conn, conn.cursor(row_factory=dict_row) as cursor:
            rows = cursor.execute("SELECT * FROM app.due_messages(%s, %s)", [channels, most]).fetchall()
        return [_due(row) for row in rows]

    def claim(self, due: Due) -> Outgoing | None:
        """Takes it to send it now. None: another gateway has it, or something was recorded on the case meanwhile."""
        rows = self._ask("SELECT * FROM app.claim_message(%s, %s)", [due.id, due.seen])
        return Outgoing(due.id, *rows[0]) if rows else None

    def letter(self, message: Outgoing) -> Wanted | None:
        """The letter that goes with a message in our hands, as it was recorded; None where none does.

        Raises `msgspec.ValidationError` for what is not one.
        """
        if message.channel != "email":
            return None
        rows = self._ask(
            "SELECT missing, version, sha256, context FROM app.letter_of_message(%s, %s)",
            [message.id, message.attempt],
        )
        if not rows:
            return None
        missing, version, sha256, context = rows[0]
        return msgspec.convert(
            {"missing": missing, "version": version or "", "sha256": sha256 or "", "context": context or {}}, Wanted
        )

    def later(self, message: str, attempt: int, until: datetime) -> None:
        self._tell("SELECT app.message_later(%s, %s, %s)", [message, attempt, until])

    def sent(self, message: str, attempt: int, reference: str) -> None:
        self._tell("SELECT app.message_sent(%s, %s, %s)", [message, attempt, reference])

    def failed(self, message: str, attempt: int, reason: str) -> None:
        self._tell("SELECT app.message_failed(%s, %s, %s)", [message, attempt, reason])

    def delivered(self, message: str) -> None:
        self._tell("SELECT app.message_delivered(%s)", [message])

    def unconfirmed(self, most: int) -> list[tuple[str, int]]:
        """Text messages of which the provider has not said yet whether they arrived, with their attempt."""
        rows = self._ask("SELECT message::text, attempt FROM app.unconfirmed_messages(%s)", [most])
        return [(message, attempt) for message, attempt in rows]

    def status(self) -> list[Known]:
        rows = self._ask("SELECT state, reason, messages, oldest FROM app.message_status()", [])
        return [Known(*row) for row in rows]

    def close(self) -> None:
        if self._conn is not None:
            self._conn.close()
            self._conn = None

    def _tell(self, query: str, parameters: list[object]) -> None:
        """A result must not be lost with the line: it is said again at once, and before anything else is asked. Said
        twice, the centre writes it once."""
        self._untold.append((query, parameters))
        try:
            self._tell_all()
        except WorkstationError:
            self._tell_all()

    def _tell_all(self) -> None:
        while self._untold:
            self._ask(*self._untold[0])
            del self._untold[0]

    def _ask(self, query: str, parameters: list[object]) -> list[tuple[Any, ...]]:
        with self._explained() as conn:
            return conn.execute(query.encode(), parameters).fetchall()

    def _explained(self) -> _Session:
        return _Session(self)

    def connection(self) -> psycopg.Connection[Any]:
        if self._conn is None or self._conn.closed:
            self._conn = self._link()
            self._conn.autocommit = True
        return self._conn


class _Session:
    """The connection for one call; what the driver raises comes out typed, and a broken line is dropped."""

    def __init__(self, centre: Centre) -> None:
        self._centre = centre

    def __enter__(self) -> psycopg.Connection[Any]:
        return self._centre.connection()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, psycopg.Error):
            said = typed(error)
            if isinstance(said, ConnectionLost):
                self._centre.close()
            raise said from error


class _Row(msgspec.Struct, frozen=True):
    """An event as `app.due_messages` gives it: without its author, its device and all that the gate does not ask."""

    id: str
    kind: str
    occurred_at: datetime
    offset_ms: int
    contact_point: str | None
    channel: str | None
    outcome: str | None
    answers: str | None
    body: dict[str, object] | None


def _due(row: dict[str, Any]) -> Due:
    said: dict[str, Any] = {name: str(value) if isinstance(value, UUID) else value for name, value in row.items()}
    try:
        rows = msgspec.convert(said["events"] or [], list[_Row])
    except msgspec.ValidationError as error:
        raise NonsenseAnswer("The centre gave no sense; its schema is not this program's.") from error
    return Due(
        id=said["message"],
        channel=said["channel"],
        contact_point=said["contact_point"] or "",
        party=said["party"],
        zone=said["zone"] or "",
        purpose=said["purpose"],
        jurisdiction=said["jurisdiction"],
        queued_at=said["queued_at"],
        closed=said["closed"],
        attempt=said["attempts"],
        seen=said["seen"],
        events=None if any(event.body is None for event in rows) else tuple(map(_event, rows)),
    )


def _event(row: _Row) -> Event:
    return Event(
        id=row.id,
        case_id="",
        kind=row.kind,
        occurred_at=row.occurred_at,
        author="",
        device="",
        contact_point=row.contact_point,
        channel=row.channel,
        outcome=row.outcome,
        answers=row.answers,
        body=msgspec.json.encode(_LEFT_OUT | (row.body or {})).decode(),
        offset_ms=row.offset_ms,
    )
