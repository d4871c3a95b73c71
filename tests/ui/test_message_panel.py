"""The message tab through the real window: chosen, edited, counted, stopped when it must be, queued, never lost."""

from __future__ import annotations

from datetime import time

from tests.ui.conftest import OpenWindow
from tests.ui.sample_book import SAMPLES
from tests.ui.steps import Steps
from ui.message.panel import MessagePanel

LIU = SAMPLES[3]


def opened(steps: Steps) -> MessagePanel:
    steps.key("F6")
    panel = steps.window.current
    assert isinstance(panel, MessagePanel)
    return panel


def choose(panel: MessagePanel, template: str) -> None:
    panel.template.setCurrentIndex(panel.template.findData(template))


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
    assert not panel.record.isEnabled()


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
