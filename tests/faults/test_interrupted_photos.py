"""Photos whose sending ends with the program: killed between two chunks, and between the centre's word and ours."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from local_db import attachments
from tests.central.builders import book_rows
from tests.central.server import CentralDatabase
from tests.faults.test_interrupted_sync import Bench
from tests.sync.conftest import Desk
from tests.sync.test_attachments import at_centre, picture, visit
from workstation.central.loading import load
from workstation.sync.attachments import stretch
from workstation.sync.pace import Pace

SEND = """
from local_db import attachments
from workstation.sync.attachments import stretch
from workstation.sync.pace import Pace

def send():
    link = lambda: connect(Server(host, int(port), database), "li.na", password)
    return stretch(store, link, device, "a test's seat", Pace())
"""
AFTER_TWO_CHUNKS = """
read, count = attachments.read, 0
def dies(*args):
    global count
    count += 1
    return killed() if count > 2 else read(*args)
attachments.read = dies
send()
"""


@pytest.fixture
def bench(central: CentralDatabase, tmp_path: Path) -> Iterator[Bench]:
    rows = book_rows(central, 2)
    with central.connect() as conn:
        load(conn, rows)
    made = Bench(central, tmp_path / "li.na.store", [row[0] for row in rows["cases"]])
    made.sync()
    yield made
    made.store.close()
    made.line.cut()


def test_killed_while_photos_go_nothing_is_lost_doubled_or_sent_again(central: CentralDatabase, bench: Bench) -> None:
    content = picture(1, 120_000)
    visit(Desk(central, "li.na", bench.store, bench.device), bench.cases[0], content)
    bench.sync()

    done = bench.elsewhere(SEND + AFTER_TWO_CHUNKS)
    assert done.returncode == -signal.SIGKILL, done.stderr
    with central.connect() as conn:
        row = conn.execute("SELECT received FROM attachment").fetchone()
    assert row is not None
    assert 0 < row[0] < len(content), "two chunks are there"

    done = bench.elsewhere(SEND + "attachments.confirm = killed; send()")
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert list(at_centre(central).values()) == [content], "the centre has it"
    with bench.store.read() as conn:
        assert attachments.unsent(conn)[0] == 1, "the seat does not know it yet"

    sent = stretch(bench.store, bench.link, bench.device, "a test's seat", Pace())
    assert (sent.done, sent.carried) == (1, 0)
    assert len(at_centre(central)) == 1
