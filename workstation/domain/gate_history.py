"""The contacts of a case, prepared once: what the gate's counting rules ask of them, at every point and moment.

Every list is by time, in UTC, whatever order and zones the contacts came in. A contact recorded by a clock that runs
ahead is in the lists like any other; the gate counts it from the first on, it is never left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from operator import itemgetter
from zoneinfo import ZoneInfo

import msgspec

from workstation.domain.contactability import Contactability
from workstation.domain.errors import InputError
from workstation.domain.message import msg
from workstation.domain.outcomes import TABLE, Outcome
from workstation.domain.rule_forms import Window

# Did somebody speak? A call without an outcome counts as one that nobody answered.
_SPOKEN = frozenset(row.id for row in TABLE.values() if row.reach in {"debtor", "third_party"})
_REACHED = frozenset(row.id for row in TABLE.values() if row.reach == "debtor")
# A busy or dead line did not connect to the number dialled, and is no call about the debt.
_NOT_CONNECTED = frozenset(row.id for row in TABLE.values() if not row.connects)
_DEAD = frozenset(row.id for row in TABLE.values() if "point_dead" in row.effects)
_BY_TIME = itemgetter(0)
FIRST_YEAR, LAST_YEAR = 1970, 9000


class PastContact(msgspec.Struct, frozen=True):
    """One contact on record, by anyone at any seat. `debt` None is about every debt of the case."""

    at: datetime  # aware
    channel: str
    direction: str = "out"
    party: str = "debtor"
    contact_point: str | None = None
    debt: str | None = None
    outcome: str | None = None
    other_debts: tuple[str, ...] = ()  # spoken of in the same contact

    @property
    def row(self) -> Outcome | None:
        return TABLE.get(self.outcome or "")


class History:
    """Answers the gate's questions about past contacts; each is worked out once and kept."""

    __slots__ = ("_calls", "_contacts", "_kept", "_lost")

    def __init__(self, contacts: Iterable[PastContact] = ()) -> None:
        """`InputError` names the contact whose time says no zone."""
        self._contacts = contacts if isinstance(contacts, tuple) else tuple(contacts)
        calls = []
        for index, past in enumerate(self._contacts):
            at = past.at
            if at.tzinfo is not UTC:
                at = in_utc(at, f"history[{index}].at")
            if past.channel == "call":
                calls.append((at, past))
        _in_order(calls)
        for _, past in calls[:1] + calls[-1:]:
            if not FIRST_YEAR <= past.at.year <= LAST_YEAR:
                in_utc(past.at, f"history[{self._contacts.index(past)}].at")
        self._calls = calls
        self._kept: dict[tuple[str, ...], list[datetime]] = {}
        self._lost: dict[tuple[Window, ZoneInfo], bool] = {}

    def __len__(self) -> int:
        return len(self._contacts)

    def unanswered(self, point: str) -> list[datetime]:
        """Calls to this contact point that nobody answered, or that were cut off."""
        kept = self._kept.get(("unanswered", point))
        if kept is None:
            kept = self._kept["unanswered", point] = [
                at
                for at, past in self._calls
                if past.contact_point == point and past.outcome not in _SPOKEN and past.direction == "out"
            ]
        return kept

    def effective(self, party: str) -> list[datetime]:
        """Calls that reached this person, all seats and numbers together."""
        kept = self._kept.get(("effective", party))
        if kept is None:
            kept = self._kept["effective", party] = [
                at
                for at, past in self._calls
                if past.outcome in _REACHED and past.party == party and past.direction == "out"
            ]
        return kept

    def rang(self, debt: str | None) -> list[datetime]:
        """Calls about the debt that connected to the number dialled."""
        key = ("rang",) if debt is None else ("rang", debt)
        kept = self._kept.get(key)
        if kept is None:
            about = _about(debt)
            kept = self._kept[key] = [
                at
                for at, past in self._calls
                if past.direction == "out" and past.outcome not in _NOT_CONNECTED and about(past)
            ]
        return kept

    def talks(self, debt: str | None, party: str) -> list[datetime]:
        """Conversations with this person about the debt on the telephone, whoever rang."""
        key = ("talks", party) if debt is None else ("talks", party, debt)
        kept = self._kept.get(key)
        if kept is None:
            about = _about(debt)
            kept = self._kept[key] = [
                at for at, past in self._calls if past.outcome in _REACHED and past.party == party and about(past)
            ]
        return kept

    def dead(self, point: str) -> bool:
        """Was the number dead when last called?"""
        for _, past in reversed(self._calls):
            if past.contact_point == point and past.outcome in TABLE:
                return past.outcome in _DEAD
        return False

    def out_of_contact(self, limits: Window, zone: ZoneInfo) -> bool:
        """Is the debtor out of contact (失联): every number tried dead, or so many calls or days without an answer?"""
        key = (limits, zone)
        if key not in self._lost:
            self._lost[key] = self._out_of_contact(limits, zone)
        return self._lost[key]

    def _out_of_contact(self, limits: Window, zone: ZoneInfo) -> bool:
        reach = Contactability(limits.calls, limits.days)
        own = {past.contact_point for past in self._contacts if past.party == "debtor"} - {None}
        last: dict[str | None, bool] = {}  # of each of the debtor's numbers tried: dead?
        moments = (in_utc(past.at, f"history[{index}].at") for index, past in enumerate(self._contacts))
        everything = list(zip(moments, self._contacts, strict=True))
        _in_order(everything)
        for at, past in everything:
            called = past.channel == "call" and past.direction == "out"
            if past.party == "debtor" and (past.outcome in _REACHED or past.direction == "in"):
                reach.reached()
                last.clear()
            elif called and (past.party == "debtor" or past.contact_point in own) and past.row is not None:
                # Somebody else at the debtor's own number ends a row of unanswered calls too.
                reached = "third_party" if past.row.reach == "debtor" else past.row.reach
                reach.call(at.astimezone(zone).date(), reached)
                last[past.contact_point] = past.outcome in _DEAD
        return reach.lost or (bool(last) and all(last.values()))


def _in_order(told: list[tuple[datetime, PastContact]]) -> None:
    """By time; of one moment whatever ends a row of unanswered calls comes last, in whatever order they were told."""
    told.sort(key=_BY_TIME)
    if len({at for at, _ in told}) < len(told):
        told.sort(key=_by_time_and_kind)


def _by_time_and_kind(told: tuple[datetime, PastContact]) -> tuple[object, ...]:
    at, past = told
    row = past.row
    unanswered = row is None or row.reach == "nobody"
    kind = (past.direction == "in" or past.outcome in _REACHED, not unanswered, past.outcome in _DEAD)
    return (at, *kind, past.outcome or "", past.contact_point or "", past.party, past.channel)


def _about(debt: str | None) -> Callable[[PastContact], bool]:
    def about(past: PastContact) -> bool:
        return debt is None or past.debt is None or past.debt == debt or debt in past.other_debts

    return about


def in_utc(at: datetime, field: str) -> datetime:
    """`InputError` for a time without a zone, or outside the years in which every zone has a calendar."""
    if at.tzinfo is None:
        raise InputError(
            msg("{at} says no zone: write the time with its offset, such as +08:00.", at=at.isoformat()),
            code="naive_time",
            field=field,
        )
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise InputError(
            msg("{at} lies outside the years that can be judged: correct it.", at=at.isoformat()), field=field
        )
    return at.astimezone(UTC)
