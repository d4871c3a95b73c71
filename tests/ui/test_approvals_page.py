"""The approvals page in the real window of a lead: keys alone decide; empty, offline and failed say so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.desk.test_plan_follow import go_to, remind
from tests.ui.closing import close_for_good
from tests.ui.sample_book import HE, TEAM, WANG
from tests.ui.sample_desk import open_desk
from tests.ui.steps import Steps
from tests.ui.test_no_clipped_text import faults
from tests.ui.test_spoken import nameless
from ui.approvals.page import ApprovalsPage
from ui.look import Look
from ui.shell.window import MainWindow
from workstation.desk.approvals import ApprovalsDesk, Decided
from workstation.desk.seat import Person
from workstation.desk.views import SyncStatus
from workstation.domain.changes import Changes
from workstation.domain.message import msg
from workstation.session import Desk
from workstation.sync.link import Unreachable

Opened = tuple[MainWindow, ApprovalsPage]
Open = Callable[..., Opened]


class AtTheCentre(ApprovalsDesk):
    """The lead's list as it is; a decision is noted here instead of asked of a centre that is not there."""

    def __init__(self, seat: Any) -> None:
        super().__init__(seat, self._line, lambda: None)
        self.asked: list[tuple[str, str, str]] = []
        self.first = True

    def _line(self) -> Any:
        raise Unreachable(msg("no connection"))

    def decide(self, row: Any, verdict: Any, reason: str, first_due: str = "") -> Decided:
        if not self.asked and reason != "decided":
            return super().decide(row, verdict, reason, first_due)
        self.asked.append((row.id, verdict, reason))
        self._settled.add((row.id, row.seen))
        changes = Changes(frozenset({"event"}), frozenset({row.case_id}))
        return Decided(self.first, msg("{who} was first, at {time}: {what}. Your decision was not needed.", who="陈洁",
                                       time=datetime.now(UTC), what=verdict), changes)  # fmt: skip


def ask(desk: Desk) -> None:
    form = replace(desk.plan.start(), waive_interest="5000", waive_penalty="100%", circumstances="住院三个月")
    desk.plan.propose(WANG.id, form)


def breach(desk: Desk) -> None:
    desk.plan.propose(WANG.id, desk.plan.start())
    desk.plan_follow.agree(WANG.id, "recorded", "REC-1")
    go_to(desk, date(2026, 12, 4))
    remind(desk)
    go_to(desk, date(2026, 12, 8))
    desk.plan_follow.report_breach(WANG.id, "两次未接")


@pytest.fixture
def open_page(qapp: QApplication, tmp_path: Path) -> Iterator[Open]:
    opened: list[MainWindow] = []

    def make(
        prepare: Callable[[Desk], None] = lambda _desk: None,
        *,
        language: str = "en",
        role: str = "lead",
        size: tuple[int, int] = (1440, 900),
    ) -> Opened:
        desk = open_desk(tmp_path / "seat")
        prepare(desk)
        seat = replace(desk.seat, person=Person(HE, "helin", "何琳", role, TEAM, "信用卡一组"))
        desk.seat = seat
        desk.approvals = AtTheCentre(seat)
        look = Look(language, "light", 100)
        look.apply()
        window = MainWindow(look, desk)
        opened.append(window)
        window.resize(*size)
        window.show()
        Steps(window).key("Shift+F8")
        page = window._pages_made.get("approvals")
        if page is not None:
            assert isinstance(page, ApprovalsPage)
            settled(lambda: not page.reading)
        return window, page  # type: ignore[return-value]

    yield make
    for window in opened:
        close_for_good(window)
    qapp.processEvents()


def settled(holds: Callable[[], bool]) -> None:
    for _ in range(400):
        if holds():
            return
        QTest.qWait(20)
    raise AssertionError("it never settled")


def said(window: MainWindow) -> str:
    return window.toast._text.text()


def press(page: ApprovalsPage, key: str) -> None:
    Steps(page.window()).key(key)  # type: ignore[arg-type]  # the page stands in the lead's window
    settled(lambda: not page.deciding and not page.reading)


def test_empty_says_so_and_offers_nothing_to_decide(open_page: Open) -> None:
    _, page = open_page()
    assert page.card.empty.isVisible()
    assert page.card.empty.text() == "Nothing waits for a decision."
    assert not page.details.isVisible()
    assert not page.foot.isVisible()


def test_it_is_for_those_who_lead(open_page: Open) -> None:
    window, page = open_page(ask, role="collector")
    assert page is None
    assert not window.rail.buttons["approvals"].isVisible()


def test_a_request_is_decided_with_keys_alone(open_page: Open) -> None:
    _, page = open_page(ask)
    assert page.card.table.hasFocus()
    assert page.details.words.text() == "住院三个月"
    assert "5,000.00" in page.details.waived.text()
    assert len(page.details.reasons.text().splitlines()) == 2
    page.reason.setText("decided")
    page.card.table.setFocus()
    press(page, "A")
    desk = page._desk.approvals
    assert [(verdict, reason) for _, verdict, reason in desk.asked] == [("approved", "decided")]
    assert page.card.empty.isVisible()  # it is not asked again
    assert page.reason.text() == ""


def test_whoever_is_second_is_told_who_was_first(open_page: Open) -> None:
    window, page = open_page(ask)
    page._desk.approvals.first = False
    page.reason.setText("decided")
    page.card.table.setFocus()
    press(page, "R")
    assert "陈洁 was first" in said(window)


def test_a_rejection_without_a_word_asks_for_one_and_typing_it_decides_nothing(open_page: Open) -> None:
    window, page = open_page(ask)
    press(page, "R")
    assert page.reason.hasFocus()
    assert "Say why" in said(window)
    QTest.keyClicks(page.reason, "are rather late")
    assert page.reason.text() == "are rather late"
    assert page._desk.approvals.asked == []


def test_offline_the_words_are_kept_and_the_page_says_so(open_page: Open) -> None:
    window, page = open_page(ask)
    assert not page.offline.isVisible()
    page._desk.sync.state = SyncStatus("offline", datetime.now(UTC), 0)
    page._desk.announce(Changes(frozenset({"sync"})))
    settled(page.offline.isVisible)
    page.reason.setText("bearable")
    page.card.table.setFocus()
    press(page, "A")
    assert "your decision waits here" in said(window)
    assert page.kept_back.isVisible()
    assert page.card.empty.isVisible()
    press(page, "U")  # taken back: it waits for a decision again
    settled(lambda: len(page.card.table.rows) == 1)
    assert not page.kept_back.isVisible()
    assert page.buttons["approved"].isEnabled()


def test_what_cannot_be_read_says_so_and_is_tried_again(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    _, page = open_page(ask)

    def broken() -> Any:
        raise Unreachable(msg("The store cannot be read."))

    with monkeypatch.context() as patch:
        patch.setattr(page._desk.approvals, "waiting", broken)
        page.look_again()
        settled(page.problem.isVisible)
        assert page.problem.text() == "The store cannot be read."
    page.again.click()
    settled(lambda: not page.problem.isVisible())
    assert page.card.table.isVisible()


def test_a_breach_shows_three_ways_and_a_typed_day_moves_the_first(open_page: Open) -> None:
    _, page = open_page(breach)
    assert page.details.choices.count() == 3
    assert page.buttons["re_aged"].isVisible()
    assert not page.buttons["approved"].isVisible()
    page.first_due.edit.setFocus()
    QTest.keyClicks(page.first_due.edit, "2027-01-15")
    settled(lambda: page.first_due._reading is not None)
    page.reason.setText("decided")
    page.card.table.setFocus()
    press(page, "A")  # of a proposal: nothing here
    assert page._desk.approvals.asked == []
    press(page, "M")
    assert [(verdict, reason) for _, verdict, reason in page._desk.approvals.asked] == [("re_aged", "decided")]


def test_the_words_of_one_are_not_left_for_the_next(open_page: Open) -> None:
    def two(desk: Desk) -> None:
        from tests.ui.sample_book import SAMPLES

        ask(desk)
        form = replace(desk.plan.start(), waive_principal="5%", circumstances="x")
        desk.plan.propose(SAMPLES[3].id, form)

    _, page = open_page(two, language="zh_CN")
    assert len(page.card.table.rows) == 2
    page.reason.setText("for the first")
    page.card.table.setFocus()
    QTest.keyClick(page.card.table, Qt.Key.Key_Down)
    assert page.reason.text() == ""


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("size", [(1440, 900), (1080, 640)])
@pytest.mark.parametrize("prepare", [ask, breach], ids=["proposal", "breach"])
def test_nothing_is_clipped_and_everything_has_a_name(
    open_page: Open, prepare: Callable[[Desk], None], language: str, size: tuple[int, int]
) -> None:
    window, page = open_page(prepare, language=language, size=size)
    Steps(window).settle()
    assert faults(page) == []
    assert nameless(page) == []


def test_while_it_reads_for_the_first_time_it_says_so(open_page: Open) -> None:
    window, _ = open_page(ask)
    fresh = ApprovalsPage(window.look, window.desk, lambda _case: None, lambda _words: None)
    fresh.show()
    assert fresh.about.text() == "Every case is being looked through …"
    settled(lambda: not fresh.reading)
    assert fresh.about.text().startswith("Requests, plans above")
    assert len(fresh.card.table.rows) == 1
    fresh.close()
