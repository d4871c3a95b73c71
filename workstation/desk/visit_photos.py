"""The photos of a recorded visit: what there is of them here, and each in full for whoever may see it."""

from __future__ import annotations

from dataclasses import dataclass

from local_db import attachments
from workstation.desk.seat import Seat
from workstation.domain.errors import InputError
from workstation.domain.events import VisitReport, decode_body
from workstation.domain.message import msg


@dataclass(frozen=True, slots=True)
class VisitPhoto:
    """`here`: its content is on this device; else it comes with a synchronisation."""

    sha256: str
    caption: str
    here: bool


class VisitPhotos:
    def __init__(self, seat: Seat) -> None:
        self._seat = seat

    def of(self, case_id: str, event_id: str) -> tuple[VisitPhoto, ...]:
        """Of a visit's record, or of the report beside it; nothing for anything else, and for who may not know."""
        if self._seat.masks.treatment("photo") == "never":
            return ()
        file = self._seat.file(case_id)
        wanted = (event for event in file.events if event.kind == "visit" and event_id in {event.id, event.answers})
        event = next(wanted, None)
        body = decode_body(event.kind, event.body) if event is not None else None
        if not isinstance(body, VisitReport):
            return ()
        words = self._seat.masks.text
        with self._seat.store.read() as conn:
            here = {row.sha256 for row in attachments.of_case(conn, case_id)}
        return tuple(VisitPhoto(photo.sha256, words(photo.caption), photo.sha256 in here) for photo in body.photos)

    def content(self, case_id: str, sha256: str) -> bytes:
        """Decrypted into memory, held against its hash. Whoever asks has recorded why, where the masking table wants a
        reason. Raises `InputError` for a role that may not, and `AttachmentAbsent`."""
        if not self._seat.masks.open_to("photo"):
            raise InputError(msg("Photos of visits are not shown to this role."))
        with self._seat.store.read() as conn:
            return attachments.read(conn, case_id, sha256)
