"""A visit's report as typed and as checked: what the panel shows, and what is kept as a draft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from workstation.desk.views import CallForm, Light, Reading
from workstation.domain.message import Message


@dataclass(slots=True)
class VisitorRow:
    """One of the team; `person` is the id of somebody of the house."""

    name: str = ""
    person: str = ""
    role: str = "second"


@dataclass(slots=True)
class PhotoRow:
    """A photo that was taken in. `place` is where its camera says it was, as one would type it: kept only if wanted."""

    sha256: str
    size: int
    media: str
    width: int
    height: int
    caption: str = ""
    taken_at: str = ""  # ISO
    place: str = ""
    accuracy: float | None = None


@dataclass(slots=True)
class SignatureRow:
    """A signature that was drawn: an attachment of the case that waits for the report."""

    sha256: str
    at: str  # ISO, when the pen was lifted
    signer: str


@dataclass(slots=True)
class VisitForm:
    """The report as typed; texts are the human entry, read by `visit.check`. `call` is what was said, as in a call."""

    outcome: str = ""
    call: CallForm = field(default_factory=CallForm)  # its outcome: what came of it
    arrived: str = ""
    left: str = ""
    team: list[VisitorRow] = field(default_factory=list)  # beside whoever writes
    met: str = ""  # somebody else than the debtor: a key of party
    met_name: str = ""
    conduct: dict[str, str] = field(default_factory=dict)  # by check
    conduct_note: str = ""
    address_is: str = ""
    address_note: str = ""
    assets: str = ""
    position: str = ""
    accuracy: str = ""  # metres
    position_source: str = "typed"
    position_at: str = ""  # ISO
    photos: list[PhotoRow] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)  # photos taken out again, until the report is recorded
    signature: SignatureRow | None = None
    stop: str = ""


@dataclass(frozen=True, slots=True)
class VisitCheck:
    """What `visit.check` says about a report as it stands."""

    readings: Mapping[str, Reading]
    missing: tuple[str, ...]
    errors: tuple[Message, ...]
    asks: tuple[str, ...]  # fields of the call's form that the outcome asks for
    results: tuple[str, ...]  # what may have come of it
    next_action: str
    next_due: date | None
    realism: tuple[Message, ...] = ()
    light: Light | None = None
