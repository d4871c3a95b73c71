"""The `letter render` command: one JSON request in, one PDF file written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from letters.context import read_context
from letters.render import render
from letters.wording import refuse_unlawful
from workstation.domain.errors import WorkstationError
from workstation.domain.message import msg


class NotWritten(WorkstationError):
    """The file could not be written; what stood there before is unchanged."""

    code = "not_written"


def run_render(request: Mapping[str, object], out: Path) -> dict[str, object]:
    """Render `request` to `out` and say what was made.

    `missing_glyphs` is there only when a character could not be printed. Raises what `render` raises, `UnlawfulWords`
    for words that may not be said, and `NotWritten` when the folder is missing, full or not writable.
    """
    refuse_unlawful(read_context(request))
    made = render(request)
    write_whole(out, made.pdf)
    answer: dict[str, object] = {
        "file": str(out),
        "pages": made.pages,
        "sha256": made.sha256,
        "template": made.template,
        "version": made.version,
    }
    if made.missing_glyphs:
        answer["missing_glyphs"] = list(made.missing_glyphs)
    return answer


def write_whole(out: Path, content: bytes) -> None:
    """Put `content` at `out` in one step: readers see the old file or the new one, never a part."""
    try:
        handle, name = tempfile.mkstemp(prefix=".letter-", suffix=".part", dir=out.parent)
    except OSError as error:
        raise not_written(out, error) from error
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(out)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise not_written(out, error) from error


def not_written(out: Path, error: OSError) -> NotWritten:
    """What is said of a file that could not be put at `out`."""
    return NotWritten(
        msg(
            "{file} could not be written: {problem}. Nothing was changed; choose another folder.",
            file=str(out),
            problem=error.strerror or type(error).__name__,
        ),
        field="out",
    )
