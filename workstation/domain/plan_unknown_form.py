"""The JSON form of a solved unknown: the value, its proof, and the request that gives the same plan without solving."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from workstation.domain.forms import balance_texts, fixed
from workstation.domain.money import to_text
from workstation.domain.plan_unknown import Solved

ASKING = ("solve", "waive_limit", "last_due")


def solved_answer(solved: Solved) -> dict[str, Any]:
    """`request` holds the fields to set; null is one to leave out."""
    return {
        "field": solved.field,
        "value": _shown(solved),
        "proof": solved.proof.plain(),
        "request": _changes(solved),
    }


def plain_request(asked: Mapping[str, Any], solved: Solved) -> dict[str, Any]:
    """The request `asked` with what was solved in it: it can be calculated, proposed and kept like any other."""
    fields = {**asked, **_changes(solved), **dict.fromkeys(ASKING)}
    return {name: value for name, value in fields.items() if value is not None}


def _changes(solved: Solved) -> dict[str, Any]:
    request = solved.request
    amount = request.instalment_amount
    changes: dict[str, Any] = {
        "instalments": request.instalments,
        "instalment_amount": None if amount is None else to_text(amount, request.currency),
    }
    if solved.field == "annual_rate":
        changes["annual_rate"] = fixed(request.annual_rate, 6)
    elif solved.field == "waive":
        changes["waive"] = balance_texts(request.waive, request.currency)
    elif solved.field == "down_payment":
        changes["down_payment"] = to_text(request.down_payment, request.currency)
    return changes


def _shown(solved: Solved) -> object:
    value = solved.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return fixed(value, 6)
    return value if solved.field == "instalments" else to_text(value, solved.request.currency)
