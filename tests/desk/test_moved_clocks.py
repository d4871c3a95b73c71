"""A clock that is set back, or was wrong and is put right: what is taken back or passed on is the last record."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from local_db.state import set_state
from tests.ui.sample_book import SAMPLES
from workstation.desk.views import CallForm
from workstation.session import Desk

LIU = SAMPLES[3]
FORM = CallForm(contact_point=LIU.part("mobile"), outcome="no_answer")


def outcomes_left(desk: Desk) -> list[str | None]:
    file = desk.seat.file(LIU.id)
    return [event.outcome for event in file.events if event.kind == "contact" and event.id not in file.state.set_aside]


@pytest.mark.parametrize("back", [timedelta(seconds=2), timedelta(hours=1), timedelta(days=1)])
def test_undo_takes_back_what_was_saved_last_though_the_clock_was_set_back(desk: Desk, back: timedelta) -> None:
    desk.call.save(LIU.id, FORM)
    desk.seat.clock.shift -= back
    desk.call.save(LIU.id, replace(FORM, outcome="busy"))
    desk.call.undo(LIU.id)
    assert outcomes_left(desk) == ["no_answer"]
    desk.call.undo(LIU.id)
    assert outcomes_left(desk) == []


def test_undo_takes_back_one_record_when_a_wrong_clock_was_put_right(desk: Desk) -> None:
    with desk.seat.store.write() as conn:
        set_state(conn, "offset_ms", "-3600000")
    desk.seat.clock.shift += timedelta(hours=1)
    desk.call.save(LIU.id, FORM)
    desk.seat.clock.shift -= timedelta(minutes=55)
    with desk.seat.store.write() as conn:
        set_state(conn, "offset_ms", "0")
    desk.call.save(LIU.id, replace(FORM, outcome="busy"))
    desk.call.undo(LIU.id)
    assert outcomes_left(desk) == ["no_answer"]


def test_the_telephone_passed_on_belongs_to_the_call_that_runs(desk: Desk) -> None:
    desk.call.save(LIU.id, FORM)
    earlier = desk.seat.file(LIU.id).events[-1].id
    desk.seat.clock.shift -= timedelta(hours=1)
    _, following = desk.call.pass_on(LIU.id, replace(FORM, outcome="third_party_will_relay"))
    assert following.same_call != earlier
    assert following.same_call in {event.id for event in desk.seat.file(LIU.id).events}


def test_a_clock_set_back_between_dialling_and_hanging_up_gives_no_time_below_zero(desk: Desk) -> None:
    now = desk.now()
    began, answered = now.isoformat(), (now + timedelta(seconds=10)).isoformat()
    desk.seat.clock.shift -= timedelta(hours=1)
    form = replace(FORM, outcome="right_party_no_commitment", identity=["full_name", "card_tail"], began_at=began,
                   answered_at=answered, ended_at=desk.now().isoformat())  # fmt: skip
    assert desk.call.check(LIU.id, form).times == (10, 0, 0)
    desk.call.save(LIU.id, form)
    desk.seat.clock.shift += timedelta(days=3)
    assert desk.call.check(LIU.id, replace(form, ended_at="")).times.talk == 4 * 3600, "forgotten, not measured"


@pytest.mark.parametrize(
    ("began", "ended"),
    [
        # 02:58 summer time to 02:08 winter time, and 01:58 to 03:08: ten minutes each.
        (datetime(2026, 10, 25, 0, 58, tzinfo=UTC), datetime(2026, 10, 25, 1, 8, tzinfo=UTC)),
        (datetime(2026, 3, 29, 0, 58, tzinfo=UTC), datetime(2026, 3, 29, 1, 8, tzinfo=UTC)),
    ],
)
def test_summer_time_that_ends_or_begins_in_a_call_changes_no_length(
    desk: Desk, began: datetime, ended: datetime
) -> None:
    desk.seat.clock.shift = ended - datetime.now(UTC)
    told = [moment.astimezone(ZoneInfo("Europe/Berlin")).isoformat() for moment in (began, began, ended)]
    form = CallForm(contact_point=LIU.part("mobile"), outcome="right_party_no_commitment", began_at=told[0],
                    answered_at=told[1], ended_at=told[2])  # fmt: skip
    assert desk.call.check(LIU.id, form).times.talk == 600


def test_a_break_over_midnight_is_no_longer_than_it_was(desk: Desk) -> None:
    desk.seat.clock.shift += timedelta(hours=13, minutes=30)
    desk.breaks.begin()
    desk.seat.clock.shift += timedelta(minutes=20)
    desk.breaks.end()
    assert timedelta(minutes=20) <= desk.breaks.today() < timedelta(minutes=21)
