"""The window against haste, other eyes and other clocks: keys held or pressed twice, lists left open, cases that go."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAccessible, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

import ui.queue.panel
from local_db import projections
from tests.ui.conftest import OpenWindow
from tests.ui.sample_book import CHEN, SAMPLES, TODAY, WANG
from tests.ui.steps import Steps, fill_promise
from ui.shell.window import MainWindow
from workstation.domain.changes import Changes
from workstation.domain.events import Contact, NextAction

LIU, HUANG, ZHOU = SAMPLES[3], SAMPLES[6], SAMPLES[7]


def recorded(steps: Steps) -> dict[str, int]:
    """How many contacts each case has."""
    file = steps.window.desk.seat.file
    return {sample.name: sum(event.kind == "contact" for event in file(sample.id).events) for sample in SAMPLES}


def added(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    return {name: after[name] - before[name] for name in after if after[name] != before[name]}


def take_away(steps: Steps, case_id: str, *, told: bool) -> None:
    """The case goes to somebody else, as a synchronisation would take it."""
    with steps.window.desk.seat.store.write() as conn:
        for table in ("case_row", "case_search", "draft", "debtor", "account", "contact_point", "case_event"):
            conn.exec_driver_sql(f"DELETE FROM {table} WHERE case_id = ?", (case_id,))
        conn.exec_driver_sql("DELETE FROM cases WHERE id = ?", (case_id,))
    if told:
        steps.window.desk.announce(Changes(frozenset({"case"}), frozenset({case_id})))
        steps.settle()


# ---- the curtain ----


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


# ---- practice ----


def windows() -> list[QWidget]:
    return [made for made in QApplication.topLevelWidgets() if isinstance(made, MainWindow) and made.isVisible()]


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


def test_a_practice_that_was_closed_is_asked_for_nothing(open_window: OpenWindow) -> None:
    steps = open_window("en")
    for language in ("zh_CN", "en"):
        steps.window.begin_practice()
        practised = steps.window.practised
        assert practised is not None
        practised.close()
        steps.settle()
        steps.window.look.choose(language=language)  # raises where a closed store is asked
        steps.settle()
    assert windows() == [steps.window]
    steps.window.begin_practice()
    assert len(windows()) == 2


# ---- keys held down, keys pressed twice ----


def test_of_the_keys_that_do_something_none_repeats_when_held(open_window: OpenWindow) -> None:
    known = open_window("en").window._keys
    assert {key for key, shortcut in known.items() if shortcut.autoRepeat()} == {"Ctrl+J", "Ctrl+Shift+J"}


def test_the_abuse_key_pressed_twice_marks_nothing(open_window: OpenWindow) -> None:
    steps = open_window("en", case_id=LIU.id)
    steps.key("Ctrl+Shift+A")
    steps.key("Ctrl+Shift+A")
    steps.key("1")
    steps.key("Ctrl+Return")
    assert not steps.window.desk.breaks.running
    assert steps.window.desk.day_close.check().figures["abusive"] == 0


# ---- undo ----


@pytest.mark.parametrize("meanwhile", ["second 29", "a synchronisation", "closed and opened"])
def test_what_was_saved_is_taken_back(open_window: OpenWindow, meanwhile: str) -> None:
    steps = open_window("en", case_id=LIU.id)
    before = recorded(steps)
    steps.key("1")
    steps.key("Ctrl+Return")
    assert added(before, recorded(steps)) == {LIU.name: 1}
    if meanwhile == "second 29":
        steps.window.desk.seat.clock.shift += timedelta(seconds=29)
    elif meanwhile == "a synchronisation":
        steps.window.desk.announce(Changes(frozenset({"sync"}), frozenset(), everything=True))
    else:
        steps.window.close()
        steps = open_window("en", case_id=LIU.id)
    steps.key("Ctrl+Z")
    file = steps.window.desk.seat.file(LIU.id)
    own = [event for event in file.events if event.author == CHEN and event.kind == "contact"]
    assert [event.id for event in own] == list(file.state.set_aside)
    assert sum(added(before, recorded(steps)).values()) == 1, "nothing is deleted"


# ---- a case that goes, names that come ----


def test_a_case_that_left_unannounced_says_so_and_keeps_the_words(open_window: OpenWindow) -> None:
    steps = open_window("en")
    fill_promise(steps)
    typed = steps.window.call.note.toPlainText()
    take_away(steps, WANG.id, told=False)
    steps.key("Ctrl+Return")
    assert "moved to a colleague" in steps.window.toast._text.text()
    assert "moved to a colleague" in steps.window.call.problem.text()
    assert steps.window.call.note.toPlainText() == typed
    steps.window.call.note.setFocus()
    steps.type("…")
    steps.settle()  # the check while typing raises nothing


@pytest.mark.parametrize("keys", ["Ctrl+D", "F3", "F4", "F5", "F6", "Ctrl+1", "Ctrl+E", "Ctrl+I", "Ctrl+Z", "Shift+F1"])
def test_no_key_fails_on_a_case_that_left_unannounced(open_window: OpenWindow, keys: str) -> None:
    steps = open_window("en")
    take_away(steps, WANG.id, told=False)
    steps.key(keys)  # an error that nobody catches fails the test
    steps.settle()
    steps.window.open_case(LIU.id)
    assert steps.window.case.case is not None
    assert steps.window.case.case.case_id == LIU.id


HARD = {
    "rare": "\U00020000\U0002a6df龘",
    "right to left": "\u202eمحمد عبد\u202c אבג",
    "marks": "Z" + "\u0338\u0327\u031b\u0347\u0348" * 20,
    "no width": "王\u200b小\u200d明\ufeff\u2060",
    "pictures": "👩\u200d👩\u200d👧\u200d👦🇨🇳",
    "formula": '=HYPERLINK("http://x","y")',
    "html": "<img src=file:///etc/passwd><b>x",
    "format": "{name} %s {0} \\x",
}


def test_names_of_every_kind_stand_in_every_panel_and_are_found(open_window: OpenWindow) -> None:
    steps = open_window("en")
    desk = steps.window.desk
    for name in HARD.values():
        with desk.seat.store.write() as conn:
            conn.exec_driver_sql("UPDATE debtor SET name = ? WHERE case_id = ?", (name, WANG.id))
            projections.refresh(conn, {WANG.id}, TODAY)
        desk.announce(Changes(frozenset({"case"}), frozenset({WANG.id})))
        for tab in ("plan", "letter", "facts", "message", "call"):
            steps.window.show_tab(tab)
        assert steps.window.case.case is not None
        assert desk.casefile.open(WANG.id).name == name
        found = desk.worklist.queue("all", name)
        assert WANG.id in {row.case_id for row in (*found.rows, *found.similar)}, name


def test_a_book_pasted_into_the_note_is_named_and_the_window_goes_on(open_window: OpenWindow) -> None:
    steps = open_window("en", case_id=LIU.id)
    before = recorded(steps)
    steps.key("1")
    steps.window.call.note.setPlainText("永" * 1_000_000)
    steps.settle()
    steps.key("Ctrl+Return")
    assert "1000000 characters" in steps.window.toast._text.text()
    assert recorded(steps) == before
    steps.window.call.note.setPlainText("永" * 4_000)
    steps.key("Ctrl+Return")
    assert added(before, recorded(steps)) == {LIU.name: 1}
