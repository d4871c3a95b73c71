"""What a stream of payments is worth: effective annual rate (XIRR, actual/365) and present value."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import lru_cache
from math import isfinite

from workstation.domain.money import round_half_up

Flow = tuple[date, int]  # day and minor units
_SIX = Decimal("0.000001")
HIGHEST_RATE = 1e9  # a rate beyond it comes from interest for no more than a day and tells nothing


def effective_annual_rate(debt: int, as_of: date, payments: Sequence[Flow]) -> Decimal | None:
    """The rate at which the payments are worth `debt` on `as_of`, to six decimals; None where there is none."""
    if sum(amount for _, amount in payments) == debt:
        return Decimal(0).quantize(_SIX)  # no interest, whatever the dates
    # Imported here: a plan without interest, the common one, needs no solver.
    from pyxirr import xirr

    # In shares of the debt: the solver's tolerance is absolute and would fail on large amounts.
    rate = xirr([as_of, *(day for day, _ in payments)], [-1.0, *(amount / debt for _, amount in payments)], silent=True)
    if rate is None or not isfinite(rate) or rate > HIGHEST_RATE:
        return None
    return Decimal(rate).quantize(_SIX, rounding=ROUND_HALF_UP)


def present_value(payments: Sequence[Flow], as_of: date, discount_rate: Decimal) -> int:
    """Σ amount ÷ (1 + discount_rate)^(days/365) in minor units, rounded half up once."""
    with localcontext() as context:
        context.prec = 50
        worth = (amount * _discount(discount_rate, (day - as_of).days) for day, amount in payments)
        return round_half_up(sum(worth, Decimal(0)))


@lru_cache(maxsize=8192)  # a desk discounts at one rate, over the days of the next few years
def _discount(rate: Decimal, days: int) -> Decimal:
    """(1 + rate)^(−days/365)"""
    with localcontext() as context:
        context.prec = 50
        return _a_day(rate) ** days


@lru_cache(maxsize=64)
def _a_day(rate: Decimal) -> Decimal:
    with localcontext() as context:
        context.prec = 50
        return (-(1 + rate).ln() / 365).exp()
