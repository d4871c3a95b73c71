"""The indicators (指标): what each one is, and how the cases' shares of it become one figure.

Domain rules, "Indicators". Every indicator is Σ numerators ÷ Σ denominators over cases: a figure can be opened into the
cases that made it, and the central database computes the same pairs in SQL. A collector is never ranked by money alone
(《商业银行信用卡业务监督管理办法》第六十六条): each belongs to recovery, contact, conduct or work.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, NamedTuple

from workstation.domain.message import Message, msg

Unit = Literal["share", "money", "days", "mean", "per_thousand", "per_hour"]
Group = Literal["recovery", "quality", "contact", "work", "conduct"]
PLACES: Mapping[Unit, int] = {"share": 4, "money": 0, "days": 1, "mean": 2, "per_thousand": 2, "per_hour": 2}


class Pair(NamedTuple):
    """A case's share of an indicator. Amounts are minor units, times are seconds."""

    numerator: int
    denominator: int


@dataclass(frozen=True, slots=True)
class Definition:
    """`text` is shown beside the figure. `better`: is more or less of it good, or neither. `money`: which of numerator
    and denominator are amounts, so that they are shown as such and never summed over currencies."""

    id: str
    group: Group
    unit: Unit
    better: Literal["more", "less", "neither"]
    text: Message
    money: Literal["", "numerator", "both"] = ""


_ALL = (
    Definition(
        "repayment_rate",
        "recovery",
        "share",
        "more",
        msg(
            "Of what was promised or due under a plan in the period, the amount paid by its due date and the days of "
            "grace. What is still open is left out."
        ),
        "both",
    ),
    Definition(
        "recovery_rate",
        "recovery",
        "share",
        "more",
        msg("Amount paid in the period, less what was taken back, of the amount overdue at its start."),
        "both",
    ),
    Definition(
        "success_rate",
        "recovery",
        "share",
        "more",
        msg("Cases back to current, or settled, at the end of the period, of the cases worked in it."),
    ),
    Definition(
        "average_due",
        "recovery",
        "money",
        "neither",
        msg("Amount overdue at the end of the period for each open case."),
        "numerator",
    ),
    Definition(
        "average_dpd",
        "recovery",
        "days",
        "less",
        msg("Days past due at the end of the period, mean of the open cases."),
    ),
    Definition(
        "weighted_dpd",
        "recovery",
        "days",
        "less",
        msg("Days past due at the end of the period, each case weighing as much as is overdue on it."),
        "both",
    ),
    Definition(
        "cure_rate",
        "recovery",
        "share",
        "more",
        msg("Cases back to current at the end of the period, of those overdue at its start."),
    ),
    Definition(
        "satisfaction",
        "quality",
        "mean",
        "more",
        msg("What debtors answered when asked after a contact, from 1 to 5: the mean, and how many answered."),
    ),
    Definition(
        "complaint_rate",
        "quality",
        "per_thousand",
        "less",
        msg("Complaints for each 1,000 attempts to reach somebody."),
    ),
    Definition(
        "right_party_rate",
        "contact",
        "share",
        "more",
        msg("Attempts at which the debtor was spoken to, identity checked, of all attempts."),
    ),
    Definition(
        "promise_rate",
        "contact",
        "share",
        "more",
        msg("Promises made for each time the debtor was spoken to, identity checked."),
    ),
    Definition(
        "kept_rate",
        "quality",
        "share",
        "more",
        msg("Promises kept, of those due in the period and not open any more: by their number."),
    ),
    Definition(
        "kept_rate_amount",
        "quality",
        "share",
        "more",
        msg(
            "Promises kept, of those due in the period and not open any more: what was paid for each, at most as "
            "promised."
        ),
        "both",
    ),
    Definition(
        "plan_kept_rate",
        "quality",
        "share",
        "more",
        msg(
            "Instalments paid by their due date and the days of grace, of those due in the period and not open any "
            "more."
        ),
    ),
    Definition("coverage", "contact", "share", "more", msg("Cases attempted in the period, of the cases held.")),
    Definition("penetration", "contact", "mean", "neither", msg("Attempts for each case held.")),
    Definition(
        "blocked_rate",
        "conduct",
        "share",
        "less",
        msg("Attempts made while the contact light was red, of all attempts."),
    ),
    Definition(
        "overridden_rate",
        "conduct",
        "share",
        "less",
        msg("Attempts made against a warning of the contact light, with the reason given, of all attempts."),
    ),
    Definition(
        "recording_missing_rate",
        "conduct",
        "share",
        "less",
        msg(
            "Calls and visits at which somebody was spoken to and no recording is named, of all such calls and visits."
        ),
    ),
    Definition("cases_per_hour", "work", "per_hour", "neither", msg("Cases worked for each hour signed in.")),
    Definition("attempts_per_hour", "work", "per_hour", "neither", msg("Attempts for each hour signed in.")),
    Definition("talk_share", "work", "share", "neither", msg("Time spent talking, of the time signed in.")),
    Definition(
        "after_call_share", "work", "share", "less", msg("Time spent on notes after calls, of the time signed in.")
    ),
)
DEFINITIONS: Mapping[str, Definition] = {row.id: row for row in _ALL}
# What is divided by the time signed in: its numerators are summed over cases, the time belongs to the person.
PER_TIME = ("cases_per_hour", "attempts_per_hour", "talk_share", "after_call_share")


def total(pairs: Iterable[Mapping[str, Pair]], signed_in: int = 0) -> dict[str, Pair]:
    """The pairs of many cases as one for each indicator, 0/0 where no case has any.

    `signed_in`: seconds in the period that the people in question were signed in.
    """
    sums = {name: [0, 0] for name in DEFINITIONS}
    for case in pairs:
        for name, (numerator, denominator) in case.items():
            of = sums[name]
            of[0] += numerator
            of[1] += denominator
    for name in PER_TIME:
        sums[name][1] = signed_in
    return {name: Pair(*of) for name, of in sums.items()}


def value(name: str, pair: Pair) -> Decimal | None:
    """The figure, rounded half up to its places; amounts in minor units. None where there is nothing to divide by."""
    if pair.denominator == 0:
        return None
    unit = DEFINITIONS[name].unit
    scale = {"per_thousand": 1000, "per_hour": 3600}.get(unit, 1)
    quotient = Decimal(pair.numerator) * scale / pair.denominator
    return quotient.quantize(Decimal(1).scaleb(-PLACES[unit]), rounding=ROUND_HALF_UP)
