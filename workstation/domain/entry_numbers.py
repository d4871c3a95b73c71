"""Numbers as people write them, in Arabic or Chinese digits: the ground of `entry` and `entry_dates`."""

from __future__ import annotations

import unicodedata
from decimal import Decimal

from workstation.domain.errors import InputError
from workstation.domain.message import msg

MOST_CHARACTERS = 40  # an entry is a word or two; anything longer was pasted by mistake

DIGITS = {
    **dict(zip("零一二三四五六七八九", range(10), strict=True)),
    **dict(zip("〇壹贰叁肆伍陆柒捌玖", range(10), strict=True)),
    "两": 2,
    "俩": 2,
    "貳": 2,
    "參": 3,
    "陸": 6,
}
UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1_000, "仟": 1_000, "万": 10_000, "萬": 10_000}
LARGE = {"亿": 100_000_000, "億": 100_000_000}
NUMERALS = "".join(sorted({*DIGITS, *UNITS, *LARGE}))


def tidy(text: str) -> str:
    """Full-width forms made narrow, case and outer space gone. `InputError` for an empty or overlong entry."""
    if len(text) > MOST_CHARACTERS:
        raise InputError(msg("That is too long; type no more than {most} characters.", most=MOST_CHARACTERS))
    plain = " ".join(unicodedata.normalize("NFKC", text).lower().split())
    if not plain:
        raise InputError(msg("Nothing was typed."))
    return plain


def chinese_number(text: str) -> int | None:
    """三千五 → 3500, 一万二 → 12000, 二十一 → 21, 一〇五 → 105; None when it is not a number."""
    if not text or any(char not in NUMERALS for char in text):
        return None
    if all(char in DIGITS for char in text):
        return int("".join(str(DIGITS[char]) for char in text))
    for large, unit in LARGE.items():
        if large in text:
            high, _, low = text.partition(large)
            return _joined(chinese_number(high), low, unit)
    for large in ("万", "萬"):
        if large in text:
            high, _, low = text.partition(large)
            return _joined(chinese_number(high), low, 10_000)
    return _below_ten_thousand(text)


def _joined(high: int | None, low: str, unit: int) -> int | None:
    if not high:
        return None
    if not low:
        return high * unit
    if len(low) == 1 and low in DIGITS:
        return high * unit + DIGITS[low] * unit // 10  # 一万二: the unit below is left out
    rest = chinese_number(low)
    return None if rest is None or rest >= unit else high * unit + rest


def _below_ten_thousand(text: str) -> int | None:
    total, digit, smallest, zero = 0, None, 10_000, False
    for char in text:
        if char in DIGITS:
            if digit is not None:
                return None
            digit = DIGITS[char] or None
            zero = not DIGITS[char]
            continue
        unit = UNITS[char]
        if unit >= smallest or (digit is None and not (unit == 10 and total == 0)):
            return None
        total, digit, smallest = total + (digit or 1) * unit, None, unit
    if digit is not None:
        # 三千五 is 3500; 三千零五 and 三十五 are 3005 and 35.
        total += digit if zero_before(text) or smallest == 10 else digit * smallest // 10
        return total
    return None if zero else total


def zero_before(text: str) -> bool:
    """Whether the last digit comes after a spoken zero."""
    return len(text) > 1 and DIGITS.get(text[-2]) == 0


def whole(text: str) -> int | None:
    """A whole number in either script, up to nine Arabic digits; None when it is none."""
    if text.isascii() and text.isdigit():
        return int(text) if len(text) <= 9 else None
    return chinese_number(text)


def decimal(text: str) -> Decimal | None:
    """A number with an optional point in either script; None when it is none."""
    head, point, tail = text.partition(".") if "." in text else text.partition("点")
    if head.isascii() and head.isdigit() and (not point or (tail.isascii() and tail.isdigit())):
        return Decimal(f"{head}.{tail}" if point else head)
    number = chinese_number(head)
    if number is None or not point:
        return None if number is None else Decimal(number)
    if not tail or any(char not in DIGITS for char in tail):
        return None
    return Decimal(f"{number}.{''.join(str(DIGITS[char]) for char in tail)}")
