"""Figures of a measuring run: kept as JSON, printed as a table with the aim beside each."""

from __future__ import annotations

import json
import platform
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Figure:
    """`measured` and `reference` in `unit`; the aim binds `ratio` when there is a reference, else `p95`."""

    name: str
    unit: str
    measured: float
    reference: float | None = None
    ratio: float | None = None
    aim: float | None = None
    p95: float | None = None
    runs: int = 1
    note: str = ""

    @property
    def bound(self) -> float | None:
        """The value the aim is about."""
        if self.aim is None:
            return None
        return self.ratio if self.ratio is not None else self.p95

    @property
    def verdict(self) -> str:
        if self.aim is None or self.bound is None:
            return ""
        return "met" if self.bound <= self.aim else "MISSED"


@dataclass
class Board:
    """Collects the figures of one run."""

    sizes: str
    figures: list[Figure] = field(default_factory=list)
    lists: dict[str, list[str]] = field(default_factory=dict)

    def ratio(
        self,
        name: str,
        measured: Sequence[float],
        reference: Sequence[float],
        *,
        aim: float | None = None,
        unit: str = "s",
        note: str = "",
    ) -> Figure:
        """Median over median: both measured in turn in this run, so that a busy machine slows both."""
        mine, theirs = statistics.median(measured), statistics.median(reference)
        return self._keep(Figure(name, unit, mine, theirs, mine / theirs, aim, None, len(measured), note))

    def spread(self, name: str, seconds: Sequence[float], *, aim_ms: float | None = None, note: str = "") -> Figure:
        """Median and 95th percentile in milliseconds."""
        millis = sorted(value * 1000 for value in seconds)
        p95 = millis[min(len(millis) - 1, round(0.95 * len(millis)))]
        return self._keep(
            Figure(name, "ms", statistics.median(millis), aim=aim_ms, p95=p95, runs=len(millis), note=note)
        )

    def _keep(self, figure: Figure) -> Figure:
        self.figures.append(figure)
        print(f"\n  {_line(figure)}")
        return figure

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        whole = {
            "machine": {"system": platform.platform(), "python": platform.python_version(), "sizes": self.sizes},
            "figures": [{**asdict(figure), "verdict": figure.verdict} for figure in self.figures],
            "lists": self.lists,
        }
        partial = path.with_name(path.name + ".part")
        partial.write_text(json.dumps(whole, ensure_ascii=False, indent=2) + "\n", "utf-8")
        partial.replace(path)

    def table(self) -> str:
        heading = f"{'figure':<58} {'measured':>12} {'reference':>12} {'ratio':>7} {'p95':>9} {'aim':>7}"
        return "\n".join([heading, "-" * len(heading), *map(_line, self.figures)])


def _line(figure: Figure) -> str:
    def number(value: float | None, unit: str = "") -> str:
        return "" if value is None else f"{value:.3g}{unit}" if value < 100 else f"{value:.0f}{unit}"

    unit = " " + figure.unit
    return (
        f"{figure.name:<58} {number(figure.measured, unit):>12} {number(figure.reference, unit):>12} "
        f"{number(figure.ratio, '×'):>7} {number(figure.p95, unit):>9} {number(figure.aim):>7}  {figure.verdict}"
    ).rstrip()
