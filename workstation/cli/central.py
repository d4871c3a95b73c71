"""Administration of the central database: set up, migrate, people. Passwords are asked for, never arguments."""

from __future__ import annotations

import click

from workstation.cli import keeping
from workstation.cli.centre import Centre, administers
from workstation.cli.language import say, tr
from workstation.domain.errors import InputError
from workstation.domain.message import msg
from workstation.domain.vocabulary import ROLES


@click.group("central", help=tr("Set up and administer the central database."))
def central_command() -> None:
    pass


for command in (keeping.backup, keeping.restore, keeping.restored, keeping.check):
    central_command.add_command(command)


@central_command.group("team", help=tr("Teams."))
def team_group() -> None:
    pass


@central_command.group("user", help=tr("People who sign in."))
def user_group() -> None:
    pass


@central_command.group("device", help=tr("Devices that hold cases."))
def device_group() -> None:
    pass


@central_command.group("gateway", help=tr("Logins that send messages, and can do nothing else."))
def gateway_group() -> None:
    pass


@central_command.command("init", help=tr("Create the database, its roles and its schema. Safe to run again."))
@administers
def init(centre: Centre) -> None:
    from workstation.central import admin

    admin.init(centre.dsn("postgres"), centre.database)
    say(msg("The central database “{database}” is ready.", database=centre.database))


@central_command.command("migrate", help=tr("Bring the schema of the central database up to this version."))
@administers
def migrate(centre: Centre) -> None:
    from workstation.central import admin

    admin.migrate(centre.dsn())
    say(msg("The schema is up to date."))


@team_group.command("add", help=tr("Add a team."))
@click.argument("name")
@administers
def team_add(centre: Centre, name: str) -> None:
    from workstation.central import admin

    admin.add_team(centre.dsn(), name)
    say(msg("Team “{name}” is there.", name=name))


@user_group.command("add", help=tr("Add a person with a login of their own."))
@click.argument("login")
@click.option("--name", required=True, help=tr("The name others see."))
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--team", help=tr("The person's team."))
@administers
def user_add(centre: Centre, login: str, name: str, role: str, team: str | None) -> None:
    from workstation.central import admin

    dsn = centre.dsn()
    first = centre.ask(tr("First password of {user}").format(user=login), confirm=True)
    admin.add_person(dsn, login, name, role, team, first)
    say(msg("{name} can sign in as “{login}”.", name=name, login=login))


@user_group.command("change", help=tr("Give a person another role or team; open cases are handed over first."))
@click.argument("login")
@click.option("--role", type=click.Choice(ROLES))
@click.option("--team", help=tr("The new team; an empty one for none."))
@administers
def user_change(centre: Centre, login: str, role: str | None, team: str | None) -> None:
    from workstation.central import admin

    if role is None and team is None:
        raise InputError(msg("Say what changes: --role, --team or both."), field="role")
    admin.change_person(centre.dsn(), login, role=role, team=team)
    say(msg("“{login}” has the new place from the next sign-in on.", login=login))


@user_group.command("revoke", help=tr("End a person's access; what they wrote stays."))
@click.argument("login")
@administers
def user_revoke(centre: Centre, login: str) -> None:
    from workstation.central import admin

    admin.revoke_person(centre.dsn(), login)
    say(msg("“{login}” can no longer sign in.", login=login))


@device_group.command("revoke", help=tr("Revoke a device: it may push what it holds, then forgets its key."))
@click.argument("device_id")
@administers
def device_revoke(centre: Centre, device_id: str) -> None:
    from workstation.central import admin

    admin.revoke_device(centre.dsn(), device_id)
    say(msg("The device is revoked."))


@gateway_group.command("add", help=tr("Add a login for a gateway, or give it a new password."))
@click.argument("login")
@administers
def gateway_add(centre: Centre, login: str) -> None:
    from workstation.central import admin

    dsn = centre.dsn()
    password = centre.ask(tr("Password of {user}").format(user=login), confirm=True)
    admin.add_gateway(dsn, login, password)
    say(msg("The gateway “{login}” can send messages.", login=login))


@gateway_group.command("revoke", help=tr("End a gateway's access."))
@click.argument("login")
@administers
def gateway_revoke(centre: Centre, login: str) -> None:
    from workstation.central import admin

    admin.revoke_gateway(centre.dsn(), login)
    say(msg("“{login}” can no longer sign in.", login=login))
