"""Which PINs are refused, and that a guess never costs less than OWASP's floor."""

from __future__ import annotations

import re

import pytest

from workstation.security.pin import FLOOR, STANDARD, Cost, WeakPin, checked, derived

FIRST_GUESSES = re.split(
    r"\s+",
    "123456 654321 234567 111111 000000 121212 112233 123123 123321 010101 135791 987654 abcdef qwerty 147258 "
    "850312 19850312 12031985 031285 198503 031985 20001231 5201314 1314520",
)


@pytest.mark.parametrize("pin", FIRST_GUESSES)
def test_what_a_thief_tries_first_is_refused(pin: str) -> None:
    with pytest.raises(WeakPin) as caught:
        checked(pin)
    assert caught.value.field == "pin"
    assert pin not in caught.value.message.plain()


@pytest.mark.parametrize("pin", ["", "12345", "７３９１", "x" * 65])
def test_its_length_is_bounded(pin: str) -> None:
    with pytest.raises(WeakPin):
        checked(pin)


def test_a_login_is_no_pin() -> None:
    with pytest.raises(WeakPin, match="login"):
        checked("chenjing", "chenjing")
    with pytest.raises(WeakPin, match="login"):
        checked("chenjing7", "chenjing")


@pytest.mark.parametrize("pin", ["739146", "482915", "907341", "绿色自行车九辆", "correct horse", "864209a"])
def test_others_are_taken(pin: str) -> None:
    assert checked(pin) == pin


def test_full_width_digits_are_the_same_pin() -> None:
    assert checked("７３９１４６") == "739146"
    assert derived("７３９１４６", b"s" * 16, b"k" * 32, FLOOR, "a") == derived(
        "739146", b"s" * 16, b"k" * 32, FLOOR, "a"
    )


def test_the_standard_is_above_the_floor_of_owasp() -> None:
    assert STANDARD.covers(FLOOR)
    assert Cost(19 * 1024, 2, 1) == FLOOR
    assert not Cost(19 * 1024, 1, 1).covers(FLOOR)
    assert not Cost(19 * 1024 - 1, 9, 1).covers(FLOOR)


def test_pin_keyring_salt_and_seat_are_all_needed() -> None:
    whole = derived("739146", b"s" * 16, b"k" * 32, FLOOR, "a")
    others = [
        derived("739147", b"s" * 16, b"k" * 32, FLOOR, "a"),
        derived("739146", b"t" * 16, b"k" * 32, FLOOR, "a"),
        derived("739146", b"s" * 16, b"l" * 32, FLOOR, "a"),
        derived("739146", b"s" * 16, b"k" * 32, FLOOR, "b"),
    ]
    assert len({whole, *others}) == 5
    assert len(whole) == 32
