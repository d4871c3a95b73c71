"""The `allocate` command's JSON form. A contract: fields may be added, never changed or dropped."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

import msgspec

from workstation.domain.allocation import AccountDue, allocate
from workstation.domain.errors import InputError
from workstation.domain.forms import BalanceForm, Form, balance_texts, check_currency, money, read_balance, read_form
from workstation.domain.message import msg
from workstation.domain.money import to_text
from workstation.domain.rulepack import load

MOST_ACCOUNTS = 1_000


class _Account(Form, frozen=True):
    id: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    first_unpaid_due: date | None
    balance: BalanceForm


class _Request(Form, frozen=True):
    jurisdiction: str
    currency: str
    value_date: date
    amount: str
    accounts: Annotated[tuple[_Account, ...], msgspec.Meta(max_length=MOST_ACCOUNTS)]
    account: str | None = None  # the one the payer names


def run_allocate(request: Mapping[str, object]) -> dict[str, Any]:
    """How a payment spreads, as JSON values. `InputError` names the field at fault."""
    form = read_form(request, _Request)
    check_currency(form.currency)
    order = load(form.jurisdiction, form.value_date).payment_order
    if not form.accounts:
        raise InputError(msg("Give at least one account."), field="accounts")
    found = allocate(
        money(form.amount, form.currency, "amount"),
        [
            AccountDue(
                account.id,
                account.first_unpaid_due,
                read_balance(account.balance, form.currency, f"accounts[{index}].balance"),
            )
            for index, account in enumerate(form.accounts)
        ],
        form.value_date,
        order,
        named=form.account,
    )
    return {
        "accounts": [
            {
                "id": account.id,
                "applied": balance_texts(account.applied, form.currency),
                "remaining": balance_texts(account.remaining, form.currency),
            }
            for account in found.accounts
        ],
        "left_over": to_text(found.left_over, form.currency),
    }
