"""`workstation central device`: which devices hold cases, of whom; letting one in, revoking it, having it erased."""

from __future__ import annotations

import click

from workstation.cli.centre import Centre, administers, table
from workstation.cli.language import say, tr
from workstation.domain.message import msg


@click.group("device", help=tr("Devices that hold cases."))
def device_group() -> None:
    pass


@device_group.command(
    "list", help=tr("The devices you may see, the newest first: a lead the team's, an administrator all.")
)
@click.option("--login", help=tr("Of one person only."))
@administers
def device_list(centre: Centre, login: str | None) -> None:
    from workstation.central import overview

    states = {
        "open": "",
        "waits": tr("waits to be let in"),
        "revoked": tr("revoked"),
        "erase_asked": tr("revoked, to be erased"),
        "erased": tr("erased"),
    }
    rows = [
        (
            row.id,
            row.name,
            row.login,
            f"{row.registered:%Y-%m-%d %H:%M}",
            f"{row.last_seen:%Y-%m-%d %H:%M}",
            str(row.waiting),
            states[row.state],
        )
        for row in overview.devices(centre.dsn(), login)
    ]
    table((tr("Device"), tr("Name"), tr("Login"), tr("Since"), tr("Last seen"), tr("Unsent"), ""), rows)


@device_group.command("approve", help=tr("Let a new device in, where the policy wants that."))
@click.argument("device_id")
@administers
def device_approve(centre: Centre, device_id: str) -> None:
    from workstation.central import admin

    admin.approve_device(centre.dsn(), device_id)
    say(msg("The device is let in; its person tries again."))


@device_group.command("revoke", help=tr("Revoke a device: it may push what it holds, then forgets its key."))
@click.argument("device_id")
@click.option(
    "--erase", is_flag=True, help=tr("What it holds is erased when it next asks; also of one revoked before.")
)
@administers
def device_revoke(centre: Centre, device_id: str, erase: bool) -> None:
    from workstation.central import admin

    admin.revoke_device(centre.dsn(), device_id, erase=erase)
    if erase:
        say(msg("The device is revoked and erases what it holds when it next asks; “device list” says when it has."))
    else:
        say(msg("The device is revoked."))
