"""One message on its way out, the ways it can go, and the four ways in which sending can end badly."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

from workstation.domain.errors import WorkstationError

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})  # the only hosts that are talked to without TLS
MOST_REFERENCE = 200
LETTERS = "letter"  # said beside the channels: this gateway attaches letters
_NOT_REFERENCE = re.compile(r"[^\x20-\x7e]")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A PDF that goes with an e-mail; its name says nothing of anybody."""

    name: str
    pdf: bytes


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A claimed message. `id` is its event's: a provider that sees it twice can tell that it is the same."""

    id: str
    channel: str
    address: str
    subject: str
    text: str
    attempt: int
    attachment: Attachment | None = None


class WayClosed(WorkstationError):
    """Nothing can be sent this way now and nothing was: not reached, not trusted, password refused, set up wrongly."""

    code = "way_closed"


class SendingProblem(Exception):
    """One message was not sent, or perhaps. `reason` is one word without personal data, for its result."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Refused(SendingProblem):
    """Not sent, and it would not be another time."""


class NotNow(SendingProblem):
    """Not sent for certain; it may be tried again."""


class Unsure(SendingProblem):
    """It was handed over and no answer came: it may have been sent. Never tried again."""


class Way(Protocol):
    """How messages of one channel leave. Used by one thread."""

    def ready(self) -> None:
        """Reach the provider and sign in, before a message is claimed. Raises `WayClosed`."""

    def send(self, message: Outgoing) -> str:
        """Hand it over; returns the provider's reference, or "". Raises `WayClosed` or a `SendingProblem`."""

    def became(self, message_id: str) -> str:
        """What became of a message that was sent: `delivered`, `failed`, or `sent` while nobody knows more.

        Raises `WayClosed`.
        """

    def close(self) -> None:
        """End the connection, if there is one."""


def reference(text: str) -> str:
    """A provider's reference as it may be kept: printable ASCII, not without end."""
    return _NOT_REFERENCE.sub("", text).strip()[:MOST_REFERENCE]
