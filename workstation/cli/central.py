"""Administration of the central database: set up, migrate, people. Passwords are asked for, never arguments."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import click

from workstation.cli.language import ends_cleanly, say, tr
from workstation.domain.message import msg
from workstation.domain.vocabulary import ROLES


def _where(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say which server, and as whom."""
    for option in (
        click.option("--host", default="127.0.0.1", show_default=True),
        click.option("--port", default=5432, show_default=True, type=click.IntRange(1, 65535)),
        click.option("--database", default="workstation", show_default=True),
        click.option(
            "--user", default="postgres", show_default=True, help=tr("The login that administers the server.")
        ),
        click.option("--password-stdin", is_flag=True, help=tr("Read passwords from standard input, one a line.")),
    ):
        command = option(command)
    return command


def _ask(prompt: str, *, from_stdin: bool, confirm: bool = False) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    answer: str = click.prompt(prompt, hide_input=True, confirmation_prompt=confirm)
    return answer


def _dsn(host: str, port: int, database: str, user: str, password: str) -> str:
    from psycopg.conninfo import make_conninfo

    loopback = host in {"127.0.0.1", "localhost", "::1"}
    return make_conninfo(
        host=host,
        port=port,
        dbname=database,
        user=user,
        password=password,
        sslmode="prefer" if loopback else "verify-full",
        connect_timeout=10,
    )


@click.group("central", help=tr("Set up and administer the central database."))
def central_command() -> None:
    pass


@central_command.command("init", help=tr("Create the database, its roles and its schema. Safe to run again."))
@_where
@ends_cleanly
def init(host: str, port: int, database: str, user: str, password_stdin: bool) -> None:
    from workstation.central import admin

    password = _ask(tr("Password of {user}").format(user=user), from_stdin=password_stdin)
    admin.init(_dsn(host, port, "postgres", user, password), database)
    say(msg("The central database “{database}” is ready.", database=database))


@central_command.command("migrate", help=tr("Bring the schema of the central database up to this version."))
@_where
@ends_cleanly
def migrate(host: str, port: int, database: str, user: str, password_stdin: bool) -> None:
    from workstation.central import admin

    password = _ask(tr("Password of {user}").format(user=user), from_stdin=password_stdin)
    admin.migrate(_dsn(host, port, database, user, password))
    say(msg("The schema is up to date."))


@central_command.group("team", help=tr("Teams."))
def team() -> None:
    pass


@team.command("add", help=tr("Add a team."))
@click.argument("name")
@_where
@ends_cleanly
def team_add(name: str, host: str, port: int, database: str, user: str, password_stdin: bool) -> None:
    from workstation.central import admin

    password = _ask(tr("Password of {user}").format(user=user), from_stdin=password_stdin)
    admin.add_team(_dsn(host, port, database, user, password), name)
    say(msg("Team “{name}” is there.", name=name))


@central_command.group("user", help=tr("People who sign in."))
def user_group() -> None:
    pass


@user_group.command("add", help=tr("Add a person with a login of their own."))
@click.argument("login")
@click.option("--name", required=True, help=tr("The name others see."))
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--team", help=tr("The person's team."))
@_where
@ends_cleanly
def user_add(
    login: str,
    name: str,
    role: str,
    team: str | None,
    host: str,
    port: int,
    database: str,
    user: str,
    password_stdin: bool,
) -> None:
    from workstation.central import admin

    own = _ask(tr("Password of {user}").format(user=user), from_stdin=password_stdin)
    theirs = _ask(
        tr("First password of {user}").format(user=login), from_stdin=password_stdin, confirm=not password_stdin
    )
    admin.add_person(_dsn(host, port, database, user, own), login, name, role, team, theirs)
    say(msg("{name} can sign in as “{login}”.", name=name, login=login))


@user_group.command("revoke", help=tr("End a person's access; what they wrote stays."))
@click.argument("login")
@_where
@ends_cleanly
def user_revoke(login: str, host: str, port: int, database: str, user: str, password_stdin: bool) -> None:
    from workstation.central import admin

    password = _ask(tr("Password of {user}").format(user=user), from_stdin=password_stdin)
    admin.revoke_person(_dsn(host, port, database, user, password), login)
    say(msg("“{login}” can no longer sign in.", login=login))


@central_command.group("device", help=tr("Devices that hold cases."))
def device() -> None:
    pass


@device.command("revoke", help=tr("Revoke a device: it may push what it holds, then forgets its key."))
@click.argument("device_id")
@_where
@ends_cleanly
def device_revoke(device_id: str, host: str, port: int, database: str, user: str, password_stdin: bool) -> None:
    from workstation.central import admin

    password = _ask(tr("Password of {user}").format(user=user), from_stdin=password_stdin)
    admin.revoke_device(_dsn(host, port, database, user, password), device_id)
    say(msg("The device is revoked."))
