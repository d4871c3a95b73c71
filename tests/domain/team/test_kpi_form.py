"""The `kpi` command's form: what it answers, and what it refuses by name."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from workstation.domain.errors import InputError
from workstation.domain.indicators import DEFINITIONS
from workstation.domain.kpi_form import run_kpi

REQUEST: dict[str, Any] = {
    "from": "2026-11-01",
    "to": "2026-11-30",
    "cases": [
        {
            "reference": "A",
            "account_number": "1",
            "as_of": "2026-10-31",
            "opened_on": "2026-10-01",
            "principal": "1000.00",
            "interest": "50.00",
            "months_past_due": 2,
            "first_unpaid_due": "2026-09-10",
        },
        {"reference": "A", "account_number": "1", "as_of": "2026-11-25", "months_past_due": 0},
        {
            "reference": "B",
            "account_number": "2",
            "as_of": "2026-10-31",
            "principal": "3000.00",
            "first_unpaid_due": "2026-10-05",
        },
    ],
    "payments": [{"account_number": "1", "value_date": "2026-11-10", "amount": "1050.00", "reference": "p"}],
    "events": [
        {
            "id": "e1",
            "case_id": "A",
            "kind": "contact",
            "occurred_at": "2026-11-05T10:00:00+08:00",
            "author": "chen",
            "channel": "call",
            "outcome": "promise_to_pay",
            "duration": 60,
            "body": {"party": "debtor", "identity": ["full_name", "id_tail"], "satisfaction": 5},
        },
        {
            "id": "e2",
            "case_id": "A",
            "kind": "promise",
            "occurred_at": "2026-11-05T10:01:00+08:00",
            "author": "chen",
            "amount": "1000.00",
            "due_on": "2026-11-12",
            "body": {"currency": "CNY"},
        },
        {
            "id": "e3",
            "case_id": "B",
            "kind": "contact",
            "occurred_at": "2026-11-06T11:00:00+08:00",
            "author": "li",
            "channel": "call",
            "outcome": "no_answer",
        },
    ],
}


def answer(**changes: Any) -> dict[str, Any]:
    return run_kpi({**deepcopy(REQUEST), **changes})


def figure(found: dict[str, Any], name: str) -> tuple[Any, Any, Any]:
    return tuple(found[name][part] for part in ("value", "numerator", "denominator"))  # type: ignore[return-value]


def test_every_indicator_comes_with_value_parts_definition_and_cases() -> None:
    found = answer()
    assert set(DEFINITIONS) <= set(found)
    for name in DEFINITIONS:
        assert set(found[name]) == {"value", "numerator", "denominator", "definition", "cases"}
        assert found[name]["definition"]
    assert figure(found, "recovery_rate") == ("0.2593", "1050.00", "4050.00")
    assert figure(found, "average_due") == ("1500.00", "3000.00", 2)
    assert figure(found, "average_dpd") == ("28.0", 56, 2)
    assert figure(found, "kept_rate") == ("1.0000", 1, 1)
    assert figure(found, "satisfaction") == ("5.00", 5, 1)
    assert found["kept_rate"]["cases"] == ["A"]
    assert figure(found, "plan_kept_rate") == (None, 0, 0)


def test_the_matrix_says_who_rolled_where() -> None:
    matrix = answer()["roll_rates"]["matrix"]
    assert matrix == {
        "M1": {"M1": {"cases": 1, "share": "1.0000", "amount": "3000.00", "amount_share": "1.0000"}},
        "M2": {"M0": {"cases": 1, "share": "1.0000", "amount": "1050.00", "amount_share": "1.0000"}},
    }


def test_the_hours_are_those_of_the_zone() -> None:
    assert answer()["hours"][0] == {"hour": 10, "attempts": 1, "right_party": 1}
    assert answer(time_zone="Europe/London")["hours"][0]["hour"] == 2


def test_of_some_people_only_their_work_counts_and_their_time_divides_it() -> None:
    found = answer(authors=["chen"], signed_in_seconds=3600)
    assert figure(found, "penetration") == ("0.50", 1, 2)
    assert figure(found, "attempts_per_hour") == ("1.00", 1, 3600)


def test_a_book_of_nobody_has_no_figures() -> None:
    found = run_kpi({"from": "2026-11-01", "to": "2026-11-30", "cases": []})
    assert all(found[name]["value"] is None for name in DEFINITIONS)
    assert found["roll_rates"]["matrix"] == {}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"to": "2026-10-30"}, "to"),
        ({"as_of": "2026-11-29"}, "as_of"),
        ({"currency": "XYZ"}, "currency"),
        ({"time_zone": "Mars/Base"}, "time_zone"),
        ({"jurisdiction": "xx"}, "jurisdiction"),
        ({"surprise": 1}, "surprise"),
        (
            {"payments": [{"account_number": "9", "value_date": "2026-11-10", "amount": "1"}]},
            "payments[0].account_number",
        ),
        ({"payments": [{"account_number": "1", "value_date": "2026-11-10", "amount": "x"}]}, "payments[0].amount"),
        ({"events": [{**REQUEST["events"][0], "case_id": "Z"}]}, "events[0].case_id"),
        ({"events": [{**REQUEST["events"][0], "occurred_at": "2026-11-05T10:00:00"}]}, "events[0].occurred_at"),
        ({"events": [{**REQUEST["events"][0], "body": {"satisfaction": "much"}}]}, "events[0].body"),
        ({"cases": [REQUEST["cases"][0], {**REQUEST["cases"][2], "account_number": "1"}]}, "cases[1].account_number"),
        ({"cases": [{**REQUEST["cases"][0], "principal": "1.234"}]}, "cases[0].principal"),
    ],
)
def test_what_is_wrong_is_named(changes: dict[str, Any], field: str) -> None:
    request = {**deepcopy(REQUEST), "payments": [], "events": [], **changes}
    with pytest.raises(InputError) as refused:
        run_kpi(request)
    assert refused.value.field == field
