"""A text as the wording rules read it: disguises taken off, with the way back to the original positions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from operator import add
from typing import NamedTuple

_CJK = "\u3400-\u4dbf\u4e00-\u9fff"
# What is put between characters so that a word is not found. Commas and full stops part clauses and stay.
_GAP = re.compile(rf"(?<=[{_CJK}])[ \t.*·•\-_~|/\\^+=#&'`]+(?=[{_CJK}])")
# Nor between a Chinese character and Latin letters that stand for one.
_BESIDE = re.compile(rf"(?<=[{_CJK}])[ *·]+(?=(?:[a-z]{{1,6}}|4)[ *·]{{0,3}}[{_CJK}])|(?<=[a-z4])[ *·]+(?=[{_CJK}])")
_PARTING = re.compile(rf"(?<=[{_CJK}])[，。、,!?;:](?=[{_CJK}])")
_SPELLED = re.compile(r"(?<![a-z'])(?:(?<=  )|(?!(?:a|i(?! r s\b)) ))[a-z]([ .\-_*])[a-z](?:\1[a-z]){1,40}(?![a-z])")
_WORD = re.compile(r"[a-z0-9']+")
_SPACES = re.compile(r"(?<=[ \t])[ \t]+")
_MIXED = re.compile(r"[a-z0-9@$!]*(?:[a-z][0-9@$!](?=[a-z0-9])|[0-9@$][a-z])[a-z0-9@$!]*")
_LETTERS = str.maketrans({"0": "o", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i"})
# A character written as its two halves, which apart mean nothing.
_HALVES = {
    "亻尔": "你", "亻言": "信", "亻责": "债", "亻昔": "借", "亻故": "做", "亻尝": "偿", "讠斥": "诉",
    "讠乍": "诈", "讠方": "访", "讠川": "训", "氵去": "法", "氵查": "渣", "钅戋": "钱", "钅艮": "银",
    "忄白": "怕", "阝完": "院", "亻完": "院", "彳正": "征", "彳聿": "律", "扌丁": "打", "扌爪": "抓",
    "扌句": "拘", "扌甫": "捕", "辶畐": "逼", "辶兆": "逃", "辶隶": "逮", "辶俞": "逾", "犭者": "猪",
    "犭句": "狗", "贝戋": "贱", "马扁": "骗", "歹匕": "死", "宀牛": "牢", "言斥": "诉", "敬言": "警",
}  # fmt: skip
_HALF = re.compile("|".join(_HALVES))
_PLAIN = {"’": "'", "‘": "'", "`": "'", "—": "-", "–": "-", "\r": "\n", "\x0b": "\n", "\x0c": "\n"}
_INVISIBLE = frozenset({"Cf", "Mn", "Me", "So", "Sk", "Cc", "Co", "Cs", "Cn"})


class Folded(NamedTuple):
    """The text the rules are matched on; the character at `i` stands for `original[starts[i]:ends[i]]`."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a stretch (not empty) of the folded text is in the original."""
        return self.starts[start], self.ends[end - 1]

    def replaced(self, found: Sequence[tuple[int, int, str]]) -> Folded:
        """With these stretches, in order and apart, written otherwise."""
        if not found:
            return self
        chars: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        kept = 0
        for start, end, word in found:
            chars.append(self.text[kept:start])
            starts += self.starts[kept:start]
            ends += self.ends[kept:start]
            chars.append(word)
            starts += [self.starts[start]] * len(word)
            ends += [self.ends[end - 1]] * len(word)
            kept = end
        chars.append(self.text[kept:])
        return Folded("".join(chars), [*starts, *self.starts[kept:]], [*ends, *self.ends[kept:]])


@dataclass(frozen=True)
class Disguises:
    """How words are hidden: traditional characters, halves, others of the same sound, syllables in Latin letters."""

    simplified: Mapping[str, str]
    sounds: Mapping[str, str]  # syllable → characters
    words: tuple[str, ...]  # which are worth hiding
    innocent: frozenset[str]  # real words that only sound like them
    shorthand: Mapping[str, str] = field(default_factory=dict)  # Latin words written short, each in full
    _full: dict[str, str] = field(init=False, repr=False)
    _sound: dict[int, str] = field(init=False, repr=False)
    _as_read: dict[str, str] = field(init=False, repr=False)
    _heard: dict[str, list[tuple[str, str]]] = field(init=False, repr=False)  # by their first two sounds
    _latin: dict[str, list[tuple[str, str]]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        syllables = {char: syllable for syllable, chars in self.sounds.items() for char in chars}
        sound = {ord(char): self.sounds[syllable][0] for char, syllable in syllables.items()}
        latin: dict[str, list[tuple[str, str]]] = {}
        for word in self.words:
            for form in _latin_forms(word, syllables):
                latin.setdefault(form[:2], []).append((form, word))
        for forms in latin.values():
            forms.sort(key=lambda each: -len(each[0]))
        # Digits among letters have been read as letters by the time these are looked up.
        full = {_MIXED.sub(_as_letters, short): word for short, word in self.shorthand.items()}
        object.__setattr__(self, "_full", full)
        object.__setattr__(self, "_sound", sound)
        heard: dict[str, list[tuple[str, str]]] = {}
        for word in sorted(self.words, key=len):
            heard.setdefault(word.translate(sound)[:2], []).append((word, word.translate(sound)))
        object.__setattr__(self, "_as_read", {})
        object.__setattr__(self, "_heard", heard)
        object.__setattr__(self, "_latin", latin)

    def fold(self, text: str) -> Folded:
        """Compatibility forms, case, traditional characters, what is invisible or put in between, and disguises."""
        parts = [*map(self._read, text)]
        starts = [position for position, part in enumerate(parts) for _ in part]
        folded = Folded("".join(parts), starts, [start + 1 for start in starts])
        folded = folded.replaced(_spelled(folded.text))  # while two spaces still part two words
        gaps = sorted((*_spans(_GAP, folded.text), *_spans(_SPACES, folded.text)))
        folded = folded.replaced([(start, end, "") for start, end in gaps])
        folded = folded.replaced([(*at.span(), "") for at in _BESIDE.finditer(folded.text)])
        folded = folded.replaced([(*at.span(), _HALVES[at[0]]) for at in _HALF.finditer(folded.text)])
        folded = folded.replaced(_spelled(folded.text))
        folded = folded._replace(text=_MIXED.sub(_as_letters, folded.text).replace("-", " "))
        folded = folded.replaced(self._in_latin(folded.text))  # before shorthand, which would take its letters
        folded = folded.replaced(self._written_short(folded.text))
        return folded.replaced(self._by_sound(folded.text))

    def _read(self, char: str) -> str:
        """What one character is read as: nothing, itself, or several."""
        known = self._as_read.get(char)
        if known is None:
            plain = char if char in self.simplified else _plain(char)
            known = self._as_read[char] = "".join(self.simplified.get(part, part) for part in plain)
        return known

    def _written_short(self, text: str) -> list[tuple[int, int, str]]:
        return [(*at.span(), self._full[at[0]]) for at in _WORD.finditer(text) if at[0] in self._full]

    def _in_latin(self, text: str) -> list[tuple[int, int, str]]:
        found: list[tuple[int, int, str]] = []
        free = 0
        for position in _places(self._latin.keys(), text):
            if position < free:
                continue
            for form, word in self._latin[text[position : position + 2]]:
                free = position + len(form)
                if text.startswith(form, position) and _stands_alone(text, position, free):
                    found.append((position, free, word))
                    break
                free = position
        return found

    def _by_sound(self, text: str) -> list[tuple[int, int, str]]:
        """Words written with other characters of the same sound (one at least is right), or parted by punctuation."""
        marks = {start for start, _ in _spans(_PARTING, text)}
        places = [place for place in range(len(text)) if place not in marks] if marks else range(len(text))
        bare = "".join([text[place] for place in places]) if marks else text
        heard = bare.translate(self._sound)
        found: list[tuple[int, int, str]] = []
        for at in _places(self._heard.keys(), heard):
            for word, sound in self._heard[heard[at : at + 2]]:
                if not heard.startswith(sound, at):
                    continue
                written = bare[at : at + len(word)]
                start, end = places[at], places[at + len(word) - 1] + 1
                parted = end - start > len(word)
                if (written == word) if parted else (written not in self.innocent and _like(written, word)):
                    found.append((start, end, word))
        return _apart(found)


def _latin_forms(word: str, syllables: Mapping[str, str]) -> set[str]:
    """A word with some characters as syllables (jing察, jing cha), or as their first letters beside others (J察)."""
    spelled = product(*[(char, syllables[char]) if char in syllables else (char,) for char in word])
    forms = {
        form for parts in spelled for form in ("".join(parts), " ".join(parts)) if form.isascii() or " " not in form
    }
    initials = product(*[(char, syllables[char][0]) if char in syllables else (char,) for char in word])
    forms |= {form for form in map("".join, initials) if not form.isascii()}
    return forms - {word}


def _spelled(text: str) -> list[tuple[int, int, str]]:
    """Words written letter by letter."""
    return [(at.start(), at.end(), re.sub("[^a-z]", "", at[0])) for at in _SPELLED.finditer(text)]


def _places(beginnings: Set[str], text: str) -> list[int]:
    """Where one of these pairs of characters is in the text, in order."""
    found: list[int] = []
    for pair in beginnings & set(map(add, text, text[1:])):
        at = text.find(pair)
        while at >= 0:
            found.append(at)
            at = text.find(pair, at + 1)
    return sorted(found)


def _spans(pattern: re.Pattern[str], text: str) -> list[tuple[int, int]]:
    return [found.span() for found in pattern.finditer(text)]


def _apart(found: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """In order, without those that overlap an earlier one."""
    kept: list[tuple[int, int, str]] = []
    for each in sorted(found):
        if not kept or kept[-1][1] <= each[0]:
            kept.append(each)
    return kept


def _like(written: str, word: str) -> bool:
    return written != word and any(a == b for a, b in zip(written, word, strict=True))


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Latin letters at either end are not part of a longer word."""
    before = start > 0 and text[start].isascii() and text[start - 1].isascii() and text[start - 1].isalnum()
    after = end < len(text) and text[end - 1].isascii() and text[end].isascii() and text[end].isalnum()
    return not (before or after)


def _as_letters(found: re.Match[str]) -> str:
    """po1ice, @rrest, $ue: digits and signs among letters are read as letters."""
    token = found[0]
    if sum("a" <= char <= "z" for char in token) < 2:
        return token
    letters = list(token.translate(_LETTERS))
    for place, char in enumerate(letters):
        if char == "1":
            letters[place] = "l" if place == 0 or letters[place - 1] in "aeiou" else "i"
    return "".join(letters)


@lru_cache(maxsize=8192)
def _plain(char: str) -> str:
    """One character in its compatibility form and lower case; nothing for what cannot be seen."""
    if char in _PLAIN:
        return _PLAIN[char]
    if char in "\n\t " or "!" <= char <= "~":
        return char.lower()
    if unicodedata.category(char) in _INVISIBLE:
        return ""
    if char.isspace():
        return " "
    return "".join(
        _PLAIN.get(part, part)
        for part in unicodedata.normalize("NFKC", char).lower()
        if unicodedata.category(part) not in _INVISIBLE
    )
