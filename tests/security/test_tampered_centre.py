"""The central tables changed as superuser: each way is found and named, by `central check`, a seat, or an anchor.

A superuser who rewrites a chain with all its hashes leaves it whole; the seats' copies and an anchor elsewhere are what
they do not reach.
"""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from tests.central.builders import book_rows
from tests.central.server import CentralDatabase
from tests.sync.conftest import Desk, SeatMaker
from workstation.central import anchor, chains
from workstation.central.check import check
from workstation.central.loading import load
from workstation.domain.events import Event

# What the superuser calls `rewritten`: one record changed, every hash of its device's chain after it made anew.
REWRITE = """
CREATE FUNCTION pg_temp.rewritten(first uuid, said text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    e case_event;
    old text;
    prev text;
BEGIN
    SELECT * INTO e FROM case_event WHERE id = first;
    old := e.hash;
    e.body := said::json;
    LOOP
        e.hash := app.event_hash(ROW(e.id, e.case_id, e.kind, e.occurred_at, e.author, e.device, e.contact_point,
            e.channel, e.outcome, e.amount, e.due_on, e.duration, e.answers, e.body::text, e.pack, e.offset_ms,
            e.prev_hash, e.hash)::app.sent_event);
        UPDATE case_event SET body = e.body, hash = e.hash, prev_hash = e.prev_hash WHERE id = e.id;
        prev := e.hash;
        SELECT * INTO e FROM case_event WHERE device = e.device AND prev_hash = old;
        EXIT WHEN NOT FOUND;
        old := e.hash;
        e.prev_hash := prev;
    END LOOP;
    UPDATE device SET chain_head = prev WHERE id = (SELECT device FROM case_event WHERE id = first);
END $$
"""


SEAL_ALL = """UPDATE case_event e SET hash = app.event_hash(ROW(e.id, e.case_id, e.kind, e.occurred_at, e.author,
    e.device, e.contact_point, e.channel, e.outcome, e.amount, e.due_on, e.duration, e.answers, e.body::text, e.pack,
    e.offset_ms, e.prev_hash, e.hash)::app.sent_event)"""


def tamper(central: CentralDatabase, *statements: str) -> None:
    """As a superuser who knows how to keep the guards quiet, and leaves them as they were."""
    with central.connect() as conn:
        conn.execute("SET session_replication_role = replica")
        for statement in statements:
            conn.execute(statement.encode())


def found(central: CentralDatabase, anchors: list[anchor.Anchor] | None = None) -> list[str]:
    return [finding.message.plain() for finding in check(central.superuser_dsn, anchors=anchors or []) if finding.bad]


@pytest.fixture
def written(seat_of: SeatMaker, book: list[str]) -> tuple[Desk, list[Event]]:
    """Li Na's seat and five records of hers, confirmed by the centre."""
    desk = seat_of("li.na")
    desk.sync()
    events = [desk.write(book[n % 2], f"记录 {n}") for n in range(5)]
    assert desk.sync().pushed == 5
    return desk, events


def insert_like(event: Event) -> str:
    return (
        "INSERT INTO case_event (id, case_id, kind, occurred_at, author, device, body, offset_ms, prev_hash, hash)"
        " SELECT gen_random_uuid(), case_id, kind, occurred_at, author, device, body, offset_ms, {prev}, {hash}"
        f" FROM case_event WHERE id = '{event.id}'"
    )


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("update", "changed", "was changed after it was written"),
        ("delete", "gap", "is missing: it was deleted or changed"),
        ("delete_last", "cut", "The last event received from device"),
        ("insert", "changed", "was changed after it was written"),
        ("insert_sealed", "fork", "both follow the same one"),
    ],
)
def test_each_change_behind_the_programs_back_is_found_and_named(
    central: CentralDatabase, written: tuple[Desk, list[Event]], name: str, kind: str, words: str
) -> None:
    desk, events = written
    statements = {
        "update": [f"UPDATE case_event SET body = '{{\"text\":\"x\"}}' WHERE id = '{events[2].id}'"],
        "delete": [f"DELETE FROM case_event WHERE id = '{events[2].id}'"],
        "delete_last": [f"DELETE FROM case_event WHERE id = '{events[4].id}'"],
        "insert": [insert_like(events[2]).format(prev="hash", hash="md5(hash) || md5(hash)")],
        "insert_sealed": [
            insert_like(events[2]).format(prev="prev_hash", hash="hash"),
            SEAL_ALL,
        ],
    }[name]
    assert found(central) == []
    tamper(central, *statements)
    faults = [fault for fault in chains.chain_faults(psycopg.connect(central.dsn("audit"))) if fault.bad]
    assert kind in {fault.kind for fault in faults}
    assert {(fault.device, fault.person) for fault in faults} == {(desk.device, "李娜")}
    assert any(words in sentence and "李娜" in sentence for sentence in found(central))


def test_the_guard_that_was_taken_away_for_it_is_missed_too(
    central: CentralDatabase, written: tuple[Desk, list[Event]]
) -> None:
    with central.connect() as conn:
        conn.execute("ALTER TABLE case_event DISABLE TRIGGER append_only")
        conn.execute("DELETE FROM case_event WHERE id = %s", [written[1][1].id])
    sentences = found(central)
    assert any("append_only is switched off" in sentence for sentence in sentences)
    assert any(written[1][2].id in sentence for sentence in sentences)


def test_a_chain_rewritten_whole_is_seen_by_the_seat_at_its_next_synchronisation(
    central: CentralDatabase, written: tuple[Desk, list[Event]]
) -> None:
    desk, events = written
    with central.connect() as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute(REWRITE)
        conn.execute('SELECT pg_temp.rewritten(%s, \'{"text":"never said"}\')', [events[1].id])
    assert found(central) == [], "by itself the centre cannot know"
    result = desk.sync()
    assert result.differing == 4, "the record, and all hashes after it"
    with central.connect("audit") as conn:
        faults = chains.chain_faults(conn, desk.device)
        assert {fault.kind for fault in faults if fault.bad} == {"disputed"}
        assert {fault.event for fault in faults} == {event.id for event in events[1:]}
        assert chains.record_verdict(conn, events[1].id).state == "changed"
        assert chains.record_verdict(conn, events[0].id).state == "whole"
        assert not chains.device_chain(conn, desk.device).whole
    assert any("holds another version of event" in sentence for sentence in found(central))
    from workstation.desk import history_sound

    with desk.store.read() as local:
        said = history_sound.of_centre(local)
        kept = local.exec_driver_sql("SELECT body FROM case_event WHERE id = ?", (events[1].id,)).scalar_one()
    assert said is not None
    assert "4 records" in said.plain()
    assert "记录 1" in kept, "what was written stays at the seat"


def test_a_colleagues_copy_is_a_witness_too(
    central: CentralDatabase,
    seat_of: SeatMaker,
    written: tuple[Desk, list[Event]],
) -> None:
    _, events = written
    lead = seat_of("chen.jie")
    lead.sync()
    assert lead.sync().differing == 0
    tamper(central, f"DELETE FROM case_event WHERE id = '{events[4].id}'")
    assert lead.sync().differing == 1
    with central.connect("audit") as conn:
        said = [fault.message.plain() for fault in chains.chain_faults(conn) if fault.kind == "disputed"]
    assert len(said) == 1
    assert events[4].id in said[0]
    assert "陈洁" in said[0]
    assert "is gone from the centre" in said[0]


def test_every_record_has_its_turn(
    central: CentralDatabase, written: tuple[Desk, list[Event]], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, events = written
    monkeypatch.setattr("workstation.sync.witness.NEWEST", 1)
    monkeypatch.setattr("workstation.sync.witness.IN_TURN", 2)
    tamper(central, f"UPDATE case_event SET hash = repeat('0', 64) WHERE id = '{events[2].id}'")
    assert max(desk.sync().differing for _ in range(4)) == 1
    tamper(central, f"UPDATE case_event SET hash = '{events[2].hash}' WHERE id = '{events[2].id}'")
    assert desk.sync().differing == 0, "put right again, it is no longer said"


def test_a_case_that_left_or_a_restored_centre_is_no_tampering(
    central: CentralDatabase,
    written: tuple[Desk, list[Event]],
    book: list[str],
) -> None:
    desk, events = written
    with central.connect("chen.jie") as conn:
        conn.execute(
            "SELECT * FROM app.reassign(ARRAY[%s]::uuid[], ARRAY[1], %s, 'x')", [book[0], central.people["wang.wei"]]
        )
    assert desk.sync().differing == 0
    with central.connect() as conn:
        conn.execute("SELECT app.begin_recovery(clock_timestamp() - interval '1 day', 30)")
    tamper(central, f"DELETE FROM case_event WHERE id = '{events[4].id}'")
    assert desk.sync().differing == 0


def test_an_anchor_elsewhere_sees_a_chain_rewritten_whole(
    central: CentralDatabase, written: tuple[Desk, list[Event]], tmp_path: Path
) -> None:
    desk, events = written
    file = tmp_path / "anchor.json"
    made = anchor.write(central.dsn("audit"), file)
    assert anchor.read(file, made.digest) == made
    desk.write(events[0].case_id, "later")
    desk.sync()
    assert found(central, [made]) == [], "what came since is no difference"
    with central.connect() as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute(REWRITE)
        conn.execute('SELECT pg_temp.rewritten(%s, \'{"text":"never said"}\')', [events[1].id])
    assert found(central) == []
    (sentence,) = found(central, [anchor.read(file, made.digest)])
    assert desk.device in sentence
    assert "李娜" in sentence
    assert "is not the one of" in sentence


def test_an_anchor_sees_the_record_of_administration_rewritten(central: CentralDatabase, tmp_path: Path) -> None:
    made = anchor.write(central.dsn("audit"), tmp_path / "anchor.json")
    with central.connect() as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute("DELETE FROM admin_event WHERE hash = (SELECT admin_head FROM central_meta)")
        conn.execute(
            "UPDATE central_meta SET admin_head = (SELECT a.hash FROM admin_event a WHERE NOT EXISTS"
            " (SELECT FROM admin_event n WHERE n.prev_hash = a.hash))"
        )
    assert found(central) == []
    (sentence,) = found(central, [made])
    assert "record of administration" in sentence


def test_an_anchor_that_was_changed_itself_is_refused(central: CentralDatabase, tmp_path: Path) -> None:
    file = tmp_path / "anchor.json"
    made = anchor.write(central.dsn("audit"), file)
    with pytest.raises(anchor.AnchorError, match="not the anchor that was noted"):
        anchor.read(file, "0" * 64)
    file.write_bytes(file.read_bytes().replace(made.admin_head.encode(), b"0" * 64))
    with pytest.raises(anchor.AnchorError):
        anchor.read(file, made.digest)
    file.write_text("{")
    with pytest.raises(anchor.AnchorError, match="cannot be read"):
        anchor.read(file)
    assert list(tmp_path.glob("*.part")) == []


def test_after_a_restore_an_anchor_only_explains(
    central: CentralDatabase, written: tuple[Desk, list[Event]], tmp_path: Path
) -> None:
    made = anchor.write(central.superuser_dsn, tmp_path / "anchor.json")
    with central.connect() as conn:
        conn.execute("SELECT app.begin_recovery(clock_timestamp() - interval '1 day', 30)")
    tamper(central, f"DELETE FROM case_event WHERE id = '{written[1][4].id}'")
    told = [f for f in check(central.superuser_dsn, anchors=[made]) if "anchor" in f.message.plain()]
    assert [f.bad for f in told] == [False]


def test_a_master_record_is_not_part_of_a_chain(central: CentralDatabase) -> None:
    """Said plainly: what the bank delivers is not chained; the history of what people did is."""
    with central.connect() as conn:
        load(conn, book_rows(central, 1))
    tamper(central, "UPDATE debtor SET city = 'elsewhere'")
    assert found(central) == []
