"""Every field of every panel beside the case has a word of help, in both languages, for hand, eye and ear."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit, QPlainTextEdit, QWhatsThis, QWidget

from tests.ui.conftest import OpenWindow
from tests.ui.sample_book import WANG
from tests.ui.steps import Steps
from ui.approvals.page import ApprovalsPage
from ui.coaching.page import CoachingPage
from ui.knowledge.help import describe
from ui.letter.fields import Fields
from ui.plan.budget import BudgetEditor
from ui.plan.panel import PlanPanel
from ui.shell import rooms
from ui.shell.commands import TABS
from ui.team.page import TeamPage
from ui.team.reassign import Reassign
from ui.visit.panel import VisitPanel
from ui.widgets.basic import down
from workstation.desk.letter_fields import FIELDS
from workstation.desk.plan_views import PlanAccountChoice
from workstation.desk.visit_views import PhotoRow
from workstation.domain import knowledge
from workstation.domain.message import msg

LANGUAGES = ("en", "zh_CN")


def fields(panel: QWidget) -> list[QWidget]:
    """What a person types into or chooses by; the heads of the script are no field, they turn its page."""
    found: list[QWidget] = []
    for kind in (QLineEdit, QPlainTextEdit, QComboBox, QAbstractButton):
        found += [widget for widget in panel.findChildren(QWidget) if isinstance(widget, kind)]
    return [
        widget
        for widget in found
        if not (isinstance(widget, QAbstractButton) and not widget.isCheckable())
        and widget.objectName() not in {f"script_{head}" for head in HEADS}
    ]


HEADS = ("opening", "identity", "purpose", "listening", "options", "closing")


def panels(steps: Steps) -> dict[str, QWidget]:
    """All of them, with every field that any outcome of a call asks for."""
    call = steps.window.call
    for choice in steps.window.desk.call.choices():
        call._choose(choice.id)
    assert all(call.isAncestorOf(field) for field in call.fields.values())
    found: dict[str, QWidget] = {}
    for name, _, _ in TABS:
        steps.window.show_tab(name)
        found[name] = steps.window.current
        if isinstance(steps.window.current, PlanPanel):
            work = steps.window.current.work
            two = tuple(PlanAccountChoice(identity, msg("{card}", card=identity), True) for identity in ("a", "b"))
            work.view = replace(work.view, accounts=two)  # as of a debtor with two cards
            work.shown.emit()
        if isinstance(steps.window.current, VisitPanel):
            steps.window.current.signing_page()
            steps.window.current.photos._show_row(PhotoRow("0" * 64, 1, "image/jpeg", 1, 1))
    found["budget"] = budget(steps)
    found["letters"] = letters(steps)
    found["approvals"] = ApprovalsPage(steps.window.look, steps.window.desk, lambda _case: None, lambda _words: None)
    found["approvals"].setParent(steps.window)
    found["field"] = rooms.page("field", steps.window.look, steps.window.desk, lambda _: None, lambda _: None)
    found["field"].setParent(steps.window)
    found["team"] = staff(steps)
    found["coaching"] = CoachingPage(steps.window.look, steps.window.desk, lambda _case: None, lambda _words: None)
    found["coaching"].setParent(steps.window)
    found["reassign"] = Reassign(steps.window.look, steps.window.desk, lambda _case: None, lambda _said: None)
    found["reassign"].setParent(steps.window)
    return found


def staff(steps: Steps) -> QWidget:
    """The form of a person's place, with the filters of the page around it."""
    page = TeamPage(steps.window.look, steps.window.desk, *[lambda *_: None] * 4)
    page.setParent(steps.window)
    form = QWidget(steps.window)
    form.setLayout(down(page.staff, page.filter, page.cases.filter))
    steps.window.look.changed.connect(lambda: describe(steps.window.look, form))
    return form


def letters(steps: Steps) -> QWidget:
    """With every field that any letter asks for."""
    form = Fields(steps.window.look)
    form.setParent(steps.window)
    form.ask(tuple({field.id: field for asked in FIELDS.values() for field in asked}.values()), {})
    describe(steps.window.look, form)
    steps.window.look.changed.connect(lambda: describe(steps.window.look, form))
    return form


def budget(steps: Steps) -> BudgetEditor:
    """With a line of every section."""
    window = steps.window
    editor = BudgetEditor(window.look, window.desk)
    editor.setParent(window)
    editor.show_case(window.desk.casefile.open(WANG.id))
    for section in editor.sections:
        editor.work.add(section)
    editor.open()
    return editor


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_has_a_word_of_help(open_window: OpenWindow, language: str) -> None:
    steps = open_window(language)
    seen = {name: fields(panel) for name, panel in panels(steps).items()}
    assert all(len(found) >= 5 for found in seen.values()), "a panel without fields was not looked at"
    bare = [
        f"{name}: {type(field).__name__} {field.objectName()!r}"
        for name, found in seen.items()
        for field in found
        if not field.accessibleDescription() or not field.toolTip()
    ]
    assert not bare


def test_the_words_turn_with_the_language(open_window: OpenWindow) -> None:
    steps = open_window("en")
    shown = [field for panel in panels(steps).values() for field in fields(panel)]
    before = [field.accessibleDescription() for field in shown]
    steps.window.look.choose(language="zh_CN")
    after = [field.accessibleDescription() for field in shown]
    assert all(old != new for old, new in zip(before, after, strict=True))
    assert not [text for text in after if text.isascii()]


def test_the_file_holds_both_languages_and_no_word_for_a_field_that_is_not_there(open_window: OpenWindow) -> None:
    steps = open_window("en")
    shown = {field.accessibleDescription() for panel in panels(steps).values() for field in fields(panel)}
    for key, words in knowledge.words("fields").items():
        assert set(words) == set(LANGUAGES), key
        assert all(text.strip() for text in words.values()), key
        assert any(text.startswith(words["en"]) for text in shown), f"no field shows the help of {key}"


def test_f1_says_the_word_in_the_other_panels_too(open_window: OpenWindow) -> None:
    steps = open_window("en")
    steps.window.show_tab("plan")
    steps.widget("plan_instalments").setFocus()
    steps.key("F1")
    assert steps.window.pages.currentIndex() == 0
    assert [widget for widget in QApplication.topLevelWidgets() if "WhatsThat" in widget.metaObject().className()]
    QWhatsThis.hideText()
