"""The bank's seal: printed from an image that was checked, part of what the letter is, proved with it."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageDraw

from letters.render import render
from letters.seal import names, seal_image
from letters.verify import verify
from workstation.domain.errors import InputError
from workstation.settings import seals_folder

RED = (200, 20, 30)


def seal(path: Path, size: tuple[int, int] = (600, 600), colour: tuple[int, int, int] = RED) -> Path:
    image = Image.new("RGBA", size, (255, 255, 255, 0))
    draw = ImageDraw.Draw(image)
    draw.ellipse((10, 10, size[0] - 10, size[1] - 10), outline=(*colour, 255), width=24)
    draw.ellipse((size[0] // 3, size[1] // 3, size[0] * 2 // 3, size[1] * 2 // 3), fill=(*colour, 128))
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path)
    return path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WORKSTATION_HOME", str(tmp_path))
    return seals_folder()


def red_of(pdf: bytes) -> tuple[int, tuple[int, int, int, int]]:
    """How many red points the last page has at 72 dpi, and where."""
    document = pypdfium2.PdfDocument(pdf)
    image = document[len(document) - 1].render(scale=1).to_pil().convert("RGB")
    red, green, blue = (channel.point(lambda value: 255 if value > 145 else 0) for channel in image.split())
    only = ImageChops.subtract(red, ImageChops.lighter(green, blue))
    return only.histogram()[255], only.getbbox() or (0, 0, 0, 0)


@pytest.mark.parametrize("size", [(600, 600), (600, 400)])
def test_the_seal_is_printed_42_mm_wide_in_the_ring_s_place(context, folder, read_back, size):
    seal(folder / "main.png", size)
    made = render(context(seal="main"))
    points, (left, top, right, bottom) = red_of(made.pdf)
    assert points > 1000
    assert 105 <= right - left <= 121  # 40 mm are 113 points
    assert abs((bottom - top) - (right - left) * size[1] / size[0]) <= 3
    assert "加盖" not in read_back(made.pdf)
    assert red_of(render(context()).pdf)[0] == 0
    assert "加盖" in read_back(render(context()).pdf)


def test_what_lies_under_the_seal_can_be_read(context, folder, read_back):
    seal(folder / "main.png")
    text = read_back(render(context(seal="main")).pdf)
    assert text.count("江南示范银行股份有限公司") >= 3


def test_the_image_is_part_of_the_letter(context, folder):
    seal(folder / "main.png")
    [pinned] = names()
    made = render(context(seal=pinned))
    assert made.sha256 == render(context(seal=pinned)).sha256
    assert verify(made.pdf, context(seal=pinned)).same
    seal(folder / "main.png", colour=(150, 0, 0))
    with pytest.raises(InputError) as missing:
        render(context(seal=pinned))
    assert "Bring its file back" in str(missing.value)
    seal(folder / "main.2026.png")
    assert render(context(seal=pinned)).sha256 == made.sha256, "the old image stays under another name"
    assert render(context(seal="main")).sha256 != made.sha256


def test_a_seal_that_is_not_there_is_said_with_its_place(context, folder):
    with pytest.raises(InputError) as missing:
        render(context(seal="main"))
    assert missing.value.field == "seal"
    assert str(folder / "main.png") in str(missing.value)


@pytest.mark.parametrize("name", ["../main", "a/b", "", "main@", "@abc"])
def test_a_name_is_no_path(folder, name):
    if name == "main@":
        seal(folder / "main.png")
        assert seal_image(name).width == 600
        return
    with pytest.raises(InputError):
        seal_image(name)


def broken(folder: Path, kind: str) -> None:
    path = folder / "main.png"
    folder.mkdir(parents=True)
    match kind:
        case "text":
            path.write_text("not an image")
        case "cut":
            data = seal(path).read_bytes()
            path.write_bytes(data[: len(data) // 2])
        case "jpeg":
            Image.new("RGB", (600, 600)).save(path, "JPEG")
        case "opaque":
            Image.new("RGB", (600, 600), "red").save(path)
        case "small":
            seal(path, (100, 100))
        case "large":
            seal(path, (2600, 2600))
        case "slim":
            seal(path, (600, 120))
        case "heavy":
            seal(path)
            path.write_bytes(path.read_bytes() + b"\0" * 1_000_000)


@pytest.mark.parametrize("kind", ["text", "cut", "jpeg", "opaque", "small", "large", "slim", "heavy"])
def test_an_image_that_would_not_print_well_is_refused(folder, kind):
    broken(folder, kind)
    with pytest.raises(InputError) as refused:
        seal_image("main")
    assert "main.png" in str(refused.value)
    assert names() == ()
