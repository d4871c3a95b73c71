"""What stops a whole import. Each leaves the database as it was."""

from __future__ import annotations

from workstation.domain.errors import InputError


class UnreadableFileError(InputError):
    """The file as a whole cannot be read; nothing was changed."""

    code = "unreadable_file"


class ImportCancelled(InputError):  # asked for by the person, no fault
    code = "cancelled"
