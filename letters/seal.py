"""The bank's seals as images: PNG files in a folder of this device, each checked before it is printed.

A letter names its seal, `NAME` or `NAME@DIGEST` (first twelve figures of the file's SHA-256). With the digest it is
made again from that very image, also when another has taken the name since and the old file stays under any name that
begins with it, e.g. `main.2025.png`.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from workstation.domain.errors import InputError
from workstation.domain.message import Message, msg
from workstation.settings import seals_folder

if TYPE_CHECKING:
    from PIL.Image import Image

_MOST_BYTES = 1_000_000
_SMALLEST, _LARGEST = 240, 2400  # pixels of the longer side; 42 mm at 150 to 1,400 dpi
_SLIMMEST = 0.5  # the shorter side to the longer: seals are round or oval
_NAME = re.compile(r"[\w-]{1,60}")


@dataclass(frozen=True, slots=True)
class SealImage:
    """A seal as it is printed; `name` is its pinned name."""

    name: str
    sha256: str
    width: int
    height: int
    file: bytes

    def picture(self) -> Image:
        """RGB with alpha."""
        from io import BytesIO

        from PIL import Image

        return Image.open(BytesIO(self.file), formats=["PNG"]).convert("RGBA")


def names(folder: Path | None = None) -> tuple[str, ...]:
    """The seals that can be printed now, by pinned name; files that cannot be used are not among them."""
    found = []
    for path in sorted((folder or seals_folder()).glob("*.png")):
        if _NAME.fullmatch(path.stem):
            try:
                found.append(_read(path, path.stem).name)
            except InputError:
                continue
    return tuple(found)


def seal_image(wanted: str, folder: Path | None = None) -> SealImage:
    """The seal `NAME` or `NAME@DIGEST`; `InputError` when there is none such or its file cannot be used."""
    name, _, digest = wanted.partition("@")
    if not _NAME.fullmatch(name):
        raise _refused(msg("A seal's name has letters, figures, - and _ only, not {name}.", name=wanted))
    where = folder or seals_folder()
    if not digest:
        path = where / f"{name}.png"
        if not path.is_file():
            raise _refused(msg("There is no seal {name}. Its image belongs at {file}.", name=name, file=str(path)))
        return _read(path, name)
    for path in sorted(where.glob(f"{name}*.png")):
        if hashlib.sha256(path.read_bytes()).hexdigest().startswith(digest):
            return _read(path, name)
    raise _refused(
        msg(
            "The seal image {name} that this letter was printed with is not here. Bring its file back to {folder}.",
            name=wanted,
            folder=str(where),
        )
    )


def _read(path: Path, name: str) -> SealImage:
    from io import BytesIO

    from PIL import Image, UnidentifiedImageError

    try:
        data = path.read_bytes()
        if len(data) > _MOST_BYTES:
            raise _refused(msg("The seal image {file} is larger than {most} bytes.", file=path.name, most=_MOST_BYTES))
        with Image.open(BytesIO(data), formats=["PNG"]) as image:
            width, height = image.size
            if not _SMALLEST <= max(width, height) <= _LARGEST or min(width, height) < _SLIMMEST * max(width, height):
                raise _refused(
                    msg(
                        "The seal image {file} has {width} × {height} pixels; the longer side must have {least} to "
                        "{most}, the shorter at least half of it.",
                        file=path.name,
                        width=width,
                        height=height,
                        least=_SMALLEST,
                        most=_LARGEST,
                    )
                )
            alpha = image.convert("RGBA").getchannel("A").getextrema()[0]
    except (OSError, UnidentifiedImageError, SyntaxError, Image.DecompressionBombError) as error:
        raise _refused(msg("The seal image {file} is not a readable PNG file.", file=path.name)) from error
    if alpha == 255:
        raise _refused(
            msg("The seal image {file} has no transparent part; it would cover the text under it.", file=path.name)
        )
    digest = hashlib.sha256(data).hexdigest()
    return SealImage(f"{name}@{digest[:12]}", digest, width, height, data)


def _refused(message: Message) -> InputError:
    return InputError(message, field="seal")
