"""What has to be given so that one unknown of a plan can be solved, and how many instalments a last date leaves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from workstation.domain.allocation import spread
from workstation.domain.due_dates import moved, nominal_due
from workstation.domain.errors import InputError
from workstation.domain.message import Message, msg, nmsg
from workstation.domain.money import COMPONENTS, Balance
from workstation.domain.plan_check import WITHOUT_RATE, check
from workstation.domain.plan_owing import WAIVED_FIRST, first_date
from workstation.domain.plan_values import NoSolution, PlanRequest, Unknown

# Solved from the amount and the number (or the last date); the others from one of these.
FROM_BOTH = frozenset({"annual_rate", "waive", "down_payment"})


def check_givens(request: PlanRequest, unknown: Unknown, last_due: date | None, waive_limit: Balance | None) -> None:
    """`InputError` when what is asked is given already, when something is missing, or when the method has no such
    thing; and everything that `plan_check` refuses."""
    _method_has(request, unknown)
    _left_out(request, unknown, last_due)
    _enough_given(request, unknown, last_due)
    if waive_limit is not None:
        _refuse(unknown != "waive", msg("A limit of the waiver belongs to asking for the waiver."), "waive_limit")
        for name in COMPONENTS:
            _refuse(waive_limit.part(name) < 0, msg("A waiver cannot be negative."), f"waive_limit.{name}")
    _check_rest(request, unknown)


def instalments_until(request: PlanRequest, last_due: date, most: int) -> int:
    """How many instalments fall due by `last_due`. `NoSolution` when none does, or more than `most`."""
    count = 0
    while due_of(request, count + 1) <= last_due:
        count += 1
        if count > most:
            longest = due_of(request, most)
            raise NoSolution(
                nmsg(
                    "Only {n} instalment is allowed; it falls due on {day}.",
                    "Only {n} instalments are allowed; the last of them falls due on {day}.",
                    most,
                    day=longest,
                ),
                field="last_due",
                nearest={"last_due": longest.isoformat()},
            )
    fewest = 2 if request.method == "balloon" else 1
    if count < fewest:
        earliest = due_of(request, fewest)
        raise NoSolution(
            msg("No plan by this method ends by {last}: the earliest is {day}.", last=last_due, day=earliest),
            field="last_due",
            nearest={"last_due": earliest.isoformat()},
        )
    return count


def due_of(request: PlanRequest, n: int) -> date:
    """The day instalment `n` falls due."""
    nominal = nominal_due(first_date(request), n - 1, request.frequency)
    return moved(nominal, request.business_days, request.jurisdiction).due


def _refuse(condition: bool, message: Message, field: str) -> None:
    if condition:
        raise InputError(message, field=field)


def _method_has(request: PlanRequest, unknown: Unknown) -> None:
    _refuse(
        request.method == "custom",
        msg("A custom plan's dates and amounts say everything; choose another method to have something solved."),
        "solve",
    )
    _refuse(
        unknown == "first_amount" and request.method != "stepped",
        msg("Only a stepped plan has a first amount; ask for the amount of an instalment."),
        "solve",
    )
    _refuse(
        unknown == "annual_rate" and request.method in WITHOUT_RATE,
        msg("This method bears no interest; choose equal instalments to ask for the rate."),
        "solve",
    )


def _left_out(request: PlanRequest, unknown: Unknown, last_due: date | None) -> None:
    given = {
        "instalments": request.instalments is not None,
        "instalment_amount": request.instalment_amount is not None,
        "first_amount": request.instalment_amount is not None,
        "annual_rate": request.annual_rate != 0,
        "waive": bool(request.waive.total),
        "down_payment": bool(request.down_payment),
        "last_due": last_due is not None,
    }
    field = "instalment_amount" if unknown == "first_amount" else unknown
    _refuse(given[unknown], msg("Leave out what is asked for: {field}.", field=field), field)
    _refuse(
        unknown == "waive" and request.settlement_amount is not None,
        msg("What a settlement waives follows from its amount; leave that out to ask for the waiver."),
        "settlement_amount",
    )


def _enough_given(request: PlanRequest, unknown: Unknown, last_due: date | None) -> None:
    amount, count = request.instalment_amount is not None, request.instalments is not None
    if unknown in {"instalments", "last_due"}:
        other = last_due is not None or count
        _refuse(
            amount and other,
            msg("Give the amount of an instalment or how long the plan runs, not both."),
            "instalments" if count else "last_due",
        )
        _refuse(
            not (amount or other),
            msg("Give the amount of each instalment, or how long the plan runs."),
            "instalment_amount",
        )
        return
    _refuse(
        count and last_due is not None,
        msg("Give the number of instalments or the last due date, not both."),
        "last_due",
    )
    _refuse(
        not count and last_due is None,
        msg("Give the number of instalments or the last due date."),
        "instalments",
    )
    _refuse(
        unknown in FROM_BOTH and not amount,
        msg("Give the amount of each instalment."),
        "instalment_amount",
    )


def _check_rest(request: PlanRequest, unknown: Unknown) -> None:
    """Everything else by the ordinary rules, with the smallest thing in the unknown's place."""
    if unknown == "waive" and request.method == "settlement":
        request = replace(request, waive=spread(1, request.balance, WAIVED_FIRST))
    if unknown == "down_payment" and request.method == "down_payment":
        request = replace(request, down_payment=1)
    if request.instalment_amount is not None:
        check(replace(request, instalments=None))
    count = request.instalments
    if request.instalment_amount is None or count is not None:
        fewest = 2 if request.method == "balloon" else 1
        check(replace(request, instalment_amount=None, instalments=fewest if count is None else count))
