"""Reminders before what was promised falls due: prepared, queued once whatever happens, withdrawn when overtaken."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, time, timedelta
from pathlib import Path

import pytest

from local_db import events as store_events
from local_db import projections, replica
from tests.ui.sample_book import SAMPLES, SUN, TODAY, WANG
from tests.ui.sample_desk import open_desk
from workstation import tables
from workstation.desk.reminders import Reminder
from workstation.domain.changes import Changes
from workstation.domain.errors import InputError
from workstation.domain.events import (
    Body,
    Correction,
    Dispute,
    Event,
    MessageResult,
    PlanDecided,
    PlanProposed,
    PointChanged,
    Promise,
    TextMessage,
    decode_body,
    sealed,
)
from workstation.domain.reminding import Remind, RemindersError, instalment_id, read, shipped
from workstation.session import Desk
from workstation.settings import home

LIU = SAMPLES[3]
MOBILE = WANG.part("mobile")


def look(desk: Desk) -> Changes:
    """Look until everything has been looked at, as the window does bit by bit."""
    changes = desk.reminders.look()
    while desk.reminders.busy:
        changes |= desk.reminders.look()
    desk.announce(changes)
    while desk.reminders.busy:
        desk.reminders.look()
    return changes


def reminders(desk: Desk, case_id: str = WANG.id) -> list[Event]:
    """Every reminder ever queued on the case, also those taken back."""
    return [event for event in desk.seat.file(case_id).events if event.kind == "message" and event.answers]


def standing(desk: Desk, case_id: str = WANG.id) -> list[Event]:
    aside = desk.seat.file(case_id).state.set_aside
    return [event for event in reminders(desk, case_id) if event.id not in aside]


def record(desk: Desk, body: Body, case_id: str = WANG.id, **columns: object) -> Event:
    event = desk.seat.record(case_id, body, **columns)
    desk.announce(Changes(frozenset({"event"}), frozenset({case_id})))
    return event


def pay(desk: Desk, amount: int, day: date = TODAY, case=WANG, number: int = 1, reverses: str | None = None) -> str:  # type: ignore[no-untyped-def]
    identity = case.part(f"paid {number}")
    with desk.seat.store.write() as conn:
        row = (identity, case.id, case.part("account"), day.isoformat(), amount, "transfer", f"R-{number}", reverses)
        replica.upsert(conn, tables.payment, [row])
        projections.refresh(conn, {case.id}, TODAY)
    desk.announce(Changes(frozenset({"payment"}), frozenset({case.id})))
    return identity


def promise_of(desk: Desk, case_id: str = WANG.id) -> str:
    return desk.seat.file(case_id).state.promises[-1].id


def due(desk: Desk) -> list[Reminder]:
    look(desk)
    return [row for row in desk.reminders.due() if row.problem is None]


def queue(desk: Desk) -> int:
    done = desk.reminders.queue(due(desk))
    desk.announce(done.changes)
    look(desk)
    return len(done.messages)


@pytest.fixture
def rules() -> Iterator[Path]:
    """Where the house's own rules are, during one test."""
    path = home() / "messages" / "reminders.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    yield path
    path.unlink(missing_ok=True)


# ---- prepared ----


def test_what_is_due_tomorrow_is_prepared_and_nothing_is_queued_without_a_person(desk: Desk) -> None:
    (row,) = due(desk)
    assert (row.case_id, row.of, row.due, row.amount.minor) == (WANG.id, "promise", date(2026, 11, 24), 300_000)
    assert (row.answers, row.form.point, row.form.template) == (promise_of(desk), MOBILE, "promise_reminder")
    assert "11" in row.form.text
    assert "24" in row.form.text
    assert WANG.name not in row.form.text
    assert "****" in row.to
    assert reminders(desk) == []
    assert desk.reminders.why(WANG.id).plain() == "A reminder is ready to be queued."


def test_one_key_queues_it_as_an_event_that_says_what_it_reminds_of(desk: Desk) -> None:
    assert queue(desk) == 1
    (event,) = reminders(desk)
    body = decode_body(event.kind, event.body)
    assert isinstance(body, TextMessage)
    assert (event.channel, event.contact_point, event.answers) == ("sms", MOBILE, promise_of(desk))
    assert (body.reminds, body.template, body.verdict) == (promise_of(desk), "promise_reminder", "allow")
    assert due(desk) == []
    assert "was queued on" in desk.reminders.why(WANG.id).plain()
    assert desk.seat.file(WANG.id).state.next_action is not None


def test_it_goes_by_email_where_the_telephone_was_refused_and_nowhere_without_a_point(desk: Desk) -> None:
    for point in ("mobile", "work"):
        record(desk, PointChanged(state="refused"), contact_point=WANG.part(point))
    (row,) = due(desk)
    assert (row.form.point, bool(row.form.subject)) == (WANG.part("mail"), True)
    record(desk, PointChanged(state="dead"), contact_point=WANG.part("mail"))
    look(desk)
    (row,) = desk.reminders.due()
    assert row.problem is not None
    assert "no telephone" in row.problem.plain()
    assert row.problem == desk.reminders.why(WANG.id)
    assert queue(desk) == 0


def test_at_night_nothing_is_queued_and_the_case_says_when(tmp_path: Path) -> None:
    late = open_desk(tmp_path / "late", at=time(23, 5))
    assert due(late) == []
    assert "opens" in late.reminders.why(WANG.id).plain()
    (row,) = late.reminders.due()
    assert late.reminders.queue([row]).passed_over == 1
    assert reminders(late) == []
    late.close()


def test_it_is_ready_once_the_light_opens(tmp_path: Path) -> None:
    early = open_desk(tmp_path / "early", at=time(6, 30))
    assert due(early) == []
    early.seat.clock.shift += timedelta(hours=3)
    early.reminders.again()
    assert [row.case_id for row in due(early)] == [WANG.id]
    early.close()


def test_a_dispute_or_a_case_of_somebody_else_is_not_reminded(desk: Desk) -> None:
    (row,) = due(desk)
    record(desk, Dispute(state="open", text="不认可"))
    assert desk.reminders.queue([row]).passed_over == 1
    assert due(desk) == []
    assert "dispute" in desk.reminders.why(WANG.id).plain()
    record(desk, Dispute(state="answered", text="已答复"))
    assert len(due(desk)) == 1
    with desk.seat.store.write() as conn:
        conn.exec_driver_sql("UPDATE cases SET assignee_id = ? WHERE id = ?", (SUN, WANG.id))
    desk.announce(Changes(frozenset({"case"}), frozenset({WANG.id})))
    assert due(desk) == []
    assert desk.reminders.queue([row]).passed_over == 1
    assert "own collector" in desk.reminders.why(WANG.id).plain()


def test_a_promise_already_paid_or_not_due_soon_is_not_reminded(desk: Desk) -> None:
    pay(desk, 300_000)
    assert due(desk) == []
    assert desk.reminders.why(WANG.id).plain() == "No promise and no instalment falls due soon."
    record(desk, Promise(currency="CNY"), LIU.id, amount=10_000, due_on=date(2026, 11, 30))
    assert due(desk) == []
    assert desk.reminders.why(LIU.id).plain().startswith("A reminder of what is due on")


def test_one_written_by_hand_counts(desk: Desk) -> None:
    from workstation.desk.messages import MessageForm

    form = MessageForm(point=MOBILE, template="promise_reminder")
    form.subject, form.text = desk.messages.fill(WANG.id, form)
    desk.announce(desk.messages.queue(WANG.id, form))
    assert due(desk) == []
    assert "by hand" in desk.reminders.why(WANG.id).plain()


def test_the_next_instalment_of_a_plan_is_reminded_of_once_and_then_the_one_after(desk: Desk) -> None:
    rows = [{"due": (TODAY + timedelta(days=n)).isoformat(), "amount": "500.00"} for n in (2, 5, 33)]
    plan = record(desk, PlanProposed(request={"currency": "CNY"}, result={"schedule": rows}), LIU.id)
    record(desk, PlanDecided(decision="agreed", consent="signed"), LIU.id, answers=plan.id)
    mine = [row for row in due(desk) if row.case_id == LIU.id]
    assert [(row.of, row.answers, row.due) for row in mine] == [
        ("instalment", instalment_id(plan.id, 1), TODAY + timedelta(days=2))
    ]
    queue(desk)
    (event,) = reminders(desk, LIU.id)
    body = decode_body(event.kind, event.body)
    assert isinstance(body, TextMessage)
    assert (body.reminds, body.purpose) == (f"{plan.id}#001", "service")
    assert [row.case_id for row in due(desk)] == []
    desk.seat.clock.shift += timedelta(days=3)  # the first has passed
    assert [row.answers for row in due(desk) if row.case_id == LIU.id] == [instalment_id(plan.id, 2)]


# ---- once ----


def test_asked_again_and_again_it_is_queued_once(desk: Desk) -> None:
    (row,) = due(desk)
    for _ in range(3):
        desk.announce(desk.reminders.queue([row, row]).changes)
    assert len(reminders(desk)) == 1


def test_two_programs_at_one_store_and_a_restart_queue_one(tmp_path: Path) -> None:
    folder = tmp_path / "seat"
    one, other = open_desk(folder), open_desk(folder)
    (here,), (there,) = due(one), due(other)
    assert len(one.reminders.queue([here]).messages) == 1
    assert other.reminders.queue([there]).passed_over == 1
    one.close()
    other.close()
    again = open_desk(folder)
    assert due(again) == []
    assert len(reminders(again)) == 1
    again.close()


DIES = """
import sys, os
from pathlib import Path
from tests.ui.sample_desk import open_desk
from local_db import events as store_events
desk = open_desk(Path(sys.argv[1]))
while desk.reminders.busy:
    desk.reminders.look()
real = store_events.append
def append(conn, drafts, *, today):
    if sys.argv[2] == "before":
        os._exit(9)
    written = real(conn, drafts, today=today)
    if sys.argv[2] == "inside":
        os._exit(9)
    return written
store_events.append = append
desk.reminders.queue(desk.reminders.due())
os._exit(9)
"""


@pytest.mark.parametrize(("moment", "kept"), [("before", 0), ("inside", 0), ("after", 1)])
def test_a_crash_leaves_the_reminder_queued_or_due_and_never_twice(tmp_path: Path, moment: str, kept: int) -> None:
    folder = tmp_path / "seat"
    open_desk(folder).close()
    died = subprocess.run(  # this interpreter, and a text of this file
        [sys.executable, "-c", DIES, str(folder), moment],
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
    )
    assert died.returncode == 9
    again = open_desk(folder)
    assert len(reminders(again)) == kept
    assert queue(again) == 1 - kept
    assert len(reminders(again)) == 1
    again.close()


def test_one_that_came_by_synchronisation_from_the_collector_before_counts(desk: Desk) -> None:
    (row,) = due(desk)
    elsewhere = desk.seat.draft(
        WANG.id, TextMessage(text="提醒", template="promise_reminder"), channel="sms", contact_point=MOBILE,
        answers=row.answers,
    )  # fmt: skip
    with desk.seat.store.write() as conn:
        replica.upsert(conn, tables.case_event, [store_events.to_row(sealed(elsewhere, ""))])
        projections.refresh(conn, {WANG.id}, TODAY)
    assert desk.reminders.queue([row]).passed_over == 1, "although no screen has heard of it yet"
    assert len(reminders(desk)) == 1


# ---- withdrawn ----


def test_it_is_taken_back_in_one_go_and_does_not_come_again(desk: Desk) -> None:
    done = desk.reminders.queue(due(desk))
    look(desk)
    assert [(row.case_id, row.event) for row in desk.reminders.queued()] == list(done.messages)
    assert WANG.name not in desk.reminders.queued()[0].text
    desk.announce(desk.reminders.withdraw(done.messages))
    look(desk)
    assert desk.reminders.queued() == ()
    assert standing(desk) == []
    assert due(desk) == []
    assert "taken back" in desk.reminders.why(WANG.id).plain()


def test_what_has_left_is_not_taken_back(desk: Desk) -> None:
    done = desk.reminders.queue(due(desk))
    record(desk, MessageResult(state="sent"), answers=done.messages[0][1])
    with pytest.raises(InputError, match="left already"):
        desk.reminders.withdraw(done.messages)
    pay(desk, 300_000)
    look(desk)
    assert len(standing(desk)) == 1


@pytest.mark.parametrize("how", ["kept", "replaced", "undone", "disputed", "broken"])
def test_a_promise_that_is_over_withdraws_a_reminder_not_yet_sent(desk: Desk, how: str) -> None:
    queue(desk)
    (event,) = reminders(desk)
    promise = promise_of(desk)
    if how == "kept":
        pay(desk, 300_000)
    elif how == "replaced":
        record(desk, Promise(currency="CNY"), amount=100_000, due_on=date(2026, 12, 8), answers=promise)
    elif how == "undone":
        record(desk, Correction(what="undo"), answers=promise)
    elif how == "disputed":
        record(desk, Dispute(state="open", text="不认可"))
    else:
        desk.seat.clock.shift += timedelta(days=7)
    look(desk)
    assert event.id in desk.seat.file(WANG.id).state.set_aside
    assert standing(desk) == []


def test_a_payment_taken_back_leaves_the_promise_to_be_reminded_of(desk: Desk) -> None:
    first = pay(desk, 300_000)
    assert due(desk) == []
    pay(desk, -300_000, number=2, reverses=first)
    assert [row.case_id for row in due(desk)] == [WANG.id]


# ---- the house's rules ----


def test_the_house_may_have_them_queued_by_themselves_or_not_at_all(desk: Desk, rules: Path) -> None:
    text = "version = '1'\nmode = '{}'\n[[remind]]\nof = 'promise'\ntemplate = 'promise_reminder'\ndays = 2\n"
    text += "channels = ['email']\n"
    rules.write_text(text.format("off"))
    assert due(desk) == []
    assert "switched reminders off" in desk.reminders.why(WANG.id).plain()
    rules.write_text(text.format("automatic") + "# again\n")
    desk.announce(Changes(everything=True))
    assert look(desk).case_ids == {WANG.id}
    (event,) = reminders(desk)
    assert (event.channel, event.contact_point) == ("email", WANG.part("mail"))
    desk.announce(Changes(everything=True))
    look(desk)
    assert len(reminders(desk)) == 1


NOT_FOR_DEBTORS = """
version = "1"
mode = "prepared"
remind = [{of = "promise", template = "ask_to_relay", days = 1, channels = ["sms"]}]
"""


@pytest.mark.parametrize("text", ["no toml", "version = '1'\nmode = 'always'", NOT_FOR_DEBTORS])
def test_rules_that_cannot_be_used_stop_reminders_and_say_why(desk: Desk, rules: Path, text: str) -> None:
    rules.write_text(text)
    with pytest.raises(RemindersError):
        read(text, "reminders.toml")
    assert due(desk) == []
    assert "reminders.toml" in desk.reminders.why(WANG.id).plain()
    rules.write_bytes(b"\xff\xfe")
    assert "cannot be read" in desk.reminders.why(WANG.id).plain()


@pytest.mark.parametrize(
    ("due_on", "opens"),
    [
        (date(2026, 11, 24), date(2026, 11, 23)),  # Tuesday: on Monday
        (date(2026, 11, 23), date(2026, 11, 20)),  # Monday: on Friday
        (date(2026, 10, 3), date(2026, 9, 30)),  # within the National Day holiday: before it
        (date(2026, 10, 11), date(2026, 10, 10)),  # after a Saturday that is worked in exchange
    ],
)
def test_over_weekends_and_holidays_it_is_prepared_on_the_business_day_before(due_on: date, opens: date) -> None:
    rule = shipped().rule("promise")
    assert isinstance(rule, Remind)
    assert rule.opens(due_on, "zh-CN") == opens
    assert [rule.timely(due_on, day, "zh-CN") for day in (opens - timedelta(days=1), opens, due_on)] == [
        False,
        True,
        False,
    ]


def test_many_cases_are_looked_at_in_slices(desk: Desk) -> None:
    from workstation.desk.reminders import SLICE

    with desk.seat.store.read() as conn:
        row = conn.exec_driver_sql("SELECT * FROM cases WHERE id = ?", (LIU.id,)).one()._asdict()
    with desk.seat.store.write() as conn:
        for n in range(3 * SLICE):
            values = {**row, "id": LIU.part(f"more {n}"), "number": f"X-{n}"}
            names = ", ".join(values)
            marks = ", ".join("?" * len(values))
            conn.exec_driver_sql(f"INSERT INTO cases ({names}) VALUES ({marks})", tuple(values.values()))
        projections.refresh(conn, {LIU.part(f"more {n}") for n in range(3 * SLICE)}, TODAY)
    looks = 0
    while desk.reminders.busy:
        desk.reminders.look()
        looks += 1
    assert looks > 3
    assert [row.case_id for row in desk.reminders.due()] == [WANG.id]
