"""Made-up people: check digits that hold, test ranges only, the same at every run, and a face for every character."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters.fonts import faces
from workstation.desk.demo.identities import PHONE_PREFIX, _samples, card_number, id_number, identity

AS_OF = date(2026, 11, 23)


def _luhn(number: str) -> int:
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number)))
    return sum(value // 10 + value % 10 for value in doubled) % 10


@given(st.integers(min_value=1, max_value=999_999))
def test_every_card_is_of_the_test_range_and_passes_luhn(number: int) -> None:
    card = card_number(number)
    assert len(card) == 16
    assert card.startswith("622848000")
    assert _luhn(card) == 0


def test_an_identity_number_has_the_check_character_of_the_standard() -> None:
    # The worked example of GB 11643-1999, annex A.
    assert id_number("110105", date(1949, 12, 31), 2) == "11010519491231002X"


@given(
    st.integers(min_value=1, max_value=999_999),
    st.sampled_from(("male", "female")),
    st.integers(18, 90),
    st.dates(date(2020, 1, 1), date(2040, 12, 31)),
)
def test_sex_age_and_birth_date_agree_with_the_identity_number(number: int, sex: str, age: int, as_of: date) -> None:
    person = identity(number, as_of=as_of, sex=sex, age=age)
    birth = date.fromisoformat(person.id_number[6:14])
    assert birth == person.birth
    assert as_of.year - birth.year - ((as_of.month, as_of.day) < (birth.month, birth.day)) == age
    assert int(person.id_number[16]) % 2 == (1 if sex == "male" else 0)


def test_every_phone_and_address_is_of_the_range_the_demonstration_keeps_to() -> None:
    for number in range(1, 2000):
        person = identity(number, as_of=AS_OF)
        phones = {person.phone, person.work_phone, person.relative_phone}
        assert len(phones) == 3
        for phone in phones:
            assert re.fullmatch(PHONE_PREFIX[:3] + "[0-9]{8}", phone)
        assert person.email.endswith("@example.com")


def test_the_same_number_is_always_the_same_person() -> None:
    assert identity(4711, as_of=AS_OF) == identity(4711, as_of=AS_OF)
    assert identity(4711, as_of=AS_OF) != identity(4712, as_of=AS_OF)


def test_one_relative_in_ten_is_a_guarantor() -> None:
    assert sum(identity(number, as_of=AS_OF).relative_liable for number in range(1, 501)) == 50


@pytest.mark.parametrize("list_name", ["surnames", "male", "female", "streets", "employers"])
def test_no_sample_stands_twice(list_name: str) -> None:
    found = _samples()[list_name]
    assert len(found) == len(set(found))


def test_cities_have_a_place_in_china_and_a_code_of_their_own() -> None:
    cities = _samples()["cities"]
    assert len({city["code"] for city in cities}) == len(cities) >= 30
    assert all(18 < city["latitude"] < 54 and 73 < city["longitude"] < 136 for city in cities)


def test_every_name_can_be_printed_in_a_letter() -> None:
    samples = _samples()
    used = "".join((*samples["surnames"], *samples["male"], *samples["female"], *samples["streets"]))
    used += "".join(city["name"] + city["district"] for city in samples["cities"])
    assert [char for char in dict.fromkeys(used) if not faces().holds(char)] == []
