"""Import a bank's files: books of cases, payments, balances."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from workstation.cli.language import ends_cleanly, say, tr
from workstation.domain.message import msg, nmsg


@click.command("import", help=tr("Load a book of cases, payments or balances from CSV or Excel."))
@click.argument("kind", type=click.Choice(["book", "payments", "balances"]))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--mapping", default="standard", show_default=True, help=tr("The saved column mapping."))
@click.option("--preview", is_flag=True, help=tr("Show how the first rows are read; change nothing."))
@click.option("--keep-good", is_flag=True, help=tr("Load the good rows although others cannot be read."))
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help=tr("The day the file speaks of; today when left out."))
@click.option("--login", default="admin", show_default=True, help=tr("The administrator who loads."))
@ends_cleanly
def import_command(
    kind: str, file: Path, mapping: str, preview: bool, keep_good: bool, as_of: object, login: str
) -> None:
    from workstation.desk import importing

    day = as_of.date() if as_of is not None else date.today()  # type: ignore[attr-defined]  # noqa: DTZ011  # the local day
    if preview:
        _show(importing.preview(file, kind, mapping, as_of=day))
        return
    from rich.progress import Progress

    from workstation import settings
    from workstation.security.credentials import Credentials
    from workstation.session import server_of
    from workstation.sync.link import connect

    server = server_of(settings.load().server)
    password = Credentials().password(server.id, login) or click.prompt(
        tr("Password of {user}").format(user=login), hide_input=True
    )
    with connect(server, login, password) as conn, Progress(transient=True) as progress:
        task = progress.add_task(tr("Importing"), total=None)
        result = importing.run(
            file,
            kind,
            mapping,
            conn,
            keep_good=keep_good,
            as_of=day,
            progress=lambda done, total: progress.update(task, completed=done, total=total),
        )
        conn.commit()
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
    if result.errors:
        say(
            nmsg(
                "{n} row could not be read; see {file}.",
                "{n} rows could not be read; see {file}.",
                len(result.errors),
                file=str(result.errors_file),
            ),
            err=True,
        )
        raise SystemExit(0 if keep_good else 2)
