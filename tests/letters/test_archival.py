"""PDF/A-2b, by three opinions: an independent validator of PDF/A-1b, qpdf, and the clauses read in the file itself.

No validator of part 2 comes with Debian or PyPI. PDFBox's preflight knows part 1, which forbids everything that part 2
forbids and more; letters without a seal image meet it whole, the number of the part exchanged.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pypdf
import pytest
from fontTools.cffLib import CFFFontSet, PrivateDict
from fontTools.misc.psCharStrings import T2CharString
from fontTools.pens.areaPen import AreaPen
from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.recordingPen import DecomposingRecordingPen, RecordingPen
from fontTools.ttLib import TTFont
from PIL import Image, ImageCms

from letters.archival import srgb
from letters.fonts import RARE
from letters.outlines import OutlineFace
from letters.render import render
from letters.seal import names
from letters.templates import TITLES
from resources import resource
from tests.letters.test_seal import seal
from tests.security.certificates import PASSWORD, organisation
from workstation.desk.letter_signing import signed
from workstation.security import signing

JARS = [
    Path("/usr/share/java") / f"{name}.jar"
    for name in (
        *("preflight", "pdfbox2", "xmpbox", "fontbox2", "commons-logging", "commons-io", "javax.activation"),
        "jaxb-api",
    )
]
NAMES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "pdf": "http://ns.adobe.com/pdf/1.3/",
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xmp": "http://ns.adobe.com/xap/1.0/",
}
LETTERS = [
    ("demand", "zh_CN", {"payment_code": "https://pay.bank.example/1", "envelope": "cn"}),
    ("demand", "en", {"envelope": "din"}),
    ("reminder", "zh_CN", {"free_paragraph": "𠮷 𪚥 ｶ ش <&> “引文” é"}),
    ("plan_agreement", "en", {}),
    ("budget_statement", "zh_CN", {"free_paragraph": ""}),
]


def faults_by_preflight(letters: dict[str, bytes], folder: Path) -> dict[str, list[str]]:
    """The codes of what PDFBox finds wrong in each letter as PDF/A-1b, in one run of Java."""
    java = shutil.which("java")
    if java is None or not all(jar.exists() for jar in JARS):
        pytest.skip("PDFBox preflight is not installed; see tools/setup")
    (folder / "pdfs").mkdir()
    for name, pdf in letters.items():
        (folder / "pdfs" / f"{name}.pdf").write_bytes(pdf)
    program = "org.apache.pdfbox.preflight.Validator_A1b"
    command = [java, "-cp", ":".join(map(str, JARS)), program, "xml", "group", str(folder / "pdfs")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    told = folder / "pdfs.preflight.xml"
    assert told.exists(), done.stdout + done.stderr
    found: dict[str, list[str]] = {}
    for one in ElementTree.parse(told).getroot():
        codes = [error.text or "" for error in one.iter("code")]
        assert (one.findtext("isValid") == "true") == (not codes)
        found[one.attrib["name"].removesuffix(".pdf")] = codes
    return found


def as_part_one(pdf: bytes) -> bytes:
    assert pdf.count(b"<pdfaid:part>2<") == 1
    return pdf.replace(b"<pdfaid:part>2<", b"<pdfaid:part>1<")


def test_an_independent_validator_finds_nothing_in_any_letter(context, tmp_path, monkeypatch):
    """Every template in both languages; and it does find what part 1 forbids and part 2 allows: a seal's soft mask, a
    signature's field without appearance, the number of the part itself."""
    monkeypatch.setenv("WORKSTATION_HOME", str(tmp_path))
    seal(tmp_path / "letters" / "seals" / "main.png")
    made = {
        f"{template} {language}": render(context(template, language)).pdf
        for template in TITLES
        for language in ("zh_CN", "en")
    }
    made |= {
        f"{template} {language} changed": render(context(template, language, **changes)).pdf
        for template, language, changes in LETTERS
    }
    letters = {name: as_part_one(pdf) for name, pdf in made.items()}
    letters["with seal"] = as_part_one(render(context(seal=names()[0])).pdf)
    letters["signed"] = as_part_one(signed(made["reminder en"], signing.read(organisation(tmp_path), PASSWORD)))
    letters["part two"] = made["reminder en"]
    found = faults_by_preflight(letters, tmp_path)
    assert set(found) == set(letters)
    assert {name: codes for name, codes in found.items() if codes} == {
        "with seal": ["2.2.2"],
        "signed": ["5.3.1"] * len(found["signed"]),
        "part two": ["7.11.2"],
    }


@pytest.mark.parametrize(("template", "language", "changes"), LETTERS)
def test_qpdf_finds_no_fault_of_structure(context, tmp_path, template, language, changes):
    qpdf = shutil.which("qpdf")
    if qpdf is None:
        pytest.skip("qpdf is not installed")
    file = tmp_path / "letter.pdf"
    file.write_bytes(render(context(template, language, **changes)).pdf)
    done = subprocess.run([qpdf, "--check", str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(params=range(len(LETTERS) + 1))
def made(request, context, tmp_path, monkeypatch) -> tuple[bytes, Any]:
    """Each letter, and one with a seal image."""
    if request.param == len(LETTERS):
        monkeypatch.setenv("WORKSTATION_HOME", str(tmp_path))
        seal(tmp_path / "letters" / "seals" / "main.png")
        pdf = render(context(seal=names()[0])).pdf
    else:
        template, language, changes = LETTERS[request.param]
        pdf = render(context(template, language, **changes)).pdf
    return pdf, pypdf.PdfReader(BytesIO(pdf))


def objects(reader: pypdf.PdfReader) -> list[Any]:
    return [reader.get_object(number) for number in range(1, int(reader.trailer["/Size"]))]


def test_header_trailer_and_streams(made):
    """6.1.2, 6.1.3, 6.1.7: a header with four high bytes, an ID, no encryption, line ends, no outside data."""
    pdf, reader = made
    first, second = pdf.split(b"\n", 2)[:2]
    assert re.fullmatch(rb"%PDF-1\.[0-7]\r?", first)
    assert second[:1] == b"%"
    assert all(byte > 127 for byte in second[1:5])
    assert len(reader.trailer["/ID"]) == 2
    assert "/Encrypt" not in reader.trailer
    assert pdf.endswith((b"%%EOF\n", b"%%EOF"))
    streams = [one for one in objects(reader) if isinstance(one, pypdf.generic.StreamObject)]
    assert len(streams) >= 6
    assert pdf.count(b"\nendstream") + pdf.count(b"\rendstream") >= len(streams)
    for one in streams:
        assert not {"/F", "/FFilter", "/FDecodeParms"} & set(one)
        assert "LZW" not in str(one.get("/Filter"))


def test_what_the_archive_forbids_is_not_there(made):
    """6.4 to 6.6.1, 6.9: no actions, forms, annotations, attachments; transparency only in a seal image's mask."""
    _, reader = made
    root = reader.trailer["/Root"]
    assert not {"/OpenAction", "/AA", "/AcroForm", "/Names", "/OCProperties", "/Requirements"} & set(root)
    for page in reader.pages:
        assert not {"/AA", "/Annots", "/PresSteps"} & set(page)
        assert "/ExtGState" not in page["/Resources"]
        for one in page["/Resources"].get("/XObject", {}).values():
            image = one.get_object()
            assert image["/Subtype"] == "/Image"
            assert image["/ColorSpace"] == "/DeviceRGB"
            assert not image.get("/Interpolate", False)
            assert "/Alternates" not in image


def test_the_metadata_says_what_the_document_says(made):
    """6.6.2.3, 6.7.11: an unfiltered packet of UTF-8 that names part and level and agrees with the information."""
    _, reader = made
    packet = reader.trailer["/Root"]["/Metadata"].get_object()
    assert "/Filter" not in packet
    tree = ElementTree.fromstring(packet.get_data().decode("utf-8"))

    def said(path: str) -> str | None:
        found = tree.find(".//" + path, NAMES)
        return None if found is None else found.text

    info = reader.metadata
    assert (said("pdfaid:part"), said("pdfaid:conformance")) == ("2", "B")
    assert said("dc:title/rdf:Alt/rdf:li") == info["/Title"]
    assert said("dc:creator/rdf:Seq/rdf:li") == info["/Author"]
    assert said("dc:description/rdf:Alt/rdf:li") == info["/Subject"]
    assert said("pdf:Keywords") == info["/Keywords"]
    assert said("pdf:Producer") == info["/Producer"]
    assert said("xmp:CreatorTool") == info["/Creator"]
    assert said("dc:language/rdf:Bag/rdf:li") == reader.trailer["/Root"]["/Lang"]
    day = info["/CreationDate"]
    assert said("xmp:CreateDate") == f"{day[2:6]}-{day[6:8]}-{day[8:10]}T00:00:00Z"
    assert said("xmp:ModifyDate") == said("xmp:CreateDate")
    assert info["/ModDate"] == day


def test_colours_have_a_meaning(made):
    """6.2.3: one output intent of PDF/A with an RGB profile, since all colours are device RGB."""
    _, reader = made
    [intent] = reader.trailer["/Root"]["/OutputIntents"]
    assert intent["/S"] == "/GTS_PDFA1"
    profile = intent["/DestOutputProfile"].get_object()
    assert profile["/N"] == 3
    assert profile.get_data() == srgb()
    for page in reader.pages:
        content = page.get_contents().get_data()
        assert not re.search(rb"\s(k|K|cs|CS|scn|SCN|sh)\s", content), "no other colours than device RGB"


def test_fonts_are_whole(made):
    """6.2.11: embedded, glyph numbers as codes, widths as in the font program, every glyph of it in the CIDSet, and a
    way to Unicode for each code."""
    _, reader = made
    fonts = {font["/BaseFont"]: font for page in reader.pages for font in page["/Resources"]["/Font"].values()}
    assert fonts
    for name, font in fonts.items():
        assert re.match(r"/[A-Z]{6}\+", name)
        assert font["/Encoding"] == "/Identity-H"
        inner = font["/DescendantFonts"][0].get_object()
        assert inner["/BaseFont"] == name
        assert inner["/Subtype"] == "/CIDFontType0"
        descriptor = inner["/FontDescriptor"].get_object()
        assert descriptor["/FontName"] == name
        program = program_of(descriptor, name[1:])
        count = len(program.CharStrings)
        every = descriptor["/CIDSet"].get_object().get_data()
        assert [at for at in range(len(every) * 8) if every[at // 8] >> (7 - at % 8) & 1] == list(range(count))
        told = dict(zip(inner["/W"][::2], inner["/W"][1::2], strict=True))
        table = font["/ToUnicode"].get_object().get_data().partition(b"endcodespacerange")[2]
        codes = codes_of(table)
        source = name.partition("+")[2].removesuffix("-Quotes")
        assert len({code for code, _ in codes}) == len(codes) > 0
        for code, text in codes:
            advance, drawn = outline(program, code)
            (width,) = told.get(code, [inner["/DW"]])
            assert abs(advance * 1000 / GRID - float(width)) <= 1
            assert text not in {"", "\0", "\ufeff"}
            if source != RARE and not name.endswith("-Quotes"):
                assert_alike(drawn, outline_of_face(source, ord(text)))


def codes_of(table: bytes) -> list[tuple[int, str]]:
    """Code and text of each entry of a ToUnicode table."""
    found = []
    for first, last, texts in re.findall(rb"^<([0-9A-F]{4})> <([0-9A-F]{4})> \[(.*)\]$", table, re.MULTILINE):
        told = [bytes.fromhex(text.decode()).decode("utf-16-be") for text in re.findall(rb"<([0-9A-F]+)>", texts)]
        assert first[:2] == last[:2]
        found += zip(range(int(first, 16), int(last, 16) + 1), told, strict=True)
    return found


GRID = 500
PRIVATE = PrivateDict()
PRIVATE.defaultWidthX, PRIVATE.nominalWidthX = GRID, 0


def program_of(descriptor: Any, name: str) -> Any:
    """The font program of that name, as fontTools reads it."""
    file = descriptor["/FontFile3"].get_object()
    assert file["/Subtype"] == "/CIDFontType0C"
    fonts = CFFFontSet()
    fonts.decompile(BytesIO(file.get_data()), TTFont())
    return fonts[name]


def outline(program: Any, code: int) -> tuple[float, RecordingPen]:
    """Advance in units of the grid, and what is drawn."""
    charstring, pen = program.CharStrings[f"cid{code:05}"], RecordingPen()
    charstring.draw(pen)
    return charstring.width, pen


@cache
def whole(name: str) -> tuple[Any, dict[int, str]]:
    face = TTFont(resource(f"fonts/{name}.ttf").open("rb"))
    return face.getGlyphSet(), face.getBestCmap()


def outline_of_face(name: str, char: int) -> RecordingPen:
    glyphs, names = whole(name)
    pen = DecomposingRecordingPen(glyphs)
    glyphs[names[char]].draw(pen)
    return pen


def assert_alike(drawn: RecordingPen, face: RecordingPen) -> None:
    """The same edges within a three-hundredth of an em, and the same ink within a fiftieth."""
    edges, ink = [], []
    for pen, scale in ((drawn, 1000 / GRID), (face, 1.0)):
        bounds, area = BoundsPen(None), AreaPen()
        for onto in (bounds, area):
            pen.replay(onto)
        edges.append([value * scale for value in bounds.bounds or ()])
        ink.append(abs(area.value) * scale * scale)
    assert edges[0] == pytest.approx(edges[1], abs=3.4)
    assert ink[0] == pytest.approx(ink[1], rel=0.02, abs=400)


@pytest.mark.parametrize("name", ["NotoSansSC-Regular", "NotoSansSC-Bold"])
def test_the_outlines_of_the_files_are_those_of_the_faces(name):
    """Each fiftieth character of the face, by its area and its edges; and none of them is left out."""
    face = OutlineFace(resource(f"fonts/{name}.outlines").read_bytes)
    _, names = whole(name)
    assert list(face.glyphs) == sorted(names)
    for char in list(face.glyphs)[::50]:
        charstring = T2CharString(bytecode=face.charstrings([char])[0], private=PRIVATE)
        pen = RecordingPen()
        charstring.draw(pen)
        assert charstring.width * 1000 / GRID == pytest.approx(face.widths[char])
        assert_alike(pen, outline_of_face(name, char))


def test_the_profile_is_srgb():
    """Against the profile that LittleCMS makes: no channel of any colour further off than one step of 255."""
    ours = ImageCms.ImageCmsProfile(BytesIO(srgb()))
    colours = Image.new("RGB", (16, 256))
    colours.putdata([(at % 256, at * 7 % 256, at * 13 % 256) for at in range(16 * 256)])
    shown = ImageCms.profileToProfile(colours, ours, ImageCms.createProfile("sRGB"))
    assert max(abs(a - b) for a, b in zip(colours.tobytes(), shown.tobytes(), strict=True)) <= 1
    assert len(srgb()) < 1200


def test_the_first_layout_stays_what_it_was(context):
    root = pypdf.PdfReader(BytesIO(render(context(), "1.1.1").pdf)).trailer["/Root"]
    assert "/Metadata" not in root
    assert "/OutputIntents" not in root
