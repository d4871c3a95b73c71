"""A person's month as one table: what comes in, what goes out, the sums, and whom else is owed; it fits on one page."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from letters.context import BudgetItem, Creditor, LetterContext, minor_of
from letters.language import Language
from letters.tables import Column, Table

_PADS = (1.7, 0.8)  # of rows, as they are and close
# What is left of a reason, a name and the note, in characters, the more a page must hold. Figures are never shortened.
TIGHTER = ((600, 200, 600), (600, 200, 600), (60, 40, 300), (30, 24, 120), (22, 16, 60), (10, 16, 40))


def shortened(context: LetterContext, tight: int) -> LetterContext:
    """The context with its longest words cut, and a sign where they are."""
    if context.budget is None:
        return context
    reason, name, note = TIGHTER[tight]
    budget = context.budget

    def lines(items: Sequence[BudgetItem]) -> tuple[BudgetItem, ...]:
        return tuple(replace(item, reason=_cut(item.reason, reason), what=_cut(item.what, name)) for item in items)

    return replace(
        context,
        budget=replace(
            budget,
            income=lines(budget.income),
            spending=lines(budget.spending),
            priority_debts=lines(budget.priority_debts),
            creditors=tuple(replace(row, name=_cut(row.name, name)) for row in budget.creditors),
            note=_cut(budget.note, note),
        ),
    )


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def budget_table(context: LetterContext, speech: Language, tight: int = 0) -> Table:
    """Amounts a month; each part with its sum in bold. The context has a budget."""
    budget, words = context.budget, speech.words
    if budget is None:
        raise ValueError("a context without a budget has no table of it")
    rows: list[Sequence[str]] = []
    strong: set[int] = set()

    def figure(text: str, field: str) -> str:
        return speech.number(minor_of(text, context.currency, f"budget.{field}"), context.currency)

    def part(name: str, items: Sequence[BudgetItem], total: str) -> None:
        if not items:
            return
        rows.extend(
            [item.what, item.told, figure(item.monthly, f"{name}[{at}].monthly"), item.reason]
            for at, item in enumerate(items)
        )
        strong.add(len(rows))
        rows.append([words[f"budget_{name}"], "", figure(total, f"{name}_total"), ""])

    part("income", budget.income, budget.income_total)
    part("spending", budget.spending, budget.spending_total)
    part("priority_debts", budget.priority_debts, budget.priority_debts_total)
    columns = [
        Column(words["budget_line"], "left", wraps=True),
        Column(words["budget_told"], "left"),
        Column(words["budget_month"]),
        Column(words["budget_reason"], "left", wraps=True),
    ]
    return Table(columns, rows, strong=frozenset(strong), pad=_PADS[tight > 0])


def creditors_table(context: LetterContext, speech: Language, tight: int = 0) -> Table:
    words = speech.words
    creditors: Sequence[Creditor] = context.budget.creditors if context.budget is not None else ()

    def figure(text: str, field: str) -> str:
        return speech.number(minor_of(text, context.currency, field), context.currency) if text else ""

    rows = [
        [
            creditor.name or "—",
            figure(creditor.balance, f"budget.creditors[{at}].balance"),
            figure(creditor.agreed, f"budget.creditors[{at}].agreed"),
        ]
        for at, creditor in enumerate(creditors)
    ]
    columns = [
        Column(words["budget_creditor"], "left", wraps=True),
        Column(words["budget_owed"]),
        Column(words["budget_agreed"]),
    ]
    return Table(columns, rows, pad=_PADS[tight > 0])
