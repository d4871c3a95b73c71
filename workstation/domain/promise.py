"""Promises judged against payments: kept, partly kept or broken, each unit of money counted once.

Domain rules, "Promise": open until due + grace; payments match open promises first in, first out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

PromiseStatus = Literal["open", "kept", "partly_kept", "broken", "cancelled"]


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment of the bank's file, minor units. A negative amount takes back the payment `reverses`."""

    id: str
    value_date: date
    amount: int
    account: str | None = None
    reverses: str | None = None


@dataclass(frozen=True, slots=True)
class Promised:
    """What was promised (or falls due under a plan), minor units. `account` limits which payments count."""

    id: str
    made_on: date
    amount: int
    due: date
    account: str | None = None
    replaced_on: date | None = None  # the day a later promise took its place
    late_counts: bool = False  # of an instalment: what comes after its grace still pays it, before the next one


@dataclass(frozen=True, slots=True)
class Part:
    """What one payment gave for one promise, minor units."""

    payment: str
    value_date: date
    amount: int


@dataclass(frozen=True, slots=True)
class JudgedPromise:
    """A promise as it stands: `paid` is what counted for it, `last_day` when it closes (due + grace)."""

    promise: Promised
    status: PromiseStatus
    paid: int
    last_day: date
    parts: tuple[Part, ...] = ()  # where `paid` came from, oldest first

    @property
    def missing(self) -> int:
        return max(0, self.promise.amount - self.paid)

    @property
    def kept_on(self) -> date | None:
        """The value date of the money that completed it; None unless kept."""
        return self.parts[-1].value_date if self.status == "kept" and self.parts else None


@dataclass(slots=True)
class _Tally:
    promise: Promised
    last_day: date  # last value date that counts
    enough: int  # the amount less tolerance
    paid: int = 0
    parts: list[tuple[_Money, int]] = field(default_factory=list)

    @property
    def kept(self) -> bool:
        return self.paid > 0 and self.paid >= self.enough

    def wants(self, money: _Money) -> bool:
        return (
            not self.kept
            and self.promise.made_on <= money.value_date
            and (self.promise.late_counts or money.value_date <= self.last_day)
            and self.promise.account in {None, money.account}
        )

    def give_back(self) -> None:
        for money, part in self.parts:
            money.left += part
        self.parts.clear()
        self.paid = 0


@dataclass(slots=True)
class _Money:
    id: str
    value_date: date
    account: str | None
    left: int


def judge(
    promises: Iterable[Promised], payments: Iterable[Payment], today: date, *, grace_days: int, tolerance: int
) -> tuple[JudgedPromise, ...]:
    """Judge every promise as known on `today`, in the order made; `grace_days` and `tolerance` (minor) are the pack's.

    A promise replaced while still open counts as cancelled and takes no money: it goes to the next open one.
    """
    grace = timedelta(days=grace_days)
    ordered = sorted(promises, key=lambda promise: (promise.made_on, promise.due, promise.id))
    pots = _net(payments, today)
    tallies = []
    for promise in ordered:
        last_day = promise.due + grace
        if promise.replaced_on is not None:
            last_day = min(last_day, promise.replaced_on - timedelta(days=1))  # that day's money is the new one's
        tally = _Tally(promise, last_day, max(1, promise.amount - tolerance))
        _fill(tally, pots)
        if not tally.kept and _cut_short(promise, grace):
            tally.give_back()
        tallies.append(tally)
    return tuple(_verdict(tally, today, grace) for tally in tallies)


def _fill(tally: _Tally, pots: Sequence[_Money]) -> None:
    for money in pots:
        if money.left and tally.wants(money):
            part = min(money.left, tally.promise.amount - tally.paid)
            money.left -= part
            tally.paid += part
            tally.parts.append((money, part))


def _cut_short(promise: Promised, grace: timedelta) -> bool:
    return promise.replaced_on is not None and promise.replaced_on <= promise.due + grace


def _verdict(tally: _Tally, today: date, grace: timedelta) -> JudgedPromise:
    promise = tally.promise
    closes = promise.due + grace
    status: PromiseStatus
    if tally.kept:
        status = "kept"
    elif _cut_short(promise, grace):
        status = "cancelled"
    elif today <= closes:
        status = "open"
    else:
        status = "partly_kept" if tally.paid else "broken"
    parts = tuple(Part(money.id, money.value_date, amount) for money, amount in tally.parts)
    return JudgedPromise(promise, status, tally.paid, closes, parts)


def _net(payments: Iterable[Payment], today: date) -> list[_Money]:
    """Payments valued up to `today`, oldest first, each less what was taken back from it."""
    known = sorted((row for row in payments if row.value_date <= today), key=lambda row: (row.value_date, row.id))
    pots = [_Money(row.id, row.value_date, row.account, row.amount) for row in known if row.amount > 0]
    by_id = {money.id: money for money in pots}
    for row in known:
        if row.amount >= 0:
            continue
        named = by_id.get(row.reverses or "")
        if named is not None:
            named.left = max(0, named.left + row.amount)
        else:
            _take_back(row, pots)
    return pots


def _take_back(row: Payment, pots: Sequence[_Money]) -> None:
    """A reversal that names no payment known here: the newest payments of its account lose the money first."""
    rest = -row.amount
    for money in reversed(pots):
        if money.value_date <= row.value_date and row.account in {None, money.account}:
            part = min(money.left, rest)
            money.left -= part
            rest -= part
