"""Damaged, forged, strange and newer records on their way: refused with a reason or kept, never lost in silence."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import psycopg
import pytest

from local_db import events as store_events
from local_db import outbox, projections
from tests.central.builders import NOW, hello, new_id, note, push
from tests.central.server import CentralDatabase
from tests.sync.conftest import TODAY, Desk, SeatMaker
from workstation.domain.events import FIRST_HASH, Event, Unknown, decode_body, event_hash, sealed


@pytest.fixture
def desk(book: list[str], seat_of: SeatMaker) -> Desk:
    """Li Na's seat, synchronised."""
    made = seat_of("li.na")
    made.sync()
    return made


@pytest.fixture
def raw(central: CentralDatabase, book: list[str]) -> Iterator[psycopg.Connection[Any]]:
    """Li Na at the door with a program of her own."""
    with central.connect("li.na", autocommit=True) as conn:
        yield conn


def at_centre(central: CentralDatabase) -> set[str]:
    with central.connect() as conn:
        return {row[0] for row in conn.execute("SELECT id::text FROM case_event")}


def reasons(desk: Desk) -> dict[str, str]:
    """Event id → why it was refused, of what is kept in the store."""
    with desk.store.read() as conn:
        return {event.id: reason for event, reason in outbox.refusals(conn)}


def whole(desk: Desk) -> None:
    with desk.store.read() as conn:
        assert projections.check(conn, TODAY) == []
        for case_id in desk.cases():
            for event in store_events.of_case(conn, case_id):
                decode_body(event.kind, event.body)


def tamper(desk: Desk, change: str, *ids: str) -> None:
    with desk.store.write() as conn:
        for one in ids:
            conn.exec_driver_sql(f"UPDATE case_event SET {change} WHERE id = ?", (one,))


TAMPERED = {
    "text": ('body = \'{"text":"anders"}\'', "bad_hash"),
    "moment": ("occurred_at = '2026-11-01T00:00:00.000000Z'", "bad_hash"),
    "clock": ("offset_ms = offset_ms + 60000", "bad_hash"),
    "author": ("author = '00000000-0000-4000-8000-000000000000'", None),
    "hash": ("hash = CASE WHEN hash LIKE 'f%' THEN 'e' ELSE 'f' END || substr(hash, 2)", "bad_hash"),
    "short hash": ("hash = substr(hash, 1, 40)", "malformed"),
    "no moment": ("occurred_at = 'yesterday'", None),
    "truncated body": ("body = substr(body, 1, 8)", "malformed"),
    "half a pair": ('body = \'{"text":"\\ud800"}\'', "bad_hash"),
    "kind": ("kind = 'Note; DROP'", "malformed"),
    "amount as words": ("amount = 'ten'", "malformed"),
    "far too early": ("occurred_at = '0001-01-01T00:00:00.000000Z'", "malformed"),
}


@pytest.mark.parametrize("damage", [name for name, (_, reason) in TAMPERED.items() if reason])
def test_a_damaged_record_stays_with_its_reason_and_the_rest_goes_on(
    central: CentralDatabase, book: list[str], desk: Desk, damage: str
) -> None:
    change, reason = TAMPERED[damage]
    before, damaged, after = (desk.write(case_id, text) for case_id, text in zip(book, "abc", strict=False))
    tamper(desk, change, damaged.id)
    result = desk.sync()
    said = reasons(desk)
    assert said[damaged.id] == reason
    assert before.id in at_centre(central)
    assert damaged.id not in at_centre(central)
    # What follows a damaged record names it as its predecessor: taken, or kept too until that one is mended.
    assert after.id in at_centre(central) or said.get(after.id) == "broken_chain"
    assert result.pushed + result.refused == 3
    assert {before.id, damaged.id, after.id} <= desk.events()


def test_records_in_another_order_all_arrive(central: CentralDatabase, book: list[str], desk: Desk) -> None:
    written = [desk.write(book[n % 3], str(n)).id for n in range(12)]
    with desk.store.write() as conn:
        conn.exec_driver_sql("DELETE FROM outbox")
        for event_id in random.Random(7).sample(written, len(written)):
            conn.exec_driver_sql(
                "INSERT INTO outbox (event_id, case_id) SELECT id, case_id FROM case_event WHERE id = ?", (event_id,)
            )
    desk.sync()
    desk.sync()  # what came before its predecessor may need a second turn
    assert at_centre(central) == set(written)
    assert reasons(desk) == {}


def test_a_batch_cut_short_confirms_only_what_was_in_it(central: CentralDatabase, book: list[str], desk: Desk) -> None:
    """The first half of a batch arrived through another line: the whole of it is sent again and doubles nothing."""
    written = [desk.write(book[0], str(n)) for n in range(6)]
    with central.connect("li.na", autocommit=True) as conn:
        assert push(conn, *written[:3]) == [("accepted", None)] * 3
    result = desk.sync()
    assert (result.pushed, result.refused) == (6, 0)
    assert at_centre(central) == {event.id for event in written}


@pytest.mark.parametrize(
    "batch",
    ["", "[", "nonsense", '[{"id": "x"', "[\u0001]", '{"id": 1}', '"x"', "1", "null", "[" * 200_000],
    ids=lambda batch: repr(batch)[:20],
)
def test_what_is_no_batch_is_refused_whole(central: CentralDatabase, raw: psycopg.Connection[Any], batch: str) -> None:
    before = at_centre(central)
    with pytest.raises(psycopg.Error) as refused:
        raw.execute("SELECT * FROM app.push_events(%s::text::json)", [batch])
    assert refused.value.sqlstate in {"22P02", "54001", "WS011"}
    assert at_centre(central) == before


def test_two_thousand_events_at_once_get_two_thousand_answers(
    book: list[str], raw: psycopg.Connection[Any], central: CentralDatabase
) -> None:
    device, me = hello(raw), central.people["li.na"]
    events = [msgspec.to_builtins(note(book[n % 10], me, device)) for n in range(2_000)]
    assert set(push(raw, *events)) == {("accepted", None)}


SPELLINGS = {
    "capital letters": lambda event: {"id": event["id"].upper(), "case_id": event["case_id"].upper()},
    "braces": lambda event: {"id": "{" + event["id"] + "}"},
    "no dashes": lambda event: {"id": event["id"].replace("-", ""), "device": event["device"].replace("-", "")},
    "numbers as strings": lambda event: {"offset_ms": str(event["offset_ms"])},
    "a moment of another zone": lambda event: {"occurred_at": NOW.astimezone().isoformat()},
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_another_spelling_is_the_same_event_once(
    central: CentralDatabase, book: list[str], raw: psycopg.Connection[Any], seat_of: SeatMaker, spelling: str
) -> None:
    """Values are read, not texts: the centre keeps and hands out its own spelling, which is the one that was hashed."""
    device = hello(raw)
    event = note(book[0], central.people["li.na"], device)
    plain = msgspec.to_builtins(event)
    assert push(raw, plain | SPELLINGS[spelling](plain)) == [("accepted", None)]
    assert push(raw, plain) == [("duplicate", None)]
    lead = seat_of("chen.jie")
    lead.sync()
    with lead.store.read() as conn:
        (kept,) = store_events.of_case(conn, book[0])
    assert kept == event
    assert event_hash(kept) == kept.hash


def test_the_same_number_twice_in_a_batch(
    central: CentralDatabase, book: list[str], raw: psycopg.Connection[Any]
) -> None:
    device, me = hello(raw), central.people["li.na"]
    one = note(book[0], me, device, "first")
    other = sealed(msgspec.structs.replace(one, body='{"text":"second"}'), one.hash)
    assert push(raw, one, other, one) == [("accepted", None), ("refused", "id_taken"), ("duplicate", None)]
    with central.connect() as conn:
        assert conn.execute("SELECT body::text FROM case_event").fetchall() == [(one.body,)]


def test_a_number_sent_again_in_another_spelling_is_no_second_event(
    central: CentralDatabase, book: list[str], raw: psycopg.Connection[Any]
) -> None:
    device, me = hello(raw), central.people["li.na"]
    one = msgspec.to_builtins(note(book[0], me, device))
    assert push(raw, one, one | {"id": one["id"].upper()}) == [("accepted", None), ("duplicate", None)]
    assert len(at_centre(central)) == 1


NEWER = {
    "a kind of tomorrow": (
        "video_call",
        {"frames": 24, "nested": {"list": [1, None, "深"]}, "next": {"due": "2027-01-01"}},
    ),
    "a known kind with a new field": ("note", {"text": "好", "mood": {"scale": 9}, "tags": ["a", "b"]}),
    "a known kind in another form": ("contact", {"direction": "sideways", "party": 17}),
    "a number beyond ours": ("promise", {"currency": "CNY", "note": "x", "rate": 10**40}),
}


@pytest.mark.parametrize("newer", NEWER)
def test_a_record_of_a_newer_version_is_kept_shown_and_passed_on(
    central: CentralDatabase, book: list[str], seat_of: SeatMaker, newer: str
) -> None:
    """Byte for byte, through the seat that wrote it, the centre, and a seat that does not know it."""
    kind, content = NEWER[newer]
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    writer, reader = seat_of("li.na"), seat_of("chen.jie")
    writer.sync()
    reader.sync()
    draft = Event(
        id=new_id(), case_id=book[0], kind=kind, occurred_at=NOW, author=central.people["li.na"],
        device=writer.device, body=body,
    )  # fmt: skip
    with writer.store.write() as conn:
        (written,) = store_events.append(conn, [draft], today=TODAY)
    assert writer.sync().pushed == 1
    reader.sync()
    with reader.store.read() as conn:
        (kept,) = store_events.of_case(conn, book[0])
        assert kept == written
        shown = store_events.body_of(conn, kept.id)
    if kind == "video_call" or newer == "a known kind in another form":
        assert shown == Unknown(kind=kind, raw=body)
    whole(reader)
    whole(writer)


def date_text(year: int) -> datetime:
    return datetime(year, 6, 1, tzinfo=UTC)


STRANGE: dict[str, dict[str, Any]] = {
    "in the year 1970": {"occurred_at": date_text(1970)},
    "in the year 9998": {"occurred_at": date_text(9998)},
    "a clock wrong by a thousand years": {"occurred_at": date_text(3026), "offset_ms": -1000 * 31_557_600_000},
    "a clock wrong by nine hundred years": {"occurred_at": date_text(1126), "offset_ms": 900 * 31_557_600_000},
    "due on the last day": {"kind": "promise", "body": '{"currency":"CNY"}', "due_on": date.max, "amount": 1},
    "due on the first day": {"kind": "promise", "body": '{"currency":"CNY"}', "due_on": date.min, "amount": 1},
    "a promise of nothing": {"kind": "promise", "body": '{"currency":""}'},
    "the largest amount": {
        "kind": "promise", "body": '{"currency":"CNY"}', "amount": 2**63 - 1, "due_on": date(2026, 12, 1),
    },
    "the smallest amount": {
        "kind": "promise", "body": '{"currency":"CNY"}', "amount": -(2**63), "due_on": date(2026, 12, 1),
    },
    "a next step on the last day": {"body": '{"next_action":{"action":"call","due":"9999-12-31"},"text":"x"}'},
    "a next step at no time": {"body": '{"next_action":{"action":"?","due":"2026-12-01","time":"99:99"},"text":"x"}'},
    "a contact with nothing": {"kind": "contact", "body": "{}"},
    "a contact at no point": {
        "kind": "contact", "body": "{}", "contact_point": new_id(), "channel": "x", "outcome": "never_heard_of",
        "duration": -(2**31),
    },
    "a correction of nothing": {"kind": "correction", "body": "{}", "answers": new_id()},
    "a plan without a plan": {"kind": "plan_proposed", "body": '{"request":{},"result":{}}'},
    "a plan of other things": {"kind": "plan_proposed", "body": '{"request":{"a":[[]]},"result":{"rows":7,"by":[]}}'},
    "a budget of nothing": {"kind": "budget", "body": '{"currency":"CNY"}'},
    "a budget in no currency": {"kind": "budget", "body": '{"currency":"XXX"}'},
    "a budget below zero": {
        "kind": "budget", "body": '{"currency":"CNY","income":[{"kind":"salary","amount":-1}],"adults":0}',
    },
    "a budget of a fortune": {
        "kind": "budget", "body": '{"currency":"CNY","income":[{"kind":"?","amount":' + "9" * 300 + "}]}",
    },
    "agreeing to nothing": {"kind": "plan_decided", "body": '{"decision":"agreed"}', "answers": new_id()},
    "a letter of nothing": {"kind": "letter", "body": "{}"},
    "a point changed to nothing": {"kind": "point_changed", "body": "{}", "contact_point": new_id()},
    "a dispute of nothing": {"kind": "dispute", "body": "{}"},
    "a hardship of nothing": {"kind": "hardship", "body": "{}"},
    "a complaint of nothing": {"kind": "complaint", "body": "{}"},
    "a NUL": {"body": '{"text":"a\\u0000b"}'},
    "half a pair of surrogates": {"body": '{"text":"\\ud800"}'},
    "brackets without end": {"body": '{"text":' + "[" * 5000 + "]" * 5000 + "}"},
    "a key twice": {"body": '{"text":"a","text":"b"}'},
    "a million letters": {"body": '{"text":"' + "欠" * 300_000 + '"}'},
}  # fmt: skip


@pytest.mark.parametrize("strange", STRANGE)
def test_what_the_centre_takes_no_seat_stumbles_over(
    central: CentralDatabase, book: list[str], raw: psycopg.Connection[Any], seat_of: SeatMaker, strange: str
) -> None:
    """An event is for ever and goes to everybody with the case: one of them must not stop their synchronisation."""
    device, me = hello(raw), central.people["li.na"]
    event = note(book[0], me, device, **STRANGE[strange])
    after = note(book[1], me, device)
    verdict, last = push(raw, event, after)
    assert verdict in {("accepted", None), ("refused", "malformed")}
    assert last == ("accepted", None)
    expected = {after.id} | ({event.id} if verdict[0] == "accepted" else set())
    for login in ("li.na", "chen.jie"):
        seat = seat_of(login)
        seat.sync()
        assert seat.events() == expected
        whole(seat)


OUT_OF_TIME = {
    "beyond the years of a seat": ("20000-06-01T00:00:00+00:00", -18_000),
    "before the years of a seat": ("4000-06-01T00:00:00+00:00 BC", 6_000),
}


@pytest.mark.parametrize("moment", OUT_OF_TIME)
def test_a_moment_no_seat_can_read_is_refused(
    central: CentralDatabase, book: list[str], raw: psycopg.Connection[Any], seat_of: SeatMaker, moment: str
) -> None:
    """The clock's error brings it back into our time; its own year stays what no seat can write down."""
    text, years = OUT_OF_TIME[moment]
    device, me = hello(raw), central.people["li.na"]
    offset = years * 31_557_600_000
    forged = msgspec.to_builtins(note(book[0], me, device, prev=FIRST_HASH)) | {
        "occurred_at": text,
        "offset_ms": offset,
    }
    with central.connect() as owner:  # the hash as the centre would reckon it
        owner.execute("SET ROLE ws_owner")
        forged["hash"] = owner.execute(
            "SELECT app.event_hash(json_populate_record(NULL::app.sent_event, %s::json))", [json.dumps(forged)]
        ).fetchone()[0]
    assert push(raw, forged) == [("refused", "malformed")]
    seat = seat_of("li.na")
    seat.sync()
    whole(seat)


def test_nothing_refused_is_forgotten_when_the_case_moves_away(
    central: CentralDatabase, book: list[str], desk: Desk
) -> None:
    """A case with a refused record stays at the seat, with the record and the reason, though it is somebody else's."""
    bad = desk.write(book[0], "will be damaged")
    tamper(desk, "amount = 5", bad.id)
    desk.sync()
    with central.connect("chen.jie") as conn:
        moved = conn.execute(
            "SELECT done FROM app.reassign(%s::uuid[], '{1}', %s, '')", [[book[0]], central.people["wang.wei"]]
        ).fetchone()
        assert moved == (True,)
    desk.sync()
    assert book[0] in desk.cases()
    assert reasons(desk) == {bad.id: "bad_hash"}


def test_work_after_the_clock_was_years_ahead_goes_on(central: CentralDatabase, book: list[str], desk: Desk) -> None:
    ahead = desk.seat.draft(book[0], decode_body("note", '{"text":"from the future"}'))
    with desk.store.write() as conn:
        future = msgspec.structs.replace(ahead, occurred_at=datetime.now(UTC) + timedelta(days=4000))
        (first,) = store_events.append(conn, [future], today=TODAY)
    second = desk.write(book[0], "the clock is right again")
    assert desk.sync().pushed == 2
    assert at_centre(central) == {first.id, second.id}
    whole(desk)
