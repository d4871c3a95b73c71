"""The week tells what the promises, callbacks and deadlines of the cases say: no more, no less, and at once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date, time, timedelta

import pytest
import sqlalchemy as sa

from local_db import queries, replica
from local_db.faults import StoreError
from local_db.queries import QueueRecord
from tests.desk.test_call_notes import form, promise
from tests.ui.sample_book import SAMPLES, TODAY, WANG
from workstation import tables
from workstation.desk import standing
from workstation.desk.agenda import DAYS, Agenda, Item, Week, monday
from workstation.desk.seat import Clock
from workstation.desk.views import CallForm
from workstation.domain.changes import Changes
from workstation.domain.message import Money, msg
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


def test_a_broken_promise_was_followed_by_a_call_of_the_morning_there(desk: Desk) -> None:
    """At 7:30 in Shanghai, the day before has not ended in UTC."""
    desk.announce(desk.call.save(LIU.id, promise(LIU, "120.50", TODAY.isoformat())))
    (open_one,) = standing.judgement(desk.seat.file(LIU.id), TODAY).promises
    desk.seat.clock.shift += timedelta(days=(open_one.last_day - TODAY).days + 1, hours=-2, minutes=-54)
    assert [item.kind for item in missed(desk.agenda.week(TODAY), LIU.id) if item.amount] == ["promise"]
    early = form(LIU, "right_party_no_commitment", identity=["full_name", "id_tail"], override_reason="he asked for it")
    desk.announce(desk.call.save(LIU.id, early))
    assert not [item for item in missed(desk.agenda.week(TODAY), LIU.id) if item.kind == "promise"]


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


def planned(action: str, due: str) -> CallForm:
    return form(LIU, "right_party_no_commitment", identity=["full_name", "id_tail"], next_action=action, next_due=due)


def test_a_planned_action_stands_on_its_day_and_is_never_missed(desk: Desk) -> None:
    desk.announce(desk.call.save(LIU.id, planned("send_letter", "2026-11-25")))
    (item,) = of_case(desk.agenda.week(TODAY), LIU.id)
    assert (item.kind, item.day, item.open) == ("action", date(2026, 11, 25), True)
    assert item.state is not None
    assert "send_letter" in item.state.plain()
    week = later(desk, 4).week(monday(TODAY))
    assert [item.open for item in of_case(week, LIU.id)] == [False]
    assert not missed(week, LIU.id)


def test_a_plain_call_stays_in_the_queue(desk: Desk) -> None:
    desk.announce(desk.call.save(LIU.id, planned("call", "2026-11-25")))
    assert not of_case(desk.agenda.week(TODAY), LIU.id)


def test_what_is_planned_for_the_day_of_a_promise_is_about_the_promise(desk: Desk) -> None:
    noted = promise(LIU, "120.50", "2026-11-27", next_action="check_payment", next_due="2026-11-27")
    desk.announce(desk.call.save(LIU.id, noted))
    assert [item.kind for item in of_case(desk.agenda.week(TODAY), LIU.id)] == ["promise"]


def test_a_day_counts_and_adds_up_what_falls_due_on_it(desk: Desk) -> None:
    for sample, amount in ((LIU, "120.50"), (ZHOU, "1000")):
        desk.announce(desk.call.save(sample.id, promise(sample, amount, "2026-11-28")))
    asked = form(LI, "callback_requested", identity=["full_name", "id_tail"], callback="2026-11-28 15:30")
    desk.announce(desk.call.save(LI.id, asked))
    day = next(day for day in desk.agenda.week(TODAY).days if day.day == date(2026, 11, 28))
    owed = [item for item in day.items if item.amount is not None]
    assert {LIU.id, ZHOU.id} <= {item.case_id for item in owed}
    assert day.due is not None
    assert (day.owing, day.due.minor) == (len(owed), sum(item.amount.minor for item in owed if item.amount))
    assert len(day.items) > day.owing


def test_a_day_goes_by_the_hour_and_ends_with_what_is_planned(desk: Desk) -> None:
    day = "2026-11-26"
    for sample, at in ((LI, "16:30"), (ZHOU, "9:15")):
        asked = form(sample, "callback_requested", identity=["full_name", "id_tail"], callback=f"{day} {at}")
        desk.announce(desk.call.save(sample.id, asked))
    desk.announce(desk.call.save(SAMPLES[6].id, promise(SAMPLES[6], "50", day)))
    desk.announce(desk.call.save(LIU.id, planned("send_letter", day)))
    found = next(found for found in desk.agenda.week(TODAY).days if found.day == date(2026, 11, 26))
    order = [item.case_id for item in found.items]
    assert [order.index(case.id) for case in (SAMPLES[6], ZHOU, LI, LIU)] == sorted(
        order.index(case.id) for case in (SAMPLES[6], ZHOU, LI, LIU)
    )
    assert order[-1] == LIU.id


def test_a_reading_that_failed_is_made_up_for(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    before = desk.agenda.week(TODAY)
    desk.announce(desk.call.save(LIU.id, promise(LIU, "120.50", "2026-11-27")))

    def broken(_conn: object, _ids: object) -> None:
        raise StoreError(msg("The store could not be read."))

    with monkeypatch.context() as patched:
        patched.setattr(queries, "queue_records", broken)
        with pytest.raises(StoreError):
            desk.agenda.week(TODAY)
    after = desk.agenda.week(TODAY)
    assert of_case(after, LIU.id)
    kept = {item for day in before.days for item in day.items if item.case_id != LIU.id}
    assert kept == {item for day in after.days for item in day.items if item.case_id != LIU.id}


@pytest.mark.parametrize("changes", [Changes(everything=True), Changes(frozenset({"contact"}), frozenset({LIU.id}))])
def test_what_changes_while_it_is_read_is_read_the_next_time(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, changes: Changes
) -> None:
    desk.agenda.week(TODAY)
    real = queries.queue_records

    def meanwhile(conn: sa.Connection, ids: Collection[str] | None) -> list[QueueRecord]:
        found = real(conn, ids)
        monkeypatch.setattr(queries, "queue_records", real)
        desk.call.save(LIU.id, promise(LIU, "120.50", "2026-11-27"))  # after the reading, before its end
        desk.agenda.refresh(changes)
        return found

    monkeypatch.setattr(queries, "queue_records", meanwhile)
    desk.agenda.refresh(Changes(frozenset({"contact"}), frozenset({LIU.id})))
    assert not of_case(desk.agenda.week(TODAY), LIU.id)
    assert of_case(desk.agenda.week(TODAY), LIU.id)


def test_an_instalment_stands_on_its_day(desk: Desk) -> None:
    desk.announce(desk.plan.propose(WANG.id, desk.plan.start()))
    desk.announce(desk.plan_follow.agree(WANG.id, "signed", ""))
    first = monday(date(2026, 11, 30))
    found = [item for item in of_case(desk.agenda.week(first), WANG.id) if item.kind == "instalment"]
    assert [(item.day, item.amount) for item in found] == [(date(2026, 11, 30), Money(405_111, "CNY"))]
