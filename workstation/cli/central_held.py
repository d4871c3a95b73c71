"""`workstation central held`: records of copied devices, kept apart until a lead or an administrator decides."""

from __future__ import annotations

import click

from workstation.cli.centre import Centre, administers, table
from workstation.cli.language import say, tr
from workstation.domain.message import nmsg


@click.group("held", help=tr("Records whose place in their device's chain is taken or missing."))
def held_group() -> None:
    pass


@held_group.command("list", help=tr("What is held, of which device and since when."))
@administers
def held_list(centre: Centre) -> None:
    from workstation.central import held

    why = {"forked_chain": tr("the device's store was copied"), "broken_chain": tr("the record before is missing")}
    rows = [
        (
            one.device,
            one.name,
            one.login,
            str(one.events),
            f"{one.first:%Y-%m-%d %H:%M}",
            f"{one.last:%Y-%m-%d %H:%M}",
            why[one.reason],
        )
        for one in held.held(centre.dsn())
    ]
    table((tr("Device"), tr("Name"), tr("Login"), tr("Records"), tr("First"), tr("Last"), tr("Why")), rows)


@held_group.command("release", help=tr("Take in what is held of a device, after asking its person."))
@click.argument("device_id", type=click.UUID)
@click.option("--reason", required=True, help=tr("What its person said; it stands in the record."))
@administers
def held_release(centre: Centre, device_id: object, reason: str) -> None:
    from workstation.central import held

    many = held.release(centre.dsn(), str(device_id), reason)
    say(
        nmsg(
            "{n} record was taken in; it counts from now on.",
            "{n} records were taken in; they count from now on.",
            many,
        )
    )
