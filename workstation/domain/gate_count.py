"""The gate's counting rules: how many calls are left today, and from which day on there are some again.

Each rule counts the calls of a span of calendar days that ends today, in every zone the contact point may lie in. A
call that a fast clock dated after now counts from now on, until its own span is over.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from workstation.domain.gate_clock import start_of_day
from workstation.domain.gate_history import History
from workstation.domain.gate_values import GateRequest, Reason
from workstation.domain.message import Message, msg, nmsg
from workstation.domain.rule_forms import Window
from workstation.domain.rulepack import RulePack


class _Limit(NamedTuple):
    """At most `calls` of these on `days` consecutive days."""

    rule: str
    calls: int
    days: int
    moments: Sequence[datetime]
    shown: bool = True  # is what is left of it the number of attempts left?

    def left(self, since: datetime) -> int:
        """Calls left when those from `since` on count."""
        return self.calls - len(self.moments) + bisect_left(self.moments, since)

    def last(self) -> datetime:
        """The last call that must be out of the span before there is one left."""
        return self.moments[-self.calls]


class _Cooling(NamedTuple):
    """No call for so many days from a conversation on, but for `calls` that the person consented to."""

    rule: str
    calls: int
    days: int
    talks: Sequence[datetime]
    rang: Sequence[datetime]
    shown: bool = True

    def left(self, since: datetime) -> int | None:
        """Calls left when conversations from `since` on count; None when there is none."""
        first = bisect_left(self.talks, since)
        return self._spare(first) if first < len(self.talks) else None

    def _spare(self, index: int) -> int:
        """Calls consented to that have not been made since this conversation."""
        return self.calls - (len(self.rang) - bisect_right(self.rang, self.talks[index]))

    def last(self) -> datetime:
        """The last conversation that leaves no call to spare."""
        index = len(self.talks) - 1
        while self._spare(index) > 0:
            index -= 1
        return self.talks[index]


class Counting:
    """The limits on one call, at one moment."""

    def __init__(
        self, request: GateRequest, pack: RulePack, history: History, zones: Sequence[ZoneInfo], today: Sequence[int]
    ) -> None:
        self._pack = pack
        self._zones = zones
        self._today = today
        self._reached: list[_Limit | _Cooling] = []
        self._left: int | None = None
        since, days = self._first_moment(1), 1
        for limit in _limits(request, pack, history):
            if limit.days != days:
                days, since = limit.days, self._first_moment(limit.days)
            left = limit.left(since)
            if left is None:
                continue
            if left <= 0:
                self._reached.append(limit)
            if (limit.shown or left <= 0) and (self._left is None or left < self._left):
                self._left = left

    def _first_moment(self, days: int) -> datetime:
        """When so many days that end today began, in the zone where they began first: there most calls count."""
        if len(self._zones) == 1:
            return start_of_day(self._zones[0], self._today[0] - days + 1)
        return min(start_of_day(zone, day - days + 1) for zone, day in zip(self._zones, self._today, strict=True))

    def reasons(self) -> Iterator[Reason]:
        told: set[str] = set()  # of several debts one is enough
        for limit in self._reached:
            if limit.rule not in told:
                told.add(limit.rule)
                yield Reason(limit.rule, "block", _sentence(limit), self._pack.rule(limit.rule).source)

    def left(self) -> int | None:
        """Attempts left today; None where no rule counts."""
        return None if self._left is None else max(0, self._left)

    def ends(self) -> Iterator[datetime]:
        """The moments before which a limit blocks: it stays within bounds once it is."""
        for limit in self._reached:
            last = limit.last()
            for zone in self._zones:
                yield start_of_day(zone, last.astimezone(zone).toordinal() + limit.days)


def _limits(request: GateRequest, pack: RulePack, history: History) -> Iterator[_Limit | _Cooling]:
    more, rules = request.flags.consent_extra_calls, pack.rules
    if "unanswered_per_point_day" in rules:
        calls = pack.value("unanswered_per_point_day", int) + more
        yield _Limit("unanswered_per_point_day", calls, 1, history.unanswered(request.contact_point))
    if "effective_calls_per_day" in rules and request.purpose != "service":
        calls = pack.value("effective_calls_per_day", int) + more
        yield _Limit("effective_calls_per_day", calls, 1, history.effective(request.party), shown=False)
    window = pack.value("calls_in_window", Window) if "calls_in_window" in rules else None
    cooling = pack.value("conversation_cooling_days", int) if "conversation_cooling_days" in rules else None
    if window is None and cooling is None:
        return
    for debt in (request.debt, *request.other_debts):
        if window is not None:
            yield _Limit("calls_in_window", window.calls + more, window.days, history.rang(debt))
        if cooling is not None:
            talks = history.talks(debt, request.party)
            yield _Cooling("conversation_cooling_days", more, cooling, talks, history.rang(debt))


def _sentence(limit: _Limit | _Cooling) -> Message:
    if limit.rule == "unanswered_per_point_day":
        return nmsg(
            "{n} unanswered call today at this contact point: that is the limit.",
            "{n} unanswered calls today at this contact point: that is the limit.",
            limit.calls,
        )
    if limit.rule == "effective_calls_per_day":
        return nmsg(
            "{n} effective call today with this person, all seats together: that is the limit.",
            "{n} effective calls today with this person, all seats together: that is the limit.",
            limit.calls,
        )
    if limit.rule == "calls_in_window":
        return msg(
            "{calls} calls about this debt in {days} consecutive days: one more is presumed to harass.",
            calls=limit.calls,
            days=limit.days,
        )
    return msg("A conversation about this debt in the last {days} days: no call yet.", days=limit.days)
