"""Photos and signatures to the centre and back: after the events, in chunks, resumed where a broken line left them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

import psycopg

from local_db import attachments, outbox
from local_db.attachments import Attachment, AttachmentAbsent
from local_db.engine import Store
from workstation.central.refusals import CentralRefusedError
from workstation.sync.doing import Doing, untold
from workstation.sync.link import KEEPS_ATTACHMENTS, ConnectionLost, Unreachable, hello, sensible, typed
from workstation.sync.pace import LARGEST, Pace
from workstation.sync.turn import one_at_a_time

Link = psycopg.Connection[Any]
LARGEST_WHOLE = 10_485_760  # bytes of an attachment; no centre takes more
OFFERED = 8  # attachments in one question, which is asked again after every cut
STRETCH_SECONDS = 30.0  # of the store's turn: others that want to synchronise wait no longer
_TRIES = 2  # times the same bytes are sent that arrive as others
_LATER = "too_much"  # the centre's daily measure is full: no refusal
_UNNAMED = "not_named"


@dataclass(frozen=True, slots=True)
class Sent:
    """What one stretch did. `left` can go on at once; `broke`: the line did, or there was none."""

    done: int = 0
    refused: int = 0
    carried: int = 0  # bytes
    left: bool = False
    broke: bool = False

    @property
    def moved(self) -> bool:
        return bool(self.done or self.refused or self.carried)


def stretch(
    store: Store,
    link: Callable[[], Link],
    device: str,
    device_name: str,
    pace: Pace,
    *,
    cancelled: Callable[[], bool] = lambda: False,
    report: Callable[[Doing], None] = untold,
) -> Sent:
    """Hand in for a while, on a connection of its own; ends early when an event waits, which goes first.

    A broken line is no error here: what arrived stays at the centre, and the next stretch goes on from there. Raises
    the other errors of `link`, and `SyncBusy`.
    """
    with store.read() as local:
        if not attachments.waiting(local, 1):
            return Sent()
    course = _Course(store, pace, cancelled, report)
    try:
        with one_at_a_time(store.path, cancelled), link() as conn:
            if hello(conn, device, device_name).schema_version < KEEPS_ATTACHMENTS:
                return Sent()
            course.run(conn, monotonic() + STRETCH_SECONDS)
    except (ConnectionLost, Unreachable) as error:
        if isinstance(error, ConnectionLost):
            pace.broke()
        elif type(error) is not Unreachable:
            raise  # not trusted
        return course.sent(broke=True)
    return course.sent()


def carry(
    store: Store,
    link: Callable[[], Link],
    device: str,
    device_name: str,
    pace: Pace,
    *,
    cancelled: Callable[[], bool] = lambda: False,
    report: Callable[[Doing], None] = untold,
) -> bool:
    """Stretch after stretch until all is through, it is cancelled, an event waits or the line carries nothing.

    True when nothing is left that could go.
    """
    before = 0

    def told(doing: Doing) -> None:
        report(Doing(doing.phase, before + doing.done, before + doing.total))

    while not cancelled():
        sent = stretch(store, link, device, device_name, pace, cancelled=cancelled, report=told)
        before += sent.done + sent.refused
        if not sent.left:
            return True
        if not sent.moved:
            return False
    return False


def hand_in(store: Store, conn: Link, *, seconds: float | None) -> Sent:
    """Over a connection that is open, events being through: what a revoked device still holds."""
    course = _Course(store, Pace(), lambda: False, untold)
    course.run(conn, None if seconds is None else monotonic() + seconds)
    return course.sent()


class _Course:
    """One stretch: what is to go, what went."""

    def __init__(
        self, store: Store, pace: Pace, cancelled: Callable[[], bool], report: Callable[[Doing], None]
    ) -> None:
        self._store, self._pace, self._cancelled, self._report = store, pace, cancelled, report
        self._done = self._refused = self._carried = 0
        self._until: float | None = None
        self._later: set[tuple[str, str]] = set()
        self._ended = False  # with something left that can go on
        with store.read() as local:
            self._total = attachments.unsent(local)[0]

    def sent(self, *, broke: bool = False) -> Sent:
        return Sent(self._done, self._refused, self._carried, self._ended or broke, broke)

    def run(self, conn: Link, until: float | None) -> None:
        self._until = until
        try:
            if conn.info.transaction_status:
                conn.commit()
            conn.autocommit = True  # a chunk is one way there and one back
            while not self._over():
                batch = self._next()
                if not batch:
                    return
                with sensible():
                    answers = list(zip(batch, _offer(conn, batch), strict=True))
                    if not all(0 <= answer[0] <= one.size for one, answer in answers):
                        raise ValueError
                for one, answer in answers:
                    self._told()
                    if self._over():
                        break
                    self._take(conn, one, *answer)
        except psycopg.Error as error:
            raise typed(error) from error
        self._ended = True

    def _next(self) -> list[Attachment]:
        with self._store.read() as local:
            waiting = attachments.waiting(local, OFFERED + len(self._later))
        return [one for one in waiting if (one.case_id, one.sha256) not in self._later]

    def _over(self) -> bool:
        """Cancelled, or the time is up, or an event waits: it does not wait for photos."""
        if self._cancelled() or (self._until is not None and monotonic() >= self._until):
            return True
        with self._store.read() as local:
            return outbox.waiting(local) > 0

    def _told(self) -> None:
        self._report(Doing("attachments", self._done + self._refused, self._total))

    def _take(self, conn: Link, one: Attachment, received: int, whole: bool, reason: str | None) -> None:
        if reason == _LATER or (reason == _UNNAMED and self._left(one)):
            self._later.add((one.case_id, one.sha256))
        elif reason is not None:
            self._refuse(one, reason)
        elif whole:
            self._confirm(one)
        else:
            try:
                self._send(conn, one, received)
            except AttachmentAbsent:
                self._refuse(one, "damaged")
            except psycopg.Error as error:
                known = typed(error)
                if not isinstance(known, CentralRefusedError):
                    if isinstance(error, psycopg.errors.QueryCanceled):
                        self._pace.broke()  # it took longer to arrive than the centre waits
                    raise
                self._refuse(one, known.code)

    def _left(self, one: Attachment) -> bool:
        """Of a case that has left: whoever has it now has yet to give its event to the restored centre."""
        with self._store.read() as local:
            return not attachments.named_here(local, one)

    def _send(self, conn: Link, one: Attachment, received: int) -> None:
        """From the first byte the centre lacks to the comparison of the hash."""
        for _ in range(_TRIES):
            while received < one.size:
                if self._over():
                    return
                with self._store.read() as local:
                    data = attachments.read(local, one.case_id, one.sha256, received, self._pace.size)
                began = monotonic()
                now = _asked(conn, "SELECT app.put_chunk(%s, %s, %s, %b)", one.case_id, one.sha256, received, data)
                received = _further(received, now, one.size)
                self._pace.took(len(data), monotonic() - began)
                self._carried += len(data)
                self._told()
            if _asked(conn, "SELECT app.finish_attachment(%s, %s)", one.case_id, one.sha256) == "whole":
                self._confirm(one)
                return
            received = 0
            with self._store.read() as local:
                attachments.read(local, one.case_id, one.sha256)  # is it what it says here?
        self._refuse(one, "bad_hash")

    def _confirm(self, one: Attachment) -> None:
        with self._store.write() as local:
            attachments.confirm(local, one.case_id, one.sha256)
        self._done += 1
        self._told()

    def _refuse(self, one: Attachment, reason: str) -> None:
        with self._store.write() as local:
            attachments.refuse(local, one.case_id, one.sha256, reason)
        self._refused += 1


def _offer(conn: Link, batch: Sequence[Attachment]) -> list[tuple[int, bool, str | None]]:
    """For each: how many bytes the centre has, whether that is all, or why it takes none."""
    offered = [{"event": one.event_id, "sha256": one.sha256, "size": one.size, "media": one.media} for one in batch]
    query = "SELECT received, whole, reason FROM app.offer_attachments(%s::json) ORDER BY place"
    return conn.execute(query, [json.dumps(offered, separators=(",", ":"))]).fetchall()


def _further(before: int, now: object, size: int) -> int:
    """How many bytes the centre says it has now: more than before, or nothing would ever come to an end."""
    with sensible():
        if not isinstance(now, int) or not before < now <= size:
            raise ValueError
        return now


def _asked(conn: Link, query: str, *values: object) -> Any:
    row = conn.execute(query.encode(), values).fetchone()
    return None if row is None else row[0]


def fetch(
    link: Callable[[], Link],
    case_id: str,
    sha256: str,
    *,
    cancelled: Callable[[], bool] = lambda: False,
    report: Callable[[int, int], None] = lambda _done, _total: None,
) -> tuple[bytes, str] | None:
    """The content from the centre, compared with its hash, and its media type; None when cancelled.

    A broken line is taken up again as long as each one brought something. Raises `AttachmentAbsent` for what is not
    there or not what it says, and the errors of `link`.
    """
    content = bytearray()
    while True:
        before = len(content)
        try:
            with link() as conn:
                media = _fetch(conn, case_id, sha256, content, cancelled, report)
        except ConnectionLost:
            if len(content) == before:
                raise
            continue
        if media is None:
            return None
        if hashlib.sha256(content).hexdigest() != sha256:
            raise AttachmentAbsent
        return bytes(content), media


def _fetch(
    conn: Link,
    case_id: str,
    sha256: str,
    content: bytearray,
    cancelled: Callable[[], bool],
    report: Callable[[int, int], None],
) -> str | None:
    try:
        conn.autocommit = True
        row = conn.execute(
            "SELECT size, media FROM attachment WHERE case_id = %s AND sha256 = %s AND finished_at IS NOT NULL",
            [case_id, sha256],
        ).fetchone()
        if row is None:
            raise AttachmentAbsent
        size, media = row
        with sensible():
            if not isinstance(size, int) or not 0 < size <= LARGEST_WHOLE:
                raise ValueError
        pace = Pace()
        with conn.cursor(binary=True) as cursor:  # as text it would be twice as long
            while len(content) < size:
                if cancelled():
                    return None
                began, length = monotonic(), min(pace.size, LARGEST)
                query = "SELECT app.read_chunk(%s, %s, %s, %s)"
                part = cursor.execute(query, [case_id, sha256, len(content), length]).fetchone()
                if part is None or not part[0] or len(part[0]) > min(length, size - len(content)):
                    raise AttachmentAbsent
                content += part[0]
                pace.took(len(part[0]), monotonic() - began)
                report(len(content), size)
    except psycopg.Error as error:
        raise typed(error) from error
    return str(media)
