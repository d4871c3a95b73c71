"""An agreement signed on the screen: the debtor's strokes in the letter, the letter on record, the plan agreed to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import sqlalchemy as sa

from local_db import attachments
from workstation.desk.correspondence import Correspondence
from workstation.desk.letter_form import LetterForm
from workstation.desk.seat import Seat, zone
from workstation.desk.views import LetterMade
from workstation.desk.visit_views import SignatureRow
from workstation.domain.errors import InputError
from workstation.domain.events import Event, NextAction, PlanDecided
from workstation.domain.message import Message, msg
from workstation.domain.signature import MEDIA, read_strokes, strokes_hash, strokes_text

TEMPLATE = "plan_agreement"
LONGEST_NAME = 100


class SignedAgreements:
    def __init__(self, seat: Seat, correspondence: Correspondence) -> None:
        self._seat, self._correspondence = seat, correspondence
        self._kept: tuple[tuple[str, str, str], LetterMade] | None = None  # by case, signature and plan

    def refusal(self, case_id: str) -> Message | None:
        """Why there is nothing to sign now; None where a proposed plan waits for the debtor."""
        plan = self._seat.file(case_id).state.waiting_plan
        if plan is None:
            return msg("No plan waits for the debtor's consent. Work one out and propose it first (F3).")
        if plan.needs_approval and plan.stage != "approved":
            return msg("This plan still waits for a lead's approval.")
        return None

    def debtor(self, case_id: str) -> str:
        """Who signs."""
        return self._seat.masks.name(self._seat.file(case_id).debtor.name)

    def unsigned(self, case_id: str) -> LetterMade:
        """The agreement as it is put before the debtor. Slow the first time: not for the window thread."""
        context = self._correspondence.prepare(case_id, LetterForm(TEMPLATE), handed_over=True)
        return self._correspondence.made(context)

    def sign(self, case_id: str, strokes: Sequence[Sequence[tuple[float, float]]], signer: str) -> SignatureRow:
        """Keep what was drawn. Raises `InputError` when it is no signature or there is nothing to sign."""
        why = self.refusal(case_id)
        if why is not None:
            raise InputError(why, field="signature")
        name = " ".join(signer.split())[:LONGEST_NAME]
        if not name:
            raise InputError(msg("Write who signed."), field="signer")
        text, now = strokes_text(strokes), self._seat.clock.now()
        read_strokes(text)
        with self._seat.store.write() as conn:
            kept = attachments.add(conn, case_id, text.encode(), kind="signature", media=MEDIA, at=now)
        return SignatureRow(kept.sha256, now.isoformat(), name)

    def strokes(self, case_id: str, sha256: str) -> str:
        """What was drawn, as text. Raises `AttachmentAbsent`."""
        with self._seat.store.read() as conn:
            return attachments.read(conn, case_id, sha256).decode()

    def made(self, case_id: str, signature: SignatureRow) -> LetterMade:
        """The agreement with the signature in it. Slow the first time. Raises what making a letter raises."""
        why = self.refusal(case_id)
        if why is not None:
            raise InputError(why, field="signature")
        file = self._seat.file(case_id)
        waiting = file.state.waiting_plan
        key = (case_id, signature.sha256, "" if waiting is None else waiting.id)
        if self._kept is not None and self._kept[0] == key:
            return self._kept[1]
        text = self.strokes(case_id, signature.sha256)
        at = datetime.fromisoformat(signature.at).astimezone(zone(file.zone)).replace(microsecond=0)
        context = self._correspondence.prepare(case_id, LetterForm(TEMPLATE), handed_over=True)
        context["date"] = at.date().isoformat()  # as it was signed, whenever the report is written
        context["plan"] = {
            **context["plan"],
            "consent": "signed",
            "agreed_on": at.date().isoformat(),
            "signature": {
                "strokes": text,
                "sha256": strokes_hash(text),
                "at": at.isoformat(),
                "signer": signature.signer,
            },
        }
        letter = self._correspondence.made(context)
        self._kept = key, letter
        return letter

    def drafted(
        self, case_id: str, letter: LetterMade, signature: SignatureRow, reason: str, at: datetime
    ) -> list[Event]:
        """The signed letter's events, and the consent in the plan's: from then on it is in force."""
        file, today = self._seat.file(case_id), self._seat.clock.today()
        plan = file.state.waiting_plan
        if plan is None:
            raise InputError(msg("There is no proposed plan on this case to agree on; propose one first."))
        drafts = self._correspondence.drafted(case_id, letter, reason, at=at, handed_over=True)
        signed = datetime.fromisoformat(signature.at).astimezone(zone(file.zone)).date()
        decided = PlanDecided(
            decision="agreed",
            consent="signed",
            signed_on=None if signed == today else signed,
            next_action=NextAction(
                action="check_payment", due=max(today, plan.numbered[0][1].due) if plan.numbered else today
            ),
        )
        offset = drafts[0].offset_ms
        return [*drafts, self._seat.draft(case_id, decided, offset_ms=offset, at=at.astimezone(UTC), answers=plan.id)]

    def archive(self, conn: sa.Connection, case_id: str, letter: LetterMade, event: Event) -> None:
        """The signed PDF into the archive, inside the transaction that records it."""
        self._correspondence.put_away(conn, case_id, letter, event)
