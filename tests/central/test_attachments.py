"""Photos at the centre: only what an event names, only from whoever may, whole or not at all, and never changed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.central.adversary import everything, two_teams
from tests.central.builders import hello, new_id, note, push
from tests.central.server import CentralDatabase
from workstation.central import admin
from workstation.central.backup import backup
from workstation.central.check import check
from workstation.central.restore import restore

CONTENT = bytes(range(256)) * 40  # 10,240 bytes
HASH = hashlib.sha256(CONTENT).hexdigest()
HALF = len(CONTENT) // 2


def offer(conn: psycopg.Connection[Any], event: str, **fields: Any) -> tuple[int, bool, str | None]:
    """How many bytes are there, whether that is all, or why it is not taken."""
    one = {"event": event, "sha256": HASH, "size": len(CONTENT), "media": "image/jpeg", **fields}
    row = conn.execute(
        "SELECT received, whole, reason FROM app.offer_attachments(%s::json)", [json.dumps([one])]
    ).fetchone()
    assert row is not None
    return row


def put(conn: psycopg.Connection[Any], case_id: str, start: int, data: bytes, sha256: str = HASH) -> int:
    row = conn.execute("SELECT app.put_chunk(%s, %s, %s, %b)", [case_id, sha256, start, data]).fetchone()
    assert row is not None
    return int(row[0])


def finish(conn: psycopg.Connection[Any], case_id: str, sha256: str = HASH) -> str:
    row = conn.execute("SELECT app.finish_attachment(%s, %s)", [case_id, sha256]).fetchone()
    assert row is not None
    return str(row[0])


def read(conn: psycopg.Connection[Any], case_id: str, start: int, length: int, sha256: str = HASH) -> bytes:
    row = conn.execute("SELECT app.read_chunk(%s, %s, %s, %s)", [case_id, sha256, start, length]).fetchone()
    assert row is not None
    return bytes(row[0])


def refused(conn: psycopg.Connection[Any], call: Any, *args: Any) -> str:
    with pytest.raises(psycopg.Error) as error:
        call(conn, *args)
    return error.value.sqlstate or ""


def naming(
    conn: psycopg.Connection[Any], central: CentralDatabase, login: str, case_id: str, sha256: str = HASH
) -> str:
    """A note of this person that names the photo; the centre has it. Returns its id."""
    event = note(case_id, central.people[login], hello(conn), sha256, occurred_at=datetime.now(UTC))
    assert push(conn, event) == [("accepted", None)]
    return event.id


@pytest.fixture
def cases(central: CentralDatabase) -> dict[str, str]:
    """One case of each collector, by login."""
    two_teams(central)
    with central.connect() as conn:
        rows = conn.execute(
            "SELECT p.login, min(c.id::text) FROM cases c JOIN person p ON p.id = c.assignee_id GROUP BY p.login"
        ).fetchall()
    return dict(rows)


def move(central: CentralDatabase, case_id: str, to: str) -> None:
    with central.connect("chen.jie", autocommit=True) as lead:
        version = lead.execute("SELECT version FROM cases WHERE id = %s", [case_id]).fetchone()
        assert version is not None
        lead.execute(
            "SELECT app.reassign(%s::uuid[], %s::int[], %s, 'leave')", [[case_id], [version[0]], central.people[to]]
        )


def test_it_comes_in_chunks_and_is_read_back_in_others(central: CentralDatabase, cases: dict[str, str]) -> None:
    case_id = cases["li.na"]
    with central.connect("li.na", autocommit=True) as conn:
        event = naming(conn, central, "li.na", case_id)
        assert offer(conn, event) == (0, False, None)
        assert finish(conn, case_id) == "incomplete"
        assert put(conn, case_id, 0, CONTENT[:3000]) == 3000
        assert refused(conn, read, case_id, 0, 10) == "WS034", "not before it is whole"
        assert offer(conn, event) == (3000, False, None), "resumed where it broke off"
        assert put(conn, case_id, 3000, CONTENT[3000:]) == len(CONTENT)
        assert finish(conn, case_id) == "whole"
        assert finish(conn, case_id) == "whole"
        assert offer(conn, event) == (len(CONTENT), True, None)
    for login in ("li.na", "chen.jie", "audit", "admin"):
        with central.connect(login, autocommit=True) as conn:
            again = b"".join(read(conn, case_id, start, 777) for start in range(0, len(CONTENT), 777))
            assert again == CONTENT, login
    with central.connect() as conn:
        row = conn.execute("SELECT author::text, event_id::text, received, handed_by::text FROM attachment").fetchall()
    assert row == [(central.people["li.na"], event, len(CONTENT), central.people["li.na"])]


def test_a_chunk_twice_overlapping_beyond_or_too_large_changes_nothing(
    central: CentralDatabase, cases: dict[str, str]
) -> None:
    case_id = cases["li.na"]
    with central.connect("li.na", autocommit=True) as conn:
        event = naming(conn, central, "li.na", case_id)
        offer(conn, event)
        put(conn, case_id, 0, CONTENT[:HALF])
        before = everything(central)
        assert put(conn, case_id, 0, CONTENT[:HALF]) == HALF, "a replay is passed over"
        assert put(conn, case_id, 10, b"x" * HALF) == HALF, "an overlap too, whatever it says"
        for start, data in (
            (HALF + 1, b"x"),  # leaves a gap
            (HALF, CONTENT[HALF:] + b"x"),  # beyond the end
            (len(CONTENT), b"x"),
            (-1, b"x"),
            (2**31 - 1, b"x"),
            (HALF, b""),
            (HALF, bytes(262_145)),
        ):
            assert refused(conn, put, case_id, start, data) == "WS011", start
        for start, length in ((-1, 1), (0, 0), (0, -5), (0, 262_145), (HALF, 2**31 - 1)):
            assert refused(conn, read, case_id, start, length) in {"WS011", "WS034"}
        assert everything(central) == before
        put(conn, case_id, HALF, CONTENT[HALF:])
        assert finish(conn, case_id) == "whole"
        assert refused(conn, read, case_id, len(CONTENT), 1) == "WS011"
        assert read(conn, case_id, len(CONTENT) - 1, 262_144) == CONTENT[-1:]


def test_what_is_not_what_its_hash_says_is_thrown_away_and_may_come_again(
    central: CentralDatabase, cases: dict[str, str]
) -> None:
    case_id = cases["li.na"]
    with central.connect("li.na", autocommit=True) as conn:
        event = naming(conn, central, "li.na", case_id)
        offer(conn, event)
        put(conn, case_id, 0, bytes(len(CONTENT)))
        assert finish(conn, case_id) == "different"
        assert offer(conn, event) == (0, False, None)
        assert offer(conn, event, size=20) == (0, False, None), "a forged size"
        put(conn, case_id, 0, CONTENT[:20])
        assert finish(conn, case_id) == "different"
        assert offer(conn, event) == (0, False, None), "the true size begins again"
        put(conn, case_id, 0, CONTENT)
        assert finish(conn, case_id) == "whole"


def test_only_what_an_event_in_reach_names_is_taken(central: CentralDatabase, cases: dict[str, str]) -> None:
    with central.connect("li.na", autocommit=True) as conn:
        mine = naming(conn, central, "li.na", cases["li.na"])
    with central.connect("sun.hao", autocommit=True) as conn:
        theirs = naming(conn, central, "sun.hao", cases["sun.hao"])
        assert offer(conn, theirs) == (0, False, None)
        put(conn, cases["sun.hao"], 0, CONTENT[:100])
    before = everything(central)
    other = hashlib.sha256(b"other").hexdigest()
    for login in ("li.na", "wang.wei", "audit", "admin"):
        with central.connect(login, autocommit=True) as conn:
            for event in (theirs, new_id()):
                assert offer(conn, event) == (0, False, "not_named"), "what is foreign is told like what is not there"
            assert refused(conn, put, cases["sun.hao"], 100, CONTENT[100:]) == "WS034"
            assert refused(conn, finish, cases["sun.hao"]) == "WS034"
            if login not in {"audit", "admin"}:
                assert refused(conn, read, cases["sun.hao"], 0, 5) == "WS034"
                assert conn.execute("SELECT count(*) FROM attachment").fetchone() == (0,)
            assert offer(conn, mine, sha256=other) == (0, False, "not_named"), "no event says so"
    with central.connect("li.na", autocommit=True) as conn:
        assert offer(conn, mine, size=10_485_761) == (0, False, "too_large")
        for forged in (
            {"sha256": HASH.upper()}, {"sha256": "'; DROP TABLE attachment;--"}, {"sha256": None}, {"size": 0},
            {"size": -1}, {"size": 1.5}, {"size": "1e3"}, {"size": 2**40}, {"media": "a/b'; DROP TABLE person;--"},
            {"media": "x" * 61}, {"media": "a/" + "b" * 60}, {"event": "x"}, {"event": None}, {"media": ["a/b"]},
        ):  # fmt: skip
            assert offer(conn, **{"event": mine, **forged}) == (0, False, "malformed"), forged
        for whole in ("{}", "null", '"x"', json.dumps([{}] * 101)):
            with pytest.raises(psycopg.Error) as error:
                conn.execute("SELECT * FROM app.offer_attachments(%s::json)", [whole])
            assert error.value.sqlstate == "WS011"
        assert (
            conn.execute("SELECT reason FROM app.offer_attachments('[1, \"x\", null, []]')").fetchall()
            == [("malformed",)] * 4
        )
    assert everything(central) == before


def test_what_was_recorded_before_the_case_moved_still_goes_in_for_thirty_days(
    central: CentralDatabase, cases: dict[str, str]
) -> None:
    case_id = cases["li.na"]
    with central.connect("li.na", autocommit=True) as conn:
        event = naming(conn, central, "li.na", case_id)
        offer(conn, event)
        put(conn, case_id, 0, CONTENT[:HALF])
        move(central, case_id, "wang.wei")
        assert offer(conn, event) == (HALF, False, None)
        with central.connect() as owner:
            owner.execute("ALTER TABLE case_event DISABLE TRIGGER append_only")
            owner.execute("UPDATE case_event SET received_at = received_at - interval '31 days'")
            owner.execute("ALTER TABLE case_event ENABLE TRIGGER append_only")
        assert offer(conn, event) == (0, False, "not_named")
        assert refused(conn, put, case_id, HALF, CONTENT[HALF:]) == "WS034"
        with central.connect("wang.wei", autocommit=True) as new:  # who has the case now may complete it
            assert offer(new, event) == (HALF, False, None)
        with central.connect() as owner:
            owner.execute("SELECT app.begin_recovery(now(), 30)")
        assert offer(conn, event) == (HALF, False, None), "after a restore, however long ago"
        put(conn, case_id, HALF, CONTENT[HALF:])
        assert finish(conn, case_id) == "whole"
        assert refused(conn, read, case_id, 0, 5) == "WS034", "the case is somebody else's to look at"
        with central.connect("wang.wei", autocommit=True) as new:
            assert read(new, case_id, 0, 262_144) == CONTENT


def test_nobody_hands_in_more_than_a_day_or_a_record_may_hold(central: CentralDatabase, cases: dict[str, str]) -> None:
    case_id = cases["li.na"]
    hashes = [hashlib.sha256(bytes([n])).hexdigest() for n in range(66)]
    with central.connect("li.na", autocommit=True) as conn:
        named = json.dumps({"text": "", "photos": [{"sha256": one} for one in hashes]})
        event = note(case_id, central.people["li.na"], hello(conn), body=named)
        assert push(conn, event) == [("accepted", None)]
        said = [offer(conn, event.id, sha256=one, size=1) for one in hashes]
        assert said[:64] == [(0, False, None)] * 64
        assert said[64:] == [(0, False, "too_much")] * 2
        with central.connect() as owner:
            owner.execute("UPDATE attachment SET size = 10485760")
            few = owner.execute("SELECT sum(size::bigint) FROM attachment").fetchone()
            assert few is not None
            assert few[0] < 2**31
            owner.execute(
                "INSERT INTO attachment (case_id, sha256, event_id, author, device, media, size, handed_by)"
                " SELECT case_id, encode(sha256(('more ' || n)::bytea), 'hex'), event_id, author, device, media, size,"
                " handed_by"
                " FROM (SELECT * FROM attachment LIMIT 1) a, generate_series(1, 141) n"
            )
            owner.execute("UPDATE attachment SET event_id = (SELECT id FROM case_event WHERE id <> event_id LIMIT 1)")
        assert offer(conn, event.id, sha256=hashes[65], size=10_485_760) == (0, False, "too_much")


def test_what_is_whole_is_never_changed_by_the_owner_either(central: CentralDatabase, cases: dict[str, str]) -> None:
    case_id = cases["li.na"]
    with central.connect("li.na", autocommit=True) as conn:
        event = naming(conn, central, "li.na", case_id)
        offer(conn, event)
        put(conn, case_id, 0, CONTENT)
        assert finish(conn, case_id) == "whole"
        for statement in ("DELETE FROM attachment", "SELECT data FROM attachment_chunk"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute(statement.encode())
    with central.connect(autocommit=True) as owner:
        for statement in (
            "UPDATE attachment SET size = 1", "DELETE FROM attachment", "UPDATE attachment_chunk SET data = 'x'",
            "DELETE FROM attachment_chunk", "TRUNCATE attachment_chunk", "TRUNCATE attachment CASCADE",
        ):  # fmt: skip
            with pytest.raises(psycopg.Error) as error:
                owner.execute(statement.encode())
            assert error.value.sqlstate == "WS012", statement


def test_a_backup_brings_them_back_and_the_check_finds_what_was_changed(
    central: CentralDatabase, cases: dict[str, str], tmp_path: Path
) -> None:
    case_id = cases["li.na"]
    with central.connect("li.na", autocommit=True) as conn:
        event = naming(conn, central, "li.na", case_id)
        offer(conn, event)
        put(conn, case_id, 0, CONTENT[:HALF])
        put(conn, case_id, HALF, CONTENT[HALF:])
        assert finish(conn, case_id) == "whole"
    backup(central.superuser_dsn, tmp_path / "it.backup")
    name = f"{central.name}_again"
    restore(central.server.superuser_dsn, tmp_path / "it.backup", name)
    again = replace(central, name=name)
    try:
        with again.connect("li.na", autocommit=True) as conn:
            assert read(conn, case_id, 0, len(CONTENT)) == CONTENT
            assert offer(conn, event) == (len(CONTENT), True, None)
        assert not [one for one in check(again.superuser_dsn) if HASH in one.message.plain()]
        with again.connect(autocommit=True) as owner:
            owner.execute("ALTER TABLE attachment_chunk DISABLE TRIGGER USER")
            owner.execute("UPDATE attachment_chunk SET data = set_byte(data, 7, 1) WHERE start = 0")
            owner.execute("ALTER TABLE attachment_chunk ENABLE TRIGGER USER")
        [found] = [one for one in check(again.superuser_dsn) if HASH in one.message.plain()]
        assert found.bad
    finally:
        admin.drop(central.server.superuser_dsn, name)
