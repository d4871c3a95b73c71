"""Who can take a case, how many more, and when they are away."""

from __future__ import annotations

from datetime import date

import pytest

from workstation.domain.errors import InputError
from workstation.domain.staffing import Staffing

DAY = date(2026, 11, 23)


def test_an_empty_list_is_no_limit_and_a_list_is_one():
    assert Staffing().can(language="en", city="上海市浦东新区", stage="M7+")
    assert not Staffing().can(language="en", city=None, stage="M1", legal=True)
    one = Staffing(languages=("zh_CN",), regions=("上海",), stages=("M1", "M2"), legal=True)
    assert one.can(language="zh_CN", city="上海市浦东新区", stage="M2", legal=True)
    assert one.can(language="zh_CN", city=None, stage="M1")  # no place on record: everybody's
    assert not one.can(language="en", city="上海", stage="M1")
    assert not one.can(language="zh_CN", city="苏州", stage="M1")
    assert not one.can(language="zh_CN", city="上海", stage="M3")


def test_leave_counts_from_its_first_to_its_last_day():
    away = Staffing(leave_from=DAY, leave_until=date(2026, 12, 3))
    assert [away.away(day) for day in (date(2026, 11, 22), DAY, date(2026, 12, 3), date(2026, 12, 4))] == [
        False,
        True,
        True,
        False,
    ]
    assert not Staffing().away(DAY)


def test_room_is_what_the_limit_leaves():
    assert Staffing().room(10_000) is None
    assert [Staffing(most_cases=200).room(held) for held in (150, 200, 260)] == [50, 0, 0]


@pytest.mark.parametrize(
    ("plan", "field"),
    [
        (Staffing(capacity=201), "capacity"),
        (Staffing(capacity=-1), "capacity"),
        (Staffing(most_cases=-1), "most_cases"),
        (Staffing(languages=("x" * 61,)), "languages"),
        (Staffing(regions=tuple(map(str, range(21)))), "regions"),
        (Staffing(stages=("M8",)), "stages"),
        (Staffing(leave_from=DAY), "leave_until"),
        (Staffing(leave_from=DAY, leave_until=date(2026, 11, 22)), "leave_until"),
        (Staffing(cover_id="p2"), "leave_from"),
        (Staffing(leave_from=DAY, leave_until=DAY, cover_id="p1"), "cover"),
    ],
    ids=str,
)
def test_what_is_not_possible_names_its_field(plan: Staffing, field: str):
    with pytest.raises(InputError) as refused:
        plan.check("p1")
    assert refused.value.field == field
