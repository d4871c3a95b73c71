"""A PDF whose bytes depend on nothing but what is written in it: not on the clock, the machine or what came before."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING, Any

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


def write(
    about: About, size: tuple[float, float], faces: Faces, draw: Callable[[Pen], None], *, archival: bool = False
) -> bytes:
    """`size` is the page's width and height in points; `draw` turns a page after each. `archival`: as PDF/A-2b."""
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
    if archival:
        canvas.setProducer(CREATOR)
        _describe(canvas._doc, replace(about, title=printable(about.title), author=printable(about.author)))
    draw(Pen(canvas, faces))
    canvas.save()
    return _ended(out.getvalue()) if archival else out.getvalue()


def _ended(pdf: bytes) -> bytes:
    """A line end before each `endstream`, as ISO 19005-2 (6.1.7.1) asks and reportlab leaves out; the table of objects
    follows."""
    start = int(pdf[pdf.rindex(b"startxref") + 9 :].split()[0])
    head, *entries = re.findall(rb"^(\d{10}) (\d{5}) ([nf]) *$", pdf[start:], re.MULTILINE)
    places = sorted((int(offset), number) for number, (offset, _, _) in enumerate(entries, 1))
    out = bytearray(pdf[: places[0][0]])
    found = [0] * (len(entries) + 1)
    for (offset, number), (end, _) in zip(places, [*places[1:], (start, 0)], strict=True):
        found[number] = len(out)
        content = pdf[offset:end]
        at = content.rfind(b"endstream\nendobj")
        out += content if at < 0 else content[:at] + b"\n" + content[at:]
    table = len(out)
    trailer = pdf[pdf.index(b"trailer", start) : pdf.rindex(b"startxref")]
    out += b"xref\n0 %d\n%s %s f \n" % (len(found), head[0], head[1])
    out += b"".join(b"%010d 00000 n \n" % place for place in found[1:])
    return bytes(out) + trailer + b"startxref\n%d\n%%%%EOF\n" % table


def _describe(doc: Any, about: About) -> None:
    """The archive's entries of the catalogue: metadata and the meaning of the colours."""
    from reportlab.pdfbase import pdfdoc

    from letters.archival import OUTPUT_CONDITION, srgb, xmp

    doc.archival = True
    metadata = pdfdoc.PDFStream()
    metadata.dictionary["Type"] = "/Metadata"
    metadata.dictionary["Subtype"] = "/XML"
    metadata.content = xmp(about, CREATOR)
    profile = pdfdoc.PDFStream()
    profile.dictionary["N"] = 3
    profile.content = srgb()
    profile.filters = [pdfdoc.PDFZCompress]
    intent = pdfdoc.PDFDictionary(
        {
            "Type": "/OutputIntent",
            "S": "/GTS_PDFA1",
            "OutputConditionIdentifier": pdfdoc.PDFString(OUTPUT_CONDITION),
            "Info": pdfdoc.PDFString(OUTPUT_CONDITION),
            "DestOutputProfile": doc.Reference(profile),
        }
    )
    doc.Catalog.__NoDefault__ = [*doc.Catalog.__NoDefault__, "OutputIntents"]
    doc.Catalog.Metadata = metadata
    doc.Catalog.OutputIntents = pdfdoc.PDFArray([intent])
