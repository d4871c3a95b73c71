"""A context in, a PDF out: the same context and template version give the same bytes, on every run."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from letters.context import LetterContext, given, read_context
from letters.document import About, write
from letters.filling import Filling, balances_of, values_of
from letters.language import Language, language
from letters.templates import Template, find, version_of


@dataclass(frozen=True, slots=True)
class Rendered:
    """A finished letter. `missing_glyphs`: characters no face has, printed as 〓; a person should look at those."""

    pdf: bytes
    pages: int
    sha256: str
    template: str
    version: str
    language: str
    missing_glyphs: tuple[str, ...] = ()


def render(context: Mapping[str, object], version: str = "") -> Rendered:
    """The letter of `context` (the form of `letter render`), by the newest template or, to make a past letter again,
    by that of its `version`.

    Raises `InputError` for data that cannot be read, `UnknownTemplate`, and `LetterRefused` naming every missing
    value and statement that the letter needs. The first call of a process loads the faces.
    """
    typed = read_context(context)
    return render_typed(typed, find(typed.template, typed.language, typed.jurisdiction, version))


def render_typed(context: LetterContext, template: Template) -> Rendered:
    """As `render`, for a context already read and a template already found."""
    speech = language(context.language)
    balances = balances_of(context)
    filling = Filling(values_of(context, speech, balances))

    from letters import page
    from letters.breaking import Setting
    from letters.compose import Composer
    from letters.fonts import faces

    setting = Setting(faces(), speech.narrow_quotes)
    composer = Composer(context, template, speech, balances, filling, setting, page.MEASURE)
    furniture = page.furnish(template, filling, speech, setting)
    placed = page.pages_of(composer.strips(), furniture)
    pdf = write(
        _about(context, template, speech),
        (page.WIDTH, page.HEIGHT),
        setting.faces,
        lambda pen: page.draw(pen, placed, furniture, speech, setting),
    )
    return Rendered(
        pdf=pdf,
        pages=len(placed),
        sha256=hashlib.sha256(pdf).hexdigest(),
        template=template.id,
        version=version_of(template),
        language=template.language,
        missing_glyphs=tuple(setting.missing),
    )


def _about(context: LetterContext, template: Template, speech: Language) -> About:
    return About(
        identity=f"{template.id} {version_of(template)} {speech.id} {given(context)}",
        title=" ".join(part for part in (template.title, context.case_number) if part),
        author=context.bank.name,
        subject=template.title,
        language=speech.pdf,
        day=context.date,
        keywords=f"{template.id}@{version_of(template)} {template.language}",
    )
