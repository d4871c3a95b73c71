"""What a debtor's own record says about a promise, before it is saved: facts from payments, no forecast."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from workstation.domain.case_values import Judgement
from workstation.domain.message import Message, Money, msg, nmsg

A_YEAR = timedelta(days=365)


def realism(
    record: Judgement, paid: Sequence[tuple[date, int]], amount: int | None, currency: str, today: date
) -> tuple[Message, ...]:
    """One sentence each on the promise it replaces, on those before, and on what was ever paid at once.

    `paid` has a day and an amount for each payment, less what was taken back; `amount` is what would be promised.
    Minor units.
    """
    said = []
    if record.open is not None:
        promise = record.open.promise
        said.append(
            msg(
                "This replaces the open promise of {amount} by {due}.",
                amount=Money(promise.amount, currency),
                due=promise.due,
            )
        )
    over = record.kept + record.broken
    if over:
        said.append(
            nmsg("Kept {kept} of {n} promise so far.", "Kept {kept} of {n} promises so far.", over, kept=record.kept)
        )
    elif record.open is None:
        said.append(msg("The first promise on record."))
    if amount is not None and amount > 0:
        said.append(_beside_payments(paid, amount, currency, today))
    return tuple(said)


def _beside_payments(paid: Sequence[tuple[date, int]], amount: int, currency: str, today: date) -> Message:
    late = [(part, day) for day, part in paid if part > 0 and today - A_YEAR < day <= today]
    if not late:
        return msg("Nothing was paid in the last twelve months.")
    most, day = max(late)
    shown = Money(most, currency)
    if most >= amount:
        return msg("As much was paid at once in the last twelve months: {amount} on {day}.", amount=shown, day=day)
    return msg("Never so much at once in the last twelve months: at most {amount} on {day}.", amount=shown, day=day)
