"""A list of a hundred thousand rows as a workbook, beside the same rows as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest

from tests.benchmarks.figures import Board
from tests.benchmarks.sizes import SIZES
from workstation.desk.excel import Cell, Head, Sheet, write_workbook
from workstation.domain.message import Money, msg
from workstation.i18n import Translator

pytestmark = pytest.mark.bench

ROWS = 100_000 if SIZES.name == "full" else 2_000
AT = datetime(2026, 11, 23, 2, 24, tzinfo=UTC)
HEADS = (
    Head(msg("Case")), Head(msg("Name")), Head(msg("With")), Head(msg("Stage")), Head(msg("Days"), "count"),
    Head(msg("Amount"), "money"), Head(msg("Share"), "share"), Head(msg("Day"), "day"), Head(msg("When"), "moment"),
    Head(msg("Duration"), "length"),
)  # fmt: skip


def rows() -> Iterator[tuple[Cell, ...]]:
    day = date(2026, 11, 23)
    for n in range(ROWS):
        yield (
            f"XYK-{n:06}", "王晓明", "陈静", f"M{n % 7 + 1}", n % 400, Money(4_862_527 + n, "CNY"),
            Decimal(n % 1000) / 1000, day + timedelta(days=n % 60), AT - timedelta(minutes=n), n % 900,
        )  # fmt: skip


def test_a_hundred_thousand_rows(board: Board, tmp_path: Path) -> None:
    told: list[int] = []
    mine, theirs = [], []
    for turn in range(3 if SIZES.name == "full" else 1):
        began = perf_counter()
        write_workbook(
            tmp_path / f"{turn}.xlsx", [Sheet(msg("Cases"), HEADS, rows())], Translator("zh_CN"),
            zone=ZoneInfo("Asia/Shanghai"), at=AT, progress=told.append,
        )  # fmt: skip
        mine.append(perf_counter() - began)
        began = perf_counter()
        with (tmp_path / f"{turn}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows())
        theirs.append(perf_counter() - began)
    assert told[-1] == ROWS * 1
    board.ratio(f"{ROWS:,} rows of ten columns as a workbook, against CSV", mine, theirs)
    board.spread(f"{ROWS:,} rows as a workbook", mine, aim_ms=15_000)
