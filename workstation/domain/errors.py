"""Typed errors that carry what the user needs: a stable code, the field and a message."""

from __future__ import annotations

from workstation.domain.message import Message, msg


class WorkstationError(Exception):
    """Base of every error shown to a user.

    `code` is stable and machine-readable, `message` is translatable, `field` names the
    input at fault when there is one.
    """

    code = "error"

    def __init__(self, message: Message | str, *, code: str | None = None, field: str | None = None) -> None:
        self.message = message if isinstance(message, Message) else msg(message)
        self.field = field
        if code is not None:
            self.code = code
        super().__init__(self.message.plain())


class InputError(WorkstationError):
    """A value given by a person or a file is not acceptable; `field` says which."""

    code = "bad_input"
