"""SMS and e-mail: how many parts a text takes, the templates of `resources/messages`, and their filling."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Literal, NamedTuple

import msgspec

from resources import resource
from workstation.domain.errors import InputError, WorkstationError
from workstation.domain.gate_values import Purpose
from workstation.domain.message import Label, Message, msg
from workstation.domain.script_file import FACTS, LANGUAGES

# GSM 03.38: the default alphabet, and the table whose characters take two places.
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_TWO = frozenset("\f^{}\\[~]|€")
_GSM_ONE_PART, _GSM_PART, _UCS2_ONE_PART, _UCS2_PART = 160, 153, 70, 67
MOST_SEGMENTS = 6
LONGEST_EMAIL = 10_000
LONGEST_SUBJECT = 200
FIELDS = frozenset(
    {"name", "bank", "phone", "tail", "amount", "due_date", "promise_amount", "promise_date", "promise_today",
     "instalment_amount", "instalment_date", "instalments", "paid_date", "callback"}
)  # fmt: skip
_THIRD_FIELDS = frozenset({"name"})
_GUARANTOR_FIELDS = frozenset({"bank", "phone"})  # card, promise and callback are not theirs
_FIELD = re.compile(r"\{(\w+)\}")
# What no network carries, no database keeps, or turns the text around where it is read.
_UNSENDABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
_PLACE = re.compile(r"`\$\.(\w+)\[(\d+)\]")
_HEAD = re.compile(r"^\s*\[\[(\w+)\]\]")
_BREAKS = re.compile(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")

MessageChannel = Literal["sms", "email"]


# Whoever could slip a link in would have every debtor of the book led wherever they like.
NO_LINK = msg("a template has no link; whoever is written to is told whom to call")
_LINK = re.compile(
    r"://|\bwww\.|\b[\w-]+\.(?:com|cn|net|org|top|xyz|cc|vip|link|info|uk|us)\b|\]\(", re.IGNORECASE | re.ASCII
)


class Segments(NamedTuple):
    """`units` are septets or UTF-16 units; `forced` the first characters that no plain SMS holds."""

    encoding: Literal["GSM-7", "UCS-2"]
    units: int
    parts: int
    forced: str = ""


def segments(text: str) -> Segments:
    """How an SMS is split for sending (3GPP TS 23.038, 23.040): no part cuts an escaped or paired character."""
    foreign = dict.fromkeys(char for char in text if char not in _GSM and char not in _GSM_TWO)
    if not foreign:
        return _split([2 if char in _GSM_TWO else 1 for char in text], "GSM-7", _GSM_ONE_PART, _GSM_PART, "")
    sizes = [2 if ord(char) > 0xFFFF else 1 for char in text]
    return _split(sizes, "UCS-2", _UCS2_ONE_PART, _UCS2_PART, "".join(foreign)[:10])


def _split(sizes: list[int], encoding: Literal["GSM-7", "UCS-2"], whole: int, part: int, forced: str) -> Segments:
    units = sum(sizes)
    if units <= whole:
        return Segments(encoding, units, 1 if units else 0, forced)
    count, left = 1, part
    for size in sizes:
        if size > left:
            count, left = count + 1, part
        left -= size
    return Segments(encoding, units, count, forced)


def check_text(channel: str, text: str, subject: str = "") -> None:
    """`InputError` naming the field that cannot be sent as it is. Nothing is ever cut."""
    if not text.strip():
        raise InputError(msg("Write what the message says."), field="text")
    if channel == "sms":
        parts = segments(text).parts
        if parts > MOST_SEGMENTS:
            raise InputError(
                msg("This SMS has {n} parts, {most} is the most. Shorten it.", n=parts, most=MOST_SEGMENTS),
                field="text",
            )
    else:
        if len(text) > LONGEST_EMAIL:
            raise InputError(
                msg("This e-mail has {n} characters, {most} is the most. Shorten it.", n=len(text), most=LONGEST_EMAIL),
                field="text",
            )
        if not subject.strip():
            raise InputError(msg("An e-mail needs a subject."), field="subject")
        if _BREAKS.search(subject) or len(subject) > LONGEST_SUBJECT:
            raise InputError(
                msg("A subject is one line of {most} characters at most.", most=LONGEST_SUBJECT), field="subject"
            )
        _check_characters(subject, "subject")
    _check_characters(text, "text")


def _check_characters(text: str, field: str) -> None:
    if found := _UNSENDABLE.search(text):
        raise InputError(
            msg("A character here cannot be sent: {code}. Delete it.", code=f"U+{ord(found[0]):04X}"), field=field
        )
    if found := _FIELD.search(text):
        raise InputError(msg("Put something in the place of {field}.", field=found[0]), field=field)


class MessageFileError(WorkstationError):
    """The templates cannot be used; the sentence names the file, the line and what is wrong there."""

    code = "message_templates"


class MessageTemplate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One text in every language. `requires` and `barred_by` are facts of the case."""

    id: str
    channels: tuple[MessageChannel, ...]
    purpose: Purpose
    title: dict[str, str]
    subject: dict[str, str]
    text: dict[str, str]
    parties: tuple[Literal["debtor", "guarantor", "related"], ...] = ("debtor",)
    requires: tuple[str, ...] = ()
    barred_by: tuple[str, ...] = ()

    def fields(self, language: str) -> frozenset[str]:
        return frozenset(_FIELD.findall(self.text[language] + self.subject[language]))

    def filled(self, language: str, values: Mapping[str, str]) -> tuple[str, str]:
        """Subject and text. `InputError` names a field that the case does not have."""
        subject, text = (_fill(part[language], values) for part in (self.subject, self.text))
        return _BREAKS.sub(" ", subject), text


class Ending(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the law of a place puts at the end of every message to a debtor or guarantor."""

    jurisdiction: str
    source: str
    text: dict[str, str]

    def filled(self, language: str, values: Mapping[str, str]) -> str:
        return _fill(self.text[language], values)


class Templates(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: str
    template: tuple[MessageTemplate, ...]
    ending: tuple[Ending, ...] = ()

    def ending_of(self, jurisdiction: str) -> Ending | None:
        return next((known for known in self.ending if known.jurisdiction == jurisdiction), None)

    def find(self, template_id: str) -> MessageTemplate:
        for known in self.template:
            if known.id == template_id:
                return known
        raise InputError(msg("There is no message template “{id}”.", id=template_id), field="template")


def _fill(text: str, values: Mapping[str, str]) -> str:
    """`InputError` names a field for which there is no value."""
    missing = sorted(name for name in _FIELD.findall(text) if not values.get(name))
    if missing:
        raise InputError(msg("Not on this case: {fact}.", fact=Label("message_field", missing[0])), field="template")
    return _FIELD.sub(lambda found: values[found[1]], text)


def withheld(template: MessageTemplate, facts: Collection[str]) -> str | None:
    """The first fact that is missing or in the way; None when the template may be used."""
    missing = [fact for fact in template.requires if fact not in facts]
    return next(iter([*missing, *(fact for fact in template.barred_by if fact in facts)]), None)


@lru_cache(maxsize=1)
def load() -> Templates:
    return read(resource("messages/templates.toml").read_text(encoding="utf-8"), "templates.toml")


def read(text: str, name: str) -> Templates:
    """The templates of a file, each checked. `MessageFileError` names file, line and entry."""
    try:
        templates = msgspec.convert(tomllib.loads(text), Templates)
    except tomllib.TOMLDecodeError as error:
        raise MessageFileError(msg("{file}: {why}", file=name, why=str(error))) from error
    except msgspec.ValidationError as error:
        place = _PLACE.search(str(error))
        line = 1 if place is None else _line(text, place[1], int(place[2]))
        raise _faulty(name, line, str(error)) from error
    seen: set[str] = set()
    for number, template in enumerate(templates.template):
        why = msg("the id stands twice") if template.id in seen else _fault(template)
        if why is not None:
            raise _faulty(name, _line(text, "template", number), msg("{id}: {why}", id=template.id, why=why))
        seen.add(template.id)
    for number, ending in enumerate(templates.ending):
        if set(ending.text) != set(LANGUAGES) or not set(_fields(ending.text)) <= {"phone"}:
            why = msg("an ending is said in every language, with no other field than {phone}", phone="{phone}")
            raise _faulty(name, _line(text, "ending", number), why)
        if any(map(_LINK.search, ending.text.values())):
            raise _faulty(name, _line(text, "ending", number), NO_LINK)
    return templates


def _faulty(name: str, line: int, why: Message | str) -> MessageFileError:
    return MessageFileError(msg("{file}, line {line}: {why}", file=name, line=line, why=why))


def _line(text: str, table: str, number: int) -> int:
    """The line on which the entry of that number begins; 1 when it is not found."""
    heads = [line for line, row in enumerate(text.splitlines(), 1) if (found := _HEAD.match(row)) and found[1] == table]
    return heads[number] if number < len(heads) else 1


def _fields(texts: Mapping[str, str]) -> list[str]:
    return [name for text in texts.values() for name in _FIELD.findall(text)]


def _fault(template: MessageTemplate) -> Message | None:
    for facts in (template.requires, template.barred_by):
        if unknown := set(facts) - FACTS:
            return msg("{fact} is no fact of a case", fact=min(unknown))
    for language in LANGUAGES:
        if not all(part.get(language, "").strip() for part in (template.title, template.subject, template.text)):
            return msg("title, subject and text are needed in {language}", language=language)
        if unknown_fields := template.fields(language) - _known_fields(template):
            return msg("the field {field} may not be used here", field=min(unknown_fields))
        if any(_LINK.search(part[language]) for part in (template.title, template.subject, template.text)):
            return NO_LINK
    return None


def _known_fields(template: MessageTemplate) -> frozenset[str]:
    """A text for several persons may say what each of them may be told."""
    if "related" in template.parties:
        return _THIRD_FIELDS
    return _GUARANTOR_FIELDS if "guarantor" in template.parties else FIELDS - _THIRD_FIELDS
