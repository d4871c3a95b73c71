"""Synchronisations of the same store: one after the other, cancelled when asked, freed when one is killed."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from local_db import outbox, projections, replica
from tests.sync.conftest import TODAY, Desk, SeatMaker
from workstation import tables
from workstation.sync import turn
from workstation.sync.engine import Device, SyncResult, sync_once

ROOT = Path(__file__).resolve().parents[2]


def synchronise(desk: Desk, cancelled_at: int) -> tuple[SyncResult, int]:
    """One synchronisation that is cancelled at the question of that number; and how often it asked."""
    asked = 0

    def cancel() -> bool:
        nonlocal asked
        asked += 1
        return asked >= cancelled_at

    result = sync_once(desk.store, desk.link, Device(desk.device, "a test's seat"), TODAY, cancel=cancel)
    return result, asked


def cursor(desk: Desk) -> str | None:
    with desk.store.read() as conn:
        return replica.get_state(conn, "cursor")


def test_while_one_runs_another_is_told_so(
    book: list[str], seat_of: SeatMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = seat_of("li.na")
    monkeypatch.setattr(turn, "PATIENCE_SECONDS", 0)
    with (
        turn.one_at_a_time(desk.store.path, lambda: False),
        pytest.raises(turn.SyncBusy, match="Another synchronisation"),
    ):
        desk.sync()
    assert desk.sync().granted == 10


def test_one_that_waits_for_its_turn_can_be_cancelled(book: list[str], seat_of: SeatMaker) -> None:
    desk = seat_of("li.na")
    with turn.one_at_a_time(desk.store.path, lambda: False), pytest.raises(turn.SyncBusy):
        synchronise(desk, cancelled_at=1)


def test_the_turn_of_one_that_was_killed_is_free(book: list[str], seat_of: SeatMaker) -> None:
    desk = seat_of("li.na")
    holds = """
import sys
from pathlib import Path
from workstation.sync.turn import one_at_a_time
with one_at_a_time(Path(sys.argv[1]), lambda: False):
    print("held", flush=True)
    sys.stdin.read()
"""
    with subprocess.Popen(
        [sys.executable, "-c", holds, str(desk.store.path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        with pytest.raises(turn.SyncBusy):
            synchronise(desk, cancelled_at=1)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert desk.sync().granted == 10


def test_several_at_once_take_turns_and_send_everything_once(book: list[str], seat_of: SeatMaker) -> None:
    desk = seat_of("li.na")
    desk.sync()
    for n in range(20):
        desk.write(book[n % 10], f"note {n}")
    results: list[SyncResult] = []
    threads = [threading.Thread(target=lambda: results.append(desk.sync())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(result.pushed for result in results) == [0, 0, 0, 20]
    with desk.store.read() as conn:
        assert outbox.waiting(conn) == 0
        assert projections.check(conn, TODAY) == []


def test_cancelled_at_any_point_it_keeps_what_was_confirmed_and_goes_on_next_time(
    book: list[str], seat_of: SeatMaker
) -> None:
    desk = seat_of("li.na")
    desk.sync()
    _, questions = synchronise(desk, cancelled_at=1_000)
    assert questions == 1 + len((*tables.DIRECTORY, *tables.PER_CASE)) + 3, (
        "before each batch and table, comparing, applying and the end"
    )
    other = seat_of("li.na")
    other.sync()
    for at in range(1, questions + 2):  # with one batch to send it asks once more
        before = cursor(desk)
        theirs = other.write(book[0], f"from the other seat {at}")
        other.sync()
        desk.write(book[1], f"from this seat {at}")
        result, _ = synchronise(desk, cancelled_at=at)
        assert result.cancelled
        assert cursor(desk) == before
        assert theirs.id not in desk.events(), "a pull is applied whole or not at all"
        healed = desk.sync()
        assert result.pushed + healed.pushed == 1
        assert theirs.id in desk.events()
