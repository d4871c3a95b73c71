"""A letter as PDF/A-2b: pages, fonts cut to its characters, metadata. The same letter gives the same bytes."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING

from letters import archival
from letters.document import CREATOR, About
from letters.fonts import Faces, printable
from letters.outlines import Facts
from letters.page_pen import PagePen, image_name
from letters.pdf_file import PdfFile, dictionary, text
from letters.programs import Cut, Prepared, Whole, prepared

if TYPE_CHECKING:
    from letters.pen import Pen
    from letters.seal import SealImage

_SYMBOLIC = 4
_FIGURES = frozenset(map(ord, "0123456789,."))
Fixed = Mapping[int, frozenset[int]]  # face → characters that the letter shares with others


class LetterCodes:
    """The codes of one letter: those of shared characters are known, the others are given out as they come."""

    def __init__(self, faces: Faces, fixed: Fixed) -> None:
        self._faces = faces
        self.cuts: dict[int, Cut] = {}
        # Equal for the same characters: `prepared` gives one object for them.
        self._known = {face: _prepared(faces, face, characters) for face, characters in fixed.items()}
        self.shared = tuple(self._known.items()) or None

    def run(self, face: int, text: str) -> bytes:
        return self._cut(face).run(text)

    def use(self, faces: Collection[int]) -> None:
        for face in faces:
            self._cut(face)

    def _cut(self, face: int) -> Cut:
        cut = self.cuts.get(face)
        if cut is None:
            shared = self._known.get(face) or _prepared(self._faces, face, frozenset())
            cut = self.cuts[face] = Cut(self._faces.outlines(face), shared)
        return cut


@lru_cache(maxsize=64)
def _prepared(faces: Faces, face: int, fixed: frozenset[int]) -> Prepared:
    figures = _FIGURES if face < 2 else frozenset()  # every letter has some, in both weights
    return prepared(faces.outlines(face), fixed | figures)


def write_archival(
    about: About, size: tuple[float, float], faces: Faces, draw: Callable[[Pen], None], fixed: Fixed
) -> bytes:
    """`size` is the page's width and height in points; `draw` turns a page after each. `fixed` changes no page, only
    how the fonts are cut: the characters that come before the others."""
    about = replace(about, title=printable(about.title), author=printable(about.author))
    codes = LetterCodes(faces, fixed)
    pen = PagePen(faces, codes)
    draw(pen)
    out = BytesIO()
    file = PdfFile(out.write)
    root, tree, resources = file.number(), file.number(), file.number()
    fonts = {
        face: font_objects(file, faces.outlines(face).facts, cut.whole()) for face, cut in sorted(codes.cuts.items())
    }
    images = {image_name(image): image_object(file, image) for image in pen.images}
    file.add(resources_of(fonts, images), resources)
    pages = [page(file, tree, resources, size, content) for content in pen.pages]
    kids = b" ".join(b"%d 0 R" % number for number in pages)
    file.add(b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(pages), kids), tree)
    end(file, root, tree, about)
    return out.getvalue()


def page(file: PdfFile, tree: int, resources: int, size: tuple[float, float], content: bytes) -> int:
    """A page's two objects; the number of the page."""
    return page_object(file, tree, resources, size, file.stream(content, b"/Filter/FlateDecode"))


def page_object(file: PdfFile, tree: int, resources: int, size: tuple[float, float], stream: int) -> int:
    """A page whose content is written already."""
    return file.add(
        b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 %.2f %.2f]/Resources %d 0 R/Contents %d 0 R>>"
        % (tree, *size, resources, stream)
    )


def resources_of(fonts: Mapping[int, int], images: Mapping[bytes, int]) -> bytes:
    named = b"".join(b"/F%d %d 0 R" % entry for entry in fonts.items())
    pictures = b"".join(b"/%s %d 0 R" % entry for entry in images.items())
    return b"<</Font<<%s>>%s>>" % (named, b"/XObject<<%s>>" % pictures if pictures else b"")


def end(file: PdfFile, root: int, tree: int, about: About, more: bytes = b"") -> None:
    """Metadata, catalogue and trailer. `more` are further entries of the catalogue."""
    metadata = file.stream(archival.xmp(about, CREATOR), b"/Type/Metadata/Subtype/XML")
    profile = file.stream(_profile(), b"/N 3/Filter/FlateDecode")
    condition = text(archival.OUTPUT_CONDITION)
    file.add(
        b"<</Type/Catalog/Pages %d 0 R/Lang%s/ViewerPreferences<</DisplayDocTitle true>>/Metadata %d 0 R"
        b"/OutputIntents[<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier%s/Info%s"
        b"/DestOutputProfile %d 0 R>>]%s>>"
        % (tree, text(about.language), metadata, condition, condition, profile, more),
        root,
    )
    day = f"D:{about.day:%Y%m%d}000000Z" if about.day else "D:20000101000000Z"
    info = file.add(
        dictionary(
            {
                "Title": text(about.title),
                "Author": text(about.author),
                "Subject": text(about.subject),
                "Keywords": text(about.keywords),
                "Creator": text(CREATOR),
                "Producer": text(CREATOR),
                "CreationDate": text(day),
                "ModDate": text(day),
            }
        )
    )
    identity = hashlib.md5(about.identity.encode("utf-8", "replace"), usedforsecurity=False).digest()
    file.end(root, info, identity)


def font_objects(file: PdfFile, facts: Facts, font: Whole) -> int:
    """A Type 0 font with its program; its number."""
    tagged = font.name.encode()
    every = file.stream(font.cid_set)
    outlines = file.stream(font.program, b"/Filter/FlateDecode/Subtype/CIDFontType0C")
    unicode_ = file.stream(font.to_unicode, b"/Filter/FlateDecode")
    descriptor = file.add(
        b"<</Type/FontDescriptor/FontName/%s/Flags %d/FontBBox[%d %d %d %d]/ItalicAngle 0/Ascent %d/Descent %d"
        b"/CapHeight %d/StemV %d/FontFile3 %d 0 R/CIDSet %d 0 R>>"
        % (tagged, _SYMBOLIC, *facts.bbox, facts.ascent, facts.descent, facts.cap_height, facts.stem, outlines, every)
    )
    system = b"<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
    descendant = file.add(
        b"<</Type/Font/Subtype/CIDFontType0/BaseFont/%s/CIDSystemInfo%s/FontDescriptor %d 0 R/DW 1000/W[%s]>>"
        % (tagged, system, descriptor, font.widths)
    )
    return file.add(
        b"<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>"
        % (tagged, descendant, unicode_)
    )


def image_object(file: PdfFile, image: SealImage) -> int:
    colours, alpha = _pixels(image)
    size = b"/Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent 8/Filter/FlateDecode" % (
        image.width,
        image.height,
    )
    mask = file.stream(alpha, size + b"/ColorSpace/DeviceGray")
    return file.stream(colours, size + b"/ColorSpace/DeviceRGB/SMask %d 0 R" % mask)


@lru_cache(maxsize=8)
def _pixels(image: SealImage) -> tuple[bytes, bytes]:
    """Colours and transparency, compressed."""
    picture = image.picture()
    return zlib.compress(picture.convert("RGB").tobytes(), 9), zlib.compress(picture.getchannel("A").tobytes(), 9)


@lru_cache(maxsize=1)
def _profile() -> bytes:
    return zlib.compress(archival.srgb(), 9)
