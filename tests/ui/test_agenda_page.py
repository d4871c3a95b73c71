"""The week in the window: by keys to the case, over the weeks, and its papers written whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pypdf
import pytest
from PySide6.QtCore import Qt

from tests.desk.test_call_notes import promise
from tests.ui.conftest import OpenWindow
from tests.ui.sample_book import SAMPLES, TODAY
from tests.ui.steps import Steps
from ui.agenda.page import AgendaPage
from ui.papers import PaperMade
from workstation.desk.agenda import monday
from workstation.domain.events import TakenOut, decode_body

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


def test_a_list_is_on_record_on_each_of_its_cases_and_names_need_a_reason(
    open_window: OpenWindow, tmp_path: Path
) -> None:
    steps = open_window("zh_CN")
    page = page_of(steps)
    page.papers.save(0, tmp_path / "masked.pdf")
    steps.until((tmp_path / "masked.pdf").exists, "it is written")
    page.papers.in_full("visit")
    assert "姓名" in page.papers._made[0][0].text()
    page.papers.save(0, tmp_path / "names.pdf")
    steps.until((tmp_path / "names.pdf").exists, "it is written")
    text = {name: pypdf.PdfReader(tmp_path / name).pages[0].extract_text() for name in ("masked.pdf", "names.pdf")}
    assert "李秀英" in "".join(text["names.pdf"].split())
    assert "李秀英" not in "".join(text["masked.pdf"].split())
    taken = [
        decode_body(event.kind, event.body)
        for event in steps.window.desk.seat.file(SAMPLES[1].id).events
        if event.kind == "taken_out"
    ]
    assert [(body.how, body.what, body.fields, body.why) for body in taken if isinstance(body, TakenOut)] == [
        ("save", "work_plan_day", (), ""),
        ("save", "work_plan_day", ("name",), "visit"),
    ]
    assert "姓名" not in page.papers._made[0][0].text(), "the reason counts for one paper"


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


def crowded(steps: Steps) -> AgendaPage:
    """Today with more than one entry."""
    desk = steps.window.desk
    for sample in (LIU, SAMPLES[1], SAMPLES[6]):
        desk.announce(desk.call.save(sample.id, promise(sample, "120.50", TODAY.isoformat())))
    page = page_of(steps)
    steps.until(lambda: len(names(page)[TODAY.weekday()]) > 2, "the promises are shown")
    steps.until(page.days[TODAY.weekday()].list.hasFocus, "today has the focus")
    return page


@pytest.mark.parametrize("keys", [("PgDown", "PgUp"), ("Ctrl+Right", "Ctrl+Left"), ("PgDown", "Home")])
def test_a_full_day_does_not_keep_the_keys_of_the_week(open_window: OpenWindow, keys: tuple[str, str]) -> None:
    steps = open_window()
    page = crowded(steps)
    first = monday(TODAY)
    for key, shown in zip(keys, (first + timedelta(days=7), first), strict=True):
        steps.key(key)
        assert page.first == shown
        steps.until(lambda shown=shown: page.week is not None and page.week.days[0].day == shown, f"{key} is read")  # type: ignore[misc]
    steps.until(page.days[TODAY.weekday()].list.currentIndex().isValid, "the focus can be seen")


def test_what_was_missed_stands_on_top_and_opens_its_case(open_window: OpenWindow) -> None:
    steps = open_window()
    desk = steps.window.desk
    desk.announce(desk.call.save(LIU.id, promise(LIU, "120.50", TODAY.isoformat())))
    desk.seat.clock.shift += timedelta(days=9)
    page = page_of(steps)
    steps.until(page.missed.isVisible, "the band is shown")
    place = next(at for at, item in enumerate(page.missed.table.rows) if item.case_id == LIU.id)
    page.missed.table.setFocus()
    page.missed.table.setCurrentIndex(page.missed.table.model().index(place, 0))
    steps.key("Return")
    assert steps.window.case.case is not None
    assert steps.window.case.case.case_id == LIU.id


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_a_week_without_anything_says_so(open_window: OpenWindow, language: str) -> None:
    steps = open_window(language)
    page = crowded(steps)
    assert not page.empty.isVisible()
    for _ in range(60):
        steps.key("PgDown")
    steps.until(lambda: page.week is not None and page.week.days[0].day == page.first, "it is read")
    assert page.empty.isVisible()
    assert page.empty.text()


def test_a_day_says_how_much_is_due_and_reads_itself_out(open_window: OpenWindow) -> None:
    steps = open_window("en")
    page = crowded(steps)
    column = page.days[TODAY.weekday()]
    asked = [item for item in column.model.rows() if item.open and item.amount is not None]
    total = sum(item.amount.minor for item in asked if item.amount is not None)
    assert column.due.text().startswith(f"{len(asked)} due: ¥{total / 100:,.2f}")
    assert f"{len(asked)} due" in column.list.accessibleName()
    spoken = column.model.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert column.model.rows()[0].name in spoken
    assert column.model.rows()[0].number in spoken


def test_the_rail_shows_where_one_is(open_window: OpenWindow) -> None:
    steps = open_window()
    rail = steps.window.rail.buttons

    def lit() -> list[str]:
        return [name for name, made in rail.items() if made.isChecked()]

    for key, shown in (("F10", ["agenda"]), ("F11", []), ("F10", ["agenda"]), ("Esc", ["cases"]), ("F11", [])):
        steps.key(key)
        assert lit() == shown, key
    for name in ("agenda", "agenda", "settings", "cases"):
        rail[name].click()
        assert lit() == [name]
    crowded(steps)
    steps.key("Return")
    assert lit() == ["cases"]
    assert steps.window.pages.currentIndex() == 0


def test_after_a_fault_the_button_is_there_again(open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = open_window("en")
    page = page_of(steps)
    raised: list[object] = []
    monkeypatch.setattr("sys.excepthook", lambda *fault: raised.append(fault[1]))
    page.papers._papers = (
        replace(page.papers._papers[0], prepare=lambda _in_full: lambda: PaperMade(bytes(1 // 0), ())),
    )
    page.papers._print(0)
    steps.until(lambda: bool(raised), "the fault is raised where it is seen")
    assert isinstance(raised[0], ZeroDivisionError)
    assert steps.widget("paper_work-plan-day").isEnabled()
