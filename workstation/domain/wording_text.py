"""A text as the wording rules read it: disguises taken off, with the way back to the original positions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from typing import NamedTuple

_CJK = "\u3400-\u4dbf\u4e00-\u9fff"
# What is put between characters so that a word is not found. Commas and full stops part clauses and stay.
_GAP = re.compile(rf"(?<=[{_CJK}])[ \t.*·•\-_~|/\\^+=#&'`]+(?=[{_CJK}])")
_PARTING = re.compile(rf"(?<=[{_CJK}])[，。、,!?;:](?=[{_CJK}])")
_SPELLED = re.compile(r"(?<![a-z'])(?!(?:a|i) )[a-z]([ .\-_*])[a-z](?:\1[a-z]){1,40}(?![a-z])")
_WORD = re.compile(r"[a-z0-9']+")
_SPACES = re.compile(r"(?<=[ \t])[ \t]+")
_MIXED = re.compile(r"[a-z0-9@$!]*(?:[a-z][0-9@$!](?=[a-z0-9])|[0-9@$][a-z])[a-z0-9@$!]*")
_LETTERS = str.maketrans({"0": "o", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i"})
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
    """How words are hidden: traditional characters, others of the same sound, syllables in Latin letters."""

    simplified: Mapping[str, str]
    sounds: Mapping[str, str]  # syllable → characters
    words: tuple[str, ...]  # which are worth hiding
    innocent: frozenset[str]  # real words that only sound like them
    shorthand: Mapping[str, str] = field(default_factory=dict)  # Latin words written short, each in full
    _full: dict[str, str] = field(init=False, repr=False)
    _sound: dict[int, str] = field(init=False, repr=False)
    _heard: dict[str, str] = field(init=False, repr=False)
    _latin: dict[str, list[tuple[str, str]]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        syllables = {char: syllable for syllable, chars in self.sounds.items() for char in chars}
        sound = {ord(char): self.sounds[syllable][0] for char, syllable in syllables.items()}
        latin: dict[str, list[tuple[str, str]]] = {}
        for word in self.words:
            ways = [(char, syllables[char]) if char in syllables else (char,) for char in word]
            for parts in product(*ways):
                for form in {"".join(parts), " ".join(parts)}:
                    if form != word and (form.isascii() or " " not in form):
                        latin.setdefault(form[:2], []).append((form, word))
        # Digits among letters have been read as letters by the time these are looked up.
        full = {_MIXED.sub(_as_letters, short): word for short, word in self.shorthand.items()}
        object.__setattr__(self, "_full", full)
        object.__setattr__(self, "_sound", sound)
        object.__setattr__(self, "_heard", {word: word.translate(sound) for word in self.words})
        object.__setattr__(self, "_latin", latin)

    def fold(self, text: str) -> Folded:
        """Compatibility forms, case, traditional characters, what is invisible or put in between, and disguises."""
        chars: list[str] = []
        starts: list[int] = []
        for position, char in enumerate(text):
            for part in char if "a" <= char <= "z" else _plain(char):
                chars.append(self.simplified.get(part, part))
                starts.append(position)
        folded = Folded("".join(chars), starts, [start + 1 for start in starts])
        folded = folded.replaced(_spelled(folded.text))  # while two spaces still part two words
        gaps = sorted((*_spans(_GAP, folded.text), *_spans(_SPACES, folded.text)))
        folded = folded.replaced([(start, end, "") for start, end in gaps])
        folded = folded.replaced(_spelled(folded.text))
        folded = folded._replace(text=_MIXED.sub(_as_letters, folded.text).replace("-", " "))
        folded = folded.replaced(self._written_short(folded.text))
        folded = folded.replaced(self._in_latin(folded.text))
        return folded.replaced(self._by_sound(folded.text))

    def _written_short(self, text: str) -> list[tuple[int, int, str]]:
        return [(*at.span(), self._full[at[0]]) for at in _WORD.finditer(text) if at[0] in self._full]

    def _in_latin(self, text: str) -> list[tuple[int, int, str]]:
        found: list[tuple[int, int, str]] = []
        free = 0
        for position in range(len(text) - 1):
            forms = self._latin.get(text[position : position + 2])
            if forms is None or position < free:
                continue
            for form, word in forms:
                free = position + len(form)
                if text.startswith(form, position) and _stands_alone(text, position, free):
                    found.append((position, free, word))
                    break
                free = position
        return found

    def _by_sound(self, text: str) -> list[tuple[int, int, str]]:
        """Words written with other characters of the same sound (one at least is right), or parted by punctuation."""
        marks = {start for start, _ in _spans(_PARTING, text)}
        places = [place for place in range(len(text)) if place not in marks]
        bare = "".join([text[place] for place in places])
        heard = bare.translate(self._sound)
        found: list[tuple[int, int, str]] = []
        for word, sound in self._heard.items():
            at = heard.find(sound)
            while at >= 0:
                written = bare[at : at + len(word)]
                start, end = places[at], places[at + len(word) - 1] + 1
                parted = end - start > len(word)
                if (written == word) if parted else (written not in self.innocent and _like(written, word)):
                    found.append((start, end, word))
                at = heard.find(sound, at + 1)
        return _apart(found)


def _spelled(text: str) -> list[tuple[int, int, str]]:
    """Words written letter by letter."""
    return [(at.start(), at.end(), re.sub("[^a-z]", "", at[0])) for at in _SPELLED.finditer(text)]


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
