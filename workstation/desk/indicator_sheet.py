"""The indicators as a workbook: every figure with what was divided by what, and the cases behind the chosen one."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from workstation.desk.excel import Cell, Head, Sheet
from workstation.desk.indicator_words import NAMES
from workstation.desk.indicators import CaseFigure, Scorecard
from workstation.domain.indicators import DEFINITIONS, PER_TIME
from workstation.domain.message import msg
from workstation.domain.money import decimals


def sheets(card: Scorecard, chosen: str, cases: Sequence[CaseFigure], currency: str) -> tuple[Sheet, Sheet]:
    """No debtor's name stands in it: the case's number says which it is. Amounts are whole units."""
    about = [msg("Counted from {first} to {last}.", first=card.period.first, last=card.period.last)]
    if card.as_of is not None:
        about.append(msg("As of {moment}.", moment=card.as_of))
    figures = Sheet(
        msg("Indicators"),
        [
            Head(msg("Indicator"), width=28),
            Head(msg("Value"), "number"),
            Head(msg("Before"), "number"),
            Head(msg("Numerator"), "number"),
            Head(msg("Denominator"), "number"),
            Head(msg("Cases"), "count"),
            Head(msg("Definition"), width=80),
        ],
        [
            (
                NAMES[name],
                _value(figure.definition.unit, figure.value, currency),
                _value(figure.definition.unit, card.before[name].value, currency),
                _part(name, 0, figure.pair.numerator, currency),
                _part(name, 1, figure.pair.denominator, currency),
                figure.count,
                figure.definition.text,
            )
            for name, figure in card.figures.items()
            if name not in PER_TIME
        ],
        about,
    )
    listed = Sheet(
        msg("Cases"),
        [
            Head(msg("Case"), width=18),
            Head(msg("With"), width=16),
            Head(msg("Numerator"), "number"),
            Head(msg("Denominator"), "number"),
        ],
        [
            (
                row.number,
                row.holder,
                _part(chosen, 0, row.pair.numerator, currency),
                _part(chosen, 1, row.pair.denominator, currency),
            )
            for row in cases
        ],
        [NAMES[chosen], *about],
    )
    return figures, listed


def _value(unit: str, value: Decimal | None, currency: str) -> Cell:
    if value is None:
        return None
    return value.scaleb(-decimals(currency)) if unit == "money" else value


def _part(name: str, place: int, part: int, currency: str) -> Cell:
    money = DEFINITIONS[name].money
    amount = money == "both" or (money == "numerator" and place == 0)
    return Decimal(part).scaleb(-decimals(currency)) if amount else part
