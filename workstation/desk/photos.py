"""A photo as it is kept: upright, no larger than needed, and of its camera's notes only when it was taken."""

from __future__ import annotations

import struct
import tomllib
import zlib
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resources import resource
from workstation.domain.errors import InputError
from workstation.domain.message import Message, msg
from workstation.domain.visit import Position

if TYPE_CHECKING:
    from PIL.Image import Exif, Image

MEDIA = "image/jpeg"
SUFFIXES = ("*.jpg", "*.jpeg", "*.png", "*.webp", "*.heic", "*.heif")  # the last two to be told what to do with them
_FORMATS = ("JPEG", "PNG", "WEBP")
# ISO/IEC 23008-12: what such a file says it is, in its first box. For their licence no decoder is in the program.
_HEIF = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_LESS = 0.75  # of the edge, when no quality makes a photo small enough
# Exif 2.32, tables 4, 7 and 15.
_EXIF_IFD, _GPS_IFD = 0x8769, 0x8825
_TAKEN, _TAKEN_ZONE, _CHANGED = 0x9003, 0x9011, 0x0132
_LATITUDE, _LONGITUDE, _ERROR_METRES = (1, 2), (3, 4), 31
# What a decoder raises on a file that is torn, spoilt or made to harm.
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, OverflowError, MemoryError,
           struct.error, zlib.error)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Limits:
    longest_edge: int
    most_bytes: int
    qualities: tuple[int, ...]
    most_file_bytes: int
    most_pixels: int


@dataclass(frozen=True, slots=True)
class PreparedPhoto:
    """Ready to be kept. `position` is where the camera says it was taken; it is in the content no more."""

    content: bytes
    width: int
    height: int
    taken_at: datetime | None
    position: Position | None


@lru_cache(maxsize=1)
def limits() -> Limits:
    kept = tomllib.loads(resource("field/photos.toml").read_text("utf-8"))
    return Limits(**{**kept, "qualities": tuple(kept["qualities"])})


def photo_file(path: Path, zone: tzinfo) -> PreparedPhoto:
    """The photo in this file. Raises `InputError` with what is wrong with it; the file is left as it is."""
    try:
        size = path.stat().st_size
        if size > limits().most_file_bytes:
            raise _refused(
                msg(
                    "This photo has {size} MB; {most} MB is the most. Take it again with a smaller picture size.",
                    size=round(size / 1e6),
                    most=round(limits().most_file_bytes / 1e6),
                )
            )
        data = path.read_bytes()
    except OSError as error:
        raise _refused(
            msg("This file cannot be read ({reason}).", reason=error.strerror or type(error).__name__)
        ) from error
    return prepared(data, zone)


def prepared(data: bytes, zone: tzinfo) -> PreparedPhoto:
    """`data` as it is kept; times without a zone are taken for times of `zone`. Raises `InputError`."""
    from PIL import Image, ImageOps

    most = limits()
    try:
        with Image.open(BytesIO(data), formats=_FORMATS) as opened:
            if opened.width * opened.height > most.most_pixels:
                raise _too_large()
            exif = opened.getexif()
            opened.draft("RGB", (most.longest_edge, most.longest_edge))  # a JPEG is read no larger than it is kept
            upright = ImageOps.exif_transpose(opened)
            shown = _flat(upright)
    except InputError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large() from error
    except _BROKEN as error:
        if data[4:8] == b"ftyp" and data[8:12] in _HEIF:
            raise _refused(
                msg(
                    "This is a HEIC photo, which cannot be read here. On the telephone set the camera to JPEG (iPhone: "
                    "Settings, Camera, Formats, Most Compatible) for the next ones; this one can be opened there and "
                    "saved or shared as JPEG."
                )
            ) from error
        raise _refused(
            msg("This is no photo that can be read: it is broken, or of another kind than JPEG, PNG and WebP.")
        ) from error
    taken = _taken(exif, zone)
    shown.thumbnail((most.longest_edge, most.longest_edge), Image.Resampling.LANCZOS)
    shown.info.clear()  # comments and profiles, which would be written again
    return _small_enough(shown, _only_time(taken), taken, _position(exif, taken))


def _flat(image: Image) -> Image:
    """In colours without transparency: what shines through is white."""
    from PIL import Image as Pillow

    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        above = image.convert("RGBA")
        ground = Pillow.new("RGB", above.size, "white")
        ground.paste(above, mask=above.getchannel("A"))
        return ground
    return image.convert("RGB")


def _small_enough(image: Image, exif: Exif, taken: datetime | None, position: Position | None) -> PreparedPhoto:
    most = limits()
    while True:
        for quality in most.qualities:
            out = BytesIO()
            image.save(out, "JPEG", quality=quality, optimize=True, exif=exif)
            if out.tell() <= most.most_bytes:
                return PreparedPhoto(out.getvalue(), image.width, image.height, taken, position)
        image = image.resize((max(1, round(image.width * _LESS)), max(1, round(image.height * _LESS))))


def _only_time(taken: datetime | None) -> Exif:
    from PIL.Image import Exif

    exif = Exif()
    if taken is not None:
        offset = taken.strftime("%z")
        exif[_EXIF_IFD] = {_TAKEN: f"{taken:%Y:%m:%d %H:%M:%S}", _TAKEN_ZONE: f"{offset[:3]}:{offset[3:5]}"}
    return exif


# ---- what the camera noted; whatever of it cannot be read is not known ----


def _taken(exif: Exif, zone: tzinfo) -> datetime | None:
    told = _directory(exif, _EXIF_IFD)
    text = told.get(_TAKEN) or exif.get(_CHANGED)
    try:
        taken = datetime.strptime(f"{text}".strip("\0 "), "%Y:%m:%d %H:%M:%S").replace(tzinfo=zone)
        offset = f"{told.get(_TAKEN_ZONE) or ''}".strip("\0 ")
        return datetime.fromisoformat(f"{taken:%Y-%m-%dT%H:%M:%S}{offset}") if offset else taken
    except ValueError:
        return None


def _position(exif: Exif, taken: datetime | None) -> Position | None:
    told = _directory(exif, _GPS_IFD)
    latitude, longitude = _degrees(told, *_LATITUDE, "S"), _degrees(told, *_LONGITUDE, "W")
    if latitude is None or longitude is None or not (abs(latitude) <= 90 and abs(longitude) <= 180):
        return None
    if latitude == longitude == 0.0:  # what a camera writes that has no fix
        return None
    error = _number(told.get(_ERROR_METRES))
    accuracy = error if error is not None and 0 <= error <= 1_000_000 else None
    return Position(
        latitude=round(latitude, 6), longitude=round(longitude, 6), source="photo", accuracy=accuracy, at=taken
    )


def _directory(exif: Exif, number: int) -> dict[int, Any]:
    try:
        return dict(exif.get_ifd(number))
    except _BROKEN:
        return {}


def _degrees(told: dict[int, Any], where: int, value: int, minus: str) -> float | None:
    """Degrees, minutes and seconds as one figure."""
    parts = told.get(value)
    if not isinstance(parts, tuple) or len(parts) != 3:
        return None
    degrees, minutes, seconds = map(_number, parts)
    if degrees is None or minutes is None or seconds is None:
        return None
    found = degrees + minutes / 60 + seconds / 3600
    return -found if f"{told.get(where)}".strip("\0 ").upper() == minus else found


def _number(value: object) -> float | None:
    try:
        found = float(value)  # type: ignore[arg-type]  # whatever the file says
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    return found if found == found and abs(found) < 1e9 else None  # noqa: PLR0124  # NaN of a fraction 0/0


def _too_large() -> InputError:
    return _refused(
        msg(
            "This photo has more than {most} million pixels. Take it again with a smaller picture size.",
            most=round(limits().most_pixels / 1e6),
        )
    )


def _refused(why: Message) -> InputError:
    return InputError(why, code="photo_refused", field="photos")
