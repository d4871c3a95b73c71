"""`central check` finds what a superuser did behind the program's back, and explains what a restore left."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest

from tests.central.builders import book_rows, hello, note, push
from tests.central.copies import fill
from tests.central.server import CentralDatabase
from workstation.central.backup import BackupError
from workstation.central.check import check
from workstation.central.findings import SHOWN
from workstation.central.loading import load
from workstation.domain.events import Event


@pytest.fixture
def filled(central: CentralDatabase) -> CentralDatabase:
    fill(central)
    return central


def found(central: CentralDatabase) -> list[str]:
    return [finding.message.plain() for finding in check(central.superuser_dsn) if finding.bad]


def told(central: CentralDatabase) -> list[str]:
    return [finding.message.plain() for finding in check(central.superuser_dsn) if not finding.bad]


def tamper(central: CentralDatabase, *statements: str) -> None:
    """As a superuser who knows how to keep the guards quiet."""
    with central.connect() as conn:
        conn.execute("SET session_replication_role = replica")
        for statement in statements:
            conn.execute(statement.encode())


def chain(central: CentralDatabase, length: int) -> list[Event]:
    """Events of one device of li.na, on a case of hers."""
    rows = book_rows(central, 1, seed="chain")
    with central.connect() as conn:
        load(conn, rows)
    with central.connect("li.na") as conn:
        device, prev, events = hello(conn), "", []
        for n in range(length):
            event = note(
                rows["cases"][0][0], central.people["li.na"], device, f"第{n}条", prev=prev, amount=n, channel="call"
            )
            prev = event.hash
            events.append(event)
        assert push(conn, *events) == [("accepted", None)] * length
    return events


def test_an_untouched_database_is_in_order(filled: CentralDatabase) -> None:
    chain(filled, 5)
    assert check(filled.superuser_dsn) == []


@pytest.mark.parametrize(
    "change",
    [
        "amount = amount + 1",
        'body = \'{"text":"改过了"}\'',
        "body = (body::text || ' ')::json",  # not one letter of its text
        "occurred_at = occurred_at - interval '1 microsecond'",
        "due_on = '2026-12-01'",
        "author = (SELECT id FROM person WHERE login = 'wang.wei')",
        "hash = md5(hash) || md5(hash)",
    ],
)
def test_an_event_changed_in_the_table_is_named(central: CentralDatabase, change: str) -> None:
    events = chain(central, 3)
    tamper(central, f"UPDATE case_event SET {change} WHERE id = '{events[1].id}'")
    sentences = found(central)
    assert (
        f"Event {events[1].id} of device {events[1].device} (a test's seat, 李娜), recorded 2026-11-23" in sentences[0]
    )
    assert "was changed after it was written" in sentences[0]


def test_an_event_changed_with_a_hash_that_fits_breaks_the_chain_after_it(central: CentralDatabase) -> None:
    events = chain(central, 3)
    tamper(
        central,
        "CREATE FUNCTION pg_temp.fitting(uuid) RETURNS text LANGUAGE sql AS $$ SELECT app.event_hash(ROW(id, case_id,"
        " kind, occurred_at, author, device, contact_point, channel, outcome, amount, due_on, duration, answers,"
        " body::text, pack, offset_ms, prev_hash, hash)::app.sent_event) FROM case_event WHERE id = $1 $$",
        f"UPDATE case_event SET amount = 99 WHERE id = '{events[1].id}'",
        f"UPDATE case_event SET hash = pg_temp.fitting(id) WHERE id = '{events[1].id}'",
    )
    (sentence,) = found(central)
    assert f"The event before {events[2].id} of device {events[2].device}" in sentence


@pytest.mark.parametrize("which", [0, 1, 2])
def test_a_deleted_event_leaves_a_gap(central: CentralDatabase, which: int) -> None:
    events = chain(central, 3)
    tamper(central, f"DELETE FROM case_event WHERE id = '{events[which].id}'")
    (sentence,) = found(central)
    assert events[0].device in sentence
    assert ("last event received" in sentence) if which == 2 else (events[which + 1].id in sentence)


def test_the_last_event_of_the_centre_itself_cannot_vanish(filled: CentralDatabase) -> None:
    tamper(filled, "DELETE FROM case_event WHERE kind = 'reassigned'")
    sentences = found(filled)
    assert any("last event received" in sentence and "(central, –)" in sentence for sentence in sentences)


def test_a_fork_names_both_events(central: CentralDatabase) -> None:
    events = chain(central, 3)
    twin = note(events[1].case_id, events[1].author, events[1].device, "twin", prev=events[0].hash)
    tamper(
        central,
        "INSERT INTO case_event (id, case_id, kind, occurred_at, author, device, body, offset_ms, prev_hash, hash)"
        f" VALUES ('{twin.id}', '{twin.case_id}', 'note', '{twin.occurred_at}', '{twin.author}', '{twin.device}',"
        f" '{twin.body}', {twin.offset_ms}, '{twin.prev_hash}', '{twin.hash}')",
    )
    (sentence,) = found(central)
    assert twin.id in sentence
    assert events[1].id in sentence


def test_what_was_refused_explains_a_gap(central: CentralDatabase) -> None:
    rows = book_rows(central, 1, seed="refused")
    with central.connect() as conn:
        load(conn, rows)
    with central.connect("sun.hao") as conn:  # not his case
        device = hello(conn)
        refused = note(rows["cases"][0][0], central.people["sun.hao"], device)
        assert push(conn, refused) == [("refused", "not_assigned")]
    with central.connect() as conn:
        conn.execute(
            "UPDATE cases SET assignee_id = %s, team_id = %s", [central.people["sun.hao"], central.teams["south"]]
        )
    with central.connect("sun.hao") as conn:
        after = note(rows["cases"][0][0], central.people["sun.hao"], device, prev=refused.hash)
        assert push(conn, after) == [("accepted", None)]
    assert check(central.superuser_dsn) == []


def test_a_gap_a_restore_explains_is_told_and_not_bad(central: CentralDatabase) -> None:
    events = chain(central, 2)
    with central.connect() as conn:
        conn.execute("SELECT app.begin_recovery(clock_timestamp() - interval '1 day', 30)")
    tamper(central, f"DELETE FROM case_event WHERE id = '{events[0].id}'")
    assert found(central) == []
    assert any(events[1].id in sentence and "forgotten by the restore" in sentence for sentence in told(central))


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("ALTER TABLE debtor NO FORCE ROW LEVEL SECURITY", "table debtor"),
        ("ALTER TABLE case_event DISABLE ROW LEVEL SECURITY", "table case_event"),
        ("ALTER TABLE figure_work DISABLE ROW LEVEL SECURITY", "table figure_work"),
        ("ALTER FUNCTION app.reassign(uuid[], integer[], uuid, text) RESET search_path", "app.reassign"),
        ("ALTER FUNCTION app.holders() SET search_path = public, pg_catalog", "app.holders"),
        ("GRANT SELECT ON debtor TO PUBLIC", "right on debtor"),
        ("GRANT UPDATE (role) ON person TO PUBLIC", "right on person.role"),
        ("GRANT EXECUTE ON FUNCTION app.add_team(text) TO PUBLIC", "right on app.add_team"),
        ("GRANT USAGE ON SCHEMA app TO PUBLIC", "right on app."),
        ("ALTER TABLE case_event DISABLE TRIGGER append_only", "append_only"),
        ("ALTER EVENT TRIGGER refuse_drop_owned DISABLE", "central migrate"),
        ("ALTER FUNCTION texteq(text, text) LEAKPROOF", "central migrate"),
    ],
)
def test_protection_taken_away_is_found(central: CentralDatabase, statement: str, words: str) -> None:
    assert found(central) == []
    with central.connect() as conn:
        conn.execute(statement.encode())
    (sentence,) = found(central)
    assert words in sentence


def test_a_login_with_more_rights_than_its_role_is_found(central: CentralDatabase) -> None:
    with central.connect() as conn:
        conn.execute('GRANT ws_admin TO "li.na"')
        sentences = [f.message.plain() for f in check(central.superuser_dsn)]
        assert sentences == []  # not committed: nobody has it yet
        conn.commit()
    try:
        (sentence,) = found(central)
        assert "li.na" in sentence
        assert "ws_admin" in sentence
    finally:
        with central.connect() as conn:
            conn.execute('REVOKE ws_admin FROM "li.na"')


def test_a_case_seen_by_others_than_its_own_is_found(filled: CentralDatabase) -> None:
    tamper(
        filled,
        f"UPDATE case_scope SET holder_id = '{filled.people['sun.hao']}'"
        " WHERE holder_kind = 'person' AND case_id = (SELECT id FROM cases ORDER BY number LIMIT 1)",
    )
    (sentence,) = found(filled)
    assert "Case C00000" in sentence


def test_rows_no_seat_would_ever_pull_are_found(filled: CentralDatabase) -> None:
    tamper(filled, "UPDATE debtor SET xid = '4000000000'")
    (sentence,) = found(filled)
    assert sentence.startswith("10 rows of debtor")


def test_a_transaction_left_open_holds_everybody_back(filled: CentralDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workstation.central.check.OPEN_MINUTES", 0)
    with filled.connect() as conn:
        conn.execute("UPDATE debtor SET name = name WHERE false")
        conn.execute("SELECT pg_current_xact_id()")
        (sentence,) = found(filled)
        assert f"process {conn.info.backend_pid}" in sentence
    assert found(filled) == []


def test_a_silent_seat_with_waiting_work_is_named(filled: CentralDatabase) -> None:
    with filled.connect() as conn:
        conn.execute(
            "UPDATE device SET waiting_events = 3, last_seen_at = now() - %s WHERE person_id IS NOT NULL",
            [timedelta(days=8)],
        )
    (sentence,) = found(filled)
    assert "李娜 holds 3 events" in sentence


def test_a_move_made_after_the_backup_has_to_be_repeated(filled: CentralDatabase) -> None:
    with filled.connect() as conn:
        conn.execute("ALTER TABLE cases DISABLE TRIGGER USER")
        conn.execute("ALTER TABLE cases ENABLE TRIGGER scope_moves")
        conn.execute(
            "UPDATE cases SET assignee_id = %s WHERE id IN (SELECT case_id FROM case_event WHERE kind = 'reassigned')",
            [filled.people["zhao.min"]],
        )
        conn.execute("ALTER TABLE cases ENABLE TRIGGER USER")
    (sentence,) = found(filled)
    assert "Case C00002 was moved to 王伟" in sentence


def test_many_of_a_kind_are_counted(central: CentralDatabase) -> None:
    events = chain(central, SHOWN + 5)
    tamper(central, "UPDATE case_event SET amount = amount + 1")
    sentences = found(central)
    assert sum("was changed after it was written" in sentence for sentence in sentences) == SHOWN
    assert any("5 more" in sentence for sentence in sentences)
    assert len(events) == SHOWN + 5


def test_the_record_of_administration_is_verified_too(central: CentralDatabase) -> None:
    tamper(central, "UPDATE admin_event SET what = 'nothing' WHERE subject = 'li.na'")
    assert any("record of administration" in sentence for sentence in found(central))


def test_a_deleted_act_of_administration_is_missed(central: CentralDatabase) -> None:
    tamper(central, "DELETE FROM admin_event WHERE id = (SELECT id FROM admin_event ORDER BY at DESC, id DESC LIMIT 1)")
    (sentence,) = found(central)
    assert "record of administration" in sentence


def test_another_schema_is_said_and_nothing_else_looked_at(central: CentralDatabase) -> None:
    with central.connect() as conn:
        conn.execute("UPDATE central_meta SET schema_version = '9001'")
    (sentence,) = found(central)
    assert "9001" in sentence
    with central.connect() as conn:
        conn.execute("UPDATE central_meta SET schema_version = '0001'")
    (sentence,) = found(central)
    assert "central migrate" in sentence


def test_only_a_superuser_sees_everything_there_is_to_check(central: CentralDatabase) -> None:
    with pytest.raises(BackupError, match="not a superuser"):
        check(central.dsn("admin"))
    with pytest.raises(psycopg.OperationalError):
        check(central.dsn("admin", "a wrong password"))
