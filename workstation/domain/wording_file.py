"""The files `resources/wording/*.toml`: kinds, word lists, exceptions and rules, checked whole and compiled at load.

A pattern is a regular expression over the folded text of one sentence, in which `{list}` stands for the words of a
list, `<8>` for up to eight characters and `<8!>` for up to eight without a negation among them. It is tried where a
word of each of its lists is in the sentence. Every repetition is bounded, so that the time a text takes grows with its
length only.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from functools import lru_cache
from operator import add
from typing import Literal, NamedTuple, TypeVar, get_args

import msgspec

from resources import resource
from workstation.domain.errors import WorkstationError
from workstation.domain.message import msg
from workstation.domain.rulepack import JURISDICTIONS
from workstation.domain.wording_text import Disguises

Kind = Literal["threat", "insult", "posing", "false_urgency", "untrue", "disclosure", "borrowing"]
Fact = Literal["legal_step_taken", "credit_reported", "waiver_available", "identity_verified"]
KINDS: tuple[Kind, ...] = get_args(Kind)
LANGUAGES = ("en", "zh_CN")

_LIST = re.compile(r"\{([a-z_]+)\}")
_BARRED = re.compile(r"\(\?!\{[a-z_]+\}\)")  # a list whose words may not be there
_FREE = re.compile(r"<(\d{1,3})(!?)>")
_AFFIRMED = r"(?:(?!\b(?:not|never|no|nor|nobody|nothing|without|cannot|neither)\b).)"
_UNBOUNDED = re.compile(r"(?<!\\)[*+]|,\}")
_MOST_FREE = 80  # characters that `<n>` may stand for

T = TypeVar("T")


class WordingError(WorkstationError):
    """A wording file is missing or malformed; the message names the file and the rule."""

    code = "bad_wording"


class _Form(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of what a wording file holds."""


class _Kind(_Form, frozen=True):
    id: Kind
    rule: str  # of the rule pack
    sources: Mapping[str, str]  # by jurisdiction, where the pack has no such rule


class _Kinds(_Form, frozen=True):
    kind: tuple[_Kind, ...]


class _Characters(_Form, frozen=True):
    traditional: tuple[str, ...]  # pairs, the traditional character first
    sounds: Mapping[str, str]
    words: tuple[str, ...]
    innocent: tuple[str, ...]


class _Exception(_Form, frozen=True):
    id: str
    kinds: tuple[Kind, ...]
    before: tuple[str, ...] = ()  # right before what is found
    within: tuple[str, ...] = ()  # anywhere in the sentence


class _Rule(_Form, frozen=True):
    id: str
    kind: Kind
    patterns: tuple[str, ...]
    why: Mapping[str, str]
    suggestion: Mapping[str, str]
    true_when: Fact | None = None  # the fact that makes it true
    never: tuple[str, ...] = ()  # what in the sentence makes it lawful
    rule: str = ""  # of the rule pack, where it is not the kind's


class _File(_Form, frozen=True):
    lists: Mapping[str, tuple[str, ...]]
    exception: tuple[_Exception, ...]
    rule: tuple[_Rule, ...]
    shorthand: Mapping[str, str] = {}  # words written short, each with what it stands for


class Pattern(NamedTuple):
    needs: frozenset[str]  # lists of which a word must be in the sentence
    find: re.Pattern[str]

    def within(self, sentence: str, present: Set[str], end: int) -> bool:
        """Found in the sentence up to `end`, where `present` names the lists that have a word in it."""
        return self.needs <= present and self.find.search(sentence, 0, end) is not None


@dataclass(frozen=True, slots=True, eq=False)
class Excuse:
    """What makes a wording lawful when it comes right before it, or anywhere in its sentence."""

    id: str
    kinds: frozenset[Kind]
    before: tuple[Pattern, ...]
    around: tuple[Pattern, ...]

    def holds(self, sentence: str, present: Set[str], start: int) -> bool:
        return any(pattern.within(sentence, present, start) for pattern in self.before) or any(
            pattern.within(sentence, present, len(sentence)) for pattern in self.around
        )


@dataclass(frozen=True, slots=True, eq=False)
class WordingRule:
    id: str
    kind: Kind
    patterns: tuple[Pattern, ...]
    never: tuple[Pattern, ...]
    why: Mapping[str, str]
    suggestion: Mapping[str, str]
    true_when: Fact | None
    rule: str
    sources: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Wording:
    """Everything the check needs: the rules of all languages, since one text may mix them."""

    rules: tuple[WordingRule, ...]
    excuses: tuple[Excuse, ...]
    words: Mapping[str, tuple[tuple[str, frozenset[str]], ...]]  # by their first two characters, with their lists

    def words_in(self, text: str) -> tuple[tuple[str, frozenset[str]], ...]:
        """The words that are in the text, each with its lists."""
        beginnings = self.words.keys() & {*map(add, text, text[1:]), *text}
        return tuple(each for beginning in beginnings for each in self.words[beginning] if each[0] in text)

    disguises: Disguises


@lru_cache(maxsize=1)
def load() -> Wording:
    """The shipped files; `WordingError` when one is missing or malformed."""
    return parse({name: _text(name) for name in ("kinds", "characters", *LANGUAGES)})


def _text(name: str) -> str:
    try:
        return resource(f"wording/{name}.toml").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise _fault(name, "-", "the file is missing or not readable") from None


def parse(texts: Mapping[str, str]) -> Wording:
    """The rules of TOML texts by name: `kinds`, `characters`, and one for each language."""
    kinds = _kinds(_read("kinds", texts, _Kinds))
    rules: list[WordingRule] = []
    excuses: list[Excuse] = []
    words: dict[str, set[str]] = {}
    shorthand: dict[str, str] = {}
    for language in LANGUAGES:
        reading = _Reading(language, _read(language, texts, _File), kinds)
        for rule in reading.rules():
            if any(rule.id == other.id for other in rules):
                raise _fault(language, rule.id, "there is another rule of this id")
            rules.append(rule)
        excuses += reading.excuses()
        shorthand.update(reading.file.shorthand)
        for name, entry in reading.entries():
            words.setdefault(entry.rstrip("*"), set()).add(name)
    return Wording(tuple(rules), tuple(excuses), _by_beginning(words), _disguises(texts, shorthand))


def _kinds(file: _Kinds) -> dict[Kind, _Kind]:
    kinds = {kind.id: kind for kind in file.kind}
    for missing in set(KINDS) - set(kinds):
        raise _fault("kinds", missing, "the kind is missing")
    for kind in file.kind:
        if set(kind.sources) != set(JURISDICTIONS) or not all(kind.sources.values()):
            raise _fault("kinds", kind.id, f"needs a source for each of {', '.join(JURISDICTIONS)}")
    return kinds


def _disguises(texts: Mapping[str, str], shorthand: Mapping[str, str]) -> Disguises:
    file = _read("characters", texts, _Characters)
    for pair in file.traditional:
        if len(pair) != 2:
            raise _fault("characters", pair, "is not a pair of a traditional and a simplified character")
    for syllable, chars in file.sounds.items():
        if not chars or not syllable.isascii():
            raise _fault("characters", syllable, "needs its characters")
    return Disguises(
        {pair[0]: pair[1] for pair in file.traditional}, file.sounds, file.words, frozenset(file.innocent), shorthand
    )


def _by_beginning(words: Mapping[str, set[str]]) -> dict[str, tuple[tuple[str, frozenset[str]], ...]]:
    found: dict[str, list[tuple[str, frozenset[str]]]] = {}
    for word, lists in words.items():
        found.setdefault(word[:2], []).append((word, frozenset(lists)))
    return {beginning: tuple(each) for beginning, each in found.items()}


class _Reading:
    """One language's file made into rules."""

    def __init__(self, name: str, file: _File, kinds: Mapping[Kind, _Kind]) -> None:
        self.name, self.file, self.kinds = name, file, kinds
        self._words: dict[str, tuple[str, ...]] = {}
        for each in file.lists:
            self._words[each] = tuple(self._spread(each, ()))

    def entries(self) -> Iterator[tuple[str, str]]:
        """Every word with the list it stands in, named so that no other language's list is meant."""
        for name, words in self._words.items():
            for word in words:
                yield f"{self.name}.{name}", word

    def _spread(self, name: str, inside: tuple[str, ...]) -> Iterator[str]:
        if name in inside or name not in self.file.lists:
            raise self._wrong(name, "is no list, or holds itself")
        if not self.file.lists[name]:
            raise self._wrong(name, "the list is empty")
        for entry in self.file.lists[name]:
            if entry.startswith("@"):
                yield from self._spread(entry[1:], (*inside, name))
            elif len(entry.rstrip("*")) < 1 or entry != entry.lower().strip() or "{" in entry:
                raise self._wrong(name, f"“{entry}” is not a word in lower case")
            else:
                yield entry

    def rules(self) -> Iterator[WordingRule]:
        for rule in self.file.rule:
            for texts in (rule.why, rule.suggestion):
                if set(texts) != set(LANGUAGES) or not all(text.strip() for text in texts.values()):
                    raise self._wrong(rule.id, f"needs a sentence in {' and in '.join(LANGUAGES)}")
            if not rule.patterns:
                raise self._wrong(rule.id, "has no pattern")
            kind = self.kinds[rule.kind]
            yield WordingRule(
                id=rule.id,
                kind=rule.kind,
                patterns=tuple(self._pattern(rule.id, text, listed=True) for text in rule.patterns),
                never=tuple(self._pattern(rule.id, text) for text in rule.never),
                why=rule.why,
                suggestion=rule.suggestion,
                true_when=rule.true_when,
                rule=rule.rule or kind.rule,
                sources=kind.sources,
            )

    def excuses(self) -> Iterator[Excuse]:
        for each in self.file.exception:
            if not each.before and not each.within:
                raise self._wrong(each.id, "has no pattern")
            yield Excuse(
                each.id,
                frozenset(each.kinds),
                tuple(self._pattern(each.id, f"(?:{text})$") for text in each.before),
                tuple(self._pattern(each.id, text) for text in each.within),
            )

    def _pattern(self, rule_id: str, text: str, *, listed: bool = False) -> Pattern:
        needs = frozenset(f"{self.name}.{found[1]}" for found in _LIST.finditer(_BARRED.sub("", text)))
        if listed and not needs:
            raise self._wrong(rule_id, f"the pattern “{text}” names no list")
        return Pattern(needs, self._compiled(rule_id, text))

    def _compiled(self, rule_id: str, text: str) -> re.Pattern[str]:
        if _UNBOUNDED.search(text):
            raise self._wrong(rule_id, f"the pattern “{text}” repeats something without a bound")
        if any(int(found[1]) > _MOST_FREE for found in _FREE.finditer(text)):
            raise self._wrong(rule_id, f"the pattern “{text}” leaves more than {_MOST_FREE} characters free")
        source = _FREE.sub(lambda found: f"{_AFFIRMED if found[2] else '.'}{{0,{found[1]}}}?", text)
        source = _LIST.sub(lambda found: self._alternatives(rule_id, found[1]), source)
        try:
            found = re.compile(source)
        except re.error as error:
            raise self._wrong(rule_id, f"the pattern “{text}” is not a regular expression, {error}") from None
        if found.match("") and "$" not in source:
            raise self._wrong(rule_id, f"the pattern “{text}” finds nothing at all")
        return found

    def _alternatives(self, rule_id: str, name: str) -> str:
        if name not in self._words:
            raise self._wrong(rule_id, f"there is no list “{name}”")
        # The longest first: the first alternative that fits is taken.
        words = sorted(set(self._words[name]), key=len, reverse=True)
        whole = "|".join(_as_regex(word) for word in words if _is_latin(word))
        # Latin words stand alone, and are looked for only where a word begins.
        ways = [rf"(?<![a-z0-9])(?:{whole})(?![a-z0-9])"] if whole else []
        return f"(?:{'|'.join([*ways, *(_as_regex(word) for word in words if not _is_latin(word))])})"

    def _wrong(self, rule_id: str, problem: str) -> WordingError:
        return _fault(self.name, rule_id, problem)


def _is_latin(word: str) -> bool:
    """It begins and ends with a Latin letter or a digit."""
    bare = word.removesuffix("*")
    return bare.isascii() and bare[0].isalnum() and bare[-1].isalnum()


def _as_regex(word: str) -> str:
    """The word, with `*` for any ending."""
    bare = word.removesuffix("*")
    return re.escape(bare) + ("[a-z]{0,12}" if word != bare else "")


def _read(name: str, texts: Mapping[str, str], form: type[T]) -> T:
    try:
        return msgspec.convert(tomllib.loads(texts[name]), form)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise _fault(name, "-", f"not valid TOML, {error}") from None
    except msgspec.ValidationError as error:
        raise _fault(name, _rule_named(texts[name], str(error)), str(error)) from None


def _rule_named(text: str, problem: str) -> str:
    """The id of the entry that a validation error is about."""
    found = re.search(r"`\$\.(\w+)\[(\d+)\]", problem)
    if found is None:
        return "-"
    entry = tomllib.loads(text)[found[1]][int(found[2])]
    return str(entry.get("id", "-")) if isinstance(entry, dict) else "-"


def _fault(name: str, rule_id: str, problem: str) -> WordingError:
    return WordingError(
        msg(
            "Wording file {file}, rule {rule}: {problem}. Put the shipped file back.",
            file=f"{name}.toml",
            rule=rule_id,
            problem=problem,
        )
    )
