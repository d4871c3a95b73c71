"""Behind the privacy curtain nothing of a case is painted, spoken, focused or left in a title, and no key opens it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QAccessible, QAccessibleInterface, QImage
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from tests.ui.conftest import OpenWindow
from tests.ui.sample_book import SAMPLES, WANG
from tests.ui.steps import Steps, fill_promise
from ui.case.page import VIEWS
from ui.shell.rail import PAGES

LIU = SAMPLES[3]
SENSITIVE = (WANG.name, "张建国", "48,613", "6620", "杭州", "M3", "3k", "停发工资", "华东商业银行")


def spoken(window: object) -> list[str]:
    """Every name, value and description that a screen reader can reach in what is visible."""
    texts: list[str] = []

    def walk(face: QAccessibleInterface) -> None:
        if face.state().invisible:  # type: ignore[attr-defined]
            return
        texts.extend(
            face.text(kind) for kind in (QAccessible.Text.Name, QAccessible.Text.Value, QAccessible.Text.Description)
        )
        for place in range(face.childCount()):
            child = face.child(place)
            if child is not None:
                walk(child)

    walk(QAccessible.queryAccessibleInterface(window))  # type: ignore[arg-type]
    return [text for text in texts if text]


class PaintsOf(QObject):
    """How often any of the widgets was painted."""

    def __init__(self, *widgets: QWidget) -> None:
        super().__init__()
        self.count = 0
        for widget in widgets:
            widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Paint
        return False


def painted(steps: Steps) -> QImage:
    steps.settle()
    return steps.window.grab().toImage()


def test_a_screen_reader_reaches_the_case_without_the_curtain(open_window: OpenWindow) -> None:
    assert any(WANG.name in text for text in spoken(open_window().window)), "or the next test could not fail"


def test_nothing_sensitive_is_painted_spoken_or_left_in_a_title(open_window: OpenWindow) -> None:
    steps = open_window()
    fill_promise(steps)
    steps.window.toast.say(f"{WANG.name} ¥48,613.27")
    steps.key("Ctrl+K")
    steps.key("F12")
    first = painted(steps)
    heard = " ".join(spoken(steps.window))
    assert not [word for word in SENSITIVE if word in heard]
    titles = " ".join(widget.windowTitle() for widget in QApplication.topLevelWidgets())
    assert not [word for word in SENSITIVE if word in titles]
    assert not steps.window.toast.isVisible()
    steps.key("F12")
    steps.window.open_case(LIU.id)
    steps.window.show_tab("facts")
    steps.key("F12")
    assert painted(steps) == first, "it looks the same whatever is behind it"


@pytest.mark.parametrize("view", [name for name, _, _ in VIEWS])
def test_no_view_of_the_case_shows_through(open_window: OpenWindow, view: str) -> None:
    steps = open_window()
    steps.key("F12")
    first = painted(steps)
    steps.key("F12")
    steps.window.show_view(view)
    assert any(word in text for word in SENSITIVE for text in spoken(steps.window))
    steps.key("F12")
    assert painted(steps) == first
    heard = " ".join(spoken(steps.window))
    assert not [word for word in SENSITIVE if word in heard]
    seen = PaintsOf(*(widget for widget in steps.window.case.findChildren(QWidget)))
    steps.window.desk.announce(steps.window.desk.casefile.seen(WANG.id))  # the case is shown anew, unseen
    steps.settle()
    assert seen.count == 0


def test_no_page_shows_through(open_window: OpenWindow) -> None:
    steps = open_window(role="lead")
    steps.key("F12")
    first = painted(steps)
    steps.key("F12")
    named = 0
    for page, _ in PAGES:
        steps.window.show_page(page)
        steps.settle()
        named += any(word in text for word in SENSITIVE for text in spoken(steps.window))
        steps.key("F12")
        assert painted(steps) == first, page
        heard = " ".join(spoken(steps.window))
        assert not [word for word in SENSITIVE if word in heard], page
        steps.key("F12")
    assert named >= 3, "or there is nothing to hide"


def test_no_key_opens_anything_behind_it(open_window: OpenWindow) -> None:
    steps = open_window("en")
    steps.key("F12")
    before = painted(steps)
    for key in ("Ctrl+K", "Ctrl+J", "F5", "F9", "Ctrl+D", "Ctrl+Z", "Ctrl+Return", "Esc", "Tab", "Tab", "Tab", "Tab"):
        steps.key(key)
    steps.window.toast.say(WANG.name)
    steps.window.covers.curtain.setFocus()
    assert painted(steps) == before
    assert not isinstance(QApplication.focusWidget(), QLineEdit)
    steps.key("F12")
    assert not steps.window.covers.curtained
    assert steps.window.toast.isVisible(), "what was said meanwhile is shown afterwards"


@pytest.mark.parametrize(("key", "outcome"), [("8", "third_party_spoken"), ("R", "third_party_will_relay")])
def test_what_a_third_person_said_is_recorded_with_one_key(open_window: OpenWindow, key: str, outcome: str) -> None:
    steps = open_window("en", case_id=LIU.id)
    steps.key("F12")
    steps.key(key)
    assert steps.window.desk.seat.file(LIU.id).events[-1].outcome == outcome
    assert steps.window.covers.curtained
    assert steps.window.covers.curtain.told.text() == "Recorded."


def test_what_cannot_be_recorded_from_there_stays_and_says_so(open_window: OpenWindow) -> None:
    steps = open_window("en", case_id=SAMPLES[4].id)  # a dispute is open: going ahead asks for a reason
    before = steps.window.desk.seat.file(SAMPLES[4].id).events
    steps.key("F12")
    steps.key("8")
    assert steps.window.desk.seat.file(SAMPLES[4].id).events == before
    assert "lift the curtain" in steps.window.covers.curtain.told.text()
    steps.key("F12")
    assert steps.window.call._form.outcome == "third_party_spoken"
