"""Tables over several pages: the head again, the sums so far below and above, figures to the right."""

from __future__ import annotations

import re

import pytest

from letters.render import render

WORDS = {"zh_CN": ("转下页", "承上页", "合计"), "en": ("Carried forward", "Brought forward", "Total")}


def figures(line: str) -> list[int]:
    return [int(one.replace(",", "").replace(".", "")) for one in re.findall(r"[\d,]+\.\d\d", line)]


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("envelope", ["", "cn"])
def test_every_page_of_a_long_table_adds_up(context, poppler, language, envelope):
    given = context("demand", language, number=70, envelope=envelope)
    pages = poppler(render(given).pdf, "-layout").split("\f")
    carried, brought, total = WORDS[language]
    rows: list[list[int]] = []
    seen = 0
    for page in pages:
        for line in page.splitlines():
            if re.match(r"\s*48\d\d\s", line):
                rows.append(figures(line))
            elif carried in line or brought in line or re.match(rf"\s*{total}\s.*\d\.\d\d", line):
                assert figures(line) == [sum(column) for column in zip(*rows, strict=True)]
                seen += 1
    assert len(rows) == 70
    assert seen >= 5
    assert seen % 2 == 1, "each page's end has its sum again on the next; at last the total"


def test_a_schedule_carries_what_is_paid_and_not_what_remains(context, poppler):
    given = context("plan_agreement", number=3, envelope="cn")
    text = poppler(render(given).pdf, "-layout")
    [carried] = [line for line in text.splitlines() if "转下页" in line]
    count = len(re.findall(r"\d{4}年\d+月28日 +1,600\.00", text[: text.index("转下页")]))
    assert count > 10
    assert figures(carried) == [count * 160000, count * 150000, count * 10000]


def test_a_table_that_fits_is_not_cut(context, poppler):
    text = poppler(render(context("demand", "zh_CN", number=12)).pdf, "-layout")
    assert "转下页" not in text
    pages = text.split("\f")
    assert [page.count("\n48") > 0 or bool(re.search(r"^\s*48\d\d\s", page, re.MULTILINE)) for page in pages].count(
        True
    ) == 1


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_figures_end_at_one_edge(context, poppler, language):
    given = context("demand", language, number=5)
    given["accounts"][2]["balance"]["principal"] = "9.00"
    boxes = re.findall(r'xMax="([\d.]+)" yMax="[\d.]+">([\d,]+\.\d\d)</word>', poppler(render(given).pdf, "-bbox"))
    edges = {}
    for edge, text in boxes:
        edges.setdefault(round(float(edge)), []).append(text)
    columns = [column for column in edges.values() if len(column) >= 5]
    assert len(columns) == 5
    assert any("9.00" in column and "41,280.00" in column for column in columns)


def test_the_first_layout_carries_nothing(context, poppler):
    text = poppler(render(context("demand", "zh_CN", number=70), "1.1.1").pdf, "-layout")
    assert "转下页" not in text
