"""An amount with how often it comes, as people say it: `8200/月`, `每周300`, `300 a week`, `12万/年`, `1.2k pw`."""

from __future__ import annotations

import re

from workstation.domain.affordability import Per
from workstation.domain.entry import read_amount
from workstation.domain.entry_numbers import tidy

# The longer period first: 两周 ends in 周.
_CHINESE: dict[Per, str] = {
    "fortnight": "两周|双周|2周|两星期|两个?礼拜",
    "week": "周|星期|礼拜",
    "month": "个?月",
    "year": "年",
}
_ENGLISH: dict[Per, str] = {
    "fortnight": r"fortnight|2 ?w|2 ?weeks|two weeks",
    "week": r"week|wk|w",
    "month": r"month|mo|m",
    "year": r"year|annum|yr|y",
}
_ADVERBS: dict[Per, str] = {
    "fortnight": "fortnightly",
    "week": "weekly|pw|p/w",
    "month": "monthly|pm|pcm|p/m",
    "year": "yearly|annually|pa|p/a",
}
_AMOUNT = r"(?P<amount>.*[0-9零一二三四五六七八九十两百千万].*?)"


def _forms(per: Per) -> tuple[re.Pattern[str], ...]:
    chinese, english, adverbs = _CHINESE[per], _ENGLISH[per], _ADVERBS[per]
    return (
        re.compile(rf"{_AMOUNT} ?(?:/ ?(?:{chinese}|{english})|(?:每|一)(?:{chinese}))"),
        re.compile(rf"{_AMOUNT} ?(?:(?:per|an?|each|every) (?:{english})|(?:{adverbs}))"),
        re.compile(rf"(?:每|一)(?:{chinese}) ?{_AMOUNT}"),
        re.compile(rf"(?:{chinese})(?:薪|入)? ?{_AMOUNT}"),
    )


_FORMS = {per: _forms(per) for per in _CHINESE}


def read_periodic(text: str, currency: str) -> tuple[int, Per | None]:
    """Minor units and the period, None where no word says it. `InputError` as `read_amount`."""
    entry = tidy(text)
    for per, forms in _FORMS.items():
        for form in forms:
            found = form.fullmatch(entry)
            if found is not None:
                return read_amount(found["amount"], currency), per
    return read_amount(text, currency), None
