"""A store that an older program wrote: what it kept without effect, not knowing the kind, is folded anew."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from local_db.state import get_state, set_state
from workstation.domain.events import BODIES

_KEY = "kinds"  # of events, that the program knew which opened the store last


def learn(conn: sa.Connection) -> None:
    """Inside the caller's write transaction; nothing to do unless the program has learned a kind since."""
    known = " ".join(sorted(BODIES))
    if get_state(conn, _KEY) == known:
        return
    waiting = (
        conn.exec_driver_sql("SELECT case_id FROM case_row WHERE state LIKE '%\"unknown_kinds\"%'").scalars().all()
    )
    if waiting:
        from local_db import projections

        projections.refresh(conn, waiting, date.min)
    set_state(conn, _KEY, known)
