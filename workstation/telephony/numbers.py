"""A number of the record as every telephone system takes it: E.164, `+` and digits, nothing else."""

from __future__ import annotations

import re

from workstation.domain.entry import read_phone
from workstation.domain.errors import InputError
from workstation.domain.message import msg
from workstation.telephony.adapter import E164, DiallingFailed

_WRITTEN = re.compile(r"(?:\+|00)?\(?[0-9][0-9 ().-]{5,30}", re.ASCII)
_SERVICE = re.compile(r"400\d{7}|800\d{7}|95\d{3,4}")  # a company's, reached inside the country only


def e164(value: str, jurisdiction: str) -> str:
    """`+8613800006620` for `138 0000 6620` of a book in zh-CN. Raises `DiallingFailed` for all that is not a number.

    Conservative: a national number is read by the numbering plan of the book's jurisdiction, never guessed, and no
    sign that means something to a telephone (`;` `,` `@` `*` `#` or a line end) is ever let through or dropped.
    """
    entry = value.strip(" ")
    if _WRITTEN.fullmatch(entry) is None:
        raise _not_dialled()
    number = _international(entry) if entry.startswith(("+", "00")) else _national(entry, jurisdiction)
    if E164.fullmatch(number) is None:
        raise _not_dialled()
    return number


def _international(entry: str) -> str:
    return f"+{_digits(entry.removeprefix('00'))}"


def _national(entry: str, jurisdiction: str) -> str:
    digits = _digits(entry)
    if jurisdiction == "zh-CN":
        return _mainland(entry)
    if jurisdiction == "en-GB" and re.fullmatch(r"0[1-9]\d{8,9}", digits):
        return f"+44{digits[1:]}"
    if jurisdiction == "en-US" and re.fullmatch(r"1?[2-9]\d{2}[2-9]\d{6}", digits):
        return f"+1{digits[-10:]}"
    raise _not_dialled()


def _mainland(entry: str) -> str:
    try:
        digits = _digits(read_phone(entry))
    except InputError:  # it says the number: nothing that may be written down leads back to it
        raise _not_dialled() from None
    if _SERVICE.fullmatch(digits):
        raise _not_dialled()
    return f"+86{digits.removeprefix('0')}"


def _digits(entry: str) -> str:
    return re.sub(r"[^0-9]", "", entry)


def _not_dialled() -> DiallingFailed:
    """Without the number: what is said may be written down."""
    return DiallingFailed(
        msg("This number cannot be given to a telephone system as it is written. Dial it by hand, or correct it."),
        code="dialling_number",
    )
