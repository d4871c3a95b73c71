"""What may truthfully be said at this point of a call, and what is withheld, with the article."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import get_args

import msgspec

from resources import resource
from workstation.domain.errors import WorkstationError
from workstation.domain.events import Party
from workstation.domain.message import Label, Message, msg
from workstation.domain.vocabulary import STAGES

LANGUAGES = ("en", "zh_CN")
FACTS = frozenset(
    {
        "identity_verified",
        "legal_step_taken",
        "credit_reported",
        "waiver_available",
        "plan_in_force",
        "dispute_open",
        "in_hardship",
        "time_barred",
    }
)


class ScriptError(WorkstationError):
    """A script file is missing or malformed; the message names the file and the place."""

    code = "bad_script"


@dataclass(frozen=True, slots=True)
class Situation:
    """Where a call stands. `facts` are those of `FACTS` that are true of the case."""

    stage: str  # vocabulary.STAGES
    facts: frozenset[str] = frozenset()
    party: str = "debtor"
    ability: int | None = None  # 1–5
    willingness: int | None = None  # 1–5
    bank: str = ""
    caller: str = ""


@dataclass(frozen=True, slots=True)
class SpokenScript:
    """Sentences already in the language asked for; `withheld` pairs a reason with its article."""

    title: Message
    say: tuple[Message, ...]
    withheld: tuple[tuple[Message, str], ...]


class _Form(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of what a script file holds."""


class _Script(_Form, frozen=True):
    id: str
    title: dict[str, str]
    say: tuple[dict[str, str], ...]
    parties: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    identity: bool | None = None
    able: bool | None = None
    willing: bool | None = None
    when: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()

    @property
    def conditional(self) -> bool:
        return self != _Script(id=self.id, title=self.title, say=self.say)

    def fits(self, situation: Situation) -> bool:
        facts = situation.facts
        return (
            (not self.parties or situation.party in self.parties)
            and (not self.stages or situation.stage in self.stages)
            and self.identity in {None, "identity_verified" in facts}
            and self.able in {None, _level(situation.ability)}
            and self.willing in {None, _level(situation.willingness)}
            and facts.issuperset(self.when)
            and facts.isdisjoint(self.unless)
        )


class _Withheld(_Form, frozen=True):
    """Withheld while the fact of `unless` is not true, or while that of `when` is."""

    why: dict[str, str]
    article: str
    when: str | None = None
    unless: str | None = None

    def holds(self, facts: frozenset[str]) -> bool:
        if self.when is not None:
            return self.when in facts
        return self.unless not in facts


class ScriptFile(_Form, frozen=True):
    """The scripts of one jurisdiction, in the order tried."""

    version: str
    jurisdiction: str
    script: tuple[_Script, ...]
    withheld: tuple[_Withheld, ...] = ()


def script_for(situation: Situation, language: str, jurisdiction: str = "zh-CN") -> SpokenScript:
    """The script of the jurisdiction that fits, in `language` (`en`, `zh_CN`; English for any other).

    A jurisdiction without a file of its own uses that of zh-CN, the strictest.
    """
    file = _load(jurisdiction if resource(f"scripts/{jurisdiction}.toml").is_file() else "zh-CN")
    chosen = next(script for script in file.script if script.fits(situation))  # the last one fits every situation
    fields = {"bank": situation.bank, "caller": situation.caller, "stage": Label("stage", situation.stage)}
    return SpokenScript(
        title=_said(chosen.title, language, fields),
        say=tuple(_said(sentence, language, fields) for sentence in chosen.say),
        withheld=tuple(
            (_said(entry.why, language, {}), entry.article) for entry in file.withheld if entry.holds(situation.facts)
        ),
    )


@lru_cache(maxsize=4)
def _load(jurisdiction: str) -> ScriptFile:
    name = f"{jurisdiction}.toml"
    return parse(resource(f"scripts/{name}").read_text(encoding="utf-8"), name)


def parse(text: str, name: str) -> ScriptFile:
    """A script file, checked whole; `ScriptError` says what is wrong with it."""
    try:
        file = msgspec.convert(tomllib.loads(text), ScriptFile)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise _fault(name, str(error)) from None
    for script in file.script:
        _check(name, script.id, (script.title, *script.say), {*script.when, *script.unless})
        if not set(script.stages) <= set(STAGES) or not set(script.parties) <= set(get_args(Party)):
            raise _fault(name, f"script {script.id} names an unknown stage or party")
    for number, entry in enumerate(file.withheld, start=1):
        if (entry.when is None) == (entry.unless is None):
            raise _fault(name, f"withheld {number} needs either when or unless")
        _check(name, f"withheld {number}", (entry.why,), {entry.when or entry.unless or ""})
    if not file.script or file.script[-1].conditional:
        raise _fault(name, "the last script must have no conditions")
    return file


def _check(name: str, place: str, texts: tuple[Mapping[str, str], ...], facts: set[str]) -> None:
    if any(set(text) != set(LANGUAGES) for text in texts):
        raise _fault(name, f"{place} needs every sentence in {' and '.join(LANGUAGES)}")
    if not facts <= FACTS:
        raise _fault(name, f"{place} names an unknown fact: {', '.join(sorted(facts - FACTS))}")


def _said(texts: Mapping[str, str], language: str, fields: Mapping[str, object]) -> Message:
    return Message(texts.get(language, texts["en"]), fields)


def _level(value: int | None) -> bool | None:
    """3 and above is able or willing; None while it is not known, which fits no condition."""
    return None if value is None else value >= 3


def _fault(name: str, problem: str) -> ScriptError:
    return ScriptError(msg("Script file {file}: {problem}. Put the shipped file back.", file=name, problem=problem))
