"""The day that is being planned in the window: every change is kept first, then the times come from the pool."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from threading import Lock
from typing import Literal

import msgspec
from PySide6.QtCore import QObject, Signal

from ui.background import run
from ui.desk_port import Desk
from ui.look import Look
from workstation.desk.field_candidates import Address, Candidate, Selection, districts, in_order
from workstation.desk.field_day import Colleague, Planned
from workstation.desk.field_draft import MOST_STOPS, DayDraft, added, moved, without
from workstation.domain.changes import Changes
from workstation.domain.errors import WorkstationError
from workstation.domain.field_day import PlannedDay
from workstation.domain.message import nmsg
from workstation.domain.route import Place

LONGEST_MEMORY = 50  # changes that can be taken back


@dataclass(frozen=True, slots=True)
class _Answer:
    """What came back from the pool."""

    planned: Planned
    rows: tuple[Candidate, ...] | None = None
    colleagues: tuple[Colleague, ...] = ()
    only: frozenset[str] | None = None  # the cases the rows are of; None: of all


@dataclass(slots=True)
class _Keeping:
    """Drafts are kept in the order in which they were made, whichever thread comes first."""

    lock: Lock = field(default_factory=Lock)
    newest: int = 0


class FieldWork(QObject):
    """`shown`: something is to be painted anew; `told` carries a sentence for the person."""

    shown = Signal()
    told = Signal(str)

    def __init__(self, look: Look, desk: Desk) -> None:
        super().__init__()
        self._look, self._desk = look, desk
        self.day: date = desk.today()
        self.draft = DayDraft()
        self.rows: tuple[Candidate, ...] = ()
        self.colleagues: tuple[Colleague, ...] = ()
        self.selection = Selection()
        self.planned: PlannedDay | None = None
        self.failure = ""  # why nothing is shown
        self.busy = False
        self._asked = 0
        self._before: list[DayDraft] = []
        self._changing = self._again = False  # a change is on its way; everything is to be read anew after it
        self._keeping = _Keeping()
        self._by_case: dict[str, Candidate] = {}

    # ---- what is shown ----

    @property
    def chosen(self) -> tuple[Candidate, ...]:
        """The candidates that meet the filters."""
        return tuple(row for row in self.rows if self.selection.holds(row, self.day))

    def candidate(self, case_id: str) -> Candidate | None:
        return self._by_case.get(case_id)

    @property
    def districts(self) -> tuple[str, ...]:
        return districts(self.rows)

    def address(self, case_id: str) -> Address | None:
        """The one this day goes to: that of its stop, else the first."""
        row = self._by_case.get(case_id)
        if row is None:
            return None
        chosen = next((stop.point for stop in self.draft.stops if stop.case_id == case_id), "")
        return next((one for one in row.addresses if one.point == chosen), None) or next(iter(row.addresses), None)

    def number(self, case_id: str) -> int:
        """Of its stop; 0 when it is none."""
        stops = self.planned.stops if self.planned is not None else ()
        return next((stop.number for stop in stops if stop.case_id == case_id), 0)

    # ---- asking ----

    def open(self, day: date) -> None:
        """Another day; what was done on the one before cannot be taken back any more."""
        self.day = day
        self._before.clear()
        self._changing = False  # it is kept, and its answer belongs to the other day
        self.look_again()

    def _over(self) -> None:
        """The change is done; what was put off comes now."""
        self._changing = False
        if self._again:
            self._again = False
            self.look_again()

    def look_again(self, touched: frozenset[str] | None = None) -> None:
        """Candidates, draft and times anew, or of the candidates those `touched`: a lead has thousands.

        A change that is on its way comes first.
        """
        if self._changing:
            self._again = True
            return
        only = touched if self.rows else None
        self._asked += 1
        asked, day, desk = self._asked, self.day, self._desk.field_days
        self.busy = True

        def read() -> _Answer:
            draft = desk.draft(day)
            rows = desk.candidates(day, draft, only)
            return _Answer(desk.plan(day, draft), rows, desk.colleagues(), only)

        run(self, read, lambda answer: self._have(asked, answer), lambda error: self._failed(asked, error))

    def change(self, draft: DayDraft, *, anew: bool = False, remember: bool = True, fill: tuple[str, ...] = ()) -> None:
        """Keep the draft and show what comes of it; `anew` orders the stops by the shortest way, `fill` puts as many
        of these cases on the day as fit."""
        if draft == self.draft and not anew and not fill:
            return
        if remember:
            self._before = [*self._before[-LONGEST_MEMORY:], self.draft]
        self.draft = draft
        self._asked += 1
        asked, day, desk, keeping = self._asked, self.day, self._desk.field_days, self._keeping
        self.busy = self._changing = True

        def keep() -> _Answer:
            with keeping.lock:  # what somebody chose is kept before anything can go wrong with the route
                if asked > keeping.newest:
                    keeping.newest = asked
                    desk.keep(day, draft)
            planned = desk.fill(day, draft, fill) if fill else desk.plan(day, draft, anew=anew)
            with keeping.lock:
                if planned.draft != draft and asked == keeping.newest:
                    desk.keep(day, planned.draft)
            return _Answer(planned)

        run(self, keep, lambda answer: self._have(asked, answer), lambda error: self._failed(asked, error))
        self.shown.emit()

    def take_back(self) -> None:
        """The day as it was before the last change."""
        if self._before:
            self.change(self._before.pop(), remember=False)
        else:
            self.told.emit(self._look.tr("Nothing on this day is left to take back."))

    # ---- what a person does ----

    def toggle(self, case_id: str) -> None:
        """Onto the day, or off it."""
        if case_id in self.draft.case_ids:
            self.change(without(self.draft, case_id))
        else:
            self.add((case_id,))

    def add(self, case_ids: tuple[str, ...]) -> None:
        more = added(self.draft, case_ids)
        if len(more.stops) == len(self.draft.stops) and any(one not in more.case_ids for one in case_ids):
            self.told.emit(
                self._look.say(nmsg("A day takes {n} stop at most.", "A day takes {n} stops at most.", MOST_STOPS))
            )
            return
        self.change(more)

    def move(self, case_id: str, by: int) -> None:
        """A stop so many places later."""
        at = self.number(case_id) - 1
        if at >= 0:
            self.move_to(case_id, at + by)

    def move_to(self, case_id: str, place: int) -> None:
        self.change(moved(self._in_order(), case_id, place))

    def reorder(self) -> None:
        """By the shortest way that keeps the hours."""
        if self.draft.stops:
            self.change(self.draft, anew=True)

    def fill(self) -> None:
        """As many of the filtered candidates as fit the day."""
        able = tuple(row.case_id for row in self.chosen if row.place is not None and row.blocked is None)
        if set(able) - self.draft.case_ids:
            self.change(self.draft, fill=able)
        else:
            self.told.emit(self._look.tr("None of the cases shown can be added to this day."))

    def place(self, case_id: str, point: str, where: Place, how: Literal["map", "typed"]) -> None:
        """Record where an address lies; all who hold the case know it then."""
        try:
            changes: Changes = self._desk.field_places.place(case_id, point, where, how=how)
        except WorkstationError as error:
            self.told.emit(self._look.say(error.message))
            return
        self._desk.announce(changes)
        self._desk.sync.sync_now()
        self.look_again(changes.case_ids)

    def _in_order(self) -> DayDraft:
        """The draft with what is not gone to behind the stops, as the numbers count."""
        going = self.planned.case_ids if self.planned is not None else ()
        by_case = {stop.case_id: stop for stop in self.draft.stops}
        front = [by_case[case_id] for case_id in going if case_id in by_case]
        rest = [stop for stop in self.draft.stops if stop.case_id not in set(going)]
        return msgspec.structs.replace(self.draft, stops=(*front, *rest))

    # ---- answers ----

    def _have(self, asked: int, answer: _Answer) -> None:
        if answer.rows is not None and answer.planned.day.day == self.day:
            others = () if answer.only is None else (row for row in self.rows if row.case_id not in answer.only)
            self.rows = in_order((*others, *answer.rows), self.day)
            self._by_case = {row.case_id: row for row in self.rows}
            self.colleagues = answer.colleagues
        if asked != self._asked:
            return
        self.busy, self.failure = False, ""
        self.draft, self.planned = answer.planned.draft, answer.planned.day
        self._over()
        self.shown.emit()

    def _failed(self, asked: int, error: WorkstationError) -> None:
        sentence = self._look.say(error.message)
        if asked == self._asked:
            self.busy = False
            self._over()
            self.failure = sentence if not self.rows else ""
            self.shown.emit()
        self.told.emit(sentence)
