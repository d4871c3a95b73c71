"""A bank's files into the central database: read, mapped, checked; all of it or nothing, and safe to run twice."""

from workstation.desk.importing.mapping import Kind, load_mapping
from workstation.desk.importing.reading import RowError
from workstation.desk.importing.refusals import ImportCancelled, UnreadableFileError
from workstation.desk.importing.run import ImportResult, Preview, preview, run

__all__ = [
    "ImportCancelled",
    "ImportResult",
    "Kind",
    "Preview",
    "RowError",
    "UnreadableFileError",
    "load_mapping",
    "preview",
    "run",
]
