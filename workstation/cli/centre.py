"""What every command of `workstation central` needs: which server, as whom, and one way to say it cannot be reached."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

import click

from workstation.cli.language import ends_cleanly, tr
from workstation.domain.errors import InputError
from workstation.domain.message import Message, msg

if TYPE_CHECKING:
    from workstation.sync.server import Server


@dataclass(frozen=True, slots=True)
class Centre:
    """Which server, and as whom; asks for the passwords it needs."""

    host: str
    port: int
    database: str
    user: str
    password_stdin: bool

    def dsn(self, database: str | None = None) -> str:
        """A connection string for `database`, or the one named by `--database`; asks for the password."""
        from psycopg.conninfo import make_conninfo

        from workstation.sync import trust

        return make_conninfo(
            "",
            host=self.host,
            port=self.port,
            dbname=database or self.database,
            user=self.user,
            password=self.ask(tr("Password of {user}").format(user=self.user)),
            connect_timeout=10,
            **trust.parameters(self.server),
        )

    @property
    def server(self) -> Server:
        """As a seat knows it; the certificate authorities are those of this device's settings or data folder."""
        from workstation import settings
        from workstation.sync.server import Server

        return Server(self.host, self.port, self.database, settings.load().server.sslrootcert)

    def ask(self, prompt: str, *, confirm: bool = False) -> str:
        if self.password_stdin:
            return sys.stdin.readline().rstrip("\n")
        answer: str = click.prompt(prompt, hide_input=True, confirmation_prompt=confirm)
        return answer


def administers(command: Callable[..., None]) -> Callable[..., None]:
    """Gives the command the options that name a server, and hands them over as its first argument."""

    @wraps(command)
    def run(host: str, port: int, database: str, user: str, password_stdin: bool, **others: Any) -> None:
        import psycopg

        try:
            command(Centre(host, port, database, user, password_stdin), **others)
        except psycopg.OperationalError as error:
            reason = _reason(error, Centre(host, port, database, user, password_stdin).server)
            raise InputError(
                msg(
                    "The server at {host}:{port} cannot be reached, or refused the sign-in: {reason}",
                    host=host,
                    port=port,
                    reason=reason,
                ),
                field="host",
            ) from error

    made: Callable[..., None] = ends_cleanly(run)
    for option in (
        click.option("--password-stdin", is_flag=True, help=tr("Read passwords from standard input, one a line.")),
        click.option(
            "--user", default="postgres", show_default=True, help=tr("The login that administers the server.")
        ),
        click.option("--database", default="workstation", show_default=True),
        click.option("--port", default=5432, show_default=True, type=click.IntRange(1, 65535)),
        click.option("--host", default="127.0.0.1", show_default=True),
    ):
        made = option(made)
    return made


def _reason(error: Exception, server: Server) -> Message | str:
    from workstation.sync import trust

    text = str(error).strip()
    return trust.distrust(text, server) or text.splitlines()[-1]


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns as wide as what is in them, Chinese characters counted as two; nothing is cut."""
    widths = [max(map(_width, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, *rows):
        cells = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


def _width(text: str) -> int:
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)
