"""Administration of the central database: set up, migrate, people. Passwords are asked for, never arguments."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

import click

from workstation.cli.language import ends_cleanly, say, tr
from workstation.domain.errors import InputError
from workstation.domain.message import msg
from workstation.domain.vocabulary import ROLES


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

        from workstation.sync.server import LOOPBACK

        return make_conninfo(
            host=self.host,
            port=self.port,
            dbname=database or self.database,
            user=self.user,
            password=self.ask(tr("Password of {user}").format(user=self.user)),
            sslmode="prefer" if self.host in LOOPBACK else "verify-full",
            connect_timeout=10,
        )

    def ask(self, prompt: str, *, confirm: bool = False) -> str:
        if self.password_stdin:
            return sys.stdin.readline().rstrip("\n")
        answer: str = click.prompt(prompt, hide_input=True, confirmation_prompt=confirm)
        return answer


def _administers(command: Callable[..., None]) -> Callable[..., None]:
    """Gives the command the options that name a server, and hands them over as its first argument."""

    @wraps(command)
    def run(host: str, port: int, database: str, user: str, password_stdin: bool, **others: Any) -> None:
        import psycopg

        try:
            command(Centre(host, port, database, user, password_stdin), **others)
        except psycopg.OperationalError as error:
            reason = str(error).strip().splitlines()[-1]
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


@click.group("central", help=tr("Set up and administer the central database."))
def central_command() -> None:
    pass


@central_command.group("team", help=tr("Teams."))
def team_group() -> None:
    pass


@central_command.group("user", help=tr("People who sign in."))
def user_group() -> None:
    pass


@central_command.group("device", help=tr("Devices that hold cases."))
def device_group() -> None:
    pass


@central_command.command("init", help=tr("Create the database, its roles and its schema. Safe to run again."))
@_administers
def init(centre: Centre) -> None:
    from workstation.central import admin

    admin.init(centre.dsn("postgres"), centre.database)
    say(msg("The central database “{database}” is ready.", database=centre.database))


@central_command.command("migrate", help=tr("Bring the schema of the central database up to this version."))
@_administers
def migrate(centre: Centre) -> None:
    from workstation.central import admin

    admin.migrate(centre.dsn())
    say(msg("The schema is up to date."))


@team_group.command("add", help=tr("Add a team."))
@click.argument("name")
@_administers
def team_add(centre: Centre, name: str) -> None:
    from workstation.central import admin

    admin.add_team(centre.dsn(), name)
    say(msg("Team “{name}” is there.", name=name))


@user_group.command("add", help=tr("Add a person with a login of their own."))
@click.argument("login")
@click.option("--name", required=True, help=tr("The name others see."))
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--team", help=tr("The person's team."))
@_administers
def user_add(centre: Centre, login: str, name: str, role: str, team: str | None) -> None:
    from workstation.central import admin

    dsn = centre.dsn()
    first = centre.ask(tr("First password of {user}").format(user=login), confirm=True)
    admin.add_person(dsn, login, name, role, team, first)
    say(msg("{name} can sign in as “{login}”.", name=name, login=login))


@user_group.command("revoke", help=tr("End a person's access; what they wrote stays."))
@click.argument("login")
@_administers
def user_revoke(centre: Centre, login: str) -> None:
    from workstation.central import admin

    admin.revoke_person(centre.dsn(), login)
    say(msg("“{login}” can no longer sign in.", login=login))


@device_group.command("revoke", help=tr("Revoke a device: it may push what it holds, then forgets its key."))
@click.argument("device_id")
@_administers
def device_revoke(centre: Centre, device_id: str) -> None:
    from workstation.central import admin

    admin.revoke_device(centre.dsn(), device_id)
    say(msg("The device is revoked."))
