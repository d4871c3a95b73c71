"""What the reader of a plan should know beside its figures: too long, too dear, beyond means, guessed dates.

Each finding names its rule and the source; it warns and never refuses.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from workstation.domain import budget, calendar
from workstation.domain.due_dates import same_day_later
from workstation.domain.message import Message, Money, Percent, msg
from workstation.domain.money import Component
from workstation.domain.plan_values import Finding, PlanRequest, PlanResult
from workstation.domain.rulepack import RulePack

CHARGES: tuple[Component, ...] = ("interest", "penalty", "fees")  # what the high-cost rule counts together


def findings(result: PlanResult, pack: RulePack) -> list[Finding]:
    found = (
        _too_long(result, pack),
        _too_dear(result, pack),
        _charged_too_much(result, pack),
        _beyond_means(result, pack),
        _guessed(result),
    )
    return [*(finding for finding in found if finding is not None), *_budget_findings(result)]


def _budget_findings(result: PlanResult) -> tuple[Finding, ...]:
    request = result.request
    if request.budget is None or result.affordability is None:
        return ()
    return budget.findings(request.budget, result.affordability, request.jurisdiction, request.currency, request.as_of)


def _warning(pack: RulePack, rule: str, message: Message) -> Finding:
    return Finding(rule, "warn", message, pack.rule(rule).source)


def longest_end(request: PlanRequest, pack: RulePack) -> date:
    return same_day_later(request.as_of, pack.plan_longest_months, request.as_of.day)


def _too_long(result: PlanResult, pack: RulePack) -> Finding | None:
    """A late first instalment can carry the last one past the longest term, though their number is allowed."""
    months = pack.plan_longest_months
    end = longest_end(result.request, pack)
    last = result.schedule[-1].nominal_due
    if last <= end:
        return None
    return _warning(
        pack,
        "plan_longest_months",
        msg(
            "The last instalment is due on {last}, later than {months} months from now ({end}).",
            last=last,
            months=months,
            end=end,
        ),
    )


def _too_dear(result: PlanResult, pack: RulePack) -> Finding | None:
    """Everything charged from the day of the balance on counts together: plan interest and old interest that runs on,
    compounded or not, are in the effective rate. That is reckoned on all components; the old interest on principal."""
    limit, request = pack.high_cost_rate, result.request
    daily = request.accrual.daily_rate if request.accrual and result.totals.applied.interest else Decimal(0)
    rate = max(request.annual_rate, daily * 365, result.effective_annual_rate or Decimal(0))
    if limit is None or rate <= limit:
        return None
    return _warning(
        pack,
        "high_cost_rate",
        msg(
            "The plan costs {rate} a year, above {limit}: a court may reduce it.",
            rate=Percent(rate),
            limit=Percent(limit),
        ),
    )


def _charged_too_much(result: PlanResult, pack: RulePack) -> Finding | None:
    """What the plan keeps of the old interest, penalty and fees, a year and of the principal, as far as it is known
    since when they have been charged."""
    limit, request, waived = pack.high_cost_rate, result.request, result.waived
    principal, since = request.balance.principal, request.charged_since
    if limit is None or since is None or not principal:
        return None
    kept = sum(max(0, request.balance.part(name) - waived.part(name)) for name in CHARGES)
    rate = Decimal(kept * 365) / (principal * (request.as_of - since).days)
    if rate <= limit:
        return None
    return _warning(
        pack,
        "high_cost_rate",
        msg(
            "Interest, penalty and fees since {since} come to {rate} a year, above {limit}: a court may reduce them.",
            since=since,
            rate=Percent(rate),
            limit=Percent(limit),
        ),
    )


def _beyond_means(result: PlanResult, pack: RulePack) -> Finding | None:
    if result.affordable is not False or result.affordability is None:
        return None
    return _warning(
        pack,
        "safety_share",
        msg(
            "The instalments are more than the {available} a month that this person can pay.",
            available=Money(result.affordability.available, result.request.currency),
        ),
    )


def _guessed(result: PlanResult) -> Finding | None:
    request = result.request
    if request.business_days == "none":
        return None
    days = (row.nominal_due for row in result.schedule)
    first = next((day for day in days if not calendar.is_official(day, request.jurisdiction)), None)
    if first is None:
        return None
    return Finding(
        "calendar",
        "info",
        msg("No official calendar is known for {year}: only weekends were moved from then on.", year=f"{first.year}"),
        calendar.SOURCE if request.jurisdiction == "zh-CN" else "",
    )
