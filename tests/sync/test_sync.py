"""Push and pull between real seats and a real centre: nothing lost, nothing doubled, scope followed."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime

import psycopg
import pytest
import sqlalchemy as sa

from local_db import drafts, outbox, projections, replica
from tests.central.builders import book_rows
from tests.central.server import CentralDatabase
from tests.sync.conftest import TODAY, SeatMaker
from workstation import tables
from workstation.central.loading import load
from workstation.domain.changes import Changes
from workstation.sync.engine import Device, sync_once
from workstation.sync.link import ConnectionLost, DeviceRevoked, Unreachable, WrongPassword, connect, hello
from workstation.sync.server import Server


def _at_centre(central: CentralDatabase) -> set[str]:
    with central.connect() as conn:
        return {row[0] for row in conn.execute("SELECT id::text FROM case_event WHERE kind <> 'reassigned'")}


def _reassign(central: CentralDatabase, case_id: str, to: str, by: str = "chen.jie") -> None:
    with central.connect(by) as conn:
        version = conn.execute("SELECT version FROM cases WHERE id = %s", [case_id]).fetchone()
        assert version is not None
        done = conn.execute(
            "SELECT done FROM app.reassign(%s::uuid[], %s::int[], %s, 'test')",
            [[case_id], [version[0]], central.people[to]],
        ).fetchone()
        assert done == (True,)


def test_first_sync_brings_every_case_whole_and_searchable(book: list[str], seat_of: SeatMaker) -> None:
    desk = seat_of("li.na")
    result = desk.sync()
    assert desk.cases() == set(book)
    assert result.granted == 10
    assert result.changes.everything
    with desk.store.read() as conn:
        counts = {
            name: conn.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar_one()
            for name in ("debtor", "account", "balance_snapshot", "payment", "related_person", "contact_point")
        }
        assert projections.check(conn, TODAY) == []
    assert counts == {
        "debtor": 10, "account": 10, "balance_snapshot": 10, "payment": 10, "related_person": 10, "contact_point": 20,
    }  # fmt: skip


def test_what_is_pulled_is_kept_in_the_types_of_the_store(
    central: CentralDatabase, book: list[str], seat_of: SeatMaker
) -> None:
    with central.connect() as conn:
        conn.execute("UPDATE book SET compound = true")
        conn.execute("UPDATE related_person SET liable = true WHERE case_id = %s", [book[0]])
        conn.execute("UPDATE account SET credit_limit = NULL, number = '0012' WHERE case_id = %s", [book[0]])
        conn.execute("UPDATE balance_snapshot SET principal = 9007199254740993, fees = -5")
    desk = seat_of("li.na")
    desk.sync()
    desk.write(book[0], "an event too")
    with desk.store.read() as conn:
        for table in tables.REPLICATED:
            for column in table.columns:
                kinds = conn.exec_driver_sql(f"SELECT DISTINCT typeof({column.name}) FROM {table.name}").scalars().all()
                number = "real" if isinstance(column.type, sa.Float) else "integer"
                numeric = isinstance(column.type, sa.Float | sa.Integer | sa.Boolean)
                assert set(kinds) <= {number if numeric else "text", "null"}, f"{table.name}.{column.name}"
        assert conn.exec_driver_sql("SELECT compound FROM book").scalar_one() == 1
        liable = conn.exec_driver_sql("SELECT case_id FROM related_person WHERE liable = 1").scalars().all()
        assert liable == [book[0]]
        account = conn.exec_driver_sql("SELECT credit_limit, number FROM account WHERE case_id = ?", (book[0],)).one()
        assert account == (None, "0012")
        assert conn.exec_driver_sql("SELECT DISTINCT principal, fees FROM balance_snapshot").all() == [
            (9007199254740993, -5)
        ]


def test_what_one_writes_offline_the_lead_sees_after_both_synchronise(book: list[str], seat_of: SeatMaker) -> None:
    collector, lead = seat_of("li.na"), seat_of("chen.jie")
    collector.sync()
    lead.sync()
    written = {collector.write(case_id, f"记录 {n}").id for n, case_id in enumerate(book)}
    pushed = collector.sync()
    assert (pushed.pushed, pushed.refused) == (10, 0)
    seen = lead.sync()
    assert written <= lead.events()
    assert seen.changes.case_ids == frozenset(book)
    with collector.store.read() as conn:
        assert outbox.waiting(conn) == 0
        assert projections.check(conn, TODAY) == []
    with lead.store.read() as conn:
        assert projections.check(conn, TODAY) == []


def test_a_second_sync_with_nothing_new_moves_and_changes_nothing(book: list[str], seat_of: SeatMaker) -> None:
    desk = seat_of("li.na")
    desk.sync()
    again = desk.sync()
    assert again.pulled_rows == 0
    assert again.changes == Changes()


def test_an_event_sent_twice_is_kept_once(central: CentralDatabase, book: list[str], seat_of: SeatMaker) -> None:
    desk = seat_of("li.na")
    desk.sync()
    event = desk.write(book[0], "once")
    desk.sync()
    with desk.store.write() as conn:  # as after a crash between the centre's commit and ours
        outbox.put_back(conn, desk.seat.person.id, desk.device)
    desk.sync()
    assert _at_centre(central) == {event.id}
    with desk.store.read() as conn:
        assert outbox.waiting(conn) == 0


def test_a_refused_event_stays_with_its_reason_and_the_rest_goes_on(
    central: CentralDatabase, book: list[str], seat_of: SeatMaker
) -> None:
    desk = seat_of("li.na")
    desk.sync()
    forged = desk.write(book[0], "will be tampered")
    good = desk.write(book[1], "good")
    with desk.store.write() as conn:
        conn.exec_driver_sql("UPDATE case_event SET amount = 1 WHERE id = ?", (forged.id,))
    result = desk.sync()
    assert (result.pushed, result.refused) == (1, 1)
    assert _at_centre(central) == {good.id}
    assert forged.id in desk.events()
    with desk.store.read() as conn:
        reason = conn.exec_driver_sql("SELECT refused FROM outbox WHERE event_id = ?", (forged.id,)).scalar_one()
    assert reason == "bad_hash"


def test_work_on_a_case_reassigned_meanwhile_is_accepted_and_the_case_leaves_afterwards(
    central: CentralDatabase, book: list[str], seat_of: SeatMaker
) -> None:
    former, new = seat_of("li.na"), seat_of("wang.wei")
    former.sync()
    new.sync()
    assert new.cases() == set()
    offline = former.write(book[0], "written before the case moved")
    _reassign(central, book[0], "wang.wei")
    result = former.sync()
    assert (result.pushed, result.revoked) == (1, 1)
    assert book[0] not in former.cases()
    assert offline.id not in former.events()
    gained = new.sync()
    assert gained.granted == 1
    assert offline.id in new.events()
    with new.store.read() as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM contact_point").scalar_one() == 2


def test_a_revoked_case_stays_until_its_events_are_confirmed(
    central: CentralDatabase, book: list[str], seat_of: SeatMaker
) -> None:
    desk = seat_of("li.na")
    desk.sync()
    event = desk.write(book[0], "tampered, so never confirmed")
    with desk.store.write() as conn:
        conn.exec_driver_sql("UPDATE case_event SET body = '{}' WHERE id = ?", (event.id,))
    _reassign(central, book[0], "wang.wei")
    desk.sync()
    assert book[0] in desk.cases()
    with desk.store.write() as conn:
        conn.exec_driver_sql("DELETE FROM outbox")
    desk.sync()
    assert book[0] not in desk.cases()


def test_a_case_that_left_and_came_back_between_two_pulls_misses_nothing(
    central: CentralDatabase, book: list[str], seat_of: SeatMaker
) -> None:
    desk, other = seat_of("li.na"), seat_of("wang.wei")
    desk.sync()
    _reassign(central, book[0], "wang.wei")
    other.sync()
    between = other.write(book[0], "by the other collector")
    other.sync()
    _reassign(central, book[0], "li.na")
    desk.sync()
    assert between.id in desk.events()


def test_a_new_epoch_makes_the_seat_hand_in_everything_again(
    central: CentralDatabase, book: list[str], seat_of: SeatMaker
) -> None:
    desk = seat_of("li.na")
    desk.sync()
    event = desk.write(book[0], "the restored centre forgets this")
    desk.sync()
    with central.connect() as conn:  # what a restore to an older point leaves
        conn.execute("SET session_replication_role = replica")
        conn.execute("DELETE FROM case_event WHERE id = %s", [event.id])
        _restored(conn)
    assert _at_centre(central) == set()
    desk.sync()
    assert _at_centre(central) == {event.id}
    assert desk.cases() == set(book)


def _restored(conn: psycopg.Connection[object]) -> None:
    """Gives the centre a new epoch, as a restore does."""
    conn.execute("SET session_replication_role = DEFAULT")
    conn.execute("SELECT app.begin_recovery(clock_timestamp() - interval '1 hour', 30)")


def test_what_a_restored_centre_does_not_know_leaves_and_gives_way_to_what_came_instead(
    central: CentralDatabase, book: list[str], seat_of: SeatMaker
) -> None:
    desk = seat_of("li.na")
    desk.sync()
    noted = desk.write(book[1], "on a case the restored centre does not know")
    desk.sync()
    with central.connect() as conn:
        new, payment = str(uuid.uuid4()), str(uuid.uuid4())
        conn.execute("SET session_replication_role = replica")
        conn.execute("DELETE FROM payment WHERE case_id = %s", [book[0]])
        conn.execute(
            "INSERT INTO payment (id, case_id, account_id, value_date, amount, reference)"
            " SELECT %s, case_id, id, '2026-10-01', 10000, 'P0' FROM account WHERE case_id = %s",
            [payment, book[0]],
        )
        conn.execute("DELETE FROM case_event")
        for table in ("payment", "balance_snapshot", "account", "contact_point", "related_person", "debtor"):
            conn.execute(f"DELETE FROM {table} WHERE case_id = ANY (%s::uuid[])", [book[1:3]])
        conn.execute("DELETE FROM case_scope WHERE case_id = ANY (%s::uuid[])", [book[1:3]])
        conn.execute("DELETE FROM cases WHERE id = ANY (%s::uuid[])", [book[1:3]])
        # Somebody added after the backup was added once more, and has another id.
        conn.execute("UPDATE person SET id = %s WHERE login = 'sun.hao'", [new])
        _restored(conn)
    result = desk.sync()
    assert (result.pushed, result.refused) == (0, 1)
    assert desk.cases() == set(book) - {book[2]}, "the case with unconfirmed work stays"
    with desk.store.read() as conn:
        paid = conn.exec_driver_sql("SELECT id FROM payment WHERE case_id = ?", (book[0],)).scalars().all()
        assert paid == [payment], "a payment is not counted twice"
        kept = conn.exec_driver_sql("SELECT count(*) FROM contact_point WHERE case_id = ?", (book[1],)).scalar_one()
        assert kept == 2
        people = {row[0]: row[1] for row in conn.exec_driver_sql("SELECT id, login FROM person")}
        assert people[new] == "sun.hao"
        assert people[central.people["sun.hao"]] == central.people["sun.hao"], "the name stays for the history"
        assert projections.check(conn, TODAY) == []
    assert noted.id in desk.events()
    assert desk.sync().pulled_rows == 0


def test_a_lead_who_moves_to_another_team_gets_its_cases_and_gives_up_the_old_ones(
    central: CentralDatabase, book: list[str], seat_of: SeatMaker
) -> None:
    lead = seat_of("chen.jie")
    lead.sync()
    assert lead.cases() == set(book)
    with central.connect() as conn:
        southern = book_rows(central, 3, assignee="sun.hao", team="south", seed="south")
        load(conn, southern)
    lead.sync()
    assert lead.cases() == set(book)
    with central.connect() as conn:
        conn.execute("UPDATE person SET team_id = %s WHERE login = 'chen.jie'", [central.teams["south"]])
    lead.sync()
    assert lead.cases() == {row[0] for row in southern["cases"]}


def test_a_revoked_device_hands_in_what_it_recorded_before_and_gets_nothing_more(
    central: CentralDatabase, book: list[str], seat_of: SeatMaker
) -> None:
    desk = seat_of("li.na")
    desk.sync()
    event = desk.write(book[0], "before the device was revoked")
    with central.connect() as conn:
        conn.execute("UPDATE device SET revoked_at = clock_timestamp() WHERE id = %s", [desk.device])
        conn.execute("UPDATE debtor SET name = 'changed afterwards'")
    with pytest.raises(DeviceRevoked, match="was handed in"):
        desk.sync()
    assert _at_centre(central) == {event.id}
    late = desk.write(book[0], "after it")
    with pytest.raises(DeviceRevoked) as caught:
        desk.sync()
    assert "handed in" not in caught.value.message.plain(), "what was refused was not handed in"
    assert _at_centre(central) == {event.id}
    with desk.store.read() as conn:
        assert conn.exec_driver_sql("SELECT event_id, refused FROM outbox").all() == [(late.id, "device_revoked")]
        assert conn.exec_driver_sql("SELECT count(*) FROM debtor WHERE name = 'changed afterwards'").scalar_one() == 0


def test_a_line_that_breaks_while_a_revoked_device_is_told_so_is_a_broken_line(
    central: CentralDatabase, book: list[str], seat_of: SeatMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = seat_of("li.na")
    desk.sync()
    with central.connect() as conn:
        conn.execute("UPDATE device SET revoked_at = clock_timestamp() WHERE id = %s", [desk.device])

    def told_and_cut_off(line: psycopg.Connection[object], device: str, name: str) -> None:
        try:
            hello(line, device, name)
        finally:
            with central.connect() as conn:
                conn.execute("SELECT pg_terminate_backend(%s)", [line.info.backend_pid])

    monkeypatch.setattr("workstation.sync.engine.hello", told_and_cut_off)
    with pytest.raises(ConnectionLost):
        desk.sync()


def test_a_case_whose_own_row_had_not_come_yet_leaves_whole(
    central: CentralDatabase, book: list[str], seat_of: SeatMaker
) -> None:
    """A transaction left open holds the horizon back: the grant lies before it, the case's changed row behind it."""
    desk = seat_of("li.na")
    with central.connect() as slow:
        slow.execute("SELECT pg_current_xact_id()")
        with central.connect() as conn:
            conn.execute("UPDATE cases SET version = version WHERE id = %s", [book[0]])
        desk.sync()
        assert desk.cases() == set(book[1:])
        with desk.store.read() as conn:
            here = conn.exec_driver_sql("SELECT count(*) FROM account WHERE case_id = ?", (book[0],)).scalar_one()
            assert here == 1, "the test means nothing when the other rows have not come"
        _reassign(central, book[0], "wang.wei")
    desk.sync()
    with desk.store.read() as conn:
        for table in tables.PER_CASE[1:]:
            query = sa.select(sa.func.count()).select_from(table).where(table.c.case_id == book[0])
            assert conn.execute(query).scalar_one() == 0, table.name
    assert desk.cases() == set(book[1:])


def test_a_case_that_changes_while_everything_is_pulled_afresh_stays_whole(
    central: CentralDatabase, book: list[str], seat_of: SeatMaker
) -> None:
    """Its own row is behind the horizon then; what waits for it holds it here, and it must not leave afterwards."""
    desk = seat_of("li.na")
    desk.sync()
    with central.connect() as slow:
        slow.execute("SELECT pg_current_xact_id()")
        with central.connect() as conn:
            _restored(conn)
            conn.execute("UPDATE cases SET version = version WHERE id = %s", [book[0]])
        with desk.store.write() as conn:
            drafts.save(conn, book[0], "call", "half typed", at=datetime.now(UTC))
        desk.sync()
    with desk.store.write() as conn:
        drafts.remove(conn, book[0], "call")
    desk.sync()
    desk.sync()
    assert desk.cases() == set(book)
    with desk.store.read() as conn:
        query = "SELECT count(*) FROM debtor WHERE case_id = ?"
        assert conn.exec_driver_sql(query, (book[0],)).scalar_one() == 1
        assert conn.exec_driver_sql("SELECT count(DISTINCT case_id) FROM case_search").scalar_one() == len(book)


def test_an_event_the_centre_gives_no_answer_for_keeps_waiting(
    central: CentralDatabase, book: list[str], seat_of: SeatMaker
) -> None:
    desk = seat_of("li.na")
    desk.sync()
    desk.write(book[0], "unanswered")
    with central.connect() as conn:
        conn.execute("ALTER FUNCTION app.push_events(json) RENAME TO push_events_of_before")
        conn.execute(
            "CREATE FUNCTION app.push_events(batch json) RETURNS TABLE (id uuid, verdict text, reason text)"
            " LANGUAGE sql AS $$ SELECT NULL::uuid, '', '' WHERE false $$"
        )
        conn.execute("GRANT EXECUTE ON FUNCTION app.push_events(json) TO ws_collector")
    assert desk.sync().pushed == 0
    with desk.store.read() as conn:
        assert outbox.waiting(conn) == 1


def test_a_note_keeps_its_exact_text_on_the_way(book: list[str], seat_of: SeatMaker) -> None:
    desk, lead = seat_of("li.na"), seat_of("chen.jie")
    desk.sync()
    text = '𬀩龘 "quoted" \\ back\tslash\n行二 <b>&amp;</b> \'); DROP TABLE case_event;-- \u202eabc'
    event = desk.write(book[0], text)
    desk.sync()
    lead.sync()
    with lead.store.read() as conn:
        body = conn.exec_driver_sql("SELECT body FROM case_event WHERE id = ?", (event.id,)).scalar_one()
    assert body == event.body
    assert json.loads(body)["text"] == text


def test_wrong_password_and_no_server_are_told_apart(central: CentralDatabase) -> None:
    server = Server(central.server.host, central.server.port, central.name)
    with pytest.raises(WrongPassword):
        connect(server, "li.na", "not the password")
    with pytest.raises(Unreachable):
        connect(Server("127.0.0.1", 1, "workstation"), "li.na", "any")


def test_a_connection_lost_in_the_middle_keeps_what_was_confirmed(
    central: CentralDatabase, book: list[str], seat_of: SeatMaker
) -> None:
    desk = seat_of("li.na")
    desk.sync()
    desk.write(book[0], "waits")

    def cut() -> psycopg.Connection[object]:
        conn = desk.link()
        with central.connect() as killer:
            killer.execute("SELECT pg_terminate_backend(%s)", [conn.info.backend_pid])
        return conn

    with pytest.raises(ConnectionLost):
        sync_once(desk.store, cut, Device(desk.device, "seat"), TODAY)
    with desk.store.read() as conn:
        assert outbox.waiting(conn) == 1
        assert replica.get_state(conn, "cursor") is not None
    assert desk.sync().pushed == 1
