"""What is read aloud for each kind of plan, in both languages, from the figures of its schedule."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.money.plan_requests import principal_only
from workstation.domain.money import Balance
from workstation.domain.plan import CustomPart, PlanRequest, Step, calculate
from workstation.domain.plan_words import aloud
from workstation.i18n import Translator

ENGLISH, CHINESE = Translator("en"), Translator("zh_CN")
HALF = date(2027, 5, 30)

PLANS: dict[str, tuple[PlanRequest, str, str]] = {
    "equal": (
        principal_only(12_000_00, "interest_free", instalments=12),
        "You would pay ¥1,000.00 12 times, first on 30 November 2026, and be done on 30 October 2027.",
        "您每期还 ¥1,000.00，共 12 期，首期2026年11月30日，到2027年10月30日还清。",
    ),
    "the last one takes the cents": (
        principal_only(100_00, "interest_free", instalments=3),
        "You would pay ¥33.33 3 times, first on 30 November 2026, the last one ¥33.34 on 30 January 2027.",
        "您每期还 ¥33.33，共 3 期，首期2026年11月30日，末期 ¥33.34，到2027年1月30日还清。",
    ),
    "once": (
        principal_only(500_00, "interest_free", instalments=1),
        "You would pay ¥500.00 once, on 30 November 2026.",
        "您在2026年11月30日一次性还 ¥500.00。",
    ),
    "a settlement": (
        principal_only(1_000_00, "settlement", settlement_amount=800_00),
        "You would pay ¥800.00 once, on 30 November 2026. Once all of it is paid, ¥200.00 of the debt is given up.",
        "您在2026年11月30日一次性还 ¥800.00。全部还清后，减免 ¥200.00。",
    ),
    "a down payment": (
        principal_only(1_000_00, "down_payment", down_payment=400_00, instalments=2),
        (
            "You would first pay ¥400.00 on 23 November 2026. "
            "You would pay ¥300.00 2 times, first on 30 November 2026, and be done on 30 December 2026."
        ),
        "您先在2026年11月23日还 ¥400.00。您每期还 ¥300.00，共 2 期，首期2026年11月30日，到2026年12月30日还清。",
    ),
    "two steps": (
        principal_only(900_00, "stepped", instalments=4, step=Step(every=2, amount=50_00)),
        (
            "You would pay ¥200.00 2 times from 30 November 2026, then ¥250.00 2 times from 30 January 2027, "
            "and be done on 28 February 2027."
        ),
        (
            "您自2026年11月30日起每期还 ¥200.00，共 2 期，之后自2027年1月30日起每期还 ¥250.00，共 2 期，"
            "到2027年2月28日还清。"
        ),
    ),
    "a balloon": (
        principal_only(1_000_00, "balloon", instalments=4, balloon=700_00),
        (
            "You would pay ¥100.00 3 times, first on 30 November 2026, "
            "then the rest of ¥700.00 at once on 28 February 2027."
        ),
        "您每期还 ¥100.00，共 3 期，首期2026年11月30日，余下的 ¥700.00 到2027年2月28日一次性还清。",
    ),
    "falling interest": (
        principal_only(1_200_00, "equal_principal", instalments=12, annual_rate=Decimal("0.12")),
        (
            "You would pay 12 times: ¥112.00 first, on 30 November 2026, a little less each time, and ¥101.00 last, "
            "on 30 October 2027."
        ),
        "您共还 12 期：首期2026年11月30日还 ¥112.00，以后每期略少，末期2027年10月30日还 ¥101.00。",
    ),
    "as agreed": (
        principal_only(
            1_000_00,
            "custom",
            first_due=None,
            custom=tuple(
                CustomPart(date(2027, month, 5), amount)
                for month, amount in ((1, 100_00), (2, 200_00), (3, 300_00), (6, 400_00))
            ),
        ),
        (
            "You would pay 4 times: ¥100.00 first, on 5 January 2027, then as in the schedule, ¥400.00 last, "
            "on 5 June 2027; ¥1,000.00 in all."
        ),
        "您共还 4 期：首期2027年1月5日还 ¥100.00，其后按还款计划，末期2027年6月5日还 ¥400.00，合计 ¥1,000.00。",
    ),
}


@pytest.mark.parametrize("kind", PLANS)
def test_each_kind_is_told_whole_in_both_languages(kind: str) -> None:
    request, english, chinese = PLANS[kind]
    told = aloud(calculate(request))
    assert ENGLISH.say(told) == english
    assert CHINESE.say(told) == chinese


@given(
    st.integers(1_000_00, 10**12),
    st.integers(1, 60),
    st.integers(0, 999_00),
    st.sampled_from(["interest_free", "equal_instalment", "equal_principal"]),
)
def test_what_is_told_is_what_is_in_the_schedule(base: int, count: int, penalty: int, method: str) -> None:
    rate = Decimal(0) if method == "interest_free" else Decimal("0.15")
    balance = Balance(principal=base, penalty=penalty)
    result = calculate(
        principal_only(0, method, balance=balance, waive=Balance(penalty=penalty), instalments=count, annual_rate=rate)
    )
    told = ENGLISH.say(aloud(result))
    figures = {f"{row.amount / 100:,.2f}" for row in (result.schedule[0], result.schedule[-1])}
    assert all(figure in told for figure in figures if len(figures) == 2 or count == 1)
    assert ENGLISH.day(result.payoff, "long") in told
    assert ("given up" in told) == (penalty > 0)
