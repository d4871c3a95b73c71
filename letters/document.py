"""A PDF whose bytes depend on nothing but what is written in it: not on the clock, the machine or what came before."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING

from letters.fonts import REGULAR, Faces, printable

if TYPE_CHECKING:
    from letters.pen import Pen

CREATOR = "Collector Workstation"


@dataclass(frozen=True, slots=True)
class About:
    """What the document says of itself. `identity` is everything that it was made from."""

    identity: str
    title: str
    author: str
    subject: str
    language: str  # BCP 47
    day: date | None = None
    keywords: str = ""


def write(about: About, size: tuple[float, float], faces: Faces, draw: Callable[[Pen], None]) -> bytes:
    """`size` is the page's width and height in points; `draw` turns a page after each."""
    from reportlab.pdfgen.canvas import Canvas

    from letters.pen import Pen

    out = BytesIO()
    canvas = Canvas(out, pagesize=size, invariant=1, pageCompression=1, initialFontName=REGULAR, lang=about.language)
    # reportlab seeds the document's id with the time or SOURCE_DATE_EPOCH; ours comes from what is written.
    canvas._doc.signature = hashlib.md5(about.identity.encode("utf-8", "replace"), usedforsecurity=False)
    day = f"{about.day:%Y%m%d}" if about.day else "20000101"
    canvas.setDateFormatter(lambda *_: f"D:{day}000000Z")
    canvas.setTitle(printable(about.title))
    canvas.setAuthor(printable(about.author))
    canvas.setSubject(about.subject)
    canvas.setKeywords(about.keywords)
    canvas.setCreator(CREATOR)
    canvas.setViewerPreference("DisplayDocTitle", "true")
    draw(Pen(canvas, faces))
    canvas.save()
    return out.getvalue()
