"""Administration of the central database: set up, migrate, people. Passwords are asked for, never arguments."""

from __future__ import annotations

import click

from workstation.cli import (
    central_devices,
    central_held,
    central_people,
    central_policy,
    central_seats,
    central_tls,
    keeping,
)
from workstation.cli.centre import Centre, administers
from workstation.cli.language import say, tr
from workstation.domain.message import msg


@click.group("central", help=tr("Set up and administer the central database."))
def central_command() -> None:
    pass


central_policy.policy_group.add_command(central_seats.seats)
for command in (keeping.backup, keeping.restore, keeping.restored, keeping.anchor, keeping.check):
    central_command.add_command(command)
for group in (
    central_people.user_group,
    central_devices.device_group,
    central_held.held_group,
    central_policy.policy_group,
    central_policy.proposal_group,
    central_tls.tls_group,
):
    central_command.add_command(group)


@central_command.group("team", help=tr("Teams."))
def team_group() -> None:
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


@central_command.command("password", help=tr("Change your own password (--user): the first one, or one that has aged."))
@administers
def password(centre: Centre) -> None:
    from workstation.sync.password import change_password

    old = centre.ask(tr("Password of {user}").format(user=centre.user))
    new = centre.ask(tr("New password of {user}").format(user=centre.user), confirm=True)
    change_password(centre.server, centre.user, old, new)
    say(msg("The new password is in force. At your desk, sign in with it once."))
