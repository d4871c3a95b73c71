"""A seat bears witness: it compares records it holds with the centre's copies, some at each synchronisation.

Who may do anything at the centre can rewrite a chain with all its hashes, so that it is whole again; the copies at the
seats they do not reach. The newest are compared each time, all others in turn.
"""

from __future__ import annotations

from typing import Any

import psycopg

from local_db import chain, replica
from local_db.chain import Differing, HeldOf
from local_db.engine import Store
from workstation.sync.link import WITNESSES, Welcome, typed

NEWEST, IN_TURN = 50, 250  # records compared at one synchronisation


def watch(store: Store, conn: psycopg.Connection[Any], welcome: Welcome) -> None:
    """Who leads, audits or administers is told what is held of whose device; kept for the window to say."""
    if welcome.role not in {"lead", "auditor", "admin"} or welcome.schema_version < WITNESSES:
        return
    try:
        with conn.transaction():
            rows = conn.execute(
                "SELECT d.name, p.name, count(*)::integer FROM held_event h JOIN device d ON d.id = h.device"
                " JOIN person p ON p.id = h.author GROUP BY d.id, d.name, p.name ORDER BY min(h.held_at), d.id"
            ).fetchall()
    except psycopg.Error as error:
        raise typed(error) from error
    found = [HeldOf(*row) for row in rows]
    with store.read() as local:
        known = chain.held(local)
    if found != known:
        with store.write() as local:
            chain.keep_held(local, found)


def compare(store: Store, conn: psycopg.Connection[Any], welcome: Welcome, device: str) -> list[Differing]:
    """What differs, kept in the store and told to the centre; empty when all that was looked at is the same.

    What is gone counts while the case is still to be seen, and not while a restored centre waits for what it forgot.
    """
    with store.read() as local:
        before = {one.event: one for one in chain.differing(local)}
        place = int(replica.get_state(local, "compared") or 0)
        turn = chain.to_compare(local, place, IN_TURN)
        asked = {row[1]: (row[2], row[3]) for row in (*turn, *chain.newest(local, NEWEST))}
        asked |= {one.event: (one.case_id, one.here) for one in before.values()}
    try:
        with conn.transaction():
            conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            there = dict(
                conn.execute(
                    "SELECT id::text, hash FROM case_event WHERE id = ANY (%s::uuid[])", [list(asked)]
                ).fetchall()
            )
            lacking = {case for event, (case, _) in asked.items() if event not in there}
            visible = {
                row[0]
                for row in conn.execute("SELECT id::text FROM cases WHERE id = ANY (%s::uuid[])", [list(lacking)])
            }
        found = {
            event: Differing(event, case, here, there.get(event, ""))
            for event, (case, here) in asked.items()
            if (there[event] != here if event in there else case in visible and not welcome.recovers)
        }
        new = [one for event, one in found.items() if event not in before]
        if new and welcome.schema_version >= WITNESSES:
            ids, hashes = [one.event for one in new], [one.here for one in new]
            conn.execute("SELECT app.report_differing(%s, %s::uuid[], %s)", [device, ids, hashes])
            conn.commit()
    except psycopg.Error as error:
        raise typed(error) from error
    with store.write() as local:
        replica.set_state(local, "compared", str(turn[-1][0] if len(turn) == IN_TURN else 0))
        if found or before:
            chain.keep_differing(local, found.values())
    return list(found.values())
