"""The history by day: headings, keys, opened entries, search, what a screen reader hears, and ten thousand entries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import overload
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.ui.conftest import OpenWindow
from tests.ui.sample_book import WANG
from ui.case.entry_paint import Day
from ui.case.timeline import AT_ONCE, GROUPS, Timeline
from ui.look import Look
from workstation.desk.history_views import Fact
from workstation.desk.views import Group, TimelineEntry
from workstation.domain.message import msg

TODAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)  # in Shanghai
ZONE = ZoneInfo("Asia/Shanghai")
MANY = 10_000
GROUPS_OF_ENTRIES: tuple[Group, ...] = ("contact", "promise", "payment", "letter", "visit", "note")


class Counted(Sequence[TimelineEntry]):
    """A history that counts how many of its entries were looked at."""

    def __init__(self, entries: Sequence[TimelineEntry]) -> None:
        self._entries, self.looked_at = entries, set[int]()

    def __len__(self) -> int:
        return len(self._entries)

    @overload
    def __getitem__(self, place: int) -> TimelineEntry: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[TimelineEntry]: ...
    def __getitem__(self, place: int | slice) -> TimelineEntry | Sequence[TimelineEntry]:
        if isinstance(place, int):
            self.looked_at.add(place)
        return self._entries[place]


def entry(number: int, before: timedelta, group: Group = "contact", detail: str = "") -> TimelineEntry:
    return TimelineEntry(f"e{number}", NOON - before, group, "call", msg(f"Title {number}"), detail or None, "陈静")


def facts(entry_id: str) -> tuple[Fact, ...]:
    return (Fact(msg("Evidence"), (f"evidence of {entry_id}",)),)


@pytest.fixture(scope="module")
def history(qapp: QApplication) -> Timeline:
    look = Look("en", "light", 100, ZONE, lambda: TODAY)
    look.apply()
    made = Timeline(look, TODAY, facts)
    made.resize(600, 500)
    made.show()
    made.activateWindow()
    QTest.qWait(20)
    return made


def until_complete(history: Timeline) -> None:
    for _ in range(2000):
        if history.complete:
            return
        QTest.qWait(5)
    raise AssertionError("older entries never came")


def many() -> list[TimelineEntry]:
    return [entry(n, timedelta(hours=2 * n), GROUPS_OF_ENTRIES[n % 6], "a note" if n % 3 else "") for n in range(MANY)]


def headings(history: Timeline) -> list[str]:
    rows = history.model.rows()
    return [history.model.index(n).data() for n, row in enumerate(rows) if isinstance(row, Day)]


def test_days_are_named_as_one_says_them(history: Timeline) -> None:
    entries = [entry(0, timedelta()), entry(1, timedelta(hours=3)), entry(2, timedelta(days=1)),
               entry(3, timedelta(days=2)), entry(4, timedelta(days=335))]  # fmt: skip
    history.show_entries("days", entries, 1)
    assert headings(history) == ["Today · Mon 23 Nov", "Yesterday · Sun 22 Nov", "Sat 21 Nov", "Tue 23 Dec 2025"]
    assert history.shown == entries


def test_days_in_chinese(open_window: OpenWindow) -> None:
    timeline = open_window("zh_CN").window.case.timeline
    assert headings(timeline)[:2] == ["今天 · 11月23日 周一", "11月18日 周三"]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 3_000), max_size=60).map(sorted))
def test_every_day_stands_once_above_its_entries(history: Timeline, hours: list[int]) -> None:
    entries = [entry(n, timedelta(hours=before)) for n, before in enumerate(hours)]
    history.show_entries(f"case {hours}", entries, 1)
    history.finish()
    days: list[date] = []
    for row in history.model.rows():
        if isinstance(row, Day):
            days.append(row.day)
        else:
            assert row.at.astimezone(ZONE).date() == days[-1]
    assert days == sorted(set(days), reverse=True)
    assert history.shown == entries
    tops = [history.list.visualRect(history.model.index(n)).top() for n in range(history.model.rowCount())]
    assert tops == sorted(set(tops))


def test_opening_looks_at_no_more_than_a_screen_shows(history: Timeline) -> None:
    entries = Counted(many())
    history.show_entries("long", entries, 1)
    assert len(entries.looked_at) <= AT_ONCE
    assert history.list.viewport().height() < history.list.visualRect(history.model.index(AT_ONCE - 1)).bottom()
    assert not history.complete
    until_complete(history)
    assert entries.looked_at >= set(range(MANY))
    assert history.shown == many()


def test_another_case_leaves_the_rest_of_the_last_one_unread(history: Timeline) -> None:
    entries = Counted(many())
    history.show_entries("long", entries, 1)
    short = [entry(1, timedelta())]
    history.show_entries("short", short, 1)
    QTest.qWait(60)
    assert history.shown == short
    assert len(entries.looked_at) < MANY


def test_keys_move_from_entry_to_entry_and_pass_the_days(history: Timeline) -> None:
    history.show_entries("keys", many(), 1)
    history.list.setFocus()

    def press(key: Qt.Key) -> TimelineEntry:
        QTest.keyClick(history.list, key)
        row = history.model.rows()[history.list.currentIndex().row()]
        assert isinstance(row, TimelineEntry)
        rect = history.list.visualRect(history.list.currentIndex())
        assert 0 <= rect.top() < rect.bottom() <= history.list.viewport().height()
        return row

    seen = [press(Qt.Key.Key_Down) for _ in range(30)]
    assert seen == many()[:30]
    assert press(Qt.Key.Key_Up) == many()[28]
    paged = press(Qt.Key.Key_PageDown)
    assert 3 <= int(paged.id[1:]) - 28 <= 12, "less than a page on, so that nothing is passed unseen"
    assert 26 <= int(press(Qt.Key.Key_PageUp).id[1:]) <= 28
    assert press(Qt.Key.Key_End) == many()[-1], "also before all is laid out"
    assert history.complete
    assert press(Qt.Key.Key_Down) == many()[-1]
    assert press(Qt.Key.Key_Home) == many()[0]
    assert history.list.verticalScrollBar().value() == 0
    assert press(Qt.Key.Key_Up) == many()[0]


def test_an_entry_opens_in_place_with_its_facts_and_is_read_so(history: Timeline) -> None:
    entries = [entry(n, timedelta(hours=n), detail="a long note " * 20) for n in range(3)]
    history.show_entries("open", entries, 1)
    history.list.setFocus()
    QTest.keyClick(history.list, Qt.Key.Key_Down)
    index = history.list.currentIndex()
    short = history.list.visualRect(index).height()
    spoken = QAccessible.queryAccessibleInterface(history.list)

    def heard() -> str:
        return spoken.child(index.row()).text(QAccessible.Text.Name)

    assert heard().startswith("Today · Mon 23 Nov, 12:00, Title 0, a long note")
    QTest.keyClick(history.list, Qt.Key.Key_Right)
    assert history.list.visualRect(index).height() > short
    assert heard().endswith("Evidence evidence of e0")
    assert history.list.grab().toImage() != history.grab().toImage()
    history.show_entries("open", [entry(9, timedelta(hours=-1)), *entries], 1)
    assert history.painter.opened == {"e0"}, "the same case stays as it was"
    QTest.keyClick(history.list, Qt.Key.Key_Left)
    assert history.list.visualRect(history.list.currentIndex()).height() == short
    QTest.mouseClick(history.list.viewport(), Qt.MouseButton.LeftButton, pos=history.list.visualRect(index).center())
    assert history.painter.opened


def test_what_one_reads_stays_when_something_new_comes(history: Timeline) -> None:
    entries = many()
    history.show_entries("stay", entries, 1)
    until_complete(history)
    history.list.setFocus()
    history.list.verticalScrollBar().setValue(history.list.verticalScrollBar().maximum() // 2)
    index = history.list.indexAt(history.list.viewport().rect().center())
    history.list.setCurrentIndex(index)
    row, top = history.model.rows()[index.row()], history.list.visualRect(index).top()
    history.show_entries("stay", [entry(MANY, timedelta(hours=-1), detail="new"), *entries], 1)
    assert history.model.rows()[history.list.currentIndex().row()] == row
    assert history.list.visualRect(history.list.currentIndex()).top() == top
    history.show_entries("another", entries, 1)
    assert history.list.verticalScrollBar().value() == 0
    assert not history.list.currentIndex().isValid()


def test_the_search_finds_all_of_ten_thousand_and_kinds_are_filtered(history: Timeline) -> None:
    history.show_entries("find", many(), 1)
    history.look_for()
    QTest.keyClicks(history.search, "99")
    until_complete(history)
    wanted = [made for made in many() if "99" in made.title.text]
    assert len(wanted) > 100
    assert history.shown == wanted
    for place, (_, groups) in enumerate(GROUPS[1:], start=1):
        history._chips.button(place).click()
        until_complete(history)
        assert history.shown == [made for made in wanted if made.group in groups]
    history._chips.button(0).click()
    QTest.keyClicks(history.search, " nowhere")
    until_complete(history)
    assert not history.shown
    assert history.empty.isVisible()
    assert history.leave_search()
    assert not history.leave_search()
    until_complete(history)
    assert len(history.shown) == MANY


def test_a_correction_shows_its_original_struck_and_says_both(history: Timeline) -> None:
    original = replace(entry(1, timedelta(hours=1)), set_aside=True, taken_back=msg("Taken back by him"))
    correction = replace(entry(2, timedelta(), detail="a slip"), original=original.title)
    history.show_entries("corrected", [correction, original], 1)
    rows = [history.model.index(n).data(Qt.ItemDataRole.AccessibleTextRole) for n in (1, 2)]
    assert rows[0] == "Today · Mon 23 Nov, 12:00, Title 2, Title 1, a slip, 陈静"
    assert rows[1] == "Today · Mon 23 Nov, 11:00, Title 1, Taken back by him, 陈静"
    pieces = {piece.text: piece.font.strikeOut() for made in (correction, original)
              for piece in history.painter._layout(made)[1]}  # fmt: skip
    assert pieces["Title 2 · a slip"] is False
    assert pieces["Title 1"] is True
    assert pieces["Taken back by him"] is False


@pytest.mark.parametrize("scale", [100, 150, 200])
@pytest.mark.parametrize("width", [300, 420, 700])
def test_nothing_is_laid_out_beside_the_list(qapp: QApplication, width: int, scale: int) -> None:
    look = Look("en", "dark", scale, ZONE, lambda: TODAY)
    made = Timeline(look, TODAY, facts)
    made.resize(width, 500)
    made.show()
    long = replace(entry(1, timedelta(), detail="word " * 60 + "x" * 300), late=True, title=msg("A title " * 20))
    made.show_entries("wide", [long], 1)
    for opened in (False, True):
        if opened:
            made.list.toggle(made.model.index(1))
        height, pieces = made.painter._layout(long)
        assert height == made.list.visualRect(made.model.index(1)).height()
        for piece in pieces:
            assert (
                0 <= piece.place.left() <= piece.place.right() < max(made.list.viewport().width(), 240 * scale // 100)
            )
            assert piece.place.bottom() < height
    made.close()


def test_the_history_of_the_sample_case_is_read_by_day(open_window: OpenWindow) -> None:
    steps = open_window("en")
    timeline = steps.window.case.timeline
    steps.key("Ctrl+1")
    assert timeline.list.hasFocus()
    steps.key("Return")
    assert timeline.painter.opened == {steps.window.desk.casefile.open(WANG.id).timeline[0].id}
    steps.window.look.choose(language="zh_CN")
    assert headings(timeline)[0] == "今天 · 11月23日 周一"
    steps.key("Esc")
    assert steps.window.call.hasFocus()
