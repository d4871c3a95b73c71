"""Clients and centres of different versions: they work within the declared range, else say which side to upgrade."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from local_db import outbox, projections
from local_db.engine import open_store
from tests.central.builders import book_rows, new_id
from tests.central.server import PASSWORD, PEOPLE, CentralDatabase, CentralServer
from tests.sync.conftest import TODAY, Desk, SeatMaker
from workstation.central import admin
from workstation.central.loading import load
from workstation.domain.events import Budget, BudgetEntry, Note, Unknown, decode_body, encode_body, sealed
from workstation.sync import link
from workstation.sync.link import CentreTooOld, ClientTooOld

RELEASED = ("0001", "0002", "0004")


@pytest.fixture
def old_centre(central_server: CentralServer, request: pytest.FixtureRequest) -> Iterator[CentralDatabase]:
    """A centre of an older schema, with people, a book, events and a reassignment in it."""
    name = f"old_{new_id().replace('-', '')}"
    server = central_server.server
    with psycopg.connect(server.superuser_dsn, autocommit=True) as conn:
        conn.execute(sql.SQL("CREATE DATABASE {} OWNER ws_owner TEMPLATE template0").format(sql.Identifier(name)))
        admin.prepare_database(conn, name)
    dsn = psycopg.conninfo.make_conninfo(server.superuser_dsn, dbname=name)
    admin.migrate(dsn, to=getattr(request, "param", "0001"))
    database = CentralDatabase(server, name, {}, {})
    with psycopg.connect(dsn) as conn:
        database.teams = {team: admin.add_team(conn, team) for team in ("north", "south")}
        for login, full_name, role, team in PEOPLE:
            database.people[login] = admin.add_person(conn, login, full_name, role, team, PASSWORD)
        load(conn, book_rows(database, 5))
    yield database
    admin.drop(server.superuser_dsn, name)


def seat_at(database: CentralDatabase, login: str, folder: object, number: int = 0) -> Desk:
    store = open_store(folder / f"{login}-{number}.store", bytes([number + 1]) * 32)  # type: ignore[operator]
    return Desk(database, login, store, new_id())


@pytest.mark.parametrize("old_centre", RELEASED, indirect=True)
def test_this_client_works_with_every_released_centre_and_goes_on_after_its_upgrade(
    old_centre: CentralDatabase, tmp_path: object
) -> None:
    collector, lead = seat_at(old_centre, "li.na", tmp_path), seat_at(old_centre, "chen.jie", tmp_path, 1)
    collector.sync()
    lead.sync()
    [case_id, *_] = sorted(collector.cases())
    before = collector.write(case_id, "with the older centre")
    assert collector.sync().pushed == 1
    lead.sync()
    assert before.id in lead.events()
    offline = collector.write(case_id, "written while the centre was upgraded")
    admin.migrate(old_centre.superuser_dsn)
    with old_centre.connect() as conn:
        assert conn.execute("SELECT schema_version FROM central_meta").fetchone() == (link.SCHEMA,)
        head = conn.execute("SELECT chain_head FROM device WHERE id = %s", [collector.device]).fetchone()
    assert head == (before.hash,), "the chains of before are known"
    assert collector.sync().pushed == 1
    lead.sync()
    assert {before.id, offline.id} <= lead.events()
    for desk in (collector, lead):
        with desk.store.read() as conn:
            assert projections.check(conn, TODAY) == []
            assert outbox.waiting(conn) == 0
        desk.store.close()


def test_a_record_refused_before_the_upgrade_does_not_stop_its_successors_after_it(
    old_centre: CentralDatabase, tmp_path: object
) -> None:
    """The older centre kept no trace of what it refused: the successor's predecessor is sent again first."""
    desk = seat_at(old_centre, "li.na", tmp_path)
    desk.sync()
    [case_id, *_] = sorted(desk.cases())
    forged = desk.write(case_id, "will be changed")
    with desk.store.write() as conn:
        conn.exec_driver_sql("UPDATE case_event SET amount = 1 WHERE id = ?", (forged.id,))
    assert desk.sync().refused == 1
    admin.migrate(old_centre.superuser_dsn)
    after = desk.write(case_id, "after the upgrade")
    for _ in range(3):
        desk.sync()
    with desk.store.read() as conn:
        assert [(event.id, reason) for event, reason in outbox.refusals(conn)] == [(forged.id, "bad_hash")]
    with old_centre.connect() as conn:
        assert conn.execute("SELECT count(*) FROM case_event WHERE id = %s", [after.id]).fetchone() == (1,)
    desk.store.close()


@pytest.mark.parametrize("old_centre", RELEASED, indirect=True)
def test_every_released_centre_is_brought_up_with_its_data(old_centre: CentralDatabase, tmp_path: object) -> None:
    desk = seat_at(old_centre, "li.na", tmp_path)
    desk.sync()
    written = {desk.write(case_id, "kept").id for case_id in desk.cases()}
    desk.sync()
    desk.store.close()
    tables = ("cases", "debtor", "account", "balance_snapshot", "payment", "contact_point", "case_scope", "person")

    def counts() -> dict[str, int]:
        with old_centre.connect() as conn:
            return {name: conn.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables}  # type: ignore[index]

    before = counts()
    assert admin.migrate(old_centre.superuser_dsn) == link.SCHEMA
    assert counts() == before
    with old_centre.connect() as conn:
        assert {row[0] for row in conn.execute("SELECT id::text FROM case_event")} == written
        assert conn.execute("SELECT serves_from FROM central_meta").fetchone() == ("0001",), "no seat is locked out"


def newer(central: CentralDatabase, version: str, serves_from: str) -> None:
    with central.connect() as conn:
        conn.execute("UPDATE central_meta SET schema_version = %s, serves_from = %s", [version, serves_from])
        conn.execute("ALTER TABLE debtor ADD of_a_newer_version text DEFAULT 'x'")


def test_a_newer_centre_that_serves_this_client_is_worked_with(
    central: CentralDatabase, book: list[str], seat_of: SeatMaker
) -> None:
    newer(central, "9001", link.SCHEMA)
    desk = seat_of("li.na")
    desk.sync()
    event = desk.write(book[0], "an older program")
    assert desk.sync().pushed == 1
    assert event.id in desk.events()


def test_a_newer_centre_that_does_not_serve_it_says_to_update_the_program(
    central: CentralDatabase, book: list[str], seat_of: SeatMaker
) -> None:
    desk = seat_of("li.na")
    desk.sync()
    desk.write(book[0], "waits for the update")
    newer(central, "9001", "9001")
    with pytest.raises(ClientTooOld, match="Update this program"):
        desk.sync()
    with desk.store.read() as conn:
        assert outbox.waiting(conn) == 1


def test_a_centre_that_is_too_old_says_who_has_to_upgrade_it(
    central: CentralDatabase, book: list[str], seat_of: SeatMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = seat_of("li.na")
    desk.sync()
    desk.write(book[0], "waits for the upgrade")
    monkeypatch.setattr(link, "OLDEST_CENTRE", "0099")
    monkeypatch.setattr(link, "SCHEMA", "0099")
    with pytest.raises(CentreTooOld, match="administrator"):
        desk.sync()
    with desk.store.read() as conn:
        assert outbox.waiting(conn) == 1


def test_a_budget_reaches_the_lead_through_a_centre_that_knows_no_kinds(
    central: CentralDatabase, book: list[str], seat_of: SeatMaker
) -> None:
    """No migration is needed for it, and the contact gate of the centre does not ask for it."""
    collector, lead = seat_of("li.na"), seat_of("chen.jie")
    collector.sync()
    told = Budget(currency="CNY", income=(BudgetEntry(kind="salary", amount=820_000),), children=1)
    event = collector.seat.record(book[0], told)
    assert collector.sync().pushed == 1
    lead.sync()
    known = lead.seat.file(book[0]).state.budget
    assert known is not None
    assert (known.id, known.budget) == (event.id, told)
    with central.connect() as conn:
        assert conn.execute("SELECT app.gate_asks('budget')").fetchone() == (False,)


def test_an_event_of_a_kind_nobody_here_knows_is_kept_shown_and_handed_on(
    central: CentralDatabase, book: list[str], seat_of: SeatMaker
) -> None:
    import msgspec

    collector, lead = seat_of("li.na"), seat_of("chen.jie")
    collector.sync()
    lead.sync()
    drafted = collector.seat.draft(book[0], Note(text=""))
    future = msgspec.structs.replace(drafted, kind="hologram_call", body='{"depth":3,"seen":["front"]}')
    newer_note = collector.seat.draft(book[0], Note(text="known"))
    newer_note = msgspec.structs.replace(newer_note, body='{"mood":"calm","text":"a field of a newer version"}')
    from local_db import events as store_events

    with collector.store.write() as conn:
        written = store_events.append(conn, [future, newer_note], today=TODAY)
    assert collector.sync().pushed == 2
    lead.sync()
    with lead.store.read() as conn:
        kept = {event.id: event for event in store_events.of_case(conn, book[0])}
        assert projections.check(conn, TODAY) == []
    assert kept[written[0].id] == written[0], "to the byte"
    assert isinstance(decode_body("hologram_call", written[0].body), Unknown)
    assert decode_body("note", kept[written[1].id].body) == Note(text="a field of a newer version")
    assert sealed(kept[written[0].id], written[0].prev_hash) == written[0]
    # The centre forgets it, and the lead's seat, which does not know the kind, hands it on.
    with central.connect() as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute("DELETE FROM case_event")
        conn.execute("SET session_replication_role = DEFAULT")
        conn.execute("SELECT app.begin_recovery(now() - interval '1 day', 30)")
    lead.sync()
    with central.connect() as conn:
        back = conn.execute("SELECT kind, body::text, hash FROM case_event WHERE id = %s", [written[0].id]).fetchone()
    assert back == ("hologram_call", written[0].body, written[0].hash)
    assert encode_body(Note(text="x")) == '{"text":"x"}'
