"""Photos as they are kept: small, upright, without what the camera noted of place and owner."""

from __future__ import annotations

import io
import random
import struct
import zlib
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from PIL.TiffImagePlugin import IFDRational

from workstation.desk.photos import limits, photo_file, prepared
from workstation.domain.errors import InputError

ZONE = ZoneInfo("Asia/Shanghai")
MAKER = "ACME Handy 7"


def camera(
    size: tuple[int, int] = (4000, 3000), *, orientation: int = 1, noise: bool = False, kind: str = "JPEG"
) -> bytes:
    """As a telephone makes it: with everything it knows in its notes, and red in the upper left corner."""
    if noise:
        image = Image.frombytes("RGB", size, random.Random(7).randbytes(size[0] * size[1] * 3))
    else:
        image = Image.new("RGB", size, "white")
        ImageDraw.Draw(image).rectangle((0, 0, size[0] // 4, size[1] // 4), fill="red")
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0112], exif[0x0132] = MAKER, "Model of Chen", orientation, "2026:11:23 18:00:00"
    exif[0x8769] = {0x9003: "2026:11:23 17:04:09", 0x9011: "+08:00", 0xA431: "SERIAL-4711", 0x927C: b"maker secret"}
    degrees = tuple(IFDRational(Fraction(part)) for part in ("31", "13", "49.44"))
    exif[0x8825] = {1: "N", 2: degrees, 3: "E", 4: (IFDRational(121), IFDRational(28), IFDRational(252, 10)), 31: 8.5}
    out = io.BytesIO()
    image.save(out, kind, exif=exif, **({"comment": b"for Chen"} if kind == "JPEG" else {}))
    return out.getvalue()


@pytest.mark.parametrize("brand", [b"heic", b"mif1"])
def test_of_a_heic_photo_it_is_said_how_to_proceed(brand: bytes) -> None:
    with pytest.raises(InputError) as told:
        prepared(b"\0\0\0\x18ftyp" + brand + b"\0\0\0\0mif1heic" + bytes(500), ZONE)
    assert "JPEG" in told.value.message.plain()
    assert "HEIC" in told.value.message.plain()


def test_of_the_cameras_notes_only_the_time_stays_in_the_photo() -> None:
    kept = prepared(camera(), ZONE)
    with Image.open(io.BytesIO(kept.content)) as image:
        exif = image.getexif()
        assert dict(exif) == {0x8769: exif[0x8769]}
        assert exif.get_ifd(0x8769) == {0x9003: "2026:11:23 17:04:09", 0x9011: "+08:00"}
        assert exif.get_ifd(0x8825) == {}
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "exif", "dpi"}
    for secret in (MAKER.encode(), b"SERIAL", b"maker secret", b"Chen", b"Model", b"GPS"):
        assert secret not in kept.content
    assert kept.taken_at == datetime(2026, 11, 23, 9, 4, 9, tzinfo=UTC)
    assert kept.position is not None
    assert (kept.position.latitude, kept.position.longitude) == (31.230400, 121.473667)
    assert (kept.position.accuracy, kept.position.source) == (8.5, "photo")


def test_another_reader_finds_no_place_and_no_camera_in_it() -> None:
    from PySide6.QtCore import QBuffer, QByteArray
    from PySide6.QtGui import QImageReader

    kept = prepared(camera(), ZONE)
    buffer = QBuffer()
    buffer.setData(QByteArray(kept.content))
    buffer.open(QBuffer.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    assert reader.textKeys() == []
    assert reader.size().toTuple() == (kept.width, kept.height)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_it_is_kept_upright(orientation: int) -> None:
    red_at = {1: (0, 0), 2: (1, 0), 3: (1, 1), 4: (0, 1), 5: (0, 0), 6: (1, 0), 7: (1, 1), 8: (0, 1)}[orientation]
    kept = prepared(camera((800, 600), orientation=orientation), ZONE)
    assert (kept.width, kept.height) == ((600, 800) if orientation > 4 else (800, 600))
    with Image.open(io.BytesIO(kept.content)) as image:
        assert image.getexif().get(0x0112, 1) == 1
        corners = {
            (x, y): image.getpixel((x * (image.width - 1), y * (image.height - 1))) for x in (0, 1) for y in (0, 1)
        }
    assert [place for place, pixel in corners.items() if pixel[1] < 100] == [red_at]  # type: ignore[index]


def test_it_is_no_larger_than_the_limits_say() -> None:
    kept = prepared(camera((3000, 2200), noise=True), ZONE)  # nothing compresses worse
    assert len(kept.content) <= limits().most_bytes
    assert max(kept.width, kept.height) <= limits().longest_edge
    small = prepared(camera((64, 48)), ZONE)
    assert (small.width, small.height) == (64, 48)  # never blown up


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_other_kinds_of_photo_are_taken_too(kind: str) -> None:
    kept = prepared(camera((400, 300), kind=kind), ZONE)
    assert kept.content.startswith(b"\xff\xd8")
    assert MAKER.encode() not in kept.content
    assert kept.taken_at is not None


def test_a_photo_of_80_mb_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    with path.open("wb") as file:
        file.truncate(80_000_000)  # sparse
    with pytest.raises(InputError, match="80 MB") as refused:
        photo_file(path, ZONE)
    assert refused.value.code == "photo_refused"


def png_of(width: int, height: int) -> bytes:
    """A PNG that says it is this large, in a few bytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("size", [(12_000, 11_000), (20_000, 20_000), (60_000, 60_000)])
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_small_file_that_unpacks_to_a_huge_one_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(InputError, match="million pixels"):
        prepared(png_of(*size), ZONE)


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xd8\xff\xe0", b"%PDF-1.7 no photo", camera((400, 300))[:2000], png_of(300, 300)]
)
def test_what_is_no_whole_photo_is_refused(data: bytes) -> None:
    with pytest.raises(InputError, match="no photo that can be read"):
        prepared(data, ZONE)


def test_a_file_that_is_gone_or_a_folder_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "gone.jpg", tmp_path):
        with pytest.raises(InputError, match="cannot be read"):
            photo_file(path, ZONE)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_spoilt_photo_is_kept_or_refused_and_never_anything_else(data: st.DataObject) -> None:
    photo = bytearray(SMALL)
    for _ in range(data.draw(st.integers(1, 12))):
        photo[data.draw(st.integers(0, len(photo) - 1))] = data.draw(st.integers(0, 255))
    try:
        kept = prepared(bytes(photo[: data.draw(st.integers(0, len(photo)))]), ZONE)
    except InputError as refused:
        said = refused.code
    else:
        said = ""
        assert len(kept.content) <= limits().most_bytes
        assert b"SERIAL" not in kept.content
    assert said in {"", "photo_refused"}


SMALL = camera((120, 90))
