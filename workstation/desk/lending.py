"""A lead's authority in another's hands: whom it may go to, from when until when, and who has it now."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from local_db import lent, queries
from workstation.desk.entry_reading import Readings
from workstation.desk.seat import Seat
from workstation.domain.errors import InputError, WorkstationError
from workstation.domain.message import msg

if TYPE_CHECKING:
    from workstation.sync.decisions import Link

LONGEST_DAYS = 92


class LendingNeedsLine(WorkstationError):  # named as the user meets it
    """Who acts for whom is known to everybody at once, or to nobody."""

    code = "lending_offline"


@dataclass(frozen=True, slots=True)
class LentRow:
    """`mine`: lent by this person; else lent to them."""

    id: str
    who: str
    mine: bool
    from_at: datetime
    until_at: datetime
    now: bool
    reason: str


class Lending:
    def __init__(self, seat: Seat, open_line: Callable[[], Link], decided: Callable[[], None]) -> None:
        self._seat, self._open_line, self._decided = seat, open_line, decided

    @property
    def lends(self) -> bool:
        return self._seat.person.role == "lead"

    def lenders(self) -> frozenset[str]:
        """Whose authority this person has now."""
        now, me = self._seat.clock.now(), self._seat.person.id
        with self._seat.store.read() as conn:
            return frozenset(row.from_person for row in lent.known(conn) if row.to_person == me and row.on(now))

    def rows(self) -> tuple[LentRow, ...]:
        """What is lent to or by this person, now or later, as of the last synchronisation."""
        now, me = self._seat.clock.now(), self._seat.person.id
        with self._seat.store.read() as conn:
            people, known = queries.people(conn), lent.known(conn)
        return tuple(
            LentRow(
                id=row.id,
                who=people.get(row.to_person if row.from_person == me else row.from_person, "—"),
                mine=row.from_person == me,
                from_at=row.from_at,
                until_at=row.until_at,
                now=row.on(now),
                reason=self._seat.masks.text(row.reason),
            )
            for row in known
            if me in {row.from_person, row.to_person} and row.until_at > now
        )

    def people(self) -> tuple[tuple[str, str], ...]:
        """Ids and names of whom it may go to: other leads, and who works in the own team."""
        me = self._seat.person
        with self._seat.store.read() as conn:
            found = conn.exec_driver_sql(
                "SELECT id, name FROM person WHERE active AND id <> ? AND (role = 'lead' OR"
                " role IN ('collector', 'field') AND team_id = ?) ORDER BY name, id",
                (me.id, me.team_id),
            ).all()
        return tuple((row[0], row[1]) for row in found)

    def lend(self, to_person: str, begins: str, ends: str, reason: str) -> None:
        """From the first day's beginning (now, when it is today) until the last day's end. Not for the window's thread.

        Raises `InputError` naming the field, `LendingNeedsLine` offline, and what the centre refuses.
        """
        clock = self._seat.clock
        today = clock.today()
        if to_person not in {one for one, _ in self.people()}:
            raise InputError(msg("Choose who is to decide for you."), field="person")
        readings = Readings(today)
        first = readings.day("begins", begins) or today
        last = readings.day("ends", ends)
        for name in ("begins", "ends"):
            found = readings.by_field.get(name)
            if found is not None and found.error is not None:
                raise InputError(found.error, field=name)
        if first < today:
            raise InputError(msg("{day} is past.", day=first), field="begins")
        if last is None:
            raise InputError(msg("Say until which day."), field="ends")
        if not first <= last <= first + timedelta(days=LONGEST_DAYS - 1):
            raise InputError(
                msg("The last day is on or after the first, and at most {n} days later.", n=LONGEST_DAYS - 1),
                field="ends",
            )
        if not reason.strip():
            raise InputError(msg("Say why: it stands in the record."), field="reason")
        from_at = max(clock.now(), datetime.combine(first, time.min, clock.zone))
        until_at = datetime.combine(last + timedelta(days=1), time.min, clock.zone)
        with closing(self._line()) as link:
            from workstation.sync import decisions

            decisions.delegate(link, to_person, from_at, until_at, reason.strip())
        self._decided()

    def end(self, one: str) -> None:
        """Take it back, or give it back. Not for the window's thread."""
        with closing(self._line()) as link:
            from workstation.sync import decisions

            decisions.end_delegation(link, one)
        self._decided()

    def _line(self) -> Link:
        from workstation.sync.link import Unreachable

        try:
            return self._open_line()
        except Unreachable as error:
            raise LendingNeedsLine(
                msg("Authority is lent at the centre, and the line is down. Nothing was lent; try again when online.")
            ) from error
