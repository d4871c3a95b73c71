"""One file of many letters for the printer: sorted by postcode, a sheet before each region, an index in front.

Letters are appended as they come: their pages' contents go into the file at once; which pages they are and in which
order is written at the end, so that nothing is held in memory but a few numbers a letter. All letters share one font
program a face: a page's codes are the face's own numbers of characters, which the program knows its glyphs by (CID).
"""

from __future__ import annotations

import hashlib
import re
from array import array
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import IO, Any, NamedTuple

from letters import page
from letters.archive_file import end, font_objects, image_object, page_object, resources_of
from letters.batch_folder import PRINT_FILE, Entry, Journal, opened, write_all
from letters.document import About
from letters.fonts import Faces, faces
from letters.page_pen import PagePen, image_name
from letters.pdf_file import HEADER, PdfFile, escaped, object_bytes, stream_body, text
from letters.pen import Pen
from letters.print_sheets import Region, index_pages, index_sheets, separator
from letters.programs import whole
from letters.seal import seal_image
from workstation.domain.message import Message, msg

_LEAF = 100  # pages a node of the page tree holds
_FLATE = b"/Filter/FlateDecode"


class SharedCodes:
    """The codes of a print file: every face's own numbers. Notes which characters were drawn."""

    def __init__(self, known: Faces) -> None:
        self._faces = known
        self.used: dict[int, set[str]] = {}
        self.shared = None

    def use(self, faces: Collection[int]) -> None:
        """Never asked: each letter's characters are counted."""

    def run(self, face: int, text: str) -> bytes:
        self.used.setdefault(face, set()).update(text)
        glyphs = self._faces.fonts[face].glyphs
        return escaped(text.translate(glyphs).encode("utf-16-be", "surrogatepass"))


@dataclass(frozen=True, slots=True)
class Drawn:
    """A letter's pages as contents, the characters by face that they need, and the seals on them."""

    pages: tuple[bytes, ...]
    used: Mapping[int, str]
    seals: tuple[str, ...] = ()


def drawn(draw: Callable[[Pen], None], known: Faces) -> Drawn:
    """What `draw` puts on its pages."""
    codes = SharedCodes(known)
    pen = PagePen(known, codes)
    draw(pen)
    used = {face: "".join(sorted(characters)) for face, characters in codes.used.items()}
    return Drawn(tuple(pen.pages), used, tuple(image.name for image in pen.images))


def region(postcode: str) -> str:
    """What the post sorts by first: three figures of a number, the letters before the figures of a British code."""
    found = re.match(r"[0-9]{3}|[A-Za-z]{1,2}(?=[0-9])", postcode.strip())
    return found[0].upper() if found else ""


class _Letter(NamedTuple):
    """In the order of the file. `first` is the number of its first object."""

    region: str
    postcode: str
    place: int
    first: int
    pages: int


class PrintFile:
    """The print file in the making, in the folder of a batch whose journal says what stands in it."""

    def __init__(self, folder: Path, journal: Journal) -> None:
        """Take up what an earlier run wrote, as far as it is whole by its hashes. Raises `OSError`."""
        self.path = folder / PRINT_FILE
        self._part = folder / f"{PRINT_FILE}.part"
        self._journal = journal
        self._used: dict[int, set[str]] = {}
        self._seals: list[str] = []
        self._letters: dict[int, _Letter] = {}
        self._places, self._length = array("q"), len(HEADER)
        self._file: IO[bytes] | None = None
        self.done = self._is_done()
        self._file = None if self.done else opened(self._part)
        whole_notes = self._taken_up()
        if self._file is not None:
            journal.keep_first(whole_notes)
            self._file.truncate(self._length if whole_notes else 0)
            if not whole_notes:
                write_all(self._file, HEADER)
        self._letters = {place: letter for place, letter in self._letters.items() if place in journal}

    def _is_done(self) -> bool:
        """Was the file finished, and is it unchanged since?"""
        if self._journal.finished is None or not self.path.exists():
            return False
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == self._journal.finished

    def _taken_up(self) -> int:
        """Read the journal, beside the file where it is not finished; up to the first difference. How many letters."""
        count = 0
        if self._file is not None:
            self._file.seek(0)
            if self._file.read(len(HEADER)) != HEADER:
                return 0
        for told in self._journal.notes():
            piece = told["piece"]
            if self._file is not None:
                content = self._file.read(piece["end"] - self._length)
                if hashlib.sha256(content).hexdigest() != piece["sha256"]:
                    break
            self._note(told["postcode"], told["place"], piece)
            count += 1
        return count

    def _note(self, postcode: str, place: int, piece: Mapping[str, Any]) -> None:
        first = len(self._places) + 1
        self._places.extend(piece["objects"])
        self._length = piece["end"]
        self._letters[place] = _Letter(region(postcode), postcode, place, first, len(piece["objects"]))
        for face, characters in piece["new"].items():
            self._used.setdefault(int(face), set()).update(characters)
        self._seals += [name for name in piece["seals"] if name not in self._seals]

    def add(self, entry: Entry, letter: Drawn) -> None:
        """Append a letter and note it in the journal. Raises `OSError`; then nothing of it counts."""
        if self._file is None:
            raise ValueError("the print file is finished")
        objects, parts, at = [], [], self._length
        for number, content in enumerate(letter.pages, len(self._places) + 1):
            parts.append(object_bytes(number, stream_body(content, _FLATE)))
            objects.append(at)
            at += len(parts[-1])
        content = b"".join(parts)
        new = {face: "".join(set(told) - self._used.get(face, set())) for face, told in letter.used.items()}
        piece = {
            "end": at,
            "objects": objects,
            "sha256": hashlib.sha256(content).hexdigest(),
            "new": {face: "".join(sorted(characters)) for face, characters in new.items() if characters},
            "seals": [name for name in letter.seals if name not in self._seals],
        }
        try:
            write_all(self._file, content)
            self._journal.add(entry, piece=piece)
        except OSError:
            self._file.truncate(self._length)
            raise
        self._note(entry.postcode, entry.place, piece)

    def forget(self, place: int) -> None:
        """The letter is in no page of the file."""
        self._letters.pop(place, None)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    # ---- the end

    def first_pages(self) -> dict[int, int]:
        """Where each letter begins, counted from the file's first page."""
        found, at = {}, 1 + index_pages(len(self._regions()))
        for _, letters in groupby(self._sorted(), key=lambda letter: letter.region):
            at += 1  # the sheet before them
            for letter in letters:
                found[letter.place] = at
                at += letter.pages
        return found

    def _sorted(self) -> list[_Letter]:
        return sorted(self._letters.values())

    def _regions(self) -> list[str]:
        return sorted({letter.region for letter in self._letters.values()})

    def finish(self, say: Callable[[Message], str], day: date | None) -> Path:
        """Index, sheets, fonts and the order of all pages. Raises `OSError`; what was added stays."""
        file = self._file
        if file is None:
            return self.path
        file.truncate(self._length)
        digest = hashlib.sha256()
        file.seek(0)
        while chunk := file.read(1 << 20):
            digest.update(chunk)

        def write(data: bytes) -> None:
            digest.update(data)
            write_all(file, data)

        _Ending(self, PdfFile(write, self._places, self._length), say, day).write()
        file.close()
        self._file = None
        self._part.replace(self.path)
        self._journal.finish(digest.hexdigest())
        self.done = True
        return self.path


class _Ending:
    """What is written after the last letter."""

    def __init__(self, made: PrintFile, pdf: PdfFile, say: Callable[[Message], str], day: date | None) -> None:
        self._made, self._pdf, self._say, self._day = made, pdf, say, day
        self._faces = faces()
        self._size = (page.WIDTH, page.HEIGHT)
        self._used = {face: set(characters) for face, characters in made._used.items()}

    def write(self) -> None:
        pdf, letters = self._pdf, self._made._sorted()
        root, tree, resources = pdf.number(), pdf.number(), pdf.number()
        regions = list(self._regions(letters))
        fronts = [self._sheet(draw) for draw in index_sheets(regions, self._say)]
        sheets = [self._sheet(separator(each, self._say)) for each in regions]
        pdf.add(resources_of(self._fonts(), self._images()), resources)
        pages = _Pages(pdf, tree, resources, self._size)
        marks = [(self._say(msg("Index")), pages.add(fronts[0]))]
        for front in fronts[1:]:
            pages.add(front)
        for each, sheet, (_, group) in zip(
            regions, sheets, groupby(letters, key=lambda letter: letter.region), strict=True
        ):
            marks.append((each.name or self._say(msg("Without a postcode")), pages.add(sheet)))
            for letter in group:
                for number in range(letter.first, letter.first + letter.pages):
                    pages.add(number)
        pages.end()
        outline = self._outline(marks)
        title = self._say(msg("Letters to be printed"))
        told = hashlib.sha256(repr([tuple(letter) for letter in letters]).encode()).hexdigest()
        about = About(f"print file {told}", title, "", title, "zh-CN", self._day)
        end(pdf, root, tree, about, b"/Outlines %d 0 R/PageMode/UseOutlines" % outline)

    def _regions(self, letters: Sequence[_Letter]) -> Iterator[Region]:
        firsts = self._made.first_pages()
        for name, group in groupby(letters, key=lambda letter: letter.region):
            own = list(group)
            last = firsts[own[-1].place] + own[-1].pages - 1
            yield Region(name, own[0].postcode, own[-1].postcode, len(own), firsts[own[0].place], last)

    def _sheet(self, draw: Callable[[Pen], None]) -> int:
        sheet = drawn(draw, self._faces)
        for face, characters in sheet.used.items():
            self._used.setdefault(face, set()).update(characters)
        (content,) = sheet.pages
        return self._pdf.stream(content, _FLATE)

    def _fonts(self) -> dict[int, int]:
        outlines = self._faces.outlines
        return {
            face: font_objects(self._pdf, outlines(face).facts, whole(outlines(face), characters))
            for face, characters in sorted(self._used.items())
        }

    def _images(self) -> dict[bytes, int]:
        images = [seal_image(name) for name in self._made._seals]
        return {image_name(image): image_object(self._pdf, image) for image in images}

    def _outline(self, marks: Sequence[tuple[str, int]]) -> int:
        """Bookmarks: the index, and each region's sheet."""
        pdf = self._pdf
        root, numbers = pdf.number(), [pdf.number() for _ in marks]
        for at, (title, where) in enumerate(marks):
            before = b"/Prev %d 0 R" % numbers[at - 1] if at else b""
            after = b"/Next %d 0 R" % numbers[at + 1] if at + 1 < len(marks) else b""
            pdf.add(
                b"<</Title%s/Parent %d 0 R/Dest[%d 0 R/Fit]%s%s>>" % (text(title), root, where, before, after),
                numbers[at],
            )
        pdf.add(b"<</Type/Outlines/First %d 0 R/Last %d 0 R/Count %d>>" % (numbers[0], numbers[-1], len(marks)), root)
        return root


class _Pages:
    """The pages in their order, under nodes of a hundred, so that a reader finds the nine thousandth at once."""

    def __init__(self, pdf: PdfFile, tree: int, resources: int, size: tuple[float, float]) -> None:
        self._pdf, self._tree, self._resources, self._size = pdf, tree, resources, size
        self._leaves: list[tuple[int, int]] = []
        self._leaf = pdf.number()
        self._kids: list[int] = []

    def add(self, stream: int) -> int:
        if len(self._kids) == _LEAF:
            self._turn()
            self._leaf = self._pdf.number()
        number = page_object(self._pdf, self._leaf, self._resources, self._size, stream)
        self._kids.append(number)
        return number

    def _turn(self) -> None:
        kids = b" ".join(b"%d 0 R" % number for number in self._kids)
        self._pdf.add(
            b"<</Type/Pages/Parent %d 0 R/Count %d/Kids[%s]>>" % (self._tree, len(self._kids), kids), self._leaf
        )
        self._leaves.append((self._leaf, len(self._kids)))
        self._kids = []

    def end(self) -> None:
        self._turn()
        kids = b" ".join(b"%d 0 R" % number for number, _ in self._leaves)
        count = sum(number for _, number in self._leaves)
        self._pdf.add(b"<</Type/Pages/Count %d/Kids[%s]>>" % (count, kids), self._tree)
