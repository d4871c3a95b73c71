"""Photos and signatures of a case, to look at: from this device where they are, else from the centre."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from local_db import attachments
from local_db.attachments import AttachmentAbsent
from workstation.desk.seat import Seat
from workstation.domain.errors import WorkstationError
from workstation.domain.events import VisitReport, decode_body
from workstation.domain.message import msg

if TYPE_CHECKING:
    from workstation.sync.attachments import Link

# How long what the centre has stays here too: as long as a restored centre asks for what it forgot, and a lease more.
KEPT = timedelta(days=40)


class NotAtCentre(WorkstationError):
    """Neither here nor, whole, at the centre."""

    code = "attachment_not_at_centre"

    def __init__(self) -> None:
        super().__init__(
            msg("This photo or signature has not reached the centre yet; it comes when its author synchronises.")
        )


@dataclass(frozen=True, slots=True)
class Shot:
    """One photo of a visit as its report names it. `here`: it opens without the centre."""

    sha256: str
    caption: str
    taken_at: datetime | None
    size: int
    here: bool


class Attachments:
    """`open_line` signs in at the centre: what is not here is slow, not for the window's thread."""

    def __init__(self, seat: Seat, open_line: Callable[[], Link]) -> None:
        self._seat, self._open_line = seat, open_line

    def of_visit(self, kind: str, body: str, case_id: str) -> tuple[Shot, ...]:
        """The photos that a visit's event names; none for any other event."""
        report = decode_body(kind, body)
        if not isinstance(report, VisitReport):
            return ()
        with self._seat.store.read() as conn:
            here = {one.sha256 for one in attachments.of_case(conn, case_id)}
        return tuple(Shot(one.sha256, one.caption, one.taken_at, one.size, one.sha256 in here) for one in report.photos)

    def here(self, case_id: str, sha256: str) -> bool:
        with self._seat.store.read() as conn:
            return attachments.find(conn, case_id, sha256) is not None

    def content(
        self,
        case_id: str,
        sha256: str,
        progress: Callable[[int, int], None] = lambda _done, _total: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> bytes | None:
        """The bytes, compared with their hash; None when cancelled. What came from the centre stays in the store.

        Raises `NotAtCentre` and what reaching the centre raises.
        """
        from workstation.sync.attachments import fetch

        store = self._seat.store
        try:
            with store.read() as conn:
                return attachments.read(conn, case_id, sha256)
        except AttachmentAbsent:
            pass  # not here, or not whole any more
        try:
            got = fetch(self._open_line, case_id, sha256, cancelled=cancelled, report=progress)
        except AttachmentAbsent as error:
            raise NotAtCentre from error
        if got is None:
            return None
        content, media = got
        with store.write() as conn:
            attachments.keep_copy(conn, case_id, content, kind="photo", media=media, at=datetime.now(UTC))
        return content


def let_go(seat: Seat) -> int:
    """What the centre has had for long leaves this device; it is fetched again when somebody looks."""
    with seat.store.write() as conn:
        return attachments.forget_old(conn, datetime.now(UTC) - KEPT)
