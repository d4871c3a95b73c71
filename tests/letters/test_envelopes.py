"""Envelopes: the address stands where the window or the post looks for it, and later pages say whose they are."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from io import BytesIO
from itertools import pairwise

import pypdf
import pytest

from letters.render import render

MM = 72 / 25.4
Box = tuple[float, float, float, float]


@pytest.fixture
def words(poppler: Callable[..., str]) -> Callable[[bytes], list[tuple[str, Box]]]:
    """Every word of page one with its box in millimetres from the upper left corner."""

    def read(pdf: bytes) -> list[tuple[str, Box]]:
        page = poppler(pdf, "-bbox", "-l", "1")
        pattern = r'xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)</word>'
        return [
            (unescape(text), tuple(float(edge) / MM for edge in edges)) for *edges, text in re.findall(pattern, page)
        ]

    return read


def placed(words: list[tuple[str, Box]], text: str) -> Box:
    return next(box for word, box in words if text in word)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_a_din_window_shows_the_address_and_nothing_of_the_letter(context, words, language):
    """DIN 5008 form B: window 90 × 45 mm, 20 mm from the left and 45 mm from the top, with 5 mm of play."""
    given = context("demand", language, envelope="din")
    found = words(render(given).pdf)
    name = given["debtor"]["name"].split()[0]
    left, top, right, bottom = placed(found, name)
    assert left >= 24
    assert right <= 105
    assert top >= 62.4  # of the line; its ink begins lower
    assert bottom <= 90
    inside = " ".join(word for word, (x1, y1, x2, y2) in found if x1 < 110 and y2 > 45 and y1 < 90)
    assert given["case_number"] not in inside
    assert "400-000" not in inside
    title = "催收函" if language == "zh_CN" else "overdue"
    assert placed(found, title)[1] >= 95


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_a_chinese_envelope_has_the_postcode_in_six_boxes_above_the_receiver(context, words, language):
    given = context("demand", language, envelope="cn")
    pdf = render(given).pdf
    found = words(pdf)
    panel = [(word, box) for word, box in found if box[3] <= 99]
    digits = [(word, box) for word, box in panel if len(word) == 1 and word.isdigit()]
    assert "".join(word for word, _ in sorted(digits, key=lambda one: one[1][0])) == "310012"
    steps = [second[1][0] - first[1][0] for first, second in pairwise(digits)]
    assert all(7 <= step <= 8 for step in steps)
    name = placed(panel, given["debtor"]["name"].split()[0])
    assert name[1] > digits[0][1][3]
    assert name[0] >= 20
    assert name[2] <= 110, "inside a window too"
    sender = placed(panel, given["bank"]["postcode"])
    assert sender[0] > 115, "the sender stands lower right"
    assert sender[1] > name[1]
    said = " ".join(word for word, _ in panel)
    assert given["case_number"] not in said
    assert "信用卡" not in said
    assert "Credit" not in said
    assert placed(found, "催收函" if language == "zh_CN" else "overdue")[1] > 99, "the letter begins below the fold"
    content = pypdf.PdfReader(BytesIO(pdf)).pages[0].get_contents().get_data()
    assert content.count(b"0.83 0.16 0.18 RG") == 6


def test_a_postcode_that_is_no_chinese_one_has_no_boxes(context, words):
    given = context(envelope="cn")
    given["debtor"]["postcode"] = "SW1A 1AA"
    pdf = render(given).pdf
    assert ".83 .16 .18 RG" not in pypdf.PdfReader(BytesIO(pdf)).pages[0].get_contents().get_data().decode("latin-1")
    assert placed(words(pdf), "SW1A")[3] < 99


@pytest.mark.parametrize("envelope", ["", "din", "cn"])
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_later_pages_say_sender_letter_case_and_number(context, envelope, language):
    given = context("demand", language, number=30, envelope=envelope)
    pages = pypdf.PdfReader(BytesIO(render(given).pdf)).pages
    assert len(pages) >= 3
    for number, page in enumerate(pages[1:], 2):
        text = "".join(page.extract_text().split())
        assert "".join(given["bank"]["name"].split()) in text
        assert given["case_number"] in text
        count = f"第{number}页，共{len(pages)}页" if language == "zh_CN" else f"Page{number}of{len(pages)}"
        assert count in text


def test_a_letter_of_the_first_layout_knows_no_envelope(context):
    plain, chosen = (render(context(envelope=one), "1.1.1").pdf for one in ("", "cn"))
    pages = [
        b"".join(page.get_contents().get_data() for page in pypdf.PdfReader(BytesIO(pdf)).pages)
        for pdf in (plain, chosen)
    ]
    assert pages[0] == pages[1]


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("envelope", ["din", "cn"])
def test_a_paper_of_one_page_gives_up_the_envelope_rather_than_the_page(context, words, language, envelope):
    given = context("budget_statement", language, envelope=envelope)
    made = render(given)
    assert made.pages == 1
    assert placed(words(made.pdf), given["debtor"]["name"].split()[0])[3] <= 99
