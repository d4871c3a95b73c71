"""The week tells what the promises, callbacks and deadlines of the cases say: no more, no less, and at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from local_db import replica
from tests.desk.test_call_notes import form, promise
from tests.ui.sample_book import SAMPLES, TODAY
from workstation import tables
from workstation.desk.agenda import DAYS, Agenda, Item, Week, monday
from workstation.desk.seat import Clock
from workstation.domain.changes import Changes
from workstation.session import Desk

LI, LIU, CHEN_GUILAN, ZHOU = SAMPLES[1], SAMPLES[3], SAMPLES[4], SAMPLES[7]


def of_case(week: Week, case_id: str) -> list[Item]:
    return [item for day in week.days for item in day.items if item.case_id == case_id]


def missed(week: Week, case_id: str) -> list[Item]:
    return [item for item in week.missed if item.case_id == case_id]


def later(desk: Desk, days: int) -> Agenda:
    clock = Clock(desk.seat.clock.zone, desk.seat.clock.shift + timedelta(days=days))
    return Agenda(replace(desk.seat, clock=clock))


def pay(desk: Desk, case_id: str, day: date, amount: int, identity: str, reverses: str | None = None) -> None:
    """A line of the bank's payments file, as a synchronisation brings it."""
    account = desk.seat.file(case_id).accounts[0].id
    row = {
        "id": identity, "case_id": case_id, "account_id": account, "value_date": day.isoformat(), "amount": amount,
        "method": "transfer", "reference": identity, "reverses": reverses,
    }  # fmt: skip
    with desk.seat.store.write() as conn:
        replica.upsert(conn, tables.payment, [tuple(row[column.name] for column in tables.payment.columns)])
    desk.announce(Changes(frozenset({"payment"}), frozenset({case_id})))


def test_a_promise_stands_on_its_day_with_its_amount(desk: Desk) -> None:
    week = desk.agenda.week(monday(TODAY))
    before = next(day for day in week.days if day.day == date(2026, 11, 27)).due
    desk.announce(desk.call.save(LIU.id, promise(LIU, "120.50", "2026-11-27")))
    week = desk.agenda.week(monday(TODAY))
    assert [day.day for day in week.days] == [monday(TODAY) + timedelta(days=n) for n in range(DAYS)]
    (item,) = [item for item in of_case(week, LIU.id) if item.kind == "promise"]
    assert (item.day, item.amount.minor if item.amount else None, item.open) == (date(2026, 11, 27), 12_050, True)
    due = next(day for day in week.days if day.day == item.day).due
    assert due is not None
    assert due.minor == 12_050 + (0 if before is None else before.minor)


def test_payment_and_reversal_move_it_at_once(desk: Desk) -> None:
    desk.announce(desk.call.save(LIU.id, promise(LIU, "120.50", "2026-11-27")))

    def now() -> tuple[str, int, bool]:
        week = desk.agenda.week(monday(TODAY))
        item = next(item for item in of_case(week, LIU.id) if item.kind == "promise")
        assert item.amount is not None
        return item.tone, item.amount.minor, item.open

    assert now() == ("accent", 12_050, True)
    pay(desk, LIU.id, TODAY, 5_000, "pay-1")
    assert now() == ("accent", 7_050, True)
    pay(desk, LIU.id, TODAY, 7_050, "pay-2")
    assert now() == ("good", 12_050, False)
    pay(desk, LIU.id, TODAY, -7_050, "pay-3", reverses="pay-2")
    assert now() == ("accent", 7_050, True)


def test_a_broken_promise_is_missed_until_the_debtor_was_reached(desk: Desk) -> None:
    desk.announce(desk.call.save(LIU.id, promise(LIU, "120.50", "2026-11-24")))
    assert not missed(desk.agenda.week(TODAY), LIU.id)
    week = later(desk, 2).week(TODAY)
    assert [item.state.plain() if item.state else "" for item in missed(week, LIU.id)] == ["not decided yet"]
    week = later(desk, 9).week(TODAY)
    assert "broken" in {item.state.plain() for item in missed(week, LIU.id) if item.state}
    clock = desk.seat.clock.shift
    desk.seat.clock.shift += timedelta(days=9)
    desk.announce(desk.call.save(LIU.id, form(LIU, "right_party_no_commitment", identity=["full_name", "id_tail"])))
    assert not [item for item in missed(desk.agenda.week(TODAY), LIU.id) if item.kind == "promise"]
    desk.seat.clock.shift = clock


def test_a_callback_has_its_time(desk: Desk) -> None:
    asked = form(LIU, "callback_requested", identity=["full_name", "id_tail"], callback="+2 15:30")
    desk.announce(desk.call.save(LIU.id, asked))
    (item,) = [item for item in of_case(desk.agenda.week(TODAY), LIU.id) if item.kind == "call_back"]
    assert (item.day, item.at, item.amount) == (TODAY + timedelta(days=2), time(15, 30), None)
    assert item.kind in {found.kind for found in missed(later(desk, 3).week(TODAY), LIU.id)}


def test_a_dispute_has_its_last_day(desk: Desk) -> None:
    opened = desk.seat.file(CHEN_GUILAN.id).state.dispute
    assert opened is not None
    last = opened.opened_on + timedelta(days=7)
    (item,) = [item for item in of_case(desk.agenda.week(last), CHEN_GUILAN.id) if item.kind == "dispute"]
    assert (item.day, item.open) == (last, True)


def test_what_was_taken_back_is_gone(desk: Desk) -> None:
    desk.announce(desk.call.save(LIU.id, promise(LIU, "120.50", "2026-11-27")))
    desk.announce(desk.call.undo(LIU.id))
    assert not of_case(desk.agenda.week(TODAY), LIU.id)


def test_only_what_changed_is_read_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    from local_db import queries

    real = queries.queue_records
    monkeypatch.setattr(queries, "queue_records", lambda conn, ids: asked.append(ids) or real(conn, ids))
    desk.agenda.week(TODAY)
    desk.agenda.week(TODAY + timedelta(days=7))
    assert asked == [None]
    desk.agenda.refresh(Changes(frozenset({"contact"}), frozenset({LIU.id})))
    desk.agenda.week(TODAY)
    assert asked == [None, (LIU.id,)]
    desk.agenda.refresh(Changes(everything=True))
    desk.agenda.week(TODAY)
    assert asked == [None, (LIU.id,), None]


@pytest.mark.parametrize("day", [date(2026, 11, 23), date(2026, 11, 29), date(2027, 1, 1), date(2028, 2, 29)])
def test_a_week_begins_on_monday(day: date) -> None:
    first = monday(day)
    assert first.weekday() == 0
    assert timedelta() <= day - first < timedelta(days=7)
