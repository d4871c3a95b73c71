"""Which of two values of a rule is the stricter one: what a house rule may move, and which way."""

from __future__ import annotations

from datetime import time
from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from workstation.domain.rule_forms import Effect, QuietHours, ThirdPerson, Window

Number = TypeVar("Number", int, Decimal)

_DAY = 24 * 60  # minutes


def at_most(new: Number, old: Number) -> bool:
    return new <= old


def at_least(new: Number, old: Number) -> bool:
    return new >= old


def no_milder(new: Effect, old: Effect) -> bool:
    """A warning may become a block, never the other way round."""
    return new == "block" or old == "warn"


def not_newly_true(new: bool, old: bool) -> bool:
    """A permission may be taken back, not given."""
    return old or not new


def nothing_added(new: tuple[str, ...], old: tuple[str, ...]) -> bool:
    """For a list of what is allowed."""
    return set(new) <= set(old)


def nothing_dropped(new: tuple[str, ...], old: tuple[str, ...]) -> bool:
    """For a list of what is required."""
    return set(new) >= set(old)


def more_zones(new: tuple[str, ...], old: tuple[str, ...]) -> bool:
    """All candidate zones must allow a contact; the first also counts the days without an answer, and stays."""
    return new[0] == old[0] and nothing_dropped(new, old)


def longer_quiet(new: QuietHours, old: QuietHours) -> bool:
    return (
        _covers((new.start, new.end), (old.start, old.end))
        and nothing_dropped(new.channels, old.channels)
        and nothing_dropped(new.service_channels, old.service_channels)
        and not_newly_true(new.consent, old.consent)
    )


def _covers(outer: tuple[time, time], inner: tuple[time, time]) -> bool:
    """Does the outer span of the day hold the whole inner one? Both may run over midnight."""
    (start, end), (inner_start, inner_end) = ((_minute(first), _minute(last)) for first, last in (outer, inner))
    late, length, inner_length = (inner_start - start) % _DAY, (end - start) % _DAY, (inner_end - inner_start) % _DAY
    return late + inner_length <= length


def _minute(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def fewer_calls(new: Window, old: Window) -> bool:
    """For a limit: fewer calls, or in more days. One a day does not tighten seven in a week: consent adds to each."""
    return new.calls <= old.calls and new.days >= old.days


def longer_silence(new: Window, old: Window) -> bool:
    """For being out of contact: more unanswered calls and more days before others may be asked."""
    return new.calls >= old.calls and new.days >= old.days


def fewer_third_persons(new: ThirdPerson, old: ThirdPerson) -> bool:
    return nothing_added(new.purposes, old.purposes) and (new.out_of_contact or not old.out_of_contact)
