"""The wording check on a long note of ten thousand characters, plain and full of findings."""

from __future__ import annotations

import gc
from time import perf_counter

import pytest

from tests.benchmarks.figures import Board
from tests.benchmarks.sizes import SIZES
from workstation.domain.wording import Facts, check

RUNS = 200 if SIZES.name == "full" else 10
LENGTH = 10_000
PLAIN = (
    "您好，这里是银行的信用卡中心，您本期账单已出，请您核对后按时还款，如有困难可以申请分期。"
    "Thank you for your call, please tell us what you can afford each month. "
)
BAD = "再不还钱就打断你的腿，通知你单位，你这个老 赖。You are a l0ser, we will tell your boss and have you arrested. "


def filled(text: str) -> str:
    return (text * (LENGTH // len(text) + 1))[:LENGTH]


@pytest.mark.bench
@pytest.mark.parametrize(("name", "text"), [("plain", filled(PLAIN)), ("nothing but findings", filled(BAD))])
def test_ten_thousand_characters_are_checked(board: Board, name: str, text: str) -> None:
    spent = []
    check(text, "zh_CN", "zh-CN", "debtor", Facts())  # the files are read once
    for _ in range(RUNS):
        gc.collect()
        began = perf_counter()
        check(text, "zh_CN", "zh-CN", "debtor", Facts())
        spent.append(perf_counter() - began)
    board.spread(f"Wording of {LENGTH:,} characters, {name}", spent, aim_ms=20)
