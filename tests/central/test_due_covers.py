"""What was agreed with somebody on leave goes to who covers on the day it falls due, and comes back with them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest

from tests.central.builders import book_rows, hello, new_id, note, push
from tests.central.test_rebalance import REBALANCE, SOON, TODAY, holders, plan_leave, refused, somebody
from workstation.central import admin
from workstation.central.loading import load
from workstation.domain.events import FIRST_HASH, Promise, encode_body

LATER = "SELECT app.cover_later(%s, %s::uuid[], %s::uuid[], %s::date[])"
FAR = TODAY + timedelta(days=30)


@pytest.fixture
def six(central) -> list[str]:
    rows = book_rows(central, 6)
    with central.connect("admin") as conn:
        load(conn, rows)
    return [row[0] for row in rows["cases"]]


def promise(central, login: str, case_id: str, due: date) -> None:
    """A promise of today, as a seat hands it in."""
    with central.connect(login, autocommit=True) as conn:
        device = hello(conn)
        body = encode_body(Promise(currency="CNY"))
        at = datetime.now(UTC).replace(microsecond=0)
        event = note(
            case_id, central.people[login], device, kind="promise", body=body, occurred_at=at, amount=100_000,
            due_on=due, prev=FIRST_HASH,
        )  # fmt: skip
        assert push(conn, event) == [("accepted", None)]


def leave(
    conn: psycopg.Connection[Any], central, moves: dict[str, str], stays: dict[str, str], *, due: date = FAR
) -> str:
    """Li Na goes on leave: `moves` go at once, `stays` when they are due; the action's id."""
    action = new_id()
    with conn.transaction():
        given = [list(moves), [1] * len(moves), [central.people[to] for to in moves.values()]]
        conn.execute(REBALANCE, [action, *given, "", central.people["li.na"], SOON])
        covers = [central.people[to] for to in stays.values()]
        [made] = conn.execute(LATER, [action, list(stays), covers, [due] * len(stays)]).fetchall()
        assert made == (len(stays),)
    return action


def asked(central, login: str) -> int:
    with central.connect(login, autocommit=True) as conn:
        return conn.execute("SELECT app.end_due_leaves()").fetchall()[0][0]


def days_pass(central, days: int) -> None:
    """Everything that was planned lies so many days further back; nothing reacts to that."""
    with central.connect() as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute("UPDATE leave_cover SET until_day = until_day - %s, begun_at = begun_at - interval '1 day' * %s",
                     [days, days])  # fmt: skip
        conn.execute("UPDATE staffing SET leave_from = leave_from - %s, leave_until = leave_until - %s", [days, days])
        conn.execute("UPDATE due_cover SET due = due - %s", [days])
        conn.execute("UPDATE figure_due SET due = due - %s, closes = closes - %s", [days, days])


def test_a_promise_goes_to_the_cover_on_its_day_and_not_before(central, six):
    promise(central, "li.na", six[4], TODAY + timedelta(days=2))
    with central.connect("chen.jie", autocommit=True) as conn:
        leave(conn, central, {six[0]: "wang.wei"}, {six[4]: "wang.wei", six[5]: "zhao.min"})
    assert asked(central, "wang.wei") == 0
    assert holders(central, six) == ["wang.wei", *["li.na"] * 5], "it stays with whom it was agreed with"
    days_pass(central, 2)
    assert asked(central, "wang.wei") == 0  # who covers asks; no lead has to be there
    assert holders(central, six) == ["wang.wei", "li.na", "li.na", "li.na", "wang.wei", "li.na"]
    with central.connect("wang.wei") as conn:
        told = conn.execute("SELECT other::text, cases, until FROM app.moves_told('-infinity') WHERE came").fetchall()
        assert conn.execute("SELECT count(*) FROM case_event WHERE case_id = %s", [six[4]]).fetchone() == (2,)
    assert (central.people["li.na"], 1, SOON - timedelta(days=2)) in told, "and is told, until when"
    assert asked(central, "wang.wei") == 0
    with central.connect() as conn:  # once
        assert conn.execute("SELECT count(*) FROM moved_case WHERE case_id = %s", [six[4]]).fetchone() == (1,)


def test_what_the_seat_saw_fall_due_goes_too(central, six):
    """A call that was agreed, an instalment: days that only the seat knows."""
    with central.connect("chen.jie", autocommit=True) as conn:
        leave(conn, central, {}, {six[0]: "zhao.min"}, due=TODAY + timedelta(days=2))  # further off than any zone
    assert asked(central, "zhao.min") == 0
    assert holders(central, six[:1]) == ["li.na"]
    days_pass(central, 2)
    asked(central, "zhao.min")
    assert holders(central, six[:1]) == ["zhao.min"]


def test_it_comes_back_with_whoever_is_back_and_what_was_moved_on_stays(central, six):
    with central.connect("chen.jie", autocommit=True) as conn:
        leave(conn, central, {six[0]: "wang.wei"}, dict.fromkeys(six[1:4], "wang.wei"), due=TODAY)
        asked(central, "wang.wei")
        assert holders(central, six[:4]) == ["wang.wei"] * 4
        conn.execute(REBALANCE, [new_id(), six[1:2], [2], [central.people["zhao.min"]], "", None, None])
    days_pass(central, 8)
    assert asked(central, "li.na") == 1
    assert holders(central, six[:4]) == ["li.na", "zhao.min", "li.na", "li.na"]
    with central.connect() as conn:
        assert conn.execute("SELECT count(*) FROM due_cover WHERE ended_at IS NULL").fetchone() == (0,)
        authors = conn.execute("SELECT DISTINCT author::text FROM case_event WHERE kind = 'reassigned'").fetchall()
    assert authors == [(central.people["chen.jie"],)]


def test_a_leave_that_is_made_longer_or_shorter_moves_the_day_of_the_return(central, six):
    plan = '{{"capacity": 100, "legal": true, "leave_from": "{}", "leave_until": {}}}'
    li = central.people["li.na"]

    def set_leave(conn: psycopg.Connection[Any], until: str) -> None:
        [(seen,)] = conn.execute("SELECT version FROM staffing WHERE id = %s", [li]).fetchall()
        [(done, version, _)] = conn.execute(
            "SELECT * FROM app.set_staffing(%s, %s, %s::json)", [li, seen, plan.format(TODAY - timedelta(9), until)]
        ).fetchall()
        assert done
        assert conn.execute("SELECT version FROM staffing WHERE id = %s", [li]).fetchall() == [(version,)]

    with central.connect("chen.jie", autocommit=True) as conn:
        leave(conn, central, {six[0]: "wang.wei"}, {six[1]: "wang.wei"}, due=TODAY)
        days_pass(central, 7)
        set_leave(conn, f'"{TODAY + timedelta(days=3)}"')  # not back yet: three days more
        assert conn.execute("SELECT until_day FROM leave_cover").fetchall() == [(TODAY + timedelta(days=3),)]
        days_pass(central, 1)
        assert asked(central, "li.na") == 0
        assert holders(central, six[:2]) == ["wang.wei"] * 2
        set_leave(conn, f'"{TODAY - timedelta(days=1)}"')  # back before it
        assert asked(central, "li.na") == 1
    assert holders(central, six[:2]) == ["li.na"] * 2


def test_a_leave_that_is_only_planned_has_its_promises_covered_by_the_cover_of_the_plan(central, six):
    promise(central, "li.na", six[2], TODAY + timedelta(days=1))
    promise(central, "li.na", six[3], TODAY + timedelta(days=20))
    plan = {"leave_from": TODAY, "leave_until": SOON, "cover_id": central.people["wang.wei"]}
    with central.connect("chen.jie", autocommit=True) as conn:
        told = psycopg.types.json.Json({"capacity": 100, "legal": True, **{k: str(v) for k, v in plan.items()}})
        conn.execute("SELECT app.set_staffing(%s, 1, %s::json)", [central.people["li.na"], told])
    days_pass(central, 1)
    asked(central, "wang.wei")
    assert holders(central, six) == ["li.na", "li.na", "wang.wei", "li.na", "li.na", "li.na"]
    with central.connect("chen.jie", autocommit=True) as conn:  # and the rest may still be shared out
        rest = [six[0], six[1]]
        given = [new_id(), rest, [1, 1], [central.people["zhao.min"]] * 2, "", central.people["li.na"], SOON]
        assert [row[1] for row in conn.execute(REBALANCE, given)] == [True, True]
    with central.connect("chen.jie", autocommit=True) as conn:
        conn.execute("SELECT app.end_leave(id, '') FROM leave_cover")
    asked(central, "zhao.min")
    assert holders(central, six) == ["li.na"] * 6, "back with her"


def test_a_cover_who_is_away_or_gone_too_does_not_get_it(central, six):
    central.people["leaver"] = leaver = somebody(central, "leaver.south")
    with central.connect("chen.jie", autocommit=True) as conn:
        action = new_id()
        with conn.transaction():
            given = [six[:2], [1, 1], [central.people["wang.wei"], leaver]]
            conn.execute(REBALANCE, [action, *given, "", central.people["li.na"], SOON])
            conn.execute(LATER, [action, six[2:4], [leaver, central.people["zhao.min"]], [TODAY, TODAY]])
    admin.revoke_person(central.superuser_dsn, "leaver.south")
    plan_leave(central, "zhao.min", SOON)
    asked(central, "chen.jie")
    assert holders(central, six[2:4]) == ["wang.wei"] * 2, "whoever covers and is there"


def test_only_for_a_leave_of_ones_own_and_to_people_of_the_team_who_are_there(central, six):
    people = central.people
    with central.connect("chen.jie", autocommit=True) as conn:
        action = leave(conn, central, {six[0]: "wang.wei"}, {})
        ask = lambda *given: refused(lambda: conn.execute(LATER, list(given)))  # noqa: E731
        assert ask(new_id(), six[1:2], [people["wang.wei"]], [FAR]) == "WS021"
        assert ask(action, six[1:2], [people["sun.hao"]], [FAR]) == "WS010"
        assert ask(action, six[1:2], [people["li.na"]], [FAR]) == "WS040"
        assert ask(action, six[1:3], [people["wang.wei"]], [FAR]) == "WS011"
        assert ask(action, six[1:2], [None], [FAR]) == "WS011"
        assert ask(action, six[1:2], [people["wang.wei"]], [None]) == "WS011"
        assert conn.execute(LATER, [action, six[:1], [people["zhao.min"]], [FAR]]).fetchone() == (0,), (
            "not hers any more"
        )
    for login, state in (("zhou.yan", "WS021"), ("admin", "WS021"), ("wang.wei", "42501")):
        with central.connect(login, autocommit=True) as conn:
            assert (
                refused(lambda conn=conn: conn.execute(LATER, [action, six[1:2], [people["wang.wei"]], [FAR]])) == state
            )
    promise(central, "li.na", six[5], TODAY)
    with central.connect("sun.hao", autocommit=True) as conn:
        conn.execute("SELECT app.end_due_leaves()")
    assert holders(central, six[5:]) == ["li.na"], "another team's seats move nothing"


def test_an_undone_leave_covers_nothing_any_more(central, six):
    with central.connect("chen.jie", autocommit=True) as conn:
        action = leave(conn, central, {six[0]: "wang.wei"}, {six[1]: "wang.wei", six[2]: "wang.wei"}, due=TODAY)
        asked(central, "wang.wei")
        conn.execute("SELECT * FROM app.undo(%s, '')", [action])
        asked(central, "chen.jie")
    assert holders(central, six) == ["li.na"] * 6
