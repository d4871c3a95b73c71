"""The lease: how long this device may open its store without having been in contact with the centre.

It is counted in the centre's time. What was seen of it is kept as a high-water mark that never goes back by itself: a
clock set back is refused, not believed. Only the centre's own word puts the mark right, either way.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from workstation.domain.errors import WorkstationError
from workstation.domain.message import Message, msg, nmsg

DAY = 86_400
LEASE_SECONDS = 7 * DAY  # unless the centre says otherwise
LONGEST_LEASE_SECONDS = 30 * DAY
WARN_SECONDS = 3 * DAY
TOLERANCE_SECONDS = 600  # clocks drift and are put right; a lease is not stretched by ten minutes at a time: it ends
IDLE_SECONDS = 300

State = Literal["fine", "soon", "ended", "clock_back"]


class LeaseProblem(WorkstationError):
    """The store stays closed until there was contact with the centre; nothing is lost."""

    code = "lease"


class LeaseEnded(LeaseProblem):
    code = "lease_ended"

    def __init__(self) -> None:
        super().__init__(
            msg(
                "This device has not been in contact with the centre for too long, so its cases stay closed. Connect "
                "to the network and sign in; nothing is lost."
            )
        )


class ClockBack(LeaseProblem):
    code = "clock_back"

    def __init__(self) -> None:
        super().__init__(
            msg(
                "The clock of this device is earlier than when it was last used. Set it right, or connect to the "
                "network and sign in; nothing is lost."
            )
        )


class Lease(msgspec.Struct, frozen=True):
    """Kept in the keyring and inside the store; the stricter of the two counts. Moments are Unix seconds, the centre's.

    `seen` is the latest moment this device has known, `offset` the centre's clock minus this device's in seconds, and
    `boot` and `boot_at` name a running of the system and its own count of seconds at `seen`, which no clock changes.
    """

    until: float
    seen: float
    offset: float = 0.0
    boot: str = ""
    boot_at: float = 0.0
    length: Annotated[float, msgspec.Meta(gt=0, le=LONGEST_LEASE_SECONDS)] = LEASE_SECONDS


@dataclass(frozen=True, slots=True)
class LeaseStatus:
    """For the status bar and `doctor`. `left` is in seconds, none when it has ended or the clock cannot be believed."""

    state: State
    left: float

    @property
    def sentence(self) -> Message:
        if self.state == "ended":
            return LeaseEnded().message
        if self.state == "clock_back":
            return ClockBack().message
        if self.left >= DAY:
            days = int(self.left // DAY)
            return nmsg(
                "{n} day is left before this device has to be in contact with the centre.",
                "{n} days are left before this device has to be in contact with the centre.",
                days,
            )
        hours = int(self.left // 3600)
        return nmsg(
            "{n} hour is left before this device has to be in contact with the centre.",
            "{n} hours are left before this device has to be in contact with the centre.",
            hours,
        )


def running() -> tuple[str, float]:
    """Linux says which running this is; elsewhere the clock alone counts."""
    if not hasattr(time, "CLOCK_BOOTTIME"):
        return "", 0.0
    try:
        name = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return "", 0.0
    return name, time.clock_gettime(time.CLOCK_BOOTTIME)


@dataclass(frozen=True, slots=True)
class Clocks:
    """This device's clock, and where there is one the count of seconds since the system started, suspended or not."""

    wall: Callable[[], float] = time.time
    boot: Callable[[], tuple[str, float]] = running


def begin(clocks: Clocks, length: float = LEASE_SECONDS) -> Lease:
    """A first lease, before the centre has said anything."""
    now = clocks.wall()
    boot, boot_at = clocks.boot()
    return Lease(until=now + length, seen=now, boot=boot, boot_at=boot_at, length=length)


def renewed(clocks: Clocks, server_time: float, length: float) -> Lease:
    """After contact: the centre's time counts, whatever was seen before."""
    boot, boot_at = clocks.boot()
    length = min(max(length, 1.0), float(LONGEST_LEASE_SECONDS))
    offset = server_time - clocks.wall()
    return Lease(server_time + length, server_time, offset, boot, boot_at, length)


def status(lease: Lease, clocks: Clocks) -> LeaseStatus:
    """How the lease stands now."""
    by_clock, by_count = _now(lease, clocks)
    if by_clock < lease.seen - TOLERANCE_SECONDS:
        return LeaseStatus("clock_back", 0.0)
    left = lease.until - max(by_clock, by_count)
    if left <= 0:
        return LeaseStatus("ended", 0.0)
    return LeaseStatus("soon" if left < min(WARN_SECONDS, lease.length / 2) else "fine", left)


def require(lease: Lease, clocks: Clocks) -> None:
    """Raises `LeaseEnded` or `ClockBack`."""
    found = status(lease, clocks)
    if found.state == "ended":
        raise LeaseEnded
    if found.state == "clock_back":
        raise ClockBack


def advanced(lease: Lease, clocks: Clocks) -> Lease:
    """The mark as it is now, for keeping. Never raised past the lease: a clock set far ahead by mistake locks nothing.

    Within one running of the system the count of seconds is believed, not the clock.
    """
    by_clock, by_count = _now(lease, clocks)
    seen = by_count or by_clock
    if not lease.seen < seen < lease.until:
        return lease
    boot, boot_at = clocks.boot()
    return msgspec.structs.replace(lease, seen=seen, boot=boot, boot_at=boot_at)


def stricter(one: Lease, other: Lease) -> Lease:
    """Of two copies the later mark and the earlier end: neither can be replaced alone to win time."""
    later = one if one.seen >= other.seen else other
    return msgspec.structs.replace(later, until=min(one.until, other.until))


def _now(lease: Lease, clocks: Clocks) -> tuple[float, float]:
    """The centre's time by this device's clock, and by the count of seconds (0 after another start of the system)."""
    boot, boot_at = clocks.boot()
    counted = lease.seen + boot_at - lease.boot_at if boot and boot == lease.boot and boot_at >= lease.boot_at else 0.0
    return clocks.wall() + lease.offset, counted
