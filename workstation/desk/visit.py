"""A visit's report: the form as typed, checked while typing, saved whole with its photos and what was agreed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import cast

import msgspec

from local_db import attachments, drafts
from local_db import events as store_events
from local_db.queries import CaseFile
from workstation.desk import call_record, lights, photos
from workstation.desk.call import JUST_AFTER, CallDesk
from workstation.desk.field_draft import DayDraft
from workstation.desk.seat import Seat, zone
from workstation.desk.signed_agreement import SignedAgreements
from workstation.desk.views import CallForm, FormCheck, Light, OutcomeChoice
from workstation.desk.visit_entries import Entries, read_entries
from workstation.desk.visit_views import PhotoRow, VisitCheck, VisitForm, VisitorRow
from workstation.domain import outcomes
from workstation.domain.changes import Changes
from workstation.domain.errors import InputError
from workstation.domain.events import Body, Complaint, Dispute, Event, Hardship, NextAction, Party, VisitReport
from workstation.domain.message import Label, msg
from workstation.domain.visit import (
    MOST_PHOTOS,
    AddressIs,
    Answer,
    ConductAnswer,
    Met,
    Photo,
    SignatureKept,
    Visitor,
    VisitorRole,
)  # fmt: skip
from workstation.domain.visit_rules import CONDUCT_CHECKS, NEEDS_RESULT, RESULTS, written_position
from workstation.domain.vocabulary import IDENTITY_NEEDED

PANEL = "visit"
# Of a planned day's team, as the report has them.
_ROLES = {"visitor": "collector", "companion": "second", "legal": "legal", "lead": "lead"}


class VisitDesk:
    """`planned` gives a day's visits: what a report begins with."""

    def __init__(
        self, seat: Seat, call: CallDesk, agreements: SignedAgreements, planned: Callable[[date], DayDraft]
    ) -> None:
        self._seat, self._call, self.agreements, self._planned = seat, call, agreements, planned

    # ---- beginning ----

    def start(self, case_id: str) -> VisitForm:
        """A new report: of the address and by the team of today's plan, else of the debtor's address tried first."""
        today = self._seat.clock.today()
        day, places = self._planned(today), [point for point, _ in self.places(case_id)]
        stop = next((stop for stop in day.stops if stop.case_id == case_id and not stop.out), None)
        first = places[0] if places else ""
        if stop is None:
            return VisitForm(call=CallForm(contact_point=first))
        me = self._seat.person.id
        return VisitForm(
            call=CallForm(contact_point=stop.point if stop.point in places else first),
            team=[VisitorRow(one.name, one.person, _ROLES[one.role]) for one in day.team if one.person != me],
            stop=f"{today.isoformat()}/{case_id}",
        )

    def opened(self, case_id: str, draft: str | None) -> VisitForm:
        """The report as it was left: photos that had come in after the last key are in it too.

        A draft of another version begins anew, and keeps its photos.
        """
        try:
            form = msgspec.json.decode(draft, type=VisitForm) if draft else self.start(case_id)
        except msgspec.DecodeError:
            form = self.start(case_id)
        form.photos += self.left_over(case_id, form)
        return form

    def left_over(self, case_id: str, form: VisitForm) -> list[PhotoRow]:
        """Photos that were taken in and that the form neither shows nor has taken out."""
        known = {row.sha256 for row in form.photos} | set(form.removed)
        found = []
        with self._seat.store.read() as conn:
            for row in attachments.of_case(conn, case_id):
                if row.state == "draft" and row.kind == "photo" and row.sha256 not in known:
                    content = attachments.read(conn, case_id, row.sha256)
                    found.append(_row_of(photos.prepared(content, self._seat.clock.zone), row.sha256, row.size))
        return found

    def choices(self) -> tuple[OutcomeChoice, ...]:
        """How a visit may have gone, with a digit each."""
        rows = (outcomes.TABLE[visit] for visit in RESULTS)
        return tuple(
            OutcomeChoice(row.id, str(place), row.fields, row.required) for place, row in enumerate(rows, start=1)
        )

    def places(self, case_id: str) -> list[tuple[str, str]]:
        """The addresses of the case by id, masked, the debtor's own first."""
        file = self._seat.file(case_id)
        found = sorted(
            (point for point in file.points if point.kind == "address"),
            key=lambda point: (point.related_person_id is not None, point.id in file.state.dead_points, point.rank),
        )
        return [(point.id, self._seat.masks.shown("address", point.value)) for point in found]

    def now_text(self, case_id: str) -> str:
        """This minute as it stands in a field of a time."""
        local = self._seat.clock.now().astimezone(zone(self._seat.file(case_id).zone))
        return f"{local:%Y-%m-%d %H:%M}"

    # ---- photos ----

    def add_photo(self, case_id: str, path: Path, form: VisitForm) -> PhotoRow:
        """Take a photo in; it is kept, encrypted, from now on. Slow: not for the window thread. Raises `InputError`
        with what is wrong with the file, `CaseAbsent`, and what the store raises; the report is as it was then."""
        if len(form.photos) >= MOST_PHOTOS:
            raise InputError(msg("A report takes {most} photos; take one out first.", most=MOST_PHOTOS), field="photos")
        made = photos.photo_file(path, self._seat.clock.zone)
        self._seat.file(case_id)
        with self._seat.store.write() as conn:
            kept = attachments.add(
                conn, case_id, made.content, kind="photo", media=photos.MEDIA, at=self._seat.clock.now()
            )
        return _row_of(made, kept.sha256, kept.size)

    def photo(self, case_id: str, sha256: str) -> bytes:
        """A photo of a report that is being written. Raises `AttachmentAbsent`."""
        with self._seat.store.read() as conn:
            return attachments.read(conn, case_id, sha256)

    # ---- checking ----

    def check(self, case_id: str, form: VisitForm) -> VisitCheck:
        """How the report reads as it stands, what is missing, and the next action it proposes."""
        return self._checked(self._seat.file(case_id), form)[0]

    def _checked(self, file: CaseFile, form: VisitForm) -> tuple[VisitCheck, Entries, CallForm, FormCheck | None]:
        entries = read_entries(form, file, self._seat.clock.now())
        errors = list(entries.errors)
        light = self._light(file, form, entries)
        row = outcomes.TABLE.get(form.outcome)
        known = row is not None and row.visit
        missing = [] if known else ["visit_outcome"]
        results = RESULTS.get(form.outcome, ())
        result = form.call.outcome if form.call.outcome in results else ""
        asked: tuple[str, ...] = ()
        said: FormCheck | None = None
        call = replace(form.call, outcome=result or form.outcome)
        if known and row is not None:
            told = outcomes.TABLE[result or form.outcome]
            asked = tuple(dict.fromkeys((*told.fields, *row.fields)))
            if form.call.contact_point:
                call, said = self._call.read(file, call, light)
                errors += said.errors
                missing += said.missing
            missing += [name for name in row.required if name not in missing and not _filled(call, name)]
        missing += self._lacking(form, result)
        if light is not None and light.verdict != "allow" and not form.call.override_reason.strip():
            missing.append("override_reason")
        check = VisitCheck(
            readings={**({} if said is None else said.readings), **entries.readings.by_field},
            missing=tuple(dict.fromkeys(missing)),
            errors=tuple(errors),
            asks=tuple(name for name in asked if name != "satisfaction"),
            results=results,
            next_action="" if said is None else said.next_action,
            next_due=None if said is None else said.next_due,
            realism=() if said is None else said.realism,
            light=light,
        )
        return check, entries, call, said

    def _lacking(self, form: VisitForm, result: str) -> list[str]:
        found = [name for name in ("arrived", "left") if not getattr(form, name).strip()]
        if not form.call.contact_point:
            found.append("place")
        if form.outcome in NEEDS_RESULT and not result:
            found.append("result")
        if form.outcome and form.outcome != "visit_met" and result and not form.met:
            found.append("met")  # who said so: it is true of that person
        if form.outcome and any(
            form.conduct.get(check) not in {"yes", "no", "not_applicable"} for check in CONDUCT_CHECKS
        ):
            found.append("conduct")
        if "no" in form.conduct.values() and not form.conduct_note.strip():
            found.append("conduct_note")
        if result == "plan_agreed" and form.signature is None and not form.call.recording.strip():
            found.append("signature")
        return found

    def _light(self, file: CaseFile, form: VisitForm, entries: Entries) -> Light | None:
        """The light of the visit at its arrival, with the people who went."""
        point = next((row for row in file.points if row.id == form.call.contact_point), None)
        if point is None:
            return None
        now = self._seat.clock.now()
        at = min(entries.arrived or now, now)
        verdict = lights.of_visit(file, point, at, visitors=1 + len(_team(form)))
        return lights.light(verdict, at, point.time_zone)

    # ---- recording ----

    def save(self, case_id: str, form: VisitForm) -> Changes:
        """Record the visit, what came of it, its photos and a signed agreement, all or nothing; the draft goes with it.

        Raises `InputError` naming what is missing, `AttachmentAbsent`, and what the store raises.
        """
        file = self._seat.file(case_id)
        check, entries, call, said = self._checked(file, form)
        if check.errors:
            raise InputError(check.errors[0])
        if check.missing or said is None or entries.arrived is None or entries.left is None:
            name = check.missing[0] if check.missing else "visit_outcome"
            raise InputError(msg("Still missing: {field}.", field=Label("visit_field", name)), field=name)
        with self._seat.store.read() as conn:
            offset = store_events.clock_offset(conn)
        at = self._seat.clock.now()
        letter, agreed = None, list[Event]()
        if form.signature is not None:
            letter = self.agreements.made(case_id, form.signature)
            agreed = self.agreements.drafted(case_id, letter, form.signature, call.override_reason, at + JUST_AFTER)
        written = self._events(file, form, entries, call, said, at, offset)
        report = self._report(form, entries, call, agreed[0].id if agreed else "")
        told = self._seat.draft(case_id, report, offset_ms=offset, at=at + JUST_AFTER, answers=written[0].id)
        hashes = [row.sha256 for row in form.photos]
        hashes += [form.signature.sha256] if form.signature is not None else []
        events = [*written, told, *agreed]
        with self._seat.store.write() as conn:
            store_events.append(conn, events, today=self._seat.clock.today())
            if letter is not None:
                self.agreements.archive(conn, case_id, letter, agreed[0])
            attachments.keep(conn, case_id, hashes, told.id)
            attachments.discard_drafts(conn, case_id)
            drafts.remove(conn, case_id, PANEL)
        return Changes(frozenset({"event", *(event.kind for event in events)}), frozenset({case_id}))

    def _events(
        self,
        file: CaseFile,
        form: VisitForm,
        entries: Entries,
        call: CallForm,
        said: FormCheck,
        at: datetime,
        offset: int,
    ) -> list[Event]:
        """The contact first, then what came of it: at one moment, so that it is taken back together."""
        row = outcomes.outcome(form.outcome)
        following = call_record.next_action_of(said, self._seat.clock.today())
        contact = msgspec.structs.replace(
            call_record.contact_of(file, call, row, said, following, self._seat.clock.today()),
            began_at=entries.arrived,
            ring_seconds=None,
            after_seconds=None,
        )
        if row.reach != "debtor":
            contact = msgspec.structs.replace(
                contact, party=cast(Party, form.met or "unknown"), person_name=form.met_name.strip()
            )
        stayed = None if entries.left is None or entries.arrived is None else entries.left - entries.arrived
        first = self._seat.draft(
            file.case.id,
            contact,
            offset_ms=offset,
            at=at,
            channel="visit",
            outcome=row.id,
            contact_point=call.contact_point,
            duration=(int(stayed.total_seconds()) if stayed and not row.unanswered else 0) or None,
            pack=None if said.light is None else said.light.pack,
        )
        found, after = [first], at + JUST_AFTER
        if call.outcome == "promise_to_pay":
            found.append(
                call_record.promise_of(self._seat, file, call, said.readings, following, at=after, offset_ms=offset)
            )
        matter = _matter(file, call, following)
        if matter is not None:
            found.append(self._seat.draft(file.case.id, matter, offset_ms=offset, at=after, answers=first.id))
        return found

    def _report(self, form: VisitForm, entries: Entries, call: CallForm, letter: str) -> VisitReport:
        if entries.arrived is None or entries.left is None:
            raise ValueError("a report without its times was taken for whole")
        own = self._seat.person
        met: tuple[Met, ...] = (Met(who="debtor"),) if form.outcome == "visit_met" else ()
        if form.met:
            met += (Met(who=cast(Party, form.met), name=form.met_name.strip()),)
        note = form.conduct_note.strip()
        signature = form.signature
        return VisitReport(
            arrived_at=entries.arrived,
            left_at=entries.left,
            team=(
                Visitor(name=own.name, person=own.id, role="lead" if own.role == "lead" else "collector"),
                *_team(form),
            ),
            met=met,
            result=call.outcome if call.outcome != form.outcome else "",
            conduct=tuple(
                ConductAnswer(
                    check=check,
                    answer=cast(Answer, form.conduct[check]),
                    note=note if form.conduct[check] == "no" else "",
                )
                for check in CONDUCT_CHECKS
            ),
            address_is=cast(AddressIs, form.address_is),
            address_note=form.address_note.strip(),
            assets=form.assets.strip(),
            position=entries.position,
            photos=tuple(
                Photo(
                    sha256=row.sha256,
                    size=row.size,
                    media=row.media,
                    width=row.width,
                    height=row.height,
                    caption=row.caption.strip(),
                    taken_at=datetime.fromisoformat(row.taken_at).astimezone(UTC) if row.taken_at else None,
                )
                for row in form.photos
            ),
            signature=None
            if signature is None
            else SignatureKept(
                sha256=signature.sha256,
                at=datetime.fromisoformat(signature.at).astimezone(UTC),
                signer=signature.signer,
                letter=letter,
            ),
            stop=form.stop,
        )


def _team(form: VisitForm) -> tuple[Visitor, ...]:
    """Who came along; a row without a name is none."""
    return tuple(
        Visitor(name=row.name.strip(), person=row.person, role=cast(VisitorRole, row.role))
        for row in form.team
        if row.name.strip()
    )


def _matter(file: CaseFile, call: CallForm, following: NextAction) -> Body | None:
    """The dispute, complaint or hardship that came up; one that is open already keeps its day."""
    said, state = call.note.strip(), file.state
    if call.outcome == "disputes_debt":
        return Dispute(state="open", text=said, next_action=following)
    if call.outcome == "complaint":
        return Complaint(state="open", text=said, next_action=following)
    if call.outcome == "hardship_claimed" and state.hardship != "confirmed":
        return Hardship(state="claimed", evidence=call.evidence.strip(), next_action=following)
    return None


def _filled(call: CallForm, name: str) -> bool:
    if name == "identity":
        return len(set(call.identity)) >= IDENTITY_NEEDED
    return bool(str(getattr(call, name)).strip())


def _row_of(made: photos.PreparedPhoto, sha256: str, size: int) -> PhotoRow:
    where = made.position
    return PhotoRow(
        sha256=sha256,
        size=size,
        media=photos.MEDIA,
        width=made.width,
        height=made.height,
        taken_at="" if made.taken_at is None else made.taken_at.isoformat(),
        place="" if where is None else written_position(where),
        accuracy=None if where is None else where.accuracy,
    )
