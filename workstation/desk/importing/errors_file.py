"""The rows that could not be read, written beside the bank's file for whoever mends it."""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from workstation.desk.importing.reading import RowError
from workstation.domain.message import Message
from workstation.domain.spreadsheet import harmless
from workstation.settings import home


def write_errors(source: Path, errors: Sequence[RowError], say: Callable[[Message], str]) -> Path:
    """Write `NAME.errors.csv` whole or not at all; where the source's folder is closed to us, among our own data."""
    name = f"{source.stem}.errors.csv"
    try:
        return _written(source.with_name(name), errors, say)
    except OSError:
        folder = home() / "imports"
        folder.mkdir(parents=True, exist_ok=True)
        return _written(folder / name, errors, say)


def remove_errors(source: Path) -> None:
    """An earlier run's file is gone once the source has no errors left; one we cannot remove is left."""
    for folder in (source.parent, home() / "imports"):
        path = folder / f"{source.stem}.errors.csv"
        if path.is_file() and os.access(folder, os.W_OK):
            path.unlink(missing_ok=True)


def _written(path: Path, errors: Sequence[RowError], say: Callable[[Message], str]) -> Path:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # readable by its owner only
    partial = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["row", "column", "value", "reason"])
            for error in errors:
                writer.writerow([error.row, *map(harmless, (error.column, error.value, say(error.reason)))])
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return path
