"""One synchronisation: greet, push, pull, apply in one local transaction. Safe to break off at any point."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from time import perf_counter
from typing import Any, NoReturn

import psycopg
import sqlalchemy as sa
from msgspec import json
from sqlcipher3 import dbapi2

from local_db import attachments, drafts, lent, outbox, projections, replica, reviews
from local_db.engine import Store
from local_db.state import CENTRE_SCHEMA
from workstation import tables
from workstation.domain.changes import Changes
from workstation.domain.message import msg
from workstation.sync import attachments as photos
from workstation.sync import coaching, handover, lending, moves, witness
from workstation.sync.doing import Doing, untold
from workstation.sync.link import DeviceRevoked, LinkError, NonsenseAnswer, Welcome, hello, typed
from workstation.sync.pull import SEES_ALL, Pulled, pull
from workstation.sync.push import Pushed, hand_on, push
from workstation.sync.terms import Terms, seat_terms
from workstation.sync.turn import one_at_a_time

log = logging.getLogger(__name__)

# Not swept after pulling afresh: books and teams are few and hang together with nothing unique, cases leave by scope,
# and events never leave with a restore, their authors hand them in again.
_NOT_SWEPT = (tables.book, tables.team, tables.case, tables.case_event)


_TYPING = timedelta(hours=2)  # a draft this young may be somebody in the middle of a call
_FIELD = timedelta(days=7)  # a photo this young may be of a report that somebody writes after days without a network


@dataclass(frozen=True, slots=True)
class Device:
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class SyncResult:
    """What one synchronisation did. `offset_ms`: the server's clock minus this device's."""

    pushed: int = 0
    refused: int = 0
    pulled_rows: int = 0
    granted: int = 0
    revoked: int = 0
    seconds: float = 0.0
    offset_ms: int = 0
    changes: Changes = field(default_factory=Changes)
    cancelled: bool = False
    differing: int = 0  # records of which the centre has another version, or none


@dataclass(frozen=True, slots=True)
class _Waiting:
    """What has been recorded here and is not at the centre."""

    events: int
    attachments: int


def sync_once(
    store: Store,
    link: Callable[[], psycopg.Connection[Any]],
    device: Device,
    today: date,
    *,
    cancel: Callable[[], bool] = lambda: False,
    report: Callable[[Doing], None] = untold,
    met: Callable[[Terms], None] = lambda _terms: None,
) -> SyncResult:
    """Push, then pull. Raises the errors of `link` (Unreachable, WrongPassword, DeviceRevoked …) and `SyncBusy`.

    `report` is told what is being done, and `met` that there was contact, in this thread.

    Whatever was confirmed or applied before an error or a cancel stays so; the next one goes on from there.
    """
    began = perf_counter()
    with one_at_a_time(store.path, cancel):
        report(Doing("connecting"))
        with link() as conn:
            sent_at = datetime.now(UTC)
            try:
                welcome = hello(conn, device.id, device.name)
            except DeviceRevoked as error:
                _hand_in(store, conn, error, today)
            offset = _offset(welcome, sent_at, datetime.now(UTC))
            met(seat_terms(conn, welcome, device.id))
            lent_now, teams = lending.ask(conn, welcome)
            coached = coaching.ask(conn, welcome)
            with store.write() as local:
                _meet(local, welcome, device, teams)
                lent.keep(local, lent_now)
                reviewed = reviews.keep(local, coached)
                restored = replica.get_state(local, "hand_on") == "yes"
            pushed = Pushed()
            if welcome.hands_on or welcome.role not in SEES_ALL:  # before 0002 those who see everything may not push
                if restored and welcome.hands_on:
                    hand_on(store, conn)
                pushed = push(store, conn, welcome.person_id, cancel, report)
                _forget(store, pushed.not_taken, today)
            moves.end_leaves(store, conn, welcome)
            with store.read() as local:
                cursor = int(replica.get_state(local, "cursor") or 0)
                leaving = _leaving(local)
                held = replica.held_cases(local)
                waiting = _Waiting(outbox.waiting(local), attachments.unsent(local)[0])
            ceiling = _tell(conn, welcome, device, waiting, None if leaving else cursor)
            pulled = pull(conn, welcome, cursor, held - leaving, ceiling, cancel, report)
            differing = [] if pulled is None or cancel() else witness.compare(store, conn, welcome, device.id)
            if not cancel():
                witness.watch(store, conn, welcome)
            if pulled is not None and (pulled.granted or pulled.revoked) and cursor:
                moves.hear(store, conn, welcome)
        if pulled is None or cancel():
            return SyncResult(
                pushed.accepted, pushed.refused, seconds=perf_counter() - began, offset_ms=offset, cancelled=True
            )
        report(Doing("applying"))
        changes = _sensible(store, pulled, held, leaving, welcome.person_id, offset, today, first=cursor == 0)
        if reviewed:
            changes = Changes(changes.kinds | {"coaching"}, changes.case_ids, changes.everything)
    return SyncResult(
        pushed=pushed.accepted,
        refused=pushed.refused,
        differing=len(differing),
        pulled_rows=pulled.count,
        granted=len(pulled.granted),
        revoked=len(pulled.revoked),
        seconds=perf_counter() - began,
        offset_ms=offset,
        changes=changes,
    )


def _offset(welcome: Welcome, sent_at: datetime, received_at: datetime) -> int:
    """Milliseconds the server is ahead: its time against the middle of the round trip."""
    middle = sent_at + (received_at - sent_at) / 2
    return round((welcome.server_time - middle).total_seconds() * 1000)


def _hand_in(store: Store, conn: psycopg.Connection[Any], revoked: DeviceRevoked, today: date) -> NoReturn:
    """A revoked device still hands in what it recorded before it was revoked, and what a restored centre forgot.

    It pulls nothing any more.
    """
    try:
        conn.rollback()
    except psycopg.Error as error:
        raise typed(error) from error
    with store.read() as local:
        me, known = replica.get_state(local, "me"), replica.get_state(local, "epoch")
        restored = replica.get_state(local, "hand_on") == "yes"
    if revoked.epoch is not None and (restored or known not in {None, revoked.epoch}):
        hand_on(store, conn)
        with store.write() as local:
            replica.set_state(local, "epoch", revoked.epoch)
    pushed = push(store, conn, me, lambda: False)
    _forget(store, pushed.not_taken, today)
    try:  # what is to be erased does not wait for a slow line
        photos.hand_in(store, conn, seconds=photos.STRETCH_SECONDS if revoked.erase else None)
    except LinkError as error:
        log.warning("not all photos of a revoked device could be handed in: %s", error.code)
    with store.read() as local:
        left = outbox.waiting(local) + attachments.unsent(local)[0]
    if left or pushed.refused:
        raise revoked
    raise DeviceRevoked(
        msg("This device was revoked. What it had recorded was handed in; ask your administrator.")
    ) from revoked


def _meet(local: sa.Connection, welcome: Welcome, device: Device, teams: str) -> None:
    """Pull afresh when the centre or the person's place in it is another than last time.

    After a restore the centre has a new epoch: first, all that it has forgotten is handed in again. With another role
    or team other cases are the person's, granted long before the cursor; so they are with authority lent over `teams`.
    """
    known = replica.get_state(local, "epoch")
    me, epoch = welcome.person_id, welcome.epoch
    place = f"{welcome.role}/{welcome.team_id or ''}" + (f"/{teams}" if teams else "")
    if known not in {None, epoch}:
        if welcome.hands_on:
            replica.set_state(local, "hand_on", "yes")
        else:
            outbox.put_back(local, me, device.id)
    if known != epoch or replica.get_state(local, "place") not in {None, place}:
        replica.set_state(local, "cursor", "0")
    known_now = (("epoch", epoch), ("place", place), ("me", me), (CENTRE_SCHEMA, welcome.schema_version))
    for key, value in known_now:
        replica.set_state(local, key, value)


def _leaving(local: sa.Connection) -> set[str]:
    """Cases that were revoked and wait here until all that was written on them is confirmed."""
    kept = replica.get_state(local, "leaving")
    return set(json.decode(kept, type=list[str])) if kept else set()


def _forget(store: Store, events: tuple[str, ...], today: date) -> None:
    """What a restored centre did not take is no history here either; if it takes it from a lead, it comes back."""
    if events:
        with store.write() as local:
            projections.refresh(local, replica.forget_events(local, events), today)


def _sensible(
    store: Store,
    pulled: Pulled,
    held: set[str],
    leaving: set[str],
    me: str,
    offset: int,
    today: date,
    *,
    first: bool,
) -> Changes:
    """Apply what was pulled. Rows that the store's tables or the fold cannot take are the centre's nonsense."""
    try:
        return _apply(store, pulled, held, leaving, me, offset, today, first=first)
    except (dbapi2.IntegrityError, sa.exc.IntegrityError, TypeError, ValueError, OverflowError) as error:
        raise NonsenseAnswer(
            msg(
                "The centre sent records that contradict each other, or that nobody can read. Nothing of them was "
                "applied; tell your administrator."
            )
        ) from error


def _apply(
    store: Store,
    pulled: Pulled,
    held: set[str],
    leaving: set[str],
    me: str,
    offset: int,
    today: date,
    *,
    first: bool,
) -> Changes:
    """Rows, removals, projections and the new cursor, in one transaction."""
    with store.write() as local:
        going = (leaving | pulled.revoked) - pulled.granted
        # What is not confirmed holds a case here, and so does what somebody is typing just now.
        busy = (
            outbox.cases(local)
            | attachments.cases_waiting(local)
            | attachments.cases_photographed(local, datetime.now(UTC) - _FIELD)
            | drafts.open_since(local, datetime.now(UTC) - _TYPING)
        )
        if first:
            going |= _sweep(local, pulled, busy)
        gone = going - busy
        for case_id in gone:
            replica.remove_case(local, case_id)
        # One's own events come back with every pull; what is here already costs no folding again.
        came = pulled.rows.get(tables.case_event.name, [])
        outbox.came_back(local, came)
        new = replica.new_events(local, came)
        arrived = handover.from_others(new, me)
        touched: set[str] = set()
        for table in tables.REPLICATED:
            rows = new if table is tables.case_event else pulled.rows.get(table.name, [])
            if not rows:
                continue
            replica.upsert(local, table, rows)
            if table in tables.PER_CASE:
                place = tables.case_place(table)
                touched.update(row[place] for row in rows)
        replica.forget_other_teams(local)
        replica.note_partial(local, touched)
        handover.flag(local, arrived, me, held - pulled.granted)
        projections.refresh(local, touched, today)
        replica.set_state(local, "leaving", json.encode(sorted(going & busy)).decode())
        replica.set_state(local, "cursor", str(pulled.horizon))
        replica.set_state(local, "offset_ms", str(offset))
    if gone:
        store.overwrite_log()
    kinds = {name for name, rows in pulled.rows.items() if rows and (new or name != tables.case_event.name)}
    if not kinds and not gone:
        return Changes()
    return Changes(frozenset(kinds | {"sync"}), frozenset(touched | gone), everything=first)


def _sweep(local: sa.Connection, pulled: Pulled, busy: set[str]) -> set[str]:
    """After pulling afresh: what the centre no longer knows leaves, before it meets what came in its place.

    Cases with unconfirmed work keep every row. Returns the cases that are not the person's any more.
    """
    ids = {table.name: {row[0] for row in pulled.rows.get(table.name, ())} for table in tables.REPLICATED}
    # A case is there when anything of it is: its own row may be behind the horizon, changed a moment ago.
    there = pulled.granted.union(
        *({row[tables.case_place(table)] for row in pulled.rows[table.name]} for table in tables.PER_CASE)
    )
    absent = replica.held_cases(local) - there
    for table in tables.REPLICATED:
        if table not in _NOT_SWEPT:
            replica.forget_absent(local, table, ids[table.name], absent & busy)
    return absent


def _tell(
    conn: psycopg.Connection[Any], welcome: Welcome, device: Device, waiting: _Waiting, applied: int | None
) -> int | None:
    """So that a lead sees which seats hold unsent work, and the centre knows which moves this seat has carried out.

    Returns the horizon that is safe from now on: every transaction before it is where no crash or failover forgets it.
    """
    try:
        if not welcome.hands_on:
            conn.execute("SELECT app.report_waiting(%s, %s)", [device.id, waiting.events])
            conn.commit()
            return None
        seat: list[object] = [device.id, waiting.events, None if applied is None else str(applied)]
        query = "SELECT app.report_seat(%s, %s, %s::text::xid8)::text"
        if welcome.staffs:
            query = "SELECT app.report_seat(%s, %s, %s::text::xid8, %s)::text"
            seat.append(waiting.attachments)
        row = conn.execute(query, seat).fetchone()
        conn.commit()
    except psycopg.Error as error:
        raise typed(error) from error
    return None if row is None or row[0] is None else int(row[0]) + 1
