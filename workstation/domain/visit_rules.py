"""What a visit's report asks for: how one goes on at the door, what may have come of it, and where it was."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from workstation.domain.errors import InputError
from workstation.domain.message import Message, msg
from workstation.domain.outcomes import TABLE
from workstation.domain.visit import Position

VISITS = tuple(row.id for row in TABLE.values() if row.visit)
_SPOKEN = tuple(row.id for row in TABLE.values() if row.reach == "debtor" and not row.visit)
_THIRD = ("third_party_spoken", "third_party_will_relay", "deceased", "incarcerated", "asks_to_stop_contact")
# What may have come of a visit, as an outcome of a call: who was met can say what they say on the telephone.
RESULTS: Mapping[str, tuple[str, ...]] = {
    "visit_met": _SPOKEN,
    "visit_absent": _THIRD,
    "visit_address_wrong": _THIRD,
    "visit_refused": ("complaint", "represented_by_counsel", "asks_to_stop_contact"),
}
NEEDS_RESULT = frozenset({"visit_met"})

# 《商业银行信用卡业务监督管理办法》第六十八条; 中国银行业协会 2026 指引; house rules on visits: what is answered for.
CONDUCT_CHECKS: Mapping[str, str] = {
    "identity_shown": "《商业银行信用卡业务监督管理办法》第六十八条",
    "two_persons": "House rule: two people at least, identity shown, recorded",
    "recorded": "《商业银行信用卡业务监督管理办法》第六十八条, 第七十条",
    "entry_with_consent": "《商业银行信用卡业务监督管理办法》第六十八条",
    "nothing_to_third": "《商业银行信用卡业务监督管理办法》第六十八条",
    "no_pressure": "《商业银行信用卡业务监督管理办法》第六十八条",
    "no_money": "House rule: nobody takes money at the door",
    "left_when_asked": "中国银行业协会《金融机构个人消费类贷款催收工作指引(试行)》",
}
LONGEST_VISIT = timedelta(hours=12)
REPORTED_WITHIN = timedelta(days=14)  # of the arrival: days without a network, and not a memory


def times_fault(arrived: datetime, left: datetime | None, now: datetime) -> Message | None:
    """What is wrong with the times of a visit, all aware."""
    if arrived > now or (left is not None and left > now):
        return msg("A visit is reported when it has been: the time lies ahead.")
    if now - arrived > REPORTED_WITHIN:
        return msg("The arrival is more than {n} days ago; ask your team lead to note it.", n=REPORTED_WITHIN.days)
    if left is not None and left < arrived:
        return msg("One leaves after one has arrived.")
    if left is not None and left - arrived > LONGEST_VISIT:
        return msg(
            "No visit lasts more than {n} hours; check both times.", n=int(LONGEST_VISIT.total_seconds()) // 3600
        )
    return None


# ---- a position as people write it ----

_DECIMAL = re.compile(
    r"([NS]?) ?([+-]?\d{1,3}(?:\.\d{1,12})?) ?°? ?([NS]?) ?[,;/ ] ?([EW]?) ?([+-]?\d{1,3}(?:\.\d{1,12})?) ?°? ?([EW]?)"
)
_DMS = r"""(\d{1,3}) ?° ?(?:(\d{1,2}) ?['′] ?)?(?:(\d{1,2}(?:\.\d{1,6})?) ?["″] ?)?([NSEW])"""
_DEGREES = re.compile(rf"{_DMS} ?[,;/ ]? ?{_DMS}")
LONGEST_ENTRY = 80
_PLACES = 6  # a tenth of a metre


def read_position(text: str) -> tuple[float, float]:
    """Latitude and longitude of `31.2304, 121.4737`, `31.23N 121.47E` or `31°13'49"N 121°28'25"E`. `InputError` says
    what is wrong."""
    entry = " ".join(text.upper().replace("，", ",").replace("、", ",").replace("’", "'").replace("”", '"').split())
    if len(entry) <= LONGEST_ENTRY:
        entry = entry.replace("北纬", "N").replace("南纬", "S").replace("东经", "E").replace("西经", "W")
        for pattern, reading in ((_DECIMAL, _decimal), (_DEGREES, _degrees)):
            found = pattern.fullmatch(entry)
            if found is not None:
                return _on_earth(*reading(found))
    raise InputError(
        msg("Type latitude and longitude, such as 31.2304, 121.4737."), code="bad_position", field="position"
    )


def _decimal(found: re.Match[str]) -> tuple[float, float]:
    before, latitude, after, before_east, longitude, after_east = found.groups()
    if (before and after) or (before_east and after_east):
        raise InputError(msg("Say north or south, east or west only once."), code="bad_position", field="position")
    south, west = "S" in (before, after), "W" in (before_east, after_east)
    return (-1 if south else 1) * float(latitude), (-1 if west else 1) * float(longitude)


def _degrees(found: re.Match[str]) -> tuple[float, float]:
    parts = found.groups()
    one, other = _angle(*parts[:4]), _angle(*parts[4:])
    if parts[3] in "EW" and parts[7] in "NS":
        return other, one
    if parts[3] in "NS" and parts[7] in "EW":
        return one, other
    raise InputError(msg("Say north or south, east or west only once."), code="bad_position", field="position")


def _angle(degrees: str, minutes: str | None, seconds: str | None, side: str) -> float:
    angle = int(degrees) + int(minutes or 0) / 60 + float(seconds or 0) / 3600
    return -angle if side in "SW" else angle


def _on_earth(latitude: float, longitude: float) -> tuple[float, float]:
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        raise InputError(
            msg("A latitude lies between −90 and 90, a longitude between −180 and 180."),
            code="bad_position",
            field="position",
        )
    return round(latitude, _PLACES), round(longitude, _PLACES)


def written_position(where: Position) -> str:
    """As `read_position` reads it."""
    return f"{where.latitude:.{_PLACES}f}, {where.longitude:.{_PLACES}f}"
