"""The terms of a plan and the parts they give, whatever the method."""

from __future__ import annotations

from dataclasses import dataclass

from workstation.domain.plan_methods import (
    CannotPay,
    Part,
    PeriodRate,
    balloon,
    balloon_of,
    custom,
    equal_instalment,
    equal_instalment_of,
    equal_principal,
    equal_principal_of,
    stepped,
    stepped_of,
)
from workstation.domain.plan_values import Method, Step


@dataclass(frozen=True, slots=True)
class Terms:
    """What the parts of a plan depend on, minor units: `count` or `amount` is given, or `custom`. `most` is the
    longest number of parts and `limit` the source of that."""

    method: Method
    currency: str
    base: int
    rate: PeriodRate
    most: int
    limit: str
    count: int | None = None
    amount: int | None = None
    step: Step | None = None
    balloon: int | None = None
    custom: tuple[int, ...] = ()


def parts_of(terms: Terms) -> list[Part]:
    """The parts; `CannotPay` says at which one they fail."""
    base, rate = terms.base, terms.rate
    if terms.method == "custom":
        return custom(base, rate, terms.custom)
    if terms.count is not None:
        if terms.count > terms.most:
            raise CannotPay("long", terms.most)
        return _by_count(terms, terms.count)
    return _by_amount(terms, terms.amount or 0)


def _by_count(terms: Terms, count: int) -> list[Part]:
    base, rate = terms.base, terms.rate
    if terms.method == "equal_principal":
        return equal_principal(base, rate, count)
    if terms.step is not None:
        return stepped(base, rate, count, terms.step)
    if terms.balloon is not None:
        return balloon(base, rate, count, terms.balloon)
    return equal_instalment(base, rate, count)  # without interest: total / n


def _by_amount(terms: Terms, amount: int) -> list[Part]:
    base, rate, most = terms.base, terms.rate, terms.most
    if terms.method == "equal_principal":
        return equal_principal_of(base, rate, amount, most)
    if terms.step is not None:
        return stepped_of(base, rate, amount, most, terms.step)
    if terms.balloon is not None:
        return balloon_of(base, rate, amount, most, terms.balloon)
    return equal_instalment_of(base, rate, amount, most)
