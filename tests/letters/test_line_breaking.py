"""Lines: nothing lost, nothing too wide, no mark where it may not stand."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters.breaking import Setting, Span, lines
from letters.fonts import faces

TEXT = st.text(alphabet="中文字体排印，。；：？（）《》“”、年月日0123456789abcdefgh -/.,%元", min_size=1, max_size=200)


def setting(narrow: bool = False) -> Setting:
    return Setting(faces(), narrow)


def broken(text: str, measure: float, size: float = 10.0, narrow: bool = False) -> list[str]:
    cells = setting(narrow).cells([Span(text)])
    return ["".join(cell.char for cell in line.cells) for line in lines(cells, measure, size)]


@given(TEXT, st.floats(40, 400))
def test_no_character_is_lost(text, measure):
    assert "".join("".join(broken(text, measure)).split()) == "".join(text.split())


@given(TEXT, st.floats(40, 400))
def test_no_line_is_too_wide(text, measure):
    for line in lines(setting().cells([Span(text)]), measure, 10.0):
        assert line.width * 10 / 1000 <= measure + 0.01


@given(st.text(alphabet="中文字体排印，。；：？）》、", min_size=1, max_size=200), st.floats(60, 400))
def test_no_line_begins_with_a_closing_mark_after_a_word(text, measure):
    found = broken(text, measure)
    for before, line in pairwise(found):
        # only where one run of marks is itself longer than a line is there no other way
        assert (
            line[0] not in "，。；：？）》、"
            or set(before) <= set("，。；：？）》、")
            or len(before) * 10 >= measure - 30
        )


@pytest.mark.parametrize(
    ("text", "measure", "expected"),
    [
        ("第一行字，第二行字。", 40, ["第一行", "字，第二", "行字。"]),
        ("本金（利息）", 30, ["本金", "（利", "息）"]),
        ("See www.bank.example now", 95, ["See", "www.bank.example", "now"]),
        ("于2026年12月3日前", 60, ["于2026年", "12月3日前"]),
    ],
)
def test_breaks_by_the_rules(text, measure, expected):
    assert broken(text, measure) == expected


def test_a_closing_mark_may_give_up_its_white_half_at_the_line_s_end():
    assert broken("第一行字，第二行字。", 45) == ["第一行字，", "第二行字。"]


def test_adjacent_full_width_marks_share_their_white():
    plain = sum(cell.advance for cell in setting().cells([Span("整）")]))
    closed = sum(cell.advance for cell in setting().cells([Span("整），明")]))
    assert closed == plain - 500 + 2000


def test_a_word_longer_than_a_line_is_broken_inside():
    found = broken("a" * 100, 50)
    assert len(found) > 5
    assert "".join(found) == "a" * 100
