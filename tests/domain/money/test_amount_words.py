"""人民币大写 by the bill rules: their own examples, then what can be read back from any amount."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.domain.amount_words import amount_words
from workstation.domain.errors import InputError
from workstation.domain.money import MAX_MINOR


@pytest.mark.parametrize(
    ("minor", "words"),
    [
        # 《正确填写票据和结算凭证的基本规定》第五条
        (140950, "人民币壹仟肆佰零玖元伍角"),
        (600714, "人民币陆仟零柒元壹角肆分"),
        (168032, "人民币壹仟陆佰捌拾元零叁角贰分"),
        (10700053, "人民币壹拾万柒仟元零伍角叁分"),
        (1640902, "人民币壹万陆仟肆佰零玖元零贰分"),
        (32504, "人民币叁佰贰拾伍元零肆分"),
        # the edges
        (0, "人民币零元整"),
        (5, "人民币伍分"),
        (50, "人民币伍角"),
        (1000, "人民币壹拾元整"),
        (1_0000_0000_00, "人民币壹亿元整"),
        (1_0000_7000_00, "人民币壹亿零柒仟元整"),
        (5000_0010_00, "人民币伍仟万零壹拾元整"),
        (10**15, "人民币壹拾万亿元整"),
    ],
)
def test_the_rules_own_examples_and_the_edges(minor: int, words: str) -> None:
    assert amount_words(minor) == words


def value_of(words: str) -> int:
    """Reads 人民币大写 back: an independent, simple reader."""
    found = re.fullmatch(r"人民币(?:(.+)元)?零?(?:(.)角)?(?:(.)分)?整?", words)
    assert found is not None
    digits = {char: value for value, char in enumerate("零壹贰叁肆伍陆柒捌玖")}
    total = section = 0
    digit = 0
    for char in found[1] or "":
        if char in digits:
            digit = digits[char]
        elif char == "亿":
            total, section, digit = (total + section + digit) * 10**8, 0, 0
        elif char == "万":
            total, section, digit = total + (section + digit) * 10**4, 0, 0
        else:
            section, digit = section + digit * {"拾": 10, "佰": 100, "仟": 1000}[char], 0
    return (total + section + digit) * 100 + digits.get(found[2], 0) * 10 + digits.get(found[3], 0)


@given(st.one_of(st.integers(0, MAX_MINOR), st.integers(0, 10**7), st.integers(0, 10**13).map(lambda n: n * 100)))
def test_every_amount_reads_back(minor: int) -> None:
    words = amount_words(minor)
    assert value_of(words) == minor
    assert "零零" not in words
    assert words.endswith("整") == (minor % 100 == 0)


_UNITS = "元拾佰仟万拾佰仟亿拾佰仟万拾"


def written_by_digits(minor: int) -> str:
    """The amount written another way: every digit with its place, then the zeros taken together as article 5 says."""
    yuan, cents = divmod(minor, 100)
    digits = "零壹贰叁肆伍陆柒捌玖"
    whole = "".join(digits[int(d)] + _UNITS[len(str(yuan)) - 1 - at] for at, d in enumerate(str(yuan)))
    whole = re.sub("零[仟佰拾]", "零", whole)
    whole = re.sub("零+", "零", whole)
    whole = re.sub("零([万亿元])", r"\1", whole)  # 元 and the sections' names stay, the zero before them does not
    whole = whole.replace("亿万", "亿零")  # nothing in the section of 万: one zero for it
    whole = re.sub("零+", "零", whole).replace("零元", "元")
    if not yuan:
        whole = "" if cents else "零元"
    jiao, fen = divmod(cents, 10)
    if not cents:
        return f"人民币{whole}整"
    if jiao:
        zero = "零" if whole and str(yuan).endswith("0") else ""
        return f"人民币{whole}{zero}{digits[jiao]}角" + (f"{digits[fen]}分" if fen else "")
    return f"人民币{whole}{'零' if whole else ''}{digits[fen]}分"


@given(st.one_of(st.integers(0, MAX_MINOR), st.integers(0, 10**7), st.integers(0, 10**13).map(lambda n: n * 100)))
def test_every_amount_is_written_as_by_its_digits(minor: int) -> None:
    assert amount_words(minor) == written_by_digits(minor)


@given(st.lists(st.sampled_from("0000123456789"), min_size=1, max_size=15).map(lambda found: int("".join(found))))
def test_amounts_full_of_zeros_are_written_as_by_their_digits(minor: int) -> None:
    assert amount_words(minor) == written_by_digits(minor)
    assert value_of(amount_words(minor)) == minor


@pytest.mark.parametrize(
    ("minor", "currency", "field"), [(-1, "CNY", "amount"), (MAX_MINOR + 1, "CNY", "amount"), (1, "USD", "currency")]
)
def test_what_cannot_be_written_is_refused_with_its_field(minor: int, currency: str, field: str) -> None:
    with pytest.raises(InputError) as refusal:
        amount_words(minor, currency)
    assert refusal.value.field == field
