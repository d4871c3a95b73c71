"""Values by type, and documents spoilt by chance: what the fuzzers draw from, each from a seeded `Random`."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import msgspec
from msgspec import inspect as kinds

TEXTS = (
    "", "0", "-1", "1.10", "1e400", "NaN", "Infinity", "９９", "1234567890123456789012345678901234567890.00", "张伟",
    "\u202e", "\ud800", "\0", "\U00020bb7\ufe0f", "a" * 3000, "{name}", "{0.__class__}", "%s%n", "../../etc/passwd",
    "2026-02-29", "0001-01-01", "9999-12-31", "2026-11-23", "24:00", "2026-11-23T08:00:00+08:00", "CNY", "zh-CN", "en",
    "=cmd|' /C calc'!A0", "<script>alert(1)</script>", "'; DROP TABLE cases; --", "http://thief.example/", "true",
)  # fmt: skip
NUMBERS = (0, 1, -1, 2**31, 2**63 - 1, 2**63, -(2**63) - 1, 10**30, 0.1, 1e308, -0.0, 5e-324)
ODD: tuple[Any, ...] = (*TEXTS, *NUMBERS, None, True, False, [], {}, [[]], {"": ""})
_CONSTRAINED = ("1600.00", "0", "12", "0.05", "2026-11-23", "a1")


def example(kind: kinds.Type, random: Random, depth: int = 0) -> Any:
    """A JSON value of the type, likely though not surely a valid one: patterns and bounds are not followed."""
    match kind:
        case kinds.StructType(fields=fields):
            return {
                field.encode_name: example(field.type, random, depth + 1)
                for field in fields
                if field.required or random.random() < 0.6 / (1 + depth / 4)
            }
        case kinds.UnionType(types=types):
            return example(random.choice(types), random, depth)
        case kinds.ListType(item_type=item) | kinds.VarTupleType(item_type=item) | kinds.SetType(item_type=item):
            return [example(item, random, depth + 1) for _ in range(random.choice((0, 1, 1, 2, 3)))]
        case kinds.TupleType(item_types=items):
            return [example(item, random, depth + 1) for item in items]
        case kinds.DictType(key_type=key, value_type=value):
            return {
                str(example(key, random)): example(value, random, depth + 1) for _ in range(random.choice((0, 1, 2)))
            }
        case kinds.LiteralType(values=values):
            return random.choice(values)
        case kinds.EnumType(cls=cls):
            return random.choice(list(cls)).value
        case kinds.IntType(ge=least):
            return random.choice((least or 0, 1, 2, 30, *NUMBERS[:4]))
        case kinds.FloatType():
            return random.choice((0.5, *NUMBERS))
        case kinds.BoolType():
            return random.random() < 0.5
        case kinds.NoneType():
            return None
        case kinds.DateType():
            return random.choice(("2026-11-23", "2026-12-31", "2024-02-29", "0001-01-01", "9999-12-31"))
        case kinds.DateTimeType():
            return random.choice(("2026-11-23T10:00:00+08:00", "2026-11-23T02:00:00Z", "0001-01-01T00:00:00+14:00"))
        case kinds.TimeType():
            return random.choice(("08:00", "20:00", "23:59:59"))
        case kinds.DecimalType():
            return random.choice(("1.10", "0", "-5", "1E+20"))
        case _:
            return random.choice(_CONSTRAINED if random.random() < 0.7 else TEXTS)


def of_type(struct: Any, random: Random) -> Any:
    return example(msgspec.inspect.type_info(struct), random)


def spoilt(value: Any, random: Random, times: int = 1) -> Any:
    """A copy in which single parts are replaced, doubled, dropped or swapped."""
    made = json.loads(json.dumps(value))
    for _ in range(times):
        places = list(_places(made))
        if not places:
            return random.choice(ODD)
        holder, key = random.choice(places)
        match random.randrange(5):
            case 0 | 1:
                holder[key] = random.choice(ODD)
            case 2:
                del holder[key]
            case 3:
                other, place = random.choice(places)
                holder[key] = json.loads(json.dumps(other[place]))
            case _ if isinstance(holder, list):
                holder.insert(random.randrange(len(holder) + 1), json.loads(json.dumps(holder[key])))
            case _:
                holder[random.choice(TEXTS)] = random.choice(ODD)
    return made


def _places(value: Any) -> Any:
    if isinstance(value, dict):
        pairs = [(value, key) for key in value]
    elif isinstance(value, list):
        pairs = [(value, place) for place in range(len(value))]
    else:
        return
    for holder, key in pairs:
        yield holder, key
        yield from _places(holder[key])


def spoilt_text(text: str, random: Random, times: int = 2) -> str:
    """A copy in which lines are dropped, doubled or swapped, and values replaced."""
    lines = text.split("\n")
    for _ in range(times):
        at = random.randrange(len(lines))
        match random.randrange(6):
            case 0:
                del lines[at]
            case 1:
                lines.insert(random.randrange(len(lines) + 1), lines[at])
            case 2:
                name, equals, _ = lines[at].partition("=")
                lines[at] = f"{name}{equals} {json.dumps(random.choice(ODD), ensure_ascii=False)}"
            case 3:
                name, equals, _ = lines[at].partition("=")
                lines[at] = (
                    f"{name}{equals} {random.choice(('1979-05-27', 'inf', 'nan', '0xffff', '[1, [2]]', '{a.b = 1}'))}"
                )
            case 4:
                cut = random.randrange(len(lines[at]) + 1)
                lines[at] = lines[at][:cut] + random.choice(TEXTS)[:40] + lines[at][cut:]
            case _:
                other = random.randrange(len(lines))
                lines[at], lines[other] = lines[other], lines[at]
        lines = lines or [""]
    return "\n".join(lines)
