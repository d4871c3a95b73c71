"""Transactions: all or nothing, readers beside a writer, and a program killed at any moment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from local_db import drafts, events, outbox, projections
from local_db.engine import Store, StoreBusy, StoreFull, open_store
from tests.local_db.small_book import KEY, NOW, TODAY, fill, note, notes_in, write_note
from workstation.domain.events import FIRST_HASH, event_hash

ROOT = Path(__file__).resolve().parents[2]

PRELUDE = f"""
import sys
from pathlib import Path
from local_db import drafts, events
from local_db.engine import open_store
from local_db.faults import StoreUnusable
from tests.local_db.small_book import NOW, TODAY, case_id, note, write_note
store = open_store(Path(sys.argv[1]), bytes.fromhex("{KEY.hex()}"))
"""


def killed_after(script: str, path: Path, lines: int) -> list[str]:
    """Run `script` on the store, read that many of its lines, kill -9; the lines."""
    with subprocess.Popen(
        [sys.executable, "-u", "-c", PRELUDE + script, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        said = [process.stdout.readline().strip() for _ in range(lines)]
        process.send_signal(signal.SIGKILL)
        said += process.stdout.read().splitlines()  # said before the signal arrived
        assert process.wait() == -signal.SIGKILL
    return said


def test_a_failing_write_leaves_nothing_of_itself(store: Store, cases: list[str]) -> None:
    before = notes_in(store)

    def fails() -> None:
        with store.write() as conn:
            events.append(conn, [note(cases[0], "gone")], today=TODAY)
            drafts.save(conn, cases[0], "note", "gone too", NOW)
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        fails()
    assert notes_in(store) == before
    with store.read() as conn:
        assert drafts.all_for(conn, cases[0]) == {}
        assert outbox.waiting(conn) == 0
        assert projections.check(conn, TODAY) == []
    assert write_note(store, cases[0], "the next").prev_hash == FIRST_HASH, "the chain has no gap"


def test_a_statement_that_fails_undoes_the_ones_before_it(store: Store, cases: list[str]) -> None:
    written = write_note(store, cases[0], "first")
    with pytest.raises(Exception, match="UNIQUE"), store.write() as conn:
        events.append(conn, [note(cases[1], "second"), note(cases[0], "first")], today=TODAY)  # the same id again
    assert notes_in(store) == {written.id}


def test_a_reader_sees_one_view_while_another_thread_writes(store: Store, cases: list[str]) -> None:
    def write() -> None:
        for n in range(20):
            write_note(store, cases[n % len(cases)], "by the other thread", n)

    write_note(store, cases[0], "before")
    with store.read() as conn:
        assert outbox.waiting(conn) == 1
        writer = threading.Thread(target=write)
        writer.start()
        writer.join(30)
        assert not writer.is_alive(), "a reader must not keep a writer waiting"
        assert outbox.waiting(conn) == 1, "the view of a reader does not change under it"
    with store.read() as conn:
        assert outbox.waiting(conn) == 21
        assert projections.check(conn, TODAY) == []


def test_writers_in_many_threads_make_one_chain(store: Store, cases: list[str]) -> None:
    def write(case: str) -> None:
        for n in range(10):
            write_note(store, case, "from a thread", n)

    threads = [threading.Thread(target=write, args=(case,)) for case in cases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.read() as conn:
        chain = [events.from_row(row) for row in outbox.batch(conn, 1000)]
    assert len(chain) == 10 * len(cases)
    assert [event.prev_hash for event in chain] == [FIRST_HASH, *(event.hash for event in chain[:-1])]
    assert all(event.hash == event_hash(event) for event in chain)


def test_killed_in_the_middle_of_a_write_the_store_opens_with_what_was_committed(path: Path) -> None:
    store = open_store(path, KEY)
    cases = fill(store)
    store.close()
    killed_after(
        """
write_note(store, case_id(0), "committed")
with store.write() as conn:
    events.append(conn, [note(case_id(1), "never committed", n) for n in range(500)], today=TODAY)
    # Spill the pages into the log, as a large transaction does on its own.
    conn.exec_driver_sql("PRAGMA cache_size = 1"); conn.exec_driver_sql("UPDATE case_event SET pack = 'x'")
    print("in the middle"); sys.stdin.read(); input()
""",
        path,
        1,
    )
    assert path.with_name(path.name + "-wal").stat().st_size > 0
    store = open_store(path, KEY)
    assert notes_in(store) == {note(cases[0], "committed").id}
    with store.read() as conn:
        assert conn.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
        assert conn.exec_driver_sql("PRAGMA cipher_integrity_check").all() == []
        assert outbox.waiting(conn) == 1
        assert projections.check(conn, TODAY) == []
    store.close()


def test_killed_between_many_small_commits_nothing_said_to_be_saved_is_missing(path: Path) -> None:
    store = open_store(path, KEY)
    fill(store)
    store.close()
    said = killed_after(
        """
n = 0
while True:
    print(write_note(store, case_id(n % 4), "small", n).id); n += 1
""",
        path,
        60,
    )
    store = open_store(path, KEY)
    there = notes_in(store)
    # The line may be cut short by the kill; every whole one was printed after its commit.
    saved = {line for line in said if len(line) == 36}
    assert len(saved) >= 60
    assert saved <= there
    assert len(there - saved) <= 1, "at most the one committed and not yet said"
    with store.read() as conn:
        chain = [events.from_row(row) for row in outbox.batch(conn, 100_000)]
        assert {event.id for event in chain} == there
        assert [event.prev_hash for event in chain] == [FIRST_HASH, *(event.hash for event in chain[:-1])]
        assert projections.check(conn, TODAY) == []
    store.close()


def test_a_draft_survives_the_program_being_killed(path: Path) -> None:
    store = open_store(path, KEY)
    cases = fill(store)
    store.close()
    killed_after(
        """
with store.write() as conn:
    drafts.save(conn, case_id(0), "call", "半句话 half a sen", NOW)
print("saved"); sys.stdin.read(); input()
""",
        path,
        1,
    )
    store = open_store(path, KEY)
    with store.write() as conn:
        assert drafts.load(conn, cases[0], "call") == "半句话 half a sen"
        drafts.save(conn, cases[0], "call", "later", NOW)
        drafts.save(conn, cases[0], "plan", "{}", NOW)
        assert drafts.all_for(conn, cases[0]) == {"call": "later", "plan": "{}"}
        drafts.remove(conn, cases[0], "call")
        drafts.remove(conn, cases[0], "call")
        assert drafts.load(conn, cases[0], "call") is None
        assert drafts.all_for(conn, cases[1]) == {}
    store.close()


@pytest.mark.skipif(os.name != "posix", reason="file size limits are of POSIX systems")
def test_a_disk_that_refuses_is_said_in_words_and_the_store_goes_on_when_it_gives_way(path: Path) -> None:
    store = open_store(path, KEY)
    cases = fill(store)
    before = write_note(store, cases[0], "before")
    store.close()
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            PRELUDE
            + """
import os, resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (os.path.getsize(sys.argv[1]), hard))
try:
    with store.write() as conn:
        drafts.save(conn, case_id(0), "note", "x" * 3_000_000, NOW)
except StoreUnusable as error:
    print(error.message.plain())
resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
write_note(store, case_id(1), "after")
with store.read() as conn:
    print(drafts.load(conn, case_id(0), "note"))
""",
            str(path),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said, draft = done.stdout.splitlines()
    assert "check the disk" in said
    assert draft == "None"
    store = open_store(path, KEY)
    assert notes_in(store) == {before.id, note(cases[1], "after").id}
    store.close()


def test_a_full_disk_is_said_in_words_and_undoes_the_write_whole(store: Store, cases: list[str]) -> None:
    before = write_note(store, cases[0], "before")

    def fills_the_disk() -> None:
        with store.write() as conn:
            pages = conn.exec_driver_sql("PRAGMA page_count").scalar_one()
            conn.exec_driver_sql(f"PRAGMA max_page_count = {pages}")  # SQLite's own way to SQLITE_FULL
            events.append(conn, [note(cases[0], "with it")], today=TODAY)
            drafts.save(conn, cases[0], "note", "x" * 3_000_000, NOW)

    with pytest.raises(StoreFull, match="no room left"):
        fills_the_disk()
    assert notes_in(store) == {before.id}
    with store.write() as conn:
        conn.exec_driver_sql("PRAGMA max_page_count = 1000000")
    assert write_note(store, cases[1], "after").prev_hash == before.hash


def test_a_store_held_by_another_program_is_said_in_words(store: Store, cases: list[str]) -> None:
    with store.write():
        with store.read() as reader:  # the pool gives this connection out again
            reader.exec_driver_sql("PRAGMA busy_timeout = 0")
        with pytest.raises(StoreBusy, match="Another program"), store.write():
            pass
    assert write_note(store, cases[0], "afterwards").id in notes_in(store)
