"""What people type for days, amounts, times and telephone numbers, read the way they say it.

Every refusal says what to type instead. Input is bounded, so that pasted text never costs time.
"""

from __future__ import annotations

import re
from datetime import time
from decimal import Decimal

from workstation.domain.entry_dates import read_date
from workstation.domain.entry_numbers import NUMERALS, decimal, tidy, whole
from workstation.domain.errors import InputError
from workstation.domain.message import msg
from workstation.domain.money import DECIMALS, MAX_MINOR, decimals

__all__ = ["read_amount", "read_date", "read_phone", "read_time"]

# What may stand before or after a figure, and the currencies it may mean.
_SYMBOLS = {
    "人民币": ("CNY",),
    "rmb": ("CNY",),
    "¥": ("CNY", "JPY"),
    "us$": ("USD",),
    "hk$": ("HKD",),
    "nt$": ("TWD",),
    "$": ("USD", "HKD", "TWD"),
    "£": ("GBP",),
    "€": ("EUR",),
    "₩": ("KRW",),
    **{code.lower(): (code,) for code in DECIMALS},
}
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII)
_SCALES = {"k": 1_000, "千": 1_000, "仟": 1_000, "百": 100, "w": 10_000, "万": 10_000, "m": 1_000_000, "亿": 10**8}
# 3千5, 1.5万, 3万5千: Arabic digits with spoken units.
_SCALED = re.compile(r"(?P<a>\d+(?:\.\d+)?)(?P<x>[kmw百千仟万亿])(?:(?P<b>\d+)(?P<y>[百千仟]?))?", re.ASCII)
_YUAN = re.compile(
    rf"(?:(?P<yuan>[\d,.kmw{NUMERALS}点]+)[元块圆])?(?:零?(?P<jiao>[\d{NUMERALS}])[角毛])?(?:零?(?P<fen>[\d{NUMERALS}])分?)?",
    re.ASCII,
)
_CLOCK = re.compile(
    r"(?P<part>上午|早上|早|中午|下午|晚上|晚|am|pm)? ?(?P<h>\d{1,2})"
    r"(?:[:.点时](?P<m>\d{1,2})?(?P<half>半|一刻|三刻)?分?)? ?(?P<post>am|pm)?",
    re.ASCII,
)
_LATER = frozenset({"下午", "晚上", "晚", "pm"})


def read_amount(text: str, currency: str) -> int:
    """Minor units of `3k`, `3千`, `1.5万`, `3,000.50`, `三千五`, `¥1,600`, `50块`, `三元五角`; zero is allowed.

    `InputError` for anything else, a negative amount, more decimals than the currency has, or one too large.
    """
    entry = tidy(text).replace(" ", "")
    if entry[:1] == "-":
        raise InputError(msg("An amount is not negative here; type it without the minus sign."))
    figure = _without_symbol(entry, currency)
    value = _yuan_and_cents(figure.removesuffix("整").removesuffix("正"))
    if value is None:
        raise InputError(
            msg("“{entry}” is not an amount. Type it like 3000, 3,000.50, 3k, 3千 or 1.5万.", entry=text.strip())
        )
    places = decimals(currency)
    minor = value.scaleb(places)
    if minor != minor.to_integral_value():
        raise InputError(
            msg(
                "{currency} has {places} decimals; “{entry}” has more.",
                currency=currency,
                places=places,
                entry=text.strip(),
            )
        )
    if minor > MAX_MINOR:
        raise InputError(msg("The amount is larger than this program accepts."))
    return int(minor)


def _without_symbol(entry: str, currency: str) -> str:
    """The figure alone; a symbol of another currency is refused, not read over."""
    for symbol, meant in _SYMBOLS.items():
        if entry.startswith(symbol) or entry.endswith(symbol):
            if currency not in meant:
                raise InputError(
                    msg("This case is in {currency}; type the amount in that currency.", currency=currency)
                )
            return entry.removeprefix(symbol).removesuffix(symbol)
    return entry


def _yuan_and_cents(entry: str) -> Decimal | None:
    plain = _number(entry)
    if plain is not None:
        return plain
    found = _YUAN.fullmatch(entry)
    if found is None or not any(found.groups()):
        return None
    yuan, jiao, fen = found["yuan"], found["jiao"], found["fen"]
    total = Decimal(0)
    if yuan is not None:
        value = _number(yuan)
        if value is None or (value != value.to_integral_value() and (jiao or fen)):
            return None
        total += value
    elif jiao is None and not entry.endswith("分"):
        return None
    # 三块五: after 元 with no 角 between, a lone digit counts tenths unless 分 follows.
    tenths = jiao if jiao is not None else (fen if fen and not entry.endswith("分") else None)
    hundredths = fen if fen is not None and fen is not tenths else None
    for digit, place in ((tenths, 1), (hundredths, 2)):
        if digit is not None:
            number = whole(digit)
            if number is None or number > 9:
                return None
            total += Decimal(number).scaleb(-place)
    return total


def _number(entry: str) -> Decimal | None:
    if _GROUPED.fullmatch(entry):
        return Decimal(entry.replace(",", ""))
    found = _SCALED.fullmatch(entry)
    if found is None:
        unit = _SCALES.get(entry[-1:]) if "点" in entry else None  # 一点五万
        value = decimal(entry[:-1] if unit else entry)
        return value * unit if value is not None and unit else value
    scale = _SCALES[found["x"]]
    scaled = Decimal(found["a"]) * scale
    if found["b"] is None:
        return scaled
    unit = _SCALES[found["y"]] if found["y"] else scale // 10
    # 3千5 and 3万5千 end in one digit of a lower unit; 3k50 says nothing.
    if found["x"].isascii() or len(found["b"]) != 1 or unit >= scale or "." in found["a"]:
        return None
    return scaled + int(found["b"]) * unit


def read_time(text: str) -> time:
    """A time of day: `15:30`, `9`, `0930`, `3pm`, `下午3点`, `3点半`. `InputError` says what to type."""
    entry = tidy(text)
    if re.fullmatch(r"[0-9]{4}", entry):
        entry = f"{entry[:2]}:{entry[2:]}"
    found = _CLOCK.fullmatch(entry) or _CLOCK.fullmatch(_arabic_hour(entry))
    if found is not None:
        hour, minute = int(found["h"]), int(found["m"] or 0)
        minute = {"半": 30, "一刻": 15, "三刻": 45}.get(found["half"] or "", minute)
        part = found["post"] or found["part"]
        if part in _LATER and hour < 12:
            hour += 12
        elif part == "am" and hour == 12:
            hour = 0
        if not (found["m"] and found["half"]) and hour < 24 and minute < 60:
            return time(hour, minute)
    raise InputError(msg("“{entry}” is not a time. Type it like 15:30, 9:00, 3pm or 下午3点.", entry=text.strip()))


def _arabic_hour(entry: str) -> str:
    """三点半 → 3点半, so that one pattern reads both."""
    spoken = re.fullmatch(rf"(\D*?)([{NUMERALS}]{{1,3}})(点|时)([{NUMERALS}]*)(.*)", entry)
    if spoken is None:
        return entry
    hour, minute = whole(spoken[2]), whole(spoken[4]) if spoken[4] and spoken[4] not in ("一", "三") else None
    tail = f"{minute}" if minute is not None else spoken[4]
    return entry if hour is None else f"{spoken[1]}{hour}{spoken[3]}{tail}{spoken[5]}"


def read_phone(text: str) -> str:
    """A telephone number without spaces: mainland mobiles as eleven digits, landlines as 010-12345678, others with +
    and country code. `InputError` says what to type."""
    entry = tidy(text)
    plus = entry.startswith(("+", "00"))
    if re.search(r"[^0-9+\-(). ]", entry) or "+" in entry[1:]:
        raise _not_a_phone(text)
    digits = re.sub(r"[^0-9]", "", entry)
    if entry.startswith("00"):
        digits = digits[2:]
    if plus and not digits.startswith("86"):
        if 7 <= len(digits) <= 15 and digits[0] != "0":  # ITU-T E.164
            return f"+{digits}"
        raise _not_a_phone(text)
    if digits.startswith("86") and (plus or len(digits) == 13):
        digits = digits[2:]
        if not re.fullmatch(r"1\d{10}|0\d+", digits):
            digits = f"0{digits}"
    if re.fullmatch(r"1[3-9]\d{9}", digits):
        return digits
    if re.fullmatch(r"400\d{7}|800\d{7}|95\d{3}|95\d{4}", digits):
        return digits
    area = re.fullmatch(r"(010|02\d|0[3-9]\d{2})(\d{7,8})", digits)
    if area:
        return f"{area[1]}-{area[2]}"
    raise _not_a_phone(text)


def _not_a_phone(text: str) -> InputError:
    return InputError(
        msg(
            "“{entry}” is not a telephone number. Type 11 digits, a landline like 010-12345678, or +44 20 7946 0000.",
            entry=text.strip(),
        )
    )
