"""An amount with its period as people say it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.domain.entry_period import read_periodic
from workstation.domain.errors import InputError


@pytest.mark.parametrize(
    ("text", "minor", "per"),
    [
        ("8200", 820_000, None),
        ("8.2k", 820_000, None),
        ("一万", 1_000_000, None),
        ("3m", 300_000_000, None),  # millions, not a month
        ("8200/月", 820_000, "month"),
        ("8200元/月", 820_000, "month"),
        ("８２００／月", 820_000, "month"),
        ("每月8200", 820_000, "month"),
        ("月薪8200", 820_000, "month"),
        ("三千五一个月", 350_000, "month"),
        ("3千5每月", 350_000, "month"),
        ("8.2k a month", 820_000, "month"),
        ("1500pcm", 150_000, "month"),
        ("每周300", 30_000, "week"),
        ("300/周", 30_000, "week"),
        ("¥300/w", 30_000, "week"),
        ("300 a week", 30_000, "week"),
        ("1.2k pw", 120_000, "week"),
        ("每两周 600", 60_000, "fortnight"),
        ("600/2w", 60_000, "fortnight"),
        ("600 Fortnightly", 60_000, "fortnight"),
        ("年薪12万", 12_000_000, "year"),
        ("12万/年", 12_000_000, "year"),
        ("20,000 per annum", 2_000_000, "year"),
    ],
)
def test_it_is_read_as_it_is_said(text: str, minor: int, per: str | None) -> None:
    assert read_periodic(text, "CNY") == (minor, per)


@pytest.mark.parametrize(
    "text", ["", "much", "/月", "每周", "-5/月", "$5/月", "5/day", "1.001/月", "9" * 30 + "/w", "x" * 41]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_periodic(text, "CNY")


@given(st.text(max_size=45))
def test_no_text_breaks_it(text: str) -> None:
    try:
        minor, _ = read_periodic(text, "CNY")
    except InputError:
        return
    assert minor >= 0
