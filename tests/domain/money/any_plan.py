"""Any plan that can be asked for: every method, currency and jurisdiction, one account or several, a cent or a thousand
million, interest that runs on. For the tests that hold something of all plans."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, get_args

from hypothesis import assume
from hypothesis import strategies as st

from workstation.domain.due_dates import BusinessDays, Frequency
from workstation.domain.money import DECIMALS, Balance
from workstation.domain.plan import (
    Accrual,
    Clock,
    CustomPart,
    Method,
    NoSolution,
    PlanAccount,
    PlanRequest,
    PlanResult,
    Step,
    calculate,
)

METHODS: tuple[Method, ...] = get_args(Method)
WITHOUT_RATE = frozenset({"interest_free", "settlement"})

AMOUNTS = st.integers(0, 100) | st.integers(0, 10**7) | st.integers(0, 10**12)
BALANCES = st.builds(Balance, *[AMOUNTS] * 5)
RATES = st.sampled_from([0, 1, 600, 2400, 10_000]).map(lambda n: Decimal(n) / 10_000) | st.integers(0, 10**6).map(
    lambda n: Decimal(n) / 10**6
)
LATE = st.integers(0, 200) | st.sampled_from([0, 89, 90, 91])  # days; two accounts are often equally old
# Month ends, the leap days and what surrounds them as often as all other days.
DAYS = st.dates(date(1996, 1, 1), date(2104, 12, 31)) | st.sampled_from(
    [date(year, month, 28) for year in (2023, 2024, 2026, 2096, 2100) for month in (1, 2, 12)]
)
STEPS = st.builds(
    Step, every=st.integers(1, 12), percent=st.integers(-30, 30).map(Decimal), amount=st.none()
) | st.builds(Step, every=st.integers(1, 12), percent=st.none(), amount=st.integers(-500, 50_000))
ACCRUALS = st.builds(
    Accrual,
    daily_rate=st.integers(0, 10).map(lambda n: Decimal(n) / 10_000),
    to=st.none(),
    statement_day=st.none() | st.integers(1, 31),
)


def shares(draw: st.DrawFn, balance: Balance) -> Balance:
    """Up to all of each component."""
    return Balance(**{name: draw(st.just(0) | st.integers(0, owed)) for name, owed in balance.parts().items()})


@st.composite
def requests(draw: st.DrawFn, methods: tuple[Method, ...] = METHODS) -> PlanRequest:
    """A request whose fields belong together; one without a solution is drawn now and then."""
    method = draw(st.sampled_from(methods))
    if method == "custom":
        return as_agreed(worked(draw(requests(("equal_instalment", "equal_principal", "stepped", "down_payment")))))
    accounts = draw(
        st.lists(st.tuples(BALANCES, LATE), max_size=3).map(
            lambda drawn: tuple(PlanAccount(f"A{n}", *parts) for n, parts in enumerate(drawn))
        )
    )
    owed = sum((account.balance for account in accounts), Balance()) if accounts else draw(BALANCES)
    waive = shares(draw, owed) if draw(st.booleans()) else Balance()
    left = owed.total - waive.total
    assume(left > 0)
    as_of, until_first = draw(DAYS), draw(st.integers(0, 90))
    fields: dict[str, Any] = {}
    if accounts:
        fields["accounts"] = accounts
    else:
        fields.update(balance=owed, days_past_due=draw(LATE))
    if draw(st.booleans()) or method == "down_payment":
        fields["down_payment"] = draw(st.integers(min(1, left - 1), left - 1))
        fields["down_payment_on"] = draw(st.none() | st.integers(0, until_first).map(lambda n: _later(as_of, n)))
    assume(method != "down_payment" or fields["down_payment"])
    left -= fields.get("down_payment", 0)
    if method == "stepped":
        fields["step"] = draw(STEPS)
    if method == "balloon":
        fields["balloon"] = draw(st.integers(1, left))
    if method == "settlement":
        assume(left > 1)
        fields["settlement_amount"] = draw(st.integers(1, left - 1)) + fields.get("down_payment", 0)
    if draw(st.booleans()) or method == "settlement":
        fields["instalments"] = draw(st.integers(2 if method == "balloon" else 1, 12 if method == "settlement" else 60))
    else:
        fields["instalment_amount"] = draw(st.integers(left // 40 + 1, left + 1))
    return PlanRequest(
        as_of=as_of,
        jurisdiction=draw(st.sampled_from(["zh-CN", "zh-CN", "en-US", "en-GB"])),
        currency=draw(st.sampled_from(sorted(DECIMALS))),
        waive=waive,
        accrual=draw(st.none() | ACCRUALS),
        method=method,
        first_due=_later(as_of, until_first),
        annual_rate=Decimal(0) if method in WITHOUT_RATE else draw(RATES),
        frequency=draw(st.sampled_from(get_args(Frequency))),
        business_days=draw(st.sampled_from(get_args(BusinessDays))),
        clock=draw(st.sampled_from(get_args(Clock))),
        discount_rate=draw(st.none() | RATES),
        **fields,
    )


def _later(day: date, days: int) -> date:
    return date.fromordinal(day.toordinal() + days)


def worked(request: PlanRequest) -> PlanResult:
    """The plan; a request without one is not what the test is about."""
    try:
        return calculate(request)
    except NoSolution:
        assume(False)
        raise


@st.composite
def plans(draw: st.DrawFn, methods: tuple[Method, ...] = METHODS) -> PlanResult:
    return worked(draw(requests(methods)))


def as_agreed(result: PlanResult) -> PlanRequest:
    """The custom plan of another one's days and amounts."""
    return replace(
        result.request,
        method="custom",
        custom=tuple(CustomPart(row.nominal_due, row.amount) for row in result.schedule),
        first_due=None,
        instalments=None,
        instalment_amount=None,
        step=None,
        balloon=None,
    )
