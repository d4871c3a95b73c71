"""Views of the queue by the keyboard, why a case stands where it does, and finds that are only like the search."""

from __future__ import annotations

from datetime import time

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from tests.ui.conftest import OpenWindow
from tests.ui.sample_book import SAMPLES, WANG
from tests.ui.steps import Steps
from ui.queue.delegate import BAND, ROW
from ui.queue.why import EDGE
from workstation.desk.queue_choice import Choice
from workstation.desk.saved_views import shipped

LI, ZHANG, LIU = SAMPLES[1], SAMPLES[2], SAMPLES[3]


def names(steps: Steps) -> list[str]:
    return [row.name for row in steps.window.queue.model.rows()]


def menu_texts(steps: Steps) -> list[str]:
    views = steps.window.queue.views
    views.fill_menu()
    return [action.text() for action in views.menu.actions() if not action.isSeparator()]


def choose(steps: Steps, beginning: str) -> None:
    views = steps.window.queue.views
    views.fill_menu()
    next(action for action in views.menu.actions() if beginning in action.text()).trigger()
    steps.settle()


# ---- views ----


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_menu_names_every_view_with_its_count(open_window: OpenWindow, language: str) -> None:
    steps = open_window(language)
    texts = menu_texts(steps)
    for place, view in enumerate(shipped(), start=1):
        count = steps.window.desk.worklist.count(view.choice)
        assert f"&{place}  {view.name(language)}\t{count}" in texts


def test_the_menu_is_opened_and_used_by_keys(open_window: OpenWindow) -> None:
    steps = open_window("en")
    steps.key("Ctrl+L")
    menu = steps.window.queue.views.menu
    steps.until(menu.isVisible, "the menu opens")
    QTest.keyClick(menu, Qt.Key.Key_3)  # M1 and M2
    assert not menu.isVisible()
    assert {row.stage for row in steps.window.queue.model.rows()} == {"M1", "M2"}
    assert steps.window.queue.title.toolTip() or steps.window.queue.title.text() == shipped()[2].name("en")


def test_a_view_is_kept_with_its_search_renamed_removed_and_taken_back(open_window: OpenWindow) -> None:
    steps = open_window("en")
    views = steps.window.queue.views
    choose(steps, shipped()[2].name("en"))
    steps.window.queue.search.setText("lixiu")
    steps.settle()
    choose(steps, "Keep this view")
    field = steps.widget("queue_view_name")
    assert isinstance(field, QLineEdit)
    assert field.hasFocus()
    steps.type("Early & Li")
    steps.key("Return")
    assert not field.isVisible()
    kept = views.view
    assert kept is not None
    assert kept.choice == Choice(stages=("M1", "M2"), sort="last_contact", text="lixiu")
    assert set(names(steps)) == {"李秀英"}
    assert any("Early && Li\t1" in text for text in menu_texts(steps))
    choose(steps, "Rename")
    field.selectAll()
    steps.type("Li")
    steps.key("Return")
    assert views.title() == "Li"
    choose(steps, "Remove")
    assert views.title() == ""
    assert not any("Li\t" in text for text in menu_texts(steps))
    steps.window.toast._undo.click()
    assert views.title() == "Li"
    assert any("Li\t1" in text for text in menu_texts(steps))
    again = open_window("en")
    assert any("Li\t1" in text for text in menu_texts(again))


def test_a_name_that_is_taken_is_refused_in_words_and_stays_to_be_changed(open_window: OpenWindow) -> None:
    steps = open_window("en")
    choose(steps, shipped()[2].name("en"))
    choose(steps, "Keep this view")
    steps.type("out of contact")
    steps.key("Return")
    assert steps.window.toast.isVisible()
    assert steps.window.queue.views.name.isVisible()
    steps.key("Esc")
    assert not steps.window.queue.views.name.isVisible()
    assert steps.window.queue.views.title() == shipped()[2].name("en")


def test_conditions_are_typed_as_people_write_and_cleared_by_one_press(open_window: OpenWindow) -> None:
    steps = open_window("zh_CN")
    queue = steps.window.queue
    queue.views.show_conditions()
    form = queue.views.conditions
    form.least.edit.setFocus()
    steps.type("3万")
    form.most.edit.setFocus()
    steps.type("100,000")
    steps.settle()
    assert queue.views.choice == Choice(least=30_000, most=100_000)
    assert all(3_000_000 <= row.owed.minor <= 10_000_000 for row in queue.model.rows())
    assert names(steps)
    form.stages["M3"].click()
    assert names(steps) == [WANG.name]
    assert queue.views.summary.accessibleName().startswith("M3 · ")
    form.least.edit.setText("many")
    steps.settle()
    assert form.least.reading.accessibleName()
    assert queue.views.choice.least is None
    queue.views.clear.click()
    assert queue.views.choice == Choice()
    assert len(names(steps)) == len(SAMPLES)
    assert not queue.views.isVisible()
    assert form.most.text() == ""


@pytest.mark.parametrize("typed", ["x" * 9, "-3", "3651", "１４", "1e3", "😀", "9" * 500])
def test_days_that_make_no_sense_ask_for_nothing(open_window: OpenWindow, typed: str) -> None:
    steps = open_window("en")
    steps.window.queue.views.show_conditions()
    silent = steps.window.queue.views.conditions.silent
    silent.set_text(typed)
    steps.settle()
    assert steps.window.queue.views.choice.silent_days == 0
    assert len(names(steps)) == len(SAMPLES)


def test_escape_closes_the_conditions_before_it_goes_anywhere_else(open_window: OpenWindow) -> None:
    steps = open_window("en")
    steps.window.queue.views.show_conditions()
    steps.key("Esc")
    assert not steps.window.queue.views.area.isVisible()


# ---- why ----


def test_space_on_a_row_says_why_and_gives_the_focus_back(open_window: OpenWindow) -> None:
    steps = open_window("en")
    listed = steps.window.queue.list
    listed.setFocus()
    steps.key("Home")
    steps.key("Space")
    box = steps.window.queue.why
    assert box.isVisible()
    assert box.hasFocus()
    row = steps.window.queue.model.rows()[0]
    said = box.accessibleName()
    for message, points in row.parts:
        assert f"{steps.window.look.say(message)} {points:+,.0f}".replace("-", "−") in said
    assert "This is the next case." in said
    steps.key("Esc")
    assert not box.isVisible()
    assert listed.hasFocus()
    assert steps.window.pages.currentIndex() == 0


def test_a_case_worked_today_says_why_it_is_not_next(open_window: OpenWindow) -> None:
    steps = open_window("en")
    steps.key("Ctrl+I")  # 王晓明, called this morning
    said = steps.window.queue.why.accessibleName()
    assert "Why not next?" in said
    assert "Already worked today" in said
    assert "9 cases come first" in said
    steps.key("Space")
    assert not steps.window.queue.why.isVisible()


def test_a_blocked_case_names_the_article_and_the_hour(open_window: OpenWindow) -> None:
    steps = open_window("zh_CN", at=time(23, 10), case_id=LIU.id)
    steps.window.queue.explain()
    why = steps.window.desk.worklist.why(LIU.id)
    assert why is not None
    said = steps.window.queue.why.accessibleName()
    for message, source in why.sunk:
        assert steps.window.look.say(message) in said
        assert source in said
    assert "08:00" in said or "8:00" in said or "9:00" in said


def test_a_click_on_the_question_mark_opens_it_and_no_case(open_window: OpenWindow) -> None:
    steps = open_window("en")
    queue = steps.window.queue
    rect = queue.list.visualRect(queue.model.index(0))
    at = rect.bottomRight() - QPoint(20, 16)
    QTest.mouseClick(queue.list.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert queue.why.isVisible()
    assert steps.window.case.case is not None
    assert steps.window.case.case.case_id == WANG.id
    QTest.mouseClick(queue.list.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    assert steps.window.case.case.case_id == ZHANG.id
    assert not queue.why.isVisible()


def test_the_curtain_and_the_next_case_close_it(open_window: OpenWindow) -> None:
    steps = open_window("en")
    steps.key("Ctrl+I")
    steps.window.covers.draw_curtain()
    assert not steps.window.queue.why.isVisibleTo(steps.window)
    steps.window.covers.draw_curtain()
    steps.key("Ctrl+I")
    steps.window.open_case(LI.id)
    assert not steps.window.queue.why.isVisible()


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize(("size", "scale"), [((1440, 900), 125), ((1100, 700), 100), ((1920, 1080), 200)])
def test_it_lies_within_the_queue_whatever_the_size(
    open_window: OpenWindow, language: str, size: tuple[int, int], scale: int
) -> None:
    steps = open_window(language, scale=scale, size=size)
    queue = steps.window.queue
    for row in (queue.model.rows()[0], queue.model.rows()[-1]):
        queue.explain(row.case_id)
        steps.settle()
        assert queue.rect().contains(queue.why.geometry())
        bar = queue.why.area.verticalScrollBar()
        assert bar.maximum() == 0 or queue.why.height() >= queue.height() - 2 * EDGE


# ---- the search ----


def test_finds_that_are_only_like_the_search_stand_under_a_line(open_window: OpenWindow) -> None:
    steps = open_window("en")
    queue = steps.window.queue
    queue.search.setFocus()
    steps.type("wagnxiaoming")
    steps.settle()
    assert names(steps) == [WANG.name]
    px = steps.window.look.tokens.px
    assert queue.list.visualRect(queue.model.index(0)).height() == px(ROW + BAND)
    spoken = queue.model.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith("Similar: 王晓明")
    steps.key("Return")
    assert steps.window.case.case is not None
    assert steps.window.case.case.case_id == WANG.id
    queue.search.setText("wangxiaoming")
    steps.settle()
    assert queue.list.visualRect(queue.model.index(0)).height() == px(ROW)


def test_a_paste_of_a_million_letters_is_only_a_search(open_window: OpenWindow) -> None:
    steps = open_window("en")
    steps.window.queue.search.setFocus()
    steps.window.queue.search.insert("王" * 1_000_000)
    steps.settle()
    assert names(steps) == []
    assert steps.window.queue.empty.isVisible()
    steps.window.queue.search.clear()
    steps.settle()
    assert len(names(steps)) == len(SAMPLES)
