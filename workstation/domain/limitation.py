"""Limitation: the last day to sue, the days left, and the event the period runs from.

《民法典》188 (three years), 189 (instalments: from the last one), 195 (interruption begins it anew),
201 and 202 (counting).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

Interruption = Literal["demand", "suit", "promise", "payment", "plan"]

# An expired claim is not reopened by a demand or a suit, only by the debtor's renewed undertaking:
# 《最高人民法院关于审理民事案件适用诉讼时效制度若干问题的规定》第十九条.
REOPENING: frozenset[Interruption] = frozenset({"promise", "plan"})


@dataclass(frozen=True, slots=True)
class Interrupting:
    """An event on record that begins the period anew: a demand that reached the debtor, a suit, an acknowledgement
    (promise, partial payment, signed plan). `id` is the event's."""

    on: date
    kind: Interruption
    id: str = ""


@dataclass(frozen=True, slots=True)
class Limitation:
    """The period as it stands: `ends` is its last day; `runs_from` is None when it still runs from the due date."""

    started: date
    ends: date
    days_left: int  # negative once it is over
    runs_from: Interrupting | None

    @property
    def expired(self) -> bool:
        return self.days_left < 0


def limitation_ends(
    due: date,
    events: Iterable[Interrupting],
    on: date,
    *,
    years: int,
    reopening: Collection[Interruption] = REOPENING,
) -> Limitation:
    """Where the period stands on day `on`. `due` is the due date, for instalments that of the last one; `years` is
    the pack's. Events after `on` or before the claim fell due do not count, nor those after its end unless `reopening`
    names their kind. A last day on a holiday is not moved on (《民法典》203 would): the earlier day is the safe one.
    """
    started, runs_from = due, None
    for event in sorted(events, key=lambda item: item.on):
        if not started <= event.on <= on:
            continue
        if event.on > years_later(started, years) and event.kind not in reopening:
            continue
        started, runs_from = event.on, event
    ends = years_later(started, years)
    return Limitation(started, ends, (ends - on).days, runs_from)


def years_later(day: date, years: int) -> date:
    """The same day of the year; 29 February falls on the 28th where the year has none (《民法典》202)."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
