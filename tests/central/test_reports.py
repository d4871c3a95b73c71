"""Reports handed in: once, by oneself, never changed; read by oneself, the own lead, and who watches."""

from __future__ import annotations

import json
from datetime import date, timedelta

import psycopg
import pytest
from psycopg import errors

from tests.central.builders import new_id
from tests.central.server import CentralDatabase

DAY = date(2026, 11, 23)
FIGURES = json.dumps({"cases": 3})


def hand_in(
    conn: psycopg.Connection, report: str, words: str = "三件。", day: date = DAY, span: str = "daily"
) -> object:
    query = "SELECT app.hand_in_report(%s, %s, %s, %s, %s::json)"
    return conn.execute(query, [report, span, day, words, FIGURES]).fetchone()[0]


def read(conn: psycopg.Connection, span: str = "daily") -> set[tuple[str, str]]:
    query = "SELECT person, words FROM app.reports_handed_in(%s, %s, %s)"
    return set(conn.execute(query, [span, DAY, DAY + timedelta(days=6)]).fetchall())


def test_it_counts_once_and_is_read_by_whoever_leads(central: CentralDatabase):
    report = new_id()
    with central.connect("li.na") as conn:
        at = hand_in(conn, report)
        assert hand_in(conn, report) == at, "again after a broken line"
        hand_in(conn, new_id(), "一周。", span="weekly")
        [mine] = read(conn)
        assert mine[1] == "三件。"
    with central.connect("wang.wei") as conn:
        assert read(conn) == set(), "a colleague's is not one's own"
    for login in ("chen.jie", "audit", "admin"):
        with central.connect(login) as conn:
            assert read(conn) == {mine}, login
            assert {words for _, words in read(conn, "weekly")} == {"一周。"}


def test_nobody_changes_or_takes_over_a_report(central: CentralDatabase):
    report = new_id()
    with central.connect("li.na") as conn:
        hand_in(conn, report)
    with central.connect("li.na") as conn, pytest.raises(psycopg.Error, match="is another"):
        hand_in(conn, report, "anders")
    with central.connect("wang.wei") as conn, pytest.raises(psycopg.Error, match="is another"):
        hand_in(conn, report)
    for statement in ("SELECT * FROM work_report", "UPDATE work_report SET words = ''", "DELETE FROM work_report"):
        for login in ("li.na", "chen.jie", "audit", "admin"):
            with central.connect(login) as conn, pytest.raises(errors.InsufficientPrivilege):
                conn.execute(statement)


@pytest.mark.parametrize(
    ("words", "day", "span"),
    [("x" * 20_001, DAY, "daily"), ("x", DAY, "yearly"), ("x", date(2999, 1, 1), "daily")],
)
def test_what_is_no_report_is_refused(central: CentralDatabase, words: str, day: date, span: str):
    with central.connect("li.na") as conn, pytest.raises(psycopg.Error) as refused:
        hand_in(conn, new_id(), words, day, span)
    assert refused.value.sqlstate == "WS011"


def test_who_watches_hands_in_nothing(central: CentralDatabase):
    for login in ("audit", "admin"):
        with central.connect(login) as conn, pytest.raises(errors.InsufficientPrivilege):
            hand_in(conn, new_id())


def test_a_lead_of_another_team_reads_none_of_it(central: CentralDatabase):
    with central.connect("li.na") as conn:
        hand_in(conn, new_id())
    with central.connect("zhou.yan") as conn:
        assert read(conn) == set()
