"""Import a bank's files: books of cases, payments, balances."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from workstation.cli.language import ends_cleanly, say, tr, translator
from workstation.domain.errors import InputError
from workstation.domain.message import msg, nmsg

if TYPE_CHECKING:
    from psycopg import Connection

    from workstation.desk.importing import ImportResult, Kind, Preview, RowError


@click.command("import", help=tr("Load a book of cases, payments or balances from CSV or Excel."))
@click.argument("kind", type=click.Choice(["book", "payments", "balances"]))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--mapping", default="standard", show_default=True, help=tr("The saved column mapping."))
@click.option("--preview", is_flag=True, help=tr("Show how the first rows are read; change nothing."))
@click.option("--keep-good", is_flag=True, help=tr("Load the good rows although others cannot be read."))
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help=tr("The day the file speaks of; today when left out."))
@click.option("--login", default="admin", show_default=True, help=tr("The administrator who loads."))
@click.option("--host", help=tr("The server; the one last signed in at when left out."))
@click.option("--port", type=click.IntRange(1, 65535), default=5432, show_default=True)
@click.option("--database", default="workstation", show_default=True)
@click.option("--password-stdin", is_flag=True, help=tr("Read the password from standard input."))
@click.option("--team", help=tr("Deal the overdue cases out to this team's collectors."))
@ends_cleanly
def import_command(
    kind: Kind,
    file: Path,
    mapping: str,
    preview: bool,
    keep_good: bool,
    as_of: datetime | None,
    login: str,
    host: str | None,
    port: int,
    database: str,
    password_stdin: bool,
    team: str | None,
) -> None:
    from workstation.desk import importing

    day = (as_of or datetime.now().astimezone()).date()
    if preview:
        _show(importing.preview(file, kind, mapping, as_of=day))
        return
    from rich.progress import Progress

    from workstation import settings
    from workstation.security.credentials import Credentials
    from workstation.session import server_of
    from workstation.sync.link import connect

    known = settings.load().server
    if host is not None:
        known = settings.ServerAddress(host, port, database, known.sslrootcert, known.pooled)
    if not known.host:
        raise InputError(msg("No central database is known on this device yet; name it with --host."), field="host")
    server = server_of(known)
    if password_stdin:
        password = sys.stdin.readline().rstrip("\n")
    else:
        password = Credentials().password(server.id, login) or click.prompt(
            tr("Password of {user}").format(user=login), hide_input=True
        )
    with connect(server, login, password) as conn, Progress(transient=True) as bar:
        team_id, holders = _team(conn, team)
        task = bar.add_task(tr("Importing"), total=None)
        result = importing.run(
            file,
            kind,
            mapping,
            conn,
            as_of=day,
            keep_good=keep_good,
            team_id=team_id,
            assign_to=holders,
            progress=lambda rows: bar.update(task, completed=rows),
            say=translator().say,
        )
        conn.commit()
    _tell(result, keep_good)


def _team(conn: Connection[Any], name: str | None) -> tuple[str | None, list[str]]:
    """The team's id and its collectors."""
    if name is None:
        return None, []
    row = conn.execute("SELECT id::text FROM team WHERE name = %s", [name]).fetchone()
    if row is None:
        raise InputError(msg("There is no team “{name}”.", name=name), field="team")
    found = conn.execute(
        "SELECT id::text FROM person WHERE team_id = %s AND active AND role IN ('collector', 'field') ORDER BY login",
        [row[0]],
    )
    return row[0], [person[0] for person in found]


def _show(read: Preview) -> None:
    for table, count in read.counts.items():
        say(nmsg("{table}: {n} row", "{table}: {n} rows", count, table=table))
        for row in read.first[table]:
            click.echo("    " + " | ".join("" if cell is None else str(cell) for cell in row))
    for error in read.errors[:20]:
        _say_error(error)
    if read.errors:
        say(nmsg("{n} row cannot be read.", "{n} rows cannot be read.", len(read.errors)), err=True)


def _say_error(error: RowError) -> None:
    say(
        msg(
            "Row {row}, {column} “{value}”: {reason}",
            row=error.row,
            column=error.column or "—",
            value=error.value,
            reason=error.reason,
        ),
        err=True,
    )


def _tell(result: ImportResult, keep_good: bool) -> None:
    for table, count in result.counts.items():
        say(
            msg(
                "{table}: {inserted} new, {updated} changed, {unchanged} unchanged",
                table=table,
                inserted=count.inserted,
                updated=count.updated,
                unchanged=count.unchanged,
            )
        )
    if not result.errors:
        return
    for error in result.errors[:5]:
        _say_error(error)
    say(
        nmsg(
            "{n} row could not be read; see {file}.",
            "{n} rows could not be read; see {file}.",
            len(result.errors),
            file=str(result.errors_file),
        ),
        err=True,
    )
    if not keep_good:
        say(msg("Nothing was loaded. Mend the file, or load the good rows with --keep-good."), err=True)
        raise SystemExit(2)
