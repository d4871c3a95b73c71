"""A balance carried from the bank's snapshot to another day: interest runs, penalty and fees bear none.

Domain rules, "Balance"; that charges bear no interest is 银发〔2016〕111号.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal, localcontext

from workstation.domain.due_dates import same_day_later
from workstation.domain.errors import InputError
from workstation.domain.message import msg
from workstation.domain.money import MAX_MINOR, Balance, round_half_up

DAILY_RATE = Decimal("0.0005")  # 万分之五, unless the book says otherwise


def project(
    balance: Balance,
    as_of: date,
    to: date,
    *,
    daily_rate: Decimal = DAILY_RATE,
    statement_day: int | None = None,
) -> Balance:
    """The balance on `to`: interest += principal × daily_rate × actual days, rounded half up once over the period.

    With `statement_day` (1–31) unpaid interest bears interest itself from each statement day on, as the book may set.
    `InputError` when `to` lies before the snapshot's day, the rate or statement day is impossible, or the interest
    grows beyond all amounts.
    """
    if to < as_of:
        raise InputError(
            msg("The balance is known from {as_of} on; it cannot be carried back to {day}.", as_of=as_of, day=to),
            field="to",
        )
    if not 0 <= daily_rate <= 1:
        raise InputError(msg("A daily rate lies between 0 and 1."), field="daily_rate")
    if statement_day is not None and not 1 <= statement_day <= 31:
        raise InputError(msg("A statement day lies between 1 and 31."), field="statement_day")
    with localcontext() as context:
        context.prec = 60  # the largest balance over decades stays exact to far below a minor unit
        grown = _compound(balance, as_of, to, daily_rate, statement_day)
        if balance.total + grown > MAX_MINOR:
            raise InputError(msg("The amount is larger than this program accepts."), field="daily_rate")
        return replace(balance, interest=balance.interest + round_half_up(grown))


def _compound(balance: Balance, as_of: date, to: date, rate: Decimal, statement_day: int | None) -> Decimal:
    bearing, grown, start = Decimal(balance.principal), Decimal(0), as_of
    if statement_day is not None:
        for statement in _statement_days(as_of, to, statement_day):
            grown += bearing * rate * (statement - start).days
            bearing, start = balance.principal + balance.interest + grown, statement
    return grown + bearing * rate * (to - start).days


def _statement_days(after: date, until: date, day: int) -> list[date]:
    """Each month's statement day in `(after, until]`, the last day of months that are too short."""
    first = after.replace(day=1)
    found: list[date] = []
    for months in range((until.year - first.year) * 12 + until.month - first.month + 1):
        statement = same_day_later(first, months, day)
        if after + timedelta(days=1) <= statement <= until:
            found.append(statement)
    return found
