"""Contacts against the rules, for those who lead: found in what the seats handed in, looked into and noted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Literal

from local_db import events as store_events
from local_db import queries
from local_db.queries import CaseFile
from workstation.desk import lights, missing_dossiers, standing
from workstation.desk.rules import rules_on
from workstation.desk.seat import Seat, zone
from workstation.desk.shown import ShownCase
from workstation.domain.changes import Changes
from workstation.domain.conduct import CONTACTS, findings
from workstation.domain.errors import InputError
from workstation.domain.events import Reviewed
from workstation.domain.gate import Reason
from workstation.domain.message import Label, Message, msg

if TYPE_CHECKING:
    from workstation.desk.conduct_gaps import GapRow

DAYS = 30  # how far back the list looks
LEADING = frozenset({"lead", "auditor", "admin"})


@dataclass(frozen=True, slots=True)
class ConductRow:
    """One contact that was blocked (`breach`) or warned of, as the rules see it with all that is known by now."""

    event_id: str
    case_id: str
    at: datetime
    number: str
    name: str
    author: str
    channel: Label
    level: Literal["warn", "block"]
    reasons: tuple[Reason, ...]
    known: bool  # did the seat's own light say so at the time
    said: str
    reviewed: str | None


class Conduct:
    def __init__(self, seat: Seat) -> None:
        self._seat = seat
        self._kept: dict[str, tuple[ConductRow, ...]] = {}  # by case, until something changes there
        self._since: datetime | None = None

    @property
    def offered(self) -> bool:
        """Is the list for this person?"""
        return self._seat.person.role in LEADING

    def rows(
        self,
        progress: Callable[[int, int], None] = lambda _done, _total: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> tuple[ConductRow, ...]:
        """Breaches first, then what was warned of, each the newest first. Slow the first time: not for the window."""
        since = self._seat.clock.now() - timedelta(days=DAYS)
        with self._seat.store.read() as conn:
            ids = store_events.cases_with(conn, tuple(CONTACTS), since)
            waiting = [case_id for case_id in ids if case_id not in self._kept]
            for done, case_id in enumerate(waiting):
                if cancelled():
                    break
                progress(done, len(waiting))
                self._kept[case_id] = self._of_case(queries.case_file(conn, case_id), since)
        found = [row for case_id in ids for row in self._kept.get(case_id, ()) if row.at >= since]
        found += [_of_dossier(missing) for missing in missing_dossiers.found(self._seat, since)]
        return tuple(sorted(found, key=lambda row: (row.level != "block", -row.at.timestamp(), row.event_id)))

    def gaps(self) -> tuple[GapRow, ...]:
        """Recordings that are missing, and complaints. Not for the window's thread."""
        from workstation.desk import conduct_gaps

        return conduct_gaps.rows(self._seat)

    def refresh(self, changes: Changes) -> None:
        """Judge the touched cases again when next asked."""
        if changes.everything:
            self._kept.clear()
        for case_id in changes.case_ids:
            self._kept.pop(case_id, None)

    def review(self, row: ConductRow, text: str) -> Changes:
        """Note what was found and done about it, on the case. Raises `InputError` without a word."""
        if not self.offered or self._seat.person.role != "lead":
            raise InputError(msg("A team lead looks into contacts against the rules."))
        if not text.strip():
            raise InputError(msg("Write what you found and what is done about it."), field="text")
        self._seat.record(row.case_id, Reviewed(text=text.strip()), answers=row.event_id)
        return Changes(frozenset({"event", "reviewed"}), frozenset({row.case_id}))

    def _of_case(self, file: CaseFile, since: datetime) -> tuple[ConductRow, ...]:
        shown = ShownCase(file, self._seat.masks)
        points = {point.id: lights.whose(file, point) for point in file.points}
        rules = partial(rules_on, file.book.jurisdiction)
        found = findings(file.events, points, rules, zone(file.zone), since, partial(standing.time_barred, file))
        return tuple(
            ConductRow(
                event_id=finding.event.id,
                case_id=file.case.id,
                at=finding.event.corrected_at,
                number=file.case.number,
                name=shown.name,
                author=file.people.get(finding.event.author, "—"),
                channel=Label("channel", finding.event.channel or "call"),
                level=finding.level,
                reasons=tuple(sorted(finding.reasons, key=lambda reason: reason.level != finding.level)),
                known=finding.shown == finding.level,
                said=shown.words(finding.said),
                reviewed=None if finding.reviewed is None else shown.words(finding.reviewed),
            )
            for finding in found
        )


def _of_dossier(missing: missing_dossiers.Missing) -> ConductRow:
    """A paper that did not come back, among the contacts: whoever has it may contact anybody in it."""
    return ConductRow(
        event_id=missing.event_id,
        case_id=missing.case_id,
        at=missing.at,
        number=missing.number,
        name=missing.name,
        author=missing.holder,
        channel=Label("taken", "dossier"),
        level="block" if missing.lost else "warn",
        reasons=(missing.reason,),
        known=True,
        said=missing.said,
        reviewed=missing.reviewed,
    )


def sentence(row: ConductRow) -> Message:
    """What was against the rules, and whether the person could have known."""
    first = row.reasons[0].message
    if row.known:
        return first
    return msg("{reason} Their light did not show it yet.", reason=first)
