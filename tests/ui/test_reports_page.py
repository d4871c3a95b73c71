"""The reports in the window: the figures of the desk, words that are kept, and what leaves is on record."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from python_calamine import CalamineWorkbook

from tests.ui.conftest import OpenWindow
from tests.ui.sample_book import SAMPLES
from tests.ui.steps import Steps
from ui.case.explained import Explained
from ui.reports.page import ReportsPage
from workstation.desk.views import CallForm
from workstation.domain.events import TakenOut, decode_body

LIU = SAMPLES[3]


def page(steps: Steps) -> ReportsPage:
    steps.key("Shift+F11")
    found = steps.window.findChild(ReportsPage)
    assert found is not None
    shown(steps, found)
    return found


def shown(steps: Steps, found: ReportsPage) -> None:
    steps.until(
        lambda: found.report is not None and found.report.wanted == found.wanted() and "…" not in found.about.text(),
        "the report is counted",
    )


def promised(steps: Steps) -> None:
    desk = steps.window.desk
    form = CallForm(
        contact_point=LIU.part("mobile"), outcome="promise_to_pay", identity=["full_name", "id_tail"], amount="100",
        due="+3", reason="forgot",
    )  # fmt: skip
    desk.announce(desk.call.save(LIU.id, form))


def test_the_day_and_the_week_turn_by_keys_and_count_what_is_recorded(open_window: OpenWindow) -> None:
    steps = open_window("en", role="lead")
    found = page(steps)
    assert found.title.text() == "Team report of the day"
    assert not found.people.isHidden()
    promised(steps)
    steps.until(lambda: found.report is not None and found.report.done["promises"] == 1, "counted at once")
    assert any(row.case_id == LIU.id for row in found.happened.table.rows)
    assert "1 promise to pay" in found.words.toPlainText()
    assert not found.later.isEnabled()
    steps.key("Alt+Left")
    shown(steps, found)
    assert found.report is not None
    assert found.report.done["promises"] == 0
    assert found.later.isEnabled()
    steps.key("Alt+Right")
    shown(steps, found)
    found.chips["weekly"].click()
    shown(steps, found)
    assert found.title.text() == "Team report of the week"
    assert found.report.done["promises"] == 1
    found.who.setCurrentIndex(1)
    shown(steps, found)
    assert found.people.isHidden()
    assert found.report.who in found.about.text()
    found.happened.opened.emit(LIU.id)
    assert steps.window.case.case is not None
    assert steps.window.case.case.case_id == LIU.id


def test_what_was_written_is_kept_for_its_report_and_drafted_anew_on_wish(open_window: OpenWindow) -> None:
    steps = open_window("zh_CN")
    found = page(steps)
    drafted = found.words.toPlainText()
    assert "处理案件" in drafted
    found.words.setPlainText("今天系统停了一小时。")
    steps.key("Alt+Left")
    shown(steps, found)
    assert "系统停" not in found.words.toPlainText()
    steps.key("Alt+Right")
    shown(steps, found)
    assert found.words.toPlainText() == "今天系统停了一小时。"
    found.draft_anew()
    assert found.words.toPlainText() == drafted
    found.words.undo()
    assert found.words.toPlainText() == "今天系统停了一小时。"
    again = open_window("zh_CN")
    steps.window.close()
    assert page(again).words.toPlainText() == "今天系统停了一小时。"


def test_paper_and_workbook_leave_with_a_record_on_each_case(open_window: OpenWindow, tmp_path: Path) -> None:
    steps = open_window("en", role="lead")
    promised(steps)
    found = page(steps)
    steps.until(lambda: bool(found.happened.table.rows), "what happened")
    found.words.setPlainText("=HYPERLINK(1)")
    found.papers.save(0, tmp_path / "report.pdf")
    steps.until((tmp_path / "report.pdf").exists, "the paper")
    found.excel.save(tmp_path / "report.xlsx")
    steps.until(lambda: (tmp_path / "report.xlsx").exists() and not found.excel._running, "the workbook")
    assert found.excel.text() == "Export Excel …"
    cells = CalamineWorkbook.from_path(tmp_path / "report.xlsx").get_sheet_by_index(0).to_python()
    assert any("=HYPERLINK(1)" in row for row in cells)
    taken = [
        decode_body(event.kind, event.body)
        for event in steps.window.desk.seat.file(LIU.id).events
        if event.kind == "taken_out"
    ]
    assert [(body.how, body.what, body.fields) for body in taken if isinstance(body, TakenOut)] == [
        ("save", "report", ()),
        ("export", "report", ()),
    ]
    found.excel.save(tmp_path / "gone" / "report.xlsx")
    steps.until(lambda: "could not be written" in steps.window.toast._text.text(), "said what is wrong")


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize(("size", "scale"), [((1024, 700), 100), ((1440, 900), 200)])
def test_it_lies_within_the_window_whatever_the_size(
    open_window: OpenWindow, language: str, size: tuple[int, int], scale: int
) -> None:
    steps = open_window(language, scale=scale, size=size, role="lead")
    found = page(steps)
    steps.settle()
    for widget in (found.title, found.who, found.words, found.earlier, found.excel):
        right = widget.mapTo(found, widget.rect().topRight()).x()
        assert right <= found.width(), widget.objectName()
    assert found.area.horizontalScrollBarPolicy() == Qt.ScrollBarPolicy.ScrollBarAlwaysOff


def test_an_indicator_opens_into_its_calculation_and_its_cases(open_window: OpenWindow) -> None:
    steps = open_window("en", role="lead", case_id=None)
    found = page(steps)
    part = found.indicators
    assert part.cases.isHidden()
    names = [now.definition.id for now, _ in part.all.table.rows]
    part.all.table.setCurrentIndex(part.all.table.model().index(names.index("average_due"), 0))
    assert found.report is not None
    behind = found.report.card.figures["average_due"].cases
    assert {row.case_id for row in part.cases.table.rows} == set(behind)
    part.all.table.setFocus()
    steps.key("Return")
    opened = steps.window.findChild(Explained)
    assert opened is not None
    assert "rounded half up" in opened.accessibleName()
    steps.key("C")
    assert part.cases.table.hasFocus()
    steps.key("Return")
    assert steps.window.case.case is not None
    assert steps.window.case.case.case_id in behind


def test_who_writes_keeps_the_place_while_others_records_arrive(open_window: OpenWindow) -> None:
    steps = open_window("en", role="lead")
    found = page(steps)
    found.words.setFocus()
    steps.type("Quiet. ")
    place = found.words.textCursor().position()
    assert place > 0
    before = found.report
    promised(steps)
    steps.until(lambda: found.report is not before, "counted again")
    assert found.words.textCursor().position() == place
