"""Made-up people, the same for the same number: names, identity and card numbers of test ranges, phones, addresses."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, TypeVar

from resources import resource

T = TypeVar("T")

CARD_PREFIX = "622848000"  # a range this demonstration keeps to; the tail passes Luhn
PHONE_PREFIX = "1700000"  # numbers of a virtual operator's unassigned block
ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643-1999
ID_CHECK = "10X98765432"
RELATIONS = ("spouse", "parent", "sibling", "friend", "colleague")


@dataclass(frozen=True, slots=True)
class Identity:
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


def identity(number: int, *, as_of: date, sex: str | None = None, age: int | None = None) -> Identity:
    """The person of this number; `sex` and `age` come from a file that knows them."""
    pick = random.Random(number)  # noqa: S311  # a made-up person, not a secret
    samples = _samples()
    gender = sex or _one(pick, ("male", "female"))
    years = age if age is not None else pick.randint(22, 62)
    birth = as_of - timedelta(days=years * 365 + years // 4 + pick.randint(1, 360))
    city = _one(pick, samples["cities"])
    surname = _one(pick, samples["surnames"])
    relation = _one(pick, RELATIONS)
    return Identity(
        name=surname + _one(pick, samples[gender]),
        sex=gender,
        birth=birth,
        id_number=id_number(city["code"], birth, number % 500 * 2 + (1 if gender == "male" else 0)),
        phone=f"{PHONE_PREFIX}{number % 10_000:04}",
        work_phone=f"{PHONE_PREFIX[:-1]}1{number * 7 % 10_000:04}",
        email=f"debtor{number}@example.com",
        card=card_number(number),
        city=city["name"],
        address=f"{city['name']}市{city['district']}{_one(pick, samples['streets'])}{pick.randint(1, 400)}号"
        f"{pick.randint(1, 30)}幢{pick.randint(1, 28)}0{pick.randint(1, 4)}室",
        latitude=round(city["latitude"] + pick.uniform(-0.05, 0.05), 5),
        longitude=round(city["longitude"] + pick.uniform(-0.05, 0.05), 5),
        employer=_one(pick, samples["employers"]),
        relative=_one(pick, samples["surnames"]) + _one(pick, samples[_one(pick, ("male", "female"))]),
        relation=relation,
        relative_liable=number % 10 == 0,
        relative_phone=f"{PHONE_PREFIX[:-1]}2{number * 13 % 10_000:04}",
    )


def _one(pick: random.Random, among: Sequence[T]) -> T:
    """As `choice`, in half the time: a book of thirty thousand asks for a third of a million."""
    return among[int(pick.random() * len(among))]


def card_number(number: int) -> str:
    """Sixteen digits of the test range with their Luhn check digit."""
    body = f"{CARD_PREFIX}{number % 1_000_000:06}"
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return body + str(-total % 10)


def id_number(code: str, birth: date, sequence: int) -> str:
    """Eighteen characters with the check character of GB 11643."""
    body = f"{code}{birth:%Y%m%d}{sequence % 1000:03}"
    check = sum(int(digit) * weight for digit, weight in zip(body, ID_WEIGHTS, strict=True)) % 11
    return body + ID_CHECK[check]
