"""Commands at one person's seat: synchronise once, look before leaving, and at what is installed or locked."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from workstation.cli.language import ends_cleanly, say, tr, translator
from workstation.domain.errors import InputError
from workstation.domain.message import msg, nmsg

if TYPE_CHECKING:
    from workstation.session import Desk

MARKS = {"ok": "✓", "warn": "!", "bad": "✗"}


@click.command("sync", help=tr("Synchronise this seat with the centre."))
@click.option("--once", is_flag=True, required=True, help=tr("One synchronisation, with figures."))
@click.option("--login", help=tr("Whose seat; the last one signed in when left out."))
@click.option("--pin-stdin", is_flag=True, help=tr("Read the PIN from standard input; else it is asked for."))
@ends_cleanly
def sync_command(once: bool, login: str | None, pin_stdin: bool) -> None:  # noqa: ARG001  # `--once` names what is done
    from workstation.sync.link import DeviceRevoked

    with signed_in("sync", login, pin_stdin) as desk:
        try:
            result = desk.sync.once()
        except DeviceRevoked as revoked:
            raise desk.guard.leave(revoked) from revoked
    say(nmsg("{n} event sent", "{n} events sent", result.pushed))
    say(nmsg("{n} event refused", "{n} events refused", result.refused))
    say(nmsg("{n} row received", "{n} rows received", result.pulled_rows))
    say(
        msg(
            "Cases in: {granted}, out: {revoked}. {seconds} s.",
            granted=result.granted,
            revoked=result.revoked,
            seconds=f"{result.seconds:.2f}",
        )
    )


@contextmanager
def signed_in(what: str, login: str | None, pin_stdin: bool) -> Iterator[Desk]:
    """The desk of `login` or of whoever signed in here last, by the keyring and the PIN; `what` names the log.

    Raises `InputError` where nobody has signed in yet, and what signing in raises.
    """
    from workstation import settings
    from workstation.security import logs
    from workstation.security.credentials import Credentials
    from workstation.session import server_of, sign_in, vault_of

    logs.begin(what)
    known = settings.load()
    name = login or known.last_login
    if not name or not known.server.host:
        raise InputError(msg("Nobody has signed in at this device yet; open the window first."), field="login")
    credentials, server = Credentials(), server_of(known.server)
    pin = _pin(pin_stdin) if vault_of(server, name, credentials).has_pin else None
    desk = sign_in(server, name, None, credentials=credentials, pin=pin)
    for notice in credentials.notices:
        say(notice, err=True)
    try:
        yield desk
    finally:
        desk.close()


@click.command("leaving", help=tr("Is everything here for days without a network? Says what is missing, and why."))
@click.option("--days", type=click.IntRange(1, 14), default=1, show_default=True, help=tr("Days away, from today on."))
@click.option("--login", help=tr("Whose seat; the last one signed in when left out."))
@click.option("--pin-stdin", is_flag=True, help=tr("Read the PIN from standard input; else it is asked for."))
@click.option("--json", "as_json", is_flag=True, help=tr("One JSON object instead of lines."))
@ends_cleanly
def leaving_command(days: int, login: str | None, pin_stdin: bool, as_json: bool) -> None:
    with signed_in("leaving", login, pin_stdin) as desk:
        wanted = [desk.today() + timedelta(days=at) for at in range(days)]
        planned = [day for day in map(desk.field_days.planned, wanted) if day is not None]
        found = desk.field_bundle.check(planned, wanted)
    if as_json:
        rows = [
            {"about": row.about, "state": row.state, "message": translator().say(row.message), "action": row.action}
            for row in found.rows
        ]
        whole = {"ready": found.ready, "days": [day.isoformat() for day in found.days], "cases": found.cases}
        click.echo(json.dumps({**whole, "checks": rows}, ensure_ascii=False))
    else:
        for row in found.rows:
            click.echo(f"{MARKS[row.state]} {row.about}: ", nl=False)
            say(row.message)
    raise SystemExit(0 if found.ready else 2)


def _pin(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    typed: str = click.prompt(tr("PIN"), hide_input=True)
    return typed


@click.command("doctor", help=tr("Look at what is installed, reachable, locked or out of date. Shows no secret."))
@ends_cleanly
def doctor_command() -> None:
    from workstation.desk.doctor import examine

    worst = 0
    for finding in examine():
        click.echo(f"{MARKS[finding.state]} {finding.name}: ", nl=False)
        say(finding.message)
        worst = max(worst, {"ok": 0, "warn": 0, "bad": 2}[finding.state])
    raise SystemExit(worst)


@click.command("support", help=tr("Write a support bundle: versions, the doctor's findings, settings, redacted logs."))
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help=tr("The zip file to write."))
@click.option("--show", is_flag=True, help=tr("Print every file of the bundle, to read it before it is sent."))
@ends_cleanly
def support_command(out: Path | None, show: bool) -> None:
    from workstation.desk import support
    from workstation.desk.doctor import examine

    parts = support.collect(examine(sign_in=False), translator().say)
    for part in parts:
        click.echo(f"{part.name}: ", nl=False)
        say(part.what)
        if show:
            click.echo(part.text)
    if out is not None:
        support.write(parts, out)
        say(msg("Saved as {file}.", file=str(out)))
