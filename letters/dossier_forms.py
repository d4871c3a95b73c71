"""Forms to be filled in and signed at the door: data of `resources/dossiers`, with what is known of the case in place.

What a pen fills in is a line. A form that lacks a clause which the rules ask for is not printed.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

import msgspec

from letters.bands import nothing, rule, side_by_side
from letters.breaking import Setting, Span
from letters.clauses import unstated
from letters.flow import Strip, Type, beside, glue, paragraph
from letters.pen import ACCENT, SOFT
from letters.tables import Table, table
from resources import resource

LANGUAGES = ("zh_CN", "en")
FormId = Literal["agreement", "acknowledgement"]
FORMS: Sequence[FormId] = ("agreement", "acknowledgement")
LINE = "＿＿＿＿＿＿"  # to be written on
_SIZE, _LEADING = 9.5, 14.0
_FIELD = re.compile(r"\{(\w+)\}")


class Clause(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sentence, a heading or a table. `only`: jurisdictions; `states`: what of the rules' contents it says."""

    text: str = ""
    heading: bool = False
    table: Literal["", "balance", "schedule"] = ""
    states: tuple[str, ...] = ()
    only: tuple[str, ...] = ()


class Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: str
    rule: str  # of the pack that says what the form must contain; empty where none does
    signs: tuple[str, ...]
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class FormPaper:
    """One form ready to be set: its clauses with the case's values, tables by their name."""

    form: Form
    clauses: tuple[tuple[Clause, str], ...]
    tables: Mapping[str, Table]
    about: str


@cache
def forms(language: str) -> Mapping[FormId, Form]:
    """The shipped forms of a language; those in English for one that has none."""
    name = language if language in LANGUAGES else "en"
    text = resource(f"dossiers/forms.{name}.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), dict[FormId, Form])


def form_of(
    form: Form, jurisdiction: str, values: Mapping[str, str], tables: Mapping[str, Table], about: str
) -> FormPaper:
    """The form with its values; a value that is not known is a line to write on. Values are text, never markup."""
    clauses = tuple(
        (clause, _FIELD.sub(lambda found: values.get(found[1]) or LINE, clause.text))
        for clause in form.clauses
        if not clause.only or jurisdiction in clause.only
    )
    return FormPaper(form, clauses, tables, about)


def lacks(paper: FormPaper, required: Sequence[str]) -> list[str]:
    """What the rules ask for and no clause says."""
    stated = {element for clause, _ in paper.clauses for element in clause.states}
    return unstated(required, stated)


def form_strips(paper: FormPaper, measure: float, setting: Setting) -> list[Strip]:
    """The form from the top of a page; the signatures stay together."""
    body, small = Type(_SIZE, _LEADING), Type(8, 11, colour=SOFT)
    found = paragraph(
        [Span(paper.form.title)], measure, Type(15, 20, bold=True, colour=ACCENT, align="centre"), setting
    )
    found += paragraph([Span(paper.about)], measure, small, setting, above=2)
    number = 0
    for clause, text in paper.clauses:
        if clause.heading:
            found += paragraph([Span(text)], measure, Type(10.5, 15, bold=True), setting, above=9, glued=True)
            continue
        if text:
            number += 1
            hang = setting.width("00. ", _SIZE) + 2
            label = paragraph([Span(f"{number}.")], hang, body, setting)
            found += beside([(0.0, label), (hang, paragraph([Span(text)], measure - hang, body, setting))], above=4)
        if clause.table:
            found += table(paper.tables[clause.table], measure, 9.0, setting, above=6)
    return [*found, *_signatures(paper.form.signs, measure, setting)]


def _signatures(signs: Sequence[str], measure: float, setting: Setting) -> list[Strip]:
    """Two beside each other: a line above each name."""
    half, small = measure * 0.46, Type(8.5, 12, colour=SOFT)

    def line(title: str) -> list[Strip]:
        return [Strip(30.0, rule(half)), *paragraph([Span(title)], half, small, setting)]

    found: list[Strip] = []
    for one, other in zip(signs[::2], [*signs[1::2], ""], strict=False):
        right = line(other) if other else [Strip(30.0, nothing)]
        found += side_by_side(line(one), right, measure - half)
    return glue(found)
