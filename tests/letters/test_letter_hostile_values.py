"""Whatever stands in a value is printed as text, and stays inside the page."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from letters.fonts import faces
from letters.render import render

HOSTILE = [
    "<b>Robert</b> & <font color=red>",
    "{bank.phone} **x** <<y>> {0} %s",
    "'; DROP TABLE cases; --",
    "(\\) Tj ET BT /F1 99 Tf (",
    "<script>alert(1)</script>",
    "=cmd|'/c calc'!A1",
]


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_markup_and_template_syntax_print_as_text(context, read_back, value, language):
    wanted = context("demand", language, free_paragraph=value)
    wanted["debtor"]["name"] = value
    text = read_back(render(wanted).pdf)
    assert text.count("".join(value.split())) >= 3


def test_control_and_direction_characters_leave_no_trace(context, read_back):
    wanted = context()
    wanted["debtor"]["name"] = "张\u202e伟\x00\x1b[31m\u200b明\ud800"
    made = render(wanted)
    assert "张伟[31m明" in read_back(made.pdf)
    assert made.missing_glyphs == ()


def test_characters_without_a_glyph_are_marked_and_reported(context, read_back):
    wanted = context()
    wanted["debtor"]["name"] = "𠮷田 شركة"
    made = render(wanted)
    assert made.missing_glyphs == ("ش", "ر", "ك", "ة")
    assert "𠮷田〓〓〓〓" in read_back(made.pdf)


def test_a_newline_cannot_break_the_address_block(context, poppler):
    wanted = context()
    wanted["debtor"]["name"] = "张伟\n\n\n李四"
    assert "张伟   李四" in poppler(render(wanted).pdf, "-layout") or "张伟 李四" in poppler(render(wanted).pdf, "-raw")


@pytest.mark.parametrize(
    ("language", "debtor"),
    [
        ("zh_CN", {"name": "亚历山德拉·阿卜杜热依木·" * 15, "address": "新疆维吾尔自治区巴音郭楞蒙古自治州" * 30}),
        ("en", {"name": "Wolfeschlegelsteinhausen" * 8, "address": "Llanfairpwllgwyngyllgogerychwyrn, " * 17}),
    ],
)
@pytest.mark.parametrize("envelope", ["", "din", "cn"])
def test_long_values_stay_inside_the_page(context, poppler, language, debtor, envelope):
    wanted = context("demand", language, number=8, debtor=debtor, case_number="N" * 200, envelope=envelope)
    wanted["bank"] |= {"name": wanted["bank"]["name"] * 6, "website": "w" * 200}
    for account in wanted["accounts"]:
        account["balance"] = dict.fromkeys(account["balance"], "1999999999999.99")
    wanted["accounts"] = wanted["accounts"][:1]
    boxes = poppler(render(wanted).pdf, "-bbox")
    edges = re.findall(r'xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)"', boxes)
    assert len(edges) > 100
    for left, top, right, bottom in (tuple(map(float, edge)) for edge in edges):
        assert left >= 70  # 25 mm
        assert right <= 544.0  # 20 mm of margin, into which only the white half of a closing mark reaches
        assert top >= 30
        assert bottom <= 841.89 - 25


@settings(max_examples=15)
@given(st.text(min_size=1, max_size=60))
def test_any_text_makes_a_letter(value):
    from letters.fonts import composed, printable

    wanted = {
        "template": "demand",
        "language": "zh_CN",
        "jurisdiction": "zh-CN",
        "date": "2026-11-23",
        "pay_by": "2026-12-03",
        "debtor": {"name": "张" + value, "address": value + "路1号"},
        "bank": {"name": "示范银行", "phone": "400", "address": "上海" + value},
        "accounts": [{"card_tail": "1234", "balance": {"principal": "1.00"}}],
        "free_paragraph": value,
    }
    made = render(wanted)
    assert all(not faces().holds(char) for char in made.missing_glyphs)
    absent = {char for char in printable(composed(value)).strip() if not faces().holds(char)}
    assert absent <= set(made.missing_glyphs)
