"""The views beside the history: accounts over time, payments, people, papers, what is planned; each with its key."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from local_db import replica
from tests.ui.conftest import OpenWindow
from tests.ui.sample_book import SAMPLES, WANG
from tests.ui.steps import Steps
from ui.case.accounts_view import AccountsView
from ui.case.balance_chart import BalanceChart
from ui.case.explained import Explained, FigureButton
from ui.case.line_list import Line
from ui.case.line_views import LinesView, PapersView
from ui.case.page import VIEWS
from ui.shell.commands import commands
from workstation import tables

LIU = SAMPLES[3]
ACCOUNT = WANG.part("account")


def with_a_past(steps: Steps) -> None:
    """Three statements of the bank, a payment that was taken back and one that counts."""
    snapshots = [
        (f"snapshot-{day}", WANG.id, ACCOUNT, day, principal, interest, 50_000, 0, 0, 2)
        for day, principal, interest in (
            ("2026-09-01", 4_250_000, 330_000), ("2026-10-01", 4_128_000, 400_000), ("2026-11-01", 4_128_000, 470_000),
        )
    ]  # fmt: skip
    payments = [
        ("paid", WANG.id, ACCOUNT, "2026-11-10", 150_000, "online_banking", "R-90", None),
        ("bounced", WANG.id, ACCOUNT, "2026-11-12", 90_000, "transfer", "R-91", None),
        ("return", WANG.id, ACCOUNT, "2026-11-15", -90_000, "transfer", "R-92", "bounced"),
    ]
    with steps.window.desk.seat.store.write() as conn:
        conn.exec_driver_sql("DELETE FROM balance_snapshot WHERE account_id = ?", (ACCOUNT,))
        conn.exec_driver_sql("DELETE FROM payment WHERE account_id = ?", (ACCOUNT,))
        replica.upsert(conn, tables.balance_snapshot, snapshots)
        replica.upsert(conn, tables.payment, payments)
    steps.window.desk.casefile._ahead.forget(steps.window.desk.casefile.seen(WANG.id))
    steps.window.open_case(WANG.id)


def lines(steps: Steps) -> list[Line]:
    view = steps.window.case._front.currentWidget()
    assert isinstance(view, LinesView)
    return list(view.list.lines())


def test_each_view_has_its_key_and_its_command(open_window: OpenWindow) -> None:
    steps = open_window("en")
    page = steps.window.case
    listed = {command.text: command.key for command in commands(steps.window)}
    for name, text, key in VIEWS:
        steps.key(key)
        assert page.view == name
        assert page._tabs.checkedButton().text() == text
        assert page._front.isAncestorOf(steps.window.focusWidget())
        assert listed[f"Case: {text}"] == key.replace("+", " ")
    steps.key("Esc")
    assert page.view == "history"
    assert steps.window.call.hasFocus()


def test_a_case_begins_with_its_history_and_pays_for_no_other_view(open_window: OpenWindow) -> None:
    steps = open_window("en")
    page = steps.window.case
    assert not page._made
    steps.key("Ctrl+3")
    assert list(page._made) == ["payments"]
    shown = lines(steps)
    steps.window.open_case(LIU.id)
    assert page.view == "history"
    payments = page._made["payments"]
    assert isinstance(payments, LinesView)
    assert list(payments.list.lines()) == shown, "it is filled when it is looked at"
    steps.key("Ctrl+3")
    assert not payments.list.lines()
    assert payments.empty.isVisible()
    assert payments.empty.text() == "No payment is on record."


def test_accounts_show_their_components_over_time(open_window: OpenWindow) -> None:
    steps = open_window("en")
    with_a_past(steps)
    steps.key("Ctrl+2")
    view = steps.window.case._front.currentWidget()
    assert isinstance(view, AccountsView)
    texts = [made.text() for made in view.findChildren(QLabel)]
    assert "Principal" in texts
    assert "¥41,280.00" in texts
    assert "Costs" not in texts, "what is nothing is left out"
    (chart,) = view.findChildren(BalanceChart)
    face = QAccessible.queryAccessibleInterface(chart)

    def heard() -> str:
        return face.text(QAccessible.Text.Description)

    owed = steps.window.desk.casefile.balances(WANG.id)[0].total
    total = steps.window.look.money(owed)
    assert heard().startswith(f"23 November 2026: calculated here, Total {total}, Principal")
    chart.setFocus()
    for _ in range(len(chart.points)):
        steps.key("Left")
    assert heard() == (
        "1 September 2026: the bank's figures, "
        "Total ¥46,300.00, Principal ¥42,500.00, Interest ¥3,300.00, Penalty and fees ¥500.00"
    )
    first = chart.grab().toImage()
    steps.key("Right")
    assert heard().startswith("1 October 2026: the bank's figures, Total ¥45,780.00")
    assert chart.grab().toImage() != first
    figure = view.findChild(FigureButton)
    assert isinstance(figure, FigureButton)
    assert figure.text() == total
    figure.setFocus()
    steps.key("Return")
    opened = steps.window.findChild(Explained)
    assert isinstance(opened, Explained)
    assert total in opened.accessibleName()


@pytest.mark.parametrize(
    ("language", "interest", "returned"),
    [("en", "Interest ¥1,500.00", "Taken back"), ("zh_CN", "利息 ¥1,500.00", None)],
)
def test_payments_say_where_they_went(
    open_window: OpenWindow, language: str, interest: str, returned: str | None
) -> None:
    steps = open_window(language)
    with_a_past(steps)
    steps.key("Ctrl+3")
    heading, back, bounced, paid = lines(steps)
    assert heading.heading
    assert heading.title.startswith("6217 **** **** 4031")
    assert back.title.startswith("−¥900.00")
    assert bounced.struck
    assert returned is None or bounced.right == returned
    assert paid.below == interest
    assert not paid.struck


def test_people_say_who_may_be_told_what_and_who_worked_the_case(open_window: OpenWindow) -> None:
    steps = open_window("en")
    steps.key("Ctrl+4")
    shown = lines(steps)
    assert [line.title for line in shown] == [
        "Beside the debtor, and what they may be told", "周敏 · Spouse", "Who worked the case", "陈静", "孙强",
    ]  # fmt: skip
    assert "nothing about the debt" in shown[1].below
    assert "139 **** 0000" in shown[1].below
    assert "13912340000" not in repr(shown)
    assert (shown[3].below, shown[3].right) == ("since Fri 30 Oct · 均衡案量", "2 contacts")
    assert shown[4].below == "Tue 1 Sept to Fri 30 Oct"


def test_headings_are_read_and_passed_by_the_keyboard(open_window: OpenWindow) -> None:
    steps = open_window("en")
    steps.key("Ctrl+4")
    view = steps.window.case._front.currentWidget()
    assert isinstance(view, LinesView)
    rows = [view.list.currentIndex().row()]
    for _ in range(3):
        steps.key("Down")
        rows.append(view.list.currentIndex().row())
    assert rows == [1, 3, 4, 4]
    face = QAccessible.queryAccessibleInterface(view.list)
    assert face.child(0).text(QAccessible.Text.Name) == "Beside the debtor, and what they may be told"
    assert face.child(1).text(QAccessible.Text.Name).startswith("周敏 · Spouse, May only be asked")


def test_what_is_planned_by_day(open_window: OpenWindow) -> None:
    steps = open_window("en")
    steps.key("Ctrl+6")
    assert [(line.when, line.title) for line in lines(steps)] == [
        ("Tue 24 Nov", "Next: Check the payment"),
        ("Tue 24 Nov", "Promise of ¥3,000.00"),
    ]
    assert not any(line.right for line in lines(steps))


def test_a_letter_opens_as_it_went_out_and_esc_goes_back(open_window: OpenWindow) -> None:
    steps = open_window("en", case_id=LIU.id)
    desk = steps.window.desk
    letter = desk.correspondence.preview(LIU.id, "demand", "zh_CN")
    desk.announce(desk.correspondence.record(LIU.id, letter))
    steps.window.open_case(LIU.id)
    steps.key("Ctrl+5")
    papers = steps.window.case._front.currentWidget()
    assert isinstance(papers, PapersView)
    assert [line.title for line in lines(steps)] == [f"Demand letter · {letter.pages} pages"]
    steps.key("Return")
    page = papers.paper
    assert page is not None
    steps.until(lambda: not page.pages.pixmap().isNull(), "the letter is shown")
    assert page.pages.pixmap().height() > page.pages.pixmap().width() > 200
    assert page.area.accessibleName() == f"Demand letter · {letter.pages} pages"
    assert page.area.hasFocus()
    steps.key("Esc")
    assert papers.list.hasFocus()
    assert steps.window.case.view == "papers"
    steps.key("Return")
    steps.window.open_case(WANG.id)
    steps.key("Ctrl+5")
    assert papers.list.isVisible(), "another case begins with its list"


def test_a_letter_that_cannot_be_shown_says_why(open_window: OpenWindow) -> None:
    steps = open_window("en")
    steps.key("Ctrl+5")  # the sample's letter was made elsewhere and tells nothing of what was in it
    papers = steps.window.case._front.currentWidget()
    assert isinstance(papers, PapersView)
    steps.key("Return")
    page = papers.paper
    assert page is not None
    steps.until(lambda: "no letter template" in page.state.text(), "why it is not shown")
    assert page.pages.pixmap().isNull()


def test_the_view_follows_the_case_and_the_language(open_window: OpenWindow) -> None:
    steps = open_window("en")
    steps.key("Ctrl+4")
    steps.window.look.choose(language="zh_CN")
    assert lines(steps)[1].title == "周敏 · 配偶"
    steps.window.look.choose(language="en", theme="dark")
    steps.key("Esc")
    steps.key("1")
    steps.key("Ctrl+Return")
    steps.window.open_case(WANG.id)
    steps.key("Ctrl+4")
    assert lines(steps)[3].right == "3 contacts"


def test_the_tabs_are_chosen_with_the_mouse_too(open_window: OpenWindow) -> None:
    steps = open_window("en", size=(1080, 640))
    tab = steps.widget("view_planned")
    QTest.mouseClick(tab, Qt.MouseButton.LeftButton)
    assert steps.window.case.view == "planned"
    row = {steps.widget(f"view_{name}").y() for name, _, _ in VIEWS}
    assert len(row) == 1, "all in one line, also in the smallest window"


def test_no_case_no_view(open_window: OpenWindow) -> None:
    steps = open_window("en", empty=True)
    steps.key("Ctrl+2")
    assert not steps.window.case._made
