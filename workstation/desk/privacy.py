"""What is seen in full and what leaves the program: each with a reason, each an event of the case, never a value.

A list of cases leaves one event on each of them with a common batch id. There is no third sort of data for it: the
rights, the hash chain, a restore and the debtor's own history are those of every event.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, cast, get_args

from local_db import events as store_events
from local_db.queries import CaseFile
from workstation.desk.seat import Seat
from workstation.domain.changes import Changes
from workstation.domain.errors import InputError
from workstation.domain.events import Reveal, TakenOut, VisitReport, decode_body
from workstation.domain.ids import uuid7
from workstation.domain.message import Label, msg
from workstation.domain.privacy import Field
from workstation.domain.vocabulary import TAKEN

How = Literal["copy", "export", "print", "save"]
# Lists and papers about several debtors: with a name or number in full on them they need a reason.
LISTS = frozenset(
    {
        "work_plan_day",
        "work_plan_week",
        "shift_report",
        "report",
        "caseload_list",
        "indicator_list",
        "queue_list",
        "conduct_list",
        "audit_list",
        "book",
    }
)


@dataclass(frozen=True, slots=True)
class Revealed:
    """A datum in full, to be hidden again after `seconds`."""

    field: Field
    subject: str
    text: str
    seconds: int
    changes: Changes


class Privacy:
    """`changed` is told of every record before anybody sees the datum: what was laid out of the case is another now."""

    def __init__(self, seat: Seat, changed: Callable[[Changes], None]) -> None:
        self._seat, self._changed = seat, changed

    @property
    def reasons(self) -> tuple[Label, ...]:
        """Why something may be shown in full, the commonest first."""
        return tuple(Label("reveal_reason", key) for key in self._seat.masks.table.reasons)

    @property
    def seconds(self) -> int:
        return self._seat.masks.table.seconds

    def may_reveal(self, field: Field) -> bool:
        return self._seat.masks.treatment(field) == "reveal"

    def needs_words(self, why: str) -> bool:
        return why in self._seat.masks.table.words_for

    def reveal(self, case_id: str, field: Field, subject: str, why: str, words: str = "") -> Revealed:
        """One datum in full. It is recorded first: what cannot be recorded is not shown.

        `subject` is the id of the contact point, account or event; the debtor's own data need none. Raises
        `InputError` (on "why", "words", or for a role that may not), `CaseAbsent`, `CaseLeft`.
        """
        table = self._seat.masks.table
        table.may_reveal("screen", field, self._seat.person.role)
        kept = table.check_reason(why, words)
        file = self._seat.file(case_id)
        value, point = _value(file, field, subject)
        body = Reveal(field=field, reason=kept, why=why, subject="" if point else subject, seconds=table.seconds)
        self._seat.record(case_id, body, contact_point=point)
        changes = Changes(frozenset({"event", "reveal"}), frozenset({case_id}))
        self._changed(changes)
        return Revealed(field, subject, value, table.seconds, changes)

    def took_out(
        self,
        case_ids: Iterable[str],
        how: How,
        what: str,
        *,
        fields: Iterable[str] = (),
        why: str = "",
        reason: str = "",
    ) -> Changes:
        """Record that personal data of these cases left the program, all or none. `fields`: what stood there in full.

        Raises `InputError` when a list with something in full on it has no reason, and `CaseLeft`.
        """
        if how not in get_args(How) or what not in TAKEN:
            raise ValueError(f"not a way or a thing to take out: {how}, {what}")
        ids = list(dict.fromkeys(case_ids))
        in_full = tuple(sorted(set(fields)))
        if what in LISTS and in_full:
            reason = self.check_list(in_full, why, reason)
        if not ids:
            return Changes()
        seat, now = self._seat, self._seat.clock.now()
        batch = "" if len(ids) == 1 else uuid7(int(now.timestamp() * 1000), secrets.token_bytes(10))
        body = TakenOut(
            how=how, what=what, cases=len(ids), fields=in_full, why=why, reason=" ".join(reason.split()), batch=batch
        )
        with seat.store.write() as conn:
            offset = store_events.clock_offset(conn)
            drafts = [seat.draft(case_id, body, offset_ms=offset, at=now) for case_id in ids]
            store_events.append(conn, drafts, today=seat.clock.today())
        changes = Changes(frozenset({"event", "taken_out"}), frozenset(ids))
        self._changed(changes)
        return changes

    def check_list(self, fields: Iterable[Field | str], why: str, words: str) -> str:
        """May a list leave with these in full, for this reason? The own words as kept; raises `InputError`."""
        table = self._seat.masks.table
        for field in fields:
            table.may_reveal("export", cast(Field, field), self._seat.person.role)
        return table.check_reason(why, words)


def _value(file: CaseFile, field: Field, subject: str) -> tuple[str, str | None]:
    """The value, and the contact point it is of."""
    found: str | None = None
    if field in {"phone", "email", "address"}:
        point = next((row for row in file.points if row.id == subject and row.kind == field), None)
        if point is None:
            raise InputError(msg("That contact point is no longer on the case."))
        return point.value, point.id
    if field == "card":
        found = next((row.number for row in file.accounts if row.id == subject), None)
    elif field == "id_number":
        found = file.debtor.id_number
    elif field == "birth_date":
        found = None if file.debtor.birth_date is None else file.debtor.birth_date.isoformat()
    elif field == "employer":
        found = file.debtor.employer
    elif field == "free_text":
        event = next((row for row in file.events if row.id == subject), None)
        found = None if event is None else written(decode_body(event.kind, event.body))
    elif field == "photo":
        found = _photos(file, subject)
    if not found:
        raise InputError(msg("This is not on the case."))
    return found, None


def _photos(file: CaseFile, subject: str) -> str:
    """What the photos of a visit show, a line each; of the visit's own record or of the report beside it."""
    event = next((row for row in file.events if row.kind == "visit" and subject in {row.id, row.answers}), None)
    body = None if event is None else decode_body(event.kind, event.body)
    photos = body.photos if isinstance(body, VisitReport) else ()
    return "\n".join(photo.caption or f"SHA-256 {photo.sha256[:12]}…" for photo in photos)


def written(body: object) -> str:
    """What somebody wrote in an event, all of it."""
    texts = (getattr(body, name, "") for name in ("subject", "text", "note", "evidence", "reason", "circumstances"))
    return "\n".join(dict.fromkeys(text for text in texts if isinstance(text, str) and text))
