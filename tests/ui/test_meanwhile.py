"""What happens in between: keys held or pressed twice, a late undo, a case that goes, a practice that was closed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from local_db import projections
from tests.ui.conftest import OpenWindow
from tests.ui.sample_book import CHEN, SAMPLES, TODAY, WANG
from tests.ui.steps import added, fill_promise, recorded, take_away
from ui.shell.window import MainWindow
from workstation.domain.changes import Changes

LIU = SAMPLES[3]


def windows() -> list[QWidget]:
    return [made for made in QApplication.topLevelWidgets() if isinstance(made, MainWindow) and made.isVisible()]


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


def test_what_was_saved_long_ago_is_taken_back_by_the_second_key_only(open_window: OpenWindow) -> None:
    """Ctrl Z by habit in the morning must not take back yesterday's promise."""
    steps = open_window("en", case_id=LIU.id)
    steps.key("1")
    steps.key("Ctrl+Return")
    steps.window.desk.seat.clock.shift += timedelta(hours=2)

    def taken_back() -> int:
        return len(steps.window.desk.seat.file(LIU.id).state.set_aside)

    steps.key("Ctrl+Z")
    assert taken_back() == 0
    assert LIU.name in steps.window.toast._text.text()
    steps.window.toast.say("something else")
    steps.key("Ctrl+Z")
    assert taken_back() == 0, "what the second key means is on the screen"
    steps.key("Ctrl+Z")
    assert taken_back() == 1
    steps.key("Ctrl+Z")
    assert taken_back() == 1, "nothing is left of one's own"


def test_the_button_takes_back_what_was_saved_long_ago(open_window: OpenWindow) -> None:
    steps = open_window("en", case_id=LIU.id)
    steps.key("1")
    steps.key("Ctrl+Return")
    steps.window.desk.seat.clock.shift += timedelta(hours=2)
    steps.window.toast._undo.click()
    assert steps.window.toast._undo.text() == "Take it back  Ctrl Z"
    steps.window.toast._undo.click()
    assert len(steps.window.desk.seat.file(LIU.id).state.set_aside) == 1


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
