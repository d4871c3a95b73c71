"""The page for days of visits by keys: chosen, ordered, moved, placed on the map, kept over a crash."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton

from tests.ui.conftest import OpenWindow
from tests.ui.sample_book import HE, HOSTILE, SAMPLES, TODAY, WANG
from tests.ui.steps import Steps
from ui.field.lists import CARRIED
from ui.field.page import FieldPage
from workstation.desk.circumstances import NewCircumstance
from workstation.domain.route import Place

LI, ZHANG, LIU = SAMPLES[1], SAMPLES[2], SAMPLES[3]


def page_of(steps: Steps, *, spread: float = 0.01, nowhere: tuple[object, ...] = ()) -> FieldPage:
    """The page, the addresses a kilometre apart but for those nobody has found."""
    desk = steps.window.desk
    for place, sample in enumerate(SAMPLES):
        desk.field_places.place(sample.id, sample.part("home"), Place(30.25 + place * spread, 120.13), how="typed")
    with desk.seat.store.write() as conn:
        for sample in nowhere:
            gone = sample.id  # type: ignore[attr-defined]
            conn.exec_driver_sql("DELETE FROM case_event WHERE kind = 'point_placed' AND case_id = ?", (gone,))
            conn.exec_driver_sql("UPDATE contact_point SET latitude = NULL WHERE case_id = ?", (gone,))
            conn.exec_driver_sql(
                "UPDATE case_row SET state = json_remove(state, '$.placed_points') WHERE case_id = ?", (gone,)
            )
    steps.key("Shift+F5")
    page = steps.window.pages.currentWidget()
    assert isinstance(page, FieldPage)
    steps.until(lambda: bool(page.work.rows) and not page.work.busy, "the candidates are read")
    return page


def put_on(steps: Steps, page: FieldPage, *samples: object) -> None:
    for sample in samples:
        page.candidates.choose(sample.id)  # type: ignore[attr-defined]
        page.candidates.setFocus()
        steps.key("Space")
    wait(steps, page)


def wait(steps: Steps, page: FieldPage) -> None:
    steps.until(lambda: not page.work.busy, "the day is planned")


def names(page: FieldPage) -> list[str]:
    return [line.first for line in page.stops.lines]


def test_a_day_from_the_list_to_the_route_by_keys_and_there_again_after_a_crash(open_window: OpenWindow) -> None:
    steps = open_window(role="field")
    page = page_of(steps)
    assert page.candidates.hasFocus()
    put_on(steps, page, ZHANG, WANG, LIU, LI)
    assert names(page) == [ZHANG.name, WANG.name, LIU.name, LI.name]
    as_chosen = page.planned.metres  # type: ignore[union-attr]
    steps.key("Ctrl+Shift+R")
    wait(steps, page)
    assert sorted(names(page)) == sorted([ZHANG.name, WANG.name, LIU.name, LI.name])
    shortest = page.planned.metres  # type: ignore[union-attr]
    assert shortest < as_chosen
    page.work.change(page.work.draft, anew=True)
    page.work.look_again()  # a synchronisation brings something meanwhile
    wait(steps, page)
    assert page.work.draft == steps.window.desk.field_days.draft(TODAY)
    page.stops.take_focus()
    page.stops.choose(page.planned.case_ids[0])  # type: ignore[union-attr]
    first = names(page)[0]
    steps.key("Alt+Down")
    wait(steps, page)
    assert names(page)[1] == first
    assert page.stops.current == page.planned.case_ids[1]  # type: ignore[union-attr]
    assert page.planned.metres >= shortest  # type: ignore[union-attr]
    steps.key("Ctrl+Z")
    wait(steps, page)
    assert names(page)[0] == first
    steps.key("Del")
    wait(steps, page)
    assert first not in names(page)
    assert "09:00" in page.summary.text()
    assert "2 人" in page.warned.text() or "需要" in page.warned.text(), "one person alone"
    kept = names(page)
    steps.window.close()
    again = open_window(role="field")
    again.key("Shift+F5")
    page = again.window.pages.currentWidget()  # type: ignore[assignment]
    again.until(lambda: bool(page.work.rows) and not page.work.busy, "the day is read")
    assert names(page) == kept


def test_only_who_goes_on_visits_sees_the_page(open_window: OpenWindow) -> None:
    steps = open_window(role="collector")
    assert not steps.window.rail.buttons["field"].isVisible()
    steps.key("Shift+F5")
    assert steps.window.pages.currentIndex() == 0


def test_an_address_nobody_has_found_is_placed_on_the_map_by_keys(open_window: OpenWindow) -> None:
    steps = open_window(role="field")
    page = page_of(steps, nowhere=(LI,))
    put_on(steps, page, ZHANG, LI)
    assert [line.case_id for line in page.left.lines] == [LI.id]
    page.left.take_focus()
    page.left.choose(LI.id)
    steps.key("Return")
    assert page.map.placing
    assert page.map.hasFocus()
    steps.key("Esc")
    assert not page.map.placing
    assert steps.window.pages.currentWidget() is page, "Esc gives up the placing alone"
    page.left.setFocus()
    steps.key("Ctrl+M")
    steps.key("Right")
    steps.key("Shift+Up")
    steps.key("Return")
    steps.until(lambda: not page.left.lines, "it is on the map")
    assert LI.name in names(page)
    (point,) = (point for point in steps.window.desk.seat.file(LI.id).points if point.kind == "address")
    assert point.latitude is not None
    typed = steps.widget("field_place")
    assert isinstance(typed, QLineEdit)
    typed.setFocus()
    steps.type("95, 200")
    assert page.placing.typed.reading.text()
    typed.clear()
    steps.type("30.25, 120.16")
    steps.key("Return")
    wait(steps, page)
    (point,) = (point for point in steps.window.desk.seat.file(LI.id).points if point.kind == "address")
    assert (point.latitude, point.longitude) == (30.25, 120.16)


def test_hours_team_and_start_are_set_and_faults_told(open_window: OpenWindow) -> None:
    steps = open_window("en", role="field")
    page = page_of(steps)
    steps.window.desk.circumstances.add(LI.id, NewCircumstance(what="risk_note", evidence="<b>dog</b>"))
    put_on(steps, page, LI, ZHANG)
    assert "A visit takes 2 people" in page.warned.text()
    steps.key("Ctrl+T")
    begins = steps.widget("field_begins")
    assert isinstance(begins, QLineEdit)
    assert begins.hasFocus()
    begins.clear()
    steps.type("8点")
    steps.key("Tab")
    wait(steps, page)
    assert page.work.draft.begins == "08:00"
    begins.setFocus()
    begins.clear()
    steps.type("25:99")
    steps.key("Tab")
    assert page.setup.begins.reading.text()
    assert page.work.draft.begins == "08:00"
    companion, lead, legal = (steps.widget(f"field_team_{role}") for role in ("companion", "lead", "legal"))
    for combo, text in ((companion, "孙强"), (lead, "何琳"), (legal, HOSTILE)):
        assert isinstance(combo, QComboBox)
        combo.lineEdit().setText(text)  # type: ignore[union-attr]
        combo.lineEdit().editingFinished.emit()  # type: ignore[union-attr]
    wait(steps, page)
    team = {one.role: one for one in page.work.draft.team}
    assert team["lead"].person == HE
    assert (team["legal"].name, team["legal"].person) == (HOSTILE, "")
    assert not page.warned.isVisible(), page.warned.text()
    pick = steps.widget("field_pick_start")
    assert isinstance(pick, QPushButton)
    pick.click()
    QTest.mouseClick(page.map, Qt.MouseButton.LeftButton, pos=QPoint(40, 40))
    wait(steps, page)
    assert page.planned is not None
    assert page.planned.start is not None
    assert page.work.draft.start is not None


def test_a_stop_is_dragged_and_chosen_on_the_map(open_window: OpenWindow) -> None:
    steps = open_window(role="field")
    page = page_of(steps)
    put_on(steps, page, ZHANG, WANG, LI)
    carried = QMimeData()
    carried.setData(CARRIED, b"0")
    last = page.stops.visualRect(page.stops.model_.index(2))
    drop = QDropEvent(QPointF(last.center().x(), last.bottom() - 1), Qt.DropAction.MoveAction, carried,
                      Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)  # fmt: skip
    page.stops.dropEvent(drop)  # from another window it would say nothing
    wait(steps, page)
    assert names(page) == [ZHANG.name, WANG.name, LI.name], "dropped from elsewhere, nothing moves"
    page.stops.dropped.emit(ZHANG.id, 2)
    wait(steps, page)
    assert names(page) == [WANG.name, LI.name, ZHANG.name]
    drag = page.stops.model_.mimeData([page.stops.model_.index(1)])
    assert drag.formats() == [CARRIED]
    assert bytes(drag.data(CARRIED).data()) == b"1", "a dragged stop carries nothing of the person"
    spot = page.map.view.spot(page.planned.stops[1].place)  # type: ignore[union-attr]
    QTest.mouseClick(page.map, Qt.MouseButton.LeftButton, pos=QPoint(round(spot[0]), round(spot[1])))
    assert page.stops.current == page.candidates.current == page.current == LI.id
    page.map.setFocus()
    steps.key("Right")
    assert page.current == ZHANG.id
    for key in ("+", "-", "Shift+Left", "0"):
        steps.key(key)
    steps.key("Space")
    wait(steps, page)
    assert ZHANG.name not in names(page)


def test_filters_hold_for_list_and_map_and_days_are_apart(open_window: OpenWindow) -> None:
    steps = open_window("en", role="field")
    page = page_of(steps)
    put_on(steps, page, LI)
    steps.key("Ctrl+Shift+F")
    page.filters.stages["M1"].click()
    assert {line.first for line in page.candidates.lines} == {"李秀英", "刘洋", "黄丽华"}
    steps.key("Ctrl+Shift+D")
    wait(steps, page)
    assert set(names(page)) == {"李秀英", "刘洋", "黄丽华"}, "of those shown as many as fit"
    steps.key("Ctrl+Z")
    wait(steps, page)
    assert names(page) == [LI.name]
    assert {mark.case_id for mark in page.map.picture.marks} == {LI.id, LIU.id, SAMPLES[6].id}
    page.filters.least.set_text("9千")
    steps.until(lambda: [line.first for line in page.candidates.lines] == ["李秀英"], "the sum is read")
    page.filters.text.setText("nobody")
    steps.until(lambda: not page.candidates.lines, "nothing is found")
    assert page.none.isVisible()
    page.filters.clear()
    steps.until(lambda: len(page.candidates.lines) == len(SAMPLES), "all are there again")
    steps.key("Ctrl+Right")
    wait(steps, page)
    assert page.work.day == TODAY + timedelta(days=1)
    assert not page.stops.lines
    steps.key("Ctrl+Home")
    wait(steps, page)
    assert names(page) == [LI.name]


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_a_late_stop_says_so_in_words_and_a_hostile_name_stays_text(open_window: OpenWindow, language: str) -> None:
    hostile = next(sample for sample in SAMPLES if sample.name == HOSTILE)
    steps = open_window(language, role="field")
    page = page_of(steps)
    put_on(steps, page, hostile, ZHANG)
    page.stops.choose(ZHANG.id)
    page._choose(ZHANG.id)
    closes = steps.widget("field_closes")
    assert isinstance(closes, QLineEdit)
    closes.setFocus()
    steps.type("9:05")
    steps.key("Tab")
    wait(steps, page)
    line = page.stops.lines[1]
    assert line.tone == "bad"
    assert "09:05" in line.second
    assert page.stops.lines[0].first == HOSTILE
    assert "&lt;b&gt;" in str(page.stops.model_.index(0).data(Qt.ItemDataRole.ToolTipRole))


def test_an_empty_desk_says_what_comes_next(open_window: OpenWindow) -> None:
    steps = open_window("en", role="lead", empty=True, case_id=None)
    steps.key("Shift+F5")
    page = steps.window.pages.currentWidget()
    assert isinstance(page, FieldPage)
    wait(steps, page)
    assert "next synchronisation" in page.none.text()
    assert not page.route.isEnabled()
