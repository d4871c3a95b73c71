"""The indicators as the centre tells them: for scopes beyond what this seat holds, and for large ones at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

from workstation.desk.indicators import CaseFigure, Figure, Scorecard, earlier, periods_before, so_far
from workstation.desk.seat import Seat
from workstation.desk.strategy_editing import TRIAL_DAYS
from workstation.domain.indicator_case import Period
from workstation.domain.indicators import DEFINITIONS, Pair
from workstation.domain.strategy_trial import ArmOutcome

if TYPE_CHECKING:
    from workstation.sync.figures import Link, Told

MOST_CASES = 500
BEYOND = frozenset({"auditor", "admin"})  # see every case: far more than one would count at a seat


class CentralIndicators:
    """`open_line` signs in at the centre. Every question goes there: not for the window thread. Raises link errors."""

    def __init__(self, seat: Seat, open_line: Callable[[], Link]) -> None:
        self._seat, self._open_line = seat, open_line

    @property
    def usual(self) -> bool:
        """Is it asked first? Whoever sees every case is told by the centre."""
        return self._seat.person.role in BEYOND

    def scorecard(self, period: Period, people: Collection[str] | None = None) -> Scorecard:
        from workstation.sync import figures

        period = so_far(period, self._seat.clock.today())
        with closing(self._open_line()) as link:
            now, before = figures.figures(link, period, people), figures.figures(link, earlier(period), people)
        return Scorecard(period, figures_of(now), figures_of(before), now.hours, now.rolls, now.as_of, central=True)

    def trend(
        self, period: Period, count: int, people: Collection[str] | None = None
    ) -> list[tuple[Period, Mapping[str, Figure]]]:
        from workstation.sync import figures

        with closing(self._open_line()) as link:
            return [(one, figures_of(figures.figures(link, one, people))) for one in periods_before(period, count)]

    def trials(self, days: int = TRIAL_DAYS) -> tuple[ArmOutcome, ...]:
        """What came of the splits of treatments, arm by arm, as a lead counts it at their seat."""
        from workstation.sync import figures

        with closing(self._open_line()) as link:
            return figures.trials(link, self._seat.clock.now() - timedelta(days=days))

    def cases(self, name: str, period: Period, people: Collection[str] | None = None) -> list[CaseFigure]:
        """The cases behind an indicator, the largest shares first, `MOST_CASES` at most."""
        from workstation.sync import figures

        with closing(self._open_line()) as link:
            rows = figures.cases(link, name, period, people, MOST_CASES)
        shown = self._seat.masks.name
        return [CaseFigure(row.case_id, row.number, shown(row.name), row.holder, row.pair) for row in rows]


def figures_of(told: Told) -> dict[str, Figure]:
    none = Pair(0, 0)
    return {
        name: Figure(definition, told.pairs.get(name, none), {}, told.cases.get(name, 0))
        for name, definition in DEFINITIONS.items()
    }
