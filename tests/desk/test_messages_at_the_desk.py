"""Messages at the desk: filled from the case, asked of gate and wording, queued once, taken back before they leave."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest

from local_db import events as store_events
from tests.ui.sample_book import SAMPLES, TODAY, WANG
from tests.ui.sample_desk import open_desk
from workstation.desk.messages import MessageForm
from workstation.domain.errors import InputError
from workstation.domain.events import MessageResult, TextMessage, decode_body
from workstation.domain.gate import past_contacts
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
    assert any(
        "SMS to" in entry.title.plain() or "channel" in entry.title.text
        for entry in desk.casefile.open(LIU.id).timeline
    )


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
    for name in ("promise_reminder", "instalment_reminder", "dispute_received", "callback"):
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
    (only,) = desk.messages.choices(WANG.id, related.id)
    form = filled(desk, WANG.id, point=related.id, template=only.id)
    assert WANG.name in form.text
    assert desk.messages.check(WANG.id, form).light.verdict == "block", "the debtor can be reached"
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
