"""A review on its whole way: sampled at the lead's, kept without a line, at the centre, read and acknowledged; and
what others may not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from tests.central.server import CentralDatabase
from tests.sync.conftest import Desk, SeatMaker
from tests.sync.test_plan_approvals import at
from tests.sync.test_requests_and_lending import Line
from workstation.desk.coaching import Coaching
from workstation.desk.seat import Person, Seat
from workstation.desk.waiting_decisions import WaitingDecisions
from workstation.domain.errors import InputError
from workstation.domain.events import Contact

NOTE = "Kind and clear. Ask for the reason before you speak of a plan."


def seat(desk: Desk, role: str, team: str = "north") -> Seat:
    made = at(desk, role)
    person = Person(made.person.id, desk.login, desk.login, role, desk.central.teams[team], "")
    return Seat(made.store, person, made.device, made.clock)


def room(desk: Desk, line: Callable[[], Any], role: str, team: str = "north") -> tuple[Coaching, WaitingDecisions]:
    queue = WaitingDecisions(seat(desk, role, team), line)
    return Coaching(seat(desk, role, team), queue), queue


@pytest.fixture
def called(central: CentralDatabase, book: list[str], seat_of: SeatMaker) -> Desk:
    """li.na with a call on three cases, one of which is written about in words that should not stand."""
    desk = seat_of("li.na")
    desk.sync()
    for case_id, note in zip(book, ("", "再不还钱就让你坐牢", "下周再联系"), strict=False):
        at(desk).record(case_id, Contact(party="debtor", note=note), channel="call", outcome="no_answer")
    desk.sync()
    return desk


def test_from_the_sample_to_the_word_that_was_read(central: CentralDatabase, called: Desk, seat_of: SeatMaker) -> None:
    lead, auditor = seat_of("chen.jie"), seat_of("audit")
    lead.sync()
    line = Line(lead)
    line.cut = True
    coaching, queue = room(lead, line, "lead")
    who = central.people["li.na"]
    assert who in dict(coaching.people())
    rows = coaching.sample(who, 30)
    assert len(rows) == 3
    assert rows[0].findings, "those with findings come first"
    points = {one.id: one.most for one in coaching.form().criteria}
    for wrong, field in ((({}, (), NOTE), coaching.form().criteria[0].id), ((points, (), " "), "note")):
        with pytest.raises(InputError) as refused:
            coaching.give(rows[0], *wrong)  # type: ignore[arg-type]
        assert refused.value.field == field
    coaching.give(rows[0], points, (), NOTE)
    assert coaching.on_the_way() == {rows[0].contact_id}
    line.cut = False
    assert queue.send() == 1
    lead.sync()
    assert coaching.sample(who, 30)[0].reviewed == "陈洁"
    assert "coaching" in called.sync().changes.kinds
    own, back = room(called, Line(called), "collector")
    [note] = own.notes()
    assert (note.note, note.score, note.mine, note.lead) == (NOTE, 1000, True, "陈洁")
    assert own.unread() == 1
    own.acknowledge(note)
    assert own.unread() == 0
    assert back.send() == 1
    lead.sync()
    assert coaching.notes()[0].acknowledged_at is not None
    auditor.sync()
    assert [row.note for row in room(auditor, Line(auditor), "auditor")[0].notes()] == [NOTE]


def test_what_others_may_not(central: CentralDatabase, called: Desk) -> None:
    give = "SELECT app.coach(%s, 'call@1', '{\"identity\": 4}', '{}', 500, 'a word')"
    with central.connect() as conn:
        [contact, *others] = [row[0] for row in conn.execute("SELECT id::text FROM case_event WHERE kind = 'contact'")]
        [(note,)] = conn.execute("SELECT count(*) FROM case_event WHERE kind = 'note'").fetchall()
    for login, state in (("li.na", "42501"), ("zhou.yan", "WS021"), ("audit", "42501"), ("admin", "42501")):
        with central.connect(login) as conn, pytest.raises(psycopg.Error) as refused:
            conn.execute(give.encode(), [contact])
        assert refused.value.sqlstate == state, login
    with central.connect("chen.jie") as conn:
        conn.execute(give.encode(), [contact])
        conn.commit()
        for wrong in (
            "'call@1', '[]', '{}', 500, 'x'",
            "'call@1', '{}', '{}', 500, ' '",
            "'call@1', '{}', '{}', 2000, 'x'",
        ):
            with pytest.raises(psycopg.Error) as refused, conn.transaction():
                conn.execute(f"SELECT app.coach(%s, {wrong})".encode(), [others[0]])
            assert refused.value.sqlstate in {"WS011", "23514"}
        with pytest.raises(psycopg.Error) as again, conn.transaction():
            conn.execute(give.encode(), [contact])
        assert again.value.sqlstate == "WS022"
        [(review,)] = conn.execute("SELECT id::text FROM coaching_review").fetchall()
        with pytest.raises(psycopg.Error) as own, conn.transaction():
            conn.execute("SELECT app.acknowledge_review(%s)", [review])
        assert own.value.sqlstate == "WS021", "the lead does not acknowledge for the collector"
    for login, seen in (("li.na", 1), ("wang.wei", 0), ("zhou.yan", 0), ("sun.hao", 0), ("audit", 1), ("admin", 1)):
        with central.connect(login) as conn:
            assert conn.execute("SELECT count(*) FROM coaching_review").fetchone() == (seen,), login
            for statement in ("UPDATE coaching_review SET score = 0", "DELETE FROM coaching_review"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege), conn.transaction():
                    conn.execute(statement.encode())
    assert note == 0
