"""A day of visits as it is being planned: what is kept in the store, so that closing never loses it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import msgspec

from local_db.field_days import StopRow
from workstation.domain.field_day import Visitor, usual
from workstation.domain.route import Place

MOST_STOPS = 200
Clock = Annotated[str, msgspec.Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Open = Annotated[str, msgspec.Meta(pattern=r"^(([01]\d|2[0-3]):[0-5]\d)?$")]


class Spot(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where the day begins or ends."""

    latitude: Annotated[float, msgspec.Meta(ge=-90, le=90)]
    longitude: Annotated[float, msgspec.Meta(ge=-180, le=180)]

    @property
    def place(self) -> Place:
        return Place(self.latitude, self.longitude)


class StopDraft(msgspec.Struct, frozen=True, omit_defaults=True):
    """A chosen case. `point`: its address, empty for the first one that may be gone to. `opens` and `closes`: agreed
    with the debtor. `out`: it did not fit, or somebody put it aside."""

    case_id: str
    point: str = ""
    minutes: Annotated[int, msgspec.Meta(ge=0, le=600)] = 0  # 0: as usual
    opens: Open = ""
    closes: Open = ""
    out: bool = False


class DayDraft(msgspec.Struct, frozen=True, omit_defaults=True):
    """Everything somebody can set about a day. `stops` in the order in which they are gone to."""

    begins: Clock = f"{usual().begins:%H:%M}"
    ends: Clock = f"{usual().ends:%H:%M}"
    start: Spot | None = None  # None: the bank's office, or the middle of the stops
    end: Spot | None = None  # None: where the day began
    speed: Annotated[float, msgspec.Meta(ge=1, le=130)] = usual().kilometres_an_hour
    minutes: Annotated[int, msgspec.Meta(ge=1, le=600)] = usual().minutes
    team: tuple[Visitor, ...] = ()
    stops: tuple[StopDraft, ...] = ()

    @property
    def case_ids(self) -> frozenset[str]:
        return frozenset(stop.case_id for stop in self.stops)


_DAY = msgspec.json.Decoder(DayDraft)
_STOP = msgspec.json.Decoder(StopDraft)


def written(draft: DayDraft) -> tuple[str, list[StopRow]]:
    """The day without its stops, and a row for each stop: these leave with their case."""
    head = msgspec.json.encode(msgspec.structs.replace(draft, stops=())).decode()
    return head, [StopRow(stop.case_id, msgspec.json.encode(stop).decode()) for stop in draft.stops]


def read(head: str, rows: Sequence[StopRow]) -> DayDraft:
    return msgspec.structs.replace(_DAY.decode(head), stops=tuple(_STOP.decode(row.body) for row in rows))


def following(before: DayDraft) -> DayDraft:
    """The draft of a day nobody planned: as the one before, without its stops."""
    return msgspec.structs.replace(before, stops=())


def without(draft: DayDraft, case_id: str) -> DayDraft:
    return msgspec.structs.replace(draft, stops=tuple(stop for stop in draft.stops if stop.case_id != case_id))


def added(draft: DayDraft, case_ids: Sequence[str]) -> DayDraft:
    """With these at the end, as far as a day takes them."""
    new = [StopDraft(case_id) for case_id in case_ids if case_id not in draft.case_ids]
    room = max(0, MOST_STOPS - len(draft.stops))
    return msgspec.structs.replace(draft, stops=(*draft.stops, *new[:room]))


def changed(draft: DayDraft, case_id: str, **values: object) -> DayDraft:
    """One stop with other values."""
    stops = (msgspec.structs.replace(stop, **values) if stop.case_id == case_id else stop for stop in draft.stops)
    return msgspec.structs.replace(draft, stops=tuple(stops))


def moved(draft: DayDraft, case_id: str, to: int) -> DayDraft:
    """The stop at place `to` among those that are gone to; it is one of them from now on."""
    stop = next((known for known in draft.stops if known.case_id == case_id), None)
    if stop is None:
        return draft
    others = [known for known in draft.stops if known.case_id != case_id]
    going, out = [known for known in others if not known.out], [known for known in others if known.out]
    going.insert(max(0, min(to, len(going))), msgspec.structs.replace(stop, out=False))
    return msgspec.structs.replace(draft, stops=(*going, *out))
