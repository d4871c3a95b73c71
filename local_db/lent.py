"""Authority lent between leads and others, as the centre said at the last synchronisation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
import sqlalchemy as sa

from local_db.state import get_state, set_state

_KEY = "lent"


class Lent(msgspec.Struct, frozen=True, kw_only=True):
    """From one person to another, from a moment until another."""

    id: str
    from_person: str
    to_person: str
    from_at: datetime
    until_at: datetime
    reason: str = ""

    def on(self, now: datetime) -> bool:
        return self.from_at <= now < self.until_at


_DECODER = msgspec.json.Decoder(tuple[Lent, ...])


def keep(conn: sa.Connection, found: Sequence[Lent]) -> None:
    text = msgspec.json.encode(found).decode()
    if get_state(conn, _KEY) != text:
        set_state(conn, _KEY, text)


def known(conn: sa.Connection) -> tuple[Lent, ...]:
    text = get_state(conn, _KEY)
    return () if text is None else _DECODER.decode(text)
