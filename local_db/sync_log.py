"""The log of synchronisations: when, how it ended and how much moved. No name, number or text of anybody is in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from local_db.tables import sync_log
from workstation.domain.events import utc_text

KEPT = 500  # lines


@dataclass(frozen=True, slots=True)
class LogLine:
    """One synchronisation, or several in a row that moved nothing and ended alike. `problem` is an error's code."""

    began_at: datetime
    ended_at: datetime
    problem: str | None = None
    pushed: int = 0
    refused: int = 0
    pulled: int = 0
    granted: int = 0
    revoked: int = 0

    @property
    def moved(self) -> bool:
        return any((self.pushed, self.refused, self.pulled, self.granted, self.revoked))


def append(conn: sa.Connection, line: LogLine) -> None:
    """Add a line and forget all but the newest. What moved nothing, like the one before it, makes that one longer."""
    before = conn.execute(sa.select(sync_log).order_by(sync_log.c.id.desc()).limit(1)).one_or_none()
    if before is not None and not line.moved:
        last = _line(before)
        if not last.moved and last.problem == line.problem:
            change = sa.update(sync_log).where(sync_log.c.id == before.id)
            conn.execute(change.values(ended_at=utc_text(line.ended_at)))
            return
    conn.execute(
        sa.insert(sync_log).values(
            began_at=utc_text(line.began_at),
            ended_at=utc_text(line.ended_at),
            problem=line.problem,
            pushed=line.pushed,
            refused=line.refused,
            pulled=line.pulled,
            granted=line.granted,
            revoked=line.revoked,
        )
    )
    conn.exec_driver_sql("DELETE FROM sync_log WHERE id <= (SELECT max(id) FROM sync_log) - ?", (KEPT,))


def newest(conn: sa.Connection, limit: int = KEPT) -> Sequence[LogLine]:
    """The lines, newest first."""
    rows = conn.execute(sa.select(sync_log).order_by(sync_log.c.id.desc()).limit(limit))
    return [_line(row) for row in rows]


def _line(row: sa.Row[tuple[object, ...]]) -> LogLine:
    return LogLine(
        began_at=datetime.fromisoformat(row.began_at),
        ended_at=datetime.fromisoformat(row.ended_at),
        problem=row.problem,
        pushed=row.pushed,
        refused=row.refused,
        pulled=row.pulled,
        granted=row.granted,
        revoked=row.revoked,
    )


def last_good(conn: sa.Connection) -> datetime | None:
    """When a synchronisation last went through, as far as the log goes back."""
    at: str | None = conn.exec_driver_sql("SELECT max(ended_at) FROM sync_log WHERE problem IS NULL").scalar_one()
    return None if at is None else datetime.fromisoformat(at)
