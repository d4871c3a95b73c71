"""What a synchronisation is doing just now, for whoever watches it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Phase = Literal["connecting", "sending", "receiving", "applying", "attachments"]


@dataclass(frozen=True, slots=True)
class Doing:
    """`done` and `total` count events when sending, tables when receiving and photos; a `total` of 0 is not known."""

    phase: Phase
    done: int = 0
    total: int = 0


def untold(doing: Doing) -> None:
    """Nobody watches."""
