"""Every figure opens its own calculation, and the calculation's lines add up to the figure, whatever was paid."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from local_db.queries import (
    AccountRecord,
    BookRecord,
    CaseFile,
    CaseRecord,
    DebtorRecord,
    PaymentRecord,
    SnapshotRecord,
)
from tests.ui.sample_book import TODAY, WANG
from workstation.desk import standing
from workstation.desk.carrying import Stretch, Taken
from workstation.desk.casefile import _figures
from workstation.desk.explain import CHARGES, explain
from workstation.desk.history_views import Calculation
from workstation.domain.case_state import CaseState
from workstation.domain.message import Money, msg
from workstation.domain.money import COMPONENTS, Balance, Component
from workstation.session import Desk

NOW = datetime(2026, 11, 23, 2, 24, tzinfo=UTC)
PARTS: tuple[tuple[Component, ...], ...] = (COMPONENTS, ("principal",), ("interest",), CHARGES)

minor = st.integers(0, 5_000_000)
balances = st.builds(Balance, minor, minor, minor, minor, minor)
ago = st.integers(0, 120).map(lambda days: TODAY - timedelta(days=days))


@st.composite
def payments(draw: st.DrawFn, account: str) -> list[PaymentRecord]:
    paid = [
        PaymentRecord(f"{account}-{n}", account, day, amount, None, "", None)
        for n, (day, amount) in enumerate(draw(st.lists(st.tuples(ago, st.integers(0, 6_000_000)), max_size=6)))
    ]
    returned = [
        PaymentRecord(f"{row.id}-r", account, min(TODAY, row.value_date + timedelta(days=3)), -back, None, "", row.id)
        for row, back in ((row, draw(st.integers(0, row.amount))) for row in paid)
        if back
    ]
    return paid + returned


@st.composite
def files(draw: st.DrawFn) -> CaseFile:
    accounts, snapshots, paid = [], [], []
    for n in range(draw(st.integers(1, 3))):
        known = f"a{n}"
        accounts.append(
            AccountRecord(known, f"621700000000{n:04}", None, None, draw(st.integers(1, 31)), draw(st.none() | ago))
        )
        snapshots += [
            SnapshotRecord(f"{known}-{day}", known, day, draw(balances), 1)
            for day in draw(st.lists(ago, min_size=1, max_size=3, unique=True))
        ]
        paid += draw(payments(known))
    rate = draw(st.sampled_from(("0.0005", "0.00049315", "0", "0.0012")))
    return CaseFile(
        case=CaseRecord("case", "book", "X-1", date(2026, 1, 1), None, None, None, 1),
        book=BookRecord("book", "b", "b", "CNY", "zh-CN", TODAY, rate, draw(st.booleans()), {}),
        debtor=DebtorRecord("d", "r", "n", None, None, None, "zh_CN", None, None),
        accounts=tuple(accounts),
        snapshots=tuple(snapshots),
        payments=tuple(paid),
        related=(),
        points=(),
        events=(),
        state=CaseState(),
        people={},
    )


def adds_up(made: Calculation) -> bool:
    return made.total.minor == sum(section.total.minor for section in made.sections) and all(
        section.total.minor == sum(step.amount.minor for step in section.steps)
        and all(
            not step.parts or sum(part.minor for _, part in step.parts) == abs(step.amount.minor)
            for step in section.steps
        )
        for section in made.sections
    )


@given(file=files())
def test_the_lines_of_a_calculation_add_up_to_its_figure(file: CaseFile) -> None:
    owed = standing.owed(file, TODAY)
    for components in PARTS:
        made = explain(file, owed, components, msg("x"), TODAY, NOW)
        assert adds_up(made)
        assert made.total.minor == sum(owed.total.part(name) for name in components)
    for account in owed.accounts:
        made = explain(file, account, COMPONENTS, msg("x"), TODAY, NOW)
        assert adds_up(made)
        assert made.total.minor == account.balance.total


@given(file=files())
def test_each_unit_of_a_payment_goes_somewhere_once(file: CaseFile) -> None:
    for account in standing.owed(file, TODAY).accounts:
        taken = [step for step in account.carried.steps if isinstance(step, Taken)]
        assert all(0 <= step.parts.total <= step.amount <= step.payment.amount for step in taken)
        assert all(step.parts.total == step.amount or step.left_over > 0 for step in taken)
        stretches = [step for step in account.carried.steps if isinstance(step, Stretch)]
        assert all(before.until == after.since for before, after in pairwise(stretches))
        if stretches:
            assert (stretches[0].since, stretches[-1].until) == (account.as_of, TODAY)


@given(file=files())
def test_the_strip_shows_what_its_calculations_come_to(file: CaseFile) -> None:
    figures = [row for row in _figures(file, standing.owed(file, TODAY), TODAY, NOW) if row.calculation is not None]
    assert len(figures) == 4
    assert all(row.calculation is not None and row.value == row.calculation.total for row in figures)


def test_the_rules_and_the_moment_are_named(desk: Desk) -> None:
    case = desk.casefile.open(WANG.id)
    calculation = case.figures[0].calculation
    assert calculation is not None
    assert calculation.total == Money(4_128_000 + 510_244 + 223_083, "CNY")
    assert calculation.as_of.params["day"] == TODAY
    assert [account.calculation.total for account in case.accounts] == [account.total for account in case.accounts]
