"""The curtain and the break over every window: no key, no name and no case gets through, whatever is open or comes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAccessible, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

import ui.queue.panel
from tests.ui.conftest import OpenWindow
from tests.ui.sample_book import SAMPLES, TODAY, WANG
from tests.ui.steps import Steps, added, fill_promise, recorded, take_away
from workstation.domain.changes import Changes
from workstation.domain.events import Contact, NextAction

LIU, HUANG, ZHOU = SAMPLES[3], SAMPLES[6], SAMPLES[7]


@pytest.mark.parametrize("keys", [("8", "8"), ("1", "1", "1"), ("R", "W", "8")])
def test_behind_the_curtain_a_second_key_records_nothing_on_the_next_case(
    open_window: OpenWindow, keys: tuple[str, ...]
) -> None:
    steps = open_window("en", case_id=LIU.id)
    before = recorded(steps)
    steps.key("F12")
    for key in keys:
        steps.key(key)
    assert added(before, recorded(steps)) == {LIU.name: 1}
    assert steps.window.covers.curtain.told.text() == "Recorded."
    steps.key("F12")
    steps.key("F12")
    assert steps.window.covers.curtain.told.text() == "", "drawn again it is as new"
    steps.key("1")
    assert sum(added(before, recorded(steps)).values()) == 2


def test_a_key_held_down_behind_the_curtain_records_nothing(open_window: OpenWindow) -> None:
    steps = open_window("en", case_id=LIU.id)
    before = recorded(steps)
    steps.key("F12")
    for _ in range(5):
        again = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_1, Qt.KeyboardModifier.NoModifier, "1", True)
        QApplication.sendEvent(steps.window.covers.curtain, again)
    assert recorded(steps) == before


def test_the_case_that_came_behind_the_curtain_is_not_recorded_on(open_window: OpenWindow) -> None:
    steps = open_window("en")
    steps.key("F12")
    take_away(steps, WANG.id, told=True)
    steps.window.desk.announce(Changes(frozenset({"case"}), frozenset({LIU.id})))
    steps.settle()
    assert steps.window.case.case is not None
    before = _others(steps)
    assert QApplication.focusWidget() is steps.window.covers.curtain, "no key reaches what is covered"
    steps.key("8")
    assert _others(steps) == before
    assert "lift the curtain" in steps.window.covers.curtain.told.text()


def _others(steps: Steps) -> dict[str, int]:
    file = steps.window.desk.seat.file
    return {sample.name: len(file(sample.id).events) for sample in SAMPLES if sample is not WANG}


def popup_of_numbers(steps: Steps) -> None:
    steps.window.call.point.showPopup()


def popup_of_reasons(steps: Steps) -> None:
    fill_promise(steps)
    field = steps.window.call.fields["reason"]
    field.combo.showPopup()  # type: ignore[union-attr]


def menu_of_views(steps: Steps) -> None:
    steps.key("Ctrl+L")


@pytest.mark.parametrize("opened", [popup_of_numbers, popup_of_reasons, menu_of_views])
def test_the_curtain_s_key_works_while_a_list_or_a_menu_is_open(
    open_window: OpenWindow, opened: Callable[[Steps], None]
) -> None:
    steps = open_window("en")
    opened(steps)
    QTest.qWait(50)
    popup = QApplication.activePopupWidget()
    assert popup is not None, "or there is nothing to test"
    QTest.keyClick(popup.windowHandle(), Qt.Key.Key_F12)
    QTest.qWait(50)
    assert steps.window.covers.curtained
    assert QApplication.activePopupWidget() is None
    assert not [made for made in QApplication.topLevelWidgets() if made.isVisible() and made is not steps.window]


def test_a_break_begun_behind_the_curtain_ends_behind_it(open_window: OpenWindow) -> None:
    steps = open_window("en", case_id=LIU.id)
    steps.key("Ctrl+Shift+A")
    steps.key("F12")
    steps.key("1")
    assert steps.window.covers.rest.isVisible(), "the call was abusive: a break follows"
    steps.key("F12")
    assert steps.window.covers.rest.isVisible()
    steps.key("Ctrl+B")
    assert steps.window.covers.curtained
    steps.key("F12")
    assert not steps.window.covers.curtained
    steps.key("Ctrl+B")
    steps.key("Ctrl+B")
    assert not steps.window.covers.curtained


@pytest.mark.parametrize("cover", ["F12", "Ctrl+B"])
def test_no_name_is_announced_while_everything_is_covered(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch, cover: str
) -> None:
    said: list[str] = []

    class Listening(QAccessible):
        """A screen reader that is on, and what it would say."""

        isActive = staticmethod(lambda: True)  # Qt's name
        updateAccessibility = staticmethod(lambda event: said.append(event.message()))

    monkeypatch.setattr(ui.queue.panel, "QAccessible", Listening)
    steps = open_window("en")
    for sample, covered in ((ZHOU, True), (HUANG, False)):
        if covered:
            steps.key(cover)
        desk = steps.window.desk
        due = NextAction(action="call_back", due=TODAY, time=f"{desk.now().astimezone(desk.seat.clock.zone):%H:%M}")
        desk.seat.record(
            sample.id, Contact(party="debtor", next_action=due), outcome="callback_requested", channel="call",
            contact_point=sample.part("mobile"),
        )  # fmt: skip
        desk.seat.clock.shift += timedelta(minutes=2)
        desk.announce(Changes(frozenset({"event"}), frozenset({sample.id})))
        steps.window.queue.refresh()
        assert sample.id in {row.case_id for row in steps.window.queue.urgent_now}
        assert bool(said) is not covered
        if covered:
            steps.key(cover)


def test_the_curtain_covers_the_practice_and_the_desk_behind_it_alike(open_window: OpenWindow) -> None:
    steps = open_window("en")
    steps.window.begin_practice()
    practised = steps.window.practised
    assert practised is not None
    inside = Steps(practised)
    practised.call.setFocus()
    inside.key("F12")
    assert practised.covers.curtained
    assert steps.window.covers.curtained, "the real debtor is not to be seen beside it"
    inside.key("F12")
    assert not practised.covers.curtained
    assert not steps.window.covers.curtained
