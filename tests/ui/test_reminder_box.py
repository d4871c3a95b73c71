"""The quiet line about reminders, the box with what they say, one key to queue them, and the way back."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from tests.ui.conftest import OpenWindow
from tests.ui.sample_book import SAMPLES, TODAY, WANG
from tests.ui.steps import Steps
from workstation.domain.changes import Changes
from workstation.domain.events import Event, PointChanged, Promise

LIU, HOSTILE = SAMPLES[3], SAMPLES[8]


def promise(steps: Steps, *samples) -> None:  # type: ignore[no-untyped-def]
    desk = steps.window.desk
    for sample in samples:
        desk.seat.record(sample.id, Promise(currency="CNY"), amount=123_400, due_on=TODAY + timedelta(days=1))
    desk.announce(Changes(frozenset({"event"}), frozenset(sample.id for sample in samples)))


def ready(steps: Steps, count: int) -> None:
    reminders = steps.window.desk.reminders

    def found() -> bool:
        return sum(row.problem is None for row in reminders.due()) == count and not reminders.busy

    steps.until(found, f"{count} reminders are found")
    steps.settle()


def open_box(steps: Steps) -> None:
    QTest.mouseClick(steps.window.queue.remind, Qt.MouseButton.LeftButton)
    steps.settle()
    assert steps.window.queue.reminders.isVisible()


def reminders(steps: Steps, case_id: str = WANG.id) -> list[Event]:
    file = steps.window.desk.seat.file(case_id)
    return [e for e in file.events if e.kind == "message" and e.answers and e.id not in file.state.set_aside]


def test_the_line_comes_by_itself_and_one_key_queues_what_was_looked_at(open_window: OpenWindow) -> None:
    steps = open_window("en")
    promise(steps, LIU)
    ready(steps, 2)
    notice = steps.window.queue.remind
    assert notice.isVisible()
    assert "2 reminders due" in notice.accessibleName()
    open_box(steps)
    box = steps.window.queue.reminders
    shown = [label.text() for label in box.findChildren(QLabel)]
    assert sum("【华东商业银行】" in text for text in shown) == 2, "what they say is seen before they leave"
    steps.key("Return")
    steps.until(lambda: len(reminders(steps)) + len(reminders(steps, LIU.id)) == 2, "both are queued")
    assert not box.isVisible()
    steps.until(lambda: "2 reminders queued" in notice.accessibleName(), "the line says so")
    steps.until(lambda: "2 reminders queued" in steps.window.toast._text.text(), "and the toast")


def test_one_that_was_unticked_is_not_queued(open_window: OpenWindow) -> None:
    steps = open_window("en")
    promise(steps, LIU)
    ready(steps, 2)
    open_box(steps)
    box = steps.window.queue.reminders
    place = next(n for n, (_, row) in enumerate(box.boxes) if row.case_id == LIU.id)
    for _ in range(place):
        steps.key("Down")
    steps.key("Space")
    assert "Queue 1 reminder" in box.record.text()
    steps.key("Return")
    steps.until(lambda: len(reminders(steps)) == 1, "the other is queued")
    assert reminders(steps, LIU.id) == []


def test_they_are_taken_back_from_the_toast_and_from_the_box(open_window: OpenWindow) -> None:
    steps = open_window("en")
    promise(steps, LIU)
    ready(steps, 2)
    open_box(steps)
    steps.key("Return")
    steps.until(lambda: len(steps.window.desk.reminders.queued()) == 2, "both wait to be sent")
    open_box(steps)
    box = steps.window.queue.reminders
    back = [b for b in box.findChildren(QPushButton) if b.text() == "Take back"]
    assert len(back) == 2
    QTest.mouseClick(back[0], Qt.MouseButton.LeftButton)
    steps.until(lambda: len(steps.window.desk.reminders.queued()) == 1, "one is taken back")
    assert len(reminders(steps)) + len(reminders(steps, LIU.id)) == 1


def test_escape_queues_nothing_and_the_focus_goes_back(open_window: OpenWindow) -> None:
    steps = open_window("en")
    ready(steps, 1)
    steps.window.queue.search.setFocus()
    before = QApplication.focusWidget()
    steps.window.queue.open_reminders()
    assert QApplication.focusWidget() is not before
    steps.key("Escape")
    assert not steps.window.queue.reminders.isVisible()
    assert QApplication.focusWidget() is before
    assert reminders(steps) == []


def test_what_is_held_back_says_why_and_the_message_tab_too(open_window: OpenWindow) -> None:
    steps = open_window("en", at=time(23, 5))
    steps.until(lambda: bool(steps.window.desk.reminders.due()), "it is found")
    steps.settle()
    assert not steps.window.queue.remind.isVisible(), "nothing can be done now"
    steps.window.queue.open_reminders()
    box = steps.window.queue.reminders
    assert not box.record.isVisible()
    assert any("opens" in label.text() for label in box.findChildren(QLabel))
    steps.key("Return")
    assert reminders(steps) == []
    steps.key("Escape")
    steps.key("F6")
    assert "opens" in steps.window.doing.currentWidget().reminder.text()  # type: ignore[attr-defined]


@pytest.mark.parametrize(("language", "scale"), [("zh_CN", 100), ("en", 150)])
def test_nothing_is_cut_and_a_hostile_name_stays_a_name(open_window: OpenWindow, language: str, scale: int) -> None:
    steps = open_window(language, scale=scale)
    promise(steps, LIU, HOSTILE)
    steps.window.desk.seat.record(LIU.id, PointChanged(state="dead"), contact_point=LIU.part("mobile"))
    ready(steps, 2)
    open_box(steps)
    box = steps.window.queue.reminders
    inside = box.area.widget()
    assert inside is not None
    assert inside.width() <= box.area.viewport().width()
    for label in box.findChildren(QLabel):
        assert label.width() >= label.minimumSizeHint().width()
    assert box.record.width() >= box.record.sizeHint().width()
    assert [tick.text().replace("&&", "&") for tick, row in box.boxes if row.case_id == HOSTILE.id] == [HOSTILE.name]
