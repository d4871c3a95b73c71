"""The plan on the whole page: the same plans as in the call, every key, and back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QStyle, QStyleOptionFrame

from local_db import replica
from tests.ui.conftest import OpenWindow
from tests.ui.sample_book import SAMPLES, WANG
from tests.ui.steps import Steps
from tests.ui.test_plan_panel import means
from ui.plan.entries import PlanField
from ui.plan.page import PlanPage
from ui.plan.panel import PlanPanel
from ui.plan.schedule import PAD, Schedule
from workstation.domain.changes import Changes


def opened(steps: Steps) -> PlanPage:
    steps.key("Shift+F3")
    page = steps.window.pages.currentWidget()
    assert isinstance(page, PlanPage)
    return page


def typed(steps: Steps, page: PlanPage, name: str, text: str) -> None:
    field = page.conditions.fields[name].edit  # type: ignore[union-attr]
    for _ in range(80):
        if QApplication.focusWidget() is field:
            break
        steps.key("Tab")
    assert QApplication.focusWidget() is field, f"the tab key does not reach {name}"
    steps.key("Ctrl+A")
    steps.type(text)


def test_what_was_typed_in_the_call_is_on_the_page_and_back(open_window: OpenWindow) -> None:
    steps = open_window("en")
    steps.key("F3")
    panel = steps.window.current
    assert isinstance(panel, PlanPanel)
    panel.fields["amount"].set_text("1600")
    steps.key("Alt+N")
    page = opened(steps)
    assert page.work is panel.work
    assert page.conditions.fields["amount"].text() == "1600"
    assert [card.isVisible() for card in page.result.cards.cards] == [True, True, False, False]
    typed(steps, page, "amount", "2k")
    steps.key("Shift+F3")
    assert steps.window.pages.currentIndex() == 0
    assert steps.window.current is panel
    assert panel.fields["amount"].text() == "2k"
    assert panel.view.rows[0].amount.minor == 200_000


def test_esc_goes_back_and_the_page_is_of_the_case_that_is_open(open_window: OpenWindow) -> None:
    steps = open_window("en")
    page = opened(steps)
    title = steps.widget("plan_title")
    assert isinstance(title, QLabel)
    assert title.text() == "Plan · 王晓明"
    steps.key("Esc")
    assert steps.window.pages.currentIndex() == 0
    steps.window.open_case(SAMPLES[1].id)
    opened(steps)
    assert title.text() == "Plan · 李秀英"
    assert page.work.case is not None
    assert page.work.case.case_id == SAMPLES[1].id


def test_proposing_and_agreeing_on_the_page(open_window: OpenWindow) -> None:
    steps = open_window("en")
    page = opened(steps)
    steps.key("1")
    typed(steps, page, "instalments", "10")
    steps.key("Ctrl+Return")
    assert page.work.step == "agree"
    assert QApplication.focusWidget() is page.next.recording.edit
    steps.key("Ctrl+Return")  # signed today
    assert steps.window.desk.seat.file(WANG.id).state.plan_in_force


def test_digits_and_card_keys_work_on_the_page_too(open_window: OpenWindow) -> None:
    steps = open_window("en")
    page = opened(steps)
    steps.key("4")
    assert page.work.form.method == "stepped"
    assert page.conditions.fields["step"].isVisible()
    steps.key("Alt+N")
    steps.key("Alt+A")
    assert page.work.active == 0
    steps.key("Alt+S")
    assert len(page.work.forms) >= 2
    steps.key("Alt+L")
    assert page.result.aloud.spoken.text().startswith("You would pay")


def test_a_card_is_chosen_with_the_space_bar(open_window: OpenWindow) -> None:
    steps = open_window("en")
    page = opened(steps)
    steps.key("Alt+N")
    first = steps.window.pages.currentWidget().findChild(QAbstractButton, "plan_card_a")
    assert first is not None
    first.setFocus()
    steps.key("Space")
    assert page.work.active == 0
    assert first.isChecked()
    assert "Interest-free × 12" in first.accessibleName()


def test_the_budget_is_the_same_in_both(open_window: OpenWindow) -> None:
    steps = open_window("en")
    page = opened(steps)
    means_of = page.work.means
    assert page.budget.work is means_of
    panel = steps.window._tab("plan")
    assert isinstance(panel, PlanPanel)
    means(panel, "8200", "6150")
    assert page.work.view.card.badge is not None
    assert page.work.view.card.badge.tone == "warn"  # 4,051.11 a month are too much
    assert "over" in steps.window.look.say(page.work.view.card.badge.text)


def test_nobody_s_plan_stays_on_the_screen_when_the_case_leaves(open_window: OpenWindow) -> None:

    steps = open_window("en")
    opened(steps)
    desk = steps.window.desk
    with desk.seat.store.write() as conn:
        replica.remove_case(conn, WANG.id)
    desk.announce(Changes(frozenset({"case"}), frozenset({WANG.id})))
    steps.settle()
    page = steps.window.pages.currentWidget()
    assert not isinstance(page, PlanPage)


def test_without_a_case_there_is_no_page(open_window: OpenWindow) -> None:
    steps = open_window("en", empty=True)
    steps.key("Shift+F3")
    assert steps.window.pages.currentIndex() == 0


def test_languages_and_themes_turn_on_the_page(open_window: OpenWindow) -> None:
    steps = open_window("en")
    page = opened(steps)
    steps.window.look.choose(language="zh_CN", theme="dark")
    steps.settle()
    title = steps.widget("plan_title")
    assert isinstance(title, QLabel)
    assert title.text() == "还款方案 · 王晓明"
    assert "停息分期 12 期" in page.result.cards.cards[0].accessibleName()


def cut_words(field: PlanField) -> list[str]:
    """Of a condition: its reading beside the caption, and what was found in place of an entry."""
    option, edit = QStyleOptionFrame(), field.edit
    edit.initStyleOption(option)
    inside = edit.style().subElementRect(QStyle.SubElement.SE_LineEditContents, option, edit)
    room = inside.width() - edit.textMargins().right() - 4  # the line edit's own margins
    found = edit.placeholderText()
    cut = [field.reading.toolTip()] if field.reading.toolTip() else []
    return cut + ([found] if not edit.text() and edit.fontMetrics().horizontalAdvance(found) > room else [])


def cut_notes(table: Schedule) -> list[str]:
    last = len(table.columns) - 1
    metrics = QFontMetrics(table._look.font("type_small"))
    cut = []
    for place in range(len(table.rows)):
        text = table.model().index(place, last).data()
        room = QRect(0, 0, table.columnWidth(last) - 2 * PAD, table.rowHeight(place) - 1)
        needed = metrics.boundingRect(room, int(Qt.TextFlag.TextWordWrap), text)
        if needed.width() > room.width() or needed.height() > room.height():
            cut.append(text)
    return cut


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("size", [(1440, 900), (1100, 700), (1920, 1080)], ids=["1440", "1100", "1920"])
def test_four_cards_cut_no_word_and_push_nothing_under_the_edge(
    open_window: OpenWindow, language: str, size: tuple[int, int]
) -> None:
    steps = open_window(language, size=size)
    page = opened(steps)
    page.work.suggest()
    while len(page.work.forms) < 4:
        page.work.add_card()
    page.conditions.fields["first_due"].set_text("2026-11-30")
    steps.settle()
    for method in ("interest_free", "down_payment"):  # a short title and the longest
        steps.key({"interest_free": "Alt+D", "down_payment": "Alt+C"}[method])
        page.work.choose_method(method)
        if method == "down_payment":
            page.conditions.fields["down_payment"].set_text("10000")
            page.conditions.fields["amount"].set_text("")
            page.conditions.fields["instalments"].set_text("18")
        steps.settle()
        page.grab()  # what is painted is known once it was painted
        assert page.work.cards[page.work.active].error is None
        cut = {card.objectName(): card.cut for card in page.result.cards.cards if card.isVisible() and card.cut}
        for name, field in page.conditions.fields.items():
            if isinstance(field, PlanField) and field.isVisible() and (words := cut_words(field)):
                cut[name] = words
        assert not cut
        assert page.result.table.rows
        assert not cut_notes(page.result.table)
        assert page.result.table.horizontalScrollBar().maximum() == 0
        last = page.result.taking.buttons["xlsx"]
        assert last.mapTo(page, QPoint(0, last.height())).y() <= page.height()
        if size[1] >= 900:  # here nothing has to be scrolled to
            assert page.results.verticalScrollBar().maximum() == 0
    assert len([card for card in page.result.cards.cards if card.isVisible()]) == 4
    assert page.conditions.fields["last_due"].edit.placeholderText()  # type: ignore[union-attr]
