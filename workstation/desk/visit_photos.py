"""The photos of a recorded visit: what there is of them here, and each in full for whoever may see it."""

from __future__ import annotations

from dataclasses import dataclass

from workstation.desk.attachments import Attachments, NotAtCentre
from workstation.desk.seat import Seat
from workstation.domain.errors import InputError
from workstation.domain.message import msg


@dataclass(frozen=True, slots=True)
class VisitPhoto:
    """`here`: its content is on this device; else the centre is asked for it."""

    sha256: str
    caption: str
    here: bool


class VisitPhotos:
    def __init__(self, seat: Seat, kept: Attachments) -> None:
        self._seat, self._kept = seat, kept

    def of(self, case_id: str, event_id: str) -> tuple[VisitPhoto, ...]:
        """Of a visit's record, or of the report beside it; nothing for anything else, and for who may not know."""
        if self._seat.masks.treatment("photo") == "never":
            return ()
        file = self._seat.file(case_id)
        wanted = (event for event in file.events if event.kind == "visit" and event_id in {event.id, event.answers})
        event = next(wanted, None)
        if event is None:
            return ()
        words = self._seat.masks.text
        shots = self._kept.of_visit(event.kind, event.body, case_id)
        return tuple(VisitPhoto(shot.sha256, words(shot.caption), shot.here) for shot in shots)

    def content(self, case_id: str, sha256: str) -> bytes:
        """Decrypted into memory, held against its hash; what is not here is slow. Whoever asks has recorded why, where
        the masking table wants a reason. Raises `InputError` for a role that may not, `NotAtCentre` and what reaching
        the centre raises."""
        if not self._seat.masks.open_to("photo"):
            raise InputError(msg("Photos of visits are not shown to this role."))
        content = self._kept.content(case_id, sha256)
        if content is None:
            raise NotAtCentre
        return content
