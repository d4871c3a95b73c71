"""`workstation central backup`, `restore`, `restored` and `check`: keeping the central database."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from workstation.cli.centre import Centre, administers
from workstation.cli.language import say, tr
from workstation.domain.errors import InputError
from workstation.domain.message import msg, nmsg


class _Progress:
    """One line on the terminal that is written over; nothing when there is no terminal."""

    def __init__(self) -> None:
        self._shown = ""

    def __call__(self, step: str, done: int, total: int) -> None:
        if not sys.stderr.isatty():
            return
        labels = {
            "dump": tr("Reading the database"),
            "verify": tr("Checking the file"),
            "load": tr("Writing the database"),
            "stamp": tr("Preparing it for the seats"),
            "analyse": tr("Counting for the query planner"),
            "check": tr("Checking"),
        }
        # A dump is compressed: how much of the database it covers cannot be known from its size.
        share = f" {done * 100 // total} %" if total and step != "dump" else ""
        size = f" {done / 1_000_000:.1f} MB" if step == "dump" else ""
        line = f"{labels[step]} …{share}{size}"
        if line != self._shown:
            sys.stderr.write("\r" + line.ljust(len(self._shown)))
            sys.stderr.flush()
            self._shown = line

    def end(self) -> None:
        if self._shown:
            sys.stderr.write("\n")
            self._shown = ""


@click.command("backup", help=tr("Write the central database with its people's logins to one file."))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@administers
def backup(centre: Centre, file: Path) -> None:
    from workstation.central import backup as central_backup

    progress = _Progress()
    try:
        made = central_backup.backup(centre.dsn(), file, progress)
    finally:
        progress.end()
    say(
        msg(
            "{file} holds “{database}” as of {moment}: {cases} cases, {events} events. It contains personal data and "
            "what proves passwords: keep it encrypted.",
            file=str(file),
            database=made.database,
            moment=made.taken_at,
            cases=made.counts["cases"],
            events=made.counts["case_event"],
        )
    )


@click.command("restore", help=tr("Make the database from a backup; seats then hand in what happened since."))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help=tr("Take the place of a database that is there; it is kept renamed."))
@administers
def restore(centre: Centre, file: Path, replace: bool) -> None:
    from workstation.central import restore as central_restore

    progress = _Progress()
    try:
        done = central_restore.restore(
            centre.dsn("postgres"), file, centre.database, replace=replace, progress=progress
        )
    finally:
        progress.end()
    say(
        msg(
            "“{database}” is as it was on {moment}. Seats hand in what happened since when they synchronise; then run "
            "“central check”.",
            database=done.database,
            moment=done.manifest.taken_at,
        )
    )
    if done.kept:
        say(msg("The former database is kept as “{name}”. Drop it when everything is in order.", name=done.kept))
    if done.made_logins:
        say(
            nmsg(
                "{n} login was made with its former password: {logins}.",
                "{n} logins were made with their former passwords: {logins}.",
                len(done.made_logins),
                logins=", ".join(done.made_logins),
            )
        )
    if done.left_logins:
        say(
            nmsg(
                "{n} login was there already and was left as it is, with its password: {logins}.",
                "{n} logins were there already and were left as they are, with their passwords: {logins}.",
                len(done.left_logins),
                logins=", ".join(done.left_logins),
            )
        )


@click.command("restored", help=tr("Say that the database was taken back to an earlier moment by other means."))
@click.option("--since", required=True, help=tr("That moment, as 2026-11-23T18:00+08:00; without a zone, local time."))
@administers
def restored(centre: Centre, since: str) -> None:
    from workstation.central import restore as central_restore

    try:
        moment = datetime.fromisoformat(since).astimezone(UTC)
    except ValueError as error:
        raise InputError(
            msg("“{given}” is not a moment; write it as 2026-11-23T18:00+08:00.", given=since), field="since"
        ) from error
    central_restore.mark_restored(centre.dsn(), moment)
    say(msg("Seats hand in what happened since {moment} when they synchronise.", moment=moment))


@click.command("anchor", help=tr("Write where every chain stands to a file, and its digest for paper."))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@administers
def anchor(centre: Centre, file: Path) -> None:
    from workstation.central import anchor as central_anchor

    made = central_anchor.write(centre.dsn(), file)
    say(
        nmsg(
            "{file}: {n} chain as of {moment}. Keep it out of the server owner's reach, and note its digest:",
            "{file}: {n} chains as of {moment}. Keep it out of the server owner's reach, and note its digest:",
            len(made.chains),
            file=str(file),
            moment=made.taken_at,
        )
    )
    click.echo(made.digest)


@click.command(
    "check", help=tr("Verify protection, history, assignment and seats. Exit code 2: something is to be done.")
)
@click.option(
    "--anchor",
    "files",
    multiple=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help=tr("Hold the history against this anchor, too; may be given several times."),
)
@click.option("--digest", default="", help=tr("The digest of the anchor as it was noted or printed."))
@administers
def check(centre: Centre, files: tuple[Path, ...], digest: str) -> None:
    from workstation.central import anchor as central_anchor
    from workstation.central import check as central_check

    if digest and len(files) != 1:
        raise InputError(msg("A digest is of one anchor: give one --anchor with it."), field="digest")
    anchors = [central_anchor.read(file, digest) for file in files]
    progress = _Progress()
    try:
        findings = central_check.check(centre.dsn(), lambda done, total: progress("check", done, total), anchors)
    finally:
        progress.end()
    for finding in findings:
        say(finding.message)
    bad = sum(finding.bad for finding in findings)
    if bad:
        say(nmsg("{n} finding.", "{n} findings.", bad), err=True)
        raise SystemExit(2)
    say(msg("The central database is in order."))
