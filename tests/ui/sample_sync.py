"""A sample desk in the middle of things: records that wait, were refused or were decided elsewhere, and a log."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import msgspec

from local_db import events as store_events
from local_db import outbox, replica, sync_log
from local_db.chain import HeldOf, LocalFault
from local_db.sync_log import LogLine
from tests.ui.sample_book import CHEN, HE, SAMPLES, SUN, WANG
from workstation import tables
from workstation.desk import history_sound
from workstation.desk.views import SyncStatus
from workstation.domain.events import Body, Contact, Event, Note, PlanDecided, Promise, Reassigned
from workstation.domain.message import msg
from workstation.session import Desk
from workstation.sync.doing import Doing

REASONS = ("not_assigned", "bad_hash")


def fill_sync(desk: Desk, waiting: int = 4) -> tuple[list[Event], list[Event]]:
    """Records of one's own that wait and that were refused, two decisions of the lead, and a day's log."""
    seat = desk.seat
    mobile = {"channel": "call", "outcome": "no_answer", "contact_point": WANG.part("mobile")}
    bodies: list[tuple[Body, dict[str, object]]] = [
        (Contact(ring_seconds=25), mobile),
        (Promise(currency="CNY"), {"amount": 500_000, "due_on": date(2026, 11, 28)}),
        (Note(text="联系电话 13800006620"), {}),
    ]
    own = [
        seat.draft(SAMPLES[place % len(SAMPLES)].id, bodies[place % 3][0], **bodies[place % 3][1])
        for place in range(waiting + len(REASONS))
    ]
    with seat.store.write() as conn:
        written = store_events.append(conn, own, today=desk.today())
        refused, left = written[: len(REASONS)], written[len(REASONS) :]
        outbox.refused(conn, {event.id: reason for event, reason in zip(refused, REASONS, strict=True)})
        decided = [
            seat.draft(SAMPLES[3].id, PlanDecided(decision="rejected", reason="首期过低，请改为三期")),
            seat.draft(SAMPLES[5].id, Reassigned(from_person=SUN, to_person=CHEN, reason="孙强休假")),
        ]
        rows = [store_events.to_row(msgspec.structs.replace(event, author=HE)) for event in decided]
        replica.upsert(conn, tables.case_event, rows)
        for line in log_lines():
            sync_log.append(conn, line)
    return left, refused


def log_lines() -> list[LogLine]:
    """Oldest first: a first synchronisation, quiet, records sent, cases out, and the centre away."""
    start = datetime.now(UTC) - timedelta(minutes=95)

    def line(minute: float, seconds: float, problem: str | None = None, **counts: int) -> LogLine:
        began = start + timedelta(minutes=minute)
        return LogLine(began, began + timedelta(seconds=seconds), problem, **counts)

    return [
        line(0, 6.42, pulled=48_210, granted=248),
        line(1, 1700),
        line(30, 0.31, pushed=12, pulled=14),
        line(38, 0.48, pulled=230, granted=3, revoked=1),
        line(45, 0.27, pushed=2, refused=2),
        line(52, 2.1, "connection_lost", pushed=500),
        line(55, 2200, "unreachable"),
    ]


def statuses() -> dict[str, SyncStatus]:
    """What the page may have to say."""
    now = datetime.now(UTC)
    last, since = now - timedelta(minutes=43), now - timedelta(minutes=40)
    away = msg(
        "The centre at {host}:{port} cannot be reached ({why}). Work goes on offline; it is tried again.",
        host="db.example.org",
        port=5432,
        why=msg("it does not answer"),
    )
    spoilt = history_sound.told_of_store([LocalFault("changed", "", "", "XYK-2026-0005", "")] * 3)
    held = history_sound.told_of_others([HeldOf("LAPTOP-1", "李娜", 4)])
    stranger = msg(
        "What answers at {host}:{port} is not trusted as the centre: {why}. Your password was not sent. "
        "Work goes on offline; tell your administrator.",
        host="db.example.org",
        port=5432,
        why=msg("somebody may stand between you and it: the sign-in belongs to another connection"),
    )
    later = now + timedelta(seconds=134)
    return {
        "synced": SyncStatus("synced", now, 0, since=now),
        "offline": SyncStatus("offline", last, 4, away, "unreachable", since, next_try=later, tries=4),
        "syncing": SyncStatus("syncing", last, 4, since=now, doing=Doing("sending", 500, 1340)),
        "failed": SyncStatus(
            "failed", None, 4, msg("The login or the password is wrong. Nothing was changed."), "wrong_password", since,
            next_try=later, tries=2,
        ),
        "spoilt": SyncStatus("failed", now, 0, spoilt, history_sound.STORE_CHANGED, since=now),
        "held": SyncStatus("failed", now, 0, held, history_sound.HELD, since=now),
        "stranger": SyncStatus("offline", last, 4, stranger, "not_trusted", since, next_try=later, tries=4),
    }  # fmt: skip
