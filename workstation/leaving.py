"""How a revoked device's seat leaves it: what may be is handed in, then keys and files go, and the centre is told."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from local_db.engine import Store
from workstation.domain.errors import WorkstationError
from workstation.domain.message import msg, nmsg
from workstation.running import device_name
from workstation.security.erase import erase
from workstation.security.vault import Vault
from workstation.sync.link import DeviceRevoked

if TYPE_CHECKING:
    from workstation.sync.server import Server

log = logging.getLogger(__name__)


class SeatGone(DeviceRevoked):
    """The device was revoked and its seat is off it: keys and files."""

    code = "seat_gone"


def hand_in(
    store: Store, server: Server, login: str, password: str, device: str, error: DeviceRevoked
) -> DeviceRevoked:
    """A revoked device may hand in what it recorded before; the synchronisation does so and then raises the refusal.

    Returns that refusal, or `error` when even that could not be.
    """
    from workstation.sync.engine import Device, sync_once
    from workstation.sync.link import connect

    try:
        sync_once(
            store,
            lambda: connect(server, login, password),
            Device(device, device_name()),
            datetime.now(UTC).date(),
        )
    except DeviceRevoked as later:
        return later
    except WorkstationError as broken:
        log.warning("what a revoked device holds could not be handed in: %s", broken.code)
    return error


def end_seat(
    error: DeviceRevoked,
    waiting: int,
    vault: Vault,
    *,
    forget_password: Callable[[], None],
    report: Callable[[], None],
) -> DeviceRevoked:
    """Take a revoked seat off this device, or keep it closed while work waits in it; returns what to tell.

    `waiting` counts records that could not be handed in. The store is closed.
    """
    if waiting and not error.erase:
        vault.note_revoked()
        return DeviceRevoked(
            nmsg(
                "This device was revoked. {n} record could not be handed in yet; sign in once more with a connection.",
                "This device was revoked. {n} records could not be handed in yet; sign in once more with a connection.",
                waiting,
            )
        )
    erase(vault)
    forget_password()
    vault.forget_signing()
    report()
    if not error.erase:
        return SeatGone(
            msg(
                "This device was revoked. What it had recorded was handed in; its cases and keys are gone from it. Ask "
                "your administrator."
            )
        )
    if waiting:
        return SeatGone(
            nmsg(
                "This device was reported lost: its cases and keys are gone from it. {n} record could not be handed in "
                "before. Ask your administrator.",
                "This device was reported lost: its cases and keys are gone from it. {n} records could not be handed "
                "in before. Ask your administrator.",
                waiting,
            )
        )
    return SeatGone(
        msg(
            "This device was reported lost: what it had recorded was handed in, its cases and keys are gone from it. "
            "Ask your administrator."
        )
    )


def report_erased(server: Server, login: str, password: str, device: str) -> None:
    """Tell the centre that the seat is gone; if it cannot be told now, its list says asked and not done."""
    from workstation.sync import password as at_centre

    try:
        at_centre.report_erased(server, login, password, device)
    except WorkstationError as error:
        log.warning("the centre was not told that the seat is gone: %s", error.code)
