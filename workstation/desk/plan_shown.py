"""A calculated plan as the screen shows it: the schedule with its reasons, the card, the sentence to read aloud."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from workstation.desk.entry_reading import Readings
from workstation.desk.plan_solving import Worked
from workstation.desk.plan_views import PlanCard, PlanRow, PlanView
from workstation.desk.views import Badge
from workstation.domain.affordability import Affordability
from workstation.domain.due_dates import PERIODS
from workstation.domain.message import Label, Message, Money, Percent, msg, nmsg
from workstation.domain.money import decimals
from workstation.domain.plan_values import Instalment, PlanRequest, PlanResult
from workstation.domain.plan_words import aloud
from workstation.domain.reference_spending import RULE

_BUDGETS = frozenset({"budget", RULE})  # said beside the budget itself
PRINCIPAL_FIRST = 90  # days past due after which zh-CN's payment order turns (第五十七条)
_PER: Mapping[str, Message] = {
    "monthly": msg("/ month"),
    "fortnightly": msg("/ fortnight"),
    "weekly": msg("/ week"),
}


def view_of(worked: Worked, readings: Readings) -> PlanView:
    result = worked.result
    rows = rows_of(result)
    first, count = rows[0], len(rows)
    found: dict[str, Message] = dict(worked.found)
    if result.request.method != "custom":
        if result.request.instalment_amount is None and result.request.settlement_amount is None:
            settling = result.request.method == "settlement"
            amount = Money(result.totals.paid, first.amount.currency) if settling else first.amount
            found["amount"] = msg("{amount}", amount=amount)
        if result.request.instalments is None:
            found["instalments"] = msg("{n}", n=count)
        found["last_due"] = msg("{day}", day=result.payoff)
    return PlanView(
        card=card_of(result),
        rows=rows,
        headline=nmsg("{amount} in {n} instalment", "{amount} × {n} instalments", count, amount=first.amount),
        authority=_authority(result),
        needs_approval=result.approval.needed,
        sentence=aloud(result),
        findings=(
            *(() if worked.note is None else (worked.note,)),
            *result.approval.reasons,
            *(finding.message for finding in result.findings if finding.rule not in _BUDGETS),
        ),
        proof=worked.proof,
        found=found,
        readings=readings.by_field,
        request=worked.request,
    )


def failed(error: Message, readings: Readings, method: str, wrong: str = "") -> PlanView:
    """No plan, and why."""
    title = msg("{method}", method=Label("plan_method", method))
    return PlanView(card=PlanCard(title, error=error), error=error, wrong=wrong, readings=readings.by_field)


def card_of(result: PlanResult) -> PlanCard:
    request, currency = result.request, result.request.currency
    rows, down = result.schedule, result.down_payment
    once = len(rows) == 1 and down is None
    as_of = request.as_of
    owed = request.balance.total - result.waived.total
    points = [(as_of, owed), *(((down.on, down.balance),) if down else ()), *((row.due, row.balance) for row in rows)]
    rate, value = result.effective_annual_rate, result.present_value
    facts: list[tuple[Message, Money | Message]] = [
        (msg("Paid off"), msg("{day}", day=result.payoff)),
        (msg("Total paid"), Money(result.totals.paid, currency)),
        (msg("Waived"), _waived(result)),
        (msg("Effective annual rate"), msg("—") if rate is None else _percent(rate)),
        (msg("Of spare income"), _share_of_means(result)),
    ]
    if result.totals.plan_interest:
        facts.insert(3, (msg("Plan interest"), Money(result.totals.plan_interest, currency)))
    if result.accrued is not None:
        facts.insert(2, (msg("Interest until {day}", day=result.accrued.to), Money(result.accrued.interest, currency)))
    if value is not None and request.discount_rate is not None:
        rated = msg("Present value @{rate}", rate=f"{(request.discount_rate * 100).normalize():f}%")
        facts.append((rated, Money(value, currency)))
    facts.append((msg("Authority"), _who(result)))
    return PlanCard(
        title=_title(result),
        amount=Money(rows[0].amount, currency),
        per=msg("once") if once else _PER[request.frequency] if not request.custom else msg("first"),
        badge=_badge(result),
        facts=tuple(facts),
        remaining=tuple(points),
    )


def rows_of(result: PlanResult) -> tuple[PlanRow, ...]:
    previous: Instalment | None = None
    rows = []
    for row in result.schedule:
        rows.append(_row(row, result.request, previous))
        previous = row
    return tuple(rows)


def _row(row: Instalment, request: PlanRequest, previous: Instalment | None) -> PlanRow:
    currency, applied = request.currency, row.applied
    return PlanRow(
        n=row.n,
        due=row.due,
        amount=Money(row.amount, currency),
        principal=Money(applied.principal, currency),
        interest=Money(applied.interest + row.plan_interest, currency),
        charges=Money(applied.penalty + applied.fees + applied.costs, currency),
        balance=Money(row.balance, currency),
        note=_note(row, request, previous),
    )


def _note(row: Instalment, request: PlanRequest, previous: Instalment | None) -> Message | None:
    """Why this row is as it is: a moved date, or the payment order that changes on day 91."""
    if row.nominal_due != row.due:
        return msg("{day} is no business day, moved on", day=row.nominal_due)
    if request.jurisdiction != "zh-CN" or request.clock == "stopped":
        return None
    days = request.days_past_due + (row.due - request.as_of).days
    before = -1 if previous is None else request.days_past_due + (previous.due - request.as_of).days
    if previous is None and days <= PRINCIPAL_FIRST:
        return msg("{days} days past due: interest and fees first", days=days)
    if days > PRINCIPAL_FIRST >= before:
        return msg("Past day 91: principal first")
    return None


def _title(result: PlanResult) -> Message:
    request, count = result.request, result.instalments
    label = Label("plan_short", request.method)
    if result.down_payment is not None:
        down = _whole(result.down_payment.amount, request.currency)
        return nmsg("{down} down + {n} instalment", "{down} down + {n} instalments", count, down=down)
    if request.method == "settlement" and count == 1:
        return msg("{method}", method=label)
    return msg("{method} × {n}", method=label, n=count)


def _whole(minor: int, currency: str) -> str:
    """Without decimals where there are none, so that it fits a title."""
    units, rest = divmod(minor, 10 ** decimals(currency))
    return f"{units:,}" if not rest else f"{Decimal(minor).scaleb(-decimals(currency)):,}"


def _waived(result: PlanResult) -> Message:
    waived = Money(result.waived.total, result.request.currency)
    return msg("{amount} · {share}", amount=waived, share=Percent(result.waived_share))


def _percent(share: Decimal) -> Message:
    return msg("{percent}", percent=Percent(share))


def _share_of_means(result: PlanResult) -> Message:
    """The largest instalment, by the month, as a share of disposable income."""
    share = None if result.affordability is None else result.affordability.share_of_income(_by_the_month(result))
    return (
        msg("not asked yet")
        if result.affordability is None
        else msg("nothing left")
        if share is None
        else _percent(share)
    )


def _by_the_month(result: PlanResult) -> int:
    """Minor units; weekly and fortnightly ones convert by 52/12 and 26/12, as in the budget."""
    return max(row.amount for row in result.schedule) * PERIODS[result.request.frequency] // 12


def _over(result: PlanResult, found: Affordability) -> Money:
    return Money(_by_the_month(result) - found.available, result.request.currency)


def _badge(result: PlanResult) -> Badge:
    """What stands in the way first: somebody's approval, then the debtor's means."""
    if result.approval.needed and result.approval.by is not None:
        return Badge(msg("Needs {role}", role=Label("role", result.approval.by)), "bad")
    found = result.affordability
    if found is not None and result.affordable is False:
        return Badge(msg("{amount} over", amount=_over(result, found)), "warn")
    return Badge(msg("Affordable"), "good") if result.affordable else Badge(msg("Within limits"), "good")


def _who(result: PlanResult) -> Message:
    by = result.approval.by
    return msg("{role}", role=Label("role", by if result.approval.needed and by else result.request.role))


def _authority(result: PlanResult) -> Badge:
    if result.approval.needed:
        return Badge(msg("Needs approval by {role}", role=Label("role", result.approval.by or "lead")), "warn")
    return Badge(msg("Within your authority"), "good")
