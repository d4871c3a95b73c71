"""What a refused plan names instead: with all of it changed together there is a plan, whatever was asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.money.any_plan import METHODS, plans, requests
from tests.domain.money.plan_requests import principal_only
from workstation.domain.errors import InputError
from workstation.domain.money import to_minor
from workstation.domain.plan import CustomPart, NoSolution, PlanRequest, PlanResult, calculate, terms_of
from workstation.domain.plan_unknown import solve_for

OF_ANY_NUMBER = tuple(method for method in METHODS if method != "custom")
SIZES = st.integers(1, 100) | st.integers(1, 10**7) | st.integers(1, 3 * 10**12)


def changed(request: PlanRequest, nearest: Mapping[str, object]) -> PlanRequest:
    fields: dict[str, Any] = {
        name: to_minor(value, request.currency) if isinstance(value, str) else value for name, value in nearest.items()
    }
    return replace(request, **fields)


def refusal(request: PlanRequest) -> NoSolution | None:
    try:
        calculate(request)
    except NoSolution as error:
        return error
    return None


def hold(request: PlanRequest) -> None:
    error = refusal(request)
    if error is None:
        return
    if error.nearest is None:
        # A single cent cannot be split into instalments and a last one: only another method does.
        assert (request.method, terms_of(request).base) == ("balloon", 1)
        return
    assert calculate(changed(request, error.nearest))


@settings(max_examples=60)
@given(requests(OF_ANY_NUMBER), st.integers(2, 400), SIZES, SIZES)
def test_what_cannot_be_names_what_can(request: PlanRequest, count: int, amount: int, last: int) -> None:
    if request.method == "balloon":
        request = replace(request, balloon=last)
    hold(replace(request, instalments=count, instalment_amount=None))
    hold(replace(request, instalments=None, instalment_amount=amount))


BALLOONS: list[tuple[int, dict[str, Any], dict[str, object]]] = [
    # The rounded interest misses it, and the one below leaves the others nothing.
    (61, {"annual_rate": "0.06", "instalments": 60, "balloon": 301}, {"balloon": "0.02"}),
    # More instalments than allowed, and a last one larger than the debt.
    (611, {"annual_rate": "0.06", "instalments": 65, "balloon": 670}, {"instalments": 60, "balloon": "4.95"}),
    # Too many for the debt whatever the last one is.
    (20, {"annual_rate": "0", "instalments": 24, "balloon": 30}, {"balloon": "0.19", "instalments": 2}),
    # One larger than the debt, and an amount that takes too long without it.
    (10_000, {"annual_rate": "0.24", "instalment_amount": 10, "balloon": 20_000}, {}),
]


@pytest.mark.parametrize(("base", "fields", "nearest"), BALLOONS)
def test_where_one_change_calls_for_another_both_are_named(
    base: int, fields: dict[str, Any], nearest: dict[str, object]
) -> None:
    request = principal_only(base, "balloon", **{**fields, "annual_rate": Decimal(fields["annual_rate"])})
    error = refusal(request)
    assert error is not None
    assert error.nearest is not None
    if nearest:
        assert error.nearest == nearest
    assert calculate(changed(request, error.nearest))


def test_both_changes_are_in_the_sentence() -> None:
    error = refusal(principal_only(20, "balloon", instalments=24, balloon=30))
    assert error is not None
    assert error.message.plain().endswith("The nearest that works is a last instalment of 0.19 CNY and 2 instalments.")


def test_a_cent_is_not_parted_in_two() -> None:
    error = refusal(principal_only(1, "balloon", instalments=12, balloon=1))
    assert error is not None
    assert error.nearest is None
    assert error.message.plain() == (
        "0.01 CNY cannot be parted in two; choose a method without a last instalment of its own."
    )


def test_a_term_given_by_its_day_is_answered_by_a_day() -> None:
    """And what it calls for besides stands in the sentence too."""
    asked = principal_only(20, "balloon", balloon=30)
    with pytest.raises(NoSolution) as raised:
        solve_for(asked, "instalment_amount", last_due=date(2028, 11, 30))
    assert raised.value.nearest == {"balloon": "0.19", "last_due": "2026-12-30"}
    solve_for(replace(asked, balloon=19), "instalment_amount", last_due=date(2026, 12, 30))

    with pytest.raises(NoSolution) as raised:
        solve_for(asked, "instalment_amount", last_due=date(2026, 11, 30))
    assert set(raised.value.nearest or {}) == {"last_due", "balloon"}
    assert "It also takes a last instalment of" in raised.value.message.plain()


@settings(max_examples=60)
@given(plans(("custom",)), st.data())
def test_a_custom_plan_names_the_amounts_that_pay(result: PlanResult, data: st.DataObject) -> None:
    parts = [
        replace(part, amount=data.draw(st.just(part.amount) | st.integers(1, 2 * part.amount)))
        for part in result.request.custom
    ]
    request = replace(result.request, custom=tuple(parts))
    error = refusal(request)
    if error is None:
        return
    assert error.nearest is not None
    named = error.nearest["custom"]
    assert isinstance(named, dict)
    amounts = [to_minor(text, request.currency) for text in named["amounts"]]
    assert amounts[named["n"] - 1] == to_minor(named["amount"], request.currency)
    assert amounts[: named["n"] - 1] == [part.amount for part in parts[: named["n"] - 1]]
    works = tuple(CustomPart(part.due, amount) for part, amount in zip(parts, amounts, strict=False))
    assert calculate(replace(request, custom=works)).totals.paid


def test_a_last_day_beyond_the_term_is_named_only_where_it_follows_the_day_before() -> None:
    def agreed(*days: date) -> PlanRequest:
        share, rest = divmod(100_000, len(days))
        rows = tuple(CustomPart(day, share + (rest if day == days[-1] else 0)) for day in days)
        return principal_only(100_000, "custom", first_due=None, custom=rows)

    one = refusal(agreed(date(2027, 1, 1), date(2032, 1, 1)))
    assert one is not None
    assert one.nearest == {"custom": {"n": 2, "due": "2031-11-23"}}
    two = refusal(agreed(date(2027, 1, 1), date(2031, 12, 1), date(2032, 1, 1)))
    assert two is not None
    assert two.nearest is None


def test_one_instalment_is_said_in_the_singular() -> None:
    with pytest.raises(InputError, match="at least 1 instalment\\."):
        calculate(principal_only(100, "interest_free", instalments=0))
