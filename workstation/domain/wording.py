"""The wording check: what in a text to somebody would be unlawful, why, and what may be said instead."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from workstation.domain.rulepack import RulePack
from workstation.domain.rulepack import load as load_pack
from workstation.domain.wording_file import Kind, Pattern, Wording, WordingError, WordingRule, load

__all__ = ["Facts", "Finding", "Language", "Party", "WordingError", "check"]

Language = Literal["en", "zh_CN"]
Party = Literal["debtor", "guarantor", "related", "unrelated"]

_THIRD_PERSONS = frozenset({"related", "unrelated"})
# A sentence ends outside quotation marks: what is quoted belongs to who said it.
_SENTENCE = re.compile(r"(?:“[^”\n]{0,200}”|「[^」\n]{0,200}」|\"[^\"\n]{0,200}\"|[^。!?;\n.]|\.(?![ \n]|$)){1,400}")


@dataclass(frozen=True, slots=True)
class Facts:
    """What is true of the case. By default nothing is."""

    legal_step_taken: bool = False
    credit_reported: bool = False
    waiver_available: bool = False
    identity_verified: bool = False


class Finding(NamedTuple):
    """What should not be said: code points `start` to `end` of the text, the rule, and what to say instead."""

    start: int
    end: int
    rule: str
    kind: Kind
    why: str
    suggestion: str
    source: str


class _Found(NamedTuple):
    start: int  # in the folded text
    end: int
    rule: WordingRule


def check(text: str, language: Language, jurisdiction: str, party: Party, facts: Facts) -> tuple[Finding, ...]:
    """Everything in the text that may not be said to `party`, in the order of the text; rules of every language apply.

    `why` and `suggestion` are in `language`. `InputError` for an unknown jurisdiction, `WordingError` or
    `RulePackError` for a faulty file: a text is never let pass because its rules could not be read.
    """
    pack, wording = load_pack(jurisdiction), load()
    folded = wording.disguises.fold(text)
    discloses = party in _THIRD_PERSONS or not facts.identity_verified
    rules = [rule for rule in wording.rules if (discloses if rule.kind == "disclosure" else not _true(rule, facts))]
    return tuple(
        Finding(
            *folded.span(each.start, each.end),
            each.rule.id,
            each.rule.kind,
            each.rule.why[language],
            each.rule.suggestion[language],
            _source(each.rule, pack),
        )
        for each in _widest(set(_candidates(folded.text, rules, wording)))
    )


def _true(rule: WordingRule, facts: Facts) -> bool:
    return rule.true_when is not None and bool(getattr(facts, rule.true_when))


def _source(rule: WordingRule, pack: RulePack) -> str:
    return pack.rule(rule.rule).source if pack.has(rule.rule) else rule.sources[pack.jurisdiction]


def _candidates(text: str, rules: Sequence[WordingRule], wording: Wording) -> Iterator[_Found]:
    """What the patterns find and nothing excuses, sentence by sentence."""
    words = wording.words_in(text)
    somewhere = _lists(words)
    tried = [(rule, each) for rule in rules for each in rule.patterns if each.needs <= somewhere]
    fitting: dict[frozenset[str], list[tuple[WordingRule, Pattern]]] = {}  # by the lists a sentence has words of
    for sentence in _SENTENCE.finditer(text) if tried else ():
        said, offset = sentence[0], sentence.start()
        excused: dict[tuple[Kind, int], bool] = {}  # by the kind and where it begins
        present = _lists(each for each in words if each[0] in said)
        if present not in fitting:
            fitting[present] = [(rule, each) for rule, each in tried if each.needs <= present]
        for rule, pattern in fitting[present]:
            matches = [*pattern.find.finditer(said)]
            if not matches:
                continue
            if any(each.within(said, present, len(said)) for each in rule.never):
                continue
            for start, end in [match.span() for match in matches]:
                if (rule.kind, start) not in excused:
                    excused[rule.kind, start] = any(
                        rule.kind in each.kinds and each.holds(said, present, start) for each in wording.excuses
                    )
                if not excused[rule.kind, start]:
                    yield _Found(offset + start, offset + end, rule)


def _lists(words: Iterable[tuple[str, frozenset[str]]]) -> frozenset[str]:
    return frozenset().union(*(lists for _, lists in words))


def _widest(found: set[_Found]) -> list[_Found]:
    """Of findings that overlap, hang on the same fact and are of one kind, the widest, so that each is said once."""
    kept: list[_Found] = []
    taken: defaultdict[tuple[str, str | None], set[int]] = defaultdict(set)
    for each in sorted(found, key=lambda one: (one.start - one.end, one.start, one.rule.id)):
        here = taken[each.rule.kind, each.rule.true_when]
        if here.isdisjoint(range(each.start, each.end)):
            here.update(range(each.start, each.end))
            kept.append(each)
    return sorted(kept, key=lambda one: (one.start, one.end, one.rule.id))
