"""The script box beside the call form: it follows the identity check, and everything in it is reached by keys."""

from __future__ import annotations

from itertools import product

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLabel

from tests.ui.conftest import OpenWindow
from tests.ui.sample_book import SAMPLES, WANG
from tests.ui.steps import Steps
from tests.ui.test_no_clipped_text import faults
from ui.call.script import ScriptBox
from workstation.desk.views import Script
from workstation.domain.message import msg
from workstation.domain.script import SECTIONS
from workstation.domain.script_words import debt_words


def box(steps: Steps) -> ScriptBox:
    found = steps.widget("script")
    assert isinstance(found, ScriptBox)
    return found


def check_identity(steps: Steps) -> None:
    steps.window.call.setFocus()
    steps.key("Alt+1")
    steps.key("Alt+3")
    steps.settle()


def heads(steps: Steps) -> list[str]:
    return [name for name, head in box(steps).heads.items() if head.isVisible()]


def current(steps: Steps) -> str:
    return next(name for name, head in box(steps).heads.items() if head.isChecked())


def test_it_goes_on_when_the_identity_is_checked_and_back_when_it_is_not(open_window: OpenWindow) -> None:
    steps = open_window("zh_CN")
    assert heads(steps) == ["opening", "identity"]
    assert current(steps) == "opening"
    assert box(steps).now.text() == "您好，我是陈静，本次通话会录音。"
    assert not any(debt_words(text) for text in box(steps).texts())
    check_identity(steps)
    assert heads(steps) == list(SECTIONS)
    assert current(steps) == "purpose"
    steps.key("Alt+1")
    steps.settle()
    assert heads(steps) == ["opening", "identity"]
    assert current(steps) == "opening"


def test_a_third_person_ends_all_talk_of_the_matter(open_window: OpenWindow) -> None:
    steps = open_window("zh_CN")
    check_identity(steps)
    assert any(debt_words(text) for text in box(steps).texts())
    steps.window.call._choose("third_party_spoken")
    steps.settle()
    for section in SECTIONS:
        box(steps).heads[section].click()
        assert not any(debt_words(text) for text in box(steps).texts()), section
    assert not box(steps).situations.isVisible()


def test_keys_walk_through_every_sentence_and_stop_at_both_ends(open_window: OpenWindow) -> None:
    steps = open_window("zh_CN")
    check_identity(steps)
    script = steps.window.desk.call.script(WANG.id, steps.window.call._form).spoken
    assert script is not None
    for _ in range(10):
        steps.key("Alt+PgUp")
    walked = [box(steps).now.text()]
    for _ in range(len(script.sentences) - 1):
        steps.key("Alt+PgDown")
        walked.append(box(steps).now.text())
    assert len(set(walked)) == len(script.sentences)
    assert current(steps) == "closing"
    steps.key("Alt+PgDown")
    assert box(steps).now.text() == walked[-1]


def test_what_is_withheld_is_reached_by_tab_with_its_article(open_window: OpenWindow) -> None:
    steps = open_window("zh_CN")
    check_identity(steps)
    box(steps).heads["options"].setFocus()
    steps.key("Space")
    found: list[str] = []
    for _ in range(4):
        steps.key("Tab")
        focus = QApplication.focusWidget()
        if isinstance(focus, QLabel):
            found.append(focus.accessibleName())
    assert len(found) == 1  # both reasons rest on the same article
    assert "没有立案记录，不得称“已采取法律措施”。" in found[0]
    assert "没有报送记录，不得称“已影响征信”。" in found[0]
    assert found[0].endswith("《商业银行信用卡业务监督管理办法》 第六十八条")


def test_reading_on_does_not_take_the_focus_from_the_form(open_window: OpenWindow) -> None:
    steps = open_window("zh_CN")
    check_identity(steps)
    steps.window.call.note.setFocus()
    steps.type("听")
    steps.key("Alt+PgDown")
    assert QApplication.focusWidget() is steps.window.call.note
    steps.type("着")
    assert steps.window.call.note.toPlainText() == "听着"


def test_a_chosen_situation_stays_until_the_person_says_something_new(open_window: OpenWindow) -> None:
    steps = open_window("zh_CN")
    check_identity(steps)
    choices = box(steps).situations
    assert choices.currentData() == "follow_up"
    choices.setCurrentIndex(choices.findData("angry"))
    choices.activated.emit(choices.currentIndex())
    steps.window.call.note.setPlainText("先听")
    steps.settle()
    assert choices.currentData() == "angry"
    steps.window.call._choose("disputes_debt")
    steps.settle()
    assert choices.currentData() == "dispute"
    steps.window.open_case(SAMPLES[2].id)
    steps.settle()
    assert box(steps).situation == ""
    assert current(steps) == "opening"


def test_reasons_are_in_the_collectors_language_and_sentences_in_the_debtors(open_window: OpenWindow) -> None:
    steps = open_window("en")
    check_identity(steps)
    box(steps).heads["options"].click()
    now, *rest = box(steps).texts()
    assert now == "您一次还清有困难，我们一起看一个您负担得起的安排。"
    assert any("No legal step on record" in text for text in rest)


def test_the_sentence_to_say_stands_out(open_window: OpenWindow) -> None:
    steps = open_window("zh_CN", "dark")
    check_identity(steps)
    parts = box(steps)
    assert parts.following.text()
    assert parts.now.fontMetrics().height() > parts.following.fontMetrics().height()


def test_a_script_that_cannot_be_read_is_a_sentence(open_window: OpenWindow) -> None:
    steps = open_window("zh_CN")
    check_identity(steps)
    box(steps).show_script(Script(None, msg("No script.")))
    assert box(steps).title.text() == "No script."
    assert not box(steps).now.isVisible()
    assert heads(steps) == []
    box(steps).step(1)
    box(steps).show_script(steps.window.desk.call.script(WANG.id, steps.window.call._form))
    assert heads(steps) == list(SECTIONS)


@pytest.mark.parametrize(("language", "scale"), [("zh_CN", 100), ("en", 100), ("en", 150)])
def test_every_section_of_every_situation_fits(open_window: OpenWindow, language: str, scale: int) -> None:
    steps = open_window(language, scale=scale, size=(1440, 900))
    check_identity(steps)
    choices = box(steps).situations
    assert isinstance(choices, QComboBox)
    assert choices.focusPolicy() != Qt.FocusPolicy.NoFocus
    found = {}
    for place, section in product(range(choices.count()), ("purpose", "options")):
        choices.setCurrentIndex(place)
        choices.activated.emit(place)
        box(steps).heads[section].click()
        steps.settle()
        found[choices.currentData(), section] = faults(box(steps))
    assert not {where: lines for where, lines in found.items() if lines}
