"""A centre that answers nonsense, or is none at all: an error with a name, and a store in which nothing changed."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from local_db import projections, replica
from tests.central.server import PASSWORD, CentralDatabase
from tests.sync.conftest import TODAY, Desk, SeatMaker
from workstation import tables
from workstation.domain.errors import WorkstationError
from workstation.sync import link
from workstation.sync.engine import Device, sync_once
from workstation.sync.server import Server


def kept(desk: Desk) -> dict[str, object]:
    """Everything a synchronisation could change in the store."""
    with desk.store.read() as conn:
        assert projections.check(conn, TODAY) == []
        names = [*(table.name for table in tables.REPLICATED), "outbox", "case_row", "flagged_event"]
        found: dict[str, object] = {
            name: sorted(map(repr, conn.exec_driver_sql(f"SELECT * FROM {name}").all())) for name in names
        }
        return found | {key: replica.get_state(conn, key) for key in ("cursor", "epoch", "me", "place", "leaving")}


@pytest.fixture
def desk(book: list[str], seat_of: SeatMaker) -> Desk:
    """Li Na's seat, synchronised, with one record that waits."""
    made = seat_of("li.na")
    made.sync()
    made.write(book[0], "waits")
    return made


# --- Something else listens at the address -------------------------------------------------------------------------

_AUTHENTICATED = b"R" + struct.pack("!II", 8, 0)
_READY = b"Z" + struct.pack("!I", 5) + b"I"


def _closes(line: socket.socket) -> None:
    """Says nothing and hangs up."""


def _resets(line: socket.socket) -> None:
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _speaks_http(line: socket.socket) -> None:
    line.recv(4096)
    line.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")


def _speaks_noise(line: socket.socket) -> None:
    line.recv(4096)
    line.sendall(bytes(range(256)) * 40)


def _is_silent(line: socket.socket) -> None:
    """Takes every byte and answers none, until the other side gives up."""
    while line.recv(4096):
        pass


def _breaks_off_in_the_greeting(line: socket.socket) -> None:
    line.recv(4096)
    line.sendall(b"N")  # no encryption
    line.recv(4096)
    line.sendall(b"R" + struct.pack("!I", 42) + b"\0\0")


def _announces_a_gigabyte(line: socket.socket) -> None:
    line.recv(4096)
    line.sendall(b"N")
    line.recv(4096)
    line.sendall(b"R" + struct.pack("!II", 2**30, 10) + b"x" * 4096)


def _lets_anybody_in_and_hangs_up(line: socket.socket) -> None:
    line.recv(4096)
    line.sendall(b"N")
    line.recv(4096)
    line.sendall(_AUTHENTICATED + _READY)
    line.recv(4096)


def _answers_with_noise_once_in(line: socket.socket) -> None:
    line.recv(4096)
    line.sendall(b"N")
    line.recv(4096)
    line.sendall(_AUTHENTICATED + _READY)
    line.recv(4096)
    line.sendall(b"\xff" * 64)


IMPOSTORS = [
    _closes, _resets, _speaks_http, _speaks_noise, _is_silent, _breaks_off_in_the_greeting, _announces_a_gigabyte,
    _lets_anybody_in_and_hangs_up, _answers_with_noise_once_in,
]  # fmt: skip


@pytest.fixture
def impostor() -> Iterator[Callable[[Callable[[socket.socket], None]], int]]:
    """Starts something that is no centre; the port it listens at."""
    open_ones: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def serve(listener: socket.socket, manner: Callable[[socket.socket], None]) -> None:
        with suppress(OSError):  # the listener was closed
            while True:
                line, _ = listener.accept()
                open_ones.append(line)
                with line, suppress(OSError):  # the client gave up
                    manner(line)

    def start(manner: Callable[[socket.socket], None]) -> int:
        listener = socket.create_server(("127.0.0.1", 0))
        open_ones.append(listener)
        threads.append(threading.Thread(target=serve, args=(listener, manner), daemon=True))
        threads[-1].start()
        port: int = listener.getsockname()[1]
        return port

    yield start
    for one in open_ones:
        with suppress(OSError):  # down already
            one.shutdown(socket.SHUT_RDWR)
        one.close()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize("manner", IMPOSTORS, ids=lambda manner: manner.__name__.strip("_"))
def test_what_is_no_centre_is_told_as_unreachable(
    desk: Desk,
    impostor: Callable[[Callable[[socket.socket], None]], int],
    monkeypatch: pytest.MonkeyPatch,
    manner: Callable[[socket.socket], None],
) -> None:
    monkeypatch.setattr(link, "CONNECT_SECONDS", 2)
    before = kept(desk)
    server = Server("127.0.0.1", impostor(manner), "workstation")
    with pytest.raises(link.LinkError) as told:
        sync_once(desk.store, lambda: link.connect(server, "li.na", PASSWORD), Device(desk.device, "x"), TODAY)
    assert told.value.code in {"unreachable", "connection_lost", "link", "not_trusted"}
    assert kept(desk) == before
    desk.sync()
    assert kept(desk) != before


# --- The centre is there, and what it says makes no sense -----------------------------------------------------------

HELLO = (
    "epoch uuid, server_time timestamptz, person_id uuid, login text, name text, role text, team_id uuid,"
    " team_name text, schema_version text, serves_from text, restored_at timestamptz, recover_until timestamptz"
)
_MET = (
    "SELECT m.epoch, clock_timestamp(), p.id, p.login, p.name, p.role, p.team_id, 'north'::text, m.schema_version,"
    " m.serves_from, m.restored_at, m.recover_until FROM central_meta m, person p WHERE p.login = session_user"
)


def hello_that(columns: str, query: str) -> str:
    return (
        "DROP FUNCTION app.hello(uuid, text, text);"
        f"CREATE FUNCTION app.hello(uuid, text, text) RETURNS TABLE ({columns}) LANGUAGE sql SECURITY DEFINER"
        f" SET search_path = pg_catalog, public, app, pg_temp AS $f$ {query} $f$"
    )


def push_that(query: str, columns: str = "id uuid, verdict text, reason text") -> str:
    """`batch` is what was sent."""
    return (
        "DROP FUNCTION app.push_events(json);"
        f"CREATE FUNCTION app.push_events(batch json) RETURNS TABLE ({columns}) LANGUAGE sql SECURITY DEFINER"
        f" SET search_path = pg_catalog, public, app, pg_temp AS $f$ {query} $f$"
    )


_SENT = "FROM json_array_elements(batch) e"

_NOTHING = (
    "SELECT NULL::timestamptz, NULL::uuid, NULL::text, NULL::text, NULL::text, NULL::uuid, NULL::text, NULL::text,"
    " NULL::text, NULL::timestamptz, NULL::timestamptz"
)

GREETINGS = {
    "no row": hello_that(HELLO, _MET + " AND false"),
    "nothing but NULL": hello_that(HELLO, "SELECT (NULL::central_meta).epoch, q.* FROM (" + _NOTHING + ") q"),
    "nobody": hello_that(HELLO, _MET.replace("p.id", "NULL::uuid")),
    "no epoch": hello_that(HELLO, _MET.replace("m.epoch", "NULL::uuid")),
    "no time": hello_that(HELLO, _MET.replace("clock_timestamp()", "NULL::timestamptz")),
    "a time beyond time": hello_that(HELLO, _MET.replace("clock_timestamp()", "'infinity'::timestamptz")),
    "a time no seat can write": hello_that(HELLO, _MET.replace("clock_timestamp()", "'20000-01-01'::timestamptz")),
    "a role there is not": hello_that(HELLO, _MET.replace("p.role", "'emperor'::text")),
    "columns missing": hello_that("epoch uuid, login text", "SELECT epoch, 'li.na' FROM central_meta"),
    "words for numbers": hello_that(
        HELLO.replace("server_time timestamptz", "server_time text"), _MET.replace("clock_timestamp()", "'soon'::text")
    ),
    "a schema of letters": hello_that(HELLO, _MET.replace("m.schema_version", "NULL::text")),
    "a much newer schema": hello_that(
        HELLO, _MET.replace("m.schema_version", "'0900'::text").replace("m.serves_from", "'0800'::text")
    ),
    "no schema yet": hello_that(HELLO, _MET.replace("m.schema_version", "'0000'::text")),
    "no function": "DROP FUNCTION app.hello(uuid, text, text)",
    "an error of its own": hello_that(HELLO, _MET + " AND 1 / (random() * 0)::int = 1"),
}

VERDICTS = {
    "maybe": push_that(f"SELECT (e ->> 'id')::uuid, 'maybe', NULL {_SENT}"),
    "nothing": push_that(f"SELECT (e ->> 'id')::uuid, NULL, NULL {_SENT}"),
    "for others": push_that(f"SELECT gen_random_uuid(), 'accepted', NULL {_SENT}"),
    "for nobody": push_that(f"SELECT NULL::uuid, 'accepted', NULL {_SENT}"),
    "no row": push_that(f"SELECT (e ->> 'id')::uuid, 'accepted', NULL {_SENT} WHERE false"),
    "refused for nothing": push_that(f"SELECT (e ->> 'id')::uuid, 'refused', NULL {_SENT}"),
    "yes and no": push_that(
        f"SELECT (e ->> 'id')::uuid, v, 'bad_hash' {_SENT}, unnest(ARRAY['accepted', 'refused', 'accepted']) v"
    ),
    "columns missing": push_that(f"SELECT (e ->> 'id')::uuid {_SENT}", "id uuid"),
    "numbers for words": push_that(f"SELECT (e ->> 'id')::uuid, 7, 7 {_SENT}", "id uuid, verdict int, reason int"),
    "no function": "DROP FUNCTION app.push_events(json)",
    "an error of its own": push_that(f"SELECT (e ->> 'id')::uuid, (1/0)::text, NULL {_SENT}"),
}

TABLES = {
    "a column is missing": "ALTER TABLE cases DROP COLUMN opened_on",
    "a table is missing": "ALTER TABLE payment RENAME TO payments",
    "a table is closed": "REVOKE SELECT ON debtor FROM ws_collector",
    "a day is a word": "ALTER TABLE debtor ALTER birth_date TYPE text USING 'a Tuesday'",
    "a sum is a word": "ALTER TABLE balance_snapshot ALTER principal TYPE text USING 'plenty'",
    "a version is a word": "ALTER TABLE cases ALTER version TYPE text USING 'second'",
    "a version is nothing": "ALTER TABLE cases ALTER version DROP NOT NULL; UPDATE cases SET version = NULL",
    "a name is nothing": "ALTER TABLE debtor ALTER name DROP NOT NULL; UPDATE debtor SET name = NULL",
    "an id is nothing": (
        "ALTER TABLE payment DROP CONSTRAINT payment_reverses_fkey; ALTER TABLE payment DROP CONSTRAINT payment_pkey;"
        "ALTER TABLE payment ALTER id DROP NOT NULL; UPDATE payment SET id = NULL"
    ),
    "an id is a word": "ALTER TABLE related_person DROP CONSTRAINT uq_related_person_id_case_id CASCADE;"
    " ALTER TABLE related_person ALTER id TYPE text USING 'x' || id",
    "two cases of one number": "DROP INDEX uq_cases_number; UPDATE cases SET number = 'the same'",
    "a day no seat can read": "UPDATE cases SET opened_on = '20000-01-01'",
    "a debtor's id is a word": "ALTER TABLE debtor ALTER id TYPE text USING 'x' || id",
    "my_cases fails": "CREATE OR REPLACE FUNCTION app.my_cases() RETURNS uuid[] LANGUAGE sql AS"
    " 'SELECT ARRAY[1/(random()*0)]::text[]::uuid[]'",
}


def garble(central: CentralDatabase, statements: str) -> None:
    """Makes the centre answer nonsense; what it grants stays granted."""
    with central.connect(autocommit=True) as conn:
        conn.execute(statements.encode())
        conn.execute("GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA app TO ws_collector")


@pytest.mark.parametrize("greeting", GREETINGS)
def test_a_greeting_without_sense_changes_nothing(central: CentralDatabase, desk: Desk, greeting: str) -> None:
    before = kept(desk)
    garble(central, GREETINGS[greeting])
    with pytest.raises(WorkstationError):
        desk.sync()
    assert kept(desk) == before


@pytest.mark.parametrize("verdict", VERDICTS)
def test_a_verdict_without_sense_confirms_nothing(central: CentralDatabase, desk: Desk, verdict: str) -> None:
    before = kept(desk)
    garble(central, VERDICTS[verdict])
    with suppress(WorkstationError):  # or it goes on to receive, with the record still waiting
        desk.sync()
    assert kept(desk)["outbox"] == before["outbox"]
    assert kept(desk)["case_event"] == before["case_event"]


@pytest.mark.parametrize("nonsense", TABLES)
@pytest.mark.parametrize("first", [True, False], ids=["first", "later"])
def test_rows_without_sense_are_not_applied(
    central: CentralDatabase, book: list[str], seat_of: SeatMaker, nonsense: str, first: bool
) -> None:
    seat = seat_of("li.na")
    if not first:
        seat.sync()
    with central.connect() as conn:  # what counts at the centre would stumble over it first
        for name in ("account", "balance_snapshot", "contact_point", "payment"):
            conn.execute(f"DROP TRIGGER figures_changed ON {name}")
    garble(central, TABLES[nonsense])
    with central.connect() as conn:  # so that a pull brings every row again
        for table in tables.PER_CASE:
            if table is not tables.case_event and not (nonsense == "a table is missing" and table.name == "payment"):
                conn.execute(f"UPDATE {table.name} SET xid = '1'")
    before = kept(seat)
    with pytest.raises(WorkstationError):
        seat.sync()
    assert {name: rows for name, rows in kept(seat).items() if name not in {"epoch", "me", "place"}} == {
        name: rows for name, rows in before.items() if name not in {"epoch", "me", "place"}
    } | ({"cursor": "0"} if first else {})


def test_a_centre_that_goes_back_in_time_is_not_followed(central: CentralDatabase, desk: Desk) -> None:
    with desk.store.write() as conn:
        ahead = str(int(replica.get_state(conn, "cursor") or 0) + 1_000_000)
        replica.set_state(conn, "cursor", ahead)
    before = kept(desk)
    with pytest.raises(link.CentreWentBack):
        desk.sync()
    after = kept(desk)
    assert {name: after[name] for name in after if name not in {"outbox"}} == {
        name: before[name] for name in before if name not in {"outbox"}
    }


def test_a_case_that_is_not_mine_is_not_taken_because_the_centre_says_so(central: CentralDatabase, desk: Desk) -> None:
    """Every grant points at a case without rows: nothing arrives, and what was here goes on."""
    with central.connect() as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute(
            "INSERT INTO case_scope (case_id, holder_kind, holder_id) SELECT gen_random_uuid(), 'person', %s"
            " FROM generate_series(1, 50)",
            [central.people["li.na"]],
        )
    before = desk.cases()
    desk.sync()
    assert desk.cases() == before
    kept(desk)


def test_the_next_good_answer_puts_everything_right(central: CentralDatabase, desk: Desk) -> None:
    """After nonsense of every kind in one sitting, the same seat at the same centre, mended."""
    with central.connect() as conn:
        good = conn.execute("SELECT pg_get_functiondef('app.push_events(json)'::regprocedure)").fetchone()
    for verdict in ("maybe", "for others", "columns missing", "an error of its own"):
        garble(central, VERDICTS[verdict])
        with suppress(WorkstationError):
            desk.sync()
    assert good is not None
    garble(central, "DROP FUNCTION app.push_events(json);" + good[0])
    assert desk.sync().pushed == 1
    with central.connect() as conn:
        assert conn.execute("SELECT count(*) FROM case_event").fetchone() == (1,)
    assert desk.sync().pulled_rows == 0
    kept(desk)
