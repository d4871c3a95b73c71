"""The script files `resources/scripts/*.toml`: statements by section with their conditions, checked whole at load."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple, get_args

import msgspec

from resources import resource
from workstation.domain.errors import InputError, WorkstationError
from workstation.domain.message import msg
from workstation.domain.rulepack import RulePack, RulePackError
from workstation.domain.rulepack import load as load_pack
from workstation.domain.script_words import debt_words

Section = Literal["opening", "identity", "purpose", "listening", "options", "closing"]
Party = Literal["debtor", "guarantor", "related", "unrelated"]
Stage = Literal["M0", "M1", "M2", "M3", "M4", "M5", "M6", "M7+"]
Occasion = Literal[
    "first_call",
    "follow_up",
    "follow_up_kept",
    "follow_up_broken",
    "callback",
    "hardship",
    "dispute",
    "complaint",
    "plan_in_force",
    "guarantor",
    "third_person",
    "claims_paid",
    "refused",
    "angry",
]
Fact = Literal[
    "identity_verified",
    "spoken_before",  # with the right party, on record
    "legal_step_taken",
    "legal_review",  # the case is being looked at for legal steps
    "credit_reported",
    "waiver_available",
    "interest_accrues",
    "plan_in_force",
    "promise_open",
    "promise_kept",
    "promise_broken",
    "dispute_open",
    "complaint_open",
    "in_hardship",
    "time_barred",
    "breathing_space",
    "ceased",
    "represented",
]
Line = Literal[  # the six model lines of the trade
    "overdue_reminder", "legal_measures", "credit_record", "instalments", "interest_waiver", "legal_liability"
]
SECTIONS: tuple[Section, ...] = get_args(Section)
OCCASIONS: tuple[Occasion, ...] = get_args(Occasion)
FACTS: frozenset[Fact] = frozenset(get_args(Fact))
LINES: tuple[Line, ...] = get_args(Line)
LANGUAGES = ("en", "zh_CN")

THIRD_PERSONS = frozenset({"related", "unrelated"})
BEFORE_IDENTITY: tuple[Section, ...] = ("opening", "identity")
EARLY_OCCASIONS = frozenset({"first_call", "angry"})  # what may show before the identity check
_EARLY_FIELDS = frozenset({"caller", "name", "bank"})
_THIRD_FIELDS = frozenset({"caller", "name"})
# Fields filled from the rule pack: a house that tightens a rule changes what is said with it.
PACK_FIELDS = {
    "answer_days": "dispute_answer_days",
    "complaint_days": "complaint_answer_days",
    "validation_days": "validation_days",
    "breathing_days": "breathing_space_days",
}
_FIELDS = _EARLY_FIELDS | {"amount", "due_date", "promise_date"} | set(PACK_FIELDS)
_SURE_FIELDS = _EARLY_FIELDS | set(PACK_FIELDS)  # there is always a value for these

_FIELD = re.compile(r"\{(\w+)\}")
_PLACE = re.compile(r"`\$\.(\w+)\[(\d+)\]")
_HEAD = re.compile(r"^\s*\[\[(\w+)\]\]")


class ScriptError(WorkstationError):
    """A script file is missing or malformed; the message names the file, the line and the entry."""

    code = "bad_script"


class _Form(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of what a script file holds."""


class Statement(_Form, frozen=True):
    """One or two sentences. Where the first conditions hold it belongs to the call (they say nothing when they do
    not); `requires` and `barred_by` are its conditions of truth: where they fail it is withheld with the reason."""

    id: str
    say: Mapping[str, str]
    parties: tuple[Party, ...] = ("debtor", "guarantor")
    situations: tuple[Occasion, ...] = ()
    stages: tuple[Stage, ...] = ()
    able: bool | None = None
    willing: bool | None = None
    when: tuple[Fact, ...] = ()
    unless: tuple[Fact, ...] = ()
    requires: tuple[Fact, ...] = ()
    barred_by: tuple[Fact, ...] = ()
    line: Line | None = None

    def fits(self, party: str, situation: str, stage: str, able: bool | None, willing: bool | None) -> bool:
        return (
            party in self.parties
            and (not self.situations or situation in self.situations)
            and (not self.stages or stage in self.stages)
            and self.able in {None, able}
            and self.willing in {None, willing}
        )

    @property
    def early(self) -> bool:
        """May be said before the identity check, when it stands in one of the first two sections."""
        return "identity_verified" not in self.when and not self.third

    @property
    def third(self) -> bool:
        return bool(THIRD_PERSONS & set(self.parties))

    @property
    def fields(self) -> frozenset[str]:
        return frozenset(_FIELD.findall(self.say["en"]))

    @property
    def facts(self) -> frozenset[str]:
        return frozenset((*self.when, *self.unless, *self.requires, *self.barred_by))

    @property
    def always(self) -> bool:
        """Said in every call with its parties, whatever is true of the case."""
        return (
            not (self.facts or self.stages or self.situations)
            and (self.able, self.willing) == (None, None)
            and self.fields <= _SURE_FIELDS
        )


class _Reason(_Form, frozen=True):
    """Why statements are withheld while `fact` holds, or does not; its source is a rule of the pack or an article."""

    fact: Fact | Literal["third_person"]
    holds: bool
    why: Mapping[str, str]
    rule: str = ""
    article: str = ""


class _File(_Form, frozen=True):
    version: str
    jurisdiction: str
    opening: tuple[Statement, ...]
    identity: tuple[Statement, ...]
    purpose: tuple[Statement, ...]
    listening: tuple[Statement, ...]
    options: tuple[Statement, ...]
    closing: tuple[Statement, ...]
    reason: tuple[_Reason, ...]

    def statements(self) -> Iterator[tuple[Section, int, Statement]]:
        for section in SECTIONS:
            for number, statement in enumerate(getattr(self, section)):
                yield section, number, statement


class Withheld(NamedTuple):
    """Why something may not be said, by language, and the source of the rule."""

    why: Mapping[str, str]
    article: str


@dataclass(frozen=True, slots=True)
class Scripts:
    """The statements of one jurisdiction by section, in the order spoken, and the reasons by (fact, holds)."""

    name: str  # e.g. zh-CN@2
    sections: Mapping[Section, tuple[Statement, ...]]
    reasons: Mapping[tuple[str, bool], Withheld]
    numbers: Mapping[str, int]  # the pack's values for `PACK_FIELDS`


@lru_cache(maxsize=4)
def load(jurisdiction: str) -> Scripts:
    """The shipped scripts; `ScriptError` when they, or the rule pack they cite, cannot be read."""
    name = f"{jurisdiction}.toml"
    file = resource(f"scripts/{name}")
    try:
        text, pack = file.read_text(encoding="utf-8"), load_pack(jurisdiction)
    except (OSError, UnicodeDecodeError):
        raise _fault(name, 1, "the file is missing or not readable") from None
    except (InputError, RulePackError) as error:
        raise _fault(name, 1, error.message.plain()) from None
    return parse(text, name, pack)


def parse(text: str, name: str, pack: RulePack) -> Scripts:
    """The scripts of a TOML text, checked whole; `ScriptError` says what is wrong with them and where."""
    try:
        file = msgspec.convert(tomllib.loads(text), _File)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        raise _fault(name, int(found[1]) if found else len(text.splitlines()), str(error)) from None
    except msgspec.ValidationError as error:
        raise _malformed(name, text, str(error)) from None
    return _Checking(file, text, name, pack).scripts()


class _Checking:
    """Everything that a file must keep to beyond its form."""

    def __init__(self, file: _File, text: str, name: str, pack: RulePack) -> None:
        self.file, self.text, self.name, self.pack = file, text, name, pack

    def scripts(self) -> Scripts:
        if self.name != f"{self.file.jurisdiction}.toml" or self.file.jurisdiction != self.pack.jurisdiction:
            raise _fault(self.name, 1, "the file must state the jurisdiction it is named after")
        reasons = self._reasons()
        seen: set[str] = set()
        for section, number, statement in self.file.statements():
            problem = (
                "there is another entry of this id"
                if statement.id in seen
                else self._wrong(section, statement, reasons)
            )
            seen.add(statement.id)
            if problem:
                line = _line(self.text, section, number)
                raise _fault(self.name, line, f"{section} “{statement.id}”: {problem}")
        used = {statement.line for _, _, statement in self.file.statements()}
        for line_id in (line_id for line_id in LINES if line_id not in used):
            raise _fault(self.name, 1, f"no statement carries the line “{line_id}”")
        self._cover()
        return Scripts(
            name=f"{self.file.jurisdiction}@{self.file.version}",
            sections={section: getattr(self.file, section) for section in SECTIONS},
            reasons=reasons,
            numbers={field: self.pack.value(rule, int) for field, rule in PACK_FIELDS.items() if self.pack.has(rule)},
        )

    def _reasons(self) -> dict[tuple[str, bool], Withheld]:
        reasons: dict[tuple[str, bool], Withheld] = {}
        for number, entry in enumerate(self.file.reason):
            problem = self._wrong_reason(entry) or (
                "there is another reason for this" if (entry.fact, entry.holds) in reasons else ""
            )
            if problem:
                raise _fault(self.name, _line(self.text, "reason", number), f"reason for “{entry.fact}”: {problem}")
            source = self.pack.rule(entry.rule).source if entry.rule else entry.article
            reasons[entry.fact, entry.holds] = Withheld(entry.why, source)
        for key in (("identity_verified", False), ("third_person", True)):
            if key not in reasons:
                raise _fault(self.name, 1, f"the reason for “{key[0]}” is missing")
            withheld = reasons[key]
            for text in (*withheld.why.values(), withheld.article):
                if words := debt_words(text):
                    raise _fault(self.name, 1, f"reason for “{key[0]}” gives a debt away: {', '.join(words)}")
        return reasons

    def _wrong_reason(self, entry: _Reason) -> str:
        if bool(entry.rule) == bool(entry.article):
            return "needs either a rule of the pack or an article"
        if entry.rule and not self.pack.has(entry.rule):
            return f"the rule pack has no rule “{entry.rule}”"
        return _wrong_texts(entry.why, frozenset())

    def _wrong(self, section: Section, statement: Statement, reasons: Mapping[tuple[str, bool], Withheld]) -> str:
        problem = _wrong_texts(statement.say, _FIELDS)
        if problem:
            return problem
        for field in statement.fields & set(PACK_FIELDS):
            if not self.pack.has(PACK_FIELDS[field]):
                return f"the rule pack has no value for the field “{field}”"
        if statement.third or (section in BEFORE_IDENTITY and statement.early):
            return _wrong_early(statement)
        needed = [(fact, False) for fact in statement.requires] + [(fact, True) for fact in statement.barred_by]
        missing = next((fact for fact, holds in needed if (fact, holds) not in reasons), None)
        return "" if missing is None else f"there is no reason to give when “{missing}” withholds it"

    def _cover(self) -> None:
        """Every section says something whatever is true of a case; the first two and a third person's say it without
        the bank's name, which is left out where it tells of a debt itself."""
        for section in SECTIONS:
            always = [statement for statement in getattr(self.file, section) if statement.always]
            for party in ("debtor", "guarantor", *sorted(THIRD_PERSONS)):
                early = section in BEFORE_IDENTITY and party not in THIRD_PERSONS
                if not any(
                    party in statement.parties and not (early and "bank" in statement.fields) for statement in always
                ):
                    raise _fault(self.name, 1, f"{section} needs a statement without conditions for the {party}")


def _wrong_early(statement: Statement) -> str:
    """What is wrong with a statement for somebody who may be told nothing: it must not even depend on the case."""
    allowed = EARLY_OCCASIONS if not statement.third else frozenset()
    if statement.facts or statement.stages or (statement.able, statement.willing) != (None, None):
        return "what is said before the identity check or to a third person may not depend on the case"
    if not set(statement.situations) <= allowed:
        return "what is said before the identity check or to a third person may not depend on the situation"
    if statement.third and not set(statement.parties) <= THIRD_PERSONS:
        return "a statement is for a third person or for those who owe, not for both"
    if not statement.fields <= (_THIRD_FIELDS if statement.third else _EARLY_FIELDS):
        return "what is said before the identity check or to a third person may not use these fields"
    words = [word for text in statement.say.values() for word in debt_words(text)]
    return f"gives a debt away: {', '.join(words)}" if words else ""


def _wrong_texts(texts: Mapping[str, str], fields: Iterable[str]) -> str:
    if set(texts) != set(LANGUAGES) or not all(text.strip() for text in texts.values()):
        return f"needs a sentence in {' and in '.join(LANGUAGES)}, and in no other language"
    used = {language: set(_FIELD.findall(text)) for language, text in texts.items()}
    if used["en"] != used["zh_CN"]:
        return "both languages must use the same fields"
    unknown = used["en"] - set(fields)
    return f"unknown field {', '.join(sorted(unknown))}" if unknown else ""


def _line(text: str, table: str, number: int) -> int:
    """The line on which the entry of that number begins; 1 when it is not found."""
    heads = [line for line, row in enumerate(text.splitlines(), 1) if (found := _HEAD.match(row)) and found[1] == table]
    return heads[number] if number < len(heads) else 1


def _malformed(name: str, text: str, problem: str) -> ScriptError:
    found = _PLACE.search(problem)
    if found is None:
        return _fault(name, 1, problem)
    table, number = found[1], int(found[2])
    entry = tomllib.loads(text)[table][number]
    label = entry.get("id") or entry.get("fact") or number + 1
    return _fault(name, _line(text, table, number), f"{table} “{label}”: {problem}")


def _fault(name: str, line: int, problem: str) -> ScriptError:
    return ScriptError(
        msg(
            "Script file {file}, line {line}: {problem}. Put the shipped file back.",
            file=name,
            line=line,
            problem=problem,
        )
    )
