"""Who may agree to what alone: share, amount, component and term, each on both sides of its limit."""

from __future__ import annotations

from decimal import Decimal

import pytest

from resources import resource
from workstation.domain.authority import Approval, AuthorityTableError, approval_for, parse
from workstation.domain.money import Balance

OWED = Balance(principal=8_000_000, interest=1_500_000, penalty=500_000)  # 100,000.00
TABLE = resource("authority/default.toml").read_text(encoding="utf-8")
YEAR = Decimal(12)


def asked(waived: Balance, role: str = "collector", months: Decimal = YEAR, currency: str = "CNY") -> Approval:
    return approval_for(role, OWED, waived, months, currency)


def said(found: Approval) -> list[str]:
    return [reason.text.split("{")[0] for reason in found.reasons]


def test_an_amount_holds_beside_the_share() -> None:
    rich = Balance(principal=50_000_000)
    assert not approval_for("lead", rich, Balance(principal=5_000_000), YEAR, "CNY").needed
    for waived, needed in ((Balance(penalty=500_000), False), (Balance(penalty=500_000, interest=1), True)):
        owed = Balance(principal=50_000_000, interest=900_000, penalty=900_000)
        found = approval_for("collector", owed, waived, YEAR, "CNY")
        assert (found.needed, found.by) == (needed, "lead" if needed else None)


def test_without_a_currency_or_in_one_without_limits_only_the_shares_hold() -> None:
    owed, waived = Balance(principal=50_000_000, interest=900_000), Balance(interest=600_000)
    assert approval_for("collector", owed, waived, YEAR, "CNY").needed
    assert not approval_for("collector", owed, waived, YEAR, "USD").needed
    assert not approval_for("collector", owed, waived, YEAR).needed


@pytest.mark.parametrize(("months", "needed"), [("36", False), ("36.01", True)])
def test_the_term_is_a_limit_of_its_own(months: str, needed: bool) -> None:
    assert asked(Balance(), months=Decimal(months)).needed is needed


def test_every_reason_is_told_and_the_first_stands_for_them() -> None:
    found = asked(Balance(principal=1, interest=1_000_000), months=Decimal(60))
    assert len(found.reasons) == 4  # share, amount, the principal, the term
    assert found.reason == found.reasons[0]
    assert (found.needed, found.by) == (True, "lead")


def test_what_is_above_the_lead_goes_to_who_approves_above_it() -> None:
    found = asked(Balance(principal=1_000_000))
    assert found.by == "admin"
    assert asked(Balance(principal=1_000_000), role="admin").needed is False


@pytest.mark.parametrize(
    "amounts",
    [
        'amounts = 5', 'amounts = { CNY = 5 }', 'amounts = { CNY = { totally = "1.00" } }',
        'amounts = { CNY = { total = "-1.00" } }', 'amounts = { CNY = { total = "0.001" } }',
        'amounts = { CNY = { total = "much" } }',
    ],
)  # fmt: skip
def test_a_limit_that_means_nothing_is_a_faulty_table(amounts: str) -> None:
    parse(TABLE)
    with pytest.raises(AuthorityTableError):
        parse(TABLE.replace('amounts = { CNY = { total = "5000.00" } }', amounts, 1))
