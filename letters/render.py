"""A context in, a PDF out: the same context and template version give the same bytes, on every run."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from letters.context import LetterContext, read_context
from letters.filling import Filling, balances_of, values_of
from letters.fonts import REGULAR, Faces, printable
from letters.language import Language, language
from letters.templates import Template, find, version_of

if TYPE_CHECKING:
    from letters.pen import Pen

CREATOR = "Collector Workstation"


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


def render(context: Mapping[str, object]) -> Rendered:
    """The letter of `context` (the form of `letter render`).

    Raises `InputError` for data that cannot be read, `UnknownTemplate`, and `LetterRefused` naming every missing
    value and statement that the letter needs. The first call of a process loads the faces.
    """
    typed = read_context(context)
    return render_typed(typed, find(typed.template, typed.language, typed.jurisdiction))


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
    pdf = _write(
        context, template, speech, setting.faces, lambda pen: page.draw(pen, placed, furniture, speech, setting)
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


def _write(
    context: LetterContext, template: Template, speech: Language, faces: Faces, draw: Callable[[Pen], None]
) -> bytes:
    """The document: nothing in it depends on the clock, the machine or what was rendered before."""
    from reportlab.pdfgen.canvas import Canvas

    from letters.page import HEIGHT, WIDTH
    from letters.pen import Pen

    out = BytesIO()
    canvas = Canvas(
        out, pagesize=(WIDTH, HEIGHT), invariant=1, pageCompression=1, initialFontName=REGULAR, lang=speech.pdf
    )
    identity = f"{template.id} {version_of(template)} {speech.id} {context!r}"
    # reportlab seeds the document's id with the time or SOURCE_DATE_EPOCH; ours comes from what is written.
    canvas._doc.signature = hashlib.md5(identity.encode("utf-8", "replace"), usedforsecurity=False)
    day = f"{context.date:%Y%m%d}" if context.date else "20000101"
    canvas.setDateFormatter(lambda *_: f"D:{day}000000Z")
    title = " ".join(part for part in (template.title, context.case_number) if part)
    canvas.setTitle(printable(title))
    canvas.setAuthor(printable(context.bank.name))
    canvas.setSubject(template.title)
    canvas.setKeywords(f"{template.id}@{version_of(template)} {template.language}")
    canvas.setCreator(CREATOR)
    canvas.setViewerPreference("DisplayDocTitle", "true")
    draw(Pen(canvas, faces))
    canvas.save()
    return out.getvalue()
