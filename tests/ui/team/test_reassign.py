"""Sharing out at the screen before a real centre: chosen by keys, seen, done, undone; what cannot be says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from time import monotonic

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.central.server import PASSWORD, CentralDatabase
from tests.sync.conftest import SeatMaker, book, seat_of
from tests.ui.closing import close_for_good
from tests.ui.conftest import OpenWindow
from ui.look import Look
from ui.team.reassign import Reassign
from workstation.desk.seat import Clock, Person, Seat
from workstation.domain.knowledge import field_help
from workstation.session import Desk
from workstation.sync.server import Server

__all__ = ["book", "seat_of"]  # fixtures
LONGEST = 20.0


@dataclass
class Half:
    """The right half of a lead's page, and what it said."""

    central: CentralDatabase
    work: Reassign
    desk: Desk
    said: list[str] = field(default_factory=list)

    def until(self, holds: Callable[[], bool]) -> None:
        ends = monotonic() + LONGEST
        while not holds():
            assert monotonic() < ends
            QTest.qWait(5)

    def after(self, act: Callable[[], object], signal: str) -> None:
        """Do it, and wait until the half says that it is through."""
        heard: list[bool] = []
        getattr(self.work, signal).connect(lambda: heard.append(True))
        act()
        self.until(lambda: bool(heard))

    def rows(self) -> dict[str, tuple[int, int, int]]:
        return {line.name: (line.before.cases, line.came - line.went, line.after.cases) for line in self._lines()}

    def _lines(self) -> tuple[object, ...]:
        assert self.work.shown is not None
        return self.work.shown.lines

    def holders(self) -> dict[str, int]:
        query = "SELECT p.login, count(*) FROM cases c JOIN person p ON p.id = c.assignee_id GROUP BY 1"
        with self.central.connect() as conn:
            return dict(conn.execute(query).fetchall())


@pytest.fixture
def half(qapp: QApplication, central: CentralDatabase, book: list[str], seat_of: SeatMaker) -> Iterator[Half]:
    lead = seat_of("chen.jie")
    lead.sync()
    person = Person(central.people["chen.jie"], "chen.jie", "陈洁", "lead", central.teams["north"], "north")
    server = Server(central.server.host, central.server.port, central.name)
    desk = Desk(server, PASSWORD, Seat(lead.store, person, lead.device, Clock()), online=True)
    said: list[str] = []
    look = Look("en", "light", 100)
    look.apply()
    work = Reassign(look, desk, said.append, said.append)
    work.resize(640, 900)
    work.show()
    yield Half(central, work, desk, said)
    desk.sync.close()
    close_for_good(work)


def test_a_leave_is_chosen_by_keys_seen_done_and_undone(half: Half) -> None:
    work, people = half.work, half.central.people
    half.after(lambda: work.choose_person(people["li.na"]), "previewed")
    assert "until which day" in work.problem.text()
    assert not work.do.isEnabled()
    half.after(lambda: QTest.keyClicks(work.until.edit, "+5"), "previewed")
    half.until(lambda: work.shown is not None)
    assert work.problem.isHidden()
    assert half.rows() == {"李娜": (10, -10, 0), "王伟": (0, 5, 5), "赵敏": (0, 5, 5)}
    assert any("comes back on" in text for text in work.result.notices)
    work.activateWindow()
    work.result.table.setFocus()
    work.result.table.selectRow(2)
    half.after(lambda: QTest.keyClick(work.result.table, Qt.Key.Key_X), "previewed")
    assert half.rows() == {"李娜": (10, -10, 0), "王伟": (0, 10, 10)}
    half.after(work.everybody.click, "previewed")
    assert "Move 10 cases" in work.do.text()
    work.reason.setText("annual leave")
    half.after(work.commit, "committed")
    assert half.said == ["10 cases were moved."]
    assert half.holders() == {"wang.wei": 5, "zhao.min": 5}
    assert not work.back.isHidden()
    assert "can be undone until" in work.state.text()
    half.after(work.take_back, "committed")
    assert half.said[-1] == "10 cases are back where they were."
    assert half.holders() == {"li.na": 10}
    assert work.back.isHidden()


def test_what_cannot_be_says_so_in_the_half_itself(half: Half, book: list[str]) -> None:
    work, people = half.work, half.central.people
    half.after(lambda: work.choose_cases(()), "previewed")
    assert "Select the cases first" in work.problem.text()
    half.after(lambda: work.choose_cases(book[:3]), "previewed")
    assert not work.problem.text() or work.problem.isHidden()
    half.after(lambda: work.to.setCurrentIndex(work.to.findData(people["li.na"])), "previewed")
    assert work.result.notices == ["3 of them are with 李娜 already."]
    assert not work.do.isEnabled()
    work.commit()
    assert half.said == []
    half.after(work.take_back, "committed")
    assert half.said == ["There is no move that could be undone."]
    for name in ("kind", "person", "to", "measure", "until", "keep", "reason"):
        assert field_help(f"reassign_{name}", "zh_CN"), name


def test_both_sides_see_a_quiet_line_under_the_queue(open_window: OpenWindow) -> None:
    from datetime import UTC, datetime

    from local_db import told_moves
    from local_db.told_moves import ToldMove
    from tests.ui.sample_book import HE, SUN

    steps = open_window("en")
    window = steps.window
    with window.desk.seat.store.write() as conn:
        told_moves.keep(conn, [ToldMove("a", datetime.now(UTC), HE, SUN, True, 3)])
    window.queue.refresh()
    assert "何琳 gave you 3 cases, from 孙强" in window.queue.moves.accessibleName()
    window.queue.moves.click()
    assert window.queue.moves.isHidden()


def test_from_the_table_to_the_waiting_move_by_keys_alone(open_window: OpenWindow) -> None:
    from tests.ui.sample_book import CHEN
    from tests.ui.sample_team import add_team
    from tests.ui.test_team_page import go_to, page

    steps = open_window("en", role="lead")
    add_team(steps.window.desk)
    found = page(steps)
    work = steps.window.findChild(Reassign)
    assert work is not None
    heard: list[bool] = []
    work.previewed.connect(lambda: heard.append(True))
    go_to(found, CHEN)
    steps.key("Space")
    steps.key("R")
    steps.until(lambda: work.shown is not None, "all of theirs, shared among everybody")
    assert found.side.currentWidget() is work
    assert work.shown is not None
    assert {move.before for move in work.shown.moves} <= {CHEN}
    found.table.setFocus()
    heard.clear()
    steps.key("B")
    steps.until(lambda: bool(heard), "everybody's loads")
    count = len(work.shown.moves)
    assert count > 0
    assert work.shown.spread_after < work.shown.spread_before
    work.committed.connect(lambda: heard.append(False))
    steps.key("Ctrl+Return")  # the centre is away: it waits, and is asked with the next synchronisation
    steps.until(lambda: False in heard, "it was kept")
    [kept] = steps.window.desk.waiting_decisions.rows()
    assert kept.kind == "rebalance"
    assert work.do.isHidden() or not work.do.isEnabled()
    in_view = steps.window.queue.in_view()
    steps.window.share_out_in_view()  # from the palette: the cases of the queue as it is filtered
    assert work.choice().case_ids == tuple(in_view)
    heard.clear()
    steps.key("Ctrl+Z")
    steps.until(lambda: False in heard, "there is nothing to undo")
