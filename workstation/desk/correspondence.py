"""Letters at the desk: which ones the case allows, preview, and the record with its archive copy."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from letters.render import render
from letters.seal import seal_image
from letters.templates import available
from letters.verify import Verdict, verify
from local_db import events as store_events
from local_db import letters as archive
from local_db.queries import CaseFile
from workstation.desk import letter_effects, lights, standing
from workstation.desk.letter_case import letter_case
from workstation.desk.letter_fields import PAY_BY, fields_of
from workstation.desk.letter_form import LetterCheck, LetterField, LetterForm
from workstation.desk.letter_ground import Entries, Ground, must_lie_ahead
from workstation.desk.letter_matters import matter
from workstation.desk.letter_usual import usual
from workstation.desk.rules import rules_for_figures
from workstation.desk.scripts import may_waive
from workstation.desk.seat import Seat, zone
from workstation.desk.views import LetterChoice, LetterMade, Light
from workstation.desk.wording import Remark, remarks
from workstation.domain.changes import Changes
from workstation.domain.conduct import letter_purpose
from workstation.domain.errors import InputError
from workstation.domain.events import Event, Letter
from workstation.domain.field_day import FOR_VISITS
from workstation.domain.letter_rules import INTERNAL, refusal
from workstation.domain.message import Message, msg

# What a bank gives for its letters beside what `letters.context.Bank` has.
_LAYOUT = ("payment_code", "seal", "envelope")
_NOT_SAID = (*_LAYOUT, *FOR_VISITS)
# Papers on which no day to pay by means anything.
_NO_PAY_BY = (INTERNAL - {"lawyers_letter"}) | {
    *("paid_in_full", "dispute_reply", "complaint_reply", "visit_notice", "validation_notice"),
}
# The parts of a context that the writer words; what is there else is the case's or the debtor's.
_OWN_WORDS: Mapping[str, tuple[str, ...]] = {
    "objection": ("findings", "decision", "measures", "further_step"),
    "instalment": ("consequence",),
    "visit": ("purpose",),
    "legal": ("step",),
}
READ_ONLY = frozenset({"auditor", "admin"})  # the centre takes no record of theirs
JUST_AFTER = timedelta(microseconds=1)  # what follows from a letter stands after it, and is taken back with it


class Correspondence:
    def __init__(self, seat: Seat) -> None:
        self._seat = seat

    # ---- what may be written ----

    def choices(self, case_id: str, language: str = "") -> tuple[LetterChoice, ...]:
        """Every template of the jurisdiction, those the case allows first; the others say why not."""
        file = self._seat.file(case_id)
        found = [
            LetterChoice(info.id, info.title, (why := self.refusal(info.id, file)) is None, why)
            for info in available(file.book.jurisdiction, language or file.debtor.language)
        ]
        return tuple(sorted(found, key=lambda choice: not choice.allowed))

    def refusal(self, template: str, file: CaseFile, *, handed_over: bool = False) -> Message | None:
        """Why the case does not allow this letter now; None where it does. Whether the post may bring it is not asked
        of what is handed over."""
        today = self._seat.clock.today()
        why = refusal(template, letter_case(file, self._seat.person.role, today))
        if why is not None or template in INTERNAL or handed_over:
            return why
        light = lights.of_letter(file, self._seat.clock.now(), purpose=letter_purpose(template))
        return _why(light) if light.verdict == "block" else None

    def language(self, case_id: str) -> str:
        """The debtor's, in which a letter is written unless another is chosen."""
        return self._seat.file(case_id).debtor.language

    def light(self, case_id: str, template: str) -> Light | None:
        """May this letter go out now; None for a paper that goes to nobody."""
        if template in INTERNAL:
            return None
        return lights.of_letter(self._seat.file(case_id), self._seat.clock.now(), purpose=letter_purpose(template))

    def fields(self, template: str) -> tuple[LetterField, ...]:
        """What this letter asks for beside the case's records and one's own paragraph."""
        return fields_of(template)

    # ---- writing it ----

    def check(self, case_id: str, form: LetterForm) -> LetterCheck:
        """What the template asks for, how it reads as typed, and what stands against recording it now."""
        file = self._seat.file(case_id)
        ground = self._ground(file, form.language)
        entries = self._entries(ground, form)
        problem, where = self.refusal(form.template, file), "template"
        if problem is None:
            try:
                self._context(ground, form, entries)
            except InputError as error:
                problem, where = error.message, error.field or "template"
        wrong = self.remarks(case_id, "\n".join((form.free_paragraph, *_typed_words(entries))), ground.language)
        light = self.light(case_id, form.template)
        if problem is None and wrong:
            problem, where = wrong[0].message, "free_paragraph"
        if problem is None and light is not None and light.verdict == "warn" and not form.override_reason.strip():
            problem, where = _say_why(light), "override_reason"
        return LetterCheck(
            fields=entries.fields,
            usual=entries.usual,
            places=tuple((row.id, self._seat.masks.shown("address", row.value)) for row in ground.addresses()),
            readings=entries.readings.by_field,
            light=light,
            remarks=wrong,
            problem=problem,
            field=where if problem is not None else "",
        )

    def prepare(self, case_id: str, form: LetterForm, *, handed_over: bool = False) -> dict[str, Any]:
        """The context of the letter as it would be printed today. Raises `InputError` with the reason why not, and the
        field that it is about; what a template needs beyond that is said when it is rendered."""
        file = self._seat.file(case_id)
        why = self.refusal(form.template, file, handed_over=handed_over)
        if why is not None:
            raise InputError(why, field="template")
        ground = self._ground(file, form.language)
        return self._context(ground, form, self._entries(ground, form))

    def preview(
        self,
        case_id: str,
        template: str,
        language: str = "",
        pay_by: str = "",
        free_paragraph: str = "",
        fields: Mapping[str, str] | None = None,
    ) -> LetterMade:
        """The letter as it would be printed today. Slow the first time (fonts): not for the window thread."""
        form = LetterForm(template, language, pay_by, free_paragraph, dict(fields or {}))
        return self.made(self.prepare(case_id, form))

    def made(self, context: Mapping[str, Any]) -> LetterMade:
        """The letter of a context, by the newest template. Raises what `letters.render` raises."""
        made = render(context)
        return LetterMade(
            template=made.template,
            version=made.version,
            language=made.language,
            pdf=made.pdf,
            pages=made.pages,
            sha256=made.sha256,
            context=context,
            missing_glyphs=made.missing_glyphs,
        )

    def remarks(self, case_id: str, words: str, language: str) -> tuple[Remark, ...]:
        """What is wrong with one's own words; a letter with such words does not go out."""
        return remarks(self._seat, self._seat.file(case_id), words, language)

    # ---- recording it ----

    def record(
        self, case_id: str, letter: LetterMade, override_reason: str = "", *, event_id: str = "", answers: str = ""
    ) -> Changes:
        """Put the letter on the timeline, with what follows from it, and its PDF into the encrypted archive, in one
        transaction.

        Raises `InputError` while the contact light blocks it, or warns and no reason is given, and for unlawful words.
        `event_id` makes it safe to be asked for twice; `answers` names a queued letter that this one was made of.
        """
        drafts = self.drafted(case_id, letter, override_reason, event_id=event_id, answers=answers)
        with self._seat.store.write() as conn:
            if event_id and store_events.body_of(conn, event_id) is not None:
                return Changes(frozenset(), frozenset())
            self.keep(conn, case_id, letter, drafts)
        return Changes(frozenset({"event", "letter", *(event.kind for event in drafts)}), frozenset({case_id}))

    def drafted(
        self,
        case_id: str,
        letter: LetterMade,
        override_reason: str = "",
        *,
        event_id: str = "",
        answers: str = "",
        by_mail: Light | None = None,
        at: datetime | None = None,
        handed_over: bool = False,
    ) -> list[Event]:
        """The events of a letter that goes out now, the letter's own first. Raises as `record` does.

        `by_mail` is the light of the address that an e-mail takes it to: then it is asked, not that of the post. No
        light is asked of what is `handed_over` at the door: the visit's was.
        """
        file, today = self._seat.file(case_id), self._seat.clock.today()
        if self._seat.person.role in READ_ONLY:
            raise InputError(msg("This role reads and records nothing: print or save the paper instead."))
        if (why := self.refusal(letter.template, file, handed_over=handed_over)) is not None:
            raise InputError(why, field="template")
        wrong = self.remarks(case_id, own_words(letter.context), letter.language)
        if wrong:
            raise InputError(wrong[0].message, code="wording", field="free_paragraph")
        light = None if handed_over else by_mail or self.light(case_id, letter.template)
        if light is not None and light.verdict == "warn" and not override_reason.strip():
            raise InputError(_say_why(light), field="override_reason")
        following = letter_effects.next_action(letter.template, letter.context, file, today)
        body = Letter(
            template=letter.template,
            version=letter.version,
            language=letter.language,
            sha256=letter.sha256,
            pages=letter.pages,
            context=dict(letter.context),
            override_reason=override_reason.strip() if light is not None and light.verdict == "warn" else "",
            verdict=None if light is None else light.verdict,
            next_action=following,
        )
        with self._seat.store.read() as conn:
            offset = store_events.clock_offset(conn)
        at = at or self._seat.clock.now()
        event = self._seat.draft(
            case_id,
            body,
            offset_ms=offset,
            at=at,
            channel="visit" if handed_over else "email" if by_mail is not None else None if light is None else "letter",
            pack=None if light is None else light.pack,
            answers=answers or letter_effects.answered(letter.template, file),
        )
        drafts = [msgspec.structs.replace(event, id=event_id) if event_id else event]
        for effect, answer in letter_effects.effects(letter.template, letter.context, file, following):
            drafts.append(self._seat.draft(case_id, effect, offset_ms=offset, at=at + JUST_AFTER, answers=answer))
        return drafts

    def keep(self, conn: sa.Connection, case_id: str, letter: LetterMade, drafts: list[Event]) -> None:
        """The drafts of `drafted` into the store, and the letter's PDF into the archive."""
        store_events.append(conn, drafts, today=self._seat.clock.today())
        self.put_away(conn, case_id, letter, drafts[0])

    def put_away(self, conn: sa.Connection, case_id: str, letter: LetterMade, event: Event) -> None:
        """The PDF of a recorded letter into the archive."""
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

    # ---- letters on record ----

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

    def verify(self, event_id: str) -> Verdict:
        """Is the copy that is kept, byte for byte, the letter that was recorded, made again from what it says? Not for
        the window thread."""
        with self._seat.store.read() as conn:
            body = store_events.body_of(conn, event_id)
        if not isinstance(body, Letter):
            raise InputError(msg("That entry is not a letter."))
        verdict = verify(self.archived(event_id), body.context, body.version)
        return verdict if body.sha256 == verdict.sha256 else replace(verdict, same=False)

    # ---- the context ----

    def _ground(self, file: CaseFile, language: str) -> Ground:
        clock = self._seat.clock
        return Ground(file, clock.today(), self._seat.person, clock, language or file.debtor.language)

    def _entries(self, ground: Ground, form: LetterForm) -> Entries:
        typed = {**form.fields, "pay_by": form.pay_by}
        fields = fields_of(form.template)
        if form.pay_by.strip() and PAY_BY not in fields:
            fields = (PAY_BY, *fields)
        pack = rules_for_figures(ground.jurisdiction)
        return Entries(ground, fields, typed, usual(form.template, ground, pack))

    def _context(self, ground: Ground, form: LetterForm, entries: Entries) -> dict[str, Any]:
        file, today = ground.file, ground.today
        must_lie_ahead(entries, "pay_by", msg("The day to pay by must lie after today."))
        told = matter(form.template, ground, entries)
        if form.template == "visit_notice":
            self._may_visit(ground, entries)
        entries.check()
        debtor: dict[str, object] = {"name": file.debtor.name}
        if own := ground.addresses():
            debtor["address"] = own[0].value
        if file.debtor.sex:
            debtor["sex"] = file.debtor.sex
        bank = {name: value for name, value in file.book.contact.items() if name not in _NOT_SAID}
        context: dict[str, Any] = {
            "template": form.template,
            "language": ground.language,
            "jurisdiction": ground.jurisdiction,
            "date": today.isoformat(),
            "currency": ground.currency,
            "case_number": file.case.number,
            "debtor": debtor,
            "bank": {"name": file.book.bank, **bank},
            "free_paragraph": form.free_paragraph.strip(),
        }
        pay_by = None
        if form.template not in _NO_PAY_BY:
            pay_by = told.get("pay_by") or entries.day("pay_by") or entries.usual["pay_by"]
            context["pay_by"] = pay_by
        context["accounts"] = self._accounts(ground, None if pay_by is None else date.fromisoformat(pay_by))
        if facts := self._facts(ground):
            context["facts"] = facts
        layout = _layout(ground)
        if form.template in INTERNAL:
            layout.pop("envelope", None)  # it goes into none
        return context | told | layout

    def _accounts(self, ground: Ground, pay_by: date | None) -> list[dict[str, Any]]:
        """Each account as owed on the letter's date and, if nothing is paid, on the day to pay by."""
        later = {} if pay_by is None else {row.id: row for row in standing.owed(ground.file, pay_by).accounts}
        dues = {row.id: row.first_unpaid_due for row in ground.file.accounts}
        found = []
        for account in ground.owed.accounts:
            shown: dict[str, Any] = {"card_tail": account.number[-4:], "balance": ground.parts(account.balance)}
            if (due := dues[account.id]) is not None:
                shown["first_unpaid_due"] = due.isoformat()
            if account.id in later:
                shown["at_pay_by"] = ground.parts(later[account.id].balance)
            found.append(shown)
        return found

    def _facts(self, ground: Ground) -> dict[str, bool]:
        """What is true of the case and a letter may therefore say; what is not is left out."""
        recorded = {known.what for known in ground.file.state.circumstances if known.on(ground.today)}
        known = {
            "legal_step_taken": "legal_step_taken" in recorded,
            "credit_reported": "credit_reported" in recorded,
            "waiver_available": may_waive(ground.person.role, ground.owed),
        }
        return {name: True for name, holds in known.items() if holds}

    def _may_visit(self, ground: Ground, entries: Entries) -> None:
        """The gate's word on the visit itself, at its hour and with the people who are to come."""
        day, begin, point = (entries.values[name] for name in ("day", "from_time", "place"))
        found = next((row for row in ground.addresses() if row.id == point), None)
        if found is None or not isinstance(day, date) or not isinstance(begin, time):
            return
        at = datetime.combine(day, begin, zone(found.time_zone))
        verdict = lights.of_visit(ground.file, found, at, visitors=len(entries.values["persons"]))
        for reason in verdict.reasons:
            if reason.level == "block":
                entries.refuse("persons" if reason.rule == "visit_people" else "day", reason.message)


def own_words(context: Mapping[str, Any]) -> str:
    """What the writer added in their own words; what the debtor said is not among it."""
    parts = [str(context.get("free_paragraph", ""))]
    for part, names in _OWN_WORDS.items():
        told = context.get(part) or {}
        parts += [str(told.get(name, "")) for name in names]
    return "\n".join(part for part in parts if part.strip())


def _typed_words(entries: Entries) -> list[str]:
    written = {name for names in _OWN_WORDS.values() for name in names}
    return [
        str(entries.values[field.id]) for field in entries.fields if field.id in written and field.id in entries.typed
    ]


def _layout(ground: Ground) -> dict[str, str]:
    """The bank's own: its seal's name, its envelope, and what the code to pay by says, with the case filled in."""
    found = {name: str(ground.bank[name]) for name in _LAYOUT if ground.bank.get(name)}
    if "seal" in found:
        found["seal"] = seal_image(found["seal"]).name  # pinned: the letter is made again with this very image
    if "payment_code" in found:
        amount = ground.text(max(0, ground.owed.total.total))
        code = found["payment_code"].replace("{case_number}", ground.file.case.number)
        found["payment_code"] = code.replace("{amount}", amount)
    return found


def _why(light: Light) -> Message:
    """The first reason, and when it opens."""
    if light.opens_at is None:
        return light.reasons[0]
    return msg("{light}: {reason}", light=light.phrase, reason=light.reasons[0])


def _say_why(light: Light) -> Message:
    return msg("The light warns: {reason} Say why the letter goes out all the same.", reason=light.reasons[0])
