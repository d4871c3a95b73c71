"""One sentence that tells a plan to the debtor, to be read aloud, from the figures of the schedule itself."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from workstation.domain.message import Message, Money, msg, nmsg
from workstation.domain.plan_values import Instalment, PlanResult

MOST_STEPS = 3  # amounts told one by one; more of them nobody keeps in mind on the telephone


def aloud(result: PlanResult) -> Message:
    """What is paid, how often, from when until when, and what is given up in return, as it would be said."""
    told = _instalments(result)
    if result.down_payment is not None:
        told = msg(
            "You would first pay {amount} on {due}. {then}",
            amount=_money(result, result.down_payment.amount),
            due=result.down_payment.on,
            then=told,
        )
    if not result.waived.total:
        return told
    return msg(
        "{plan} Once all of it is paid, {waived} of the debt is given up.",
        plan=told,
        waived=_money(result, result.waived.total),
    )


def _instalments(result: PlanResult) -> Message:
    rows = result.schedule
    if len(rows) == 1:
        return msg("You would pay {amount} once, on {due}.", amount=_money(result, rows[0].amount), due=rows[0].due)
    if result.request.method == "equal_principal":
        return _falling(result)
    groups = [list(group) for _, group in groupby(rows, key=lambda row: row.amount)]
    if len(groups) == 1:
        return msg(
            "You would pay {amount} {n} times, first on {due}, and be done on {payoff}.",
            amount=_money(result, rows[0].amount),
            n=len(rows),
            due=rows[0].due,
            payoff=result.payoff,
        )
    if len(groups) == 2 and len(groups[1]) == 1:
        return _last_differs(result)
    if len(groups) <= MOST_STEPS:
        return _step_by_step(result, groups)
    return msg(
        "You would pay {n} times: {amount} first, on {due}, then as in the schedule, {last} last, on {payoff}; "
        "{total} in all.",
        n=len(rows),
        amount=_money(result, rows[0].amount),
        due=rows[0].due,
        last=_money(result, rows[-1].amount),
        payoff=result.payoff,
        total=_money(result, sum(row.amount for row in rows)),
    )


def _last_differs(result: PlanResult) -> Message:
    rows = result.schedule
    if result.request.method == "balloon":
        return msg(
            "You would pay {amount} {n} times, first on {due}, then the rest of {last} at once on {payoff}.",
            amount=_money(result, rows[0].amount),
            n=len(rows) - 1,
            due=rows[0].due,
            last=_money(result, rows[-1].amount),
            payoff=result.payoff,
        )
    return msg(
        "You would pay {amount} {n} times, first on {due}, the last one {last} on {payoff}.",
        amount=_money(result, rows[0].amount),
        n=len(rows),
        due=rows[0].due,
        last=_money(result, rows[-1].amount),
        payoff=result.payoff,
    )


def _falling(result: PlanResult) -> Message:
    rows = result.schedule
    if rows[0].amount == rows[1].amount:  # without interest every share is the same
        return _last_differs(result)
    return msg(
        "You would pay {n} times: {amount} first, on {due}, a little less each time, and {last} last, on {payoff}.",
        n=len(rows),
        amount=_money(result, rows[0].amount),
        due=rows[0].due,
        last=_money(result, rows[-1].amount),
        payoff=result.payoff,
    )


def _step_by_step(result: PlanResult, groups: Sequence[Sequence[Instalment]]) -> Message:
    """Two or three amounts, one after the other."""
    steps = [
        nmsg(
            "{amount} on {due}",
            "{amount} {n} times from {due}",
            len(group),
            amount=_money(result, group[0].amount),
            due=group[0].due,
        )
        for group in groups
    ]
    if len(steps) == 2:
        return msg(
            "You would pay {one}, then {two}, and be done on {payoff}.",
            one=steps[0],
            two=steps[1],
            payoff=result.payoff,
        )
    return msg(
        "You would pay {one}, then {two}, at last {three}, and be done on {payoff}.",
        one=steps[0],
        two=steps[1],
        three=steps[2],
        payoff=result.payoff,
    )


def _money(result: PlanResult, minor: int) -> Money:
    return Money(minor, result.request.currency)
