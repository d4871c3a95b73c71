"""The PIN: which ones are refused, and what a guess costs.

The cost is Argon2id's (RFC 9106). OWASP's floor for it is 19 MiB in two passes on one lane; nothing here goes below.
The standard takes 0.5 to 1 s on the machine it was measured on (docs/security.md), for the owner and for a thief alike.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from datetime import date
from typing import Annotated

import msgspec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from workstation.domain.errors import InputError, WorkstationError
from workstation.domain.message import msg

SHORTEST, LONGEST = 6, 64
SALT_BYTES = 16
FLOOR_KIB, FLOOR_PASSES = 19_456, 2  # OWASP Password Storage Cheat Sheet, Argon2id

# What people choose first and the rules below would let pass, from the published counts of leaked PINs.
# fmt: off
_COMMON = frozenset({
    "112233", "121314", "123123", "123321", "131313", "131420", "142536", "147258", "147852", "159357", "159753",
    "168168", "258456", "321321", "334455", "456456", "520131", "520520", "521521", "741852", "789456", "789789",
    "852456", "963852", "987987", "qazwsx", "abc123", "1qaz2wsx", "password", "woaini", "5201314", "1314520",
    "147258369", "987654321",
})
# fmt: on
_SAME_STEP_ROWS = ("0123456789", "1234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm")


class Cost(msgspec.Struct, frozen=True):
    """Argon2id's parameters: memory in KiB, passes over it, lanes worked side by side."""

    memory_kib: Annotated[int, msgspec.Meta(ge=8)]
    passes: Annotated[int, msgspec.Meta(ge=1)]
    lanes: Annotated[int, msgspec.Meta(ge=1)]

    def covers(self, other: Cost) -> bool:
        """Does a guess cost at least as much as under `other`?"""
        return self.memory_kib >= other.memory_kib and self.passes >= other.passes


STANDARD = Cost(memory_kib=262_144, passes=3, lanes=2)
FLOOR = Cost(FLOOR_KIB, FLOOR_PASSES, 1)


class WeakPin(InputError):
    """The PIN would be among the first guesses."""


class WrongPin(WorkstationError):  # named as the user meets it
    """`left` tries remain before only a sign-in at the centre opens."""

    code = "wrong_pin"

    def __init__(self, left: int) -> None:
        from workstation.domain.message import nmsg

        self.left = left
        super().__init__(
            nmsg(
                "The PIN is wrong. {n} try is left; then only a sign-in at the centre opens this seat.",
                "The PIN is wrong. {n} tries are left; then only a sign-in at the centre opens this seat.",
                left,
            ),
            field="pin",
        )


def checked(pin: str, login: str = "") -> str:
    """The PIN as it is used from now on. Raises `WeakPin` with the reason."""
    text = normal(pin)
    if len(text) < SHORTEST:
        raise WeakPin(msg("The PIN needs at least {n} characters.", n=SHORTEST), field="pin")
    if len(text) > LONGEST:
        raise WeakPin(msg("The PIN may have {n} characters at most.", n=LONGEST), field="pin")
    folded = text.casefold()
    if len(set(folded)) < 3:
        raise WeakPin(msg("The PIN repeats one or two characters. Choose another one."), field="pin")
    if folded in _COMMON or _in_a_row(folded) or _repeats(folded):
        raise WeakPin(msg("The PIN is one of the first that a thief tries. Choose another one."), field="pin")
    if _is_a_date(folded):
        raise WeakPin(msg("The PIN looks like a date, such as a birthday. Choose another one."), field="pin")
    if login and (folded in login.casefold() or login.casefold() in folded):
        raise WeakPin(msg("The PIN contains your login. Choose another one."), field="pin")
    return text


def normal(pin: str) -> str:
    """The same PIN whatever the keyboard: full-width digits are digits."""
    return unicodedata.normalize("NFKC", pin)


def derived(pin: str, salt: bytes, device_secret: bytes, cost: Cost, name: str) -> bytes:
    """The 32-byte key that the PIN and the keyring's secret make together; neither alone says anything of it."""
    from argon2.low_level import Type, hash_secret_raw

    stretched = hash_secret_raw(
        normal(pin).encode(), salt, cost.passes, cost.memory_kib, cost.lanes, hash_len=32, type=Type.ID
    )
    return mixed(stretched, device_secret, f"pin {name}")


def mixed(secret: bytes, device_secret: bytes, purpose: str) -> bytes:
    """HKDF over both, so that one of them alone is worth nothing."""
    return HKDF(SHA256(), 32, salt=device_secret, info=f"collector-workstation {purpose}".encode()).derive(secret)


def _in_a_row(text: str) -> bool:
    """Keys or numbers that lie in a row, forwards or backwards, over the whole PIN: 234567, 654321, qwerty, 135790."""
    if any(text in row or text in row[::-1] for row in _SAME_STEP_ROWS):
        return True
    steps = [ord(after) - ord(before) for before, after in itertools.pairwise(text)]
    if text.isdecimal():  # 9 is followed by 0
        steps = [step % 10 for step in steps]
    return len(set(steps)) == 1


def _repeats(text: str) -> bool:
    """The same two or three characters again and again: 121212, 123123, 010101."""
    return any(len(text) % size == 0 and text == text[:size] * (len(text) // size) for size in (1, 2, 3))


def _is_a_date(text: str) -> bool:
    """Six or eight digits that are a day of the last or this century: 850312, 19850312, 12031985, 031285."""
    if not re.fullmatch(r"\d{6}|\d{8}", text):
        return False
    if len(text) == 8:
        forms = [(text[:4], text[4:6], text[6:]), (text[4:], text[2:4], text[:2]), (text[4:], text[:2], text[2:4])]
    else:
        forms = []
        for century in ("19", "20"):
            forms += [
                (century + text[:2], text[2:4], text[4:]),
                (century + text[4:], text[2:4], text[:2]),
                (century + text[4:], text[:2], text[2:4]),
            ]
        # A year and a month, or a year with something before or behind: 198503, 031985.
        forms += [(text[:4], text[4:], "01"), (text[2:], text[:2], "01")]
    return any(_day(*form) for form in forms)


def _day(year: str, month: str, day: str) -> bool:
    try:
        return 1930 <= date(int(year), int(month), int(day)).year <= 2029
    except ValueError:
        return False
