"""Rare characters in names: drawn from a face of their own, copied as written, reported where none has them."""

from __future__ import annotations

import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pypdf
import pypdfium2
import pytest

from letters.fonts import RARE, faces
from letters.render import render

ROOT = Path(__file__).parents[2]
# One of each: extension A, B, C, D, E, compatibility, one that Hong Kong's, Taiwan's or Japan's registers added.
NAMES = ["㐀䶮", "𠮷𡘙", "𪚥𫝆", "𬀩", "\uf9a8\U0002f804", "𠝹𨋢", "𦥑"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_a_rare_name_is_printed_and_copied_as_written(context, poppler, read_back, language, name):
    given = context("demand", language)
    given["debtor"]["name"] = "王" + name
    made = render(given)
    assert made.missing_glyphs == ()
    assert "王" + name in read_back(made.pdf)
    assert "王" + name in "".join(poppler(made.pdf, "-raw").split())
    assert "王" + name in pypdfium2.PdfDocument(made.pdf)[0].get_textpage().get_text_bounded()


def test_the_glyph_is_not_the_missing_one():
    """What is drawn for 𠮷 has ink, and other ink than the box or another character."""

    def drawn(char: str) -> bytes:
        pdf = render(
            {
                "template": "reminder",
                "language": "zh_CN",
                "jurisdiction": "zh-CN",
                "date": "2026-11-23",
                "pay_by": "2026-12-03",
                "debtor": {"name": char * 8, "address": "路1号"},
                "bank": {"name": "示范银行", "phone": "400", "address": "上海"},
                "accounts": [{"card_tail": "1234", "balance": {"principal": "1.00"}}],
            }
        ).pdf
        return bytes(pypdfium2.PdfDocument(pdf)[0].render(scale=3, grayscale=True).to_numpy().tobytes())

    pages = [drawn(char) for char in ("𠮷", "𡘙", "〓")]
    assert len(set(pages)) == 3


def test_what_no_face_has_is_marked_and_reported_once(context, read_back):
    given = context(free_paragraph="ش 𲎯 ش")
    made = render(given)
    assert made.missing_glyphs == ("ش", "\U000323af")
    assert "〓〓〓" in read_back(made.pdf)


def test_only_its_own_characters_travel_with_a_letter(context):
    given = context()
    given["debtor"]["name"] = "𠮷田"
    fonts = {}
    for page in pypdf.PdfReader(BytesIO(render(given).pdf)).pages:
        for font in page["/Resources"]["/Font"].values():
            fonts[font["/BaseFont"].partition("+")[2]] = font["/DescendantFonts"][0].get_object()
    assert set(fonts) == {"NotoSansSC-Regular", "NotoSansSC-Bold", RARE}
    assert len(fonts[RARE]["/FontDescriptor"]["/FontFile3"].get_object().get_data()) < 3000


def test_the_face_is_left_packed_until_a_character_needs_it():
    program = (
        "import json, sys; from letters.render import render; from letters.fonts import faces\n"
        "render(json.load(sys.stdin)); print('_file' in vars(faces().fonts[2]))"
    )
    plain = (
        '{"template": "reminder", "language": "zh_CN", "jurisdiction": "zh-CN", "date": "2026-11-23", '
        '"pay_by": "2026-12-03", "debtor": {"name": "%s", "address": "1"}, "bank": {"name": "B", "phone": "1", '
        '"address": "1"}, "accounts": [{"card_tail": "1234", "balance": {"principal": "1.00"}}]}'
    )
    for name, unpacked in (("王晓明", "False"), ("𠮷田", "True")):
        done = subprocess.run(
            [sys.executable, "-c", program], input=plain % name, capture_output=True, text=True, check=True, cwd=ROOT
        )
        assert done.stdout.strip() == unpacked


def test_how_many_characters_there_are():
    """What docs/typography.md says."""
    held = {code for at, font in enumerate(faces().fonts) if at < 3 for code in font.glyphs}
    unified = [*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000), *range(0x20000, 0x2EE5E), *range(0x30000, 0x323B0)]
    assert sum(1 for code in unified if code in held) > 50_000
    assert len(faces().fonts[2].glyphs) == 23_738


def test_the_first_layout_has_two_faces_only(context, read_back):
    from letters.layouts import layout_of

    assert len(faces(layout_of("1.1.1")).fonts) == 2
    made = render(context(free_paragraph="𠮷"), "1.1.1")
    assert made.missing_glyphs == ("𠮷",)
    assert "〓" in read_back(made.pdf)
