"""Before leaving for days without a network: is everything here, and if not, what is missing, why, and what helps.

Looks at this device only, so it answers in the yard as well as at the desk.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from letters.dossier_forms import forms
from letters.fonts import composed, faces, printable
from letters.templates import find
from local_db import attachments, outbox, queries, sync_log
from local_db import events as store_events
from local_db.queries import CaseAbsent, CaseFile
from workstation.desk import dossier_register
from workstation.desk.dossier_stop import door_texts
from workstation.desk.dossiers import point_of
from workstation.desk.rules import rules_on
from workstation.desk.scripts import script_for
from workstation.desk.seat import Seat
from workstation.desk.views import CallForm
from workstation.domain import authority
from workstation.domain.errors import WorkstationError
from workstation.domain.events import Letter, VisitReport, decode_body
from workstation.domain.field_day import PlannedDay
from workstation.domain.message import Message, msg, nmsg
from workstation.security.lease import LeaseStatus

State = Literal["ok", "warn", "bad"]
Action = Literal["", "sync", "place", "case", "pin", "dossier", "plan"]

FRESH, STALE = timedelta(hours=4), timedelta(hours=24)  # since the last synchronisation
BACK_HOURS = timedelta(hours=12)  # after the last day: time to come home and find a network
CLOCK_SECONDS = 300
A_VISIT = 12 * 1024**2  # bytes that photos and records of one visit may take, with room to spare
SPARE = 200 * 1024**2
_TEMPLATES = ("plan_agreement", "visit_notice")


@dataclass(frozen=True, slots=True)
class Checked:
    """One thing looked at. `about` is a stable word; `case_id` where it is one case's; `action` is what helps."""

    about: str
    state: State
    message: Message
    action: Action = ""
    case_id: str = ""


@dataclass(frozen=True, slots=True)
class Readiness:
    """`rows`: what is missing first, then what to mind, then what is there."""

    rows: tuple[Checked, ...]
    days: tuple[date, ...]
    cases: int

    @property
    def ready(self) -> bool:
        return not any(row.state == "bad" for row in self.rows)


class FieldBundle:
    """`has_pin` and `lease` are asked of whoever guards the seat; no lease: nothing ends (practice)."""

    def __init__(self, seat: Seat, has_pin: Callable[[], bool], lease: Callable[[], LeaseStatus | None]) -> None:
        self._seat, self._has_pin, self._lease = seat, has_pin, lease

    def check(
        self,
        planned: Sequence[PlannedDay],
        days: Sequence[date] = (),
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Readiness:
        """For the days as planned, and further `days` away without one. Slow with many cases: not for the window."""
        last = max([*(day.day for day in planned), *days], default=self._seat.clock.today())
        stops = {stop.case_id: stop.point for day in planned for stop in day.stops}
        unplaced = {row.case_id for day in planned for row in day.left_out if row.kind == "no_place"}
        wanted = dict.fromkeys((*stops, *(row.case_id for day in planned for row in day.left_out)))
        files, absent = self._files([case_id for case_id in wanted if case_id])
        rows: list[Checked] = [
            *self._planned(planned, days),
            *self._synchronised(),
            *self._cases(files, absent),
            *self._lease_until(last),
            self._pin(),
            *self._clock(),
            *self._disk(len(stops)),
            *self._papers(planned, set(stops)),
        ]
        for file in files:
            if cancelled():
                break
            rows += self._of_case(file, stops.get(file.case.id, ""), file.case.id in unplaced)
        rows += self._data(files, last)
        order = {"bad": 0, "warn": 1, "ok": 2}
        return Readiness(tuple(sorted(rows, key=lambda row: order[row.state])), self._span(planned, days), len(stops))

    # ---- what the whole device needs ----

    def _span(self, planned: Sequence[PlannedDay], days: Sequence[date]) -> tuple[date, ...]:
        return tuple(sorted({*(day.day for day in planned), *days}))

    def _planned(self, planned: Sequence[PlannedDay], days: Sequence[date]) -> Iterator[Checked]:
        told = {day.day for day in planned if day.stops}
        for day in self._span(planned, days):
            if day not in told:
                yield Checked("plan", "warn", msg("No stop is planned for {day}.", day=day), "plan")
        for one in planned:
            for fault in one.faults:
                yield Checked("plan", "warn", msg("{day}: {fault}", day=one.day, fault=fault), "plan")

    def _synchronised(self) -> Iterator[Checked]:
        with self._seat.store.read() as conn:
            last, waits, refused = sync_log.last_good(conn), outbox.waiting(conn), len(outbox.refusals(conn))
        if last is None:
            yield Checked("sync", "bad", msg("This device has never synchronised: there may be newer records."), "sync")
        else:
            age = datetime.now(UTC) - last  # the log keeps the real clock, also in a demo of another day
            told = msg("Last synchronised {at}.", at=last)
            state: State = "ok" if age <= FRESH else "warn" if age <= STALE else "bad"
            if state != "ok":
                told = msg("Last synchronised {at}: what came to the centre since is not here.", at=last)
            yield Checked("sync", state, told, "" if state == "ok" else "sync")
        if waits:
            told = nmsg(
                "{n} record has not reached the centre yet.", "{n} records have not reached the centre yet.", waits
            )
            yield Checked("outbox", "warn", told, "sync")
        if refused:
            yield Checked(
                "outbox",
                "warn",
                nmsg(
                    "{n} record was refused by the centre; page Synchronisation says why.",
                    "{n} records were refused by the centre; page Synchronisation says why.",
                    refused,
                ),
            )

    def _cases(self, files: Sequence[CaseFile], absent: Sequence[str]) -> Iterator[Checked]:
        if absent:
            told = nmsg(
                "{n} case of the plan is not at this desk: it was moved, or has not come yet.",
                "{n} cases of the plan are not at this desk: they were moved, or have not come yet.",
                len(absent),
            )
            yield Checked("cases", "bad", told, "sync")
        elif files:
            told = nmsg("{n} case is here whole.", "{n} cases are here whole.", len(files))
            yield Checked("cases", "ok", told)

    def _lease_until(self, last: date) -> Iterator[Checked]:
        found = self._lease()
        if found is None:
            return
        ends = datetime.now(UTC) + timedelta(seconds=max(0.0, found.left))
        shift = self._seat.clock.shift  # a demo's day lies elsewhere; a lease is of the real time
        needed = datetime.combine(last, time.max, self._seat.clock.zone).astimezone(UTC) - shift + BACK_HOURS
        if found.state == "clock_back":
            yield Checked("lease", "bad", found.sentence, "sync")
        elif ends < needed:
            told = msg(
                "The lease ends {ends}, before you are back: the store would not open on the way. A synchronisation "
                "begins it anew; ask your administrator for a longer one where that is not enough.",
                ends=ends + shift,
            )
            yield Checked("lease", "bad", told, "sync")
        else:
            yield Checked("lease", "ok", msg("The lease lasts until {ends}.", ends=ends + shift))

    def _pin(self) -> Checked:
        if self._has_pin():
            return Checked("pin", "ok", msg("A PIN protects this device."))
        return Checked("pin", "bad", msg("No PIN protects this device: whoever finds it may read the cases."), "pin")

    def _clock(self) -> Iterator[Checked]:
        with self._seat.store.read() as conn:
            off = store_events.clock_offset(conn) / 1000
        if abs(off) > CLOCK_SECONDS:
            told = msg(
                "This device's clock is {n} minutes off: put it right, visits carry their time.", n=round(abs(off) / 60)
            )
            yield Checked("clock", "warn", told)
        else:
            yield Checked("clock", "ok", msg("The clock agrees with the centre's."))

    def _disk(self, visits: int) -> Iterator[Checked]:
        free = shutil.disk_usage(self._seat.store.path.parent).free
        needed = SPARE + visits * A_VISIT
        megabytes = free // 1024**2
        if free < needed:
            told = msg(
                "{free} MB are free, photos and reports may need {needed} MB: make room on the disk.",
                free=megabytes,
                needed=needed // 1024**2,
            )
            yield Checked("disk", "bad", told)
        else:
            yield Checked("disk", "ok", msg("{free} MB are free.", free=megabytes))

    def _papers(self, planned: Sequence[PlannedDay], cases: set[str]) -> Iterator[Checked]:
        """Dossiers are wanted on paper or not; those of other days belong back before new ones go out."""
        days = {day.day for day in planned}
        for row in dossier_register.away(self._seat):
            paper = row.paper
            if paper.state == "expired" or (paper.day not in days and not cases & set(paper.cases)):
                told = msg("Dossier {number} of an earlier day is not back.", number=paper.number)
                yield Checked("dossier", "warn", told, "dossier")
            else:
                yield Checked("dossier", "ok", msg("Dossier {number} is printed.", number=paper.number))

    # ---- each case ----

    def _files(self, case_ids: Sequence[str]) -> tuple[list[CaseFile], list[str]]:
        found, absent = [], []
        with self._seat.store.read() as conn:
            for case_id in case_ids:
                try:
                    found.append(queries.case_file(conn, case_id))
                except CaseAbsent:
                    absent.append(case_id)
        return found, absent

    def _of_case(self, file: CaseFile, point_id: str, unplaced: bool) -> Iterator[Checked]:
        number, case_id = file.case.number, file.case.id
        point = point_of(file, point_id)
        if point is None:
            yield Checked("address", "bad", msg("Case {number} has no address.", number=number), "case", case_id)
        elif unplaced:
            told = msg("The address of case {number} has no place on the map.", number=number)
            yield Checked("place", "warn", told, "place", case_id)
        lacking = self._attachments(file)
        if lacking:
            told = nmsg(
                "{n} photo or signature of case {number} is only at the centre.",
                "{n} photos or signatures of case {number} are only at the centre.",
                lacking,
                number=number,
            )
            yield Checked("attachments", "warn", told, "case", case_id)
        for template in self._letters(file):
            told = msg(
                "A letter of case {number} cannot be made again here ({template}).", number=number, template=template
            )
            yield Checked("letters", "warn", told, "", case_id)
        unknown = sum(1 for char in composed(printable(file.debtor.name)) if not faces().holds(char))
        if unknown:
            told = msg("The name of case {number} has a character that no font has; it prints as 〓.", number=number)
            yield Checked("fonts", "warn", told, "", case_id)

    def _attachments(self, file: CaseFile) -> int:
        """How many that the case's visits name are not here."""
        named = {
            one.sha256
            for event in file.events
            if event.kind == "visit"
            for body in (decode_body(event.kind, event.body),)
            if isinstance(body, VisitReport)
            for one in (*body.photos, *([body.signature] if body.signature else ()))
        }
        if not named:
            return 0
        with self._seat.store.read() as conn:
            here = {row.sha256 for row in attachments.of_case(conn, file.case.id)}
        return len(named - here)

    def _letters(self, file: CaseFile) -> Iterator[str]:
        """Templates, with their version, of letters on record that this program does not have."""
        told = set()
        for event in file.events:
            body = decode_body(event.kind, event.body) if event.kind == "letter" else None
            if isinstance(body, Letter):
                told.add((body.template, body.language, body.version))
        for template, language, version in sorted(told):
            try:
                here = find(template, language, file.book.jurisdiction, version).version == version.partition(".")[0]
            except WorkstationError:
                here = False
            if not here:
                yield f"{template} {language} {version}"

    # ---- what comes with the program ----

    def _data(self, files: Sequence[CaseFile], last: date) -> Iterator[Checked]:
        """Rules, scripts, the authority table, templates, forms and fonts, for the books and languages of the day."""
        tried: list[tuple[str, Callable[[], object]]] = [("authority", authority.load), ("fonts", faces)]
        for jurisdiction in sorted({file.book.jurisdiction for file in files}):
            tried.append(("rules", lambda where=jurisdiction: rules_on(where, last)))  # type: ignore[misc]
        for language in sorted({file.debtor.language for file in files}):
            tried += [
                ("forms", lambda tongue=language: forms(tongue)),  # type: ignore[misc]
                ("forms", lambda tongue=language: door_texts(tongue)),  # type: ignore[misc]
            ]
        for jurisdiction, language in sorted({(file.book.jurisdiction, file.debtor.language) for file in files}):
            tried += [
                ("templates", lambda name=name, tongue=language, where=jurisdiction: find(name, tongue, where))  # type: ignore[misc]
                for name in _TEMPLATES
            ]
        faults = 0
        for about, act in tried:
            try:
                act()
            except (WorkstationError, OSError) as error:
                faults += 1
                why = error.message if isinstance(error, WorkstationError) else msg("{why}", why=error.strerror or "?")
                yield Checked(about, "bad", why)
        for file in files:
            script = script_for(file, self._seat.person, last, CallForm())
            if script.problem is not None:
                faults += 1
                yield Checked("scripts", "bad", script.problem, "", file.case.id)
        if not faults:
            yield Checked("data", "ok", msg("Rules, scripts, templates, forms and fonts are here."))
