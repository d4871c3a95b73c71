"""Records that are held because their place in their device's chain is taken or missing, and taking them in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from workstation.central.admin import Where, session


@dataclass(frozen=True, slots=True)
class HeldChain:
    """What is held of one device, for one reason: forked_chain or broken_chain."""

    device: str
    name: str
    login: str
    reason: str
    events: int
    first: datetime
    last: datetime


def held(where: Where) -> list[HeldChain]:
    """Those one may see: a lead the team's, an auditor and an administrator all."""
    query = (
        "SELECT d.id::text, d.name, p.login, h.reason, count(*), min(h.occurred_at), max(h.occurred_at)"
        " FROM held_event h JOIN device d ON d.id = h.device JOIN person p ON p.id = h.author"
        " GROUP BY d.id, d.name, p.login, h.reason ORDER BY min(h.held_at), d.id"
    )
    with session(where) as conn:
        return [HeldChain(*row) for row in conn.execute(query)]


def release(where: Where, device: str, reason: str) -> int:
    """Take in what is held of a device; returns how many records. By its person's lead or an administrator, never by
    that person. Raises `CentralRefusedError` (WS021: nothing is held, WS033: one's own).
    """
    with session(where) as conn:
        row = conn.execute("SELECT app.release_held(%s, %s)", [device, reason]).fetchone()
    return int(row[0]) if row else 0
