"""Finds cases in spite of a slip: a letter or digit too many, missing, wrong or swapped, or a sound written another
way (zh for z, n for ng, l for n, v for ü, another character of the same sound)."""

from __future__ import annotations

import bisect
import re
from collections.abc import Collection, Iterator
from itertools import islice
from typing import NamedTuple

import sqlalchemy as sa

MOST_SIMILAR = 12
_LEAST, _LEAST_NUMBER = 5, 7  # letters, and characters with digits among them, from which one slip is forgiven
_LEAST_NAME = 3  # characters of a Chinese name, one of which may be wrong where nobody's name sounds like it
_ENOUGH = 500  # places, after which more of the same kind tell nothing
_LONG = 11  # letters from which two are
_LEAST_SOUND = 3  # letters, where nothing but the sound is written another way
_MOST_TYPED = 60  # characters of a search; more is a paste by mistake
_SOUNDS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"), ("l", "n"), ("u:", "u"), ("ü", "u"), ("v", "u"))
_GAPS = dict.fromkeys(map(ord, " \t()+-·'’."))
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")


class Place(NamedTuple):
    """Where something like the search stands: a word of the case begins at it, or it stands inside one."""

    at: int
    inside: bool


class _Joined(NamedTuple):
    """The words of all cases in one text, a word a line, with where each case begins."""

    text: str
    starts: list[int]


class Similar:
    """The index's words in memory, by case: every one of them is looked at for each key."""

    def __init__(self) -> None:
        self._words: dict[str, tuple[str, str]] = {}  # case id → as they are written, as they sound
        self._joined: tuple[list[str], _Joined, _Joined] | None = None

    def load(self, conn: sa.Connection, case_ids: Collection[str] | None = None) -> None:
        """Read all cases, or those named again; the ones that are gone are forgotten."""
        query, ids = "SELECT case_id, words FROM case_search", tuple(case_ids or ())
        if case_ids is None:
            self._words.clear()
        else:
            query += f" WHERE case_id IN ({', '.join('?' * len(ids))})"
            for case_id in ids:
                self._words.pop(case_id, None)
        for case_id, words in conn.exec_driver_sql(query, ids):
            written = words.translate(_GAPS) + "\n"
            self._words[case_id] = written, by_sound(written)
        self._joined = None

    def find(self, text: str, most: int = MOST_SIMILAR) -> list[str]:
        """Ids of cases like `text`, the nearest first; none for a text too short to tell."""
        typed = "".join(text[:_MOST_TYPED].lower().translate(_GAPS).split())
        sound = by_sound(_in_letters(typed))
        ids, written, sounding = self._all()
        found: dict[str, tuple[int, bool]] = {}

        def note(joined: _Joined, form: str, slips: int) -> None:
            for place in islice(places(joined.text, form, slips), _ENOUGH):
                case_id = ids[bisect.bisect_right(joined.starts, place.at) - 1]
                found[case_id] = min(found.get(case_id, (slips, True)), (slips, place.inside))

        letters = not any(map(str.isdigit, sound))
        if letters and len(sound) >= _LEAST_SOUND:
            note(sounding, sound, 0)
            if len(sound) >= _LEAST:
                note(sounding, sound, 1)
        if len(typed) >= (_LEAST if letters else _LEAST_NUMBER):
            note(written, typed, 1)
        for joined, form in ((written, typed), (sounding, sound)):
            if letters and not found and len(form) >= _LONG:
                note(joined, form, 2)
        if not found and _LEAST_NAME <= len(typed) < _LEAST and _HAN.match(typed):
            note(written, typed, 1)
        return sorted(found, key=found.__getitem__)[:most]

    def _all(self) -> tuple[list[str], _Joined, _Joined]:
        if self._joined is None:
            written, sounding = zip(*self._words.values(), strict=True) if self._words else ((), ())
            self._joined = list(self._words), _join(written), _join(sounding)
        return self._joined


def _join(texts: Collection[str]) -> _Joined:
    starts, at = [], 0
    for text in texts:
        starts.append(at)
        at += len(text)
    return _Joined("".join(texts), starts)


def by_sound(text: str) -> str:
    """Letters that are taken for one another made the same."""
    for one, other in _SOUNDS:
        text = text.replace(one, other)
    return text


def _in_letters(typed: str) -> str:
    """Characters as pinyin, so that another one of the same sound is found."""
    if not _HAN.search(typed):
        return typed
    from pypinyin import lazy_pinyin

    return "".join(lazy_pinyin(typed))


def places(text: str, typed: str, slips: int) -> Iterator[Place]:
    """Where `typed` stands in a line of `text` but for 0, 1 or 2 slips.

    Cut into pieces with a letter left out between them, one more than there are slips, a piece at least is as it was
    typed: a slip, be it two letters swapped, never reaches two of them. From there one compares to both sides.
    """
    size = (len(typed) - slips) // (slips + 1)
    for turn in range(slips + 1):
        begin = turn * (size + 1)
        end = len(typed) if turn == slips else begin + size
        piece, before, after = typed[begin:end], typed[:begin], typed[end:]
        left, right = (slips, 0) if turn == slips else (0, slips) if turn == 0 else (1, 1)
        for at in _worth_a_look(text, before, piece, after, left, right):
            behind = at + len(piece)
            line = text.rfind("\n", 0, at) + 1
            ahead = text[behind : behind + len(after) + right].partition("\n")[0]
            back = text[max(line, at - begin - left) : at]
            if reaches(after, ahead, right) and reaches(before[::-1], back[::-1], left):
                yield Place(at, line < at - begin - left)


def _worth_a_look(text: str, before: str, piece: str, after: str, left: int, right: int) -> Iterator[int]:
    """Where `piece` stands, found without a word of Python for most places that cannot be meant: where one slip is
    forgiven on a side, one half of that side still stands there as it was typed."""
    if right == 1 and left == 0:
        half = len(after) // 2
        beyond = f".{{{half},{half + 2}}}{re.escape(after[half + 1 :])}"
        yield from _starts(text, f"{re.escape(piece)}(?:{re.escape(after[:half])}|{beyond})")
    elif left == 1 and right == 0:
        half = len(before) // 2
        far, near = before[:half], before[half + 1 :]
        for start in _starts(text, re.escape(near + piece)):
            yield start + len(near)
        gap = f".{{{len(near)},{len(near) + 2}}}"
        for start in _starts(text, f"{re.escape(far)}{gap}{re.escape(piece)}"):
            first = start + half + len(near)
            yield from (at for at in range(first, first + 3) if text.startswith(piece, at))
    else:
        yield from _starts(text, re.escape(piece))


def _starts(text: str, pattern: str) -> Iterator[int]:
    """Every place where the pattern begins to match, also where two matches overlap."""
    search = re.compile(pattern).search
    found = search(text)
    while found is not None:
        yield found.start()
        found = search(text, found.start() + 1)


def reaches(typed: str, text: str, slips: int) -> bool:
    """Does `text` begin with `typed`, but for so many slips (Damerau–Levenshtein: swapped neighbours are one)?"""
    if text.startswith(typed):
        return True
    if slips == 0:
        return False
    same = 0
    for one, other in zip(typed, text, strict=False):
        if one != other:
            break
        same += 1
    typed, text = typed[same:], text[same:]
    return (
        reaches(typed[1:], text, slips - 1)  # one too many
        or (text != "" and reaches(typed, text[1:], slips - 1))  # one missing
        or (text != "" and reaches(typed[1:], text[1:], slips - 1))  # a wrong one
        or (text[:2] == typed[1::-1] and len(typed) > 1 and reaches(typed[2:], text[2:], slips - 1))  # swapped
    )
