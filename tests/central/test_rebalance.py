"""Many cases to many people in one transaction: by version, once, only to who is there, and back."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest

from tests.central.builders import book_rows, new_id
from workstation.central import admin
from workstation.central.loading import load
from workstation.domain.events import Reassigned, decode_body

TODAY = datetime.now(UTC).date()
SOON = TODAY + timedelta(days=7)
REBALANCE = (
    "SELECT case_id::text, done, version, decided_by"
    " FROM app.rebalance(%s, %s::uuid[], %s::int[], %s::uuid[], %s, %s, %s)"
)


@pytest.fixture
def six(central) -> list[str]:
    """Six cases of Li Na in the north."""
    rows = book_rows(central, 6)
    with central.connect("admin") as conn:
        load(conn, rows)
    return [row[0] for row in rows["cases"]]


def share(
    conn: psycopg.Connection[Any], ids: list[str], versions: list[int], to: list[str], *, action: str | None = None,
    why: str = "", away: str | None = None, until: date | None = None,
) -> list[tuple[Any, ...]]:  # fmt: skip
    return conn.execute(REBALANCE, [action or new_id(), ids, versions, to, why, away, until]).fetchall()


def holders(central, ids: list[str]) -> list[str | None]:
    with central.connect() as conn:
        rows = conn.execute(
            "SELECT p.login FROM unnest(%s::uuid[]) WITH ORDINALITY w (id, n) JOIN cases c ON c.id = w.id"
            " LEFT JOIN person p ON p.id = c.assignee_id ORDER BY w.n",
            [ids],
        )
        return [row[0] for row in rows]


def plan_leave(central, login: str, until: date | None) -> None:
    with central.connect() as conn:
        conn.execute(
            "UPDATE staffing SET leave_from = %s, leave_until = %s WHERE id = %s",
            [until and TODAY, until, central.people[login]],
        )


def somebody(central, login: str) -> str:
    """A collector of the north for one test: logins of the others are the whole server's."""
    return admin.add_person(central.superuser_dsn, login, login, "collector", "north", "another password")


def the_leave_is_over(central) -> None:
    with central.connect() as conn:
        conn.execute("SET session_replication_role = replica")  # time passes: nothing reacts to that
        conn.execute("UPDATE leave_cover SET until_day = current_date - 1")


def refused(call: Any) -> str:
    with pytest.raises(psycopg.Error) as error:
        call()
    return error.value.sqlstate or ""


def test_each_case_goes_to_its_own_target_and_both_sides_are_told(central, six):
    wang, zhao = central.people["wang.wei"], central.people["zhao.min"]
    action = new_id()
    with central.connect("chen.jie") as conn:
        moved = share(conn, six[:4], [1] * 4, [wang, zhao, wang, zhao], action=action, why="均衡")
    assert moved == [(case_id, True, 2, "陈洁") for case_id in six[:4]]
    assert holders(central, six) == ["wang.wei", "zhao.min", "wang.wei", "zhao.min", "li.na", "li.na"]
    with central.connect("li.na") as conn:
        told = conn.execute("SELECT other::text, came, cases, until FROM app.moves_told('-infinity')").fetchall()
    assert sorted(told) == sorted([(wang, False, 2, None), (zhao, False, 2, None)])
    with central.connect("wang.wei") as conn:
        told = conn.execute(
            "SELECT other::text, came, cases, by_person::text FROM app.moves_told('-infinity')"
        ).fetchall()
        assert told == [(central.people["li.na"], True, 2, central.people["chen.jie"])]
        rows = conn.execute("SELECT kind, body::text, prev_hash, hash FROM case_event ORDER BY received_at").fetchall()
    bodies = [decode_body(kind, body) for kind, body, *_ in rows]
    assert {(body.action, body.to_person, body.reason) for body in bodies if isinstance(body, Reassigned)} == {
        (action, wang, "均衡")
    }
    with central.connect("sun.hao") as conn:
        assert conn.execute("SELECT * FROM app.moves_told('-infinity')").fetchall() == []
    with central.connect() as conn:  # one chain, whole
        chain = conn.execute("SELECT prev_hash, hash FROM case_event ORDER BY occurred_at, received_at").fetchall()
        assert [prev for prev, _ in chain] == ["", *(made for _, made in chain[:-1])]
        assert conn.execute("SELECT chain_head FROM device d JOIN central_meta m ON m.epoch = d.id").fetchone() == (
            chain[-1][1],
        )


def test_what_moved_meanwhile_stays_and_is_named_and_the_rest_goes(central, six):
    wang, zhao = central.people["wang.wei"], central.people["zhao.min"]
    with central.connect("admin") as conn:
        share(conn, six[:1], [1], [zhao])
    with central.connect("chen.jie") as conn:
        moved = share(conn, six[:3], [1] * 3, [wang] * 3)
    assert moved == [(six[0], False, 2, "Administrator"), (six[1], True, 2, "陈洁"), (six[2], True, 2, "陈洁")]
    assert holders(central, six[:3]) == ["zhao.min", "wang.wei", "wang.wei"]


def test_two_leads_at_once_never_move_a_case_twice(central, six):
    admin.add_person(central.superuser_dsn, "second.lead", "第二组长", "lead", "north", "another password")
    found: list[list[tuple[Any, ...]]] = []
    start = threading.Barrier(2)

    def go(dsn: str, to: str) -> None:
        with psycopg.connect(dsn) as conn:
            start.wait()
            found.append(share(conn, six, [1] * 6, [to] * 6))

    threads = [
        threading.Thread(target=go, args=given)
        for given in (
            (central.dsn("chen.jie"), central.people["wang.wei"]),
            (central.dsn("second.lead", "another password"), central.people["zhao.min"]),
        )
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(sum(row[1] for row in rows) for rows in found) == [0, 6]
    assert len(set(holders(central, six))) == 1
    with central.connect() as conn:
        assert conn.execute("SELECT count(*), max(version) FROM moved_case").fetchone() == (6, 2)


def test_the_same_asked_again_after_a_broken_line_moves_nothing_twice(central, six):
    wang, action = central.people["wang.wei"], new_id()
    with central.connect("chen.jie") as conn:
        first = share(conn, six[:2], [1, 1], [wang] * 2, action=action)
    with central.connect("chen.jie") as conn:
        assert share(conn, six[:2], [1, 1], [wang] * 2, action=action) == first
    with central.connect() as conn:
        assert conn.execute("SELECT count(*) FROM case_event").fetchone() == (2,)
    with central.connect("zhou.yan") as conn:
        assert refused(lambda: share(conn, six[:2], [1, 1], [central.people["sun.hao"]] * 2, action=action)) == "WS021"


def test_nobody_gets_cases_who_is_away_gone_foreign_or_a_watcher(central, six):
    people = central.people
    plan_leave(central, "wang.wei", SOON)
    with central.connect("admin", autocommit=True) as conn:
        conn.execute("UPDATE person SET active = false WHERE login = 'zhao.min'") if False else None
    people["gone"] = somebody(central, "gone.north")
    admin.revoke_person(central.superuser_dsn, "gone.north")
    with central.connect("chen.jie", autocommit=True) as conn:
        for to, state in (("wang.wei", "WS040"), ("gone", "WS010"), ("sun.hao", "WS010"), ("audit", "WS010")):
            assert refused(lambda to=to: share(conn, six[:2], [1, 1], [people["li.na"], people[to]])) == state, to
        one = six[:1]
        assert refused(lambda: share(conn, one, [1, 1], [people["li.na"]])) == "WS011"
        assert refused(lambda: share(conn, one * 2, [1, 1], [people["li.na"]] * 2)) == "WS011"
        assert refused(lambda: conn.execute(REBALANCE, [new_id(), one, [1], [None], "", None, None])) == "WS011"
        assert refused(lambda: conn.execute(REBALANCE, [None, one, [1], [people["li.na"]], "", None, None])) == "WS011"
        assert share(conn, one, [1], [people["li.na"]]) == [(six[0], True, 1, None)], "to who holds it: nothing happens"
        assert share(conn, [new_id()], [1], [people["li.na"]])[0][1:] == (False, None, None)
        assert share(conn, [], [], []) == []
    assert holders(central, six) == ["li.na"] * 6
    with central.connect("zhou.yan") as conn:  # a forged team: another lead learns and moves nothing
        assert share(conn, six[:1], [1], [people["sun.hao"]]) == [(six[0], False, None, None)]
    with central.connect() as conn:
        assert conn.execute("SELECT count(*) FROM case_event").fetchone() == (0,)


def test_a_leave_among_several_ends_by_itself_the_day_after(central, six):
    people = central.people
    li, wang, zhao = people["li.na"], people["wang.wei"], people["zhao.min"]
    with central.connect("chen.jie", autocommit=True) as conn:
        share(conn, six[:5], [1] * 5, [wang, zhao, wang, zhao, wang], away=li, until=SOON)
        assert refused(lambda: share(conn, six[5:], [1], [wang], away=li, until=SOON)) == "WS022", "one leave at a time"
        assert refused(lambda: share(conn, six[5:], [1], [li])) == "WS040", "who is on leave gets nothing"
        share(conn, six[:1], [2], [zhao])  # moved on by hand meanwhile: stays there
        assert conn.execute("SELECT app.end_due_leaves()").fetchone() == (0,)
    with central.connect("wang.wei") as conn:
        told = conn.execute("SELECT until FROM app.moves_told('-infinity') WHERE came").fetchall()
        assert told == [(SOON,)]
    the_leave_is_over(central)
    with central.connect("wang.wei", autocommit=True) as conn:
        assert conn.execute("SELECT app.end_due_leaves()").fetchone() == (0,), "it is not theirs to end"
    with central.connect("li.na", autocommit=True) as conn:  # back, before any lead has signed in
        assert conn.execute("SELECT app.end_due_leaves()").fetchone() == (1,)
        assert conn.execute("SELECT app.end_due_leaves()").fetchone() == (0,)
    assert holders(central, six) == ["zhao.min", *["li.na"] * 5]
    with central.connect() as conn:
        assert conn.execute("SELECT count(*) FROM leave_cover WHERE ended_at IS NULL").fetchone() == (0,)
        authors = conn.execute("SELECT DISTINCT author::text FROM case_event WHERE kind = 'reassigned'").fetchall()
    assert authors == [(people["chen.jie"],)], "whoever decided the leave decided its end"


def test_an_undo_takes_the_leave_back_too_and_leaves_what_was_moved_since(central, six):
    people, action = central.people, new_id()
    with central.connect("chen.jie", autocommit=True) as conn:
        share(conn, six, [1] * 6, [people["wang.wei"]] * 6, action=action, away=people["li.na"], until=SOON)
        with central.connect("admin", autocommit=True) as other:
            share(other, six[:1], [2], [people["zhao.min"]])
        back = conn.execute("SELECT case_id::text, done, decided_by FROM app.undo(%s, '')", [action]).fetchall()
        assert {row[0]: row[1:] for row in back}[six[0]] == (False, "Administrator")
        assert sum(row[1] for row in back) == 5
        assert conn.execute("SELECT leave_until FROM staffing WHERE id = %s", [people["li.na"]]).fetchone() == (None,)
    assert holders(central, six) == ["zhao.min", *["li.na"] * 5]


def test_who_may_not_hold_cases_any_more_gets_none_back(central, six):
    people, leaver = central.people, somebody(central, "leaver.north")
    with central.connect("chen.jie", autocommit=True) as conn:
        share(conn, six, [1] * 6, [leaver] * 6)
        share(conn, six, [2] * 6, [people["wang.wei"]] * 6, away=leaver, until=SOON)
    admin.revoke_person(central.superuser_dsn, "leaver.north")
    the_leave_is_over(central)
    with central.connect("chen.jie", autocommit=True) as conn:
        assert conn.execute("SELECT app.end_due_leaves()").fetchone() == (1,)
    assert holders(central, six) == ["wang.wei"] * 6
