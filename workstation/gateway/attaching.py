"""The letter that goes with an e-mail: made again from its record, and sent only if its hash is the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

import msgspec

from letters.render import render
from workstation.domain.errors import WorkstationError
from workstation.gateway.centre import Wanted
from workstation.gateway.outgoing import Attachment, Outgoing, Refused

NAME = "letter.pdf"  # nothing of whom or what it is about


class Letters(Protocol):
    def letter(self, message: Outgoing) -> Wanted | None:
        """The letter on record that goes with the message."""


def with_letter(message: Outgoing, centre: Letters) -> Outgoing:
    """The message with its letter attached; as it is where none goes with it.

    Raises `Refused` when the letter is not on record, was taken back, or comes out with other bytes: without its
    letter the message would say what is not so.
    """
    try:
        wanted = centre.letter(message)
    except msgspec.ValidationError:
        raise Refused("letter_differs") from None
    if wanted is None:
        return message
    if wanted.missing:
        raise Refused("letter_missing")
    try:
        made = render(wanted.context, wanted.version)
    except WorkstationError as error:  # a template or a field of a newer version
        raise Refused("letter_differs") from error
    if made.sha256 != wanted.sha256:
        raise Refused("letter_differs")
    return replace(message, attachment=Attachment(NAME, made.pdf))
