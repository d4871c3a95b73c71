"""Dossiers for a day of visits: made whole from the store, without a network, numbered, and recorded when they leave.

On the screen the same pages stand without a number, masked as a screen's are; they do not leave.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

import sqlalchemy as sa

from letters.dossier import DossierSheet, StopPapers, Words, dossier_pdf
from letters.route_picture import RoutePicture, RoutePoint
from letters.sheet import Section
from letters.tables import Column, Table
from local_db import queries
from local_db.queries import CaseAbsent, CaseFile, PointRecord
from workstation import tables
from workstation.desk.dossier_register import DossierRegister, Issued
from workstation.desk.dossier_stop import Going, StopAt, StopOfCase
from workstation.desk.rules import rules_for_figures
from workstation.desk.seat import Person, Seat
from workstation.desk.shown import ShownCase
from workstation.domain.changes import Changes
from workstation.domain.errors import InputError
from workstation.domain.field_day import PlannedDay
from workstation.domain.message import Label, Message, msg, nmsg
from workstation.domain.route import Place
from workstation.i18n import Translator

MOST_STOPS = 500  # of one dossier: more is not a day's work but a mistake
UNNUMBERED = ""
_PAPER_FIELDS = ("name", "related_name", "phone", "email", "address", "card", "free_text")
_SAMPLE = "13800000000@x.example 测试"  # long enough that any mask changes it


@dataclass(frozen=True, slots=True)
class StopWanted:
    """A visit that is planned: of the debtor's addresses the one of `point`, else the first; `at` where it lies."""

    case_id: str
    point: str = ""
    begins: datetime | None = None
    leaves: datetime | None = None
    at: Place | None = None
    metres: int = 0  # of the way to it


@dataclass(frozen=True, slots=True)
class DossierWanted:
    """`lent_to`: ids of those who go, the one whose authority counts first; nobody: whoever is signed in."""

    day: date
    stops: tuple[StopWanted, ...]
    lent_to: tuple[str, ...] = ()
    start: Place | None = None
    end: Place | None = None
    metres: int = 0  # the whole way


@dataclass(frozen=True, slots=True)
class DossierMade:
    """Ready to leave: `issue` records that. `left_out`: cases that are not here any more, in words."""

    pdf: bytes
    issued: Issued
    starts: tuple[int, ...]
    left_out: tuple[Message, ...]
    missing_glyphs: tuple[str, ...]

    @property
    def name(self) -> str:
        """As a file is called: nothing personal."""
        return f"dossier-{self.issued.number}.pdf" if self.issued.number else "dossier.pdf"


class Dossiers:
    def __init__(self, seat: Seat, register: DossierRegister) -> None:
        self._seat, self.register = seat, register

    def make(
        self,
        wanted: DossierWanted,
        language: str,
        *,
        numbered: bool = True,
        only: int | None = None,
        progress: Callable[[int, int], None] = lambda _done, _total: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> DossierMade:
        """The dossier as things stand now. Slow with many stops: not for the window thread. For the screen `only` is
        the stop to show, 0 the list and the route.

        Raises `InputError` when no stop is left or there are more than a dossier takes, `Cancelled`.
        """
        if len(wanted.stops) > MOST_STOPS:
            raise InputError(msg("A dossier takes {most} stops; there are {n}.", most=MOST_STOPS, n=len(wanted.stops)))
        files, left_out = self._files(wanted.stops)
        if not files:
            raise InputError(msg("No stop is planned for {day}: choose cases for the day first.", day=wanted.day))
        expires = min(self._expires(file, wanted.day) for _, file in files)
        number = self.register.free_number() if numbered else UNNUMBERED
        say = Translator(language, self._seat.clock.zone)
        sheet = self._sheet(wanted, files, number, expires, say, None if numbered else only)
        made = dossier_pdf(sheet, progress, cancelled)
        issued = Issued(
            number=number,
            case_ids=tuple(file.case.id for _, file in files),
            expires_on=expires,
            day=wanted.day,
            lent_to=wanted.lent_to or (self._seat.person.id,),
            pages=made.pages,
            sha256=made.sha256,
            fields=self._in_full(),
        )
        return DossierMade(made.pdf, issued, made.starts, left_out, made.missing_glyphs)

    def issue(self, made: DossierMade, how: Literal["print", "save"]) -> Changes:
        """On record, on every case in it, before it leaves. Raises as `DossierRegister.issue`."""
        if not made.issued.number:
            raise ValueError("pages for the screen have no number and do not leave")
        return self.register.issue(made.issued, how)

    # ---- within ----

    def _files(self, stops: Sequence[StopWanted]) -> tuple[list[tuple[StopWanted, CaseFile]], tuple[Message, ...]]:
        found: list[tuple[StopWanted, CaseFile]] = []
        left_out: list[Message] = []
        seen: set[str] = set()
        with self._seat.store.read() as conn:
            for stop in stops:
                if stop.case_id in seen:
                    continue
                seen.add(stop.case_id)
                try:
                    found.append((stop, queries.case_file(conn, stop.case_id)))
                except CaseAbsent as problem:
                    left_out.append(problem.message)
        return found, tuple(left_out)

    def _shown(self, file: CaseFile, numbered: bool) -> ShownCase:
        """On paper with the reason that is recorded when it leaves; on the screen as on any other."""
        masks = self._seat.masks
        return ShownCase(file, masks, "export", reasoned=True) if numbered else ShownCase(file, masks)

    def _expires(self, file: CaseFile, day: date) -> date:
        return day + timedelta(days=rules_for_figures(file.book.jurisdiction).dossier_days)

    def _in_full(self) -> tuple[str, ...]:
        """What stands on the paper in full, by the masking table."""
        masks = self._seat.masks
        return tuple(
            name
            for name in _PAPER_FIELDS
            if masks.shown(name, _SAMPLE, "export", reasoned=True) == _SAMPLE  # type: ignore[arg-type]  # its own names
        )

    def _going(self, wanted: DossierWanted) -> tuple[Going, list[str]]:
        """Whose authority counts, and the names of all who go."""
        own = self._seat.person
        if not wanted.lent_to:
            return Going(own, 1), [own.name]
        known = tables.person
        with self._seat.store.read() as conn:
            rows = conn.execute(
                sa.select(known.c.id, known.c.name, known.c.role).where(known.c.id.in_(wanted.lent_to))
            ).all()
        people = {row.id: row for row in rows}
        names = [people[person].name for person in wanted.lent_to if person in people]
        first = people.get(wanted.lent_to[0])
        leader: Person = own if first is None else replace(own, id=first.id, name=first.name, role=first.role)
        return Going(leader, len(wanted.lent_to)), names or [own.name]

    def _sheet(
        self,
        wanted: DossierWanted,
        files: Sequence[tuple[StopWanted, CaseFile]],
        number: str,
        expires: date,
        say: Translator,
        only: int | None,
    ) -> DossierSheet:
        tr = say.text
        going, names = self._going(wanted)
        stops = list(self._stops(wanted, files, going, say, only))
        day = say.day(wanted.day, "long")
        title = tr("Visits of {day}", day=day)
        told = say.say(nmsg("{n} stop · {names}", "{n} stops · {names}", len(files), names=" · ".join(names)))
        numbered = (
            tr("Dossier {number} · back by {day}", number=number, day=say.day(expires, "long"))
            if number
            else tr("For the screen · not to be printed")
        )
        return DossierSheet(
            title=title,
            about=told,
            front=() if only else self._front(files, going, say, bool(number)),
            route=self._picture(wanted, files, say),
            after_route=(),
            stops=stops,
            words=Words(
                confidential=tr("CONFIDENTIAL · hand back or destroy, show to nobody"),
                number=numbered,
                page=tr("Page {page} of {pages}", page="{page}", pages="{pages}"),
            ),
            author=files[0][1].book.bank,
            day=self._seat.clock.today(),
            language=say.language,
        )

    def _stops(
        self,
        wanted: DossierWanted,
        files: Sequence[tuple[StopWanted, CaseFile]],
        going: Going,
        say: Translator,
        only: int | None,
    ) -> Iterator[StopPapers]:
        for number, (stop, file) in enumerate(files, 1):
            if only is not None and only != number:
                continue
            at = StopAt(number, len(files), point_of(file, stop.point), stop.begins, stop.leaves)
            shown = self._shown(file, only is None)
            yield StopOfCase(shown, file, say, self._seat.clock, wanted.day, going, at).papers()

    def _front(
        self, files: Sequence[tuple[StopWanted, CaseFile]], going: Going, say: Translator, numbered: bool
    ) -> list[Section]:
        tr = say.text
        columns = [
            Column(tr("Stop no."), "left"),
            Column(tr("Time"), "left"),
            Column(tr("Case"), "left"),
            Column(tr("Name"), "left", wraps=True),
            Column(tr("Address"), "left", wraps=True),
            Column(tr("km")),
        ]
        rows = []
        for number, (stop, file) in enumerate(files, 1):
            point = point_of(file, stop.point)
            begins = "" if stop.begins is None else f"{stop.begins.astimezone(self._seat.clock.zone):%H:%M}"
            shown = self._shown(file, numbered)
            address = "—" if point is None else shown.points[point.id]
            way = f"{stop.metres / 1000:.1f}" if stop.metres else ""
            rows.append([str(number), begins, file.case.number, shown.name, address[:120], way])
        needed = max(rules_for_figures(file.book.jurisdiction).value("visit_people", int) for _, file in files)
        team = tr("Prepared for {role}.", role=Label("role", going.person.role))
        texts = [
            team,
            tr("At least {n} people go; badges are shown first, and the visit is recorded.", n=needed),
            tr("These pages stay with you: leave none behind, photograph none, and hand all of them back."),
        ]
        return [Section(tr("Stops"), Table(columns, rows, pad=2.2), texts=tuple(texts))]

    def _picture(
        self, wanted: DossierWanted, files: Sequence[tuple[StopWanted, CaseFile]], say: Translator
    ) -> RoutePicture | None:
        points = []
        without = 0
        for number, (stop, file) in enumerate(files, 1):
            place = stop.at or _place(point_of(file, stop.point))
            if place is None:
                without += 1
            else:
                points.append(RoutePoint(str(number), place.latitude, place.longitude))
        if not points:
            return None
        tr = say.text
        if wanted.start is not None:
            points.insert(0, RoutePoint(tr("Start"), *wanted.start, home=True))
        if wanted.end is not None and wanted.end != wanted.start:
            points.append(RoutePoint(tr("End"), *wanted.end, home=True))
        elif wanted.end is not None:
            points.append(RoutePoint("", *wanted.end, home=True))
        caption = msg("The stops in their order, north up. Straight lines: roads are longer.")
        if without:
            caption = nmsg(
                "The stops in their order, north up; {n} stop has no position and is only in the list.",
                "The stops in their order, north up; {n} stops have no position and are only in the list.",
                without,
            )
        return RoutePicture(tuple(points), tr("{km} km", km="{km}"), tr("N"), say.say(caption))


def wanted_of(planned: PlannedDay) -> DossierWanted:
    """The dossier of a day as it is planned; whoever leads the talk goes first."""
    known = [visitor for visitor in planned.team if visitor.person]
    team = sorted(known, key=lambda visitor: visitor.role != "visitor")
    return DossierWanted(
        planned.day,
        tuple(
            StopWanted(stop.case_id, stop.point, stop.begins, stop.leaves, stop.place, stop.metres)
            for stop in planned.stops
        ),
        tuple(dict.fromkeys(visitor.person for visitor in team)),
        planned.start,
        planned.end,
        planned.metres,
    )


def point_of(file: CaseFile, point_id: str) -> PointRecord | None:
    """The address that is gone to: the one named, else the debtor's own tried first that is not known to be dead."""
    addresses = [row for row in file.points if row.kind == "address"]
    named = next((row for row in addresses if row.id == point_id), None)
    own = [row for row in addresses if row.related_person_id is None]
    return named or min(own, key=lambda row: (row.id in file.state.dead_points, row.rank), default=None)


def _place(point: PointRecord | None) -> Place | None:
    if point is None or point.latitude is None or point.longitude is None:
        return None
    return Place(point.latitude, point.longitude)
