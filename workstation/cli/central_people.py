"""`workstation central user`: who signs in, in which role. What raises rights is proposed to a second administrator."""

from __future__ import annotations

import click

from workstation.cli.centre import Centre, administers, table
from workstation.cli.language import say, tr
from workstation.domain.errors import InputError
from workstation.domain.message import msg, nmsg
from workstation.domain.vocabulary import ROLES

_REASON = click.option(
    "--propose", "reason", metavar="REASON", help=tr("Propose it to another administrator, with why.")
)


@click.group("user", help=tr("People who sign in."))
def user_group() -> None:
    pass


@user_group.command("list", help=tr("Who signs in, in which role and team, and since when with which password."))
@administers
def user_list(centre: Centre) -> None:
    from workstation.central import overview

    rows = [
        (
            row.login,
            row.name,
            row.role,
            row.team,
            "" if row.password_since is None else f"{row.password_since:%Y-%m-%d}",
            tr("revoked") if not row.active else tr("must change the password") if row.must_change else "",
        )
        for row in overview.people(centre.dsn())
    ]
    table((tr("Login"), tr("Name"), tr("Role"), tr("Team"), tr("Password of"), ""), rows)


@user_group.command("add", help=tr("Add a person; the password is for the first sign-in and is changed there."))
@click.argument("login")
@click.option("--name", required=True, help=tr("The name others see."))
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--team", help=tr("The person's team."))
@click.option("--keep-password", is_flag=True, help=tr("The password need not be changed; for accounts of programs."))
@_REASON
@administers
def user_add(
    centre: Centre, login: str, name: str, role: str, team: str | None, keep_password: bool, reason: str | None
) -> None:
    from workstation.central import admin, four_eyes

    dsn = centre.dsn()
    first = centre.ask(tr("First password of {user}").format(user=login), confirm=True)
    if reason is not None:
        _proposed(four_eyes.propose_person(dsn, login, name, role, team, first, reason))
        return
    admin.add_person(dsn, login, name, role, team, first, temporary=not keep_password)
    say(msg("{name} can sign in as “{login}”.", name=name, login=login))


@user_group.command("change", help=tr("Give a person another role or team; open cases are handed over first."))
@click.argument("login")
@click.option("--role", type=click.Choice(ROLES))
@click.option("--team", help=tr("The new team; an empty one for none."))
@_REASON
@administers
def user_change(centre: Centre, login: str, role: str | None, team: str | None, reason: str | None) -> None:
    from workstation.central import admin, four_eyes

    if role is None and team is None:
        raise InputError(msg("Say what changes: --role, --team or both."), field="role")
    if reason is not None:
        _proposed(four_eyes.propose_change(centre.dsn(), login, role, team, reason))
        return
    admin.change_person(centre.dsn(), login, role=role, team=team)
    say(msg("“{login}” has the new place from the next sign-in on.", login=login))


@user_group.command("password", help=tr("Give a person who has lost theirs a password for the next sign-in."))
@click.argument("login")
@_REASON
@administers
def user_password(centre: Centre, login: str, reason: str | None) -> None:
    from workstation.central import admin, four_eyes

    dsn = centre.dsn()
    first = centre.ask(tr("First password of {user}").format(user=login), confirm=True)
    if reason is not None:
        _proposed(four_eyes.propose_password(dsn, login, first, reason))
        return
    admin.set_password(dsn, login, first, temporary=True)
    say(msg("“{login}” signs in with it once and then chooses another.", login=login))


@user_group.command("force-rotation", help=tr("Have a person, or everybody, change the password before anything else."))
@click.argument("login", required=False)
@click.option("--all", "everybody", is_flag=True, help=tr("Everybody, you too."))
@administers
def user_force_rotation(centre: Centre, login: str | None, everybody: bool) -> None:
    from workstation.central import admin

    if (login is None) != everybody:
        raise InputError(msg("Name one person, or say --all."), field="login")
    many = admin.force_rotation(centre.dsn(), login)
    say(
        nmsg(
            "{n} person changes the password at the next sign-in.",
            "{n} people change theirs at the next sign-in.",
            many,
        )
    )


@user_group.command("revoke", help=tr("End a person's access; what they wrote stays."))
@click.argument("login")
@administers
def user_revoke(centre: Centre, login: str) -> None:
    from workstation.central import admin

    admin.revoke_person(centre.dsn(), login)
    say(msg("“{login}” can no longer sign in.", login=login))


@user_group.command("restore", help=tr("Propose that a revoked person comes back, in their former place."))
@click.argument("login")
@click.option("--propose", "reason", required=True, metavar="REASON", help=tr("Why, for the other administrator."))
@administers
def user_restore(centre: Centre, login: str, reason: str) -> None:
    from workstation.central import four_eyes

    dsn = centre.dsn()
    first = centre.ask(tr("First password of {user}").format(user=login), confirm=True)
    _proposed(four_eyes.propose_return(dsn, login, first, reason))


def _proposed(proposal: str) -> None:
    say(
        msg(
            "Proposed. Within three days another administrator runs: workstation central proposal approve {proposal}",
            proposal=proposal,
        )
    )
