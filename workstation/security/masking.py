"""Personal numbers as they are shown until someone reveals them: enough to recognise, too little to use.

What is shown is bounded: never more than half of the digits, never anything of a value too short to hide in.
"""

from __future__ import annotations

import re

STARS = "****"
LONGEST = 500  # nothing a screen shows as a phone, card or address is longer

_DIGITS = re.compile(r"\D+")
_CHINESE_MOBILE = re.compile(r"86(1[3-9]\d{9})")  # with its country code
# The province, city and district (省/市/区/县 …) at the start of a Chinese address.
_CHINESE_PLACE = re.compile(
    r"(?:[\u4e00-\u9fff]{2,8}?(?:省|自治区|特别行政区))?"
    r"(?:[\u4e00-\u9fff]{2,12}?(?:市|自治州|地区|盟))?"
    r"(?:[\u4e00-\u9fff]{1,10}?(?:区|县|旗|市))?"
)


def mask_phone(phone: str) -> str:
    """`138 **** 6620`. With a country code: `+44 **** 0123`. Fewer than seven digits: nothing is shown."""
    text = phone[:LONGEST].strip()
    digits = _DIGITS.sub("", text)
    abroad = text.startswith(("+", "00"))
    if text.startswith("00"):
        digits = digits.removeprefix("00")
    if _CHINESE_MOBILE.fullmatch(digits):
        digits = digits.removeprefix("86")
    elif abroad:
        return f"+{digits[:2]} {STARS} {digits[-4:]}" if len(digits) >= 10 else STARS
    if len(digits) >= 11:
        return f"{digits[:3]} {STARS} {digits[-4:]}"
    return f"{STARS} {digits[-3:]}" if len(digits) >= 7 else STARS


def mask_card(number: str) -> str:
    """`6217 **** **** 4031`: issuer and tail, within PCI DSS 3.4.1. Below 13 digits the tail only, below 8 nothing."""
    digits = _DIGITS.sub("", number[:LONGEST])
    if len(digits) >= 13:
        return f"{digits[:4]} {STARS} {STARS} {digits[-4:]}"
    return f"{STARS} {digits[-4:]}" if len(digits) >= 8 else STARS


def mask_id(number: str) -> str:
    """`3101 **** **** 002X`: the region and the tail; the birth date between them is hidden."""
    text = re.sub(r"[^0-9A-Za-z]", "", number[:LONGEST]).upper()
    if len(text) >= 15:
        return f"{text[:4]} {STARS} {STARS} {text[-4:]}"
    return f"{STARS} {text[-2:]}" if len(text) >= 8 else STARS


def mask_email(address: str) -> str:
    """`z****@example.com`: the domain and one letter; not even that when the name is one letter long."""
    name, at, domain = address[:LONGEST].strip().rpartition("@")
    if not at or not name or not domain:
        return STARS
    return f"{name[0] if len(name) > 1 else ''}{STARS}@{domain}"


def mask_address(address: str) -> str:
    """Province, city and district stay: `上海市浦东新区****`. An address without commas or districts is hidden whole.

    Elsewhere the parts after the first comma from the right half stay: `****, Leeds, West Yorkshire`.
    """
    text = address[:LONGEST].strip()
    place = _CHINESE_PLACE.match(text)
    if place and place[0] and len(place[0]) < len(text):
        return f"{place[0]}{STARS}"
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if len(parts) < 3:
        return STARS
    # The last two parts are the town and the county; a postcode among them finds the house, so it goes.
    kept = [part for part in parts[2:][-2:] if not any(mark.isdigit() for mark in part)]
    return ", ".join([STARS, *kept])


def mask_name(name: str) -> str:
    """`张**`: the family name's first character. Latin names keep the first letter of the first word: `J****`."""
    text = name[:LONGEST].strip()
    if len(text) < 2:
        return "*"
    if text[0].isascii():
        return f"{text[0]}{STARS}"
    return text[0] + "*" * min(len(text) - 1, 3)
