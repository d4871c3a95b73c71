"""Whose figures the centre tells whom, and what hostile or unlucky records do to them: nothing."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import msgspec
import psycopg
import pytest

from tests.central.builders import NOW, book_rows, hello, note, push
from tests.central.server import CentralDatabase
from workstation.central.check import check
from workstation.central.loading import load
from workstation.domain.events import Contact, Promise, encode_body

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
SPOKEN = encode_body(Contact(party="debtor", identity=("full_name", "id_tail")))


def figures(conn: psycopg.Connection[Any], people: list[str] | None = None) -> dict[str, list[int]]:
    [(answer,)] = conn.execute("SELECT app.figures(%s, %s, %s::uuid[])", [FIRST, LAST, people]).fetchall()
    conn.commit()
    return answer["pairs"].get("CNY", {})


def contact(case: str, author: str, device: str, body: str = SPOKEN, **columns: Any) -> Any:
    values = {"kind": "contact", "channel": "call", "outcome": "right_party_no_commitment", **columns}
    return note(case, author, device, body=body, **values)


def world(central: CentralDatabase) -> dict[str, str]:
    """Three cases of li.na in the north, two of sun.hao in the south, one contact on each. Login → device."""
    with central.connect() as conn:
        load(conn, book_rows(central, 3, seed="n"))
        load(conn, book_rows(central, 2, assignee="sun.hao", team="south", seed="s"))
        cases = conn.execute("SELECT id::text, assignee_id::text FROM cases ORDER BY number").fetchall()
    devices = {}
    for login in ("li.na", "sun.hao"):
        with central.connect(login) as conn:
            devices[login] = hello(conn)
            for case, holder in cases:
                if holder == central.people[login]:
                    assert push(conn, contact(case, holder, devices[login])) == [("accepted", None)]
    return devices


def test_each_is_told_of_the_own_cases_only(central):
    world(central)
    expected = {"li.na": 3, "chen.jie": 3, "sun.hao": 2, "zhou.yan": 2, "audit": 5, "admin": 5, "wang.wei": None}
    for login, cases in expected.items():
        with central.connect(login) as conn:
            found = figures(conn)
            assert (found.get("coverage", [0, None, 0])[1] if cases is None else found["coverage"][:2]) == (
                None if cases is None else [cases, cases]
            ), login
            rows = conn.execute(
                "SELECT number, cases FROM app.figure_cases('coverage', %s, %s, NULL, 500)", [FIRST, LAST]
            ).fetchall()
            assert {row[0] for row in rows} == {
                number
                for number in ("nC00000", "nC00001", "nC00002", "sC00000", "sC00001")
                if cases == 5 or (cases == 3 and number[0] == "n") or (cases == 2 and number[0] == "s")
            }
            assert all(row[1] == cases for row in rows)


def test_naming_somebody_else_s_people_tells_nothing_of_them(central):
    world(central)
    south = [central.people["sun.hao"]]
    with central.connect("chen.jie") as conn:
        assert all(pair[:2] == [0, 0] or pair[0] == 0 for pair in figures(conn, south).values())
        rows = conn.execute("SELECT * FROM app.figure_cases('coverage', %s, %s, %s::uuid[], 9)", [FIRST, LAST, south])
        assert rows.fetchall() == []
    with central.connect("audit") as conn:
        assert figures(conn, south)["coverage"] == [2, 2, 2]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM figure_work",
        "SELECT * FROM figure_due",
        "INSERT INTO figure_stale VALUES (gen_random_uuid(), '2026-01-01', 7)",
        "SELECT app.figures_as_known('2026-01-01', '2026-12-31', NULL, NULL, '2026-12-31')",
        "SELECT * FROM app.figure_shares('2026-01-01', '2026-12-31', '2026-12-31', NULL, NULL)",
        "SELECT app.count_figures('2026-12-31', 1)",
        "SELECT app.recount_figures()",
        "SELECT * FROM app.figure_events(NULL, NULL)",
    ],
)
@pytest.mark.parametrize("login", ["li.na", "chen.jie", "audit", "admin"])
def test_nobody_reaches_behind_the_door(central_of_module, login, query):
    with central_of_module.connect(login) as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute(query)


def test_a_period_that_is_none_is_refused(central_of_module):
    with central_of_module.connect("audit", autocommit=True) as conn:
        for first, last in ((LAST, FIRST), (None, LAST), (date(1, 1, 1), LAST), (FIRST, date(9999, 1, 1))):
            with pytest.raises(psycopg.Error) as refused:
                conn.execute("SELECT app.figures(%s, %s, NULL)", [first, last])
            assert refused.value.sqlstate == "WS011"
        with pytest.raises(psycopg.Error) as refused:
            conn.execute("SELECT * FROM app.figure_cases('money', %s, %s, NULL, 9)", [FIRST, LAST])
        assert refused.value.sqlstate == "WS011"


def test_bodies_that_cannot_be_read_break_nothing(central):
    """What a forged client may put into a body counts for nothing, and never keeps others from their figures."""
    device = world(central)["li.na"]
    author = central.people["li.na"]
    hostile = [
        '{"note":"\\u0000"}',
        '{"party":"\\ud800"}',
        '{"satisfaction":1e999999}',
        '{"satisfaction":99999999999999999999}',
        '{"after_seconds":"long"}',
        '{"identity":{"a":1}}',
        '{"direction":5}',
        '{"identity":"full_name"}',
    ]
    with central.connect("li.na") as conn:
        case = conn.execute("SELECT id::text FROM cases ORDER BY number LIMIT 1").fetchall()[0][0]
        before = figures(conn)
        for body in hostile:
            assert push(conn, contact(case, author, device, body)) == [("accepted", None)]
        plans = [
            {"kind": "plan_proposed", "body": '{"request":{"currency":"CNY"},"result":{"schedule":['
                                              '{"due":"2026-02-31","amount":"1e9"},7]}}'},
            {"kind": "plan_decided", "body": '{"decision":"agreed","instalments":'
                                             '[{"due":"0000-00-00","amount":1e400}]}'},
            {"kind": "promise", "body": '{"currency":7}', "amount": 5, "due_on": date(2026, 11, 20)},
            {"kind": "promise", "body": '{"currency":"CNY","account":"nobody"}', "amount": 10**15,
             "due_on": date(9999, 12, 20)},
        ]  # fmt: skip
        for values in plans:
            verdict = push(conn, note(case, author, device, **values))
            assert verdict[0][0] in {"accepted", "refused"}
        conn.commit()
        found = figures(conn)
    assert found["penetration"] == before["penetration"]
    assert found["promise_rate"][0] == 1


def test_what_waits_behind_another_count_is_in_the_next_answer(central):
    device = world(central)["li.na"]
    author = central.people["li.na"]
    with central.connect() as busy, central.connect("li.na") as conn:
        case = conn.execute("SELECT id::text FROM cases ORDER BY number LIMIT 1").fetchall()[0][0]
        busy.execute("SELECT app.figure_turn(true)")
        assert push(conn, contact(case, author, device)) == [("accepted", None)]  # it does not wait
        conn.commit()
        assert busy.execute("SELECT count(*) FROM figure_stale").fetchall() == [(1,)]
        busy.commit()
        assert figures(conn)["penetration"][:2] == [4, 3]
        assert busy.execute("SELECT count(*) FROM figure_stale").fetchall() == [(0,)]


def test_a_check_finds_figures_that_are_not_what_the_records_say(central):
    device = world(central)["li.na"]
    with central.connect("li.na") as conn:
        case = conn.execute("SELECT id::text FROM cases ORDER BY number LIMIT 1").fetchall()[0][0]
        made = note(
            case,
            central.people["li.na"],
            device,
            kind="promise",
            amount=5_000,
            due_on=NOW.date() + timedelta(days=2),
            body=encode_body(Promise(currency="CNY")),
        )
        assert push(conn, made) == [("accepted", None)]

    def said() -> list[str]:
        return [one.message.text for one in check(central.superuser_dsn) if "indicators count" in one.message.text]

    assert said() == []
    with central.connect(autocommit=True) as conn:
        for change in (
            "UPDATE figure_work SET attempts = attempts + 1 WHERE NOT month",
            "UPDATE figure_work SET met = 0 WHERE month",
            "DELETE FROM figure_hour",
            "DELETE FROM figure_due",
            "UPDATE figure_span SET owed = owed + 1",
        ):
            conn.execute(change.encode())
            assert said(), change
            conn.execute("SELECT app.recount_figures()")
            assert said() == [], change


def test_an_event_of_a_device_says_so_at_once_to_the_lead(central):
    device = world(central)["li.na"]
    with central.connect("li.na") as conn, central.connect("chen.jie") as lead:
        case = conn.execute("SELECT id::text FROM cases ORDER BY number LIMIT 1").fetchall()[0][0]
        before = figures(lead)["attempts_per_hour"][0]
        event = contact(case, central.people["li.na"], device)
        push(conn, event)
        conn.commit()
        assert figures(lead)["attempts_per_hour"][0] == before + 1
        again = json.dumps([msgspec.to_builtins(event)])
        conn.execute("SELECT * FROM app.push_events(%s)", [again])
        conn.commit()
        assert figures(lead)["attempts_per_hour"][0] == before + 1  # a replay is not counted twice
