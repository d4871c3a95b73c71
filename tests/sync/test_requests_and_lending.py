"""Requests and lent authority through real seats: decided without a line, asked later; a team seen while it is lent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

from tests.central.server import CentralDatabase
from tests.sync.conftest import Desk, SeatMaker
from tests.sync.test_plan_approvals import DAY, at, deciding, only
from workstation.desk.approvals import ApprovalsDesk
from workstation.desk.asking import Asking, NewRequest
from workstation.desk.lending import Lending
from workstation.desk.seat import Clock, Person, Seat
from workstation.desk.waiting_decisions import WaitingDecisions
from workstation.domain.message import msg
from workstation.sync.link import Unreachable


class Line:
    """The desk's own way to the centre, which can be cut."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.cut = desk, False

    def __call__(self) -> Any:
        if self.cut:
            raise Unreachable(msg("no connection"))
        return self.desk.link()


def with_queue(desk: Desk, line: Callable[[], Any], role: str = "lead") -> tuple[ApprovalsDesk, WaitingDecisions]:
    queue = WaitingDecisions(at(desk, role), line)
    return ApprovalsDesk(at(desk, role), line, lambda: None, queue), queue


def ask(desk: Desk, case_id: str) -> None:
    Asking(at(desk)).ask(case_id, NewRequest(what="legal_referral", reason="promised three times"))


def test_without_a_line_two_leads_decide_and_the_second_is_told_who_was_first(
    central: CentralDatabase, book: list[str], seat_of: SeatMaker
) -> None:
    collector, lead, admin = seat_of("li.na"), seat_of("chen.jie"), seat_of("admin")
    collector.sync()
    ask(collector, book[0])
    for desk in (collector, lead, admin):
        desk.sync()
    seats = {}
    for desk, role in ((lead, "lead"), (admin, "admin")):
        line = Line(desk)
        line.cut = True
        approvals, queue = with_queue(desk, line, role)
        verdict = "approved" if role == "lead" else "rejected"
        assert approvals.decide(only(approvals), verdict, "as the record stands").kept  # type: ignore[arg-type]
        assert approvals.waiting() == ()
        seats[role] = (line, approvals, queue)
    for line, _, queue in seats.values():
        line.cut = False
        assert queue.send() == 1
        assert queue.send() == 0, "once"
    [first], [second] = (seats[role][1].kept_back() for role in ("lead", "admin"))
    assert first.answer is not None
    assert first.answer.text.startswith("Decided:")
    assert second.answer is not None
    assert (second.answer.text.split(",")[0], second.answer.params["who"]) == ("{who} was first", "陈洁")
    with admin.store.read() as conn:
        left = conn.exec_driver_sql("SELECT body FROM waiting_decision").scalars().all()
    assert left == [""], "what was written for the centre does not stay"
    seats["admin"][1].put_away()
    assert seats["admin"][1].kept_back() == ()
    collector.sync()
    [known] = at(collector).file(book[0]).state.approvals
    assert (known.stage, known.answer) == ("approved", "as the record stands")


def test_what_the_centre_refuses_later_is_said_and_asked_no_more(
    central: CentralDatabase, book: list[str], seat_of: SeatMaker
) -> None:
    collector, lead = seat_of("li.na"), seat_of("chen.jie")
    collector.sync()
    ask(collector, book[0])
    collector.sync()
    lead.sync()
    line = Line(lead)
    line.cut = True
    approvals, queue = with_queue(lead, line)
    approvals.decide(only(approvals), "approved", "")
    with central.connect() as conn:  # the case went to the other team meanwhile
        conn.execute(
            "UPDATE cases SET team_id = %s, assignee_id = NULL WHERE id = %s", [central.teams["south"], book[0]]
        )
    line.cut = False
    assert queue.send() == 1
    [kept] = approvals.kept_back()
    assert kept.answer is not None
    assert "reach" in kept.answer.text
    lead.sync()
    assert book[0] not in lead.cases()
    assert approvals.kept_back() != (), "also when the case has left"


def test_a_line_that_breaks_leaves_the_decision_waiting(
    central: CentralDatabase, book: list[str], seat_of: SeatMaker
) -> None:
    collector, lead = seat_of("li.na"), seat_of("chen.jie")
    collector.sync()
    ask(collector, book[0])
    collector.sync()
    lead.sync()
    line = Line(lead)
    line.cut = True
    approvals, queue = with_queue(lead, line)
    approvals.decide(only(approvals), "approved", "")
    for _ in range(2):
        try:
            queue.send()
        except Unreachable:
            continue
        raise AssertionError("the line is cut")
    again, _ = with_queue(lead, line)  # the program was started anew
    assert [row.answer for row in again.kept_back()] == [None]


def test_the_team_is_seen_while_authority_is_lent_and_not_after(
    central: CentralDatabase, book: list[str], seat_of: SeatMaker
) -> None:
    collector, lead, other = seat_of("li.na"), seat_of("chen.jie"), seat_of("zhou.yan")
    collector.sync()
    ask(collector, book[0])
    collector.sync()
    lead.sync()
    other.sync()
    assert other.cases() == set()
    noon = Clock.starting_at(DAY, time(10), "Asia/Shanghai")

    def seat(desk: Desk, team: str) -> Seat:
        person = Person(central.people[desk.login], desk.login, desk.login, "lead", central.teams[team], "")
        return Seat(desk.store, person, desk.device, noon)

    lending = Lending(seat(lead, "north"), Line(lead), lambda: None)
    assert central.people["zhou.yan"] in dict(lending.people())
    assert central.people["sun.hao"] not in dict(lending.people()), "a collector of another team"
    lending.lend(central.people["zhou.yan"], "", "+5", "away")
    with central.connect() as conn:  # the seat's clock is another than the server's in this test
        conn.execute("UPDATE delegation SET from_at = now() - interval '1 day', until_at = now() + interval '5 days'")
    other.sync()
    lead.sync()
    assert other.cases() == set(book)
    assert Lending(seat(other, "south"), Line(other), lambda: None).rows()[0].mine is False
    decided = deciding(other).decide(only(deciding(other)), "approved", "for 陈洁")
    assert decided.first
    [row] = lending.rows()
    lending.end(row.id)
    other.sync()
    assert other.cases() == set(), "what was shown for it leaves the store"
    collector.sync()
    [known] = at(collector).file(book[0]).state.approvals
    assert known.decided_by == central.people["zhou.yan"]
    assert known.until == min(known.until or DAY, datetime.now(UTC).date() + timedelta(days=181))
