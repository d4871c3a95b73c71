"""The guide beside the case: articles that fit it, phrases to copy, an example of a note; the case stays in view."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QPlainTextEdit

from tests.ui.conftest import OpenWindow
from tests.ui.sample_book import SAMPLES
from tests.ui.steps import Steps
from tests.ui.test_no_clipped_text import faults
from tests.ui.test_spoken import nameless
from workstation.domain.knowledge import article, beside, load, note_example

LANGUAGES = ("en", "zh_CN")


def titles(steps: Steps) -> list[str]:
    links = [steps.window.guide.findChild(QAbstractButton, f"guide_article_{n}") for n in (1, 2, 3, 4)]
    return [link.text().split("   ", 1)[1] for link in links if link is not None and link.isVisible()]


def test_the_line_names_what_fits_and_costs_no_stop_on_the_way(open_window: OpenWindow) -> None:
    steps = open_window("en", size=(1920, 1080))
    line = steps.window.call.guide
    at_first = [found.id for found in line.articles]
    assert 1 <= len(at_first) <= 3, "something is true of the case before anybody is called"
    steps.key("5")
    assert line.articles[0].id == "dispute"
    assert line.text().startswith("A dispute")
    assert len(line.articles) == 3
    assert "+2" in line.text()
    assert not steps.window.guide.isVisible(), "closed until it is asked for"
    visited = set()
    for _ in range(60):
        steps.key("Tab")
        focus = QApplication.focusWidget()
        visited.add("" if focus is None else focus.objectName())
    assert "call_note" in visited
    assert "call_guide" not in visited


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_key_opens_it_beside_the_case_and_goes_back_to_the_field(open_window: OpenWindow, language: str) -> None:
    steps = open_window(language)
    window = steps.window
    steps.key("3")
    steps.type("3k")
    steps.key("Shift+F1")
    assert window.guide.isVisible()
    assert window.case.isVisible(), "the case stays in view"
    assert window.header.isVisible()
    assert titles(steps) == [found.title for found in beside("promise_to_pay", steps_known(steps), language)]
    assert titles(steps)[0] == next(found.title for found in load(language) if found.id == "promise")
    assert window.guide.note.text() == note_example("promise_to_pay", language)
    steps.key("2")
    second = window.guide.shown
    assert second.title == titles(steps)[1]
    assert window.guide.reader.toPlainText()[:12] in second.body
    steps.key("9")
    assert window.guide.shown == second, "there is no ninth"
    steps.key("Esc")
    assert not window.guide.isVisible()
    assert QApplication.focusWidget().objectName() == "call_amount"  # type: ignore[union-attr]
    assert window.call.fields["amount"].text() == "3k", "nothing typed is lost"
    steps.key("Shift+F1")
    steps.key("Shift+F1")
    assert not window.guide.isVisible(), "the same key closes it"


def steps_known(steps: Steps) -> frozenset[str]:
    call = steps.window.call
    assert call._case is not None
    return steps.window.desk.call.script(call._case.case_id, call._form, "").known


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_model_phrase_is_copied_and_put_nowhere_by_itself(open_window: OpenWindow, language: str) -> None:
    steps = open_window(language)
    steps.key("5")
    before = steps.window.call.note.toPlainText()
    steps.key("Shift+F1")
    QApplication.clipboard().clear()
    steps.key("C")
    phrase = steps.window.guide.shown.phrases[0]
    assert QApplication.clipboard().text() == phrase
    assert phrase in [shown.text() for shown in steps.window.guide.findChildren(QLabel)]
    steps.key("Esc")
    assert steps.window.call.note.toPlainText() == before == ""


def test_nothing_is_recorded_that_the_guide_hides(open_window: OpenWindow) -> None:
    steps = open_window("en")
    steps.key("1")
    case_id = steps.window._case_id
    steps.key("Shift+F1")
    steps.key("Ctrl+Return")
    assert steps.window._case_id == case_id
    assert steps.window.call.isVisible(), "what would be recorded is shown first"
    steps.key("Ctrl+Return")
    assert steps.window._case_id != case_id


def test_another_case_closes_it_and_another_panel_keeps_its_place(open_window: OpenWindow) -> None:
    steps = open_window("en")
    window = steps.window
    window.show_tab("plan")
    steps.key("Shift+F1")
    assert window.current.objectName() == "plan_panel"
    steps.key("Esc")
    assert window.doing.currentWidget().objectName() == "plan_panel"
    steps.key("Shift+F1")
    window.open_case(SAMPLES[2].id)
    assert not window.guide.isVisible()
    assert window.doing.currentWidget().objectName() == "plan_panel"
    steps.key("Shift+F1")
    window.show_tab("facts")
    assert not window.guide.isVisible()
    assert window.current.objectName() == "facts_panel"
    steps.key("Shift+F1")
    assert window.guide.isVisible()
    steps.key("Esc")
    assert window.doing.currentWidget().objectName() == "facts_panel"


def test_the_guide_turns_with_the_language(open_window: OpenWindow) -> None:
    steps = open_window("en")
    steps.key("4")
    steps.key("Shift+F1")
    shown = steps.window.guide.shown.id
    steps.window.look.choose(language="zh_CN")
    assert steps.window.guide.shown.id == shown
    assert steps.window.guide.shown.language == "zh_CN"
    assert not steps.window.guide.note.text().isascii()
    assert steps.window.call.guide.articles[0].language == "zh_CN"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_palette_finds_a_phrase_and_shows_it_beside_the_case(open_window: OpenWindow, language: str) -> None:
    steps = open_window(language)
    found = article("hardship", language)
    assert found is not None
    steps.key("Ctrl+K")
    steps.type(found.phrases[0][4:16])
    steps.key("Return")
    assert steps.window.guide.isVisible()
    assert steps.window.case.isVisible()
    assert steps.window.guide.shown.id == "hardship"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_note_shows_an_example_for_the_outcome_and_stays_empty(open_window: OpenWindow, language: str) -> None:
    steps = open_window(language)
    note = steps.window.call.note
    assert isinstance(note, QPlainTextEdit)
    plain = note.accessibleDescription()
    for choice in steps.window.desk.call.choices():
        steps.window.call._choose(choice.id)
        steps.window.call._check()
        example = note_example(choice.id, language)
        assert example
        assert example in note.accessibleDescription()
        assert example in note.toolTip()
        assert note.accessibleDescription().startswith(plain)
        assert note.toPlainText() == ""
    steps.window.look.choose(theme="dark")
    assert example in note.accessibleDescription(), "another theme takes nothing away"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("size", "scale"), [((1440, 900), 100), ((1100, 700), 100), ((1440, 900), 150)])
def test_every_word_of_the_guide_fits_and_every_control_has_a_name(
    open_window: OpenWindow, language: str, size: tuple[int, int], scale: int
) -> None:
    steps = open_window(language, scale=scale, size=size)
    steps.key("5")
    steps.key("Shift+F1")
    guide = steps.window.guide
    for place in range(3):
        guide.turn_to(place)
        steps.settle()
        assert not faults(guide)
        assert not nameless(guide)
        assert guide.reader.height() >= guide.reader.document().size().height(), "the text stands there whole"
