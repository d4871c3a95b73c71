"""The plan on the whole page: the same plans as in the call, every key, and back."""

from __future__ import annotations

from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel

from local_db import replica
from tests.ui.conftest import OpenWindow
from tests.ui.sample_book import SAMPLES, WANG
from tests.ui.steps import Steps
from tests.ui.test_plan_panel import means
from ui.plan.page import PlanPage
from ui.plan.panel import PlanPanel
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
