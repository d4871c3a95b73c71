"""What makes a PDF fit for the archive, PDF/A-2b (ISO 19005-2): its description as XMP and what its colours mean.

Plain bytes and facts, so that whoever writes the file can use them. The rest of the standard is met by how letters are
written: every font embedded with its CIDSet and its way to Unicode, no encryption, scripts, forms or outside content.
"""

from __future__ import annotations

import struct
from datetime import date
from functools import cache
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from letters.document import About

PART, CONFORMANCE = 2, "B"
OUTPUT_CONDITION = "sRGB IEC61966-2.1"

_D50 = (0.9642, 1.0, 0.8249)
# sRGB's primaries seen in D50 (ICC, sRGB profile of IEC 61966-2-1 adapted by Bradford).
_PRIMARIES = {"r": (0.43607, 0.22249, 0.01392), "g": (0.38515, 0.71687, 0.09708), "b": (0.14307, 0.06061, 0.7141)}
_CURVE_POINTS = 256


def xmp(about: About, producer: str) -> bytes:
    """The metadata packet; it says the same as the document information dictionary, as 6.6.2 and 6.6.3 demand."""
    day = f"{about.day or date(2000, 1, 1):%Y-%m-%d}T00:00:00Z"

    def text(value: str) -> str:
        return escape(value)

    return f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>{PART}</pdfaid:part><pdfaid:conformance>{CONFORMANCE}</pdfaid:conformance>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{text(about.title)}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{text(about.author)}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{text(about.subject)}</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>{text(about.language)}</rdf:li></rdf:Bag></dc:language>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/">
<xmp:CreatorTool>{text(producer)}</xmp:CreatorTool>
<xmp:CreateDate>{day}</xmp:CreateDate><xmp:ModifyDate>{day}</xmp:ModifyDate>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<pdf:Producer>{text(producer)}</pdf:Producer><pdf:Keywords>{text(about.keywords)}</pdf:Keywords>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>""".encode()


@cache
def srgb() -> bytes:
    """An ICC profile (version 2.1, display, RGB) of sRGB, made here so that nobody's licence is needed."""
    tags: dict[bytes, bytes] = {
        b"desc": _description("sRGB"),
        b"cprt": b"text\0\0\0\0Public domain\0",
        b"wtpt": _xyz(_D50),
        **{name.encode() + b"XYZ": _xyz(value) for name, value in _PRIMARIES.items()},
    }
    curve = _curve()
    table, body, at = b"", b"", 128 + 4 + 12 * (len(tags) + 3)
    for name, data in tags.items():
        padded = data + b"\0" * (-len(data) % 4)
        table += name + struct.pack(">LL", at + len(body), len(data))
        body += padded
    for name in (b"rTRC", b"gTRC", b"bTRC"):  # all three are one curve
        table += name + struct.pack(">LL", at + len(body), len(curve))
    body += curve + b"\0" * (-len(curve) % 4)
    count = struct.pack(">L", len(tags) + 3)
    header = (
        struct.pack(">L4sL4s4s4s", at + len(body), b"\0" * 4, 0x02100000, b"mntr", b"RGB ", b"XYZ ")
        + struct.pack(">6H", 2026, 11, 1, 0, 0, 0)
        + b"acsp"
        + b"\0" * 28
        + b"".join(_fixed(value) for value in _D50)
    )
    return header + b"\0" * (128 - len(header)) + count + table + body


def _fixed(value: float) -> bytes:
    return struct.pack(">l", round(value * 65536))


def _xyz(value: tuple[float, float, float]) -> bytes:
    return b"XYZ \0\0\0\0" + b"".join(map(_fixed, value))


def _description(text: str) -> bytes:
    ascii_ = text.encode("ascii") + b"\0"
    return b"desc\0\0\0\0" + struct.pack(">L", len(ascii_)) + ascii_ + b"\0" * (4 + 4 + 2 + 1 + 67)


def _curve() -> bytes:
    """From the stored value to light, IEC 61966-2-1."""
    points = []
    for at in range(_CURVE_POINTS):
        value = at / (_CURVE_POINTS - 1)
        light = value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        points.append(round(light * 65535))
    return b"curv\0\0\0\0" + struct.pack(f">L{_CURVE_POINTS}H", _CURVE_POINTS, *points)
