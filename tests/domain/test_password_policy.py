"""What a password may not be: short, tried first, or one's own name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.domain.errors import InputError
from workstation.domain.password_policy import SHORTEST, check, common, faults


@pytest.mark.parametrize(
    "password",
    [
        "password12", "Passw0rd!!", "P@ssword2026", "qwertyuiop", "1234567890", "0000000000", "abababababab", "Sommer",
        "Shanghai2026", "woaini1314", "wo ai ni ?", "1q2w3e4r5t"[:9], "abc123abc123", "qwer1234asdf", "5201314520",
        "密码", "administrator1", "zxcvbnm,./", "20261130", "woainiwoaini", "changeme!!",
    ],
)  # fmt: skip
def test_what_is_tried_first_is_refused(password: str) -> None:
    assert faults(password)


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "grey heron at noon",
        "蓝色的自行车和一壶茶",
        "t7#Lq0v!x2Pz",
        "seven brass keys",
        "1q2w3e4r5t6y7!",
    ],
)
def test_a_good_one_is_taken(password: str) -> None:
    assert faults(password, login="li.na", name="李娜") == ()


@pytest.mark.parametrize(("login", "name"), [("wang.xiaoming", "王小明"), ("gao", "Gao Feifei")])
def test_ones_own_login_and_name_are_not_in_it(login: str, name: str) -> None:
    for part in ("xiaoming", "王小明") if login != "gao" else ("Feifei",):
        assert faults(f"blue {part} kettle", login=login, name=name)
    assert not faults("blue copper kettle", login=login, name=name)


def test_both_sides_of_the_length() -> None:
    word = "grey heron at noon"
    assert not faults(word[:SHORTEST])
    assert faults(word[: SHORTEST - 1])
    assert not faults(word, shortest=len(word))
    assert faults(word, shortest=len(word) + 1)


def test_the_field_at_fault_is_named() -> None:
    with pytest.raises(InputError) as refused:
        check("short", field="new")
    assert refused.value.field == "new"


@given(st.sampled_from(common()), st.text(st.characters(categories=["Nd", "Po"]), max_size=12))
def test_digits_and_signs_after_a_known_word_do_not_help(word: str, tail: str) -> None:
    assert faults(word + tail)


@given(st.text(max_size=40))
def test_whatever_is_typed_is_answered(password: str) -> None:
    faults(password, login="li.na", name="李娜")
