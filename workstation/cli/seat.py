"""Commands at one person's seat: synchronise once, and look at what is installed, reachable or locked."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from workstation.cli.language import ends_cleanly, say, tr, translator
from workstation.domain.errors import InputError
from workstation.domain.message import msg, nmsg

if TYPE_CHECKING:
    from workstation.session import Desk


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
        mark = {"ok": "✓", "warn": "!", "bad": "✗"}[finding.state]
        click.echo(f"{mark} {finding.name}: ", nl=False)
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
