"""Nothing that comes in by itself moves the row under the cursor; a new order is taken when it is asked for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QListView

from local_db import replica
from tests.ui.conftest import OpenWindow
from tests.ui.sample_book import SAMPLES, WANG
from tests.ui.steps import Steps
from workstation.desk.views import CallForm
from workstation.domain.changes import Changes

LI, ZHANG, LIU, CHEN_GUILAN, ZHOU = SAMPLES[1], SAMPLES[2], SAMPLES[3], SAMPLES[4], SAMPLES[7]


def shown(steps: Steps) -> list[str]:
    return [row.case_id for row in steps.window.queue.model.rows()]


def place_of(steps: Steps, case_id: str) -> tuple[QPoint, int]:
    """Where the row is painted in the window, and how far the list is scrolled."""
    steps.settle()
    listed = steps.window.queue.list
    rect = listed.visualRect(steps.window.queue.model.index(shown(steps).index(case_id)))
    return listed.viewport().mapTo(steps.window, rect.topLeft()), listed.verticalScrollBar().value()


def take_away(steps: Steps, case_id: str) -> None:
    """As a synchronisation does when the case was given to somebody else."""
    with steps.window.desk.seat.store.write() as conn:
        replica.remove_case(conn, case_id)
    steps.window.desk.announce(Changes(frozenset({"event"}), frozenset({case_id})))


def worked(steps: Steps, case_id: str, mobile: str) -> None:
    """Somebody noted a call at another seat, and it came in."""
    desk = steps.window.desk
    desk.announce(desk.call.save(case_id, CallForm(contact_point=mobile, outcome="no_answer")))


@pytest.mark.parametrize("size", [(1440, 900), (1100, 700)])
def test_what_comes_in_changes_rows_where_they_are(open_window: OpenWindow, size: tuple[int, int]) -> None:
    steps = open_window(case_id=ZHOU.id, size=size)
    before, place = shown(steps), place_of(steps, ZHOU.id)
    worked(steps, ZHANG.id, ZHANG.part("mobile"))  # was on top and sinks to the end
    take_away(steps, CHEN_GUILAN.id)  # the only dispute: its filter has nothing left
    assert shown(steps) == before
    assert place_of(steps, ZHOU.id) == place
    rows = {row.case_id: row for row in steps.window.queue.model.rows()}
    assert rows[ZHANG.id].worked_today
    assert rows[CHEN_GUILAN.id].gone
    assert steps.window.queue.list.currentIndex().row() == before.index(ZHOU.id)
    assert steps.window.queue.reorder.isVisible()


def test_the_cursor_stays_where_the_person_moved_it(open_window: OpenWindow) -> None:
    steps = open_window(case_id=WANG.id)
    listed = steps.widget("queue_list")
    assert isinstance(listed, QListView)
    listed.setFocus()
    steps.key("Home")
    steps.key("Down")
    steps.key("Down")
    row = listed.currentIndex().row()
    assert row == 2
    worked(steps, ZHANG.id, ZHANG.part("mobile"))
    steps.window.queue.refresh()
    assert listed.currentIndex().row() == row
    case_id = shown(steps)[row]
    steps.key("Ctrl+R")
    assert shown(steps)[listed.currentIndex().row()] == case_id  # the same case, now higher


def test_the_new_order_is_taken_when_asked(open_window: OpenWindow) -> None:
    steps = open_window(case_id=ZHOU.id)
    worked(steps, ZHANG.id, ZHANG.part("mobile"))
    take_away(steps, CHEN_GUILAN.id)
    steps.key("Ctrl+R")
    assert shown(steps) == [row.case_id for row in steps.window.desk.worklist.queue().rows]
    assert CHEN_GUILAN.id not in shown(steps)
    assert not steps.window.queue.reorder.isVisible()
    assert steps.window.queue.list.currentIndex().row() == shown(steps).index(ZHOU.id)


def test_the_new_order_is_taken_at_the_next_case_and_at_another_filter(open_window: OpenWindow) -> None:
    steps = open_window(case_id=LIU.id)
    take_away(steps, CHEN_GUILAN.id)
    steps.key("1")
    steps.key("Ctrl+Return")  # saved: the next case opens
    now = [row.case_id for row in steps.window.desk.worklist.queue().rows]
    assert shown(steps) == now
    assert shown(steps).index(LIU.id) >= len(now) - 2
    assert steps.window.queue.list.currentIndex().row() == 0
    take_away(steps, ZHOU.id)
    assert ZHOU.id in shown(steps)
    steps.window.queue._chips.button(3).click()  # new cases
    assert ZHOU.id not in shown(steps)
    assert {row.case_id for row in steps.window.queue.model.rows()} == {
        row.case_id for row in steps.window.desk.worklist.queue("new").rows
    }


def test_a_case_that_left_cannot_be_opened_and_is_stepped_over(open_window: OpenWindow) -> None:
    steps = open_window(case_id=None)
    steps.window.open_case(shown(steps)[0])
    second, third = shown(steps)[1:3]
    take_away(steps, second)
    steps.window.queue.list.clicked.emit(steps.window.queue.model.index(1))
    assert steps.window.case.case is not None
    assert steps.window.case.case.case_id == shown(steps)[0]
    steps.key("Ctrl+J")
    assert steps.window.case.case.case_id == third
    spoken = steps.window.queue.model.index(1).data(Qt.ItemDataRole.AccessibleTextRole)
    assert steps.window.look.tr("No longer at this desk") in spoken


def test_a_callback_whose_hour_comes_is_announced_and_opened_by_its_line(open_window: OpenWindow) -> None:
    steps = open_window(case_id=ZHOU.id)  # 10:24; 李秀英 asked for 10:30, already on top by then
    assert not steps.window.queue.urgent.isVisible()
    desk = steps.window.desk
    form = CallForm(contact_point=LIU.part("mobile"), outcome="callback_requested", callback="12:00",
                    identity=["full_name", "card_tail"])  # fmt: skip
    desk.announce(desk.call.save(LIU.id, form))
    assert not steps.window.queue.urgent.isVisible()
    before, place = shown(steps), place_of(steps, ZHOU.id)
    desk.seat.clock.shift += timedelta(hours=1, minutes=33)
    steps.window.queue.refresh()
    assert shown(steps) == before
    assert place_of(steps, ZHOU.id) == place
    urgent = steps.window.queue.urgent
    assert urgent.isVisible()
    assert LIU.name in urgent.accessibleName()
    assert "12:00" in urgent.accessibleName()
    urgent.click()
    assert steps.window.case.case is not None
    assert steps.window.case.case.case_id == LIU.id
    steps.window.queue.refresh()
    assert LIU.name not in steps.window.queue.urgent.accessibleName()


def test_a_new_case_waits_below_until_the_order_is_taken(open_window: OpenWindow) -> None:
    steps = open_window(case_id=ZHOU.id)
    with steps.window.desk.seat.store.write() as conn:
        conn.exec_driver_sql("UPDATE cases SET closed_on = '2026-11-23' WHERE id = ?", (LIU.id,))
    steps.window.desk.announce(Changes(frozenset({"case"}), frozenset({LIU.id})))
    steps.key("Ctrl+R")
    assert LIU.id not in shown(steps)
    before = shown(steps)
    with steps.window.desk.seat.store.write() as conn:
        conn.exec_driver_sql("UPDATE cases SET closed_on = NULL WHERE id = ?", (LIU.id,))
    steps.window.desk.announce(Changes(frozenset({"case"}), frozenset({LIU.id})))
    assert shown(steps) == before
    assert steps.window.queue.reorder.isVisible()
    steps.window.queue.reorder.click()
    assert LIU.id in shown(steps)


def test_a_closed_window_leaves_its_store_alone(open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = open_window()
    steps.window.close()
    asked: list[str] = []
    monkeypatch.setattr(steps.window.desk.worklist, "tick", lambda: asked.append("tick"))
    monkeypatch.setattr(steps.window.desk.worklist, "queue", lambda *_: asked.append("queue"))
    steps.window.queue._ticks.timeout.emit()
    steps.window.queue._again.timeout.emit()
    assert asked == []


def test_the_clock_alone_renews_the_scores(open_window: OpenWindow) -> None:
    steps = open_window(case_id=ZHOU.id)
    before = steps.window.queue.model.rows()
    steps.window.queue.tick()
    steps.window.queue.refresh()
    after = steps.window.queue.model.rows()
    assert [row.case_id for row in after] == [row.case_id for row in before]
    assert not {id(row) for row in before} & {id(row) for row in after}
