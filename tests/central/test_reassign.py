"""Cases change hands by version: decided once, and the loser is told who was first."""

from __future__ import annotations

import msgspec
import psycopg
import pytest
from psycopg import errors

from tests.central.builders import book_rows, hello, new_id
from workstation.central import admin
from workstation.central.loading import load
from workstation.domain.events import Event, Reassigned, decode_body, event_hash


@pytest.fixture
def three(central) -> list[str]:
    """Three cases of Li Na in the north."""
    rows = book_rows(central, 3)
    with central.connect("admin") as conn:
        load(conn, rows)
    return [row[0] for row in rows["cases"]]


def move(conn: psycopg.Connection, ids: list[str], versions: list[int], to: str | None, why: str = ""):
    cursor = conn.execute(
        "SELECT case_id::text, done, version, decided_by, decided_at FROM app.reassign(%s::uuid[], %s, %s, %s)",
        [ids, versions, to, why],
    )
    return [row[:4] for row in cursor]


def seen(central, login: str) -> set[str]:
    with central.connect(login) as conn:
        return {row[0] for row in conn.execute("SELECT id::text FROM cases")}


def test_a_lead_moves_cases_within_the_team(central, three):
    with central.connect("chen.jie") as conn:
        moved = move(conn, three[:2], [1, 1], central.people["wang.wei"], '换人 "试试"')
    assert moved == [(three[0], True, 2, "陈洁"), (three[1], True, 2, "陈洁")]
    assert seen(central, "li.na") == {three[2]}
    assert seen(central, "wang.wei") == set(three[:2])
    assert seen(central, "chen.jie") == set(three)
    with central.connect("li.na") as conn:
        feed = conn.execute("SELECT case_id::text, revoked_at IS NOT NULL FROM case_scope ORDER BY id").fetchall()
    assert sorted(feed) == sorted([(three[0], True), (three[1], True), (three[2], False)])


def test_it_writes_an_event_in_the_centres_own_chain(central, three):
    with central.connect("chen.jie") as conn:
        move(conn, three[:2], [1, 1], central.people["wang.wei"], "换人")
        columns = ", ".join(
            f"{name}::text" if name in {"id", "case_id", "author", "device", "body"} else name
            for name in Event.__struct_fields__
        )
        rows = conn.execute(f"SELECT {columns} FROM case_event ORDER BY received_at").fetchall()
    events = [Event(**dict(zip(Event.__struct_fields__, row, strict=True))) for row in rows]
    assert [event.prev_hash for event in events] == ["", events[0].hash]
    for event in events:
        assert event_hash(event) == event.hash
        body = decode_body(event.kind, event.body)
        assert isinstance(body, Reassigned)
        assert (body.from_person, body.to_person) == (central.people["li.na"], central.people["wang.wei"])
        assert body.reason == "换人"
        assert body.action, "the move it was part of, to undo it by"
    assert msgspec.json.decode(events[0].body)["reason"] == "换人"


def test_the_second_lead_is_told_who_was_first(central, three):
    admin.add_person(central.superuser_dsn, "second.lead", "第二组长", "lead", "north", "another password")
    with central.connect("chen.jie") as conn:
        move(conn, three[:1], [1], central.people["wang.wei"])
    with psycopg.connect(central.dsn("second.lead", "another password")) as conn:
        late = move(conn, three[:2], [1, 1], central.people["zhao.min"])
    assert late == [(three[0], False, 2, "陈洁"), (three[1], True, 2, "第二组长")]
    assert seen(central, "wang.wei") == {three[0]}
    assert seen(central, "zhao.min") == {three[1]}


def test_moving_back_opens_a_new_scope_row_and_a_no_op_none(central, three):
    with central.connect("chen.jie") as conn:
        assert move(conn, three[:1], [1], central.people["li.na"]) == [(three[0], True, 1, None)]
        move(conn, three[:1], [1], central.people["wang.wei"])
        move(conn, three[:1], [2], central.people["li.na"])
    with central.connect() as conn:
        periods = conn.execute(
            "SELECT holder_id::text, revoked_at IS NULL FROM case_scope"
            " WHERE case_id = %s AND holder_kind = 'person' ORDER BY id",
            [three[0]],
        ).fetchall()
    li, wang = central.people["li.na"], central.people["wang.wei"]
    assert periods == [(li, False), (wang, False), (li, True)]


def test_back_to_the_team_and_out_again(central, three):
    with central.connect("chen.jie") as conn:
        assert move(conn, three[:1], [1], None) == [(three[0], True, 2, "陈洁")]
        assert conn.execute(
            "SELECT assignee_id, team_id IS NOT NULL FROM cases WHERE id = %s", three[:1]
        ).fetchone() == (
            None,
            True,
        )
    assert three[0] not in seen(central, "li.na")
    assert three[0] in seen(central, "chen.jie")


def test_not_across_teams_not_to_watchers_not_unknown_cases(central, three):
    with central.connect("chen.jie") as conn:
        for to in ("sun.hao", "audit", "admin"):
            with pytest.raises(psycopg.Error) as refused, conn.transaction():
                move(conn, three[:1], [1], central.people[to])
            assert refused.value.sqlstate == "WS010"
        with pytest.raises(psycopg.Error) as refused, conn.transaction():
            move(conn, three[:2], [1], central.people["wang.wei"])
        assert refused.value.sqlstate == "WS011"
        unknown = new_id()
        assert move(conn, [unknown], [1], central.people["wang.wei"]) == [(unknown, False, None, None)]
    with central.connect("zhou.yan") as conn:  # the other team's lead learns nothing
        assert move(conn, three[:1], [1], central.people["sun.hao"]) == [(three[0], False, None, None)]
    with central.connect("li.na") as conn, pytest.raises(errors.InsufficientPrivilege):
        move(conn, three[:1], [1], central.people["wang.wei"])


def test_the_administrator_moves_a_case_to_another_team(central, three):
    with central.connect("admin") as conn:
        assert move(conn, three[:1], [1], central.people["sun.hao"]) == [(three[0], True, 2, "Administrator")]
    assert seen(central, "zhou.yan") == {three[0]}
    assert seen(central, "chen.jie") == set(three[1:])
    with central.connect("chen.jie") as conn:  # who had it is told where the decision fell
        assert move(conn, three[:1], [1], central.people["wang.wei"]) == [(three[0], False, None, "Administrator")]


def test_first_assignment_takes_only_cases_nobody_holds(central):
    rows = book_rows(central, 3, assignee=None, team=None)
    ids = [row[0] for row in rows["cases"]]
    with central.connect("admin") as conn:
        load(conn, rows)
        assert admin.assign(conn, ids[:2], central.people["li.na"]) == 2
        assert admin.assign(conn, ids, central.people["sun.hao"]) == 1
    assert seen(central, "li.na") == set(ids[:2])
    assert seen(central, "sun.hao") == {ids[2]}


def test_an_offline_seat_can_hand_in_after_the_move(central, three):
    """The scope row keeps the time it was open, so yesterday's visit still has its author."""
    with central.connect("li.na", autocommit=True) as conn:
        hello(conn)
        with central.connect("chen.jie") as lead:
            move(lead, three[:1], [1], central.people["wang.wei"])
        period = conn.execute("SELECT granted_at < revoked_at FROM case_scope WHERE case_id = %s", three[:1]).fetchall()
    assert period == [(True,)]
