"""What a telephone system has to do for the desk. docs/telephony.md says how to write another adapter."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol

from workstation.domain.errors import WorkstationError
from workstation.domain.message import msg

State = Literal["ringing", "answered", "ended"]

E164 = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)  # ITU-T E.164: country code and at most fifteen digits
_ID = re.compile(r"[0-9A-Za-z-]{1,64}", re.ASCII)
_EXTENSION = re.compile(r"[0-9A-Za-z._-]{0,32}", re.ASCII)


class DiallingFailed(WorkstationError):
    """The call was not begun, in a sentence that says what to do; never with a number in it.

    `unsure`: nobody answered whether it was begun. The same call may then be dialled once more under the same id.
    """

    code = "dialling_failed"
    unsure = False


class DiallingUnsure(DiallingFailed):
    code = "dialling_unsure"
    unsure = True


@dataclass(frozen=True, slots=True)
class Call:
    """One call to be made. `id` is its own for ever: dialled twice under it, a telephone rings once."""

    id: str
    number: str = field(repr=False)  # E.164; never in a log, a title, an error
    extension: str = ""  # of the person who calls: the telephone that rings first

    def __post_init__(self) -> None:
        if not (_ID.fullmatch(self.id) and E164.fullmatch(self.number)):
            raise DiallingFailed(msg("This is not a telephone number; nothing was dialled."), code="dialling_number")
        checked_extension(self.extension)


@dataclass(frozen=True, slots=True)
class Moment:
    """A call came into `state`, `ago` seconds before it was told."""

    state: State
    ago: float = 0.0


Tell = Callable[[Moment], None]


class Adapter(Protocol):
    """A way to a telephone. Every method may raise `DiallingFailed` or a `KeyringProblem`."""

    @property
    def at_once(self) -> bool:
        """True: `dial` returns at once, is called in the window's thread, and nobody tells how the call goes on.

        False: every method is called in a worker thread, and `follow` tells.
        """

    def dial(self, call: Call) -> None:
        """Have the call made. Returns as soon as it is certain to be, not when it rings or is answered."""

    def hang_up(self, call: Call) -> None:
        """End the call; nothing happens when it has ended already."""

    def follow(self, call: Call, tell: Tell, stop: threading.Event) -> None:
        """Tell each new state, in order and once, until the call has ended, `stop` is set or nothing more is heard."""

    def test(self, extension: str) -> None:
        """Ask everything that dialling would, and dial nothing."""


def checked_extension(extension: str) -> str:
    """`extension`, or `DiallingFailed` for what could mean something else to a telephone system."""
    if _EXTENSION.fullmatch(extension) is None:
        raise DiallingFailed(
            msg("An extension has letters, digits, dots and dashes only, 32 at most."), field="extension"
        )
    return extension
