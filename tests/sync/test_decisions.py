"""Moves, their undo, leave and approvals: decided once at the centre, each one an event, and who was second is told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest

from tests.central.builders import hello, note, push
from tests.central.server import CentralDatabase
from tests.sync.conftest import SeatMaker
from workstation.central.refusals import CentralRefusedError
from workstation.domain.case_state import fold
from workstation.domain.events import PlanDecided, PlanProposed, encode_body
from workstation.sync.decisions import cover_leave, decide, decide_breach, end_leave, reassign, undo
from workstation.sync.link import CentreTooOld

Link = psycopg.Connection[Any]
FUTURE = datetime.now(UTC).date() + timedelta(days=7)


@pytest.fixture
def lead(central: CentralDatabase) -> Iterator[Link]:
    with central.connect("chen.jie", autocommit=True) as conn:
        yield conn


def seen(central: CentralDatabase, cases: list[str]) -> list[tuple[str, int]]:
    with central.connect() as conn:
        rows = conn.execute("SELECT id::text, version FROM cases WHERE id = ANY (%s::uuid[]) ORDER BY number", [cases])
        return [(row[0], row[1]) for row in rows]


def holders(central: CentralDatabase, cases: list[str]) -> list[str | None]:
    with central.connect() as conn:
        rows = conn.execute(
            "SELECT p.login FROM cases c LEFT JOIN person p ON p.id = c.assignee_id"
            " WHERE c.id = ANY (%s::uuid[]) ORDER BY c.number",
            [cases],
        )
        return [row[0] for row in rows]


def moves_of(central: CentralDatabase, case_id: str) -> int:
    with central.connect() as conn:
        [row] = conn.execute("SELECT count(*) FROM case_event WHERE case_id = %s AND kind = 'reassigned'", [case_id])
        return int(row[0])


def acts(central: CentralDatabase) -> list[tuple[str, str | None]]:
    """What was done and by which login, oldest first; the people and devices of the fixture are not counted."""
    with central.connect("audit") as conn:
        rows = conn.execute("SELECT what, login FROM admin_event ORDER BY at, id").fetchall()
    return [(row[0], row[1]) for row in rows if row[0] not in {"team_added", "person_added", "device_registered"}]


def test_an_undone_move_gives_every_case_back_and_both_are_in_the_history(
    central: CentralDatabase, book: list[str], lead: Link
) -> None:
    moved = reassign(lead, seen(central, book), central.people["wang.wei"], "Urlaub")
    assert all(move.done and move.action == moved[0].action for move in moved)
    assert holders(central, book) == ["wang.wei"] * 10
    back = undo(lead, moved[0].action, "ein Irrtum")
    assert [move.done for move in back] == [True] * 10
    assert holders(central, book) == ["li.na"] * 10
    assert moves_of(central, book[0]) == 2
    assert acts(central) == [("reassigned", "chen.jie"), ("undone", "chen.jie")]


def test_what_somebody_moved_since_stays_and_names_them(central: CentralDatabase, book: list[str], lead: Link) -> None:
    moved = reassign(lead, seen(central, book[:2]), central.people["wang.wei"], "")
    with central.connect("admin", autocommit=True) as admin:
        reassign(admin, seen(central, book[:1]), central.people["zhao.min"], "")
    back = {move.case_id: move for move in undo(lead, moved[0].action, "")}
    assert not back[book[0]].done
    assert back[book[0]].decided_by == "Administrator"
    assert holders(central, book[:2]) == ["zhao.min", "li.na"]


def test_an_undo_happens_once_within_a_day_and_only_in_ones_team(
    central: CentralDatabase, book: list[str], lead: Link
) -> None:
    action = reassign(lead, seen(central, book[:1]), central.people["wang.wei"], "")[0].action
    with central.connect("zhou.yan", autocommit=True) as other, pytest.raises(CentralRefusedError) as foreign:
        undo(other, action, "")
    assert foreign.value.code == "WS021"
    undo(lead, action, "")
    with pytest.raises(CentralRefusedError) as second:
        undo(lead, action, "")
    assert second.value.code == "WS022"
    assert "陈洁" in second.value.message.plain(), "it says who was first"
    late = reassign(lead, seen(central, book[:1]), central.people["wang.wei"], "")[0].action
    with central.connect() as conn:
        conn.execute("UPDATE moved_case SET at = at - interval '25 hours' WHERE action = %s", [late])
    with pytest.raises(CentralRefusedError) as stale:
        undo(lead, late, "")
    assert stale.value.code == "WS023"
    assert holders(central, book[:1]) == ["wang.wei"]


def test_two_leads_undo_at_once_and_one_of_them_is_told(central: CentralDatabase, book: list[str], lead: Link) -> None:
    action = reassign(lead, seen(central, book), central.people["wang.wei"], "")[0].action
    outcomes: list[str] = []

    def try_it() -> None:
        with central.connect("chen.jie", autocommit=True) as conn:
            try:
                outcomes.append(f"done {sum(move.done for move in undo(conn, action, ''))}")
            except CentralRefusedError as error:
                outcomes.append(error.code)

    threads = [threading.Thread(target=try_it) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["WS022", "WS022", "done 10"]


def test_a_leave_gives_the_cases_away_and_back_but_not_what_a_lead_moved_on(
    central: CentralDatabase, book: list[str], lead: Link
) -> None:
    people = central.people
    leave = cover_leave(lead, people["li.na"], people["wang.wei"], FUTURE, "annual leave")
    assert leave.moved == 10
    assert holders(central, book) == ["wang.wei"] * 10
    with pytest.raises(CentralRefusedError) as again:
        cover_leave(lead, people["li.na"], people["zhao.min"], FUTURE, "")
    assert again.value.code == "WS022"
    assert "陈洁" in again.value.message.plain()
    reassign(lead, seen(central, book[:1]), people["zhao.min"], "")
    returned = {move.case_id: move for move in end_leave(lead, leave.leave_id, "")}
    assert sum(move.done for move in returned.values()) == 9
    assert not returned[book[0]].done
    assert holders(central, book) == ["zhao.min"] + ["li.na"] * 9
    with pytest.raises(CentralRefusedError) as ended:
        end_leave(lead, leave.leave_id, "")
    assert ended.value.code == "WS022"
    with central.connect("zhou.yan", autocommit=True) as other, pytest.raises(CentralRefusedError) as foreign:
        end_leave(other, leave.leave_id, "")
    assert foreign.value.code == "WS021"


@pytest.mark.parametrize(
    ("person", "cover", "until", "code"),
    [
        ("li.na", "li.na", FUTURE, "WS011"),
        ("li.na", "sun.hao", FUTURE, "WS010"),
        ("sun.hao", "wang.wei", FUTURE, "WS021"),
        ("li.na", "wang.wei", date(2020, 1, 1), "WS011"),
        ("li.na", "audit", FUTURE, "WS010"),
    ],
)
def test_a_leave_that_cannot_be_is_refused_and_moves_nothing(
    central: CentralDatabase, book: list[str], lead: Link, person: str, cover: str, until: date, code: str
) -> None:
    with pytest.raises(CentralRefusedError) as refused:
        cover_leave(lead, central.people[person], central.people[cover], until, "")
    assert refused.value.code == code
    assert holders(central, book) == ["li.na"] * 10
    assert acts(central) == []


def proposal(central: CentralDatabase, case_id: str, login: str = "li.na", by: str = "lead") -> str:
    asked = {"balance": {"principal": "1000.00"}, "currency": "CNY"}
    result = {"approval": {"needed": True, "by": by}, "waived": {"amount": "100.00"}}
    body = encode_body(PlanProposed(request=asked, result=result, needs_approval=True))
    with central.connect(login, autocommit=True) as conn:
        event = note(case_id, central.people[login], hello(conn), kind="plan_proposed", body=body)
        assert push(conn, event) == [("accepted", None)]
    return event.id


def test_a_proposal_is_decided_once_and_its_author_sees_by_whom(
    central: CentralDatabase, book: list[str], lead: Link, seat_of: SeatMaker
) -> None:
    asked = proposal(central, book[0])
    first = decide(lead, asked, "approved", "bearable")
    assert (first.done, first.decision, first.decided_by) == (True, "approved", "陈洁")
    with central.connect("admin", autocommit=True) as admin:
        second = decide(admin, asked, "rejected", "")
    assert (second.done, second.decision, second.decided_by) == (False, "approved", "陈洁")
    assert (second.event_id, second.decided_at) == (first.event_id, first.decided_at)
    desk = seat_of("li.na")
    desk.sync()
    assert {asked, first.event_id} <= desk.events()
    assert acts(central) == [("decided", "chen.jie")]


def test_nobody_decides_what_is_not_theirs_to_decide(central: CentralDatabase, book: list[str], lead: Link) -> None:
    own, high, taken_back = (
        proposal(central, book[0], "chen.jie"), proposal(central, book[1], by="admin"), proposal(central, book[2])
    )  # fmt: skip
    with central.connect("li.na", autocommit=True) as conn:
        undone = note(book[2], central.people["li.na"], hello(conn), kind="correction", answers=taken_back,
                      body='{"what":"undo"}')  # fmt: skip
        assert push(conn, undone) == [("accepted", None)]
    for asked, code in ((own, "WS025"), (high, "WS026"), (taken_back, "WS024"), (undone.id, "WS021")):
        with pytest.raises(CentralRefusedError) as refused:
            decide(lead, asked, "approved", "")
        assert refused.value.code == code
    with central.connect("zhou.yan", autocommit=True) as other, pytest.raises(CentralRefusedError) as foreign:
        decide(other, high, "approved", "")
    assert foreign.value.code == "WS021"
    with central.connect("admin", autocommit=True) as admin:
        assert decide(admin, high, "approved", "").done


def test_an_approval_cannot_be_pushed_as_an_event(central: CentralDatabase, book: list[str]) -> None:
    asked = proposal(central, book[0])
    for login in ("li.na", "chen.jie"):
        with central.connect(login, autocommit=True) as conn:
            forged = note(book[0], central.people[login], hello(conn), kind="plan_decided", answers=asked,
                          body='{"decision":"approved"}')  # fmt: skip
            assert push(conn, forged) == [("refused", "reserved_kind")]


def test_a_proposal_that_was_replaced_is_not_decided(central: CentralDatabase, book: list[str], lead: Link) -> None:
    first = proposal(central, book[0])
    body = encode_body(PlanProposed(request={}, result={}, needs_approval=True, replaces=first))
    with central.connect("li.na", autocommit=True) as conn:
        second = note(book[0], central.people["li.na"], hello(conn), kind="plan_proposed", body=body)
        assert push(conn, second) == [("accepted", None)]
    with pytest.raises(CentralRefusedError) as refused:
        decide(lead, first, "approved", "")
    assert refused.value.code == "WS029"
    with central.connect("li.na", autocommit=True) as conn:
        undone = note(book[0], central.people["li.na"], hello(conn), kind="correction", answers=second.id,
                      body='{"what":"undo"}')  # fmt: skip
        assert push(conn, undone) == [("accepted", None)]
    assert decide(lead, first, "approved", "").done, "the second was taken back"


# ---- a breached plan ----

PARTS = [(date(2027, 1, 30), 160_000), (date(2027, 2, 28), 80_000)]
NEXT = date(2027, 1, 30)


def breached(central: CentralDatabase, case_id: str, *decisions: str) -> str:
    """A plan of li.na, with what was decided about it at her seat."""
    schedule = [{"n": n, "due": day, "amount": "1600.00"} for n, day in enumerate(("2026-11-30", "2026-12-30"), 1)]
    body = PlanProposed(request={"currency": "CNY"}, result={"schedule": schedule, "down_payment": None})
    with central.connect("li.na", autocommit=True) as conn:
        device, me = hello(conn), central.people["li.na"]
        plan = note(case_id, me, device, kind="plan_proposed", body=encode_body(body))
        assert push(conn, plan) == [("accepted", None)]
        for decision in decisions:
            event = note(
                case_id,
                me,
                device,
                kind="plan_decided",
                answers=plan.id,
                body=encode_body(PlanDecided(decision=decision)),
            )  # type: ignore[arg-type]
            assert push(conn, event) == [("accepted", None)], decision  # fmt: skip
    return plan.id


def test_a_breached_plan_is_moved_on_once_and_both_seats_see_it_in_force(
    central: CentralDatabase, book: list[str], lead: Link, seat_of: SeatMaker
) -> None:
    plan = breached(central, book[0], "agreed", "breached")
    first = decide_breach(lead, plan, 0, "re_aged", "ill for a month", PARTS, NEXT)
    assert (first.done, first.decision, first.decided_by) == (True, "re_aged", "陈洁")
    with central.connect("admin", autocommit=True) as admin:
        second = decide_breach(admin, plan, 0, "terminated", "", [], NEXT)
    assert (second.done, second.decision, second.decided_by) == (False, "re_aged", "陈洁")
    desk = seat_of("li.na")
    desk.sync()
    state = fold(desk.seat.file(book[0]).events)
    assert state.plan is not None
    assert (state.plan.stage, state.plan.re_aged, state.plan_in_force) == ("active", 1, True)
    assert [(row.due, row.amount) for row in state.plan.instalments] == PARTS
    assert state.next_action is not None
    assert (state.next_action.action, state.next_action.due) == ("check_payment", NEXT)
    with central.connect("admin", autocommit=True) as admin:  # who has seen the first may go on from it
        assert decide_breach(admin, plan, 1, "terminated", "again", [], NEXT).done
    desk.sync()
    state = fold(desk.seat.file(book[0]).events)
    assert state.plan is not None
    assert (state.plan.stage, state.plan_in_force) == ("terminated", False)
    assert state.next_action is not None
    assert state.next_action.action == "call"
    assert acts(central) == [("breach_decided", "chen.jie"), ("breach_decided", "admin")]


def test_two_leads_decide_a_breach_at_once_and_one_is_told(
    central: CentralDatabase, book: list[str], lead: Link
) -> None:
    plan = breached(central, book[0], "agreed", "breached")
    outcomes = []

    def try_it(login: str, decision: str) -> None:
        with central.connect(login, autocommit=True) as conn:
            outcomes.append(decide_breach(conn, plan, 0, decision, "", PARTS, NEXT))  # type: ignore[arg-type]

    threads = [
        threading.Thread(target=try_it, args=asked)
        for asked in (("chen.jie", "re_aged"), ("admin", "terminated"), ("chen.jie", "re_aged"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found.done for found in outcomes) == [False, False, True]
    assert len({(found.event_id, found.decision, found.decided_by) for found in outcomes}) == 1
    assert len(acts(central)) == 1


@pytest.mark.parametrize("decisions", [(), ("agreed", "cancelled"), ("agreed", "completed")])
def test_a_plan_that_is_not_in_force_is_not_decided(
    central: CentralDatabase, book: list[str], lead: Link, decisions: tuple[str, ...]
) -> None:
    plan = breached(central, book[0], *decisions)
    with pytest.raises(CentralRefusedError) as refused:
        decide_breach(lead, plan, 0, "terminated", "", [], NEXT)
    assert refused.value.code == "WS028"


@pytest.mark.parametrize("rows", [[], PARTS[:1], [*PARTS, PARTS[0]], [PARTS[0], (NEXT, 0)], [PARTS[0], (NEXT, -1)]])
def test_a_plan_is_moved_on_whole_or_not(
    central: CentralDatabase, book: list[str], lead: Link, rows: list[tuple[date, int]]
) -> None:
    plan = breached(central, book[0], "agreed", "breached")
    with pytest.raises(CentralRefusedError) as refused:
        decide_breach(lead, plan, 0, "re_aged", "", rows, NEXT)
    assert refused.value.code == "WS011"
    assert acts(central) == []


def test_who_does_not_lead_the_team_decides_no_breach(central: CentralDatabase, book: list[str]) -> None:
    plan = breached(central, book[0], "agreed", "breached")
    for login, code in (("li.na", "42501"), ("audit", "42501"), ("zhou.yan", "WS021")):
        with central.connect(login, autocommit=True) as conn, pytest.raises(CentralRefusedError) as refused:
            decide_breach(conn, plan, 0, "terminated", "", [], NEXT)
        assert refused.value.code == code


def test_an_older_centre_is_told_of_and_nothing_is_recorded(
    central: CentralDatabase, book: list[str], lead: Link
) -> None:
    plan = breached(central, book[0], "agreed", "breached")
    with central.connect() as conn:
        conn.execute("UPDATE central_meta SET schema_version = '0004'")
    with pytest.raises(CentreTooOld, match="0005"):
        decide_breach(lead, plan, 0, "terminated", "", [], NEXT)
    assert acts(central) == []


def test_a_bulk_move_of_five_hundred_cases_is_one_act_with_an_event_each(central: CentralDatabase, lead: Link) -> None:
    from tests.central.builders import book_rows
    from workstation.central.loading import load

    rows = book_rows(central, 500, seed="many")
    with central.connect() as conn:
        load(conn, rows)
    ids = [row[0] for row in rows["cases"]]
    moved = reassign(lead, seen(central, ids), central.people["wang.wei"], "rebalance")
    assert sum(move.done for move in moved) == 500
    with central.connect() as conn:
        [chain] = conn.execute(
            "SELECT count(*), count(DISTINCT prev_hash) FROM case_event WHERE kind = 'reassigned'"
        ).fetchall()
    assert chain == (500, 500), "one unbroken chain of the centre's own events"
    assert acts(central) == [("reassigned", "chen.jie")]
