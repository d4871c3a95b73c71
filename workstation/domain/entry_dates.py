"""Days as people say them: `28`, `+5`, `下周五`, `明天`, `11-28`, `next friday`."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import MAXYEAR, date, timedelta

from workstation.domain.due_dates import same_day_later
from workstation.domain.entry_numbers import NUMERALS, tidy, whole
from workstation.domain.errors import InputError
from workstation.domain.message import msg

_N = rf"(\d{{1,4}}|[{NUMERALS}]{{1,5}})"
_WORDS = {
    "大前天": -3,
    "前天": -2,
    "昨天": -1,
    "昨日": -1,
    "yesterday": -1,
    "今天": 0,
    "今日": 0,
    "今晚": 0,
    "today": 0,
    "tonight": 0,
    "now": 0,
    "明天": 1,
    "明日": 1,
    "明早": 1,
    "明晚": 1,
    "tomorrow": 1,
    "tmr": 1,
    "后天": 2,
    "後天": 2,
    "day after tomorrow": 2,
    "the day after tomorrow": 2,
    "大后天": 3,
    "大後天": 3,
}
_DAYS = {
    **{char: day for day, char in enumerate("一二三四五六日")},
    **{str(day + 1): day for day in range(7)},
    "天": 6,
    **{
        name: day
        for day, names in enumerate(
            (
                ("monday", "mon"),
                ("tuesday", "tue", "tues"),
                ("wednesday", "wed"),
                ("thursday", "thu", "thur", "thurs"),
                ("friday", "fri"),
                ("saturday", "sat"),
                ("sunday", "sun"),
            )
        )
        for name in names
    },
}
_MONTH_WORDS = (
    ("january", "jan"),
    ("february", "feb"),
    ("march", "mar"),
    ("april", "apr"),
    ("may",),
    ("june", "jun"),
    ("july", "jul"),
    ("august", "aug"),
    ("september", "sept", "sep"),
    ("october", "oct"),
    ("november", "nov"),
    ("december", "dec"),
)
_MONTHS = {name: number for number, names in enumerate(_MONTH_WORDS, 1) for name in names}
_WEEKDAY_NAMES = "|".join(sorted((name for name in _DAYS if name.isascii() and name.isalpha()), key=len, reverse=True))
_MONTH_NAMES = "|".join(sorted(_MONTHS, key=len, reverse=True))
_COUNT = rf"(?P<n>\d{{1,4}}|[{NUMERALS}]{{1,5}})"
_ORDINAL = r"(\d{1,2})(?:st|nd|rd|th)?"

Found = re.Match[str]


def read_date(text: str, today: date) -> date:
    """The day meant by `text`, seen from `today`. A day or month without a year is the next such day, today included;
    weeks begin on Monday, so that 下周五 and `next friday` are the Friday of next week.

    `InputError` says what to type when it is no day, or one that does not exist, like 2026-02-30.
    """
    entry = tidy(text)
    if entry in _WORDS:
        return _after(today, _WORDS[entry])
    for pattern, reading in _FORMS:
        found = pattern.fullmatch(entry)
        if found:
            day = reading(found, today)
            if day is not None:
                return day
    raise InputError(
        msg(
            "“{entry}” is not a day. Type it like 28, +5, 11-28, 2026-11-28, 下周五 or next friday.", entry=text.strip()
        )
    )


def _after(today: date, days: int) -> date:
    try:
        return today + timedelta(days=days)
    except OverflowError:
        raise InputError(msg("That day is too far away.")) from None


def _relative(found: Found, today: date) -> date | None:
    """`+5`, `-3`, `+2w`, `+1m`: days, weeks or months from today."""
    number = int(found[2]) * (-1 if found[1] == "-" else 1)
    return _moved(today, number, {"w": "week", "周": "week", "m": "month", "月": "month"}.get(found[3] or "", "day"))


def _from_now(found: Found, today: date) -> date | None:
    """`3天后`, `两周后`, `in 2 weeks`, `一个月后`."""
    number, unit = whole(found["n"]), found["unit"]
    if number is None:
        return None
    kind = "month" if unit[-1] in "月h" else "day" if unit[-1] in "天日y" else "week"
    return _moved(today, number, kind)


def _moved(today: date, number: int, unit: str) -> date:
    if unit == "month":
        if not 1 <= today.year + number // 12 < MAXYEAR:
            raise InputError(msg("That day is too far away."))
        return same_day_later(today, number, today.day)
    return _after(today, number * (7 if unit == "week" else 1))


def _full(found: Found, today: date) -> date | None:  # noqa: ARG001  # the form of a reading
    return _exact(int(found[1]), int(found[2]), int(found[3]))


def _month_day(found: Found, today: date) -> date | None:
    month, day = whole(found[1]), whole(found[2])
    return None if month is None or day is None else _next_such(today, month, day)


def _named_month(found: Found, today: date) -> date | None:
    month, day, year = _MONTHS[found["m"]], int(found["d"]), found["y"]
    return _exact(int(year), month, day) if year else _next_such(today, month, day)


def _day_of_month(found: Found, today: date) -> date | None:
    """`28`, `28号`, `下月5号`: in the month named, else the next month that has such a day."""
    day = whole(found["d"])
    if day is None:
        return None
    which = found["which"] if "which" in found.groupdict() else None
    if which:
        month = same_day_later(today, 1 if which[0] in "下n" else 0, 1)
        return _exact(month.year, month.month, day)
    if not 1 <= day <= 31:
        raise InputError(msg("There is no day {day} in any month; type a day from 1 to 31.", day=day))
    for months in range(13):
        month = same_day_later(today, months, 1)
        if day <= monthrange(month.year, month.month)[1] and month.replace(day=day) >= today:
            return month.replace(day=day)
    return None


def _month_end(found: Found, today: date) -> date | None:
    ahead = 1 if (found["which"] or "")[:1] in ("下", "n") else 0
    return same_day_later(today, ahead, 31)


def _weekday(found: Found, today: date) -> date | None:
    """周三 is the coming Wednesday, today included; 这周 stays in this week; each 下 is a week on."""
    which, day = (found["which"] or "").strip(), _DAYS[found["w"]]
    monday = today - timedelta(days=today.weekday())
    if which in ("", "on", "coming"):
        return _after(today, (day - today.weekday()) % 7)
    if which == "next" or which[0] == "下":
        return _after(monday, day + 7 * (1 if which == "next" else which.count("下")))
    if which in ("last", "上", "上个"):
        return _after(monday, day - 7)
    return _after(monday, day)


def _next_such(today: date, month: int, day: int) -> date:
    """The next `month`-`day`, today included; 29 February waits for its year."""
    if not 1 <= month <= 12 or not 1 <= day <= monthrange(2024, month)[1]:
        raise _no_such(f"{month:02d}-{day:02d}")
    for year in range(today.year, min(today.year + 9, MAXYEAR + 1)):
        if day <= monthrange(year, month)[1] and date(year, month, day) >= today:
            return date(year, month, day)
    raise InputError(msg("That day is too far away."))


def _exact(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise _no_such(f"{year:04d}-{month:02d}-{day:02d}") from None


def _no_such(written: str) -> InputError:
    return InputError(msg("{date} does not exist in the calendar; check the month and the day.", date=written))


_FORMS: tuple[tuple[re.Pattern[str], Callable[[Found, date], date | None]], ...] = tuple(
    (re.compile(pattern, re.ASCII), reading)
    for pattern, reading in (
        (r"(\d{4})(\d\d)(\d\d)", _full),
        (r"(\d{4})[-/.年] ?(\d{1,2})[-/.月] ?(\d{1,2})[日号]?", _full),
        (r"([+-]) ?(\d{1,4}) ?([dwm天日周月]?)", _relative),
        (rf"(?:过 ?)?{_COUNT} ?(?P<unit>天|周|个?星期|个?礼拜|个月)[之以]?[后後内]?", _from_now),
        (rf"(?:过 ?)?{_COUNT} ?(?P<unit>日|月)[之以]?[后後内]", _from_now),
        (r"in (?P<n>\d{1,4}) (?P<unit>day|week|month)s?", _from_now),
        (rf"{_N}[-/.月] ?{_N}[日号]?", _month_day),
        (rf"(?P<m>{_MONTH_NAMES})\.? {_ORDINAL.replace('(', '(?P<d>', 1)}(?:,? (?P<y>\d{{4}}))?", _named_month),
        (rf"{_ORDINAL.replace('(', '(?P<d>', 1)} (?P<m>{_MONTH_NAMES})\.?(?:,? (?P<y>\d{{4}}))?", _named_month),
        (r"(?P<d>\d{1,2})", _day_of_month),
        (rf"(?P<which>这个?月|本月|下个?月)? ?{_N.replace('(', '(?P<d>', 1)}[日号]", _day_of_month),
        (r"(?:on )?(?:the )?(?P<d>\d{1,2})(?:st|nd|rd|th)", _day_of_month),
        (r"(?P<which>这个?月|本月|下个?月)?(?:月底|月末|底)", _month_end),
        (r"(?:the )?end of (?P<which>this|next|the)? ?month", _month_end),
        (r"(?P<which>这个?|本|(?:下个?){1,3}|上个?)?(?:周|星期|礼拜)(?P<w>[一二三四五六日天1-7])", _weekday),
        (rf"(?:(?P<which>on|this|next|last|coming) )?(?P<w>{_WEEKDAY_NAMES})", _weekday),
    )
)
