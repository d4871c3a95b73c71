"""What is shown of a personal number is enough to recognise it and never enough to use it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.security.masking import (
    mask_address,
    mask_card,
    mask_email,
    mask_id,
    mask_name,
    mask_phone,
)

ALL = [mask_phone, mask_card, mask_id, mask_email, mask_address, mask_name]
NUMBERS = [mask_phone, mask_card, mask_id]


@pytest.mark.parametrize(
    ("mask", "value", "shown"),
    [
        (mask_phone, "13800006620", "138 **** 6620"),
        (mask_phone, "138 0000 6620", "138 **** 6620"),
        (mask_phone, "+86 138-0000-6620", "138 **** 6620"),
        (mask_phone, "8613800006620", "138 **** 6620"),
        (mask_phone, "0086 138 0000 6620", "138 **** 6620"),
        (mask_phone, "+1 312 555 0123", "+13 **** 0123"),
        (mask_phone, "021-55550123", "021 **** 0123"),
        (mask_phone, "+44 7700 900123", "+44 **** 0123"),
        (mask_phone, "5550123", "**** 123"),
        (mask_phone, "95588", "****"),
        (mask_phone, "", "****"),
        (mask_card, "6217000000004031", "6217 **** **** 4031"),
        (mask_card, "6217 0000 0000 0040 310", "6217 **** **** 0310"),
        (mask_card, "12344031", "**** 4031"),
        (mask_card, "4031", "****"),
        (mask_id, "31010119900307002x", "3101 **** **** 002X"),
        (mask_id, "310101900307002", "3101 **** **** 7002"),
        (mask_id, "AB123456C", "**** 6C"),
        (mask_id, "1234567", "****"),
        (mask_email, "zhang.wei@example.com", "z****@example.com"),
        (mask_email, "z@example.com", "****@example.com"),
        (mask_email, "nobody", "****"),
        (mask_address, "上海市浦东新区世纪大道1号2栋301室", "上海市浦东新区****"),
        (mask_address, "广东省深圳市南山区科技园路9号", "广东省深圳市南山区****"),
        (mask_address, "江苏省昆山市玉山镇前进路5号", "江苏省昆山市****"),
        (mask_address, "1号楼", "****"),
        (mask_address, "12 Mill Lane, Headingley, Leeds, West Yorkshire, LS6 3AB", "****, West Yorkshire"),
        (mask_address, "12 Mill Lane", "****"),
        (mask_name, "张伟", "张*"),
        (mask_name, "欧阳娜娜", "欧***"),
        (mask_name, "李", "*"),
        (mask_name, "Jane Smith", "J****"),
    ],
)
def test_shown(mask: Callable[[str], str], value: str, shown: str) -> None:
    assert mask(value) == shown


@pytest.mark.parametrize("mask", NUMBERS)
@given(st.from_regex(r"\+?[0-9]{1,25}[xX]?", fullmatch=True))
def test_numbers_show_at_most_eight_marks_and_hide_three_or_more(mask: Callable[[str], str], value: str) -> None:
    shown = mask(value)
    revealed = [mark for mark in shown if mark.isalnum()]
    given_marks = [mark for mark in value if mark.isalnum()]
    assert "****" in shown
    assert len(revealed) <= 8
    assert len(revealed) < len(given_marks) - 2 or not revealed


@pytest.mark.parametrize("mask", ALL)
@given(st.text(st.characters(exclude_characters="*"), max_size=2_000).map(str.strip))
def test_any_text_is_masked_and_bounded(mask: Callable[[str], str], value: str) -> None:
    shown = mask(value)
    assert "*" in shown
    assert value == "" or value not in shown
    assert len(shown) <= 520


@given(st.text(alphabet="0123456789", min_size=15, max_size=18))
def test_birth_date_of_an_id_is_never_shown(value: str) -> None:
    assert value[6:14] not in mask_id(value)
