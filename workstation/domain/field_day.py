"""A day of visits as it is planned: who goes and why, which stops in which order with which times, what is left out.

Who goes on a visit is the domain rules' "Visit team": two people, a legal specialist when the debt is disputed, secured
or above the book's threshold, a lead when the risk note says so.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any, Literal

import msgspec

from resources import resource
from workstation.domain.case_values import CaseState
from workstation.domain.message import Message, Money, msg
from workstation.domain.money import to_minor
from workstation.domain.route import Place

VisitRole = Literal["visitor", "companion", "legal", "lead"]
THRESHOLD = "visit_legal_above"
FOR_VISITS = (THRESHOLD, "latitude", "longitude")  # of a book's contact table: what no letter says


class Visitor(msgspec.Struct, frozen=True, omit_defaults=True):
    """Somebody of the team. `person` is an id of the directory; empty for somebody from outside it."""

    role: VisitRole
    name: str
    person: str = ""


@dataclass(frozen=True, slots=True)
class Need:
    """Somebody has to go along beside the two people, and why."""

    role: VisitRole
    why: Message


@dataclass(frozen=True, slots=True)
class PlannedStop:
    """One visit, in its place in the day. `point` is the address; all times are in the zone of the desk.

    `late`: they come after the address closes (`closes`). `lacking`: whom the team would need here and does not have.
    """

    number: int  # from 1
    case_id: str
    point: str
    place: Place
    opens: datetime
    closes: datetime
    metres: int  # of the way to it
    arrives: datetime
    begins: datetime
    leaves: datetime
    late: bool
    needs: tuple[Need, ...] = ()
    lacking: tuple[Need, ...] = ()
    cautions: tuple[Message, ...] = ()  # what the gate warns of

    @property
    def waits(self) -> int:
        """Minutes before the door may be knocked at."""
        return int((self.begins - self.arrives).total_seconds() // 60)


@dataclass(frozen=True, slots=True)
class LeftOutStop:
    """A case that was chosen and is not visited that day, and why. `kind`: blocked, no_place, never_open, no_time,
    absent (the case is no longer at this desk) or no_address."""

    case_id: str
    point: str
    kind: str
    why: Message


@dataclass(frozen=True, slots=True)
class PlannedDay:
    """What a team does on one day. `faults`: what is wrong with the team; `metres` of the whole way."""

    day: date
    team: tuple[Visitor, ...]
    stops: tuple[PlannedStop, ...]
    left_out: tuple[LeftOutStop, ...]
    start: Place | None  # None while nothing on the day has a place
    end: Place | None
    begins: datetime
    ends: datetime
    back: datetime
    metres: int
    faults: tuple[Message, ...] = ()

    @property
    def over(self) -> bool:
        """Are they back after the day's end?"""
        return self.back > self.ends

    @property
    def case_ids(self) -> tuple[str, ...]:
        """In the order of the visits."""
        return tuple(stop.case_id for stop in self.stops)


# ---- who goes ----


def needs(state: CaseState, owed: Money, above: int | None, day: date) -> tuple[Need, ...]:
    """Who has to go along to this case. `above`: minor units over which a legal specialist does; None where there is
    no threshold."""
    holding = {known.what for known in state.circumstances if known.on(day)}
    found = []
    if state.dispute_open:
        found.append(Need("legal", msg("the debt is disputed")))
    if "secured" in holding:
        found.append(Need("legal", msg("the debt is secured")))
    if above is not None and owed.minor > above:
        limit = Money(above, owed.currency)
        found.append(Need("legal", msg("{owed} is above the book's {limit}", owed=owed, limit=limit)))
    if "risk_note" in holding:
        found.append(Need("lead", msg("the risk note says so")))
    return tuple(found)


def lacking(team: Collection[Visitor], wanted: Sequence[Need]) -> tuple[Need, ...]:
    """Of each role that nobody of the team has, the first need."""
    there = {visitor.role for visitor in team}
    found: dict[str, Need] = {}
    for need in wanted:
        if need.role not in there:
            found.setdefault(need.role, need)
    return tuple(found.values())


def team_faults(team: Sequence[Visitor], people: int) -> tuple[Message, ...]:
    """What is wrong with a team where a visit takes so many people: too few, nobody to lead the talk, one twice."""
    names = [visitor.person or visitor.name.strip().casefold() for visitor in team]
    found = []
    if len(set(names)) < people:
        found.append(msg("A visit takes {people} people: choose who goes along.", people=people))
    if len(set(names)) < len(names):
        found.append(msg("The same person is on the team twice."))
    if not any(visitor.role == "visitor" for visitor in team):
        found.append(msg("Nobody of the team leads the talk."))
    return tuple(found)


# ---- what a house sets ----


@dataclass(frozen=True, slots=True)
class Usual:
    """How a day is planned until somebody sets it otherwise. `legal_above`: minor units by currency."""

    legal_above: Mapping[str, int]
    begins: time
    ends: time
    minutes: int
    kilometres_an_hour: float
    road_factor: float


@lru_cache(maxsize=1)
def usual() -> Usual:
    table: dict[str, Any] = tomllib.loads(resource("visits/default.toml").read_text("utf-8"))
    day = table["day"]
    return Usual(
        {currency: to_minor(amount, currency) for currency, amount in table["legal_above"].items()},
        time.fromisoformat(day["begins"]),
        time.fromisoformat(day["ends"]),
        day["minutes"],
        float(day["kilometres_an_hour"]),
        float(day["road_factor"]),
    )


def legal_above(contact: Mapping[str, Any], currency: str) -> int | None:
    """The threshold of a book, minor units: its own, or the house's. One that cannot be read counts as nothing: then a
    legal specialist goes along, the safe side."""
    own = contact.get(THRESHOLD)
    if own is None:
        return usual().legal_above.get(currency)
    try:
        return max(0, to_minor(str(own), currency))
    except ValueError:
        return 0


# ---- where ----

_CHINESE = re.compile(
    r"(?:[\u4e00-\u9fff]{2,8}?(?:省|自治区|特别行政区))?"
    r"(?P<city>[\u4e00-\u9fff]{2,12}?(?:市|自治州|地区|盟))?"
    r"(?P<district>[\u4e00-\u9fff]{1,10}?(?:区|县|旗|市))?"
)
_LONGEST = 300


def district_of(address: str, city: str = "") -> str:
    """The town and the district of an address, as far as it says; `city` where it says none. Never the street."""
    text = address[:_LONGEST].strip()
    found = _CHINESE.match(text)
    parts = [part for part in found.group("city", "district") if part] if found is not None else []
    if parts:
        return " ".join(parts)
    after = [part.strip() for part in text.split(",") if part.strip()][2:]
    named = [part for part in after if not any(sign.isdigit() for sign in part)]
    return named[0] if named else city
