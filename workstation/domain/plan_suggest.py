"""Suggests three plans for a debt: the shortest that a person can afford, the lowest instalment, a settlement.

Each says why it is suggested; where nothing is affordable, by how much not and what would be.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from workstation.domain import authority
from workstation.domain.affordability import assess
from workstation.domain.allocation import spread
from workstation.domain.due_dates import PERIODS
from workstation.domain.message import Label, Message, Money, Percent, msg, nmsg
from workstation.domain.money import COMPONENTS, Balance
from workstation.domain.plan import calculate
from workstation.domain.plan_owing import WAIVED_FIRST, first_date, whole
from workstation.domain.plan_search import least_amount
from workstation.domain.plan_unknown import Solved, solve_for
from workstation.domain.plan_values import NoSolution, PlanRequest, PlanResult
from workstation.domain.rulepack import RulePack, load

Kind = Literal["shortest", "usual", "waiver", "lowest", "settlement"]
USUAL_MONTHS = 12  # of a plan for somebody of whose means nothing is known


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A plan with the reason for it and what else to know. `affordable` is None when nothing is known of the means."""

    kind: Kind
    request: PlanRequest
    result: PlanResult
    why: Message
    affordable: bool | None
    notes: tuple[Message, ...] = ()


def suggest(basis: PlanRequest, available: int | None = None) -> tuple[Suggestion, ...]:
    """Plans for the debt of `basis`: its waivers, down payment, rate, frequency and dates are kept, its method, number
    and amounts are not. `available` is what the person can pay a month on it, minor units; without it the budget of
    the basis tells, or nothing. `InputError` as of `calculate`.

    First the shortest affordable (a year when nothing is known of the means; with a waiver when nothing else is
    affordable), then the lowest instalment unless it is the same plan, then a settlement where one can be offered.
    """
    ground = _Ground.of(basis, available)
    first = _usual(ground) if ground.most_each is None else _shortest(ground) or _with_waiver(ground)
    lowest = _lowest(ground)
    found = [first, lowest if first is None or lowest.result.schedule != first.result.schedule else None]
    return tuple(item for item in (*found, _settlement(ground)) if item is not None)


@dataclass(frozen=True, slots=True)
class _Ground:
    """What all suggestions stand on; `most_each` is what can be paid at a time."""

    request: PlanRequest
    pack: RulePack
    available: int | None
    most_each: int | None

    @classmethod
    def of(cls, basis: PlanRequest, available: int | None) -> _Ground:
        pack = load(basis.jurisdiction, basis.as_of)
        basis = whole(basis)
        if available is None and basis.budget is not None:
            available = assess(basis.budget, basis.balance.total, pack.safety_share).available
        request = replace(
            basis,
            method="equal_instalment" if basis.annual_rate else "interest_free",
            first_due=first_date(basis),
            instalments=None,
            instalment_amount=None,
            step=None,
            balloon=None,
            settlement_amount=None,
            custom=(),
        )
        # The largest that `calculate` calls affordable: a year of instalments out of a year of means.
        each = None if available is None else max(0, available) * 12 // PERIODS[basis.frequency]
        return cls(request, pack, available, each)

    @property
    def means(self) -> Money:
        return Money(self.available or 0, self.request.currency)

    def money(self, minor: int) -> Money:
        return Money(minor, self.request.currency)

    def count(self, months: int) -> int:
        return max(1, months * PERIODS[self.request.frequency] // 12)

    def in_parts(self, count: int) -> Solved:
        return solve_for(replace(self.request, instalments=count), "instalment_amount")

    def suggestion(self, kind: Kind, result: PlanResult, why: Message, *notes: Message) -> Suggestion:
        largest = max(row.amount for row in result.schedule)
        affordable = None if self.most_each is None else largest <= self.most_each
        by, reason = result.approval.by, result.approval.reason
        if by is not None:
            notes = (msg("It needs approval ({role}): {reason}", role=Label("role", by), reason=reason), *notes)
        return Suggestion(kind, result.request, result, why, affordable, notes)


def _usual(ground: _Ground) -> Suggestion:
    months = min(USUAL_MONTHS, _allowed_months(ground)[0])
    found = ground.in_parts(ground.count(months))
    why = nmsg(
        "{n} month, as nothing is known of what this person can pay; with a budget what fits is suggested.",
        "{n} months, as nothing is known of what this person can pay; with a budget what fits is suggested.",
        months,
    )
    return ground.suggestion("usual", found.result, why)


def _shortest(ground: _Ground) -> Suggestion | None:
    """The fewest instalments none of which is beyond the means, and these as small as they can be."""
    if not ground.most_each:
        return None
    try:
        count = solve_for(replace(ground.request, instalment_amount=ground.most_each), "instalments").result.instalments
    except NoSolution:
        return None
    found = ground.in_parts(count)
    if count == 1:
        why = msg("The {available} a month that this person can pay is enough to pay at once.", available=ground.means)
    else:
        fewer = least_amount(ground.request, count - 1)
        why = nmsg(
            "The shortest plan within the {available} a month that this person can pay. With {n} instalment it would "
            "take {amount} each.",
            "The shortest plan within the {available} a month that this person can pay. With {n} instalments it would "
            "take {amount} each.",
            count - 1,
            available=ground.means,
            amount=ground.money(fewer),
        )
    return ground.suggestion("shortest", found.result, why)


def _with_waiver(ground: _Ground) -> Suggestion | None:
    """Nothing is affordable in full: the smallest waiver that makes the longest plan so."""
    if not ground.most_each or ground.request.waive.total:
        return None
    count = ground.count(ground.pack.plan_longest_months)
    asked = replace(ground.request, instalments=count, instalment_amount=ground.most_each)
    try:
        found = solve_for(asked, "waive")
    except NoSolution:
        return None
    why = msg(
        "In the longest plan allowed the {available} a month that this person can pay is enough only if {waived} "
        "({share}) is waived.",
        available=ground.means,
        waived=ground.money(found.result.waived.total),
        share=Percent(found.result.waived_share),
    )
    return ground.suggestion("waiver", found.result, why)


def _lowest(ground: _Ground) -> Suggestion:
    """As many instalments as the rules and the role's authority allow."""
    months, by_role = _allowed_months(ground)
    found = ground.in_parts(ground.count(months))
    if by_role:
        why = nmsg(
            "The lowest instalment within the {n} month that this role ({role}) may agree to.",
            "The lowest instalment within the {n} months that this role ({role}) may agree to.",
            months,
            role=Label("role", ground.request.role),
        )
    else:
        why = nmsg(
            "The lowest instalment within the {n} month allowed ({source}).",
            "The lowest instalment within the {n} months allowed ({source}).",
            months,
            source=ground.pack.rule("plan_longest_months").source,
        )
    return ground.suggestion("lowest", found.result, why, *_beyond(ground, found.result))


def _allowed_months(ground: _Ground) -> tuple[int, bool]:
    """The longest plan, and whether it is the role that sets it. A role that agrees to nothing suggests for others."""
    longest = ground.pack.plan_longest_months
    own = authority.load()[ground.request.role].longest_months
    return (own, True) if 0 < own < longest else (longest, False)


def _beyond(ground: _Ground, result: PlanResult) -> tuple[Message, ...]:
    """By how much the lowest instalment is not affordable, and what to do then."""
    largest = max(row.amount for row in result.schedule)
    if ground.most_each is None or largest <= ground.most_each:
        return ()
    short = msg(
        "That is {short} more at a time than this person can pay ({available} a month).",
        short=ground.money(largest - ground.most_each),
        available=ground.means,
    )
    if least_amount(ground.request, ground.count(ground.pack.plan_longest_months)) <= ground.most_each:
        return (short,)  # a longer plan, with approval, is the first suggestion
    return (short, msg("No plan in full is affordable: look into hardship before agreeing to more than can be kept."))


def _settlement(ground: _Ground) -> Suggestion | None:
    """An offer within the role's authority, or within that of who approves for it; in parts if these are affordable."""
    waive = _largest_waiver(ground.request)
    if not waive.total:
        return None
    request = replace(ground.request, method="settlement", annual_rate=Decimal(0), waive=waive)
    if request.down_payment >= request.balance.total - waive.total:
        return None
    found = _in_affordable_parts(ground, request)
    if found is not None and found.instalments > 1:
        why = nmsg(
            "{amount} in {n} affordable part settles the debt; {waived} of it ({share}) is waived.",
            "{amount} in {n} affordable parts settles the debt; {waived} of it ({share}) is waived.",
            found.instalments,
            amount=ground.money(found.totals.paid),
            waived=ground.money(found.waived.total),
            share=Percent(found.waived_share),
        )
        return ground.suggestion("settlement", found, why)
    result = calculate(replace(request, instalments=1))
    why = msg(
        "{amount} paid once settles the debt; {waived} of it ({share}) is waived.",
        amount=ground.money(result.totals.paid),
        waived=ground.money(result.waived.total),
        share=Percent(result.waived_share),
    )
    only = msg("Only if the money is there: nobody is asked to borrow for it.")
    return ground.suggestion("settlement", result, why, *(() if found is not None else (only,)))


def _in_affordable_parts(ground: _Ground, request: PlanRequest) -> PlanResult | None:
    """The settlement in the fewest parts that are all affordable; None when more than are allowed would be needed."""
    owed, each = request.balance.total - request.waive.total - request.down_payment, ground.most_each
    if not each:
        return None
    # From the fewest that could do; the last part takes the cents, and one more may be needed for them.
    for count in range(-(-owed // each), ground.pack.settlement_parts + 1):
        try:
            result = calculate(replace(request, instalments=count))
        except NoSolution:
            continue
        if max(row.amount for row in result.schedule) <= each:
            return result
    return None


def _largest_waiver(request: PlanRequest) -> Balance:
    """What may be waived by the role, or else by the first above it who may waive something. Somebody who may waive
    everything decides without a suggestion."""
    grants = authority.load()
    grant = grants[request.role]
    while True:
        parts, total = grant.most_waived(request.balance, request.currency)
        already = request.waive
        if total >= request.balance.total:
            return already
        room = Balance(**{name: max(0, parts.part(name) - already.part(name)) for name in COMPONENTS})
        more = total - already.total
        if more > 0 and room.total > 0:
            return already + spread(more, room, WAIVED_FIRST)
        if already.total or grant.approver == grant.role:
            return already
        grant = grants[grant.approver]
