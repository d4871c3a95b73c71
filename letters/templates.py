"""The templates that ship: which letters there are, for whom, and their text as data."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

import msgspec

from letters.language import language as language_of
from letters.layouts import CURRENT, Layout
from letters.matters import Fact
from letters.refusals import UnknownTemplate
from resources import resource
from workstation.domain.message import Message, msg

# In the order of the letter tab; what is not named comes after, by id.
TITLES = {
    "validation_notice": msg("Validation notice"),
    "reminder": msg("Payment reminder"),
    "demand": msg("Demand letter"),
    "settlement_offer": msg("Settlement offer"),
    "plan_agreement": msg("Repayment agreement"),
    "budget_statement": msg("Budget statement"),
    "instalment_reminder": msg("Instalment reminder"),
    "breach_notice": msg("Notice of a missed instalment"),
    "visit_notice": msg("Visit notice"),
    "visit_dossier": msg("Visit dossier"),
    "dispute_reply": msg("Reply to a dispute"),
    "complaint_reply": msg("Reply to a complaint"),
    "limitation_demand": msg("Demand that renews limitation"),
    "final_notice": msg("Final notice before legal action"),
    "lawyers_letter": msg("Lawyer's letter (draft)"),
    "paid_in_full": msg("Paid-in-full certificate"),
    "case_history": msg("Case history"),
}
_ORDER = tuple(TITLES)
_PART_NAME = re.compile(r"[a-z0-9_]{1,60}(\.v\d{1,4})?\.[A-Za-z_]{2,10}")

BlockKind = Literal[
    "paragraph",
    "note",
    "heading",
    "items",
    "facts",
    "accounts",
    "schedule",
    "budget",
    "free",
    "signature",
    "parties",
    "debtor_signs",
    "payment_code",
    "part",
    "settlement_parts",
    "visitors",
    "people",
    "lines",
    "checklist",
    "history",
    "itemisation",
    "tear_off",
    "visit_result",
    "sincerely",
    "lawyer_signs",
]


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line of `items` or `facts`."""

    text: str
    label: str = ""
    when: Sequence[str] = ()
    states: Sequence[str] = ()
    asserts: Sequence[Fact] = ()


class Block(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A piece of a letter. `when`: values that must be there (`not x`: must not); `states`: what the law asks for;
    `asserts`: what must be true of the case for it to be said. A `part` is replaced by the blocks of the file
    `part.<text>.<language>.toml`, which never changes: what is said otherwise is another part."""

    kind: BlockKind
    text: str = ""
    rows: Sequence[Row] = ()
    when: Sequence[str] = ()
    states: Sequence[str] = ()
    asserts: Sequence[Fact] = ()


class Template(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`resources/letters/<id>.<language>.toml`, with a word more in its name when it is for other jurisdictions, or a
    past version (`v1`), which stays. In texts: `{value}`, `**strong**`, `<<left out when a value is>>`."""

    id: str
    language: str
    version: str
    jurisdictions: Sequence[str]
    title: str
    contents: str | Sequence[str]  # the rules of the pack that say what must be stated; empty: none
    blocks: Sequence[Block]
    needs: Sequence[str] = ()  # values that must be there beside those in the text
    salutation: bool = True
    one_page: bool = False  # set closer, and its longest words cut, until it is
    owing: bool = False  # makes sense only while something is owed

    @property
    def rules(self) -> tuple[str, ...]:
        """The ids of the rules that say what must be stated."""
        return tuple(filter(None, (self.contents,))) if isinstance(self.contents, str) else tuple(self.contents)


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Blocks that several letters share."""

    blocks: Sequence[Block]


@dataclass(frozen=True, slots=True)
class TemplateInfo:
    """A template as offered: `languages` are all it comes in for the jurisdiction."""

    id: str
    title: Message
    version: str
    languages: tuple[str, ...]


def parse(text: str) -> Template:
    """A template from its TOML, its parts put in; `msgspec.ValidationError` names what is wrong with it."""
    template = msgspec.convert(tomllib.loads(text), Template)
    if all(block.kind != "part" for block in template.blocks):
        return template
    return msgspec.structs.replace(template, blocks=tuple(_whole(template)))


def _whole(template: Template) -> Iterator[Block]:
    for block in template.blocks:
        if block.kind != "part":
            yield block
            continue
        for inner in _part(f"{block.text}.{template.language}"):
            yield msgspec.structs.replace(inner, when=(*block.when, *inner.when))


@cache
def _part(name: str) -> Sequence[Block]:
    if not _PART_NAME.fullmatch(name) or not (path := resource(f"letters/part.{name}.toml")).is_file():
        raise msgspec.ValidationError(f"there is no part {name!r}")
    text = path.read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), _Part).blocks


def version_of(template: Template, layout: Layout = CURRENT) -> str:
    """Text, language and layout: a letter's bytes can change only when one of these goes up."""
    return f"{template.version}.{language_of(template.language).version}.{layout.number}"


def available(jurisdiction: str, language: str) -> list[TemplateInfo]:
    """The templates for letters of `jurisdiction` in `language` (`zh_CN`, `en`), in the order of the letter tab."""
    fitting = [template for template in _newest() if jurisdiction in template.jurisdictions]
    here = sorted((template for template in fitting if template.language == language), key=_place)
    return [
        TemplateInfo(
            template.id,
            TITLES.get(template.id, msg("{title}", title=template.title)),
            version_of(template),
            tuple(sorted(other.language for other in fitting if other.id == template.id)),
        )
        for template in here
    ]


def find(identifier: str, language: str, jurisdiction: str, version: str = "") -> Template:
    """The template: the newest, or the one that made a letter of `version` (as `version_of` gives it) where it is still
    here. `UnknownTemplate` says which part of the question has no answer."""
    named = [template for template in _all() if template.id == identifier]
    if not named:
        raise UnknownTemplate(
            msg(
                "There is no letter template {template}; there are {templates}.",
                template=identifier or '""',
                templates=", ".join(sorted({template.id for template in _all()})),
            ),
            field="template",
        )
    spoken = [template for template in named if template.language == language]
    if not spoken:
        raise UnknownTemplate(
            msg(
                "The letter {template} is not written in {language}; it is in {languages}.",
                template=identifier,
                language=language or '""',
                languages=", ".join(sorted({template.language for template in named})),
            ),
            field="language",
        )
    fitting = [template for template in spoken if jurisdiction in template.jurisdictions]
    if fitting:
        asked = version.partition(".")[0]
        return next((template for template in fitting if template.version == asked), max(fitting, key=_age))
    raise UnknownTemplate(
        msg(
            "The letter {template} is not written for {jurisdiction}; it is for {jurisdictions}.",
            template=identifier,
            jurisdiction=jurisdiction or '""',
            jurisdictions=", ".join(sorted({place for template in spoken for place in template.jurisdictions})),
        ),
        field="jurisdiction",
    )


def _age(template: Template) -> int:
    return int(template.version)


def _newest() -> Sequence[Template]:
    """Without past versions: those whose jurisdictions a later one of the same letter and language has taken over."""
    return [
        template
        for template in _all()
        if not any(
            (other.id, other.language) == (template.id, template.language)
            and _age(other) > _age(template)
            and set(template.jurisdictions) <= set(other.jurisdictions)
            for other in _all()
        )
    ]


def _place(template: Template) -> tuple[int, str]:
    return (_ORDER.index(template.id) if template.id in _ORDER else len(_ORDER), template.id)


@cache
def _all() -> tuple[Template, ...]:
    return tuple(
        parse(entry.read_text("utf-8"))
        for entry in sorted(resource("letters").iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".toml") and not entry.name.startswith(("language.", "part."))
    )
