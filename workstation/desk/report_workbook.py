"""A report as a workbook: figures, indicators, people, what happened, and every contact."""

from __future__ import annotations

from decimal import Decimal

from workstation.desk import indicator_words as words
from workstation.desk.day_close import LENGTHS
from workstation.desk.excel import Cell, Head, Sheet
from workstation.desk.indicators import Figure
from workstation.desk.report import Report
from workstation.desk.report_paper import BY_NAME, DONE, PERSONAL, ReportPaper
from workstation.domain.message import msg
from workstation.domain.money import decimals


def sheets(paper: ReportPaper) -> list[Sheet]:
    """In the order in which they are read."""
    people = [_people(paper)] if paper.report.people else []
    return [_summary(paper), _indicators(paper), *people, _happened(paper), _contacts(paper)]


def _summary(paper: ReportPaper) -> Sheet:
    rows: list[tuple[Cell, ...]] = []
    for name, count in paper.report.done.items():
        length = name in LENGTHS
        rows.append((paper.label("day_figure", name), None if length else count, count if length else None))
    heads = (Head(msg("What"), width=34), Head(msg("Count"), "count"), Head(msg("Duration"), "length"))
    return Sheet(paper.title, heads, rows, [*paper.about, *paper.lines()])


def _indicators(paper: ReportPaper) -> Sheet:
    report, rows = paper.report, []
    for name, now in report.card.figures.items():
        before = report.card.before[name]
        share = now.definition.unit == "share"
        plain = [None if share else _value(figure, report.currency) for figure in (now, before)]
        shares = [figure.value if share else None for figure in (now, before)]
        parts = [_part(now, place, report.currency) for place in (0, 1)]
        rows.append((words.NAMES[name], *shares, *plain, *parts, now.definition.text))
    heads = (
        Head(msg("Indicator"), width=30),
        Head(msg("Share"), "share"),
        Head(msg("Share before"), "share"),
        Head(msg("Value"), "number"),
        Head(msg("Value before"), "number"),
        Head(msg("Numerator"), "number", 16),
        Head(msg("Denominator"), "number", 16),
        Head(msg("Definition"), width=90),
    )
    return Sheet(msg("Indicators"), heads, rows, paper.about)


def _people(paper: ReportPaper) -> Sheet:
    report = paper.report
    heads = [Head(msg("Name"), width=16)]
    heads += [Head(paper.label("day_figure", name), "count", 14) for name in DONE]
    heads += [Head(words.NAMES[name], "share" if _is_share(report, name) else "number", 16) for name in PERSONAL]
    rows = [
        (one.name, *(one.figures[name] for name in DONE), *(one.card.figures[name].value for name in PERSONAL))
        for one in report.people
    ]
    return Sheet(msg("People"), heads, rows, [*paper.about, BY_NAME])


def _happened(paper: ReportPaper) -> Sheet:
    heads = (
        Head(msg("When"), "moment"),
        Head(msg("Case"), width=16),
        Head(msg("Name"), width=14),
        Head(msg("What"), width=60),
        Head(msg("By"), width=14),
    )
    rows = [(row.at, row.number, paper.name(row.name), row.title, row.author) for row in paper.report.happened]
    return Sheet(msg("What happened"), heads, rows)


def _contacts(paper: ReportPaper) -> Sheet:
    heads = (
        Head(msg("When"), "moment"),
        Head(msg("Case"), width=16),
        Head(msg("By"), width=14),
        Head(msg("Channel"), width=12),
        Head(msg("Outcome"), width=28),
        Head(msg("Duration"), "length"),
    )
    rows = (
        (
            row.at,
            row.number,
            row.author,
            paper.label("channel", row.channel),
            paper.label("outcome", row.outcome),
            row.duration,
        )
        for row in paper.report.attempts
    )
    return Sheet(msg("Contacts"), heads, rows)


def _is_share(report: Report, name: str) -> bool:
    return report.card.figures[name].definition.unit == "share"


def _value(figure: Figure, currency: str) -> Cell:
    if figure.value is None:
        return None
    return _major(int(figure.value), currency) if figure.definition.unit == "money" else figure.value


def _part(figure: Figure, place: int, currency: str) -> Cell:
    money, part = figure.definition.money, figure.pair[place]
    return _major(part, currency) if money == "both" or (money == "numerator" and place == 0) else part


def _major(minor: int, currency: str) -> Decimal:
    """An amount among other figures: in units of its currency."""
    return Decimal(minor).scaleb(-decimals(currency))
