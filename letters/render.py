"""A context in, a PDF out: the same context and template version give the same bytes, on every run."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from letters.budget import TIGHTER, shortened
from letters.context import LetterContext, given, read_context
from letters.document import About, write
from letters.filling import Filling, balances_of, values_of
from letters.language import Language, language
from letters.layouts import CURRENT, Layout, layout_of
from letters.templates import Template, find, version_of
from letters.truths import refuse_untrue
from workstation.domain.errors import InputError
from workstation.domain.message import msg

if TYPE_CHECKING:
    from letters.breaking import Setting
    from letters.flow import Placed
    from letters.page import Furniture
    from letters.pen import Pen
    from letters.seal import SealImage


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


@dataclass(frozen=True)
class Composed:
    """A letter set on its pages, not yet written."""

    about: About
    template: Template
    layout: Layout
    speech: Language
    setting: Setting
    placed: Sequence[Sequence[Placed]]
    furniture: Furniture

    def draw(self, pen: Pen) -> None:
        """All pages, each turned when it is done."""
        from letters import page

        page.draw(pen, self.placed, self.furniture, self.speech, self.setting)

    def alone(self) -> Rendered:
        """As a document of its own."""
        from letters import page

        size = (page.WIDTH, page.HEIGHT)
        if self.layout.archival:
            from letters.archive_file import write_archival

            pdf = write_archival(self.about, size, self.setting.faces, self.draw, self.setting.fixed)
        else:
            pdf = write(self.about, size, self.setting.faces, self.draw)
        return Rendered(
            pdf=pdf,
            pages=len(self.placed),
            sha256=hashlib.sha256(pdf).hexdigest(),
            template=self.template.id,
            version=version_of(self.template, self.layout),
            language=self.template.language,
            missing_glyphs=tuple(self.setting.missing),
        )


def render(context: Mapping[str, object], version: str = "") -> Rendered:
    """The letter of `context` (the form of `letter render`), by the newest template or, to make a past letter again,
    by that of its `version`.

    Raises `InputError` for data that cannot be read, `UnknownTemplate`, `Untrue` for what does not fit the case, and
    `LetterRefused` naming every missing value and statement that the letter needs. The first call of a process loads
    the faces.
    """
    return composed(context, version).alone()


def composed(context: LetterContext | Mapping[str, object], version: str = "") -> Composed:
    """The letter that `render` would write; raises as it does. The context may have been read already."""
    typed = context if isinstance(context, LetterContext) else read_context(context)
    template = find(typed.template, typed.language, typed.jurisdiction, version)
    if not version:  # a past letter is made again whatever has come to be asked for since
        refuse_untrue(typed, template, balances_of(typed))
    return _composed(typed, template, layout_of(version))


def render_typed(context: LetterContext, template: Template, layout: Layout = CURRENT) -> Rendered:
    """As `render`, for a context already read, found true (`truths.refuse_untrue`) and its template found."""
    return _composed(context, template, layout).alone()


def _composed(context: LetterContext, template: Template, layout: Layout) -> Composed:
    from letters.breaking import Setting
    from letters.fonts import faces
    from letters.seal import seal_image

    speech = language(context.language)
    setting = Setting(faces(layout), speech.narrow_quotes, layout)
    seal = seal_image(context.seal) if context.seal and layout.postal else None
    envelope = context.envelope if layout.postal else ""
    placed, furniture = _set(context, template, speech, setting, seal, envelope)
    if template.one_page and len(placed) > 1:
        # Closer and closer; at last without the envelope that takes the most room.
        for chosen, tight in (
            (chosen, tight) for chosen in dict.fromkeys((envelope, "")) for tight in range(len(TIGHTER))
        ):
            placed, furniture = _set(context, template, speech, setting, seal, chosen, tight)
            if len(placed) == 1:
                break
        else:
            raise InputError(
                msg("This paper has one page, and there is more than fits on it. Shorten what is written."),
                field="free_paragraph" if context.free_paragraph else None,
            )
    about = _about(context, template, speech, layout, seal)
    return Composed(about, template, layout, speech, setting, placed, furniture)


def _set(
    context: LetterContext,
    template: Template,
    speech: Language,
    setting: Setting,
    seal: SealImage | None,
    envelope: str,
    tight: int = 0,
) -> tuple[list[list[Placed]], Furniture]:
    """The letter's strips on their pages, and what stands around them; `tight` as the composer's."""
    from letters import page
    from letters.compose import Composer

    shown = shortened(context, tight) if template.one_page else context
    balances = balances_of(shown)
    filling = Filling(values_of(shown, speech, balances))
    composer = Composer(shown, template, speech, balances, filling, setting, page.MEASURE, tight, seal)
    furniture = page.furnish(template, filling, speech, setting, envelope)
    return page.pages_of(composer.strips(), furniture, close=setting.layout.spaced), furniture


def _about(
    context: LetterContext, template: Template, speech: Language, layout: Layout, seal: SealImage | None
) -> About:
    version = version_of(template, layout)
    return About(
        identity=f"{template.id} {version} {speech.id} {given(context)}{f' {seal.sha256}' if seal else ''}",
        title=" ".join(part for part in (template.title, context.case_number) if part),
        author=context.bank.name,
        subject=template.title,
        language=speech.pdf,
        day=context.date,
        keywords=f"{template.id}@{version} {template.language}{f' seal:{seal.name}' if seal else ''}",
    )
