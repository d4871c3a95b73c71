"""Five hundred annuities, numbers, interests, rates and present values against LibreOffice Calc's functions.

One workbook is written, reckoned by Calc without a window and read back: PMT, NPER, ISPMT, XIRR and XNPV, rounded by
Calc's ROUND where a rule rounds half up. Skipped where Calc is not installed; `make test` installs it where it may.
"""

from __future__ import annotations

import csv
import math
import shutil
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from tests.domain.money.against.cases import EACH, base_of, period_rate, plans
from workstation.domain.plan import Method, PlanResult

FLOWS = 12  # column of the first day of a row's payments; the amounts follow
METHODS: tuple[Method, ...] = ("equal_instalment", "equal_principal", "balloon", "stepped")

pytestmark = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice Calc is not installed")


def _formulas(result: PlanResult, row: int) -> list[object]:
    request, base, count = result.request, base_of(result), len(result.schedule)
    flows = [(request.as_of, -(request.balance.total - result.waived.total))]
    flows += [(part.due, part.amount) for part in result.schedule]
    days = f"{get_column_letter(FLOWS)}{row}:{get_column_letter(FLOWS + len(flows) - 1)}{row}"
    money = f"{get_column_letter(FLOWS + len(flows))}{row}:{get_column_letter(FLOWS + 2 * len(flows) - 1)}{row}"
    return [
        base,
        float(period_rate(request)),
        count,
        result.schedule[-1].amount,
        float(request.discount_rate or 0),
        f"=ROUND(PMT(B{row};C{row};-A{row});0)",
        f"=ROUND(PMT(B{row};C{row}-1;-A{row};D{row}/(1+B{row}));0)" if count > 1 else 0,
        f"=NPER(B{row};-{result.schedule[0].amount};A{row})",
        f"=-ISPMT(B{row};{count // 2};C{row};A{row})",
        f"=IFERROR(XIRR({money};{days};0.1);-1)",
        f"=XNPV(E{row};{money};{days})",
        *(day for day, _ in flows),
        *(amount for _, amount in flows),
    ]


@pytest.fixture(scope="module")
def reckoned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[Method, list[tuple[PlanResult, list[str]]]]]:
    """Each plan with what Calc made of its row."""
    folder = tmp_path_factory.mktemp("calc")
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    results = [(method, result) for method in METHODS for result in plans(method)]
    for row, (_, result) in enumerate(results, start=1):
        for column, value in enumerate(_formulas(result, row), start=1):
            text = value.replace(";", ",") if isinstance(value, str) else value
            sheet.cell(row, column, text)
    book.save(folder / "plans.xlsx")
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false",
            "--outdir",
            str(folder),
            str(folder / "plans.xlsx"),
        ],
        check=True,
        capture_output=True,
        timeout=240,
    )
    lines = list(csv.reader((folder / "plans.csv").read_text("utf-8").splitlines()))
    assert len(lines) == len(results)
    made: dict[Method, list[tuple[PlanResult, list[str]]]] = {method: [] for method in METHODS}
    for (method, result), cells in zip(results, lines, strict=True):
        made[method].append((result, cells))
    yield made
    shutil.rmtree(folder, ignore_errors=True)


Reckoned = dict[Method, list[tuple[PlanResult, list[str]]]]


def test_the_annuity_is_pmt(reckoned: Reckoned) -> None:
    checked = 0
    for result, cells in reckoned["equal_instalment"]:
        if result.request.instalments is not None and len(result.schedule) > 1:
            assert result.schedule[0].amount == int(float(cells[5]))
            checked += 1
    assert checked > EACH // 2


def test_what_stands_beside_a_balloon_is_pmt_with_a_future_value(reckoned: Reckoned) -> None:
    checked = 0
    for result, cells in reckoned["balloon"]:
        if result.request.instalments is not None and len(result.schedule) > 2:
            assert result.schedule[0].amount == int(float(cells[6]))
            checked += 1
    assert checked > EACH // 2


def test_the_number_is_nper_rounded_up(reckoned: Reckoned) -> None:
    checked = 0
    for result, cells in reckoned["equal_instalment"]:
        exact = float(cells[7])
        if result.request.instalment_amount is not None and abs(exact - round(exact)) > 1e-3:
            assert len(result.schedule) == math.ceil(exact)
            checked += 1
    assert checked > 100


def test_interest_on_equal_principal_is_ispmt(reckoned: Reckoned) -> None:
    """Calc pays exactly a share of the base each time, we the share rounded: k half cents' interest apart at most."""
    checked = 0
    for result, cells in reckoned["equal_principal"]:
        count = len(result.schedule)
        if result.request.instalments is None:
            continue
        k = count // 2
        apart = 0.5 + k * 0.5 * float(period_rate(result.request)) + 1e-6
        if k < count:
            assert abs(float(cells[8]) - result.schedule[k].plan_interest) <= apart
            checked += 1
    assert checked > EACH // 2


@pytest.mark.parametrize("method", METHODS)
def test_the_effective_rate_is_xirr(reckoned: Reckoned, method: Method) -> None:
    checked = 0
    for result, cells in reckoned[method]:
        rate = result.effective_annual_rate
        if not rate or result.schedule[-1].due - result.request.as_of < timedelta(days=30) or float(cells[9]) == -1:
            continue
        assert abs(Decimal(cells[9]) - rate) <= Decimal("0.000001")
        checked += 1
    assert checked > EACH // 2


@pytest.mark.parametrize("method", METHODS)
def test_the_present_value_is_xnpv(reckoned: Reckoned, method: Method) -> None:
    for result, cells in reckoned[method]:
        debt = result.request.balance.total - result.waived.total
        assert result.present_value is not None
        worth = float(cells[10]) + debt
        assert abs(worth - result.present_value) <= 0.5 + 1e-9 * worth
