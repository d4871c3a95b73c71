"""Letters by e-mail: the letter on the timeline and the message that takes it, in one transaction.

The message names the letter, it does not carry it: the gateway makes the PDF again from the letter's record and sends
nothing unless its hash is the one recorded.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from local_db import events as store_events
from local_db.queries import CaseFile
from local_db.state import CENTRE_SCHEMA, get_state
from workstation.desk.correspondence import JUST_AFTER, Correspondence
from workstation.desk.messages import MessageCheck, MessageForm, MessagePoint, Messages
from workstation.desk.seat import Seat
from workstation.desk.views import LetterMade
from workstation.domain.changes import Changes
from workstation.domain.conduct import letter_purpose
from workstation.domain.errors import InputError
from workstation.domain.events import Event, Letter, decode_body
from workstation.domain.letter_rules import INTERNAL
from workstation.domain.message import Message, msg
from workstation.i18n import Translator

MAILS_LETTERS = "0007"  # the central schema from which on a letter goes with an e-mail


@dataclass(slots=True)
class MailForm:
    """The e-mail that takes a letter, as typed."""

    point: str = ""
    subject: str = ""
    text: str = ""
    override_reason: str = ""


class LetterMail:
    def __init__(self, seat: Seat, letters: Correspondence, messages: Messages) -> None:
        self._seat, self._letters, self._messages = seat, letters, messages

    def points(self, case_id: str) -> tuple[MessagePoint, ...]:
        """The debtor's own e-mail addresses; a letter goes to nobody else."""
        own = {
            row.id for row in self._seat.file(case_id).points if row.kind == "email" and row.related_person_id is None
        }
        return tuple(point for point in self._messages.points(case_id) if point.id in own)

    def cover(self, case_id: str, language: str) -> MailForm:
        """The e-mail as it is usual: who writes, that a letter is attached, whom to call; nothing of what it says."""
        file, today = self._seat.file(case_id), self._seat.clock.today()
        say = Translator(language or file.debtor.language, self._seat.clock.zone)
        phone = str(file.book.contact.get("phone", ""))
        points = self.points(case_id)
        text = msg(
            "Our letter of {day} to you is attached as a PDF.\n\nIf you have a question, call us: {phone}.\n{bank}",
            day=say.day(today, "long"),
            phone=phone,
            bank=file.book.bank,
        )
        return MailForm(
            point=points[0].id if points else "",
            subject=say.say(msg("A letter from {bank}", bank=file.book.bank)),
            text=say.say(text),
        )

    def why_not(self, case_id: str, template: str) -> Message | None:
        """Why this letter cannot go by e-mail at all; None when it can."""
        if template in INTERNAL:
            return msg("This paper stays in the house: it goes to nobody by e-mail.")
        if not self.points(case_id):
            return msg("There is no e-mail address of the debtor's own on record.")
        with self._seat.store.read() as conn:
            met, schema = get_state(conn, "me") is not None, get_state(conn, CENTRE_SCHEMA)
        if met and (schema is None or schema < MAILS_LETTERS):
            return msg("The centre is older than letters by e-mail: synchronise once, or ask your administrator.")
        return None

    def check(self, case_id: str, template: str, language: str, form: MailForm) -> MessageCheck:
        """The light of the address, and what is wrong with the words."""
        return self._messages.check(case_id, _message(form, language), letter_purpose(template))

    def send(self, case_id: str, letter: LetterMade, form: MailForm, *, answers: str = "") -> Changes:
        """Record the letter and queue the e-mail that takes it. Raises `InputError` as both do apart."""
        self._possible(case_id, letter.template)
        check = self.check(case_id, letter.template, letter.language, form)
        drafts = self._letters.drafted(case_id, letter, form.override_reason, by_mail=check.light, answers=answers)
        message = self._drafted(case_id, letter.template, letter.language, form, drafts[0].id, drafts[0].occurred_at)
        with self._seat.store.write() as conn:
            self._letters.keep(conn, case_id, letter, [*drafts, message])
        kinds = {"event", "letter", "message", *(event.kind for event in drafts)}
        return Changes(frozenset(kinds), frozenset({case_id}))

    def recorded(self, case_id: str, letter_id: str) -> Letter:
        """The letter of that entry. Raises `InputError` where the entry is something else."""
        return _on_record(self._seat.file(case_id), letter_id)

    def send_again(self, case_id: str, letter_id: str, form: MailForm) -> Changes:
        """A letter that is on record already goes by e-mail as it was made, with its own date and figures."""
        file = self._seat.file(case_id)
        letter = _on_record(file, letter_id)
        self._possible(case_id, letter.template)
        if letter_id in file.state.set_aside:
            raise InputError(msg("This letter was taken back; make a new one."))
        if not self._letters.verify(letter_id).same:
            raise InputError(
                msg("This letter cannot be made again with the bytes that were recorded, so it cannot be e-mailed.")
            )
        message = self._drafted(case_id, letter.template, letter.language, form, letter_id)
        with self._seat.store.write() as conn:
            store_events.append(conn, [message], today=self._seat.clock.today())
        return Changes(frozenset({"event", "message"}), frozenset({case_id}))

    def _possible(self, case_id: str, template: str) -> None:
        if (why := self.why_not(case_id, template)) is not None:
            raise InputError(why, field="point")

    def _drafted(
        self,
        case_id: str,
        template: str,
        language: str,
        form: MailForm,
        letter_id: str,
        with_letter: datetime | None = None,
    ) -> Event:
        purpose = letter_purpose(template)
        made = self._messages.written(case_id, _message(form, language), purpose=purpose, letter=letter_id)
        if made.channel != "email":
            raise InputError(msg("A letter goes to an e-mail address."), field="point")
        with self._seat.store.read() as conn:
            offset = store_events.clock_offset(conn)
        return self._seat.draft(
            case_id,
            made.body,
            offset_ms=offset,
            at=(with_letter or self._seat.clock.now()) + JUST_AFTER,
            channel=made.channel,
            contact_point=made.contact_point,
            pack=made.pack,
        )


def _message(form: MailForm, language: str) -> MessageForm:
    return MessageForm(
        point=form.point,
        language=language,
        subject=form.subject,
        text=form.text,
        override_reason=form.override_reason,
    )


def _on_record(file: CaseFile, letter_id: str) -> Letter:
    event = next((row for row in file.events if row.id == letter_id), None)
    body = None if event is None else decode_body(event.kind, event.body)
    if not isinstance(body, Letter):
        raise InputError(msg("That entry is not a letter."))
    return body
