"""Personal numbers as they are shown until someone reveals them: enough to recognise, too little to use.

What is shown is bounded: never more than half of the digits, never anything of a value too short to hide in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from workstation.domain.privacy import Field, MaskingTable, Place, Treatment, load

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


# In what somebody wrote: an e-mail address, or ten and more digits with single spaces or dashes between them.
_EMAIL = re.compile(r"[^\s@<>，。；：、（）()]{1,64}@[^\s@<>，。；：、（）()]{1,190}\.[A-Za-z]{2,24}")
_LONG_NUMBER = re.compile(r"(?<![A-Za-z0-9.,])\+?\d(?:[ -]?\d){9,20}[Xx]?(?![A-Za-z0-9]|[.,]\d)")
_STARTS_WITH_A_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(?!\d)")
_SHORTEST_KNOWN = 5  # characters of a value on record that is looked for in a text


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


def mask_day(_day: str) -> str:
    """Of a date of birth nothing is shown."""
    return STARS


def mask_words(text: str) -> str:
    """Of an employer the first character, as of a name."""
    return mask_name(text)


def mask_text(text: str, known: Iterable[str] = ()) -> str:
    """What somebody wrote, with numbers, e-mail addresses and every value of `known` in it masked; the rest stays.

    Amounts, dates and times stay readable: fewer than ten digits are no telephone number here, a date is none.
    """
    for value in known:
        if len(value) >= _SHORTEST_KNOWN:
            text = text.replace(value, STARS)
    if "@" in text:
        text = _EMAIL.sub(lambda found: mask_email(found[0]), text)
    return _LONG_NUMBER.sub(_hidden_number, text)


def _hidden_number(found: re.Match[str]) -> str:
    number = found[0]
    if _STARTS_WITH_A_DAY.match(number):
        return number
    digits = _DIGITS.sub("", number)
    if len(digits) == 11 or number.startswith("+"):
        return mask_phone(number)
    if len(digits) in {15, 17, 18}:
        return mask_id(number)
    return mask_card(number) if len(digits) >= 13 else f"{STARS}{digits[-2:]}"


_MASKS: Mapping[Field, Callable[[str], str]] = {
    "name": mask_name,
    "related_name": mask_name,
    "phone": mask_phone,
    "email": mask_email,
    "address": mask_address,
    "card": mask_card,
    "id_number": mask_id,
    "birth_date": mask_day,
    "employer": mask_words,
    "balance": lambda _amount: STARS,
    "free_text": mask_text,
    "photo": lambda _caption: STARS,
}


@dataclass(frozen=True, slots=True)
class Masks:
    """How personal data are shown to one role: the table applied. Every screen, paper and export asks here."""

    role: str
    table: MaskingTable

    def treatment(self, field: Field, place: Place = "screen") -> Treatment:
        return self.table.treatment(place, field, self.role)

    def shown(self, field: Field, value: str, place: Place = "screen", *, reasoned: bool = False) -> str:
        """The value as this role sees it. `reasoned`: a reason was given, and will be recorded."""
        how = self.treatment(field, place)
        if how == "never":
            return ""
        if how == "plain" or (how == "reveal" and reasoned):
            return value
        return _MASKS[field](value) if value else value

    def name(self, value: str) -> str:
        """Of the debtor, on a screen."""
        return self.shown("name", value)

    def text(self, value: str, known: Iterable[str] = (), place: Place = "screen") -> str:
        """What somebody wrote."""
        how = self.treatment("free_text", place)
        if not value or how == "plain":
            return value
        return STARS if how == "never" else mask_text(value, known)

    def open_to(self, field: Field, place: Place = "screen") -> bool:
        """May it be had in full with a reason?"""
        return self.treatment(field, place) in {"plain", "reveal"}


@lru_cache(maxsize=8)
def masks_for(role: str) -> Masks:
    """By the shipped table."""
    return Masks(role, load())
