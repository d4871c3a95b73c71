"""The demonstration's past at a real centre and a real seat: whole chains, every filter of the queue, letters again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from itertools import pairwise

import pytest

from tests.central.server import PASSWORD, CentralDatabase
from workstation.central.loading import load
from workstation.desk.demo import demo_book, load_past, worked_rows
from workstation.desk.demo.past import STORIES, ZONE, demo_events, many_events
from workstation.desk.seat import Clock
from workstation.desk.worklist import FILTERS
from workstation.domain.case_state import fold
from workstation.domain.events import FIRST_HASH, Contact, Event, Letter, Unknown, decode_body, event_hash
from workstation.domain.outcomes import TABLE
from workstation.domain.vocabulary import NEXT_ACTIONS
from workstation.security.credentials import Credentials
from workstation.session import Desk, sign_in
from workstation.sync.server import Server

AS_OF = date(2026, 11, 23)
CASES = 96
DEVICES = {"one": "device-1", "two": "device-2"}


@pytest.fixture(scope="module")
def told() -> list[Event]:
    rows = demo_book(CASES, as_of=AS_OF, team_id="t", collectors=list(DEVICES))
    return demo_events(rows, as_of=AS_OF, devices=DEVICES)


@pytest.fixture
def desk(central: CentralDatabase) -> Iterator[Desk]:
    """A collector's desk at ten in the morning, signed in and synchronised."""
    people = [central.people["li.na"], central.people["wang.wei"]]
    rows = demo_book(CASES, as_of=AS_OF, team_id=central.teams["north"], collectors=people)
    with central.connect() as conn:
        load(conn, rows)
        assert load_past(conn, rows, central.people, AS_OF) > CASES
    server = Server(central.server.host, central.server.port, central.name)
    clock = Clock.starting_at(AS_OF, time(10), "Asia/Shanghai")
    desk = sign_in(server, "li.na", PASSWORD, credentials=Credentials(), clock=clock)
    desk.sync.once()
    yield desk
    desk.close()


def test_every_device_s_chain_is_whole_and_in_the_order_of_time(told: list[Event]) -> None:
    for person, device in DEVICES.items():
        chain = [event for event in told if event.device == device]
        assert {event.author for event in chain} == {person}
        head, moment = FIRST_HASH, datetime.min.replace(tzinfo=UTC)
        for event in chain:
            assert event.prev_hash == head
            assert event.hash == event_hash(event)
            assert event.occurred_at >= moment
            head, moment = event.hash, event.occurred_at
    assert len({event.id for event in told}) == len(told)


def test_the_past_ends_before_the_day_begins(told: list[Event]) -> None:
    assert max(event.occurred_at for event in told) < datetime.combine(AS_OF, time(0), ZONE)


def test_only_words_of_the_vocabulary_are_used(told: list[Event]) -> None:
    for event in told:
        body = decode_body(event.kind, event.body)
        assert not isinstance(body, Unknown)
        if isinstance(body, Contact):
            assert event.outcome in TABLE
        action = getattr(body, "next_action", None)
        assert action is None or action.action in NEXT_ACTIONS


def test_every_history_folds_and_every_worked_case_has_a_next_action(told: list[Event]) -> None:
    histories: dict[str, list[Event]] = {}
    for event in told:
        histories.setdefault(event.case_id, []).append(event)
    assert CASES * 12 // STORIES < len(histories) < CASES  # some are new
    states = [fold(events) for events in histories.values()]
    assert all(state.next_action is not None for state in states)
    assert any(state.plan_in_force for state in states)
    assert any(state.complaint is not None for state in states)


def test_a_book_shows_a_kept_plan_one_that_waits_for_a_lead_and_a_breached_one() -> None:
    rows = demo_book(200, as_of=AS_OF, team_id="t", collectors=["one"])
    histories: dict[str, list[Event]] = {}
    for event in demo_events(rows, as_of=AS_OF, devices=DEVICES):
        histories.setdefault(event.case_id, []).append(event)
    plans = [state.plan for events in histories.values() if (state := fold(events)).plan is not None]
    assert {plan.stage for plan in plans if plan is not None} == {"agreed", "proposed", "breached"}
    assert all(plan.needs_approval for plan in plans if plan is not None and plan.stage == "proposed")


def test_a_past_is_the_same_every_time() -> None:
    rows = demo_book(16, as_of=AS_OF, team_id="t", collectors=["one"])
    assert demo_events(rows, as_of=AS_OF, devices=DEVICES) == demo_events(rows, as_of=AS_OF, devices=DEVICES)


def test_volume_is_as_large_as_asked_and_chained() -> None:
    events = many_events(["a", "b", "c"], 1000, author="one", device="d", as_of=AS_OF)
    assert len(events) == 1000
    assert all(later.prev_hash == earlier.hash for earlier, later in pairwise(events))


def test_every_filter_of_the_queue_has_cases(desk: Desk) -> None:
    counts = desk.worklist.queue().counts
    assert set(counts) == set(FILTERS)
    assert all(counts[name] > 0 for name in FILTERS), counts
    assert counts["all"] == CASES // 2


def test_the_promises_and_callbacks_of_the_day_are_there(desk: Desk) -> None:
    reasons = {row.reason.plain() for row in desk.worklist.queue().rows}
    for start in ("Promise due today", "Promise due tomorrow", "Broken promise yesterday", "Visit today"):
        assert any(reason.startswith(start) for reason in reasons), start
    assert sum(reason.startswith("Please call back") for reason in reasons) == 3


def test_a_reminder_of_the_past_prints_again_as_it_was_sent(desk: Desk, central: CentralDatabase) -> None:
    with central.connect() as conn:
        found = conn.execute(
            "SELECT id::text, body::text FROM case_event WHERE kind = 'letter' AND author = %s",
            [central.people["li.na"]],
        ).fetchall()
    assert found
    event, text = found[0]
    body = decode_body("letter", text)
    assert isinstance(body, Letter)
    assert hashlib.sha256(desk.correspondence.archived(event)).hexdigest() == body.sha256


def test_a_book_already_at_the_centre_gets_the_same_past(central: CentralDatabase) -> None:
    rows = demo_book(32, as_of=AS_OF, team_id=central.teams["north"], collectors=[central.people["li.na"]])
    devices = {central.people["li.na"]: "device"}
    with central.connect() as conn:
        load(conn, rows)
        read = worked_rows(conn)
    assert demo_events(read, as_of=AS_OF, devices=devices) == demo_events(rows, as_of=AS_OF, devices=devices)


def test_a_past_told_twice_is_kept_once(central: CentralDatabase) -> None:
    rows = demo_book(16, as_of=AS_OF, team_id=central.teams["north"], collectors=[central.people["li.na"]])
    with central.connect() as conn:
        load(conn, rows)
        loaded = load_past(conn, rows, central.people, AS_OF)
        again = load_past(conn, rows, central.people, AS_OF)
        kept = conn.execute("SELECT count(*), count(DISTINCT prev_hash) FROM case_event").fetchone()
        devices = conn.execute("SELECT count(*) FROM device WHERE name = 'demo'").fetchone()
    assert loaded == again
    assert kept == (loaded, loaded)  # a second time adds nothing, and no link is used twice
    assert devices == (len(central.people),)
