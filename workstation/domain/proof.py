"""Whether a case's records are as they were made: each one's hash made anew, and its link to the record before it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal

from workstation.domain.events import FIRST_HASH, Event, event_hash

# `shown`: the record before it is one of the same case. `elsewhere`: it is another case's, whose hash alone is told.
# `first`: it begins its device's chain. `unknown`: the record before it is not at this seat: only the centre can say.
Link = Literal["first", "shown", "elsewhere", "unknown"]


@dataclass(frozen=True, slots=True)
class Proven:
    """One record: `intact` when the hash made anew from its fields is the one that was recorded."""

    event: Event
    intact: bool
    link: Link


def prove(events: Iterable[Event], known: Collection[str]) -> tuple[Proven, ...]:
    """The records in the given order; `known` holds the hash of every record at this seat, of all cases."""
    events = list(events)
    own = {event.hash for event in events}

    def link(event: Event) -> Link:
        if event.prev_hash == FIRST_HASH:
            return "first"
        if event.prev_hash in own:
            return "shown"
        return "elsewhere" if event.prev_hash in known else "unknown"

    return tuple(Proven(event, event_hash(event) == event.hash, link(event)) for event in events)
