"""The plan taken along: by key, as a workbook and as a calendar, whole or not at all."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
import vobject
from PySide6.QtWidgets import QFileDialog

from tests.ui.conftest import OpenWindow
from tests.ui.sample_book import WANG
from tests.ui.steps import Steps
from ui.plan.panel import PlanPanel


def planning(open_window: OpenWindow, language: str = "en") -> tuple[Steps, PlanPanel]:
    steps = open_window(language, case_id=WANG.id)
    steps.key("F3")
    panel = steps.window.doing.currentWidget()
    assert isinstance(panel, PlanPanel)
    steps.until(lambda: bool(panel.view.rows), "calculated")
    return steps, panel


def asked_for(monkeypatch: pytest.MonkeyPatch, path: Path) -> list[str]:
    """The system's own dialogue is not ours to test: it answers with this file, and the name proposed is kept."""
    proposed: list[str] = []

    def answer(_parent: object, _title: str, name: str, files: str) -> tuple[str, str]:
        proposed.append(name)
        return str(path), files

    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    return proposed


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_schedule_goes_into_a_workbook_by_key(
    open_window: OpenWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    steps, panel = planning(open_window, language)
    proposed = asked_for(monkeypatch, tmp_path / "kept.xlsx")
    steps.key("Alt+X")
    steps.until(lambda: "kept.xlsx" in panel.result.taking.kept.text(), "it is said")
    assert proposed == ["plan.xlsx"]
    sheet = openpyxl.load_workbook(tmp_path / "kept.xlsx").worksheets[0]
    assert len(list(sheet.rows)) == len(panel.view.rows) + 2
    panel.fields["instalments"].set_text("6")
    steps.until(lambda: len(panel.view.rows) == 6, "another plan")
    steps.until(lambda: not panel.result.taking.kept.text(), "what was kept is not this one")


def test_the_days_go_into_a_calendar_by_key_from_the_page_too(
    open_window: OpenWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps, panel = planning(open_window)
    asked_for(monkeypatch, tmp_path / "kept.ics")
    steps.key("Shift+F3")
    steps.key("Alt+K")
    steps.until((tmp_path / "kept.ics").exists, "it is written")
    events = vobject.readOne((tmp_path / "kept.ics").read_text("utf-8")).vevent_list
    assert [event.dtstart.value for event in events] == [row.due for row in panel.view.rows]


def test_a_folder_that_is_gone_is_said_and_nothing_is_left(
    open_window: OpenWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps, panel = planning(open_window)
    asked_for(monkeypatch, tmp_path / "gone" / "plan.xlsx")
    steps.key("Alt+X")
    steps.until(lambda: "could not be written" in steps.window.toast._text.text(), "it is said")
    assert not (tmp_path / "gone").exists()
    assert panel.result.taking.buttons["xlsx"].isEnabled()


def test_no_plan_is_nothing_to_take_along(
    open_window: OpenWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps, panel = planning(open_window)
    proposed = asked_for(monkeypatch, tmp_path / "kept.xlsx")
    panel.fields["instalments"].set_text("nonsense")
    steps.until(lambda: panel.view.error is not None, "it cannot be read")
    steps.settle()
    assert not panel.result.taking.buttons["ics"].isEnabled()
    steps.key("Alt+X")
    assert proposed == []
