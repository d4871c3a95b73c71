"""A masked datum on the screen: a reason first, seconds that are counted, nothing left when it goes out of sight."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from tests.ui.conftest import OpenWindow
from tests.ui.sample_book import WANG
from tests.ui.steps import Steps
from ui.facts.reveal import MaskedLine
from workstation.domain.changes import Changes
from workstation.domain.events import Note, Reveal, TakenOut, decode_body


def line_of(steps: Steps, field: str = "phone", subject: str = WANG.part("mobile")) -> MaskedLine:
    steps.window.show_tab("facts")
    steps.settle()
    facts = steps.widget("facts_panel")
    return next(made for made in facts.findChildren(MaskedLine) if (made._field, made._subject) == (field, subject))


def bodies(steps: Steps, kind: str) -> list[object]:
    events = steps.window.desk.seat.file(WANG.id).events
    return [decode_body(event.kind, event.body) for event in events if event.kind == kind]


def shown_anywhere(widget: QWidget, value: str) -> bool:
    texts = [
        getattr(made, "text", str)() for made in widget.findChildren(QWidget) if callable(getattr(made, "text", None))
    ]
    texts += [made.toolTip() + made.accessibleName() + made.windowTitle() for made in widget.findChildren(QWidget)]
    return any(value in str(text) for text in texts)


def choose(line: MaskedLine, why: str) -> None:
    menu = line.show_it.menu()
    assert menu is not None
    action = menu.findChild(QAction, f"reveal_{why}")
    assert isinstance(action, QAction)
    action.trigger()


def test_a_reason_shows_it_for_counted_seconds_and_it_is_on_record(open_window: OpenWindow) -> None:
    steps = open_window("en")
    line = line_of(steps)
    assert line.value.text() == "138 **** 6620"
    choose(line, "dial")
    assert line.value.text() == WANG.phone
    assert line.left.text() == "20 s"
    assert bodies(steps, "reveal") == [Reveal(field="phone", why="dial", seconds=20)]
    line._second.setInterval(5)
    steps.until(lambda: line.value.text() == "138 **** 6620", "masked again after its seconds")
    assert not line.left.isVisible()
    assert line.show_it.isVisible()
    assert not shown_anywhere(steps.window, WANG.phone)


def test_another_reason_is_said_in_own_words_first(open_window: OpenWindow) -> None:
    steps = open_window("en")
    line = line_of(steps)
    choose(line, "other")
    assert bodies(steps, "reveal") == []
    assert QApplication.focusWidget() is line.words
    steps.key("Return")
    assert bodies(steps, "reveal") == []
    assert line.value.text() == "138 **** 6620"
    steps.type("call from the branch")
    steps.key("Return")
    assert line.value.text() == WANG.phone
    assert bodies(steps, "reveal") == [Reveal(field="phone", why="other", reason="call from the branch", seconds=20)]
    assert not line.findChild(QLineEdit).text()  # type: ignore[union-attr]


def test_another_tab_the_curtain_and_a_break_hide_it_at_once(open_window: OpenWindow) -> None:
    steps = open_window()
    for away in (
        lambda: steps.window.show_tab("call"),
        lambda: steps.key("F12"),
        lambda: steps.window.show_page("sync"),
    ):
        line = line_of(steps)
        choose(line, "verify")
        assert shown_anywhere(steps.window, WANG.phone)
        away()
        assert not shown_anywhere(steps.window, WANG.phone)
        if steps.window.covers.curtained:
            steps.key("F12")
        steps.window.show_page("cases")


def test_what_is_copied_is_on_record_before_it_is_on_the_clipboard(open_window: OpenWindow) -> None:
    steps = open_window("en")
    line = line_of(steps)
    QApplication.clipboard().clear()
    assert not line.copy_it.isVisible(), "what is masked is not copied"
    line.copy()
    assert QApplication.clipboard().text() == ""
    choose(line, "dial")
    line.copy_it.click()
    assert QApplication.clipboard().text() == WANG.phone
    assert bodies(steps, "taken_out") == [TakenOut(how="copy", what="phone", fields=("phone",), why="dial")]
    QApplication.clipboard().clear()


def test_a_role_without_the_right_has_no_button(open_window: OpenWindow) -> None:
    steps = open_window("en", role="auditor")
    line = line_of(steps)
    assert not line.show_it.isVisible()
    line.reveal("asked")
    assert line.value.text() == "138 **** 6620"
    assert bodies(steps, "reveal") == []


def test_the_card_and_the_id_number_too(open_window: OpenWindow) -> None:
    steps = open_window("en")
    card = line_of(steps, "card", WANG.part("account"))
    choose(card, "verify")
    assert card.value.text() == "6217000000004031"
    id_number = line_of(steps, "id_number", "")
    choose(id_number, "verify")
    assert id_number.value.text() == "330102198505170012"
    assert [body.field for body in bodies(steps, "reveal") if isinstance(body, Reveal)] == ["card", "id_number"]


def test_a_number_in_a_note_is_had_from_its_entry(open_window: OpenWindow) -> None:
    steps = open_window("en")
    window = steps.window
    window.desk.seat.record(WANG.id, Note(text="new number 139 1234 0099"))
    window.desk.seat.record(WANG.id, Note(text="nothing to hide"))
    window.open_case(WANG.id)
    window.desk.announce(Changes(frozenset({"event"}), frozenset({WANG.id})))
    steps.settle()
    listed = window.case.timeline.list
    rows = {str(getattr(row, "detail", "")): place for place, row in enumerate(window.case.timeline.model.rows())}
    listed.setCurrentIndex(window.case.timeline.model.index(rows["nothing to hide"], 0))
    assert not window.case.written.isVisible()
    listed.setCurrentIndex(window.case.timeline.model.index(rows["new number 139 **** 0099"], 0))
    line = window.case.written.line
    assert line is not None
    assert window.case.written.isVisible()
    choose(line, "correct")
    assert line.value.text() == "new number 139 1234 0099"
    assert [body.field for body in bodies(steps, "reveal") if isinstance(body, Reveal)] == ["free_text"]
    steps.key("F12")
    assert not shown_anywhere(window, "139 1234 0099")
