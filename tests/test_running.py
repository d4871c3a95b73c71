"""Synchronising in the background: what is said meanwhile, when it is tried again, and what the log keeps."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from click.testing import CliRunner

from local_db import events as store_events
from local_db import sync_log
from local_db.sync_log import KEPT, LogLine
from tests.central.builders import book_rows
from tests.central.server import PASSWORD, CentralDatabase
from tests.faults.forwarder import Forwarder
from tests.security.memory_keyring import MemoryKeyring
from workstation import settings
from workstation.central.loading import load
from workstation.cli.seat import sync_command
from workstation.desk.views import SyncStatus
from workstation.domain.events import Event, Note
from workstation.running import EVERY_SECONDS, LONGEST_SECONDS, pause
from workstation.security.credentials import Credentials
from workstation.session import Desk, sign_in
from workstation.settings import ServerAddress, Settings
from workstation.sync.link import Unreachable
from workstation.sync.server import Server
from workstation.sync.turn import one_at_a_time

LOGIN, PHONE = "li.na", "13800006620"
LONGEST_WAIT = 30.0  # seconds; a bound for a failing test, not a measure


@pytest.fixture
def line(central: CentralDatabase) -> Iterator[Forwarder]:
    made = Forwarder(central.server.host, central.server.port)
    yield made
    made.cut()


@pytest.fixture
def case_id(central: CentralDatabase) -> str:
    rows = book_rows(central, 3)
    with central.connect() as conn:
        load(conn, rows)
    return min(row[0] for row in rows["cases"])


@pytest.fixture
def enter(central: CentralDatabase, line: Forwarder, memory_keyring: MemoryKeyring) -> Iterator[Callable[[], Desk]]:
    """Signs in; the desk before is closed when the next one opens, and the last at the end."""
    desks: list[Desk] = []

    def made() -> Desk:
        if desks:
            desks.pop().close()
        server = Server("127.0.0.1", line.port, central.name)
        desks.append(sign_in(server, LOGIN, PASSWORD, credentials=Credentials(memory_keyring)))
        return desks[-1]

    yield made
    for desk in desks:
        desk.close()


@pytest.fixture
def desk(enter: Callable[[], Desk], case_id: str) -> Desk:
    """Signed in and synchronised once."""
    made = enter()
    synchronise(made)
    return made


@contextmanager
def waiting_for(desk: Desk, holds: Callable[[SyncStatus], bool]) -> Iterator[None]:
    """What is begun inside has led to a status for which `holds` is true, when this is left."""
    seen = threading.Event()
    desk.subscribe(lambda _changes: seen.set() if holds(desk.sync.status()) else None)
    yield
    assert seen.wait(LONGEST_WAIT)


def synchronise(desk: Desk) -> SyncStatus:
    """Ask for one in the background and wait for its end."""
    before = desk.sync.status()
    with waiting_for(
        desk, lambda now: now.state != "syncing" and (now.last_ok != before.last_ok or now.tries > before.tries)
    ):
        desk.sync.sync_now()
    return desk.sync.status()


def write(desk: Desk, case_id: str) -> Event:
    with desk.seat.store.write() as conn:
        draft = desk.seat.draft(case_id, Note(text=f"王晓明 {PHONE}"))
        return store_events.append(conn, [draft], today=desk.today())[0]


def lines(desk: Desk) -> list[LogLine]:
    """Oldest first."""
    with desk.seat.store.read() as conn:
        return [*reversed(sync_log.newest(conn))]


def test_pauses_grow_to_a_bound_and_differ() -> None:
    assert EVERY_SECONDS * 0.7 <= pause() <= EVERY_SECONDS * 1.3
    for tries, middle in ((1, 60), (2, 120), (3, 240), (4, LONGEST_SECONDS), (50, LONGEST_SECONDS)):
        drawn = {pause(tries) for _ in range(50)}
        assert middle * 0.7 <= min(drawn) < max(drawn) <= middle * 1.3


def test_a_cut_line_is_said_with_the_next_try_and_each_failure_waits_longer(
    desk: Desk, case_id: str, line: Forwarder
) -> None:
    good = desk.sync.status()
    assert (good.state, good.tries, good.next_try, good.problem) == ("synced", 0, None, None)
    write(desk, case_id)
    assert desk.sync.status().state == "waiting"
    line.cut()
    since = None
    for tries, at_least in ((1, 42), (2, 84), (3, 168)):
        asked = datetime.now(UTC)
        status = synchronise(desk)
        assert (status.state, status.code, status.waiting, status.tries) == ("offline", "unreachable", 1, tries)
        assert status.next_try is not None
        assert status.next_try - asked >= timedelta(seconds=at_least)
        assert status.problem is not None
        assert status.last_ok == good.last_ok
        assert since in {None, status.since}, "since the first failure in a row"
        since = status.since
    desk.sync.tick()
    assert desk.sync.status().state == "offline", "not due yet"
    line.mend()
    status = synchronise(desk)
    assert (status.state, status.waiting, status.tries, status.next_try) == ("synced", 0, 0, None)


def test_what_is_being_done_is_told_step_by_step(desk: Desk, case_id: str) -> None:
    write(desk, case_id)
    told: list[str] = []

    def look(_changes: object) -> None:
        doing = desk.sync.status().doing
        if doing is not None and doing.phase not in told:
            told.append(doing.phase)

    desk.subscribe(look)
    assert synchronise(desk).doing is None
    assert told == ["connecting", "sending", "receiving", "applying"]


def test_the_log_has_a_line_for_what_moved_and_one_for_what_did_not(desk: Desk, case_id: str, line: Forwarder) -> None:
    synchronise(desk)  # nothing is new
    synchronise(desk)
    write(desk, case_id)
    synchronise(desk)
    line.cut()
    for _ in range(3):
        synchronise(desk)
    line.mend()
    desk.sync.once()
    kept = lines(desk)
    first, quiet, sent, away, last = kept
    assert (first.problem, first.granted, first.moved) == (None, 3, True)
    assert (quiet.problem, quiet.moved) == (None, False)
    assert (sent.problem, sent.pushed, sent.refused) == (None, 1, 0)
    assert (away.problem, away.moved) == ("unreachable", False)
    assert (last.problem, last.pushed) == (None, 0)
    assert all(before.ended_at <= after.began_at for before, after in pairwise(kept))
    assert quiet.began_at < quiet.ended_at


def test_what_had_left_before_the_line_broke_is_in_the_log(desk: Desk, case_id: str, line: Forwarder) -> None:
    write(desk, case_id)

    def cut_when_receiving(_changes: object) -> None:
        doing = desk.sync.status().doing
        if doing is not None and doing.phase == "receiving":
            line.cut()

    desk.subscribe(cut_when_receiving)
    status = synchronise(desk)
    assert (status.state, status.code, status.waiting) == ("offline", "connection_lost", 0)
    assert (lines(desk)[-1].problem, lines(desk)[-1].pushed) == ("connection_lost", 1)


def test_the_log_holds_no_personal_data(desk: Desk, central: CentralDatabase, case_id: str, line: Forwarder) -> None:
    written = write(desk, case_id)
    with desk.seat.store.write() as conn:
        conn.exec_driver_sql("UPDATE case_event SET amount = 1 WHERE id = ?", (written.id,))
    synchronise(desk)  # refused
    line.cut()
    synchronise(desk)  # unreachable: the message names the server
    line.mend()
    with central.connect() as conn_central:
        conn_central.execute("UPDATE device SET revoked_at = now() WHERE id = %s", [desk.seat.device])
    synchronise(desk)
    assert [one.problem for one in lines(desk) if one.problem] == ["unreachable", "device_revoked"]
    with desk.seat.store.read() as conn:
        kept = conn.exec_driver_sql("SELECT * FROM sync_log").all()
        personal = {
            str(value)
            for table, columns in (
                ("debtor", "name, id_number, reference, employer"), ("contact_point", "value"),
                ("related_person", "name"), ("person", "name, login"), ("cases", "number, id"),
            )
            for row in conn.exec_driver_sql(f"SELECT {columns} FROM {table}")  # named above
            for value in row
            if value
        }  # fmt: skip
    texts = [value for row in kept for value in row if isinstance(value, str)]
    assert texts
    assert len(personal) > 10
    assert not [text for text in texts if any(value in text for value in personal | {PHONE, "127.0.0.1"})]
    allowed = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z|[a-z_]+")
    assert not [text for text in texts if not allowed.fullmatch(text)]


def test_a_log_that_cannot_be_written_does_not_make_the_synchronisation_fail(
    desk: Desk, case_id: str, caplog: pytest.LogCaptureFixture
) -> None:
    write(desk, case_id)
    with desk.seat.store.write() as conn:
        conn.exec_driver_sql("ALTER TABLE sync_log RENAME TO sync_log_away")
    with caplog.at_level(logging.WARNING):
        status = synchronise(desk)
    assert (status.state, status.waiting) == ("synced", 0)
    assert [one.getMessage() for one in caplog.records if "sync_log" in one.getMessage()]


def test_a_cancelled_synchronisation_is_no_failure_and_the_next_one_runs(desk: Desk, case_id: str) -> None:
    write(desk, case_id)
    with one_at_a_time(desk.seat.store.path, lambda: False), waiting_for(desk, lambda now: now.state == "waiting"):
        with waiting_for(desk, lambda now: now.state == "syncing"):
            desk.sync.sync_now()
        desk.sync.cancel()
    assert (desk.sync.status().tries, desk.sync.status().problem) == (0, None)
    assert lines(desk)[-1].problem == "cancelled"
    assert synchronise(desk).state == "synced"
    assert lines(desk)[-1].pushed == 1


def test_the_last_good_one_is_known_after_a_restart_without_the_centre(
    desk: Desk, line: Forwarder, enter: Callable[[], Desk]
) -> None:
    known = desk.sync.status().last_ok
    assert known is not None
    line.cut()
    again = enter().sync.status()
    assert again.state == "offline"
    assert again.last_ok is not None
    assert abs(again.last_ok - known) < timedelta(minutes=1)


def test_a_command_logs_too_and_raises(desk: Desk, line: Forwarder) -> None:
    line.cut()
    with pytest.raises(Unreachable):
        desk.sync.once()
    assert lines(desk)[-1].problem == "unreachable"


def test_the_command_prints_its_figures_and_writes_its_line(
    desk: Desk, case_id: str, line: Forwarder, central: CentralDatabase, enter: Callable[[], Desk]
) -> None:
    write(desk, case_id)
    desk.close()
    known = Settings(server=ServerAddress("127.0.0.1", line.port, central.name), last_login=LOGIN, language="en")
    settings.save(known)
    ended = CliRunner().invoke(sync_command, ["--once"])
    assert ended.exit_code == 0, ended.output
    assert "1 event sent" in ended.output
    assert "0 events refused" in ended.output
    assert re.search(r"Cases in: 0, out: 0\. \d+\.\d\d s\.", ended.output)
    assert lines(enter())[-1].pushed == 1


def test_the_newest_lines_are_kept(desk: Desk) -> None:
    start = datetime(2026, 11, 23, tzinfo=UTC)
    with desk.seat.store.write() as conn:
        for number in range(KEPT + 20):
            at = start + timedelta(minutes=number)
            sync_log.append(conn, LogLine(at, at, pushed=number + 1))
        found = sync_log.newest(conn, KEPT * 2)
    assert [one.pushed for one in found] == [*range(KEPT + 20, 20, -1)]
