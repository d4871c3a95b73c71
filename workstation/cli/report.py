"""The report of a day or a week as a command, so that the system's own scheduler can make it."""

from __future__ import annotations

from datetime import date, timedelta
from errno import ENOENT
from os import strerror
from pathlib import Path
from typing import TYPE_CHECKING

import click

from workstation.cli.language import ends_cleanly, say, tr, translator
from workstation.cli.seat import signed_in
from workstation.domain.errors import InputError
from workstation.domain.message import msg

if TYPE_CHECKING:
    from workstation.desk.report import Report, ReportWanted
    from workstation.session import Desk


@click.command("report", help=tr("The report of a day or a week, of one person or of the team, as PDF and Excel."))
@click.argument("span", type=click.Choice(["daily", "weekly"]))
@click.option("--day", default="today", help=tr("A day of it: a date, `today` or `yesterday`."))
@click.option("--person", help=tr("Whose report, by name; your own when left out."))
@click.option("--team", is_flag=True, help=tr("Everybody of the team, for who leads one."))
@click.option("--pdf", type=click.Path(dir_okay=False, path_type=Path), help=tr("The PDF file to write."))
@click.option("--excel", type=click.Path(dir_okay=False, path_type=Path), help=tr("The Excel file to write."))
@click.option("--sync", is_flag=True, help=tr("Synchronise first."))
@click.option("--login", help=tr("Whose seat; the last one signed in when left out."))
@click.option("--pin-stdin", is_flag=True, help=tr("Read the PIN from standard input; else it is asked for."))
@ends_cleanly
def report_command(
    span: str,
    day: str,
    person: str | None,
    team: bool,
    pdf: Path | None,
    excel: Path | None,
    sync: bool,
    login: str | None,
    pin_stdin: bool,
) -> None:
    with signed_in("report", login, pin_stdin) as desk:
        if sync:
            desk.sync.once()
        make(desk, _wanted(desk, span, day, person, team), pdf, excel)


def make(desk: Desk, wanted: ReportWanted, pdf: Path | None, excel: Path | None) -> Report:
    """Print the report's sentences and write its files; that debtors' data leave the program is recorded first."""
    from letters.form import not_written, write_whole
    from workstation.desk.excel import write_workbook
    from workstation.desk.report_paper import ReportPaper
    from workstation.desk.report_workbook import sheets
    from workstation.i18n import Translator

    for path in (pdf, excel):
        if path is not None and not path.parent.is_dir():
            raise not_written(path, FileNotFoundError(ENOENT, strerror(ENOENT)))
    report = desk.reports.report(wanted)
    spoken = Translator(translator().language, desk.seat.clock.zone, desk.today())
    paper = ReportPaper(report, desk.seat, spoken, practice=desk.practice)
    for sentence in report.draft:
        say(sentence)
    if pdf is not None:
        content = paper.pdf()
        desk.privacy.took_out(paper.paper_cases, "save", "report", fields=paper.fields)
        write_whole(pdf, content)
        say(msg("Saved as {file}.", file=str(pdf)))
    if excel is not None:
        desk.privacy.took_out(paper.workbook_cases, "export", "report", fields=paper.fields)
        write_workbook(excel, sheets(paper), spoken, zone=desk.seat.clock.zone, at=report.at)
        say(msg("Saved as {file}.", file=str(excel)))
    return report


def _wanted(desk: Desk, span: str, day: str, person: str | None, team: bool) -> ReportWanted:
    from workstation.desk.report import ReportWanted

    if team and person:
        raise InputError(msg("Give `--team` or `--person`, not both."), field="person")
    if team and not desk.reports.leads:
        raise InputError(msg("Only who leads a team has its report."), field="team")
    today = desk.today()
    known = {"today": today, "yesterday": today - timedelta(days=1)}
    try:
        chosen = known.get(day) or date.fromisoformat(day)
        ReportWanted("weekly", chosen).period  # noqa: B018  # the last week of the calendar reaches beyond it
    except (ValueError, OverflowError) as error:
        raise InputError(msg("Not a day: {day}. Give a date such as 2026-11-30.", day=day), field="day") from error
    whose = desk.seat.person.id if person is None else _named(desk, person)
    return ReportWanted("weekly" if span == "weekly" else "daily", chosen, None if team else whose)


def _named(desk: Desk, name: str) -> str:
    found = [identity for identity, known in desk.reports.people().items() if known == name]
    if len(found) != 1:
        raise InputError(
            msg("Nobody here is called {name}, or more than one is.", name=name),
            field="person",
        )
    return found[0]
