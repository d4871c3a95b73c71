"""The faces travel inside the PDF, as few glyphs as are used, and every character finds its way back."""

from __future__ import annotations

import subprocess
import sys
import zlib
from io import BytesIO
from pathlib import Path

import pypdf
from fontTools.cffLib import CFFFontSet
from fontTools.pens.basePen import NullPen
from fontTools.ttLib import TTFont
from reportlab.pdfbase.ttfonts import TTFontParser

from letters.fonts import faces
from letters.layouts import layout_of
from letters.programs import Piece, stream_of
from letters.render import render


def fonts_of(pdf: bytes):
    found = {}
    for page in pypdf.PdfReader(BytesIO(pdf)).pages:
        for font in page["/Resources"]["/Font"].values():
            found[font["/BaseFont"]] = font
    return found


def test_all_fonts_are_embedded_subsets_with_a_way_back_to_unicode(context):
    fonts = fonts_of(render(context()).pdf)
    assert sorted(name.split("+")[1] for name in fonts) == ["NotoSansSC-Bold", "NotoSansSC-Regular"]
    for font in fonts.values():
        assert font["/Subtype"] == "/Type0"
        assert "/ToUnicode" in font
        descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert len(descriptor["/FontFile3"].get_object().get_data()) < 100_000


def test_the_embedded_program_is_a_sound_cff_font(context):
    for name, font in fonts_of(render(context()).pdf).items():
        descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        read = CFFFontSet()
        read.decompile(BytesIO(descriptor["/FontFile3"].get_object().get_data()), TTFont())
        (program,) = read.topDictIndex
        assert program.ROS == ("Adobe", "Identity", 0)
        assert read.fontNames == [name[1:]]
        assert program.FontMatrix == [0.002, 0, 0, 0.002, 0, 0]
        assert program.charset == [".notdef", *(f"cid{cid:05}" for cid in range(1, program.CIDCount))]
        for charstring in program.CharStrings.values():
            charstring.draw(NullPen())


def test_the_embedded_program_of_the_first_layout_is_a_sound_truetype_file(context):
    for font in fonts_of(render(context(), "1.1.1").pdf).values():
        descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        data = descriptor["/FontFile2"].get_object().get_data()
        parsed = TTFontParser(BytesIO(data), validate=1)  # checks every table's checksum
        glyphs = int.from_bytes(parsed.get_table("maxp")[4:6])
        assert len(parsed.get_table("loca")) == 4 * (glyphs + 1)
        assert len(parsed.get_table("hmtx")) == 4 * glyphs
        assert int(descriptor["/FontFile2"].get_object()["/Length1"]) == len(data)


def test_letters_of_one_template_share_what_is_prepared_and_none_of_it_changes_another(context):
    """The same letter is the same bytes, whatever was made before it in this process."""
    first = render(context()).pdf
    other = render(context(debtor={"name": "龘靐", "address": "某路1号"})).pdf
    assert render(context()).pdf == first
    assert other != first


def test_a_stream_of_blocks_compressed_apart_is_one_stream():
    for first, shared, last in ((b"", b"", b"x"), (b"abc", b"d" * 70_000, b""), (b"a", b"\0\1" * 9, b"b" * 300)):
        assert zlib.decompress(stream_of(first, Piece.of(shared), last)) == first + shared + last


def test_outlines_of_the_first_layout_are_those_of_the_face():
    font = faces(layout_of("1.1.1")).fonts[0]
    subset = font._subset([ord("国"), ord("A")])
    parsed = TTFontParser(BytesIO(subset), validate=1)
    start = int.from_bytes(parsed.get_table("loca")[4:8])
    own = bytes(font._outlines[font.face.glyphPos[font.glyphs[ord("国")]] :][:100])
    assert parsed.get_table("glyf")[start : start + 100] == own


def test_a_character_beyond_the_basic_plane_is_read_back(context, read_back):
    assert "欧阳明𬀩" in read_back(render(context()).pdf)


def test_figures_are_of_one_width():
    for font in faces().fonts[:2]:
        assert len({font.widths[ord(digit)] for digit in "0123456789"}) == 1


def test_quotes_are_narrow_between_latin_letters_only():
    assert faces().cell("’", False, True).advance < 400
    assert faces().cell("’", False, False).advance == 1000


def test_importing_letters_does_not_load_reportlab():
    program = (
        "import sys, letters.render, letters.form, letters.verify, letters.templates; print('reportlab' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True, cwd=Path(__file__).parents[2]
    )
    assert done.stdout.strip() == "False"
