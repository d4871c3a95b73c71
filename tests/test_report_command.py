"""The report as a command: its sentences on the terminal, its files whole, and on record before they leave."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from letters.form import NotWritten
from tests.ui.sample_book import CHEN, SAMPLES, TODAY
from tests.ui.sample_desk import open_desk
from workstation.cli import report
from workstation.desk.report import ReportWanted
from workstation.domain.errors import InputError
from workstation.session import Desk


@pytest.fixture
def lead(tmp_path: Path) -> Iterator[Desk]:
    made = open_desk(tmp_path / "seat", role="lead")
    yield made
    made.close()


def test_it_says_its_sentences_and_writes_both_files(
    lead: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pdf, excel = tmp_path / "a.pdf", tmp_path / "a.xlsx"
    made = report.make(lead, ReportWanted("weekly", TODAY), pdf, excel)
    assert "Cases worked" in capsys.readouterr().out
    assert pdf.read_bytes().startswith(b"%PDF")
    assert excel.read_bytes().startswith(b"PK")
    for case_id in {row.case_id for row in made.attempts}:
        assert "taken_out" in {event.kind for event in lead.seat.file(case_id).events}


def test_nothing_is_on_record_of_what_could_not_leave(lead: Desk, tmp_path: Path) -> None:
    with pytest.raises(NotWritten, match="No such file"):
        report.make(lead, ReportWanted("weekly", TODAY), None, tmp_path / "gone" / "a.xlsx")
    kinds = {row.kind for sample in SAMPLES for row in lead.seat.file(sample.id).events}
    assert "taken_out" not in kinds


def test_whose_and_when(lead: Desk) -> None:
    yesterday = report._wanted(lead, "daily", "yesterday", None, team=False)
    assert ((TODAY - yesterday.day).days, yesterday.person) == (1, CHEN)
    assert report._wanted(lead, "weekly", "2026-11-02", None, team=True).person is None
    for day, person, team, said in (
        ("2026-13-01", None, False, "Not a day"),
        ("today", "Nobody", False, "Nobody here"),
        ("today", "x", True, "not both"),
    ):
        with pytest.raises(InputError, match=said):
            report._wanted(lead, "daily", day, person, team=team)


def test_nobody_signed_in_here() -> None:
    ended = CliRunner().invoke(report.report_command, ["daily"])
    assert ended.exit_code == 2
    assert "Nobody has signed in" in ended.output
