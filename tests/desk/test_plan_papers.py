"""The schedule as a workbook and a calendar, read back by other programs; agreement and statement at the desk."""

from __future__ import annotations

import io
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pypdf
import pytest
import python_calamine
import vobject

from tests.domain.money.plan_requests import example
from tests.ui.sample_book import WANG
from workstation.desk.budget_views import BudgetForm, BudgetRow, CreditorRow
from workstation.domain.errors import InputError
from workstation.domain.money import COMPONENTS, to_minor
from workstation.domain.plan_form import run_plan
from workstation.session import Desk

PLANS = {
    "interest free": example(),
    "with interest and a down payment": example(
        method="equal_instalment", annual_rate="0.0612", down_payment="1000.00", instalments=24, instalment_amount=None
    ),
    "without cents": example(
        currency="JPY",
        method="stepped",
        balance={"principal": "412800", "penalty": "2231"},
        waive={"penalty": "2231"},
        instalment_amount=None,
        instalments=12,
        step={"every": 3, "percent": "10"},
    ),
}


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("name", PLANS)
def test_the_workbook_holds_the_figures_of_the_plan(desk: Desk, name: str, language: str) -> None:
    request = PLANS[name]
    result, currency = run_plan(request), request["currency"]
    content = desk.plan_papers.schedule_xlsx(request, language)
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    paid = [row for row in rows[1:-1] if row[0] != 0]
    assert [row[0] for row in paid] == [row["n"] for row in result["schedule"]]
    assert [row[1].date() for row in paid] == [date.fromisoformat(row["due"]) for row in result["schedule"]]
    digits = 0 if currency == "JPY" else 2
    assert [round(row[2] * 10**digits) for row in paid] == [
        to_minor(row["amount"], currency) for row in result["schedule"]
    ]
    assert sheet.freeze_panes == "A2"
    # The sums are formulas; another reader sees the figures that were written with them, which are ours.
    assert all(str(cell).startswith("=SUM(") for cell in rows[-1][2:-1])
    read = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    shown = [part for part in COMPONENTS if to_minor(result["totals"][part], currency)]
    interest = ["plan_interest"] if to_minor(result["totals"]["plan_interest"], currency) else []
    sums = [round(cell * 10**digits) for cell in read[-1][2:-1]]
    wanted = [result["totals"][part] for part in ("paid", *interest, *shown)]
    assert sums == [to_minor(text, currency) for text in wanted]


def test_the_workbook_says_nothing_of_the_person_and_runs_nothing(desk: Desk) -> None:
    content = desk.plan_papers.schedule_xlsx(example(), "zh_CN")
    sheets = openpyxl.load_workbook(io.BytesIO(content)).worksheets
    cells = [str(cell) for sheet in sheets for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    assert not any("王晓明" in cell or "4031" in cell for cell in cells)
    assert all(cell.startswith("=SUM(") for cell in cells if cell.startswith(("=", "+", "-", "@")))
    assert desk.plan_papers.schedule_xlsx(example(), "zh_CN") == content


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_calendar_has_a_day_for_each_payment(desk: Desk, language: str) -> None:
    request = PLANS["with interest and a down payment"]
    result = run_plan(request)
    content = desk.plan_papers.calendar_ics(WANG.id, request, language)
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert b"\n" not in content.replace(b"\r\n", b"")
    events = list(vobject.readOne(content.decode()).vevent_list)
    days = [date.fromisoformat(request["as_of"]), *(date.fromisoformat(row["due"]) for row in result["schedule"])]
    assert [event.dtstart.value for event in events] == days
    assert [event.dtend.value - event.dtstart.value for event in events] == [timedelta(days=1)] * len(days)
    assert len({event.uid.value for event in events}) == len(events)
    assert all(event.valarm.trigger.value == timedelta(hours=-15) for event in events)
    assert "1,000.00" in events[0].summary.value
    text = content.decode().replace("\r\n ", "")
    assert not any(word in text for word in ("王晓明", "4031", "debt", "欠款", "催收"))


def test_the_same_plan_exported_again_moves_its_own_days(desk: Desk) -> None:
    def uids(request: dict[str, object]) -> list[str]:
        made = vobject.readOne(desk.plan_papers.calendar_ics(WANG.id, request, "en").decode())
        return [event.uid.value for event in made.vevent_list]

    assert uids(example()) == uids(example())
    assert not set(uids(example())) & set(uids(example(first_due="2026-12-15")))


def budget(desk: Desk, *, many: int = 0) -> None:
    def rows_of(kind: str, count: int) -> list[BudgetRow]:
        return [BudgetRow(kind, str(10 + n), reason="每月都有，金额不大") for n in range(count)]

    form = BudgetForm(
        [BudgetRow("salary", "8200"), BudgetRow("second_job", "600", "fortnight"), *rows_of("pension", many)],
        [
            BudgetRow("food", "1900"),
            BudgetRow("housing", "2000"),
            BudgetRow("health", "0", reason=""),
            *rows_of("food", many),
        ],
        [BudgetRow("mortgage", "200"), *rows_of("tax", many)],
        [
            CreditorRow("=HYPERLINK(乙银行)", "120000"),
            CreditorRow("丙公司", "", "250"),
            *(CreditorRow(f"第{n}家", str(100 + n)) for n in range(many)),
        ],
        adults="2",
        children="1",
        note="下月起孩子上幼儿园",
    )
    desk.announce(desk.budget.record(WANG.id, form))


def why_not(desk: Desk, template: str) -> str | None:
    choice = next(row for row in desk.correspondence.choices(WANG.id) if row.template == template)
    return None if choice.reason is None else choice.reason.plain()


def text_of(pdf: bytes) -> str:
    return "".join("".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).split())


def test_the_statement_waits_for_a_budget(desk: Desk) -> None:
    assert why_not(desk, "budget_statement") == "No budget is recorded on this case yet."
    with pytest.raises(InputError, match="No budget is recorded"):
        desk.correspondence.preview(WANG.id, "budget_statement")
    budget(desk)
    assert why_not(desk, "budget_statement") is None


@pytest.mark.parametrize(("language", "many"), [("zh_CN", 0), ("en", 0), ("zh_CN", 40), ("en", 40)])
def test_the_statement_tells_the_budget_on_one_page(desk: Desk, language: str, many: int) -> None:
    budget(desk, many=many)
    file = desk.seat.file(WANG.id)
    assert file.state.budget is not None
    view = desk.budget.assess(WANG.id, desk.budget.start(WANG.id))
    assert view.month is not None
    made = desk.correspondence.preview(WANG.id, "budget_statement", language)
    assert made.pages == 1
    told = text_of(made.pdf)
    income = f"{view.month.income / 100:,.2f}"
    spending = f"{view.month.spending / 100:,.2f}"
    available = f"{abs(view.month.available) / 100:,.2f}"
    assert income in told
    assert spending in told
    assert "王晓明" in told
    assert "=HYPERLINK(乙银行)" in told
    assert "下月起孩子上幼儿园" in told
    assert available in told or view.month.disposable < 0
    assert (f"其他{many + 3 - 7}项" if language == "zh_CN" else f"{many + 3 - 7}smalleritems") in told or not many


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("zh_CN", ["高于通常的¥", "：儿子住校", "低于通常的¥"]),
        ("en", ["Morethantheusual¥", ":儿子住校", "Lessthantheusual¥"]),
    ],
)
def test_the_statement_says_what_is_unusual_and_why(desk: Desk, language: str, told: list[str]) -> None:
    spending = [BudgetRow("education", "9000", reason="儿子住校"), BudgetRow("food", "50")]
    desk.announce(desk.budget.record(WANG.id, BudgetForm([BudgetRow("salary", "12000")], spending)))
    text = text_of(desk.correspondence.preview(WANG.id, "budget_statement", language).pdf)
    assert [words for words in told if words not in text] == []


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_long_words_are_cut_and_figures_never_so_that_the_statement_stays_one_page(desk: Desk, language: str) -> None:
    kinds = ("food", "housing", "utilities", "transport", "health", "education", "dependants", "insurance")
    spending = [
        BudgetRow(kind, f"{300 + at}.11", reason="每天往返医院，路很远。" * 80) for at, kind in enumerate(kinds)
    ]
    others = [CreditorRow("某某小额贷款有限责任公司" * 30, f"{5000 + at}.22") for at in range(3)]
    form = BudgetForm([BudgetRow("salary", "8200")], spending, [], others, note="下月起孩子上幼儿园，" * 100)
    desk.announce(desk.budget.record(WANG.id, form))
    made = desk.correspondence.preview(WANG.id, "budget_statement", language)
    text = text_of(made.pdf)
    assert made.pages == 1
    assert "…" in text
    assert all(f"{300 + at}.11" in text for at in range(len(kinds)))
    assert all(f"5,00{at}.22" in text for at in range(3))


def test_what_does_not_fit_on_the_page_is_refused_and_not_left_out(desk: Desk) -> None:
    budget(desk)
    with pytest.raises(InputError, match="one page") as refused:
        desk.correspondence.preview(WANG.id, "budget_statement", free_paragraph="另外要说的话。" * 300)
    assert refused.value.field == "free_paragraph"


def test_an_agreement_says_how_it_was_agreed_and_what_goes_to_which_card(desk: Desk) -> None:
    form = desk.plan.start()
    form.waive_penalty = "100%"
    desk.announce(desk.plan.propose(WANG.id, form))
    plan = desk.seat.file(WANG.id).state.plan
    assert plan is not None
    if plan.needs_approval:
        pytest.fail("twelve parts are within a collector's authority")
    desk.announce(desk.plan_follow.agree(WANG.id, "recorded", "R-2026-77"))
    made = desk.correspondence.preview(WANG.id, "plan_agreement", "zh_CN")
    told = text_of(made.pdf)
    assert "录音编号：R-2026-77" in told
    assert "违约金人民币2,230.83元" in told
    pages = pypdf.PdfReader(io.BytesIO(made.pdf)).pages
    assert len(pages) == made.pages


def test_a_statement_is_recorded_and_archived_like_a_letter(desk: Desk, tmp_path: Path) -> None:
    budget(desk)
    made = desk.correspondence.preview(WANG.id, "budget_statement")
    desk.announce(desk.correspondence.record(WANG.id, made, "客户要求"))
    last = next(event for event in reversed(desk.seat.file(WANG.id).events) if event.kind == "letter")
    assert desk.correspondence.archived(last.id) == made.pdf
