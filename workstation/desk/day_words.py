"""How the figures of a day read, on screens and on paper alike."""

from __future__ import annotations

from collections.abc import Mapping

from letters.tables import Column, Table
from workstation.desk.day_close import FIGURES, LENGTHS
from workstation.domain.call_times import as_length
from workstation.domain.message import Label, Money, msg
from workstation.i18n import Translator


def figures(say: Translator, counts: Mapping[str, int], promised: Money | None) -> list[tuple[str, str]]:
    """Each of `FIGURES` by its name and its value; with the promises what they come to, where it is one currency."""
    return [(say.label(Label("day_figure", name)), _value(say, name, counts[name], promised)) for name in FIGURES]


def table(say: Translator, counts: Mapping[str, int], promised: Money | None) -> Table:
    """The same for a paper, in two halves beside each other."""
    cells = figures(say, counts, promised)
    half = (len(cells) + 1) // 2
    right = [*cells[half:], *[("", "")] * (2 * half - len(cells))]
    two = [Column(say.say(msg("What")), "left"), Column(say.say(msg("Count")))]
    return Table([*two, *two], [(*left, *other) for left, other in zip(cells[:half], right, strict=True)])


def _value(say: Translator, name: str, count: int, promised: Money | None) -> str:
    value = as_length(count) if name in LENGTHS else str(count)
    if name == "promises" and promised is not None:
        value += f" · {say.money(promised)}"
    return value
