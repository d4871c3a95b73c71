"""The only door for events: each gets its verdict, and one that is refused holds up no other."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import msgspec
import psycopg
import pytest

from tests.central.builders import book_rows, hello, new_id, note, push
from workstation.central import admin
from workstation.central.loading import load
from workstation.central.refusals import EVENTS
from workstation.domain.events import FIRST_HASH, Event, event_hash


@pytest.fixture
def seat(central):
    """Li Na's connection, her device and her two cases; a third case is Sun Hao's."""
    with central.connect("admin") as conn:
        load(conn, book_rows(central, 2, seed="A"))
        load(conn, book_rows(central, 1, assignee="sun.hao", team="south", seed="C"))
    with central.connect("li.na", autocommit=True) as conn:
        yield conn, central.people["li.na"], hello(conn), cases(conn)


def cases(conn: psycopg.Connection) -> list[str]:
    return [row[0] for row in conn.execute("SELECT id::text FROM cases ORDER BY number")]


def test_accepted_once_and_a_duplicate_ever_after(central, seat):
    conn, me, device, (first, second) = seat
    one = note(first, me, device, '电话已接通 𠮷 \u0000 \u2028 "引号" \\ </script>')
    two = note(second, me, device, prev=one.hash, amount=-5, duration=0, offset_ms=-1500, due_on=None)
    assert push(conn, one, two) == [("accepted", None)] * 2
    assert push(conn, two, one) == [("duplicate", None)] * 2
    assert push(conn, one, one) == [("duplicate", None)] * 2
    row = conn.execute(
        "SELECT body::text, hash, prev_hash, occurred_at, received_at > now() - interval '1 hour', xid::text <> '0'"
        " FROM case_event WHERE id = %s",
        [one.id],
    ).fetchone()
    assert row == (one.body, one.hash, "", one.occurred_at, True, True)


def test_the_same_event_twice_in_one_batch(seat):
    conn, me, device, (first, _) = seat
    event = note(first, me, device)
    assert push(conn, event, event) == [("accepted", None), ("duplicate", None)]


def test_a_fifty_thousand_character_note(seat):
    conn, me, device, (first, _) = seat
    event = note(first, me, device, "欠" * 50_000)
    assert push(conn, event) == [("accepted", None)]
    assert conn.execute("SELECT body::text FROM case_event").fetchone() == (event.body,)


def test_each_refusal_has_its_reason_and_the_others_go_on(central, seat):
    conn, me, device, (first, _) = seat
    with central.connect() as owner:
        foreign = owner.execute("SELECT id::text FROM cases WHERE number LIKE 'C%'").fetchone()[0]
    with central.connect("sun.hao", autocommit=True) as other:
        others_device = hello(other)
    good, also_good = note(first, me, device), note(first, me, device)
    cases = {
        "foreign_author": note(first, central.people["sun.hao"], device),
        "foreign_device": note(first, me, others_device),
        "reserved_kind": note(first, me, device, kind="reassigned"),
        "bad_hash": msgspec.structs.replace(note(first, me, device), amount=100),
        "not_assigned": note(foreign, me, device),
    }
    verdicts = push(conn, good, *cases.values(), also_good)
    assert verdicts[0] == verdicts[-1] == ("accepted", None)
    assert verdicts[1:-1] == [("refused", reason) for reason in cases]
    assert set(cases) <= set(EVENTS)
    assert conn.execute("SELECT count(*) FROM case_event").fetchone() == (2,)


def test_an_unregistered_device_is_foreign(seat):
    conn, me, _, (first, _) = seat
    assert push(conn, note(first, me, new_id())) == [("refused", "foreign_device")]


@pytest.mark.parametrize(
    "change",
    [
        {"id": "not an id"},
        {"id": None},
        {"case_id": None},
        {"occurred_at": "2026-02-30T00:00:00Z"},
        {"occurred_at": "infinity"},
        {"due_on": "2026-02-30"},
        {"due_on": "infinity"},
        {"amount": "99999999999999999999"},
        {"amount": 1.5},
        {"offset_ms": 2**62},
        {"kind": "x'; DROP TABLE case_event;--"},
        {"kind": "a\u001fb"},
        {"channel": "call\n"},
        {"body": "{"},
        {"body": "[]"},
        {"body": '{"a":' * 100_000},
        {"body": '{"text":"' + "x" * 1_000_001 + '"}'},
        {"hash": None},
        {"prev_hash": "zz"},
        {"pack": "\u0000"},
    ],
    ids=lambda change: str(change)[:40],
)
def test_a_malformed_event_is_refused_and_harms_nothing(seat, change):
    conn, me, device, (first, _) = seat
    bad = msgspec.to_builtins(note(first, me, device)) | change
    assert push(conn, bad, note(first, me, device, prev=FIRST_HASH)) == [("refused", "malformed"), ("accepted", None)]


@pytest.mark.parametrize("element", ["1", "null", '"x"', "[]", "[[1]]"])
def test_what_is_no_event_at_all_is_malformed(seat, element):
    conn, *_ = seat
    verdicts = conn.execute("SELECT id, verdict, reason FROM app.push_events(%s)", [f"[{element}]"]).fetchall()
    assert verdicts == [(None, "refused", "malformed")]


def test_another_event_under_a_taken_id_is_refused(seat):
    conn, me, device, (first, _) = seat
    one = note(first, me, device)
    changed = msgspec.structs.replace(one, body='{"text":"anders"}')
    changed = msgspec.structs.replace(changed, hash=event_hash(changed))
    assert push(conn, one, changed) == [("accepted", None), ("refused", "id_taken")]


def test_after_an_event_too_long_to_keep_the_chain_goes_on(seat):
    conn, me, device, (first, _) = seat
    long = note(first, me, device, "x" * 1_000_001)
    assert push(conn, long, note(first, me, device)) == [("refused", "malformed"), ("accepted", None)]
    assert push(conn, note(first, me, device)) == [("accepted", None)]


def test_a_batch_out_of_order_is_taken_and_the_chain_goes_on(seat):
    conn, me, device, (first, _) = seat
    chain = [note(first, me, device, str(n)) for n in range(4)]
    assert push(conn, chain[2], chain[0], chain[1]) == [("accepted", None)] * 3
    assert push(conn, chain[3]) == [("accepted", None)]


def test_another_branch_of_a_devices_chain_is_refused_in_one_batch_and_later(seat):
    """As from a copy of the store: two events that both follow the same one."""
    conn, me, device, (first, _) = seat
    root = note(first, me, device)
    left, right = note(first, me, device, prev=root.hash), note(first, me, device, prev=root.hash)
    assert push(conn, root, left, right) == [("accepted", None), ("accepted", None), ("refused", "forked_chain")]
    later = note(first, me, device, prev=root.hash)
    anew = note(first, me, device, prev=FIRST_HASH)
    assert push(conn, later, anew) == [("refused", "forked_chain")] * 2
    assert push(conn, note(first, me, device, prev=left.hash)) == [("accepted", None)]


def test_an_event_whose_predecessor_is_missing_is_refused_and_the_next_goes_on(central, seat):
    conn, me, device, (first, _) = seat
    start, left_out, after, next_one = (note(first, me, device, str(n)) for n in range(4))
    assert push(conn, start) == [("accepted", None)]
    assert push(conn, after, next_one) == [("refused", "broken_chain"), ("accepted", None)]
    # Handed in after all, it is taken; the one refused stays refused until it is sent again.
    assert push(conn, left_out) == [("accepted", None)]
    assert push(conn, after) == [("accepted", None)]
    with central.connect("audit") as watch:
        refused = watch.execute("SELECT event_id::text, reason FROM refused_event").fetchall()
    assert refused == [(after.id, "broken_chain")]


def revoke(central, case: str, granted: datetime, revoked: datetime) -> None:
    with central.connect() as conn:
        conn.execute(
            "UPDATE case_scope SET granted_at = %s, revoked_at = %s WHERE case_id = %s AND holder_kind = 'person'",
            [granted, revoked, case],
        )


def test_what_was_recorded_while_assigned_is_taken_after_the_case_left(central, seat):
    conn, me, device, (first, _) = seat
    granted = datetime(2026, 11, 1, tzinfo=UTC)
    revoked = datetime(2026, 11, 20, 12, tzinfo=UTC)
    revoke(central, first, granted, revoked)
    late = note(first, me, device, occurred_at=revoked + timedelta(hours=1))
    assert push(conn, late) == [("accepted", None)], "this device has not been told yet"
    conn.execute("SELECT app.report_seat(%s, 0, pg_snapshot_xmin(pg_current_snapshot()))", [device])

    def at(moment: datetime, offset_ms: int = 0) -> Event:
        return note(first, me, device, occurred_at=moment, offset_ms=offset_ms)

    second = timedelta(seconds=1)
    during = at(revoked - second)
    assert push(conn, during) == [("accepted", None)]
    # It is in the history and not in the sight of who no longer has the case.
    assert conn.execute("SELECT count(*) FROM case_event").fetchone() == (0,)
    assert push(conn, during) == [("duplicate", None)]
    assert push(conn, at(granted)) == [("accepted", None)]
    assert push(conn, at(revoked), at(granted - second)) == [("refused", "not_assigned")] * 2
    # The clock of the device was wrong by a known offset: the server's time counts.
    assert push(conn, at(revoked + second, -2000)) == [("accepted", None)]
    assert push(conn, at(revoked - second, 2000)) == [("refused", "not_assigned")]


def test_a_revoked_device_hands_in_its_earlier_work_and_no_more(central, seat):
    conn, me, device, (first, _) = seat
    now = datetime.now(UTC)
    with central.connect("admin") as other:
        admin.revoke_device(other, device)
    before = note(first, me, device, occurred_at=now - timedelta(hours=1))
    after = note(first, me, device, occurred_at=now + timedelta(hours=1))
    assert push(conn, before, after) == [("accepted", None), ("refused", "device_revoked")]


def test_two_seats_pushing_the_same_event_at_once(central, seat):
    """The answer to the first push was lost and the client tries again over a new connection."""
    conn, me, device, (first, _) = seat
    event = note(first, me, device)
    late: list[tuple[str, str | None]] = []
    with central.connect("li.na", autocommit=True) as again:
        with conn.transaction():
            assert push(conn, event) == [("accepted", None)]
            thread = threading.Thread(target=lambda: late.extend(push(again, event)))
            thread.start()
            with central.connect(autocommit=True) as watch:
                waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
                while watch.execute(waiting).fetchone() == (0,):
                    pass
        thread.join()
    assert late == [("duplicate", None)]


def test_a_lead_writes_on_the_teams_cases(central, seat):
    *_, (first, _) = seat
    with central.connect("chen.jie", autocommit=True) as conn:
        device = hello(conn)
        assert push(conn, note(first, central.people["chen.jie"], device)) == [("accepted", None)]
    with central.connect("zhou.yan", autocommit=True) as conn:
        device = hello(conn)
        assert push(conn, note(first, central.people["zhou.yan"], device)) == [("refused", "not_assigned")]
