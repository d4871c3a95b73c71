"""What may truthfully be said at this point of a call, section by section, and what is withheld, with the article."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import get_args

from workstation.domain.case_values import quadrant
from workstation.domain.message import Label, Message, msg
from workstation.domain.script_file import (
    BEFORE_IDENTITY,
    EARLY_OCCASIONS,
    FACTS,
    LANGUAGES,
    OCCASIONS,
    SECTIONS,
    THIRD_PERSONS,
    ScriptError,
    Scripts,
    Section,
    Statement,
    Withheld,
    load,
)
from workstation.domain.script_file import Occasion as _Occasion
from workstation.domain.script_words import debt_words

__all__ = [
    "FACTS",
    "OCCASIONS",
    "OCCASION_NAMES",
    "SECTIONS",
    "SECTION_NAMES",
    "CallPoint",
    "ScriptError",
    "SpokenScript",
    "SpokenSection",
    "script_for",
]

SECTION_NAMES: Mapping[str, Message] = {
    "opening": msg("Opening"),
    "identity": msg("Identity"),
    "purpose": msg("Purpose"),
    "listening": msg("Listening"),
    "options": msg("Options"),
    "closing": msg("Closing"),
}
OCCASION_NAMES: Mapping[str, Message] = {
    "first_call": msg("First call"),
    "follow_up": msg("Follow-up"),
    "follow_up_kept": msg("Promise kept"),
    "follow_up_broken": msg("Promise broken"),
    "callback": msg("Callback"),
    "hardship": msg("Hardship"),
    "dispute": msg("Dispute"),
    "complaint": msg("Complaint"),
    "plan_in_force": msg("Plan in force"),
    "guarantor": msg("Guarantor"),
    "third_person": msg("Third person"),
    "claims_paid": msg("Says it is paid"),
    "refused": msg("Refuses to pay"),
    "angry": msg("Angry person"),
}
# A guarantor is not told what the debtor said or suffers: promises, hardship, refusals stay the debtor's.
_FOR_GUARANTOR: tuple[_Occasion, ...] = ("guarantor", "dispute", "complaint", "claims_paid", "angry")
_FOR_DEBTOR: tuple[_Occasion, ...] = tuple(
    occasion for occasion in get_args(_Occasion) if occasion not in {"guarantor", "third_person"}
)


@dataclass(frozen=True, slots=True)
class CallPoint:
    """Where a call stands. `facts` are those of `FACTS` that are true; `fields` hold what the sentences name.

    `caller`, `name` (of the person asked for) and `bank` are always known; `amount`, `due_date` and `promise_date`
    when the case has them. Nothing but the first two ever leaves here for a third person.
    """

    stage: str  # vocabulary.STAGES
    facts: frozenset[str] = frozenset()
    party: str = "debtor"  # events.Party
    situation: str = "first_call"  # OCCASIONS
    ability: int | None = None  # 1–5
    willingness: int | None = None  # 1–5
    fields: Mapping[str, object] = field(default_factory=dict)

    @property
    def third(self) -> bool:
        return self.party in THIRD_PERSONS

    @property
    def verified(self) -> bool:
        """Speaking to somebody who may be told: an unknown person is not, whatever was ticked."""
        return self.party in {"debtor", "guarantor"} and "identity_verified" in self.facts


@dataclass(frozen=True, slots=True)
class SpokenSection:
    """Sentences in the script's language, each with the id of its statement; `withheld` in both languages."""

    id: Section
    name: Message
    say: tuple[tuple[str, Message], ...]
    withheld: tuple[Withheld, ...] = ()


@dataclass(frozen=True, slots=True)
class SpokenScript:
    """`situation` is the one spoken for, `situations` those a person may choose at this point."""

    title: Message
    language: str
    sections: tuple[SpokenSection, ...]
    situation: str
    situations: tuple[str, ...]
    version: str

    @property
    def sentences(self) -> tuple[Message, ...]:
        return tuple(message for section in self.sections for _, message in section.say)

    @property
    def withheld(self) -> tuple[Withheld, ...]:
        return tuple(entry for section in self.sections for entry in section.withheld)


def script_for(point: CallPoint, language: str, jurisdiction: str) -> SpokenScript:
    """The statements of the jurisdiction that fit and are true, in `language` (English for one not spoken here).

    `ScriptError` when the jurisdiction's file cannot be read.
    """
    scripts = load(jurisdiction)
    spoken_in = language if language in LANGUAGES else "en"
    situation, situations = _situation(point)
    if point.third:
        title = msg("Third person · only how to reach them")
        sections = _guarded(scripts, SECTIONS, point, situation, spoken_in, ("third_person", True))
    elif not point.verified:
        title = msg("Check the identity first")
        sections = _guarded(scripts, BEFORE_IDENTITY, point, situation, spoken_in, ("identity_verified", False))
    else:
        title = _title(point, situation)
        sections = _open(scripts, point, situation, spoken_in)
    return SpokenScript(title, spoken_in, sections, situation, situations, scripts.name)


def _situation(point: CallPoint) -> tuple[str, tuple[str, ...]]:
    """The situation to speak for, and those that may be chosen: the given one where it is among them."""
    situations: tuple[str, ...]
    if point.third:
        situations = ("third_person",)
    elif not point.verified:
        situations = tuple(occasion for occasion in OCCASIONS if occasion in EARLY_OCCASIONS)
    else:
        situations = _FOR_GUARANTOR if point.party == "guarantor" else _FOR_DEBTOR
    return (point.situation if point.situation in situations else situations[0]), situations


def _guarded(
    scripts: Scripts,
    sections: tuple[Section, ...],
    point: CallPoint,
    situation: str,
    language: str,
    reason: tuple[str, bool],
) -> tuple[SpokenSection, ...]:
    """For somebody who may be told nothing: what the case holds is not even looked at.

    The file was checked to give nothing away; the bank's own name may (“… Card Centre”), and is then left out.
    """
    known = {name: point.fields.get(name, "") for name in ("caller", "name")}
    bank = str(point.fields.get("bank", ""))
    if bank and not point.third and not debt_words(bank):
        known["bank"] = bank
    party = point.party if point.third else "debtor"
    made = []
    for section in sections:
        said = tuple(
            (statement.id, _said(statement, language, known))
            for statement in scripts.sections[section]
            if statement.third == point.third
            and (point.third or statement.early)
            and statement.fits(party, situation, "", None, None)
            and statement.fields <= known.keys()
        )
        made.append(SpokenSection(section, SECTION_NAMES[section], said, (scripts.reasons[reason],)))
    return tuple(made)


def _open(scripts: Scripts, point: CallPoint, situation: str, language: str) -> tuple[SpokenSection, ...]:
    able, willing = _level(point.ability), _level(point.willingness)
    known = {**scripts.numbers, **{name: value for name, value in point.fields.items() if value is not None}}
    given: set[tuple[str, bool]] = set()  # a reason is given once, in the section where it comes up first
    made = []
    for section in SECTIONS:
        said: list[tuple[str, Message]] = []
        withheld: list[Withheld] = []
        for statement in scripts.sections[section]:
            if not (
                statement.fits(point.party, situation, point.stage, able, willing)
                and point.facts.issuperset(statement.when)
                and point.facts.isdisjoint(statement.unless)
            ):
                continue
            reason = _untrue(statement, point.facts)
            if reason is not None:
                if reason not in given:
                    withheld.append(scripts.reasons[reason])
                given.add(reason)
            elif statement.fields <= known.keys():
                said.append((statement.id, _said(statement, language, known)))
        made.append(SpokenSection(section, SECTION_NAMES[section], tuple(said), tuple(withheld)))
    return tuple(made)


def _untrue(statement: Statement, facts: frozenset[str]) -> tuple[str, bool] | None:
    """The first condition of truth that fails, as (fact, whether it holds)."""
    missing = next(((fact, False) for fact in statement.requires if fact not in facts), None)
    return missing or next(((fact, True) for fact in statement.barred_by if fact in facts), None)


def _said(statement: Statement, language: str, known: Mapping[str, object]) -> Message:
    return Message(statement.say[language], {name: known[name] for name in statement.fields})


def _title(point: CallPoint, situation: str) -> Message:
    stage, name = Label("stage", point.stage), OCCASION_NAMES[situation]
    where = quadrant(point.ability, point.willingness)
    if where is None or point.party != "debtor":
        return msg("{stage} · {situation}", stage=stage, situation=name)
    return msg("{stage} · {quadrant}", stage=stage, quadrant=where)


def _level(value: int | None) -> bool | None:
    """3 and above is able or willing; None while it is not known, which fits no condition."""
    return None if value is None else value >= 3
