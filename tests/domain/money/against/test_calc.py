"""Plans against LibreOffice Calc's functions: PMT, NPER, IPMT, PPMT, CUMIPMT, ISPMT, RATE, EFFECT, XIRR and XNPV.

One workbook is written, reckoned by Calc without a window and read back. What a rule rounds half up is rounded by
Calc's ROUND and equal to the cent. Calc does not round on the way, a plan does: each period's interest by half a cent
and each instalment by half a cent at most. What comes later may therefore differ by what those grow to, and by no more.
Skipped where Calc is not installed; `make test` installs it where it may.
"""

from __future__ import annotations

import csv
import math
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils import get_column_letter

from tests.domain.money.against.cases import A_YEAR, EACH, base_of, period_rate, plans
from tests.domain.money.plan_requests import principal_only
from workstation.domain.plan import Method, PlanResult, calculate

METHODS: tuple[Method, ...] = ("equal_instalment", "equal_principal", "balloon", "stepped")
INPUTS = ("base", "rate", "count", "last", "discount", "k")  # the first columns; `{name}` in a formula is its cell
FORMULAS = {
    "pmt": "=ROUND(PMT({rate},{count},-{base}),0)",
    "pmt_beside_balloon": "=ROUND(PMT({rate},{count}-1,-{base},{last}/(1+{rate})),0)",
    "nper": "=NPER({rate},-{first},{base})",
    "ipmt": "=IPMT({rate},{k},{count},-{base})",
    "ppmt": "=PPMT({rate},{k},{count},-{base})",
    "cumipmt": "=-CUMIPMT({rate},{count},{base},1,{count},0)",
    "ispmt": "=-ISPMT({rate},{k}-1,{count},{base})",
    "rate_found": "=RATE({count},-{first},{base})",
    "effect": "=EFFECT({rate}*{a_year},{a_year})",
    "xirr": "=XIRR({money},{days},0.1)",
    "xnpv": "=XNPV({discount},{money},{days})",
}

pytestmark = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice Calc is not installed")


@dataclass(frozen=True)
class Reckoned:
    """A plan, and what Calc made of its row; a function that has no answer there is left out."""

    plan: PlanResult
    by_calc: dict[str, float]

    @property
    def count(self) -> int:
        return len(self.plan.schedule)

    @property
    def rate(self) -> float:
        return float(period_rate(self.plan.request))

    @property
    def k(self) -> int:
        return middle(self.count)

    def grown(self, periods: int) -> float:
        """What a cent each period comes to."""
        return ((1 + self.rate) ** periods - 1) / self.rate if self.rate else periods


def middle(count: int) -> int:
    return count // 2 + 1


def every_week() -> list[PlanResult]:
    """Plans whose instalments are whole weeks apart from the first day on, so large that no cent tells in the rate."""
    start = date(2026, 11, 23)
    return [
        calculate(
            principal_only(
                10**12,
                method,
                as_of=start,
                first_due=start + timedelta(days=7 * weeks),
                frequency=frequency,
                annual_rate=Decimal(percent) / 100,
                instalments=26,
                discount_rate=Decimal(0),
            )
        )
        for method in ("equal_instalment", "equal_principal")
        for frequency, weeks in (("weekly", 1), ("fortnightly", 2))
        for percent in range(1, 37)
    ]


def row_of(plan: PlanResult, row: int) -> list[object]:
    debt = plan.request.balance.total - plan.waived.total
    flows = [(plan.request.as_of, -debt), *((part.due, part.amount) for part in plan.schedule)]
    begin, count = len(INPUTS) + len(FORMULAS) + 1, len(flows)
    cells: dict[str, object] = {name: f"${get_column_letter(n)}${row}" for n, name in enumerate(INPUTS, 1)}
    for name, start in (("days", begin), ("money", begin + count)):
        cells[name] = f"{get_column_letter(start)}{row}:{get_column_letter(start + count - 1)}{row}"
    cells |= {"first": plan.schedule[0].amount, "a_year": A_YEAR[plan.request.frequency]}
    rate, discount = float(period_rate(plan.request)), float(plan.request.discount_rate or 0)
    given = [base_of(plan), rate, len(plan.schedule), plan.schedule[-1].amount, discount, middle(len(plan.schedule))]
    return [*given, *(formula.format(**cells) for formula in FORMULAS.values()), *map(list, zip(*flows, strict=True))]


def cells_of(sheet: Any, values: list[object]) -> Iterator[object]:
    for value in values:
        if isinstance(value, list):
            yield from value
        elif isinstance(value, str):
            cell = WriteOnlyCell(sheet, value)
            cell.number_format = "0.00000000000000E+00"  # else Calc writes money with two decimals, a rate in percent
            yield cell
        else:
            yield value


@pytest.fixture(scope="module")
def reckoned(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Reckoned]]:
    """By method; the plans of whole weeks by `every_week`."""
    folder = tmp_path_factory.mktemp("calc")
    asked = [(method, plan) for method in METHODS for plan in plans(method)]
    asked += [("every_week", plan) for plan in every_week()]  # type: ignore[misc]
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row, (_, plan) in enumerate(asked, 1):
        sheet.append(list(cells_of(sheet, row_of(plan, row))))
    book.save(folder / "plans.xlsx")
    subprocess.run(
        ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to",
         "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false", "--outdir", str(folder),
         str(folder / "plans.xlsx")],
        check=True, capture_output=True, timeout=240,
    )  # fmt: skip
    lines = list(csv.reader((folder / "plans.csv").read_text("utf-8").splitlines()))
    made: dict[str, list[Reckoned]] = {}
    for (name, plan), cells in zip(asked, lines, strict=True):
        answers = dict(zip(FORMULAS, cells[len(INPUTS) :], strict=False))
        made.setdefault(name, []).append(Reckoned(plan, {key: float(v) for key, v in answers.items() if is_number(v)}))
    shutil.rmtree(folder, ignore_errors=True)
    return made


def is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


@pytest.fixture(scope="module")
def annuities(reckoned: dict[str, list[Reckoned]]) -> list[Reckoned]:
    """Those whose number is given: their amount is the annuity."""
    chosen = [one for one in reckoned["equal_instalment"] if one.plan.request.instalments and one.count > 1]
    assert len(chosen) > EACH // 2
    return chosen


def test_the_annuity_is_pmt(annuities: list[Reckoned]) -> None:
    for one in annuities:
        assert one.plan.schedule[0].amount == one.by_calc["pmt"]


def test_what_stands_beside_a_balloon_is_pmt_with_a_future_value(reckoned: dict[str, list[Reckoned]]) -> None:
    """The others leave what the balloon pays, one period's interest included."""
    chosen = [one for one in reckoned["balloon"] if one.plan.request.instalments and one.count > 2]
    assert len(chosen) > EACH // 2
    for one in chosen:
        assert one.plan.schedule[0].amount == one.by_calc["pmt_beside_balloon"]


def test_the_number_is_nper_rounded_up(reckoned: dict[str, list[Reckoned]]) -> None:
    """But where the exact number is a whole one to a thousandth: there a rounded cent decides."""
    chosen = [
        one
        for one in reckoned["equal_instalment"]
        if one.plan.request.instalment_amount and abs(one.by_calc["nper"] - round(one.by_calc["nper"])) > 1e-3
    ]
    assert len(chosen) > 100
    for one in chosen:
        assert one.count == math.ceil(one.by_calc["nper"])


def test_interest_and_share_of_the_middle_instalment_are_ipmt_and_ppmt(annuities: list[Reckoned]) -> None:
    for one in annuities:
        if one.k == one.count:
            continue  # the last one has taken the cents
        row, apart = one.plan.schedule[one.k - 1], one.rate * one.grown(one.k - 1) + 0.5 + 1e-6
        assert abs(row.plan_interest - one.by_calc["ipmt"]) <= apart
        assert abs(row.applied.total - one.by_calc["ppmt"]) <= apart + 0.5


def test_interest_of_all_periods_is_cumipmt(annuities: list[Reckoned]) -> None:
    for one in annuities:
        if not one.rate:
            assert one.plan.totals.plan_interest == 0  # CUMIPMT asks for a rate
            continue
        apart = one.count + one.rate * sum(one.grown(k) for k in range(one.count))
        assert abs(one.plan.totals.plan_interest - one.by_calc["cumipmt"]) <= apart


def test_the_rate_of_the_amount_is_rate(annuities: list[Reckoned]) -> None:
    """The amount was rounded by half a cent, and grows with the rate by half the debt at least. Calc stops looking
    within 1e-8 of a period's rate."""
    checked = 0
    for one in annuities:
        base = base_of(one.plan)
        if "rate_found" in one.by_calc and base > 10**6:
            assert abs(one.by_calc["rate_found"] - one.rate) <= 1 / base + 1e-8
            checked += 1
    assert checked > 100


def test_interest_on_equal_principal_is_ispmt(reckoned: dict[str, list[Reckoned]]) -> None:
    """Calc pays exactly a share of the base each time, a plan the share rounded."""
    chosen = [one for one in reckoned["equal_principal"] if one.plan.request.instalments and one.count > 1]
    assert len(chosen) > EACH // 2
    for one in chosen:
        apart = 0.5 + (one.k - 1) * 0.5 * one.rate + 1e-6
        assert abs(one.by_calc["ispmt"] - one.plan.schedule[one.k - 1].plan_interest) <= apart


def test_the_effective_rate_of_whole_weeks_is_effect(reckoned: dict[str, list[Reckoned]]) -> None:
    """EFFECT compounds 52 weeks or 26 fortnights, 364 days; a year of ours has 365."""
    for one in reckoned["every_week"]:
        rate = one.plan.effective_annual_rate
        assert rate is not None
        assert abs((1 + one.by_calc["effect"]) ** (365 / 364) - 1 - float(rate)) <= 1e-6


@pytest.mark.parametrize("method", METHODS)
def test_the_effective_rate_is_xirr(reckoned: dict[str, list[Reckoned]], method: Method) -> None:
    checked = 0
    for one in reckoned[method]:
        rate, request = one.plan.effective_annual_rate, one.plan.request
        # Calc gives up on some rates that lie far from its guess, and on a term of a few days.
        if rate and "xirr" in one.by_calc and one.plan.payoff - request.as_of >= timedelta(days=30):
            assert abs(one.by_calc["xirr"] - float(rate)) <= 1e-6
            checked += 1
    assert checked > EACH // 2


@pytest.mark.parametrize("method", METHODS)
def test_the_present_value_is_xnpv(reckoned: dict[str, list[Reckoned]], method: Method) -> None:
    """To the cent; either neighbour where Calc's lies within 1e-9 of a half cent, relative to it."""
    for one in reckoned[method]:
        worth = one.by_calc["xnpv"] + one.plan.request.balance.total - one.plan.waived.total
        assert one.plan.present_value is not None
        assert abs(worth - one.plan.present_value) <= 0.5 + 1e-9 * worth
