"""Messages at the desk: filled from the case, asked of gate and wording, queued once, taken back before they leave."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest

from local_db import events as store_events
from local_db import replica
from tests.ui.sample_book import SAMPLES, TODAY, WANG, ZONE
from tests.ui.sample_desk import open_desk
from workstation import tables
from workstation.desk.messages import MessageForm
from workstation.domain.errors import InputError
from workstation.domain.events import MessageResult, PointChanged, Promise, TextMessage, decode_body
from workstation.domain.gate import past_contacts
from workstation.domain.ids import bank_id
from workstation.i18n import Translator
from workstation.session import Desk

LIU, CHEN_GUILAN = SAMPLES[3], SAMPLES[4]
MOBILE = LIU.part("mobile")


def filled(desk: Desk, case_id: str, **form: str) -> MessageForm:
    made = MessageForm(**form)
    made.subject, made.text = desk.messages.fill(case_id, made)
    return made


def queued(desk: Desk, case_id: str) -> list[TextMessage]:
    bodies = [
        decode_body(event.kind, event.body) for event in desk.seat.file(case_id).events if event.kind == "message"
    ]
    return [body for body in bodies if isinstance(body, TextMessage)]


def test_a_reminder_is_filled_counted_and_queued(desk: Desk) -> None:
    form = filled(desk, LIU.id, point=MOBILE, template="overdue_reminder")
    assert form.text.startswith("【华东商业银行】")
    assert LIU.name not in form.text
    check = desk.messages.check(LIU.id, form)
    assert (check.channel, check.problem, check.light.verdict) == ("sms", None, "allow")
    assert check.segments is not None
    assert (check.segments.encoding, check.segments.parts >= 1) == ("UCS-2", True)
    before = desk.seat.file(LIU.id).state.attempts
    desk.announce(desk.messages.queue(LIU.id, form))
    (body,) = queued(desk, LIU.id)
    assert (body.template, body.purpose, body.verdict, body.party) == ("overdue_reminder", "collect", "allow", "debtor")
    event = desk.seat.file(LIU.id).events[-1]
    assert (event.channel, event.contact_point) == ("sms", MOBILE)
    assert desk.seat.file(LIU.id).state.next_action is not None
    assert desk.seat.file(LIU.id).state.attempts == before + 1
    assert [past.channel for past in past_contacts(desk.seat.file(LIU.id).events)] == ["sms"]
    (line,) = [entry for entry in desk.casefile.open(LIU.id).timeline if entry.glyph == "message"]
    assert line.title.plain() == "sms to 136 **** 4321"


def test_at_night_it_is_blocked_and_a_service_message_is_not(tmp_path: Path) -> None:
    late = open_desk(tmp_path / "late", at=time(23, 5))
    form = filled(late, LIU.id, point=MOBILE, template="overdue_reminder")
    assert late.messages.check(LIU.id, form).light.verdict == "block"
    with pytest.raises(InputError):
        late.messages.queue(LIU.id, form)
    assert queued(late, LIU.id) == []
    form = filled(late, CHEN_GUILAN.id, point=CHEN_GUILAN.part("mobile"), template="dispute_received")
    assert late.messages.check(CHEN_GUILAN.id, form).light.verdict == "allow"
    late.close()


def test_unlawful_words_are_refused_and_a_warning_asks_why(desk: Desk) -> None:
    form = MessageForm(point=MOBILE, text="再不还钱,我们就派人去你单位闹。")
    with pytest.raises(InputError) as refused:
        desk.messages.queue(LIU.id, form)
    assert refused.value.code == "wording"
    form = MessageForm(point=CHEN_GUILAN.part("mobile"), text="请您方便时与我们联系。")
    assert desk.messages.check(CHEN_GUILAN.id, form).light.verdict == "warn"
    with pytest.raises(InputError) as refused:
        desk.messages.queue(CHEN_GUILAN.id, form)
    assert refused.value.field == "override_reason"
    form.override_reason = "to answer the objection"
    desk.announce(desk.messages.queue(CHEN_GUILAN.id, form))
    assert queued(desk, CHEN_GUILAN.id)[0].override_reason == "to answer the objection"


def test_templates_the_case_does_not_allow_say_why(desk: Desk) -> None:
    choices = {choice.id: choice for choice in desk.messages.choices(LIU.id, MOBILE)}
    assert "ask_to_relay" not in choices, "that is for related persons"
    assert choices["overdue_reminder"].allowed
    for name in ("promise_reminder", "promise_today", "plan_agreed", "instalment_reminder", "payment_thanks",
                 "dispute_received", "callback"):  # fmt: skip
        assert not choices[name].allowed
        assert choices[name].why is not None
        with pytest.raises(InputError):
            desk.messages.fill(LIU.id, MessageForm(point=MOBILE, template=name))
    assert {choice.id for choice in desk.messages.choices(WANG.id, WANG.part("mobile")) if choice.allowed} >= {
        "promise_reminder"
    }


def test_a_related_person_is_only_asked_to_pass_on_a_message(desk: Desk) -> None:
    related = next(
        point
        for point in desk.seat.file(WANG.id).points
        if point.related_person_id is not None and point.kind == "phone"
    )
    choices = desk.messages.choices(WANG.id, related.id)
    assert [choice.id for choice in choices] == ["ask_to_relay", "ask_contact"]
    for choice in choices:
        form = filled(desk, WANG.id, point=related.id, template=choice.id)
        assert WANG.name in form.text
        check = desk.messages.check(WANG.id, form)
        assert (check.light.verdict, check.remarks) == ("block", ()), "the debtor can be reached"
    told = MessageForm(point=related.id, text="他欠银行四万八,请您转告还款。")
    assert desk.messages.check(WANG.id, told).remarks


def test_it_is_taken_back_before_it_leaves_and_not_after(desk: Desk) -> None:
    form = filled(desk, LIU.id, point=MOBILE, template="please_call")
    desk.announce(desk.messages.queue(LIU.id, form))
    sent = desk.seat.file(LIU.id).events[-1]
    desk.announce(desk.call.undo(LIU.id))
    assert sent.id in desk.seat.file(LIU.id).state.set_aside
    desk.announce(desk.messages.queue(LIU.id, form))
    again = desk.seat.file(LIU.id).events[-1]
    result = desk.seat.draft(LIU.id, MessageResult(state="sent"), answers=again.id)
    with desk.seat.store.write() as conn:
        store_events.append(conn, [result], today=TODAY)
    with pytest.raises(InputError, match="left already"):
        desk.call.undo(LIU.id)
    line = max(desk.casefile.open(LIU.id).timeline, key=lambda entry: entry.at)
    assert line.title.plain() == "Message: sent"


def test_a_demand_under_the_heading_of_a_service_message_is_a_demand(tmp_path: Path) -> None:
    late = open_desk(tmp_path / "late", at=time(23, 5))
    mobile = CHEN_GUILAN.part("mobile")
    form = filled(late, CHEN_GUILAN.id, point=mobile, template="dispute_received")
    before = late.messages.check(CHEN_GUILAN.id, form)
    assert (before.changed, before.problem) == (False, None)
    form.text = "请您尽快还款。"
    after = late.messages.check(CHEN_GUILAN.id, form)
    assert (after.changed, after.light.verdict) == (True, "block")
    with pytest.raises(InputError):
        late.messages.queue(CHEN_GUILAN.id, form)
    assert queued(late, CHEN_GUILAN.id) == []
    late.close()


@pytest.mark.parametrize("template", ["instalment_reminder", "ask_to_relay", "threat"])
def test_a_template_that_is_not_the_cases_is_refused_whatever_the_text(desk: Desk, template: str) -> None:
    form = MessageForm(point=MOBILE, template=template, text="请您方便时与我们联系。")
    with pytest.raises(InputError) as refused:
        desk.messages.queue(LIU.id, form)
    assert refused.value.field == "template"
    assert queued(desk, LIU.id) == []


def test_an_email_is_filled_with_its_subject(desk: Desk) -> None:
    mail = WANG.part("mail")
    assert [(point.id, point.channel) for point in desk.messages.points(WANG.id)] == [
        (WANG.part("mobile"), "sms"),
        (WANG.part("work"), "sms"),
        (mail, "email"),
        (WANG.part("wife"), "sms"),
    ]
    form = filled(desk, WANG.id, point=mail, template="promise_reminder", language="en")
    assert (form.subject, desk.messages.check(WANG.id, form).segments) == ("The payment we spoke about", None)
    desk.announce(desk.messages.queue(WANG.id, form))
    (body,) = queued(desk, WANG.id)
    assert (body.subject, body.language, body.version) == ("The payment we spoke about", "en", "1")
    form.subject = "x\r\nBcc: all@example.org"
    with pytest.raises(InputError) as refused:
        desk.messages.queue(WANG.id, form)
    assert refused.value.field == "subject"


def test_the_lights_of_the_points_are_those_of_the_gate(desk: Desk) -> None:
    lights = {point.id: point.light.verdict for point in desk.messages.points(WANG.id)}
    assert lights[WANG.part("wife")] == "block", "the debtor can be reached"
    assert lights[WANG.part("mobile")] == "allow"


def test_where_the_law_asks_for_it_every_message_says_how_to_stop_them(desk: Desk) -> None:
    with desk.seat.store.write() as conn:
        conn.exec_driver_sql("UPDATE book SET jurisdiction = 'en-US'")
    form = MessageForm(point=MOBILE, language="en", text="Please call us.", override_reason="asked to")
    check = desk.messages.check(LIU.id, form)
    assert check.ending == "To stop these messages, call 95588."
    assert check.segments is not None
    assert check.segments.units == len("Please call us.") + 1 + len(check.ending)
    assert check.problem is None, check.problem.plain()
    desk.announce(desk.messages.queue(LIU.id, form))
    assert queued(desk, LIU.id)[0].text == "Please call us.\nTo stop these messages, call 95588."


def test_a_third_person_is_not_told_how_to_stop_messages_about_a_debt(desk: Desk) -> None:
    with desk.seat.store.write() as conn:
        conn.exec_driver_sql("UPDATE book SET jurisdiction = 'en-US'")
    form = filled(desk, WANG.id, point=WANG.part("wife"), template="ask_contact", language="en")
    assert desk.messages.check(WANG.id, form).ending == ""


def test_a_promise_is_reminded_of_before_its_day_and_on_it(desk: Desk) -> None:
    def allowed(case_id: str, point: str) -> set[str]:
        return {row.id for row in desk.messages.choices(case_id, point) if row.allowed} & {
            "promise_reminder",
            "promise_today",
        }

    assert allowed(WANG.id, WANG.part("mobile")) == {"promise_reminder"}
    desk.seat.record(LIU.id, Promise(currency="CNY"), amount=100_000, due_on=TODAY)
    assert allowed(LIU.id, MOBILE) == {"promise_today"}


def test_nobody_is_reminded_of_what_is_not_owed(desk: Desk) -> None:
    with desk.seat.store.write() as conn:
        conn.exec_driver_sql(
            "UPDATE balance_snapshot SET principal = 0, interest = 0, penalty = 0, fees = 0, costs = 0"
        )
    with pytest.raises(InputError, match="due_date"):
        filled(desk, LIU.id, point=MOBILE, template="overdue_reminder")


def test_nothing_is_sent_to_a_dead_or_refused_point(desk: Desk) -> None:
    work, wife = WANG.part("work"), WANG.part("wife")
    desk.seat.record(WANG.id, PointChanged(state="dead"), contact_point=work)
    desk.seat.record(WANG.id, PointChanged(state="refused"), contact_point=wife)
    assert [point.id for point in desk.messages.points(WANG.id)] == [WANG.part("mobile"), WANG.part("mail")]
    with pytest.raises(InputError) as refused:  # as from a draft of the day before
        desk.messages.queue(WANG.id, MessageForm(point=work, text="请您方便时与我们联系。"))
    assert refused.value.field == "point"


def test_thanks_only_for_a_payment_of_late_that_stayed(desk: Desk) -> None:
    def choice(case_id: str) -> bool:
        return next(row.allowed for row in desk.messages.choices(case_id, MOBILE) if row.id == "payment_thanks")

    account = LIU.part("account")
    with desk.seat.store.write() as conn:
        replica.upsert(
            conn, tables.payment, [(bank_id("t", "p1"), LIU.id, account, "2026-11-10", 10_000, "transfer", "R1", None)]
        )
    assert not choice(LIU.id), "a fortnight ago"
    with desk.seat.store.write() as conn:
        replica.upsert(
            conn, tables.payment, [(bank_id("t", "p2"), LIU.id, account, "2026-11-21", 10_000, "transfer", "R2", None)]
        )
    assert choice(LIU.id)
    assert "11月21日" in filled(desk, LIU.id, point=MOBILE, template="payment_thanks").text
    with desk.seat.store.write() as conn:
        replica.upsert(
            conn,
            tables.payment,
            [(bank_id("t", "p3"), LIU.id, account, "2026-11-22", -10_000, "transfer", "R3", bank_id("t", "p2"))],
        )
    assert not choice(LIU.id), "the bank took it back"


def test_a_guarantor_is_not_told_of_a_card(desk: Desk) -> None:
    with desk.seat.store.write() as conn:
        conn.exec_driver_sql("UPDATE related_person SET liable = 1")
    choices = desk.messages.choices(WANG.id, WANG.part("wife"))
    assert [choice.id for choice in choices] == ["please_call"]


@pytest.mark.parametrize(("reason", "says"), [("uncertain", "it may have left"), ("smtp_550", "smtp_550")])
def test_why_a_message_failed_is_said(desk: Desk, reason: str, says: str) -> None:
    form = filled(desk, LIU.id, point=MOBILE, template="please_call")
    desk.announce(desk.messages.queue(LIU.id, form))
    sent = desk.seat.file(LIU.id).events[-1]
    result = desk.seat.draft(LIU.id, MessageResult(state="failed", reason=reason), answers=sent.id)
    with desk.seat.store.write() as conn:
        store_events.append(conn, [result], today=TODAY)
    titles = [Translator("en", ZONE, TODAY).say(entry.title) for entry in desk.casefile.open(LIU.id).timeline]
    assert any(title.startswith(f"Message: failed · {says}") for title in titles)


def test_a_megabyte_is_refused_before_its_words_are_read(desk: Desk) -> None:
    check = desk.messages.check(LIU.id, MessageForm(point=MOBILE, text="我们就派人去你单位闹。" * 90_000))
    assert check.problem is not None
    assert check.field == "text"
    assert check.remarks == ()


@pytest.mark.parametrize(
    ("form", "field"),
    [
        (MessageForm(text="x"), "point"),
        (MessageForm(point="nowhere", text="x"), "point"),
        (MessageForm(point=WANG.part("mobile"), text="x"), "point"),
        (MessageForm(point=MOBILE), "text"),
        (MessageForm(point=MOBILE, text="字" * 5000), "text"),
    ],
)
def test_what_cannot_be_sent_is_refused_and_nothing_recorded(desk: Desk, form: MessageForm, field: str) -> None:
    with pytest.raises(InputError) as refused:
        desk.messages.queue(LIU.id, form)
    assert refused.value.field == field
    assert queued(desk, LIU.id) == []
