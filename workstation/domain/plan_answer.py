"""A calculated plan as the JSON of the `plan` command. A contract: fields may be added, never changed or dropped."""

from __future__ import annotations

from typing import Any

from workstation.domain.forms import balance_texts, fixed
from workstation.domain.money import to_text
from workstation.domain.plan_values import AccountShare, Instalment, PlanResult


def answer(result: PlanResult) -> dict[str, Any]:
    """A result in the JSON form. `affordability` is there when a budget was given, `accounts` and `accrued` when the
    request has them."""
    currency = result.request.currency

    def text(minor: int) -> str:
        return to_text(minor, currency)

    rate, value, down = result.effective_annual_rate, result.present_value, result.down_payment
    found, share = result.affordability, result.disposable_share
    body: dict[str, Any] = {
        "schedule": [_row(row, currency) for row in result.schedule],
        "totals": {
            "paid": text(result.totals.paid),
            "plan_interest": text(result.totals.plan_interest),
            **balance_texts(result.totals.applied, currency),
        },
        "down_payment": None
        if down is None
        else {
            "due": down.on.isoformat(),
            "amount": text(down.amount),
            **balance_texts(down.applied, currency),
            "balance": text(down.balance),
            **_shares(down.by_account, currency),
        },
        "waived": {"amount": text(result.waived.total), "share": fixed(result.waived_share, 4)},
        "instalments": result.instalments,
        "payoff": result.payoff.isoformat(),
        "effective_annual_rate": None if rate is None else fixed(rate, 6),
        "present_value": None if value is None else text(value),
        "disposable": None if found is None else text(found.disposable),
        "affordable": result.affordable,
        "approval": {
            "needed": result.approval.needed,
            "by": result.approval.by,
            "reason": None if result.approval.reason is None else result.approval.reason.plain(),
        },
        "findings": [
            {"rule": item.rule, "level": item.level, "message": item.message.plain(), "source": item.source}
            for item in result.findings
        ],
    }
    if result.accrued is not None:
        body["accrued"] = {"to": result.accrued.to.isoformat(), "interest": text(result.accrued.interest)}
    if result.accounts:
        body["accounts"] = [
            {
                "id": account.id,
                "accrued": text(account.accrued),
                "waived": balance_texts(account.waived, currency),
                "applied": balance_texts(account.applied, currency),
            }
            for account in result.accounts
        ]
    if found is not None:
        body["disposable_share"] = None if share is None else fixed(share, 4)
        body["affordability"] = {
            "income": text(found.income),
            "spending": text(found.spending),
            "priority_debts": text(found.priority_debts),
            "available": text(found.available),
            "safety_share": fixed(found.safety_share, 4),
            "creditor_share": fixed(found.creditor_share, 4),
            "margin": text(found.margin),
            "to_others": text(found.to_others),
        }
    return body


def _row(row: Instalment, currency: str) -> dict[str, Any]:
    return {
        "n": row.n,
        "nominal_due": row.nominal_due.isoformat(),
        "due": row.due.isoformat(),
        "amount": to_text(row.amount, currency),
        "plan_interest": to_text(row.plan_interest, currency),
        **balance_texts(row.applied, currency),
        "balance": to_text(row.balance, currency),
        **_shares(row.by_account, currency),
    }


def _shares(shares: tuple[AccountShare, ...], currency: str) -> dict[str, Any]:
    """`accounts` of a payment, in a plan over several."""
    if not shares:
        return {}
    return {
        "accounts": [
            {"id": share.id, **balance_texts(share.applied, currency), "balance": to_text(share.left, currency)}
            for share in shares
        ]
    }
