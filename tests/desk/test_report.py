"""A report counts what every screen counts, names what happened, and reads the same on paper and in a workbook."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pypdf
import pytest
from python_calamine import CalamineWorkbook

from tests.ui.sample_book import CHEN, SAMPLES, TODAY
from tests.ui.sample_desk import open_desk
from workstation.desk.excel import write_workbook
from workstation.desk.report import Report, ReportWanted
from workstation.desk.report_paper import ReportPaper
from workstation.desk.report_workbook import sheets
from workstation.desk.views import CallForm
from workstation.domain.errors import InputError
from workstation.i18n import LANGUAGES, Translator
from workstation.session import Desk

LIU = SAMPLES[3]


@pytest.fixture(scope="module")
def lead(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    made = open_desk(tmp_path_factory.mktemp("lead") / "seat", role="lead")
    promised(made)
    yield made
    made.close()


def promised(desk: Desk, note: str = "") -> None:
    form = CallForm(
        contact_point=LIU.part("mobile"), outcome="promise_to_pay", identity=["full_name", "id_tail"], amount="100",
        due="+3", reason="forgot", note=note,
    )  # fmt: skip
    desk.announce(desk.call.save(LIU.id, form))


def paper(desk: Desk, report: Report, language: str = "en", **more: object) -> ReportPaper:
    say = Translator(language, desk.seat.clock.zone, desk.today())
    return ReportPaper(report, desk.seat, say, **more)  # type: ignore[arg-type]


def text_of(pdf: bytes) -> str:
    return "".join("".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf)).pages).split())


def test_of_one_day_it_counts_what_the_days_close_counts(lead: Desk) -> None:
    report = lead.reports.report(ReportWanted("daily", TODAY, CHEN))
    assert report.done == lead.day_close.check().figures
    assert report.promised == lead.day_close.check().promised
    assert (report.who, report.people) == (lead.person_name, ())


def test_its_indicators_are_those_of_the_page(lead: Desk) -> None:
    wanted = ReportWanted("weekly", TODAY)
    report = lead.reports.report(wanted)
    card = lead.indicators.scorecard(wanted.period)
    assert {name: figure.pair for name, figure in report.card.figures.items()} == {
        name: figure.pair for name, figure in card.figures.items()
    }
    for one in report.people:
        assert one.card.figures["kept_rate"].pair == lead.indicators.scorecard(
            wanted.period, {one.person}
        ).figures["kept_rate"].pair  # fmt: skip


def test_the_teams_figures_are_the_sum_of_its_people(lead: Desk) -> None:
    report = lead.reports.report(ReportWanted("weekly", TODAY))
    assert len(report.people) >= 1
    for name in ("attempts", "promises", "talk", "letters"):
        assert report.done[name] == sum(one.figures[name] for one in report.people)


def test_what_happened_has_its_case_and_its_words(lead: Desk) -> None:
    report = lead.reports.report(ReportWanted("daily", TODAY, CHEN))
    [promise] = [row for row in report.happened if row.case_id == LIU.id]
    assert "100" in promise.title.plain()
    assert promise.number.startswith("XYK")
    assert any(row.case_id == LIU.id and row.outcome == "promise_to_pay" for row in report.attempts)


def test_what_was_taken_back_is_in_none_of_it(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "seat")
    before = desk.reports.report(ReportWanted("daily", TODAY, CHEN))
    promised(desk)
    desk.call.undo(LIU.id)
    after = desk.reports.report(ReportWanted("daily", TODAY, CHEN))
    assert (after.done, after.happened, after.attempts) == (before.done, before.happened, before.attempts)
    desk.close()


def test_a_day_without_work_is_a_report_too(lead: Desk) -> None:
    report = lead.reports.report(ReportWanted("daily", TODAY - timedelta(days=900), CHEN))
    assert set(report.done.values()) == {0}
    assert report.draft[0].plain().startswith("Cases worked: 0;")
    assert paper(lead, report).pdf().startswith(b"%PDF")


def test_tomorrow_and_somebody_elses_day_are_refused(lead: Desk, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not begun"):
        lead.reports.report(ReportWanted("daily", TODAY + timedelta(days=1), CHEN))
    with pytest.raises(InputError, match="not for you"):
        lead.reports.report(ReportWanted("daily", TODAY, "00000000-0000-0000-0000-000000000000"))
    collector = open_desk(tmp_path / "seat")
    assert collector.reports.report(ReportWanted("daily", TODAY)).who == collector.person_name, "never the team's"
    collector.close()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("wanted", [ReportWanted("daily", TODAY, CHEN), ReportWanted("weekly", TODAY)])
def test_paper_and_workbook_say_the_same(lead: Desk, tmp_path: Path, language: str, wanted: ReportWanted) -> None:
    report = lead.reports.report(wanted)
    made = paper(lead, report, language, remarks="=1+1 龘\n<b>第二行</b>")
    text = text_of(made.pdf())
    path = tmp_path / "report.xlsx"
    write_workbook(path, sheets(made), made.say, zone=lead.seat.clock.zone, at=report.at)
    book = CalamineWorkbook.from_path(path)
    cells = [
        "".join(str(cell).split())
        for name in book.sheet_names
        for row in book.get_sheet_by_name(name).to_python()
        for cell in row
    ]
    assert "〓" not in text
    for said in ("=1+1龘", "<b>第二行</b>", *(row.number for row in report.happened)):
        assert said in text
        assert said in cells
    for row in report.happened:
        title = "".join(made.say.say(row.title).split())
        assert title in text
        assert title in cells
    for figure in report.done.values():
        assert str(figure) in text or figure > 60
    assert len(book.get_sheet_by_index(len(book.sheet_names) - 1).to_python()) == 1 + len(report.attempts)


def test_names_stand_in_full_only_for_a_reason(lead: Desk) -> None:
    report = lead.reports.report(ReportWanted("daily", TODAY, CHEN))
    name = next(row.name for row in report.happened if row.case_id == LIU.id)
    masked, full = paper(lead, report), paper(lead, report, in_full=True)
    assert name not in text_of(masked.pdf())
    assert masked.fields == ()
    assert name in text_of(full.pdf())
    assert full.fields == ("name",)
    assert LIU.id in masked.paper_cases
    assert set(masked.paper_cases) <= set(masked.workbook_cases)


def test_no_list_of_people_is_ordered_by_money(lead: Desk) -> None:
    report = lead.reports.report(ReportWanted("weekly", TODAY))
    assert [one.name for one in report.people] == [lead.reports.people()[one.person] for one in report.people]
    assert "neverbymoney" in text_of(paper(lead, report).pdf()).replace("Byname,", "").replace(".", "")
