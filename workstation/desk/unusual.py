"""Unusual reveals and exports, for those who lead: found in what the seats handed in, looked into and noted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from local_db import access, queries
from local_db.access import Line
from workstation.desk.seat import Seat
from workstation.domain.changes import Changes
from workstation.domain.errors import InputError
from workstation.domain.events import Reassigned, Reveal, Reviewed, TakenOut, decode_body
from workstation.domain.message import Message, msg
from workstation.domain.unusual import Access, Rule, Unusual, Work, findings, load

LEADING = frozenset({"lead", "auditor", "admin"})
_NO_WORK = frozenset({"reveal", "taken_out", "reviewed", "reassigned"})


@dataclass(frozen=True, slots=True)
class UnusualRow:
    """One finding. `case_id` is that of its first record, to which the note of who looked into it goes."""

    rule: Rule
    event_id: str
    case_id: str
    at: datetime
    who: str
    number: str
    cases: int
    said: Message
    reviewed: str | None


class UnusualAccess:
    def __init__(self, seat: Seat) -> None:
        self._seat = seat

    @property
    def offered(self) -> bool:
        return self._seat.person.role in LEADING

    @property
    def days(self) -> int:
        return load().days

    def rows(self, cancelled: Callable[[], bool] = lambda: False) -> tuple[UnusualRow, ...]:
        """The newest first, what was looked into last. Slow with a team's month: not for the window."""
        seat, thresholds = self._seat, load()
        since = seat.clock.now() - timedelta(days=thresholds.days)
        with seat.store.read() as conn:
            lines = access.lines(conn, since)
            held = _Holders(lines, access.assignees(conn), access.leads(conn))
            people, numbers = queries.people(conn), access.numbers(conn)
        if cancelled():
            return ()
        seen = [one for line in lines if (one := _access(line, held)) is not None and one.at >= since]
        found = findings(seen, _work(lines), thresholds, seat.clock.zone)
        reviewed = _reviewed(lines)
        rows = [_row(finding, people, numbers, reviewed, seat) for finding in found]
        return tuple(sorted(rows, key=lambda row: row.reviewed is not None))

    def review(self, row: UnusualRow, text: str) -> Changes:
        """Note what was found and done about it, on the case of the first record. Raises `InputError`."""
        if self._seat.person.role != "lead":
            raise InputError(msg("A team lead looks into unusual reveals."))
        if not text.strip():
            raise InputError(msg("Write what you found and what is done about it."), field="text")
        self._seat.record(row.case_id, Reviewed(text=text.strip()), answers=row.event_id)
        return Changes(frozenset({"event", "reviewed"}), frozenset({row.case_id}))


class _Holders:
    """Who had a case at a moment, by its moves and by who has it now."""

    def __init__(self, lines: Iterable[Line], now: dict[str, str | None], leads: frozenset[str]) -> None:
        self._now, self._leads = now, leads
        self._moves: dict[str, list[tuple[datetime, Reassigned]]] = defaultdict(list)
        for line in lines:
            body = decode_body(line.kind, line.body) if line.kind == "reassigned" else None
            if isinstance(body, Reassigned):
                self._moves[line.case_id].append((line.at, body))

    def had(self, person: str, case_id: str, at: datetime) -> bool:
        """Nobody's case is nobody else's either; whoever leads has every case of the team."""
        if person in self._leads:
            return True
        moves = self._moves.get(case_id, [])
        before = [body for moment, body in moves if moment <= at]
        holder = before[-1].to_person if before else moves[0][1].from_person if moves else self._now.get(case_id)
        return holder is None or holder == person


def _access(line: Line, held: _Holders) -> Access | None:
    if line.kind not in {"reveal", "taken_out"}:
        return None
    body = decode_body(line.kind, line.body)
    if isinstance(body, Reveal):
        return Access(
            line.id, line.case_id, line.author, line.at, "reveal", field=body.field, point=line.point,
            held=held.had(line.author, line.case_id, line.at),
        )  # fmt: skip
    if isinstance(body, TakenOut):
        return Access(
            line.id, line.case_id, line.author, line.at, "taken_out", how=body.how, batch=body.batch, cases=body.cases
        )
    return None


def _work(lines: Iterable[Line]) -> list[Work]:
    return [
        Work(line.case_id, line.author, line.at, line.point if line.kind in {"contact", "message"} else "")
        for line in lines
        if line.kind not in _NO_WORK
    ]


def _reviewed(lines: Iterable[Line]) -> dict[str, str]:
    found = {}
    for line in lines:
        body = decode_body(line.kind, line.body) if line.kind == "reviewed" else None
        if isinstance(body, Reviewed):
            found[line.answers] = body.text
    return found


def _row(
    finding: Unusual, people: dict[str, str], numbers: dict[str, str], reviewed: dict[str, str], seat: Seat
) -> UnusualRow:
    text = next((reviewed[event] for event in finding.events if event in reviewed), None)
    return UnusualRow(
        rule=finding.rule,
        event_id=finding.event,
        case_id=finding.cases[0],
        at=finding.at,
        who=people.get(finding.person, "—"),
        number=numbers.get(finding.cases[0], "—"),
        cases=len(finding.cases),
        said=finding.said,
        reviewed=None if text is None else seat.masks.text(text),
    )
