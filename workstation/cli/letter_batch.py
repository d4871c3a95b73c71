"""`workstation letter batch`: a file of rows into letters, with progress, and the same command again to go on."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from workstation.cli.language import say, tr, translator
from workstation.domain.errors import InputError, WorkstationError
from workstation.domain.message import msg, nmsg

if TYPE_CHECKING:
    from letters.batch import Progress, Refused, Result

SHOWN = 20  # refusals told on the terminal; all of them stand in the errors file


@click.command("batch", help=tr("Make the letters of a CSV or Excel file, one a row; run it again to go on."))
@click.option("--template", required=True, help=tr("The letter's template."))
@click.option("--csv", "source", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help=tr("The letters' folder."))
@click.option("--language", help=tr("zh_CN or en; without it that of the jurisdiction."))
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help=tr("The letters' date; today when left out."))
@click.option("--pay-by", type=click.DateTime(["%Y-%m-%d"]), help=tr("The day to pay by, for rows without one."))
@click.option(
    "--common",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=tr("A JSON file with what all the letters share, such as the bank."),
)
@click.option("--one-file", is_flag=True, help=tr("One print file, sorted by postcode, with separator sheets."))
@click.option("--dry-run", is_flag=True, help=tr("Say which letters would be refused, and why; make nothing."))
@click.option("--keep-good", is_flag=True, help=tr("Make the good letters although others are refused."))
@click.option("--resume", is_flag=True, help=tr("Only go on with a batch that the folder holds already."))
@click.option("--jobs", type=click.IntRange(1, 64), help=tr("Processes at once; one for each core when left out."))
@click.option("--json", "as_json", is_flag=True, help=tr("Answer with one JSON object."))
def batch(
    template: str,
    source: Path,
    out: Path,
    language: str | None,
    day: datetime | None,
    pay_by: datetime | None,
    common: Path | None,
    one_file: bool,
    dry_run: bool,
    keep_good: bool,
    resume: bool,
    jobs: int | None,
    as_json: bool,
) -> None:
    from workstation.desk.letter_file import begun_on, check_file, common_of, make_letters, open_file

    try:
        day_of_letters = (day.date() if day else None) or begun_on(out) or datetime.now().astimezone().date()
        if resume and begun_on(out) is None:
            raise InputError(msg("{folder} holds no batch to go on with.", folder=str(out)), field="out")
        shared = common_of(common, template, language, day_of_letters, pay_by.date() if pay_by else None)
        file = open_file(source, shared)
        with _interruptible() as stopped, _bar(as_json) as progress:
            if dry_run:
                refused = check_file(file, jobs or 0, progress, stopped)
            else:
                result = make_letters(
                    file, out, day_of_letters, one_file, keep_good, jobs or 0, progress, stopped, translator().say
                )
        _end(_checked(file.total, refused), as_json) if dry_run else _end(_told(result), as_json, result)
    except WorkstationError as error:
        if as_json:
            body = {"code": error.code, "message": error.message.plain(), "field": error.field}
            click.echo(json.dumps({"error": body}, ensure_ascii=False))
        say(error.message, err=True)
        raise SystemExit(2) from error


@contextmanager
def _interruptible() -> Iterator[Callable[[], bool]]:
    """Ctrl C ends the batch after the letters under way; a second one ends the program."""
    asked: list[int] = []

    def ask(number: int, _frame: object) -> None:
        asked.append(number)
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield lambda: bool(asked)
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _bar(quiet: bool) -> Iterator[Callable[[Progress], None]]:
    """A bar with the rate and the remaining time, on a terminal."""
    if quiet or not sys.stderr.isatty():
        yield lambda _progress: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn(tr("Letters")), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[speed]}"))
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None, speed="")

        def show(progress: Progress) -> None:
            speed = tr("{rate} a second").format(rate=f"{progress.rate:.0f}")
            if progress.remaining is not None:
                minutes, seconds = divmod(round(progress.remaining), 60)
                speed += " · " + tr("{time} left").format(time=f"{minutes}:{seconds:02}")
            bar.update(task, completed=progress.done, total=progress.total, speed=speed)

        yield show


def _refusal(each: Refused) -> dict[str, Any]:
    return {
        "row": each.place,
        "case_number": each.case_number,
        "field": each.field,
        "missing": list(each.missing),
        "message": each.reason.plain(),
    }


def _checked(total: int, refused: tuple[Refused, ...]) -> dict[str, Any]:
    return {
        "state": "checked",
        "total": total,
        "ready": total - len(refused),
        "refused": [_refusal(each) for each in refused],
        "refusals": refused,
    }


def _told(result: Result) -> dict[str, Any]:
    return {
        "state": result.state,
        "total": result.total,
        "made": result.made,
        "from_before": result.again,
        "refused": [_refusal(each) for each in result.refused],
        "refusals": result.refused,
        "seconds": round(result.seconds, 2),
        "manifest": str(result.manifest) if result.manifest else None,
        "print_file": str(result.print_file) if result.print_file else None,
        "problem": result.problem.plain() if result.problem else None,
    }


def _end(answer: dict[str, Any], as_json: bool, result: Result | None = None) -> None:
    refused: tuple[Refused, ...] = answer.pop("refusals")
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
    for each in refused[:SHOWN]:
        say(msg("Row {row}: {reason}", row=each.place, reason=each.reason), err=True)
    if len(refused) > SHOWN:
        say(nmsg("And {n} more row.", "And {n} more rows.", len(refused) - SHOWN), err=True)
    state = answer["state"]
    if state == "checked" and not as_json:
        ready = answer["ready"]
        say(nmsg("{n} letter can be made.", "{n} letters can be made.", ready))
    if result is not None:
        _say_end(result, as_json)
    if state not in {"done", "checked"}:
        raise SystemExit(2)


def _say_end(result: Result, as_json: bool) -> None:
    if result.state == "refused":
        say(msg("Nothing was made. Mend the file, or make the good letters with --keep-good."), err=True)
    elif result.state == "stopped" and result.problem is not None:
        say(result.problem, err=True)
    elif result.state == "cancelled":
        say(
            nmsg(
                "Stopped: {n} letter is finished. Run the same command again to go on.",
                "Stopped: {n} letters are finished. Run the same command again to go on.",
                result.made,
            ),
            err=True,
        )
    elif not as_json:
        say(
            nmsg(
                "{n} letter is in {folder}; the list is {manifest}.",
                "{n} letters are in {folder}; the list is {manifest}.",
                result.made,
                folder=str(result.manifest.parent if result.manifest else ""),
                manifest=str(result.manifest),
            )
        )
