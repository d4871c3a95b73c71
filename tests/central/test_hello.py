"""The first call of a session: who one is, and whether this device may."""

from __future__ import annotations

import psycopg
import pytest

from tests.central.builders import hello, new_id
from workstation.central import admin
from workstation.sync.link import SCHEMA


def greet(conn: psycopg.Connection, device: str) -> dict[str, object]:
    cursor = conn.execute("SELECT * FROM app.hello(%s, %s, %s)", [device, "笔记本", SCHEMA])
    return dict(zip([column.name for column in cursor.description], cursor.fetchone(), strict=True))


def test_it_says_who_and_where_one_is(central):
    with central.connect("chen.jie") as conn:
        answer = greet(conn, new_id())
        assert conn.execute("SELECT epoch FROM central_meta").fetchone() == (answer["epoch"],)
    assert (str(answer["person_id"]), answer["login"], answer["name"], answer["role"], answer["team_name"]) == (
        central.people["chen.jie"],
        "chen.jie",
        "陈洁",
        "lead",
        "north",
    )
    assert answer["schema_version"] == SCHEMA


def test_a_device_is_registered_once_and_greeted_again(central):
    with central.connect("li.na") as conn:
        device = hello(conn)
        assert hello(conn, device) == device
        conn.execute("SELECT app.report_waiting(%s, 7)", [device])
        assert conn.execute("SELECT id::text, name, waiting_events FROM device").fetchall() == [
            (device, "a test's seat", 7)
        ]


def test_a_device_of_another_a_revoked_one_and_an_inactive_person_are_told_apart(central):
    with central.connect("li.na", autocommit=True) as conn, central.connect("sun.hao", autocommit=True) as other:
        device = hello(conn)
        with pytest.raises(psycopg.Error) as refused:
            hello(other, device)
        assert refused.value.sqlstate == "WS002"
        admin.revoke_device(central.dsn("admin"), device)
        with pytest.raises(psycopg.Error) as refused:
            hello(conn, device)
        assert refused.value.sqlstate == "WS001"
        with central.connect() as owner:
            owner.execute("UPDATE person SET active = false WHERE login = 'sun.hao'")
        with pytest.raises(psycopg.Error) as refused:
            hello(other)
        assert refused.value.sqlstate == "WS003"
        assert other.execute("SELECT count(*) FROM person").fetchone() == (0,)


def test_the_centres_own_device_is_nobodys(central):
    with central.connect("li.na") as conn:
        epoch = conn.execute("SELECT epoch::text FROM central_meta").fetchone()[0]
        with pytest.raises(psycopg.Error) as refused:
            hello(conn, epoch)
        assert refused.value.sqlstate == "WS002"
