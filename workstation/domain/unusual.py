"""Unusual looking at and taking of personal data: pure rules over what was recorded, thresholds from `unusual.toml`.

A finding asks a lead for a look and says the figures it rests on; it decides nothing.
"""

from __future__ import annotations

import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from statistics import median
from typing import Literal

import msgspec

from resources import resource
from workstation.domain.errors import WorkstationError
from workstation.domain.message import Message, msg, nmsg

Rule = Literal[
    "many_in_hour", "not_held", "not_worked", "no_contact", "off_hours", "many_people", "taken_lists", "copied"
]
HOUR = timedelta(hours=1)


class UnusualFileError(WorkstationError):
    """The thresholds cannot be used; the sentence says which."""

    code = "bad_unusual_file"


class _Least(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    least: int


class _Many(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    least: int
    times: float


class _Minutes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    least: int
    minutes: int


class _Shift(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    least: int
    begins: time = msgspec.field(name="from")
    until: time


class _People(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    least: int
    days: int


class _Lists(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    least: int
    cases: int


class Thresholds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: int
    days: int
    many_in_hour: _Many
    not_held: _Least
    not_worked: _Least
    no_contact: _Minutes
    off_hours: _Shift
    many_people: _People
    taken_lists: _Lists
    copied: _Least


@dataclass(frozen=True, slots=True)
class Access:
    """One datum shown, or one thing taken, on one case. `held`: was the case at that person's desk then?

    `batch` binds the cases of one list; `cases` is how many stood on it.
    """

    event: str
    case_id: str
    person: str
    at: datetime  # aware, on the centre's clock
    kind: Literal["reveal", "taken_out"]
    field: str = ""  # of a reveal
    point: str = ""
    how: str = ""  # of what was taken
    batch: str = ""
    cases: int = 1
    held: bool = True


@dataclass(frozen=True, slots=True)
class Work:
    """Something done on a case that is work: a contact, letter, message, promise, note … `point` of a contact."""

    case_id: str
    person: str
    at: datetime
    point: str = ""


@dataclass(frozen=True, slots=True)
class Unusual:
    """`event` is the first of `events`: what a review answers. `cases` are those it is about, the first first."""

    rule: Rule
    person: str
    at: datetime
    event: str
    events: tuple[str, ...]
    cases: tuple[str, ...]
    said: Message


def read(text: str) -> Thresholds:
    """The thresholds of a file. Raises `UnusualFileError`."""
    try:
        found = msgspec.convert(tomllib.loads(text), Thresholds)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise UnusualFileError(msg("{file}: {reason}", file="unusual.toml", reason=str(error))) from error
    rules = [getattr(found, name) for name in found.__struct_fields__ if name not in {"version", "days"}]
    if found.days < 1 or any(rule.least < 1 for rule in rules):
        raise UnusualFileError(msg("{file}: {reason}", file="unusual.toml", reason="thresholds begin at 1"))
    return found


@lru_cache(maxsize=1)
def load() -> Thresholds:
    """Those that ship."""
    return read(resource("privacy/unusual.toml").read_text("utf-8"))


def findings(
    accesses: Iterable[Access], work: Iterable[Work], thresholds: Thresholds, zone: tzinfo
) -> tuple[Unusual, ...]:
    """What is unusual, the newest first. `zone` is the shift's; the order of what is given does not matter."""
    seen = sorted(accesses, key=lambda access: (access.at, access.event))
    world = _World(seen, list(work), thresholds, zone)
    found = [finding for rule in _RULES for finding in rule(world)]
    return tuple(sorted(found, key=lambda finding: (finding.at, finding.event, finding.rule), reverse=True))


class _World:
    """Everything the rules ask, sorted once."""

    def __init__(self, seen: list[Access], work: list[Work], thresholds: Thresholds, zone: tzinfo) -> None:
        self.thresholds, self.zone = thresholds, zone
        self.shown = [access for access in seen if access.kind == "reveal"]
        self.taken = [access for access in seen if access.kind == "taken_out"]
        self.worked = {(item.person, item.case_id, self.day(item.at)) for item in work}
        self.contacts: dict[tuple[str, str, str], list[datetime]] = defaultdict(list)
        for item in work:
            if item.point:
                self.contacts[item.person, item.case_id, item.point].append(item.at)

    def day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def by_day(self, accesses: Iterable[Access]) -> Mapping[tuple[str, date], list[Access]]:
        """By person and day."""
        groups: dict[tuple[str, date], list[Access]] = defaultdict(list)
        for access in accesses:
            groups[access.person, self.day(access.at)].append(access)
        return groups


def _finding(rule: Rule, group: Sequence[Access], said: Message) -> Unusual:
    first = group[0]
    return Unusual(
        rule,
        first.person,
        first.at,
        first.event,
        tuple(access.event for access in group),
        tuple(dict.fromkeys(access.case_id for access in group)),
        said,
    )


def _many_in_hour(world: _World) -> Iterator[Unusual]:
    """The fullest hour of each person's day, against the median of the hours in which they, or the team, looked."""
    rule = world.thresholds.many_in_hour
    hours = Counter(
        (access.person, world.day(access.at), access.at.astimezone(world.zone).hour) for access in world.shown
    )
    for (person, day), group in world.by_day(world.shown).items():
        start, best = 0, (0, 0)
        for end, access in enumerate(group):
            while access.at - group[start].at >= HOUR:
                start += 1
            best = max(best, (end - start + 1, start), key=lambda window: window[0])
        count, start = best
        own = _median(number for (who, when, _), number in hours.items() if who == person and when != day)
        team = _median(number for (who, _, _), number in hours.items() if who != person)
        if count >= rule.least and count >= rule.times * max(1.0, own, team):
            yield _finding(
                "many_in_hour",
                group[start : start + count],
                msg(
                    "{n} shown in full within an hour; usual are {own} for this person and {team} in the team.",
                    n=count,
                    own=round(own, 1),
                    team=round(team, 1),
                ),
            )


def _median(numbers: Iterable[int]) -> float:
    known = list(numbers)
    return float(median(known)) if known else 0.0


def _not_held(world: _World) -> Iterator[Unusual]:
    for group in world.by_day(access for access in world.shown if not access.held).values():
        if len(group) >= world.thresholds.not_held.least:
            yield _finding(
                "not_held",
                group,
                nmsg(
                    "Shown in full on {n} case that was not at this person's desk.",
                    "Shown in full on {n} cases that were not at this person's desk.",
                    len({access.case_id for access in group}),
                ),
            )


def _not_worked(world: _World) -> Iterator[Unusual]:
    for (person, day), group in world.by_day(world.shown).items():
        idle = [access for access in group if access.held and (person, access.case_id, day) not in world.worked]
        count = len({access.case_id for access in idle})
        if count >= world.thresholds.not_worked.least:
            yield _finding(
                "not_worked",
                idle,
                nmsg(
                    "Shown in full on {n} case on which nothing else was recorded that day.",
                    "Shown in full on {n} cases on which nothing else was recorded that day.",
                    count,
                ),
            )


def _no_contact(world: _World) -> Iterator[Unusual]:
    rule = world.thresholds.no_contact
    within = timedelta(minutes=rule.minutes)
    for (person, _), group in world.by_day(access for access in world.shown if access.field == "phone").items():
        idle = [
            access
            for access in group
            if not any(
                access.at <= at <= access.at + within
                for at in world.contacts.get((person, access.case_id, access.point), ())
            )
        ]
        if len(idle) >= rule.least:
            yield _finding(
                "no_contact",
                idle,
                msg(
                    "{n} telephone numbers shown on one day and not contacted within {minutes} minutes.",
                    n=len(idle),
                    minutes=rule.minutes,
                ),
            )


def _off_hours(world: _World) -> Iterator[Unusual]:
    rule = world.thresholds.off_hours
    outside = [
        access
        for access in (*world.shown, *world.taken)
        if not rule.begins <= access.at.astimezone(world.zone).time() < rule.until
    ]
    for group in world.by_day(sorted(outside, key=lambda access: (access.at, access.event))).values():
        if len(group) >= rule.least:
            yield _finding(
                "off_hours",
                group,
                nmsg(
                    "{n} datum shown or taken outside the hours from {begins} to {until}.",
                    "{n} data shown or taken outside the hours from {begins} to {until}.",
                    len(group),
                    begins=f"{rule.begins:%H:%M}",
                    until=f"{rule.until:%H:%M}",
                ),
            )


def _many_people(world: _World) -> Iterator[Unusual]:
    """Each case once, for the first span in which so many looked."""
    rule = world.thresholds.many_people
    span = timedelta(days=rule.days)
    by_case: dict[str, list[Access]] = defaultdict(list)
    for access in world.shown:
        by_case[access.case_id].append(access)
    for group in by_case.values():
        for end, last in enumerate(group):
            window = [access for access in group[: end + 1] if last.at - access.at <= span]
            people = {access.person for access in window}
            if len(people) >= rule.least:
                yield _finding(
                    "many_people",
                    window,
                    msg(
                        "The data of one debtor were shown in full by {n} people within {days} days.",
                        n=len(people),
                        days=rule.days,
                    ),
                )
                break


def _taken_lists(world: _World) -> Iterator[Unusual]:
    rule = world.thresholds.taken_lists
    lists: dict[str, Access] = {}
    for access in world.taken:
        if access.batch:
            lists.setdefault(access.batch, access)
    for group in world.by_day(lists.values()).values():
        most = max(access.cases for access in group)
        if len(group) >= rule.least or most >= rule.cases:
            yield _finding(
                "taken_lists",
                group,
                nmsg(
                    "{n} list exported, printed or saved on one day, the longest with {most} cases.",
                    "{n} lists exported, printed or saved on one day, the longest with {most} cases.",
                    len(group),
                    most=most,
                ),
            )


def _copied(world: _World) -> Iterator[Unusual]:
    for group in world.by_day(access for access in world.taken if access.how == "copy").values():
        if len(group) >= world.thresholds.copied.least:
            yield _finding("copied", group, msg("{n} data copied into the clipboard on one day.", n=len(group)))


_RULES: tuple[Callable[[_World], Iterator[Unusual]], ...] = (
    _many_in_hour,
    _not_held,
    _not_worked,
    _no_contact,
    _off_hours,
    _many_people,
    _taken_lists,
    _copied,
)
