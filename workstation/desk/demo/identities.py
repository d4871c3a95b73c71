"""Made-up people, the same for the same number: names, identity and card numbers of test ranges, phones, addresses."""

from __future__ import annotations

import hashlib
import struct
import tomllib
from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from operator import mul
from typing import Any, NamedTuple, TypeVar

from resources import resource

T = TypeVar("T")

CARD_PREFIX = "622848000"  # a range this demonstration keeps to; the tail passes Luhn
PHONE_PREFIX = "154"  # a segment of the Chinese numbering plan that no operator holds: nobody is ever rung up
ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643-1999
ID_CHECK = "10X98765432"
SEXES = ("male", "female")
RELATIONS = ("spouse", "parent", "sibling", "friend", "colleague")
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)  # a doubled digit, its own digits summed
_DRAWS = struct.Struct(">20H")  # one for each thing that is made up, from 0 to 65,535


class Identity(NamedTuple):
    name: str
    sex: str
    birth: date
    id_number: str
    phone: str
    work_phone: str
    email: str
    card: str
    city: str
    address: str
    latitude: float
    longitude: float
    employer: str
    relative: str
    relation: str
    relative_liable: bool
    relative_phone: str


@lru_cache(maxsize=1)
def _samples() -> dict[str, Any]:
    return tomllib.loads(resource("samples/identities.toml").read_text("utf-8"))


def identity(
    number: int, *, as_of: date, sex: str | None = None, age: int | None = None, at_home: bool = False
) -> Identity:
    """The person of this number; `sex` and `age` (on `as_of`) come from a file that knows them. `at_home`: in the
    districts of one city, as those are whom a field collector visits.

    Phones and cards are nobody else's below 1,000,000, identity numbers below 180,000: within an age and a district,
    those who share a sequence number are born on different days.
    """
    draw = iter(_DRAWS.unpack(hashlib.blake2b(number.to_bytes(8, "big"), digest_size=_DRAWS.size).digest()))
    samples = _samples()
    gender = sex or _one(next(draw), SEXES)
    years = age if age is not None else 22 + _below(next(draw), 41)
    birthday = as_of.replace(year=as_of.year - years, day=min(as_of.day, 28))
    birth = birthday - timedelta(days=(number // 500 * 7 + number % 500 * 37) % 360)
    city = _one(next(draw), samples["home"] if at_home else samples["cities"])
    relative = _one(next(draw), samples["surnames"]) + _one(next(draw), samples[_one(next(draw), SEXES)])
    street, house = _one(next(draw), samples["streets"]), _below(next(draw), 400) + 1
    block, floor, door = _below(next(draw), 30) + 1, _below(next(draw), 28) + 1, _below(next(draw), 4) + 1
    return Identity(
        name=_one(next(draw), samples["surnames"]) + _one(next(draw), samples[gender]),
        sex=gender,
        birth=birth,
        id_number=id_number(city["code"], birth, number % 500 * 2 + (1 if gender == "male" else 0)),
        phone=f"{PHONE_PREFIX}00{number % 1_000_000:06}",
        work_phone=f"{PHONE_PREFIX}01{number % 1_000_000:06}",
        email=f"debtor{number}@example.com",
        card=card_number(number),
        city=city["name"],
        address=f"{city['name']}市{city['district']}{street}{house}号{block}幢{floor}0{door}室",
        latitude=round(city["latitude"] + next(draw) / 655_360 - 0.05, 5),
        longitude=round(city["longitude"] + next(draw) / 655_360 - 0.05, 5),
        employer=_one(next(draw), samples["employers"]),
        relative=relative,
        relation=_one(next(draw), RELATIONS),
        relative_liable=number % 10 == 0,
        relative_phone=f"{PHONE_PREFIX}02{number % 1_000_000:06}",
    )


def _below(draw: int, bound: int) -> int:
    return draw * bound >> 16


def _one(draw: int, among: Sequence[T]) -> T:
    return among[draw * len(among) >> 16]


def card_number(number: int) -> str:
    """Sixteen digits of the test range with their Luhn check digit."""
    body = f"{CARD_PREFIX}{number % 1_000_000:06}"
    digits = [*map(int, body)]
    total = sum(digits[1::2]) + sum(_DOUBLED[digit] for digit in digits[::2])
    return body + str(-total % 10)


def id_number(code: str, birth: date, sequence: int) -> str:
    """Eighteen characters with the check character of GB 11643."""
    body = f"{code}{birth.year:04}{birth.month:02}{birth.day:02}{sequence % 1000:03}"
    return body + ID_CHECK[sum(map(mul, map(int, body), ID_WEIGHTS)) % 11]
