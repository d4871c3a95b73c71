"""The message tab through the real window: chosen, edited, counted, stopped when it must be, queued, never lost."""

from __future__ import annotations

from datetime import time, timedelta

from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QApplication

from tests.ui.conftest import OpenWindow
from tests.ui.sample_book import SAMPLES, WANG
from tests.ui.steps import Steps
from ui.message.panel import MessagePanel
from workstation.domain.events import TextMessage, decode_body

LIU, CHEN_GUILAN = SAMPLES[3], SAMPLES[4]


def opened(steps: Steps) -> MessagePanel:
    steps.key("F6")
    panel = steps.window.current
    assert isinstance(panel, MessagePanel)
    return panel


def choose(panel: MessagePanel, template: str) -> None:
    panel.template.setCurrentIndex(panel.template.findData(template))


def messages(steps: Steps, case_id: str) -> list[TextMessage]:
    events = steps.window.desk.seat.file(case_id).events
    bodies = [decode_body(event.kind, event.body) for event in events]
    return [body for body in bodies if isinstance(body, TextMessage)]


def test_a_template_is_filled_counted_and_queued(open_window: OpenWindow) -> None:
    steps = open_window("en", case_id=LIU.id)
    panel = opened(steps)
    choose(panel, "overdue_reminder")
    assert panel.text.toPlainText().startswith("【华东商业银行】"), "in the debtor's language"
    steps.until(lambda: "UCS-2" in panel.length.text(), "it is counted")
    panel.language.setCurrentIndex(panel.language.findData("en"))
    assert panel.text.toPlainText().startswith("华东商业银行: a bill")
    steps.until(panel.record.isEnabled, "nothing stands against it")
    steps.key("Ctrl+Return")
    assert steps.window.desk.seat.file(LIU.id).events[-1].kind == "message"
    assert panel.text.toPlainText() == ""


def test_at_night_it_cannot_be_queued(open_window: OpenWindow) -> None:
    steps = open_window("en", case_id=LIU.id, at=time(23, 5))
    panel = opened(steps)
    choose(panel, "overdue_reminder")
    steps.until(lambda: "opens" in panel.problem.text().lower(), "the light says when")
    assert not panel.record.isEnabled()
    steps.key("Ctrl+Return")
    assert not [event for event in steps.window.desk.seat.file(LIU.id).events if event.kind == "message"]


def test_unlawful_words_are_shown_with_a_better_sentence(open_window: OpenWindow) -> None:
    steps = open_window("zh_CN", case_id=LIU.id)
    panel = opened(steps)
    panel.text.setPlainText("再不还钱,我们就派人去你单位闹。")
    steps.until(panel.wording.isVisible, "the words are checked")
    assert "建议" in panel.wording.text()
    assert not panel.record.isEnabled()
    steps.key("Ctrl+Return")
    assert messages(steps, LIU.id) == []


def test_a_warning_asks_why_and_then_lets_it_go(open_window: OpenWindow) -> None:
    steps = open_window("en", case_id=CHEN_GUILAN.id)
    panel = opened(steps)
    choose(panel, "dispute_received")
    steps.until(panel.record.isEnabled, "a service message is not collecting")
    assert not panel.override.isVisible()
    panel.text.appendPlainText("请您尽快还款，谢谢。")
    steps.until(panel.override.isVisible, "one's own words are")
    assert panel.changed.isVisible()
    assert not panel.record.isEnabled()
    steps.key("Ctrl+Return")
    assert messages(steps, CHEN_GUILAN.id) == []
    assert panel.override.edit.hasFocus()
    steps.type("to answer the objection")
    steps.until(panel.record.isEnabled, "the reason is there")
    steps.key("Ctrl+Return")
    (body,) = messages(steps, CHEN_GUILAN.id)
    assert (body.verdict, body.purpose, body.override_reason) == ("warn", "collect", "to answer the objection")


def test_an_email_has_a_subject_and_templates_speak_the_windows_language(open_window: OpenWindow) -> None:
    steps = open_window("zh_CN", case_id=WANG.id)
    panel = opened(steps)
    assert not panel.subject.isVisible()
    panel.point.setCurrentIndex(panel.point.findData(WANG.part("mail")))
    panel.language.setCurrentIndex(panel.language.findData("en"))
    choose(panel, "promise_reminder")
    assert panel.template.currentText() == "承诺还款提醒"
    steps.until(panel.subject.isVisible, "an e-mail has one")
    assert panel.subject.text() == "The payment we spoke about"
    panel.subject.set_text("")
    steps.until(panel.problem.isVisible, "it is needed")
    steps.key("Ctrl+Return")
    assert panel.subject.edit.hasFocus()
    assert messages(steps, WANG.id) == []


def test_what_the_case_does_not_allow_cannot_be_taken(open_window: OpenWindow) -> None:
    panel = opened(open_window("en", case_id=LIU.id))
    model = panel.template.model()
    assert isinstance(model, QStandardItemModel)
    item = model.item(panel.template.findData("dispute_received"))
    assert not item.isEnabled()
    assert "a dispute is open" in item.text()
    assert model.item(panel.template.findData("please_call")).isEnabled()


def test_the_character_that_makes_a_plain_text_long_is_named(open_window: OpenWindow) -> None:
    steps = open_window("en", case_id=LIU.id)
    panel = opened(steps)
    panel.text.setPlainText("Please call us – when it suits you.")
    steps.until(lambda: "because of –" in panel.length.text(), "it is named")
    panel.text.setPlainText("Please call us when it suits you.")
    steps.until(lambda: panel.length.text() == "33 characters · 1 SMS · GSM-7", "a plain text")


def test_the_keyboard_reaches_everything(open_window: OpenWindow) -> None:
    steps = open_window("en", case_id=WANG.id)
    panel = opened(steps)
    assert panel.template.hasFocus()
    steps.key("Tab")
    assert panel.language.hasFocus()
    steps.key("Tab")
    assert panel.text.hasFocus()
    steps.type("Please call us.")
    steps.until(panel.record.isEnabled, "nothing stands against it")
    steps.key("Tab")
    assert QApplication.focusWidget() is panel.record


def test_a_message_survives_the_end_of_the_program(open_window: OpenWindow) -> None:
    panel = opened(open_window("en", case_id=WANG.id))
    panel.point.setCurrentIndex(panel.point.findData(WANG.part("mail")))
    choose(panel, "promise_reminder")
    panel.text.appendPlainText("谢谢您。")
    panel.keep_draft()
    again = opened(open_window("en", case_id=WANG.id))
    assert again.point.currentData() == WANG.part("mail")
    assert again.template.currentData() == "promise_reminder"
    assert again.text.toPlainText() == panel.text.toPlainText()
    assert again.subject.text() == panel.subject.text()
    choose(again, "please_call")
    again.save()
    assert again.text.toPlainText() == ""
    assert again.drafting._desk.drafts.load(WANG.id, "message") is None, "not even for a moment: it would go twice"
    assert opened(open_window("en", case_id=WANG.id)).text.toPlainText() == "", "what was queued is no draft any more"


def test_it_is_written_in_the_debtors_language_unless_another_is_chosen(open_window: OpenWindow) -> None:
    steps = open_window("zh_CN", case_id=WANG.id)
    with steps.window.desk.seat.store.write() as conn:
        conn.exec_driver_sql("UPDATE debtor SET language = 'en' WHERE case_id = ?", (LIU.id,))
    panel = opened(steps)
    assert panel.language.currentData() == "zh_CN"
    steps.window.open_case(LIU.id)
    assert panel.language.currentData() == "en"
    choose(panel, "please_call")
    assert "we would like to speak to you" in panel.text.toPlainText()


def test_when_the_light_opens_the_message_may_go(open_window: OpenWindow) -> None:
    steps = open_window("en", case_id=LIU.id, at=time(23, 5))
    panel = opened(steps)
    choose(panel, "overdue_reminder")
    steps.until(panel.problem.isVisible, "it is night")
    steps.window.desk.seat.clock.shift += timedelta(hours=9)
    steps.until(panel.record.isEnabled, "it is morning")


def test_half_a_message_comes_back(open_window: OpenWindow) -> None:
    steps = open_window("en", case_id=LIU.id)
    panel = opened(steps)
    panel.text.setPlainText("Please call us when")
    panel.keep_draft()
    steps.window.open_case(SAMPLES[1].id)
    assert panel.text.toPlainText() == ""
    steps.window.open_case(LIU.id)
    assert panel.text.toPlainText() == "Please call us when"


def test_a_case_without_a_working_point_says_so(open_window: OpenWindow) -> None:
    steps = open_window("en", case_id=LIU.id)
    desk = steps.window.desk
    with desk.seat.store.write() as conn:
        conn.exec_driver_sql("DELETE FROM contact_point WHERE case_id = ? AND kind <> 'address'", (LIU.id,))
    panel = opened(steps)
    assert panel.nothing.isVisible()
    assert not panel.record.isEnabled()
