"""`workstation central policy seats`: how long a seat works without contact, and when one left alone locks."""

from __future__ import annotations

import click

from workstation.cli.centre import Centre, administers
from workstation.cli.language import say, tr
from workstation.domain.errors import InputError
from workstation.domain.message import msg


@click.command("seats", help=tr("How long a seat works without contact, and when one left alone locks."))
@click.option("--lease-days", type=click.FloatRange(1 / 24, 30), help=tr("Days without contact; 7 at first."))
@click.option("--idle-minutes", type=click.FloatRange(0.5, 60), help=tr("Minutes alone until it locks; 5 at first."))
@administers
def seats(centre: Centre, lease_days: float | None, idle_minutes: float | None) -> None:
    from workstation.central import admin

    if lease_days is None and idle_minutes is None:
        raise InputError(msg("Say what changes: --lease-days, --idle-minutes or both."), field="lease_days")
    admin.set_seat_terms(
        centre.dsn(),
        lease_seconds=None if lease_days is None else round(lease_days * 86_400),
        idle_seconds=None if idle_minutes is None else round(idle_minutes * 60),
    )
    say(msg("Seats are told at their next synchronisation."))
