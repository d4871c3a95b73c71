"""A lead at a real seat before a real centre: seen, done, undone; what waits without a line; both sides are told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import msgspec
import psycopg
import pytest

from local_db import events as store_events
from local_db import told_moves, waiting_decisions
from tests.central.server import CentralDatabase
from tests.central.test_due_covers import days_pass
from tests.sync.conftest import TODAY, Desk, SeatMaker
from workstation.desk.reassign_views import Choice
from workstation.desk.reassigning import Reassigning, ReassignNeedsLine
from workstation.desk.seat import Clock, Person, Seat
from workstation.desk.staffing import StaffingDesk
from workstation.desk.told_moves import ToldMoves
from workstation.desk.waiting_decisions import WaitingDecisions
from workstation.domain.changes import Changes
from workstation.domain.errors import InputError
from workstation.domain.events import Promise
from workstation.sync.decisions import reassign
from workstation.sync.link import Unreachable

Make = Callable[..., Reassigning]


def lead_seat(desk: Desk, role: str = "lead") -> Seat:
    central = desk.central
    person = Person(central.people[desk.login], desk.login, "陈洁", role, central.teams["north"], "north")
    return Seat(desk.store, person, desk.device, Clock())


def reassigning(desk: Desk, *, waiting: WaitingDecisions | None = None, line: bool = True) -> Reassigning:
    seat = lead_seat(desk)

    def away() -> psycopg.Connection[object]:
        raise Unreachable("away")

    made: Reassigning

    def synced() -> None:
        desk.sync()
        made.refresh(Changes(everything=True))

    members = StaffingDesk(seat, desk.link, lambda: None, WaitingDecisions(seat, desk.link)).of_team
    made = Reassigning(seat, members, desk.link if line else away, synced, waiting)
    return made


def holders(central: CentralDatabase) -> dict[str, int]:
    with central.connect() as conn:
        return dict(
            conn.execute(
                "SELECT p.login, count(*) FROM cases c JOIN person p ON p.id = c.assignee_id GROUP BY 1"
            ).fetchall()
        )


def test_a_leave_seen_done_and_undone_and_both_sides_are_told(
    central: CentralDatabase, book: list[str], seat_of: SeatMaker
) -> None:
    lead, li, wang = seat_of("chen.jie"), seat_of("li.na"), seat_of("wang.wei")
    for desk in (lead, li, wang):
        desk.sync()
    until = datetime.now(UTC).date() + timedelta(days=4)
    work = reassigning(lead)
    shown = work.preview(Choice("leave", person=central.people["li.na"], until=until))
    assert shown is not None
    assert {line.name: (line.before.cases, line.came, line.went) for line in shown.lines} == {
        "李娜": (10, 0, 10), "王伟": (0, 5, 0), "赵敏": (0, 5, 0),
    }  # fmt: skip
    outcome = work.commit(shown, "年假")
    assert (outcome.moved, outcome.not_moved) == (10, ())
    assert holders(central) == {"wang.wei": 5, "zhao.min": 5}
    assert work.last is not None
    assert work.last.undo_until - datetime.now(UTC) > timedelta(hours=23)
    [away] = [member for member in work.members() if member.name == "李娜"]
    assert away.away(until), "the leave is planned with"
    with pytest.raises(InputError) as refused:
        work.preview(Choice("cases", case_ids=tuple(book), to=(central.people["li.na"],)))
    assert refused.value.field == "to"
    li.sync()
    wang.sync()
    told = [said.plain() for said in ToldMoves(li.seat).unseen()]
    assert len(told) == 2
    assert any("gave 5 cases of yours to 王伟 until" in said for said in told)
    news = ToldMoves(wang.seat)
    assert "gave you 5 cases of 李娜 until" in next(said.plain() for said in news.unseen())
    news.put_away()
    assert news.unseen() == ()
    wang.sync()
    assert news.unseen() == ()
    back = work.undo()
    assert (back.moved, back.not_moved) == (10, ())
    assert holders(central) == {"li.na": 10}
    assert work.last is None


def test_what_another_lead_moved_meanwhile_stays_and_is_named(
    central: CentralDatabase, book: list[str], seat_of: SeatMaker
) -> None:
    lead = seat_of("chen.jie")
    lead.sync()
    work = reassigning(lead)
    shown = work.preview(Choice("cases", case_ids=tuple(book), to=(central.people["wang.wei"],)))
    assert shown is not None
    with central.connect("admin", autocommit=True) as admin:
        reassign(admin, [(book[0], 1), (book[1], 1)], central.people["zhao.min"], "")
    outcome = work.commit(shown)
    assert outcome.moved == 8
    assert [(case.number, case.by) for case in outcome.not_moved] == [
        ("C00000", "Administrator"), ("C00001", "Administrator"),
    ]  # fmt: skip
    assert "C00000 (Administrator)" in outcome.sentence.plain()
    assert holders(central) == {"wang.wei": 8, "zhao.min": 2}
    with central.connect("admin", autocommit=True) as admin:
        reassign(admin, [(book[5], 2)], central.people["zhao.min"], "")
    back = work.undo()
    assert back.moved == 7
    assert [case.number for case in back.not_moved] == ["C00005"]
    assert holders(central) == {"li.na": 7, "zhao.min": 3}


def test_without_a_line_it_waits_and_is_checked_once_there_is_one(
    central: CentralDatabase, book: list[str], seat_of: SeatMaker
) -> None:
    lead = seat_of("chen.jie")
    lead.sync()
    choice = Choice("cases", case_ids=tuple(book[:3]), to=(central.people["wang.wei"],))
    waiting = WaitingDecisions(lead_seat(lead), lead.link)
    offline = reassigning(lead, waiting=waiting, line=False)
    shown = offline.preview(choice)
    assert shown is not None
    outcome = offline.commit(shown)
    assert outcome.waits
    assert offline.last is None
    [kept] = waiting.rows()
    assert (kept.kind, kept.answer) == ("rebalance", None)
    with lead.store.read() as conn:
        [row] = waiting_decisions.rows(conn)
    with central.connect("admin", autocommit=True) as admin:
        reassign(admin, [(book[0], 1)], central.people["zhao.min"], "")
    with lead.link() as link:  # the line breaks before the answer comes: asked again, nothing moves twice
        assert "2 of 3 cases were moved" in offline.ask_later(link, row.body).plain()
    assert waiting.send() == 1
    [answered] = waiting.rows()
    assert answered.answer is not None
    assert "2 of 3 cases were moved" in answered.answer.plain()
    online = reassigning(lead)
    assert holders(central) == {"wang.wei": 2, "zhao.min": 1, "li.na": 7}
    assert online.last is not None
    assert online.last.cases == 2
    plain = reassigning(lead, line=False)
    with pytest.raises(ReassignNeedsLine):
        plain.undo()
    again = plain.preview(choice)
    assert again is not None
    with pytest.raises(ReassignNeedsLine):
        plain.commit(again)


def test_only_who_leads_moves_cases(central: CentralDatabase, book: list[str], seat_of: SeatMaker) -> None:
    desk = seat_of("li.na")
    desk.sync()
    work = Reassigning(lead_seat(desk, "collector"), lambda: (), desk.link, lambda: None)
    assert not work.offered
    with pytest.raises(InputError):
        work.preview(Choice("rebalance"))
    with pytest.raises(InputError):
        work.undo()


def test_a_promise_stays_until_it_is_due_and_is_then_in_the_queue_of_who_covers(
    central: CentralDatabase, book: list[str], seat_of: SeatMaker
) -> None:
    lead, li, wang = seat_of("chen.jie"), seat_of("li.na"), seat_of("wang.wei")
    li.sync()
    due = datetime.now(UTC).date() + timedelta(days=3)
    with li.store.write() as conn:
        said = msgspec.structs.replace(li.seat.draft(book[0], Promise(currency="CNY")), amount=50_000, due_on=due)
        store_events.append(conn, [said], today=TODAY)
    li.sync()
    lead.sync()
    work = reassigning(lead)
    leave = Choice("leave", person=central.people["li.na"], to=(central.people["wang.wei"],), until=due)
    shown = work.preview(leave)
    assert shown is not None
    assert [(one.case_id, one.due, one.after) for one in shown.later] == [(book[0], due, central.people["wang.wei"])]
    assert work.commit(shown).moved == 9
    assert holders(central) == {"li.na": 1, "wang.wei": 9}
    wang.sync()
    assert wang.cases() == set(book[1:])
    days_pass(central, 3)
    with wang.store.write() as conn:  # it asks once an hour
        told_moves.note_asked(conn, datetime.now(UTC) - timedelta(hours=2))
    wang.sync()
    assert wang.cases() == set(book)
    told = [said.plain() for said in ToldMoves(wang.seat).unseen()]
    assert any("gave you 1 case of 李娜 until" in said for said in told), told
