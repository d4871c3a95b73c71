"""Lines: nothing lost, nothing too wide, no mark where it may not stand."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from letters.breaking import Setting, Span, lines
from letters.fonts import faces
from letters.layouts import CURRENT, Layout, layout_of

TEXT = st.text(alphabet="中文字体排印，。；：？（）《》“”、年月日0123456789abcdefgh -/.,%元", min_size=1, max_size=200)


FIRST = layout_of("1.1.1")


def setting(narrow: bool = False, layout: Layout = CURRENT) -> Setting:
    return Setting(faces(layout), narrow, layout)


def broken(text: str, measure: float, size: float = 10.0, narrow: bool = False, layout: Layout = CURRENT) -> list[str]:
    found = lines(setting(narrow, layout).text((Span(text),)), measure, size, layout)
    return ["".join(cell.char for cell in line.cells) for line in found]


@given(TEXT, st.floats(40, 400))
def test_no_character_is_lost(text, measure):
    assert "".join("".join(broken(text, measure)).split()) == "".join(text.split())


@given(TEXT, st.floats(40, 400))
def test_no_line_is_too_wide(text, measure):
    for line in lines(setting().text((Span(text),)), measure, 10.0):
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
        ("第一行字，第二行字呀。", 40, ["第一行", "字，第二", "行字呀。"]),
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


NO_START = set("，。；：？！、）》」』】”’%％·…—")
NO_END = set("（《「『【“‘¥￥$")
WORDS = st.sampled_from(
    [
        *("人民币48,625.27元", "CNY 1,600.00", "2026年12月3日", "www.bank.example", "card@bank.example", "第六十九条"),
        *("（邮编 200120）", "《信用卡领用合约》", "“江南银行”手机银行", "12.5%", "§ 1006.34", "——", "……", "欧阳𬀩"),
        *("按时", "还款", "的", "，", "。", "；", "：", "、", "see", "Regulation F", "-3", "29期", "3个工作日"),
    ]
)


def joined(words: list[str]) -> str:
    """As it would be written: a blank between two Latin words."""
    return re.sub(r"([!-~])\0(?=[!-~])", r"\1 ", "\0".join(words)).replace("\0", "")


MIXED = st.lists(WORDS, min_size=1, max_size=60).map(joined)
WHOLE = re.compile(
    r"[A-Za-z]+[.@][A-Za-z.]+|[A-Z]{3} [\d,.]*\d|§ [\d.]*\d|人民币(?=\d)|-?\d[\d,.]*\d*%?(?:[年月日元期个])?|[A-Za-z]+"
)


@given(MIXED, st.floats(140, 480))
@example("截至2026年11月23日，尚欠款项合计人民币145,878.81元（大写：人民币壹拾肆万元整），明细如下：", 150.0)
@example("CNY 1,600.00" * 20, 140.0)
def test_no_line_begins_or_ends_with_a_mark_that_may_not(text, measure):
    found = broken(text, measure)
    for before, after in pairwise(found):
        around = before[-14:] + after[:14]
        if set(around) & (NO_START | NO_END) and len(set(around) - NO_START - NO_END) < 3:
            continue  # nothing but marks for a whole line: there is no other way
        assert after[0] not in NO_START, found
        assert before[-1] not in NO_END, found


@given(MIXED, st.floats(200, 480))
def test_words_figures_and_amounts_stay_whole(text, measure):
    found = broken(text, measure)
    at = 0
    breaks = set()
    for line in found[:-1]:
        at = text.index(line, at) + len(line)
        breaks.add(at)
    cells = setting()
    for whole in WHOLE.finditer(text):
        if cells.width(whole[0], 10.0) < measure / 2:
            assert not [place for place in breaks if whole.start() < place < whole.end()], (whole[0], found)


@given(MIXED, st.floats(140, 480))
def test_nothing_is_lost_and_no_line_too_wide_in_mixed_text(text, measure):
    found = lines(setting().text((Span(text),)), measure, 10.0)
    assert "".join(cell.char for line in found for cell in line.cells).replace(" ", "") == text.replace(" ", "")
    assert all(line.width * 10 / 1000 <= measure + 0.01 for line in found)


@given(st.text(alphabet="中文字体排印，。；：", min_size=20, max_size=200), st.floats(120, 400))
def test_no_character_stands_alone_on_the_last_line(text, measure):
    last = broken("字" + text + "尾字尾", measure)[-1]
    assert sum(1 for char in last if char not in NO_START) >= 2


def test_chinese_and_latin_stand_a_little_apart():
    made = setting()
    close = made.width("卡", 10.0) + made.width("4821", 10.0) + made.width("号", 10.0)
    assert made.width("卡4821号", 10.0) == pytest.approx(close + 2 * 0.95)
    assert made.width("4821", 10.0) + made.width("，", 10.0) == pytest.approx(made.width("4821，", 10.0))
    assert setting(layout=FIRST).width("卡4821号", 10.0) == pytest.approx(close)


def test_the_air_is_not_part_of_a_line_s_end():
    assert broken("行字4821号", 20.0)[0] == "行字"
    line = lines(setting().text((Span("行字4821号"),)), 20.0, 10.0)[0]
    assert line.width == 2000


@given(MIXED, st.floats(140, 480))
def test_a_justified_line_ends_at_the_margin(text, measure):
    for line in lines(setting().text((Span(text),)), measure, 10.0):
        each = line.stretch(measure, 10.0)
        places = sum(1 for cell in line.cells[:-1] if not cell.gap)
        if each:
            assert line.width / 100 + each * places == pytest.approx(measure)
        assert each <= 0.7


def test_accents_and_selectors_print_as_one_character():
    assert broken("e\u0301té 葛\U000e0100城", 400.0) == ["été 葛城"]
    assert broken("\uf9a8", 400.0) == ["\uf9a8"], "a compatibility ideograph stays itself"
