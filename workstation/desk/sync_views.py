"""Prepared values of the synchronisation page, as in `workstation.desk.views`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from workstation.desk.views import Tone
from workstation.domain.message import Message


@dataclass(frozen=True, slots=True)
class RecordRow:
    """A record of one's own that is not at the centre yet; `reason` and `advice` when it was refused there."""

    id: str
    case_id: str
    at: datetime
    number: str
    name: str
    kind: Message
    reason: Message | None = None
    advice: Message | None = None


@dataclass(frozen=True, slots=True)
class DecidedRow:
    """What somebody else decided at the centre about a case of one's own."""

    case_id: str
    at: datetime
    text: Message
    name: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SyncLogRow:
    """One line of the log. `seconds` is left out when the line stands for several synchronisations."""

    began: datetime
    ended: datetime
    result: Message
    tone: Tone
    sent: int
    received: int
    cases_in: int
    cases_out: int
    seconds: float | None


@dataclass(frozen=True, slots=True)
class SyncHead:
    """The top of the synchronisation page: in one sentence how it stands, and what to do about it."""

    text: Message
    tone: Tone
    detail: Message | None = None
    advice: Message | None = None
    doing: Message | None = None
    done: int = 0
    total: int = 0  # 0: not known
    next_in: int | None = None  # seconds
    running: bool = False


@dataclass(frozen=True, slots=True)
class SyncLists:
    """The lists of the synchronisation page, newest first except what waits, which goes in this order."""

    waiting: tuple[RecordRow, ...]
    waiting_more: int
    refused: tuple[RecordRow, ...]
    decided: tuple[DecidedRow, ...]
    log: tuple[SyncLogRow, ...]
