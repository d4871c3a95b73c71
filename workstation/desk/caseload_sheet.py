"""The caseload board as a workbook: the team, and the cases of the people chosen by number alone, without a name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from workstation.desk.caseload import Board, BoardRow, CaseLine
from workstation.desk.excel import Cell, Head, Sheet
from workstation.domain.message import msg
from workstation.domain.staffing import FULL
from workstation.domain.vocabulary import STAGES


def sheets(board: Board, cases: Sequence[CaseLine], people: Mapping[str, str]) -> tuple[Sheet, Sheet]:
    """`people`: id → name. No debtor's name leaves: who may read the case finds it by its number."""
    about = [] if board.as_of is None else [msg("As of {at}.", at=board.as_of)]
    team = Sheet(
        msg("Team"),
        [
            Head(msg("Collector"), width=16),
            Head(msg("Cases"), "count"),
            Head(msg("Amount"), "money"),
            *(Head(stage, "count", 7) for stage in STAGES),
            Head(msg("Today"), "count"),
            Head(msg("Kept"), "share"),
            Head(msg("Load"), "share"),
            Head(msg("Capacity"), "share"),
            Head(msg("Away until"), "day"),
            Head(msg("Waits"), "count"),
        ],
        [tuple(_team_row(row)) for row in board.rows],
        about,
    )
    listed = Sheet(
        msg("Cases"),
        [
            Head(msg("Case"), width=18),
            Head(msg("With"), width=16),
            Head(msg("Stage"), width=8),
            Head(msg("Days"), "count"),
            Head(msg("Owed"), "money"),
        ],
        [(line.number, people.get(line.holder or "", ""), line.stage, line.days_past_due, line.owed) for line in cases],
        about,
    )
    return team, listed


def _team_row(row: BoardRow) -> Iterator[Cell]:
    yield row.name or msg("Nobody's")
    yield row.cases
    yield row.amount
    yield from (share.cases for share in row.stages)
    yield row.due
    yield row.kept_rate
    yield row.load
    yield None if row.member is None else Decimal(row.member.plan.capacity) / FULL
    yield row.member.plan.leave_until if row.away and row.member is not None else None
    yield row.waiting
