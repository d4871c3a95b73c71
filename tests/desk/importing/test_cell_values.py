"""Single cells: amounts, days, texts and phones, each refused with its own reason."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.desk.importing.cells import UnreadableCellError, amount, day_of, plain, whole
from workstation.desk.importing.mapping import Options
from workstation.domain.money import to_text

CNY = Options()
EUROPEAN = Options(currency="EUR", decimal=",", grouping=".")


@pytest.mark.parametrize(
    ("text", "options", "minor"),
    [
        ("41280.00", CNY, 4_128_000),
        ("1,234,567.8", CNY, 123_456_780),
        ("¥1,234.50", CNY, 123_450),
        ("￥12", CNY, 1_200),
        ("１２.５", CNY, 1_250),
        ("0", CNY, 0),
        ("1.234.567,89", EUROPEAN, 123_456_789),
        ("12,5", EUROPEAN, 1_250),
        ("1500", Options(currency="JPY"), 1_500),
    ],
)
def test_amounts_as_banks_write_them(text: str, options: Options, minor: int) -> None:
    assert amount(text, options) == minor


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("12,34", "not an amount"),  # neither twelve nor a thousand
        ("1,2345.00", "not an amount"),
        ("1e5", "not an amount"),
        ("1_000", "not an amount"),
        ("NaN", "not an amount"),
        ("Infinity", "not an amount"),
        ("(12.00)", "not an amount"),
        ("12 元", "not an amount"),
        ("=1+1", "formula"),
        ("1.005", "decimals"),
        ("-5", "negative"),
        ("99999999999999", "absurd"),
        ("9" * 400, "absurd"),
    ],
)
def test_what_is_no_amount_is_refused(text: str, word: str) -> None:
    with pytest.raises(UnreadableCellError, match=word):
        amount(text, CNY)


@given(st.integers(-(10**11), 10**11))
def test_every_amount_written_plainly_comes_back(minor: int) -> None:
    assert amount(to_text(minor, "CNY"), CNY, negative=True) == minor


@pytest.mark.parametrize("text", ["2026-02-28", "2026/2/28", "20260228", "2026年2月28日", "2026.02.28"])
def test_days_in_the_usual_forms(text: str) -> None:
    assert day_of(text) == date(2026, 2, 28)


def test_a_mapping_brings_its_own_form_of_a_day() -> None:
    assert day_of("03.04.26", "%d.%m.%y") == date(2026, 4, 3)


@pytest.mark.parametrize("text", ["2026-02-30", "2026-13-01", "0001-01-01", "today", "46024", "2026-11-23T10:00"])
def test_a_day_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(UnreadableCellError, match="no such day"):
        day_of(text)


@pytest.mark.parametrize("text", ["=1+1", "+SUM(A1)", "-2+3", "@cmd", '=HYPERLINK("http://x")'])
def test_a_formula_is_no_text(text: str) -> None:
    with pytest.raises(UnreadableCellError, match="formula"):
        plain(text, 100)


@pytest.mark.parametrize(
    "text", ["O'Neil\"; DROP TABLE debtor;--", "<script>alert(1)</script>", "-12", "欧阳·阿卜杜拉", "𠅤"]
)
def test_hostile_or_rare_text_is_just_text(text: str) -> None:
    assert plain(text, 100) == text


@pytest.mark.parametrize("text", ["a\x00b", "a\x1bb", "\u202eabc", "a\u2028b"])
def test_characters_nobody_sees_are_refused(text: str) -> None:
    with pytest.raises(UnreadableCellError, match="invisible"):
        plain(text, 100)


def test_a_text_on_two_lines_becomes_one_and_a_long_one_is_refused() -> None:
    assert plain("杭州市\r\n西湖区", 100) == "杭州市 西湖区"
    with pytest.raises(UnreadableCellError, match="50000 characters"):
        plain("长" * 50_000, 300)


@pytest.mark.parametrize("text", ["1.5", "1_0", "", "٣", "0x1"])
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    with pytest.raises(UnreadableCellError, match="whole number"):
        whole(text, 0, 10)
