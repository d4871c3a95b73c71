"""A letter as it is asked for at the desk, and what the desk says about it while somebody writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from workstation.desk.views import Light, Reading
from workstation.desk.wording import Remark
from workstation.domain.message import Message

FieldKind = Literal["day", "time", "amount", "count", "text", "long", "lines", "choice", "place"]


@dataclass(slots=True)
class LetterForm:
    """A letter as typed; texts are the human entry. Kept as a draft, and with a letter queued for a batch.

    `fields` has what the template asks for beside that, by the ids of `letter_fields`. `answers` is the id of a queued
    letter that is being made.
    """

    template: str = ""
    language: str = ""  # empty: the debtor's
    pay_by: str = ""
    free_paragraph: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    override_reason: str = ""
    answers: str = ""


@dataclass(frozen=True, slots=True)
class LetterField:
    """Something a template asks for.

    `long`: several sentences; `lines`: several, one a line; `place`: one of the debtor's addresses.
    """

    id: str
    caption: Message
    kind: FieldKind
    hint: Message | None = None
    choices: tuple[tuple[str, Message], ...] = ()


@dataclass(frozen=True, slots=True)
class LetterCheck:
    """What stands for and against the letter as it is. `usual` is what an empty field is taken for, as it is typed."""

    fields: tuple[LetterField, ...]
    usual: Mapping[str, str]
    places: tuple[tuple[str, str], ...]  # of a `place` field: what it holds and how it is shown
    readings: Mapping[str, Reading]
    light: Light | None  # None: the paper goes to nobody
    remarks: tuple[Remark, ...]
    problem: Message | None  # why it cannot be recorded
    field: str = ""  # where the problem is
