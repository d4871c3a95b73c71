"""A PDF file written object by object: each once, in order, with its place noted for the table at the end."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Mapping

HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


class PdfFile:
    """Writes through `write` and remembers eight bytes an object. A file begun earlier goes on from `places`, where its
    objects stand, and `length`, what is written of it."""

    def __init__(self, write: Callable[[bytes], object], places: Iterable[int] = (), length: int = 0) -> None:
        self._write = write
        self._places = array("q", [0, *places])
        self._at = length
        if not length:
            self._put(HEADER)

    @property
    def length(self) -> int:
        return self._at

    def number(self) -> int:
        """A new object's number, to be named before it is written."""
        self._places.append(0)
        return len(self._places) - 1

    def add(self, body: bytes, number: int = 0) -> int:
        """Write an object; its number."""
        number = number or self.number()
        self._places[number] = self._at
        self._put(object_bytes(number, body))
        return number

    def stream(self, content: bytes, entries: bytes = b"", number: int = 0) -> int:
        """Write a stream whose content is already encoded as `entries` say."""
        return self.add(stream_body(content, entries), number)

    def end(self, root: int, info: int, identity: bytes) -> None:
        """The table of objects and the trailer; `identity` is 16 bytes that tell this document from others."""
        table = self._at
        count = len(self._places)
        self._put(b"xref\n0 %d\n0000000000 65535 f \n" % count)
        for start in range(1, count, 1000):
            self._put(b"".join(b"%010d 00000 n \n" % place for place in self._places[start : start + 1000]))
        name = identity.hex().upper().encode()
        self._put(
            b"trailer\n<</Size %d/Root %d 0 R/Info %d 0 R/ID[<%s><%s>]>>\nstartxref\n%d\n%%%%EOF\n"
            % (count, root, info, name, name, table)
        )

    def _put(self, data: bytes) -> None:
        self._write(data)
        self._at += len(data)


def object_bytes(number: int, body: bytes) -> bytes:
    return b"%d 0 obj\n%s\nendobj\n" % (number, body)


def stream_body(content: bytes, entries: bytes) -> bytes:
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (entries, len(content), content)


def text(value: str) -> bytes:
    """A text string: plain where it is ASCII, else UTF-16 with its mark."""
    if value.isascii() and value.isprintable():
        return b"(" + escaped(value.encode()) + b")"
    return b"<FEFF" + value.encode("utf-16-be", "replace").hex().upper().encode() + b">"


def escaped(data: bytes) -> bytes:
    """The bytes as they stand between the brackets of a string."""
    for char in (b"\\", b"(", b")"):
        data = data.replace(char, b"\\" + char)
    return data.replace(b"\r", b"\\r").replace(b"\n", b"\\n")


def dictionary(entries: Mapping[str, bytes]) -> bytes:
    return b"<<" + b"".join(b"/%s %s" % (name.encode(), value) for name, value in entries.items()) + b">>"
