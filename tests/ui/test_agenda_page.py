"""The week in the window: by keys to the case, over the weeks, and its papers written whole."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pypdf
import pytest

from tests.desk.test_call_notes import promise
from tests.ui.conftest import OpenWindow
from tests.ui.sample_book import SAMPLES, TODAY
from tests.ui.steps import Steps
from ui.agenda.page import AgendaPage
from workstation.desk.agenda import monday

LIU = SAMPLES[3]


def page_of(steps: Steps) -> AgendaPage:
    steps.key("F10")
    page = steps.window.pages.currentWidget()
    assert isinstance(page, AgendaPage)
    steps.until(lambda: page.week is not None and page.week.days[0].day == page.first, "the week is read")
    return page


def names(page: AgendaPage) -> dict[int, list[str]]:
    return {place: [item.name for item in column.model.rows()] for place, column in enumerate(page.days)}


def test_a_promise_made_now_is_in_the_week_and_one_key_from_its_case(open_window: OpenWindow) -> None:
    steps = open_window()
    desk = steps.window.desk
    desk.announce(desk.call.save(LIU.id, promise(LIU, "120.50", TODAY.isoformat())))
    page = page_of(steps)
    place = TODAY.weekday()
    steps.until(lambda: LIU.name in names(page)[place], "the promise is shown")
    column = page.days[place]
    steps.until(column.list.hasFocus, "today has the focus")
    for _ in range(names(page)[place].index(LIU.name) - column.list.currentIndex().row()):
        steps.key("Down")
    steps.key("Return")
    assert steps.window.case.case is not None
    assert steps.window.case.case.case_id == LIU.id


def test_a_record_made_elsewhere_comes_in_while_one_looks(open_window: OpenWindow) -> None:
    steps = open_window()
    page = page_of(steps)
    desk = steps.window.desk
    assert LIU.name not in names(page)[TODAY.weekday()]
    desk.announce(desk.call.save(LIU.id, promise(LIU, "120.50", TODAY.isoformat())))
    steps.until(lambda: LIU.name in names(page)[TODAY.weekday()], "it came in")


def test_weeks_turn_by_key_and_come_back(open_window: OpenWindow) -> None:
    steps = open_window()
    page = page_of(steps)
    steps.until(page.days[TODAY.weekday()].list.hasFocus, "today has the focus")
    for key, first in (
        ("PgDown", monday(TODAY) + timedelta(days=7)),
        ("PgDown", monday(TODAY) + timedelta(days=14)),
        ("PgUp", monday(TODAY) + timedelta(days=7)),
        ("Home", monday(TODAY)),
    ):
        steps.key(key)
        steps.until(lambda first=first: page.week is not None and page.week.days[0].day == first, f"{key}: {first}")  # type: ignore[misc]
    steps.key("Right")
    assert page.days[TODAY.weekday() + 1].list.hasFocus()
    steps.key("Left")
    assert page.days[TODAY.weekday()].list.hasFocus()


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_its_papers_are_written_whole(open_window: OpenWindow, tmp_path: Path, language: str) -> None:
    steps = open_window(language)
    page = page_of(steps)
    for place, name in enumerate(("day.pdf", "week.pdf")):
        page.papers.save(place, tmp_path / name)
        steps.until(lambda name=name: (tmp_path / name).exists(), f"{name} is written")  # type: ignore[misc]
        assert pypdf.PdfReader(tmp_path / name).pages
    assert sorted(path.name for path in tmp_path.glob("*.p*")) == ["day.pdf", "week.pdf"]


def test_a_folder_that_is_not_there_is_said_and_nothing_is_left(open_window: OpenWindow, tmp_path: Path) -> None:
    steps = open_window("en")
    page = page_of(steps)
    page.papers.save(0, tmp_path / "gone" / "day.pdf")
    steps.until(lambda: "could not be written" in steps.window.toast._text.text(), "it is said")
    assert not (tmp_path / "gone").exists()


def test_the_shift_report_is_written(open_window: OpenWindow, tmp_path: Path) -> None:
    steps = open_window()
    steps.key("F11")
    page = steps.window.pages.currentWidget()
    page.papers.save(0, tmp_path / "shift.pdf")  # type: ignore[union-attr]
    steps.until((tmp_path / "shift.pdf").exists, "it is written")
    assert len(pypdf.PdfReader(tmp_path / "shift.pdf").pages) == 1


def test_an_empty_desk_has_an_empty_week(open_window: OpenWindow) -> None:
    steps = open_window(empty=True, case_id=None)
    page = page_of(steps)
    assert not any(names(page).values())
    assert not page.missed.isVisible()
