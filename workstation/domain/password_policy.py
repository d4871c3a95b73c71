"""What a password may not be, judged where it is typed: the centre sees a verifier only, never the words.

After NIST SP 800-63B, 3.1.1.2: length, and none of those that are tried first; no demand for signs and capitals. How
many of the last ones may not come again, and whether one ends by itself, the centre decides (`house_policy`).
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from resources import resource
from workstation.domain.errors import InputError
from workstation.domain.message import Message, msg

SHORTEST = 10  # where no centre says otherwise
_LONGEST = 200
_LOOKALIKES = str.maketrans("013457@$!|", "oieastasil")
_ROWS = ("0123456789", "9876543210", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm",
         "qazwsxedcrfvtgbyhnujm", "1qaz2wsx3edc4rfv5tgb6yhn")  # fmt: skip


def faults(password: str, *, login: str = "", name: str = "", shortest: int = SHORTEST) -> tuple[Message, ...]:
    """Why this cannot be the password of this person, a sentence each; empty: it can."""
    found: list[Message] = []
    if len(password) < shortest:
        found.append(msg("A password needs at least {n} characters.", n=shortest))
    if len(password) > _LONGEST:
        found.append(msg("A password has at most {n} characters.", n=_LONGEST))
    if any(unicodedata.category(sign) == "Cc" for sign in password):
        found.append(msg("A password has no line breaks, tabs or other control characters."))
    plain = unicodedata.normalize("NFKC", password).casefold()
    if password and _guessed(plain):
        found.append(
            msg("This password is one of those that are tried first. Take several words that do not belong together.")
        )
    elif any(part in plain for part in _own(login, name)):
        found.append(msg("A password does not contain your login or your name."))
    return tuple(found)


def check(password: str, *, login: str = "", name: str = "", shortest: int = SHORTEST, field: str = "password") -> None:
    """Raises `InputError` with the first of the `faults`."""
    for fault in faults(password, login=login, name=name, shortest=shortest):
        raise InputError(fault, field=field)


def common() -> tuple[str, ...]:
    """The words of `resources/passwords/common.txt`."""
    return _common()


def _guessed(plain: str) -> bool:
    """A known word with digits and signs around it, one sign over and over, or a run along the keyboard."""
    letters = re.sub(r"[\W_]+", "", plain)
    forms = {plain, letters, re.sub(r"[\W\d_]+$|^[\W\d_]+", "", plain), letters.rstrip("0123456789")}
    forms |= {form.translate(_LOOKALIKES) for form in forms}
    if forms & _known():
        return True
    if not letters or len(set(letters)) <= 2:
        return True
    half = letters[: len(letters) // 2]
    if len(letters) % 2 == 0 and half * 2 == letters and (half in _known() or len(set(half)) <= 4):
        return True
    return _runs(letters) or (letters.isdigit() and len(letters) < 16)


def _runs(letters: str) -> bool:
    """Made of nothing but pieces of the keyboard's rows, of three or more: qwer1234, abc123."""
    at = 0
    while at < len(letters):
        length = next(
            (n for n in range(len(letters) - at, 2, -1) if any(letters[at : at + n] in row for row in _ROWS)), 0
        )
        if not length:
            return False
        at += length
    return True


def _own(login: str, name: str) -> set[str]:
    parts = {part for part in (login.casefold(), *re.split(r"[^a-z0-9]+", login.casefold())) if len(part) >= 4}
    parts |= {part for part in name.casefold().split() if len(part) >= (2 if not part.isascii() else 4)}
    return parts


@cache
def _common() -> tuple[str, ...]:
    lines = resource("passwords/common.txt").read_text("utf-8").splitlines()
    return tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))


@cache
def _known() -> frozenset[str]:
    return frozenset(_common())
