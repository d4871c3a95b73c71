"""The plan of the design documents, and variations of it, as the tests of this folder ask for them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from workstation.domain.money import Balance
from workstation.domain.plan import PlanRequest

# The request of docs/commands.md ("plan").
EXAMPLE: dict[str, Any] = {
    "as_of": "2026-11-23",
    "jurisdiction": "zh-CN",
    "currency": "CNY",
    "days_past_due": 78,
    "clock": "running",
    "balance": {
        "principal": "41280.00",
        "interest": "5102.44",
        "penalty": "2230.83",
        "fees": "0.00",
        "costs": "0.00",
    },
    "waive": {"penalty": "2230.83"},
    "method": "interest_free",
    "annual_rate": "0",
    "instalment_amount": "1600.00",
    "first_due": "2026-11-30",
    "frequency": "monthly",
    "business_days": "following",
    "role": "collector",
    "discount_rate": "0.06",
}


def example(**changes: Any) -> dict[str, Any]:
    """The example with fields replaced; a field set to None is left out."""
    return {name: value for name, value in {**EXAMPLE, **changes}.items() if value is not None}


def principal_only(base: int, method: str, **changes: Any) -> PlanRequest:
    """A typed request for `base` minor units of principal, due monthly from 30 November 2026."""
    fields: dict[str, Any] = {
        "as_of": date(2026, 11, 23),
        "jurisdiction": "zh-CN",
        "currency": "CNY",
        "days_past_due": 78,
        "balance": Balance(principal=base),
        "method": method,
        "first_due": date(2026, 11, 30),
        "annual_rate": Decimal(0),
    }
    return PlanRequest(**{**fields, **changes})
