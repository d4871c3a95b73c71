"""Human entries as they are typed at a desk on Monday, 23 November 2026."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.domain.entry import read_amount, read_date, read_phone, read_time
from workstation.domain.entry_numbers import chinese_number
from workstation.domain.errors import InputError
from workstation.domain.money import MAX_MINOR

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("28", "2026-11-28"),
        ("23", "2026-11-23"),
        ("22", "2026-12-22"),
        ("31", "2026-12-31"),
        ("28号", "2026-11-28"),
        ("28日", "2026-11-28"),
        ("二十八号", "2026-11-28"),
        ("下月5号", "2026-12-05"),
        ("月底", "2026-11-30"),
        ("下月底", "2026-12-31"),
        ("+5", "2026-11-28"),
        ("+2w", "2026-12-07"),
        ("+1m", "2026-12-23"),
        ("-3", "2026-11-20"),
        ("3天后", "2026-11-26"),
        ("两周后", "2026-12-07"),
        ("一个月后", "2026-12-23"),
        ("in 2 weeks", "2026-12-07"),
        ("今天", "2026-11-23"),
        ("明天", "2026-11-24"),
        ("大后天", "2026-11-26"),
        ("Tomorrow", "2026-11-24"),
        ("周三", "2026-11-25"),
        ("周一", "2026-11-23"),
        ("星期天", "2026-11-29"),
        ("这周五", "2026-11-27"),
        ("下周五", "2026-12-04"),
        ("下下周一", "2026-12-07"),
        ("friday", "2026-11-27"),
        ("next Friday", "2026-12-04"),
        ("11-28", "2026-11-28"),
        ("11/28", "2026-11-28"),
        ("11月28日", "2026-11-28"),
        ("1-5", "2027-01-05"),
        ("2-29", "2028-02-29"),
        ("nov 28", "2026-11-28"),
        ("28 Nov 2027", "2027-11-28"),
        ("2026-11-28", "2026-11-28"),
        ("2026年11月28日", "2026-11-28"),
        ("20261128", "2026-11-28"),
        ("１１－２８", "2026-11-28"),
    ],
)
def test_days_as_people_say_them(text: str, iso: str) -> None:
    assert read_date(text, TODAY).isoformat() == iso


def test_a_day_that_does_not_exist_is_named_in_the_sentence() -> None:
    with pytest.raises(InputError, match="2026-02-30 does not exist"):
        read_date("2026-02-30", TODAY)


@pytest.mark.parametrize("text", ["", "  ", "soon", "32", "0", "13-01", "11-31", "下周", "٣", "9" * 60, "<b>", "+"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_date(text, TODAY)


@given(st.dates(date(1970, 1, 1), date(2100, 1, 1)), st.integers(1, 31))
def test_a_bare_number_is_the_next_such_day(today: date, number: int) -> None:
    found = read_date(str(number), today)
    assert found.day == number
    assert today <= found <= today + timedelta(days=62)


@given(st.dates(date(1970, 1, 1), date(2100, 1, 1)), st.sampled_from("一二三四五六日"))
def test_a_weekday_is_within_seven_days_and_next_weeks_within_fourteen(today: date, char: str) -> None:
    coming, next_week = read_date(f"周{char}", today), read_date(f"下周{char}", today)
    assert 0 <= (coming - today).days < 7
    assert coming.weekday() == next_week.weekday() == "一二三四五六日".index(char)
    assert next_week.isocalendar()[:2] == (today + timedelta(days=7)).isocalendar()[:2]


@given(st.dates())
def test_an_iso_day_reads_as_itself(day: date) -> None:
    assert read_date(day.isoformat(), TODAY) == day


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("3000", 3000_00),
        ("3k", 3000_00),
        ("1.5k", 1500_00),
        ("3千", 3000_00),
        ("1.5万", 15000_00),
        ("一点五万", 15000_00),
        ("10w", 100000_00),
        ("3千5", 3500_00),
        ("3万5", 35000_00),
        ("3万5千", 35000_00),
        ("1千2百", 1200_00),
        ("3,000.50", 3000_50),
        ("１，６００", 1600_00),
        ("¥3,000", 3000_00),
        ("3000元", 3000_00),
        ("50块", 50_00),
        ("三块五", 3_50),
        ("十五元三角二分", 15_32),
        ("三千五百元五分", 3500_05),
        ("五角", 50),
        ("三千", 3000_00),
        ("三千五", 3500_00),
        ("三千零五", 3005_00),
        ("一万二", 12000_00),
        ("两万三千五百", 23500_00),
        ("十二", 12_00),
        ("壹仟陆佰元整", 1600_00),
        ("人民币壹仟陆佰捌拾元零叁角贰分", 1680_32),
        ("50 CNY", 50_00),
        ("0", 0),
    ],
)
def test_amounts_as_people_say_them(text: str, minor: int) -> None:
    assert read_amount(text, "CNY") == minor


@pytest.mark.parametrize(
    "text",
    ["", "abc", "-5", "3,00", "1e5", "3.001", "3k50", "千", "inf", "nan", "1_000", "$50", "5 usd", "٣", "9" * 30],
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_amount(text, "CNY")


def test_decimals_are_the_currencys_own() -> None:
    assert read_amount("3000", "JPY") == 3000
    assert read_amount("1.234", "KWD") == 1234
    with pytest.raises(InputError, match="JPY has 0 decimals"):
        read_amount("3000.5", "JPY")


@given(st.integers(0, 10**12))
def test_plain_and_grouped_figures_read_as_themselves(minor: int) -> None:
    yuan, cents = divmod(minor, 100)
    assert read_amount(f"{yuan}.{cents:02d}", "CNY") == minor
    assert read_amount(f"{yuan:,}.{cents:02d}", "CNY") == minor


@given(st.integers(1, 10**12 - 1))
def test_a_whole_number_in_chinese_reads_back(number: int) -> None:
    from workstation.domain.amount_words import amount_words

    words = amount_words(number * 100).removeprefix("人民币").removesuffix("元整")
    assert chinese_number(words) == number


@given(st.text(max_size=60) | st.text(alphabet="0123456789.,+-千万百十一二三零点元角分kmw周下月日号天后", max_size=12))
def test_any_text_is_read_or_refused_and_never_breaks(text: str) -> None:
    with suppress(InputError):
        assert isinstance(read_date(text, TODAY), date)
    with suppress(InputError):
        assert 0 <= read_amount(text, "CNY") <= MAX_MINOR
    with suppress(InputError):
        assert read_time(text).second == 0
    with suppress(InputError):
        assert sum(char.isdigit() for char in read_phone(text)) >= 5


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("15:30", time(15, 30)),
        ("9", time(9)),
        ("0930", time(9, 30)),
        ("3pm", time(15)),
        ("12am", time(0)),
        ("12pm", time(12)),
        ("9 am", time(9)),
        ("下午3点", time(15)),
        ("三点半", time(3, 30)),
        ("上午十点二十", time(10, 20)),
        ("晚上8点30分", time(20, 30)),
        ("15点一刻", time(15, 15)),
    ],
)
def test_times_as_people_say_them(text: str, at: time) -> None:
    assert read_time(text) == at


@pytest.mark.parametrize("text", ["", "25:00", "9:75", "noonish", "99", "1234567"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_time(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("138 0013 8000", "13800138000"),
        ("+86 138-0013-8000", "13800138000"),
        ("0086 13800138000", "13800138000"),
        ("(010) 12345678", "010-12345678"),
        ("+86 10 12345678", "010-12345678"),
        ("0755 1234567", "0755-1234567"),
        ("400-123-4567", "4001234567"),
        ("95588", "95588"),
        ("+44 20 7946 0000", "+442079460000"),
    ],
)
def test_telephone_numbers(text: str, number: str) -> None:
    assert read_phone(text) == number


@pytest.mark.parametrize("text", ["", "12345", "1380013800a", "+861", "12345678901234", "00", "+"])
def test_what_is_no_telephone_number_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_phone(text)
