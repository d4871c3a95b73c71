"""Guidance in the window: articles found as one types, by the palette and by F1; a word of help in each field."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QWhatsThis

from tests.ui.conftest import OpenWindow
from tests.ui.steps import Steps
from ui.knowledge.page import KnowledgePage
from workstation.domain.knowledge import load


def page_of(steps: Steps) -> KnowledgePage:
    page = steps.window.pages.currentWidget()
    assert isinstance(page, KnowledgePage)
    return page


def test_f1_opens_the_article_for_the_outcome_and_typing_finds_others(open_window: OpenWindow) -> None:
    steps = open_window("en")
    steps.key("5")
    steps.window.call.setFocus()
    steps.key("F1")
    page = page_of(steps)
    assert page.shown == "dispute"
    assert "answered in writing" in page.reader.toPlainText()
    steps.type("limitation")
    assert (page.shown, page.list.count()) == ("limitation", 1)
    page.entry.setText("zebra")
    assert page.empty.isVisible()
    assert page.reader.toPlainText() == ""
    page.entry.clear()
    steps.key("Down")
    assert page.list.currentRow() == 1
    steps.key("Esc")
    assert steps.window.pages.currentIndex() == 0
    assert steps.window.call.outcome == "disputes_debt", "what was begun is as it was"


def test_the_palette_finds_an_article_and_the_language_turns_it(open_window: OpenWindow) -> None:
    steps = open_window("en")
    steps.key("Ctrl+K")
    steps.type("good note")
    steps.key("Return")
    page = page_of(steps)
    assert page.shown == "good_note"
    steps.window.look.choose(language="zh_CN")
    assert page.shown == "good_note"
    titles = {article.id: article.title for article in load("zh_CN")}
    assert titles["good_note"] in page.reader.toPlainText()


def test_f1_in_a_field_says_a_word_beside_it(open_window: OpenWindow) -> None:
    steps = open_window("en")
    steps.key("3")
    assert QApplication.focusWidget().objectName() == "call_amount"  # type: ignore[union-attr]
    steps.key("F1")
    assert steps.window.pages.currentIndex() == 0
    shown = [widget for widget in QApplication.topLevelWidgets() if "WhatsThat" in widget.metaObject().className()]
    assert shown
    QWhatsThis.hideText()
