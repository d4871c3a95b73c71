"""The effective annual rate against examples that regulators have published, to the digits they print.

Regulation Z (12 CFR 1026), Appendix J (c), examples of single advances. It quotes a nominal rate: that of a unit-period
times the unit-periods in a year, with time in whole unit-periods and days. Ours is the effective rate over actual days
÷ 365, so each unit-period is laid out in its days by Appendix J (a month 30, two weeks 14 …) and the rate taken back to
a unit-period. Within a broken first period Appendix J reckons simple interest where an effective rate compounds: what
the debt has grown to by then is carried over, at the rate being found.

Directive 87/102/EEC as amended by 98/7/EC, Annex III A (calendar basis, 1 year = 365 days): its equation is that of
Annex I of Directive 2008/48/EC.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

import pytest

from workstation.domain.plan_measures import effective_annual_rate


class UnitPeriods(NamedTuple):
    """An example of Appendix J: `stream` of minor units, one each unit-period; the first comes after `t` unit-periods
    and `f` days. `days` are those of a unit-period, `a_year` the unit-periods in a year."""

    example: str
    advanced: int
    stream: tuple[int, ...]
    t: int
    f: int
    days: int
    a_year: Decimal
    published: str  # percent


def _level(amount: int, count: int) -> tuple[int, ...]:
    return (amount,) * count


MONTH, QUARTER, TWO_MONTHS = (30, Decimal(12)), (90, Decimal(4)), (60, Decimal(6))
HALF_MONTH, WEEK, TWO_WEEKS, FOUR_WEEKS = (15, Decimal(24)), (7, Decimal(52)), (14, Decimal(26)), (28, Decimal(13))

APPENDIX_J = (
    UnitPeriods("(c)(1)(i) monthly", 5_000_00, _level(230_00, 24), 1, 0, *MONTH, "9.69"),
    UnitPeriods("(c)(1)(ii) monthly, long first period", 6_000_00, _level(200_00, 36), 1, 19, *MONTH, "11.82"),
    UnitPeriods("(c)(1)(iii) semimonthly, short first", 5_000_00, _level(219_17, 24), 0, 6, *HALF_MONTH, "10.34"),
    UnitPeriods("(c)(1)(iv) quarterly, long first period", 10_000_00, _level(385_00, 40), 1, 39, *QUARTER, "8.97"),
    UnitPeriods("(c)(1)(v) weekly, long first period", 500_00, _level(17_60, 30), 4, 4, *WEEK, "14.96"),
    UnitPeriods("(c)(2)(i) monthly, odd first payment", 5_000_00, (250_00, *_level(230_00, 23)), 1, 0, *MONTH, "10.08"),
    UnitPeriods("(c)(2)(ii) four-weekly, odd first", 400_00, (39_50, *_level(38_31, 11)), 1, 5, *FOUR_WEEKS, "28.50"),
    UnitPeriods("(c)(3)(i) monthly, odd last payment", 5_000_00, (*_level(230_00, 23), 280_00), 1, 0, *MONTH, "10.50"),
    UnitPeriods("(c)(3)(ii) two-weekly, odd last", 200_00, (*_level(9_50, 19), 30_00), 0, 8, *TWO_WEEKS, "12.22"),
    UnitPeriods("(c)(4)(i) odd first and last", 5_000_00, (250_00, *_level(230_00, 22), 280_00), 1, 0, *MONTH, "10.90"),
    UnitPeriods(
        "(c)(4)(ii) two-monthly, odd", 8_000_00, (449_36, *_level(465_00, 18), 200_00), 0, 52, *TWO_MONTHS, "7.30"
    ),
    UnitPeriods("(c)(5)(i) one payment after 255 days", 1_000_00, (1_080_00,), 1, 0, 255, Decimal(365) / 255, "11.45"),
)


FINER = 10**4  # of a cent: what a debt has grown to within a broken period is no whole cent


@pytest.mark.parametrize("case", APPENDIX_J, ids=lambda case: case.example)
def test_appendix_j_of_regulation_z(case: UnitPeriods) -> None:
    start = date(1978, 1, 10)
    flows = [(start + timedelta(days=(case.t + k) * case.days), amount * FINER) for k, amount in enumerate(case.stream)]
    rate = Decimal(0)  # of a unit-period
    for _ in range(20):
        grown = case.advanced * FINER * (1 + rate * case.f / case.days)
        found = effective_annual_rate(round(grown), start, flows)
        assert found is not None
        rate = (1 + found) ** (Decimal(case.days) / 365) - 1
    assert f"{rate * case.a_year * 100:.2f}" == case.published


JANUARY = date(1994, 1, 1)
EUROPEAN = (
    ("first: 1,200 after 546 days", 1_000_00, ((date(1995, 7, 1), 1_200_00),), "12.96"),
    ("second: the same, 50 kept back", 950_00, ((date(1995, 7, 1), 1_200_00),), "16.9"),
    ("third: 600 after one and two years", 1_000_00, ((date(1995, 1, 1), 600_00), (date(1996, 1, 1), 600_00)), "13.07"),
    (
        "fourth: 272, 272 and 544 within a year",
        1_000_00,
        ((date(1994, 4, 1), 272_00), (date(1994, 7, 1), 272_00), (date(1995, 1, 1), 544_00)),
        "13.2",
    ),
)


@pytest.mark.parametrize(
    ("debt", "flows", "published"), [row[1:] for row in EUROPEAN], ids=[row[0] for row in EUROPEAN]
)
def test_annex_iii_of_the_consumer_credit_directive(
    debt: int, flows: tuple[tuple[date, int], ...], published: str
) -> None:
    found = effective_annual_rate(debt, JANUARY, flows)
    assert found is not None
    places = len(published.partition(".")[2])
    assert f"{found * 100:.{places}f}" == published
