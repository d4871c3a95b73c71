"""The methods of a plan as amounts: how a base is paid in a number of parts, or in parts of an amount.

Domain rules, "Plan", Arithmetic. Everything is whole minor units and exact fractions; dates do not matter here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Literal, NamedTuple

from workstation.domain.money import round_half_up
from workstation.domain.plan_values import Step

Problem = Literal["interest", "early", "long", "balloon", "balloon_gap", "mismatch"]


class CannotPay(Exception):  # says what happened; never leaves the plan modules
    """The parts do not pay the base: at part `k`, which would have to be `due`, for `problem`. When they are too few
    (`long`), `due` is what is still owed after the `k` of them."""

    def __init__(self, problem: Problem, k: int, due: int = 0) -> None:
        super().__init__(problem)
        self.problem = problem
        self.k = k
        self.due = due


class Part(NamedTuple):
    """One instalment: its amount, the plan interest in it, and the base left after it."""

    amount: int
    plan_interest: int
    left: int


@dataclass(frozen=True, slots=True)
class PeriodRate:
    """Interest of one period as an exact fraction: annual rate / periods."""

    numerator: int
    denominator: int

    @classmethod
    def of(cls, annual_rate: Decimal, periods: int) -> PeriodRate:
        rate = Fraction(annual_rate) / periods
        return cls(rate.numerator, rate.denominator)

    def on(self, base: int) -> int:
        """round(base × rate), half up."""
        return _rounded(max(base, 0) * self.numerator, self.denominator)

    def base_for(self, amount: int) -> int:
        """The largest base that `amount` pays off after one period, interest included."""
        base = amount * self.denominator // (self.denominator + self.numerator)
        while base + self.on(base) > amount:
            base -= 1
        while base + 1 + self.on(base + 1) <= amount:
            base += 1
        return base


Amounts = Callable[[int, int], int]  # (number from 1, its plan interest) → amount wanted


def in_parts(base: int, rate: PeriodRate, count: int, wanted: Amounts) -> list[Part]:
    """`count` parts, the last takes what is left."""
    parts: list[Part] = []
    left = base
    for _ in range(1, count):
        left = _pay(parts, left, rate.on(left), wanted)
    interest = rate.on(left)
    parts.append(Part(left + interest, interest, 0))
    return parts


def until_paid(base: int, rate: PeriodRate, most: int, wanted: Amounts, cap: Callable[[list[Part]], int]) -> list[Part]:
    """The smallest number of parts, at most `most`, whose last one is not larger than `cap` of those before it."""
    parts: list[Part] = []
    left = base
    while len(parts) < most:
        interest = rate.on(left)
        if left + interest <= cap(parts):
            parts.append(Part(left + interest, interest, 0))
            return parts
        left = _pay(parts, left, interest, wanted)
    raise CannotPay("long", most, left)


def _pay(parts: list[Part], left: int, interest: int, wanted: Amounts) -> int:
    k = len(parts) + 1
    amount = wanted(k, interest)
    if amount < max(1, interest):
        raise CannotPay("interest", k, interest)
    left = left + interest - amount
    if left < 1:
        raise CannotPay("early", k)
    parts.append(Part(amount, interest, left))
    return left


def annuity(base: int, rate: PeriodRate, count: int, last: int = 0) -> int:
    """Equal amount that pays `base` in `count` periods; with `last`, in `count` − 1, and `last` in the final one."""
    regular = count - 1 if last else count
    if not rate.numerator:
        return _rounded(base - last, regular)
    with localcontext() as context:
        context.prec = 60
        i = Decimal(rate.numerator) / rate.denominator
        discount = (1 + i) ** -count
        present = base - last * discount
        return round_half_up(present * i / (1 - (1 + i) ** -regular))


def equal_instalment(base: int, rate: PeriodRate, count: int) -> list[Part]:
    amount = annuity(base, rate, count)
    return in_parts(base, rate, count, lambda _k, _interest: amount)


def equal_instalment_of(base: int, rate: PeriodRate, amount: int, most: int) -> list[Part]:
    return until_paid(base, rate, most, lambda _k, _interest: amount, lambda _parts: amount)


def equal_principal(base: int, rate: PeriodRate, count: int) -> list[Part]:
    share = _rounded(base, count)
    return in_parts(base, rate, count, lambda _k, interest: share + interest)


def equal_principal_of(base: int, rate: PeriodRate, amount: int, most: int) -> list[Part]:
    """`amount` is the first, largest instalment."""
    interest = rate.on(base)
    share = amount - interest
    if share < 1:
        raise CannotPay("interest", 1, interest)
    return until_paid(
        base, rate, most, lambda _k, due: share + due, lambda parts: parts[-1].amount if parts else amount
    )


def stepped(base: int, rate: PeriodRate, count: int, step: Step) -> list[Part]:
    """The first amount is the smallest for which the last one is not larger than its step."""
    steps = _steps(step, count)

    def fits(first: int) -> bool:
        left = base
        for k in range(1, count):
            left += rate.on(left) - steps(first, k)
        return left + rate.on(left) <= steps(first, count)

    highest = base + rate.on(base) + abs(step.amount or 0) * count
    first = smallest(1, highest, fits, near=_unrounded_first(base, rate, count, step))
    return in_parts(base, rate, count, lambda k, _interest: steps(first, k))


def _unrounded_first(base: int, rate: PeriodRate, count: int, step: Step) -> int:
    """The first amount of a stepped plan as if nothing were rounded: a few cents from the true one."""
    growth = 1 + rate.numerator / rate.denominator
    left, weight = float(base), 0.0  # what is left after k parts is left − weight × first amount
    for k in range(count):
        power = k // step.every
        factor = 1.0 if step.percent is None else (1 + float(step.percent) / 100) ** power
        left, weight = left * growth - (step.amount or 0) * power, weight * growth + factor
    return int(left / weight)


def stepped_of(base: int, rate: PeriodRate, first: int, most: int, step: Step) -> list[Part]:
    steps = _steps(step, most)
    return until_paid(
        base, rate, most, lambda k, _interest: steps(first, k), lambda parts: steps(first, len(parts) + 1)
    )


def balloon(base: int, rate: PeriodRate, count: int, last: int) -> list[Part]:
    """The last one is exactly `last`, the others an annuity for the rest; the one before the last takes the cents."""
    left_to = _base_of_balloon(rate, last)
    if left_to >= base:
        raise CannotPay("balloon", count)
    amount = annuity(base, rate, count, last)
    parts: list[Part] = []
    left = base
    for _ in range(count - 2):
        left = _pay(parts, left, rate.on(left), lambda _k, _interest: amount)
    return _closed(parts, left, rate, left_to, last)


def balloon_of(base: int, rate: PeriodRate, amount: int, most: int, last: int) -> list[Part]:
    left_to = _base_of_balloon(rate, last)
    if left_to >= base:
        raise CannotPay("balloon", most)
    parts: list[Part] = []
    left = base
    while len(parts) < most - 1:
        interest = rate.on(left)
        if left + interest - left_to <= amount:
            return _closed(parts, left, rate, left_to, last)
        left = _pay(parts, left, interest, lambda _k, _interest: amount)
    raise CannotPay("long", most, left + rate.on(left) - last)


def _closed(parts: list[Part], left: int, rate: PeriodRate, left_to: int, last: int) -> list[Part]:
    """The one before the last brings the base to `left_to`, so that the balloon comes out to the cent."""
    interest = rate.on(left)
    amount = left + interest - left_to
    if amount < max(1, interest):
        raise CannotPay("balloon", len(parts) + 1, interest)
    return [*parts, Part(amount, interest, left_to), Part(last, last - left_to, 0)]


def _base_of_balloon(rate: PeriodRate, last: int) -> int:
    base = rate.base_for(last)
    # Interest is rounded, so that about one amount in 1/rate is never base + interest.
    if base + rate.on(base) != last:
        raise CannotPay("balloon_gap", 0, base + rate.on(base))
    return base


def custom(base: int, rate: PeriodRate, amounts: Iterable[int]) -> list[Part]:
    """The amounts as agreed; together they pay the base and its interest exactly."""
    wanted = list(amounts)
    parts: list[Part] = []
    left = base
    for k, amount in enumerate(wanted, 1):
        interest = rate.on(left)
        last = k == len(wanted)
        if (last and amount != left + interest) or (not last and amount >= left + interest):
            raise CannotPay("mismatch", k, left + interest)
        if amount < interest:
            raise CannotPay("interest", k, interest)
        left = left + interest - amount
        parts.append(Part(amount, interest, left))
    return parts


def smallest(low: int, high: int, fits: Callable[[int], bool], *, near: int | None = None) -> int:
    """The smallest value in `low..high` that fits, given that everything above one that fits does, and `high` does.
    It is looked for `near` a value first, in strides that double."""
    if near is not None:
        stride, at = 1, min(max(near, low), high)
        if fits(at):
            high = at
            while high > low and fits(max(low, high - stride)):
                high = max(low, high - stride)
                stride *= 2
            low = max(low, high - stride + 1)
        else:
            low = at + 1
            while low < high and not fits(min(low + stride, high)):
                low = min(low + stride, high) + 1
                stride *= 2
            high = min(low + stride, high)
    while low < high:
        middle = (low + high) // 2
        if fits(middle):
            high = middle
        else:
            low = middle + 1
    return low


def _steps(step: Step, count: int) -> Callable[[int, int], int]:
    """(first amount, number) → the amount of that number."""
    every = step.every
    if step.amount is not None:
        added = step.amount
        return lambda first, k: first + added * ((k - 1) // every)
    growth = 1 + Fraction(step.percent or 0) / 100
    factors = [growth**power for power in range((count - 1) // every + 1)]

    def grown(first: int, k: int) -> int:
        factor = factors[(k - 1) // every]
        return _rounded(first * factor.numerator, factor.denominator)

    return grown


def _rounded(numerator: int, denominator: int) -> int:
    """numerator / denominator to the nearest whole number, halves up; neither is negative."""
    return (2 * numerator + denominator) // (2 * denominator)
