"""Letters at the desk: which ones the case allows, preview, and the record with its archive copy."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta

from letters.render import render
from letters.templates import available
from local_db import events as store_events
from local_db import letters as archive
from local_db.queries import CaseFile
from workstation.desk import lights, standing
from workstation.desk.entry_reading import Readings
from workstation.desk.letter_content import agreement_of, statement_of
from workstation.desk.seat import Seat
from workstation.desk.views import LetterChoice, LetterMade, Light
from workstation.desk.wording import Remark, remarks
from workstation.domain.calendar import next_business_day
from workstation.domain.changes import Changes
from workstation.domain.conduct import letter_purpose
from workstation.domain.errors import InputError
from workstation.domain.events import Letter, NextAction
from workstation.domain.message import Message, msg
from workstation.domain.money import to_text

PAY_BY_DAYS = 10  # what a letter gives when nobody says otherwise
ANSWER_DAYS = 14  # when somebody should look whether the letter had an effect


class Correspondence:
    def __init__(self, seat: Seat) -> None:
        self._seat = seat

    def choices(self, case_id: str) -> tuple[LetterChoice, ...]:
        """Every template of the jurisdiction; those the case does not allow say why."""
        file = self._seat.file(case_id)
        return tuple(
            LetterChoice(info.id, info.title, (why := self._refusal(info.id, file)) is None, why)
            for info in available(file.book.jurisdiction, file.debtor.language)
        )

    def preview(
        self, case_id: str, template: str, language: str = "", pay_by: str = "", free_paragraph: str = ""
    ) -> LetterMade:
        """The letter as it would be printed today. Slow the first time (fonts): not for the window thread."""
        file = self._seat.file(case_id)
        why = self._refusal(template, file)
        if why is not None:
            raise InputError(why, field="template")
        context = self._context(file, template, language or file.debtor.language, pay_by, free_paragraph)
        made = render(context)
        return LetterMade(
            template=made.template,
            version=made.version,
            language=made.language,
            pdf=made.pdf,
            pages=made.pages,
            sha256=made.sha256,
            context=context,
        )

    def light(self, case_id: str, template: str) -> Light:
        """May this letter go out now."""
        return lights.of_letter(self._seat.file(case_id), self._seat.clock.now(), purpose=letter_purpose(template))

    def remarks(self, case_id: str, words: str, language: str) -> tuple[Remark, ...]:
        """What is wrong with one's own paragraph; a letter with such words does not go out."""
        return remarks(self._seat, self._seat.file(case_id), words, language)

    def record(self, case_id: str, letter: LetterMade, override_reason: str = "") -> Changes:
        """Put the letter on the timeline and its PDF into the encrypted archive, in one transaction.

        Raises `InputError` while the contact light blocks it, or warns and no reason is given, and for unlawful words.
        """
        today = self._seat.clock.today()
        light = self.light(case_id, letter.template)
        wrong = self.remarks(case_id, str(letter.context.get("free_paragraph", "")), letter.language)
        if wrong:
            raise InputError(wrong[0].message, code="wording", field="free_paragraph")
        if light.verdict == "block":
            raise InputError(_why(light), field="template")
        if light.verdict == "warn" and not override_reason.strip():
            raise InputError(
                msg("The light warns: {reason} Say why the letter goes out all the same.", reason=light.reasons[0]),
                field="override_reason",
            )
        body = Letter(
            template=letter.template,
            version=letter.version,
            language=letter.language,
            sha256=letter.sha256,
            pages=letter.pages,
            context=dict(letter.context),
            override_reason=override_reason.strip() if light.verdict == "warn" else "",
            verdict=light.verdict,
            next_action=NextAction(action="check_payment", due=next_business_day(today + timedelta(days=ANSWER_DAYS))),
        )
        with self._seat.store.read() as conn:
            offset = store_events.clock_offset(conn)
        event = self._seat.draft(case_id, body, offset_ms=offset, channel="letter", pack=light.pack)
        with self._seat.store.write() as conn:
            store_events.append(conn, [event], today=today)
            archive.archive(
                conn,
                id=event.id,
                case_id=case_id,
                event_id=event.id,
                template=letter.template,
                version=letter.version,
                language=letter.language,
                sha256=letter.sha256,
                context_json=json.dumps(letter.context, ensure_ascii=False, sort_keys=True),
                pdf=letter.pdf,
                at=self._seat.clock.now(),
            )
        return Changes(frozenset({"event", "letter"}), frozenset({case_id}))

    def archived(self, event_id: str) -> bytes:
        """The PDF of a recorded letter: from this seat's archive, or made again from its context and checked."""
        with self._seat.store.read() as conn:
            kept = archive.fetch(conn, event_id)
            if kept is not None:
                return kept.pdf
            body = store_events.body_of(conn, event_id)
        if not isinstance(body, Letter):
            raise InputError(msg("That entry is not a letter."))
        made = render(body.context, body.version)
        if made.sha256 != body.sha256:
            raise InputError(
                msg(
                    "This program's version makes other bytes than were sent; open the letter at the seat that made it."
                )
            )
        return made.pdf

    def _refusal(self, template: str, file: CaseFile) -> Message | None:
        if file.state.dispute_open and template in {"demand", "reminder"}:
            return msg("A dispute is open: it must be answered before the debt is demanded.")
        if template in {"demand", "reminder"} and standing.owed(file, self._seat.clock.today()).total.total <= 0:
            return msg("Nothing is owed on this case.")
        if template == "plan_agreement" and file.state.plan is None:
            return msg("There is no plan on this case yet.")
        if template == "budget_statement" and file.state.budget is None:
            return msg("No budget is recorded on this case yet.")
        light = self.light(file.case.id, template)
        if light.verdict == "block":
            return _why(light)
        return None

    def _context(
        self, file: CaseFile, template: str, language: str, pay_by: str, free_paragraph: str
    ) -> dict[str, object]:
        today = self._seat.clock.today()
        readings = Readings(today)
        due = readings.day("pay_by", pay_by) or next_business_day(today + timedelta(days=PAY_BY_DAYS))
        if readings.first_error is not None:
            raise InputError(readings.first_error, field="pay_by")
        if due <= today:
            raise InputError(msg("The day to pay by must lie after today."), field="pay_by")
        owed = standing.owed(file, today)
        currency = file.book.currency
        address = next(
            point.value for point in file.points if point.kind == "address" and point.related_person_id is None
        )
        debtor: dict[str, object] = {"name": file.debtor.name, "address": address}
        if file.debtor.sex:
            debtor["sex"] = file.debtor.sex
        bank: Mapping[str, object] = file.book.contact
        context: dict[str, object] = {
            "template": template,
            "language": language,
            "jurisdiction": file.book.jurisdiction,
            "date": today.isoformat(),
            "pay_by": due.isoformat(),
            "currency": currency,
            "case_number": file.case.number,
            "debtor": debtor,
            "bank": {"name": file.book.bank, **bank},
            "accounts": [self._account(file, account) for account in owed.accounts],
            "free_paragraph": free_paragraph.strip(),
        }
        if template == "plan_agreement" and (agreed := agreement_of(file)) is not None:
            context |= agreed
        if template == "budget_statement" and file.state.budget is not None:
            context["budget"] = statement_of(file, file.state.budget, language, today)
        return context

    def _account(self, file: CaseFile, account: standing.AccountOwed) -> dict[str, object]:
        currency = file.book.currency
        due = next(row.first_unpaid_due for row in file.accounts if row.id == account.id)
        shown: dict[str, object] = {
            "card_tail": account.number[-4:],
            "balance": {name: to_text(part, currency) for name, part in account.balance.parts().items()},
        }
        if due is not None:
            shown["first_unpaid_due"] = due.isoformat()
        return shown


def _why(light: Light) -> Message:
    """The first reason, and when it opens."""
    if light.opens_at is None:
        return light.reasons[0]
    return msg("{light}: {reason}", light=light.phrase, reason=light.reasons[0])
