"""What is legal in a strategy and yet hardly meant: rules that no case reaches, and stages that the last rule catches.

A rule is a box in the space of all facts. What earlier rules leave of it is found by taking their boxes off, exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Literal, NamedTuple

from workstation.domain.message import Label, Message, msg
from workstation.domain.stage import stage_of
from workstation.domain.strategy import (
    AMOUNTS,
    CHOICES,
    FLAGS,
    Amount,
    Condition,
    Flagged,
    OneOf,
    Strategy,
    StrategyRule,
    Within,
)
from workstation.domain.vocabulary import STAGES

Value = Decimal | int | str | bool | None
Box = tuple[int, ...]  # for each axis the points inside, as bits

MOST_PIECES = 100_000  # of all boxes together; beyond it nothing more is said, rather than making the reader wait
_CENT = Decimal("0.01")
_NEVER_KNOWN: frozenset[Amount] = frozenset({"days_since_reached", "limitation_left"})


@dataclass(frozen=True, slots=True)
class Warned:
    kind: Literal["unreachable", "gap"]
    rule: str
    line: int
    message: Message


class _Axis(NamedTuple):
    """One independent fact: a point for every stretch of values that no rule tells apart, and who asks about it."""

    points: Sequence[Value]
    admits: Callable[[Condition, Value], bool | None]  # None: the condition is not about this fact

    def bits(self, conditions: Iterable[Condition]) -> int:
        asked = tuple(conditions)
        return sum(
            1 << place
            for place, point in enumerate(self.points)
            if not any(self.admits(condition, point) is False for condition in asked)
        )


def warnings(strategy: Strategy) -> tuple[Warned, ...]:
    """In the order of the rules; the last rule may be left without cases, it is there for safety."""
    axes = _axes(strategy)
    boxes = [tuple(axis.bits(rule.conditions) for axis in axes) for rule in strategy.rules]
    found: list[Warned] = []
    with suppress(_TooManyPieces):  # what was found by then is true
        cutting = _Cutting()
        for place, rule in enumerate(strategy.rules[:-1]):
            if not cutting.left(boxes[place], boxes[:place]):
                found.append(_unreachable(rule, boxes[place], strategy.rules[:place], boxes))
        found += _gaps(strategy, axes, boxes, cutting)
    return tuple(found)


def _unreachable(rule: StrategyRule, box: Box, earlier: Sequence[StrategyRule], boxes: Sequence[Box]) -> Warned:
    if not all(box):
        text = msg("No case reaches rule {rule}: its conditions contradict each other.", rule=rule.id)
    else:
        taking = [known.id for known, taken in zip(earlier, boxes, strict=False) if all(map(int.__and__, box, taken))]
        whole = [known.id for known, taken in zip(earlier, boxes, strict=False) if _inside(box, taken)]
        names = ", ".join(whole[:1] or taking)
        text = msg(
            "No case reaches rule {rule}: {earlier} takes them all before; move it up or take it out.",
            rule=rule.id,
            earlier=names,
        )
    return Warned("unreachable", rule.id, rule.line, text)


def _gaps(strategy: Strategy, axes: Sequence[_Axis], boxes: Sequence[Box], cutting: _Cutting) -> Iterable[Warned]:
    """The stages of which something is left to the last rule."""
    last = strategy.rules[-1]
    for stage in STAGES:
        in_stage = OneOf("stage", frozenset({stage}))
        if cutting.left(tuple(axis.bits((in_stage,)) for axis in axes), boxes[:-1]):
            text = msg(
                "Stage {stage} has cases that only the last rule, {rule}, catches.",
                stage=Label("stage", stage),
                rule=last.id,
            )
            yield Warned("gap", last.id, last.line, text)


# ---- boxes ----


class _TooManyPieces(Exception):
    """What is left of the boxes falls into more pieces than anybody wants to wait for."""


class _Cutting:
    """Takes boxes off boxes, and counts the pieces."""

    def __init__(self) -> None:
        self._pieces = 0

    def left(self, box: Box, taken: Iterable[Box]) -> list[Box]:
        """What is left of the box without the taken ones."""
        pieces = [box] if all(box) else []
        for other in taken:
            pieces = [piece for whole in pieces for piece in _without(whole, other)]
            self._pieces += len(pieces)
            if self._pieces > MOST_PIECES:
                raise _TooManyPieces
        return pieces


def _without(box: Box, other: Box) -> list[Box]:
    if not all(map(int.__and__, box, other)):
        return [box]
    pieces, rest = [], list(box)
    for axis, taken in enumerate(other):
        outside = rest[axis] & ~taken
        if outside:
            pieces.append((*rest[:axis], outside, *rest[axis + 1 :]))
        rest[axis] &= taken
    return pieces


def _inside(box: Box, other: Box) -> bool:
    return not any(mine & ~theirs for mine, theirs in zip(box, other, strict=True))


# ---- axes ----


def _axes(strategy: Strategy) -> list[_Axis]:
    """The stage is no axis of its own: it follows from the days past due."""
    conditions = [condition for rule in strategy.rules for condition in rule.conditions]
    return [
        *(_Axis(_figures(name, conditions), partial(_admits_figure, name)) for name in AMOUNTS),
        *(_Axis(CHOICES[name], partial(_admits_choice, name)) for name in CHOICES if name != "stage"),
        *(_Axis((False, True), partial(_admits_flag, flag)) for flag in FLAGS),
    ]


def _figures(name: Amount, conditions: Iterable[Condition]) -> list[Value]:
    """Where a stretch begins: at the least possible figure, at every `from`, and after every `to`."""
    step = _CENT if name == "balance" else 1
    begins: set[Decimal | int] = {-36_501 if name == "limitation_left" else 0}
    if name == "days_past_due":
        begins |= {1 + 30 * month for month in range(len(STAGES) - 1)}
    for condition in conditions:
        if isinstance(condition, Within) and condition.fact == name:
            begins |= {condition.least} if condition.least is not None else set()
            begins |= {condition.most + step} if condition.most is not None else set()
    return [*sorted(begins), *([None] if name in _NEVER_KNOWN else [])]


def _admits_figure(name: Amount, condition: Condition, figure: Value) -> bool | None:
    if isinstance(condition, OneOf) and condition.fact == "stage" and name == "days_past_due":
        return isinstance(figure, int) and stage_of(figure) in condition.values
    if isinstance(condition, Within) and condition.fact == name and not isinstance(figure, str):
        return condition.admits(figure)
    return None


def _admits_choice(name: str, condition: Condition, value: Value) -> bool | None:
    return value in condition.values if isinstance(condition, OneOf) and condition.fact == name else None


def _admits_flag(flag: str, condition: Condition, value: Value) -> bool | None:
    return value == condition.wanted if isinstance(condition, Flagged) and condition.flag == flag else None
