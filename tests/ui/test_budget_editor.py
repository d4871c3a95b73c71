"""The budget editor by keys alone: opened, typed, explained, recorded, and brought back after a crash."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QPushButton

from tests.desk.test_budget import drawing
from tests.ui.closing import close_for_good
from tests.ui.sample_book import SAMPLES, WANG
from tests.ui.sample_desk import open_desk
from tests.ui.steps import Steps
from tests.ui.test_no_clipped_text import faults
from ui.look import Look
from ui.plan.budget import BudgetEditor
from ui.plan.work import PlanWork
from ui.widgets.basic import down, panel
from ui.widgets.tall import TallArea
from workstation.desk.budget_views import BudgetForm, BudgetRow, CreditorRow
from workstation.domain.changes import Changes
from workstation.session import Desk

LI = SAMPLES[1]


class Host:
    """The editor in a scroll area, as the plan page has it."""

    def __init__(self, desk: Desk, language: str, theme: str, width: int, scale: int) -> None:
        self.desk = desk
        self.look = Look(language, theme, scale)
        self.look.apply()
        self.editor = BudgetEditor(self.look, desk)
        inside = panel()
        inside.setLayout(down(self.editor, None, margins=(20, 16, 20, 12)))
        self.window = TallArea(inside)
        self.window.resize(width, 900)
        self.window.show()
        self.editor.show_case(desk.casefile.open(WANG.id))
        self.steps = Steps(self.window)  # type: ignore[arg-type]  # keys go to whatever window has the focus
        self.editor.toggle.setFocus()

    def settle(self) -> None:
        QTest.qWait(80)

    def key(self, *keys: str) -> None:
        for key in keys:
            self.steps.key(key)

    def type(self, text: str) -> None:
        self.steps.type(text)
        self.settle()

    @property
    def focus(self) -> str:
        widget = QApplication.focusWidget()
        return widget.accessibleName() if isinstance(widget, QLineEdit | QComboBox) else widget.objectName()  # type: ignore[union-attr]

    def shown(self) -> str:
        return "\n".join(
            part.text() for part in self.editor.findChildren(QLabel) if part.isVisibleTo(self.editor) and part.text()
        )

    def close(self) -> None:
        self.editor.keep_draft()
        self.editor.work.assess()
        close_for_good(self.window)
        self.desk.close()


OpenHost = Callable[..., Host]


@pytest.fixture
def host(qapp: QApplication, tmp_path: Path) -> Iterator[OpenHost]:
    opened: list[Host] = []

    def make(language: str = "en", theme: str = "light", width: int = 360, scale: int = 100) -> Host:
        opened.append(Host(open_desk(tmp_path / "seat"), language, theme, width, scale))
        return opened[-1]

    yield make
    for made in opened:
        made.close()
    qapp.processEvents()


def test_a_budget_is_taken_by_keys_alone_and_says_what_can_be_paid(host: OpenHost) -> None:
    it = host()
    assert "No budget yet" in it.shown()
    it.key("Return")
    assert (it.editor.opened, it.focus) == (True, "Wages: Amount")
    it.type("8.2k")
    it.key("Return")
    assert it.focus == "Food: Amount", "Enter goes on to the next line"
    it.type("2400")
    it.key("Return")
    it.type("2000")
    it.key("Return")
    it.type("500")
    it.key("Return")
    it.type("每周150")
    it.key("Return")
    it.type("600")
    shown = it.shown()
    assert "+¥1,845.00 / month" in shown  # (8,200 − 2,400 − 2,000 − 500 − 650 − 600) × 0.9
    assert "✓ Can be paid each month" in shown
    transport = it.editor.sections["spending"].lines[3]
    assert transport.fields["amount"].property("text") == "150", "the period stands beside it now"
    assert transport.findChildren(QComboBox)[1].currentText() == "week"
    it.key("Escape")
    assert (it.editor.opened, it.focus) == (False, "budget_toggle")
    assert "+¥1,845.00 / month" in it.shown()


def test_a_line_is_added_by_its_digit_and_removed_again(host: OpenHost) -> None:
    it = host()
    it.key("Return")
    add = it.editor.sections["income"].add
    add.setFocus()
    it.key("Space")
    assert it.focus == "What for"
    it.key("2", "Tab")
    assert it.focus == "Second job: Amount"
    it.type("600")
    it.key("Tab")
    assert it.focus == "Second job: How often"
    it.key("1")
    it.settle()
    form = it.editor.form()
    assert [(row.kind, row.amount, row.per) for row in form.income] == [
        ("salary", "", "month"),
        ("second_job", "600", "week"),
    ]
    assert "¥2,600.00 a month" in it.shown()
    it.key("Tab")
    assert it.focus == "budget_remove"
    it.key("Space")
    assert [row.kind for row in form.income] == ["salary"]
    assert it.focus == "Wages: Amount"


def test_a_creditor_with_an_agreement_is_added(host: OpenHost) -> None:
    it = host()
    it.key("Return")
    it.type("5000")
    it.editor.sections["other_creditors"].add.setFocus()
    it.key("Space")
    it.type("Other bank")
    it.key("Return", "Tab")
    it.type("850")
    it.steps.until(lambda: "Other creditors (1 creditor)" in it.shown(), "the summary names them")
    assert "+¥3,650.00 / month" in it.shown()
    it.key("Return")
    assert it.focus == "budget_record"
    assert it.desk.seat.file(WANG.id).state.budget is None, "Enter only went there"


def test_what_is_unusual_asks_why_and_is_recorded_with_its_reason(host: OpenHost) -> None:
    it = host()
    it.editor.work.form = drawing()
    it.editor.work.rows_changed.emit()
    it.editor.work.assess()
    it.key("Return")
    food = it.editor.sections["spending"].lines[0]
    food.fields["amount"].setFocus()
    it.key("Ctrl+A")
    it.type("100")
    assert "▲ Food: ¥100.00 a month, less than the usual ¥350.46." in it.shown()
    assert "Reference: National Bureau of Statistics" in it.shown()
    it.key("Tab", "Tab", "Tab")
    assert it.focus == "Food: Reason"
    it.type("eats at work")
    assert "● Food: ¥100.00 a month" in it.shown()
    said: list[str] = []
    it.editor.done.connect(said.append)
    it.editor.record.setFocus()
    it.key("Space")
    assert said == ["The budget is recorded."]
    assert not it.editor.opened
    known = it.desk.seat.file(WANG.id).state.budget
    assert known is not None
    assert known.budget.spending[0].reason == "eats at work"
    assert it.desk.drafts.load(WANG.id, "budget") is None


def test_what_everybody_spends_and_is_not_there_is_asked_for(host: OpenHost) -> None:
    it = host()
    it.editor.work.form = drawing()
    del it.editor.work.form.spending[0]
    it.editor.work.rows_changed.emit()
    it.editor.work.assess()
    it.key("Return")
    assert "▲ Food is not in the budget" in it.shown()
    it.editor.findChild(QPushButton, "budget_explain").setFocus()
    it.key("Space")
    assert it.focus == "Food: Amount"
    it.settle()
    assert it.editor.form().spending[-1].kind == "food"
    it.key("Tab", "Tab", "Tab")
    it.type("fed at work")
    assert "1 figure to explain" not in it.shown()


def test_an_entry_that_cannot_be_read_keeps_the_rest_where_it_is_and_gets_the_focus(host: OpenHost) -> None:
    it = host()
    it.key("Return")
    it.type("8200")
    it.key("Return")
    it.type("much")
    shown = it.shown()
    assert "— / month" in shown
    assert "✕ An entry cannot be read" in shown
    assert "“much” is not an amount" in shown
    assert "8,200.00" in shown, "the income is still there"
    failed: list[str] = []
    it.editor.failed.connect(failed.append)
    it.editor.record.setFocus()
    it.key("Space")
    assert len(failed) == 1
    assert it.focus == "Food: Amount"
    assert it.desk.seat.file(WANG.id).state.budget is None


@pytest.mark.parametrize(
    ("language", "words"), [("en", "✕ ¥200.00 a month too little to live on"), ("zh_CN", "✕ 每月尚缺 ¥200.00 维持生活")]
)
def test_what_is_not_affordable_is_said_in_words(host: OpenHost, language: str, words: str) -> None:
    it = host(language)
    it.key("Return")
    it.type("1000")
    it.key("Return")
    it.type("1200")
    assert words in it.shown()


def test_what_is_typed_is_there_again_after_a_crash_and_on_another_case_is_not(host: OpenHost) -> None:
    it = host()
    it.key("Return")
    it.type("8.2k")
    QTest.qWait(450)
    again = host()
    assert again.editor.form().income[0].amount == "8.2k"
    assert "8,200.00" in again.shown()
    again.editor.show_case(again.desk.casefile.open(LI.id))
    assert again.editor.form().income[0].amount == ""
    again.editor.show_case(again.desk.casefile.open(WANG.id))
    assert again.editor.form().income[0].amount == "8.2k"


def test_a_budget_recorded_elsewhere_shows_unless_something_is_typed(host: OpenHost) -> None:
    it = host()
    it.desk.subscribe(lambda _changes: it.editor.show_case(it.desk.casefile.open(WANG.id)))
    it.desk.announce(it.desk.budget.record(WANG.id, drawing()))
    assert "+¥1,535.00 / month" in it.shown()
    it.key("Return")
    it.type("1")
    it.desk.announce(Changes(frozenset({"event"}), frozenset({WANG.id})))
    assert it.editor.form().income[0].amount != drawing().income[0].amount


def test_two_editors_of_one_budget_show_the_same(host: OpenHost) -> None:
    it = host()
    other = BudgetEditor(it.look, it.desk, it.editor.work)
    other.open()
    it.key("Return")
    it.type("8.2k")
    it.editor.sections["spending"].add_line()
    other.show()
    amounts = [line.fields["amount"] for line in other.sections["income"].lines]
    assert [edit.text() for edit in amounts if isinstance(edit, QLineEdit)] == ["8.2k"]
    assert len(other.sections["spending"].lines) == 6
    close_for_good(other)


def test_a_plan_is_measured_as_one_types_and_keeps_its_measure_while_an_entry_cannot_be_read(host: OpenHost) -> None:
    it = host()
    work = PlanWork(it.look, it.desk)
    work.show_case(it.desk.casefile.open(WANG.id))
    assert work.budget is None
    work.means.form = drawing()
    work.means.assess()
    told = work.budget
    assert told is not None
    assert work.view.card.badge is not None
    assert work.view.card.badge.tone == "warn"
    work.means.form.income[0].amount = "?"
    work.means.assess()
    assert work.budget == told
    work.means.form.income[0].amount = "80k"
    work.means.assess()
    assert work.view.card.badge is not None
    assert work.view.card.badge.tone == "good"


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize(("width", "scale"), [(320, 100), (420, 100), (510, 150), (680, 200)])
def test_every_word_fits_and_every_field_has_a_name(host: OpenHost, language: str, width: int, scale: int) -> None:
    it = host(language, width=width, scale=scale)
    it.editor.work.form = drawing()
    it.editor.work.form.spending[0].amount = "100"
    del it.editor.work.form.spending[1]
    it.editor.work.rows_changed.emit()
    it.editor.work.assess()
    it.steps.settle()
    assert faults(it.window) == []
    it.key("Return")
    it.editor.sections["priority_debts"].add_line()
    it.steps.settle()
    assert faults(it.window) == []
    fields = [
        *it.editor.findChildren(QLineEdit),
        *it.editor.findChildren(QComboBox),
        *it.editor.findChildren(QPushButton),
    ]
    assert len(fields) > 30
    assert all(field.accessibleName() or (isinstance(field, QPushButton) and field.text()) for field in fields)


def test_a_line_of_a_newer_version_asks_what_it_is_for(host: OpenHost) -> None:
    it = host()
    it.editor.work.form = BudgetForm(income=[BudgetRow("royalties", "100")])
    it.editor.work.rows_changed.emit()
    it.editor.work.assess()
    it.key("Return")
    it.settle()
    assert "Choose what this amount is for." in it.shown()
    it.editor.record.setFocus()
    it.key("Space")
    assert it.focus == "What for"
    it.key("9")
    it.settle()
    assert it.editor.view.error is None
    assert it.editor.form().income[0].kind == "other_income"


def test_the_wheel_over_a_period_scrolls_and_picks_nothing(host: OpenHost) -> None:
    it = host()
    it.key("Return")
    per = it.editor.sections["spending"].lines[0].findChildren(QComboBox)[1]
    middle = QPointF(per.rect().center())
    wheel = QWheelEvent(
        middle,
        per.mapToGlobal(middle),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(per, wheel)
    assert per.currentText() == "month"


def test_a_creditor_called_by_markup_is_shown_as_written(host: OpenHost) -> None:
    it = host()
    it.editor.work.form = BudgetForm(other_creditors=[CreditorRow("<b>x</b>", "5")])
    it.editor.work.rows_changed.emit()
    it.key("Return")
    remove = it.editor.sections["other_creditors"].lines[0].findChild(QPushButton, "budget_remove")
    assert "&lt;b&gt;" in remove.toolTip()


def test_the_words_turn_with_the_language(host: OpenHost) -> None:
    it = host("en")
    it.editor.work.form = drawing()
    it.editor.work.rows_changed.emit()
    it.editor.work.assess()
    it.key("Return")
    assert "Essential spending" in it.shown()
    it.look.choose(language="zh_CN")
    shown = it.shown()
    assert "基本生活支出" in shown
    assert not any(word in shown for word in ("spending", "month", "creditor", "Wages"))
