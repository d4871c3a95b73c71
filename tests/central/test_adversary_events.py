"""Forged events at their only door: under another name, device, time or chain, and after a restore."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import msgspec
import psycopg
import pytest

from tests.central.adversary import FOREIGN_NUMBER, everything, two_teams
from tests.central.builders import hello, new_id, note, push
from workstation.domain.events import FIRST_HASH, event_hash

FORGERS = ("li.na", "zhao.min", "chen.jie")
OWN_WORDS = {"refused_event", "device"}  # the only tables in which a refused push leaves a trace, of the forger's own


@pytest.fixture(scope="module")
def central(central_of_module):
    two_teams(central_of_module)
    return central_of_module


@pytest.fixture(scope="module")
def foreign(central):
    """The case, the event and the device of sun.hao, and the centre's own device."""
    with central.connect() as conn:
        case_id = conn.execute("SELECT id::text FROM cases WHERE number = %s", [FOREIGN_NUMBER]).fetchone()[0]
        event, device = conn.execute(
            "SELECT id::text, device::text FROM case_event WHERE case_id = %s", [case_id]
        ).fetchone()
        epoch = conn.execute("SELECT epoch::text FROM central_meta").fetchone()[0]
    return {"case": case_id, "event": event, "device": device, "epoch": epoch, "author": central.people["sun.hao"]}


def but(state: dict, names: set[str]) -> dict:
    return {name: rows for name, rows in state.items() if name not in names}


def of(central, login: str) -> list[str]:
    with central.connect(login) as conn:
        return [row[0] for row in conn.execute("SELECT id::text FROM cases ORDER BY number")]


FORGERIES = {
    "another author": ({"author": "author"}, "foreign_author"),
    "another author and their device": ({"author": "author", "device": "device"}, "foreign_author"),
    "another device": ({"device": "device"}, "foreign_device"),
    "the centre's own device": ({"device": "epoch"}, "foreign_device"),
    "a device nobody has": ({"device": new_id()}, "foreign_device"),
    "a foreign case": ({"case_id": "case"}, "not_assigned"),
    "a case that is not there": ({"case_id": new_id()}, "not_assigned"),
    "a taken number": ({"id": "event"}, "id_taken"),
    "a move of the case": ({"kind": "reassigned", "body": '{"from_person":null,"to_person":null}'}, "reserved_kind"),
    "an approval": ({"kind": "plan_decided", "body": '{"decision":"approved"}'}, "reserved_kind"),
    "a breached plan moved on": (
        {"kind": "plan_decided", "body": '{"decision":"re_aged","instalments":[{"due":"2099-01-01","amount":1}]}'},
        "reserved_kind",
    ),
    "a plan terminated": ({"kind": "plan_decided", "body": '{"decision":"terminated"}'}, "reserved_kind"),
    "an approval in other letters": (
        {"kind": "plan_decided", "body": '{"decision":"agreed","decisi\\u006fn":"approve\\u0064"}'},
        "reserved_kind",
    ),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_event_is_refused_and_only_its_refusal_is_kept(central, foreign, forgery):
    change, reason = FORGERIES[forgery]
    change = {field: foreign.get(value, value) for field, value in change.items()}
    for login in FORGERS:
        own = of(central, login) or [foreign["case"]]
        with central.connect(login, autocommit=True) as conn:
            device = hello(conn)
            before = everything(central)
            made = {"case_id": own[0], "author": central.people[login], "device": device} | change
            event = note(**{"prev": FIRST_HASH} | made)
            assert push(conn, event) == [("refused", reason)], login
        assert but(everything(central), OWN_WORDS) == but(before, OWN_WORDS), login


def test_a_foreign_case_and_no_case_get_the_same_answer(central, foreign):
    with central.connect("zhao.min", autocommit=True) as conn:
        device, me = hello(conn), central.people["zhao.min"]
        there, nowhere = note(foreign["case"], me, device), note(new_id(), me, device)
        assert push(conn, there) == push(conn, nowhere)


def test_what_the_centre_says_of_an_event_cannot_be_sent_along(central):
    """Keys beyond an event's own are not read: when it came, in which transaction, under whose name it counts."""
    (case_id, *_) = of(central, "li.na")
    with central.connect("li.na", autocommit=True) as conn:
        device, me = hello(conn), central.people["li.na"]
        event = note(case_id, me, device)
        forged = msgspec.to_builtins(event) | {
            "received_at": "1999-01-01T00:00:00Z", "xid": "1", "person_id": central.people["sun.hao"],
            "verdict": "accepted", "known": True, "owner": central.people["sun.hao"], "fault": None, "role": "admin",
        }  # fmt: skip
        assert push(conn, forged) == [("accepted", None)]
        row = conn.execute(
            "SELECT received_at > now() - interval '1 hour', xid::text <> '1', author::text FROM case_event"
            " WHERE id = %s",
            [event.id],
        ).fetchone()
    assert row == (True, True, me)


def test_settings_of_the_session_change_no_verdict(central, foreign):
    """Half of PostgreSQL's settings can be set by anybody; none of them may open the door."""
    (case_id, *_) = of(central, "li.na")
    with central.connect("li.na", autocommit=True) as conn:
        device, me = hello(conn), central.people["li.na"]
        for setting in (
            "standard_conforming_strings = off", "transform_null_equals = on", "array_nulls = off",
            "DateStyle = 'German, DMY'", "TimeZone = 'Asia/Shanghai'", "IntervalStyle = sql_standard",
            "search_path = pg_temp", "plpgsql.extra_errors = 'none'", "xmloption = document",
            "bytea_output = escape", "quote_all_identifiers = on", "from_collapse_limit = 1", "enable_indexscan = off",
        ):  # fmt: skip
            conn.execute(f"SET {setting}")
        verdicts = push(
            conn,
            note(case_id, me, device),
            note(foreign["case"], me, device),
            note(case_id, foreign["author"], device),
            msgspec.structs.replace(note(case_id, me, device), amount=5),
        )
    assert verdicts[:3] == [("accepted", None), ("refused", "not_assigned"), ("refused", "foreign_author")]
    assert verdicts[3] == ("refused", "bad_hash")


def test_another_persons_device_is_neither_taken_nor_spoken_for(central, foreign):
    with central.connect("li.na", autocommit=True) as conn:
        hello(conn)
        before = everything(central)
        for device in (foreign["device"], foreign["epoch"]):
            with pytest.raises(psycopg.Error) as refused:
                hello(conn, device)
            assert refused.value.sqlstate == "WS002"
            conn.execute("SELECT app.report_waiting(%s, 99)", [device])
            conn.execute("SELECT app.report_seat(%s, 99, '1')", [device])
    assert everything(central) == before


def test_naming_a_foreign_device_locks_nothing_of_others(central, foreign):
    """In an open transaction the locks of a push last: they must not hold up leads, other seats or the centre."""
    (case_id, *_) = of(central, "li.na")
    with central.connect("li.na") as conn:
        device, me = hello(conn), central.people["li.na"]
        conn.commit()
        named = [note(case_id, me, one, prev=FIRST_HASH) for one in (foreign["epoch"], foreign["device"])]
        push(conn, *named, note(case_id, me, device))
        with central.connect() as other:
            free = "SELECT id::text FROM device WHERE id = ANY (%s::uuid[]) FOR UPDATE NOWAIT"
            assert len(other.execute(free, [[foreign["epoch"], foreign["device"]]]).fetchall()) == 2
            with pytest.raises(psycopg.errors.LockNotAvailable):  # so that the test sees a lock where there is one
                other.execute(free, [[device]])
        conn.rollback()


RUINOUS = {
    "a NUL where a decision is looked for": {
        "kind": "plan_decided",
        "body": '{"decision":"agreed","reason":"\\u0000"}',
    },
    "half a pair of surrogates": {"kind": "plan_decided", "body": '{"decision":"\\ud800"}'},
    "a proposal with a NUL": {"kind": "plan_proposed", "body": '{"request":{"note":"\\u0000"},"result":{}}'},
    "a number beyond numbers": {"kind": "plan_decided", "body": '{"decision":1e999999999}'},
    "a hash longer than an index takes": {
        "hash": "".join(random.Random(1).choices("0123456789abcdefghijkl", k=20_000))
    },
    "an id in braces": {"id": "{" + new_id() + "}"},
}


@pytest.mark.parametrize("ruin", RUINOUS)
def test_one_ruinous_event_does_not_stop_the_batch(central, ruin):
    """Each gets a verdict, not an error; what comes after it is taken."""
    (case_id, *_) = of(central, "li.na")
    with central.connect("li.na", autocommit=True) as conn:
        device, me = hello(conn), central.people["li.na"]
        bad = msgspec.to_builtins(note(case_id, me, device, prev=FIRST_HASH)) | RUINOUS[ruin]
        if "hash" not in RUINOUS[ruin]:
            event = msgspec.convert(bad | {"id": bad["id"].strip("{}")}, type=type(note(case_id, me, new_id())))
            bad["hash"] = event_hash(event)
        good = note(case_id, me, device, prev=bad["hash"] if len(bad["hash"]) == 64 else FIRST_HASH)
        verdicts = push(conn, bad, good)
    assert verdicts[0] in {("refused", "malformed"), ("accepted", None)}
    assert verdicts[1] == ("accepted", None)


@pytest.fixture
def restored(central_server):
    """A centre that was restored just now, with the people and the cases of `two_teams`."""
    database = central_server.new_database()
    two_teams(database)
    with database.connect() as conn:
        old = conn.execute("SELECT epoch::text FROM central_meta").fetchone()[0]
        conn.execute("SET ROLE ws_owner")
        conn.execute("SELECT app.begin_recovery(now(), 7)")
        new = conn.execute("SELECT epoch::text FROM central_meta").fetchone()[0]
    yield database, old, new
    central_server.drop(database)


def brought_by(database, event_id: str) -> str | None:
    """The login of who handed this event on after the restore, as an auditor reads it."""
    with database.connect("audit") as conn:
        query = "SELECT p.login FROM recovered_event r JOIN person p ON p.id = r.person_id WHERE r.event_id = %s"
        row = conn.execute(query, [event_id]).fetchone()
    return None if row is None else row[0]


APPROVAL = {"kind": "plan_decided", "body": '{"decision":"approved"}'}


def test_after_a_restore_nobody_approves_in_their_own_name(restored):
    """The centre's old device wrote for leads and administrators only, and the new one has written nothing before."""
    database, old, new = restored
    (case_id, *_) = of(database, "li.na")
    lead, me = database.people["chen.jie"], database.people["li.na"]
    with database.connect("li.na", autocommit=True) as conn:
        own = hello(conn)
        before = everything(database)
        at = {"occurred_at": datetime.now(UTC) - timedelta(days=1), "prev": FIRST_HASH}
        for device, author, reason in (
            (old, me, "foreign_device"),
            (new, me, "foreign_device"),
            (new, lead, "foreign_device"),
            (own, me, "reserved_kind"),
        ):
            assert push(conn, note(case_id, author, device, **APPROVAL, **at)) == [("refused", reason)]
    assert but(everything(database), OWN_WORDS) == but(before, OWN_WORDS)


def test_after_a_restore_what_is_handed_on_for_others_carries_the_name_of_who_did(restored):
    """It cannot be verified then; so it is taken from who had to do with it, and an auditor sees who brought it."""
    database, old, _ = restored
    (case_id, *_) = of(database, "li.na")
    at = datetime.now(UTC) - timedelta(days=1)
    decided = note(case_id, database.people["chen.jie"], old, occurred_at=at, prev=FIRST_HASH, **APPROVAL)
    written = note(case_id, database.people["sun.hao"], new_id(), occurred_at=at)
    with database.connect("li.na", autocommit=True) as conn:
        hello(conn)
        assert push(conn, decided, written) == [("refused", "foreign_device"), ("accepted", None)]
    with database.connect("chen.jie", autocommit=True) as conn:
        hello(conn)
        assert push(conn, decided) == [("accepted", None)]
    assert brought_by(database, decided.id) == "chen.jie"
    assert brought_by(database, written.id) == "li.na"


def test_after_a_restore_nobody_hands_on_for_who_was_never_near(restored):
    """Neither of the team nor ever in charge of the case: what is said to be somebody else's is a forgery."""
    database, *_ = restored
    south = of(database, "sun.hao")[0]
    at = datetime.now(UTC) - timedelta(days=1)
    with database.connect("li.na", autocommit=True) as conn:
        hello(conn)
        forged = note(south, database.people["sun.hao"], new_id(), occurred_at=at)
        assert push(conn, forged) == [("refused", "foreign_author")]


def test_after_a_restore_nothing_new_comes_in_another_name(restored):
    database, *_ = restored
    (case_id, *_) = of(database, "li.na")
    with database.connect("li.na", autocommit=True) as conn:
        hello(conn)
        later = datetime.now(UTC) + timedelta(minutes=1)
        forged = note(case_id, database.people["sun.hao"], new_id(), occurred_at=later)
        assert push(conn, forged) == [("refused", "foreign_author")]
        with database.connect() as owner:
            owner.execute("UPDATE central_meta SET recover_until = now() - interval '1 second'")
        past = note(case_id, database.people["sun.hao"], new_id(), occurred_at=later - timedelta(days=1))
        assert push(conn, past) == [("refused", "foreign_author")]


def test_after_a_restore_one_event_nobody_can_take_does_not_stop_the_others(restored):
    """Somebody added after the backup is not known any more; a device may be missing in what a seat sends."""
    database, old, _ = restored
    (case_id, *_) = of(database, "li.na")
    me = database.people["li.na"]
    with database.connect("li.na", autocommit=True) as conn:
        own = hello(conn)
        at = datetime.now(UTC) - timedelta(days=1)
        forgotten = note(case_id, new_id(), old, occurred_at=at, prev=FIRST_HASH)
        without = msgspec.to_builtins(note(case_id, me, own, prev=FIRST_HASH)) | {"device": None}
        good = note(case_id, me, own, occurred_at=at, prev=FIRST_HASH)
        verdicts = push(conn, forgotten, without, good)
    assert verdicts == [("refused", "foreign_author"), ("refused", "malformed"), ("accepted", None)]


@pytest.mark.parametrize("login", ["li.na", "chen.jie", "audit", "admin"])
def test_the_tables_behind_the_door_are_closed(central, login):
    before = everything(central)
    with central.connect(login, autocommit=True) as conn:
        for statement in (
            "INSERT INTO case_event SELECT * FROM case_event",
            "UPDATE case_event SET received_at = now()",
            "DELETE FROM case_event",
            "MERGE INTO case_event e USING (SELECT 1) x ON false WHEN NOT MATCHED THEN INSERT DEFAULT VALUES",
            "COPY case_event FROM STDIN",
            "SELECT * FROM case_event FOR UPDATE",
            "SELECT * FROM cases FOR KEY SHARE",
            "DELETE FROM refused_event",
            "UPDATE recovered_event SET person_id = NULL",
            "DELETE FROM admin_event",
            "UPDATE central_meta SET epoch = gen_random_uuid()",
            "UPDATE device SET informed = '1', revoked_at = NULL",
            "INSERT INTO case_scope (case_id, holder_kind, holder_id) SELECT id, 'person', app.person_id() FROM cases",
        ):
            allowed = login == "admin" and statement == "SELECT * FROM cases FOR KEY SHARE"
            try:
                conn.execute(statement)
            except psycopg.errors.InsufficientPrivilege:
                continue
            assert allowed, statement
    assert everything(central) == before
