"""A visit on record: who went and whom they met, how they behaved, what they saw, where and with what proof."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec

Answer = Literal["yes", "no", "not_applicable"]
VisitorRole = Literal["collector", "second", "legal", "lead"]
AddressIs = Literal["", "lives_here", "works_here", "moved_away", "unoccupied", "not_found"]
MOST_PHOTOS = 40  # of one visit
MOST_PEOPLE = 12

Sha256 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]


class VisitPart(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of a report's parts. As in a body, fields may be added with defaults, never changed or dropped."""


class Visitor(VisitPart, frozen=True):
    """One of the team. `person` is the id of somebody of the house; empty for anybody else."""

    name: str
    person: str = ""
    role: VisitorRole = "second"


class Met(VisitPart, frozen=True):
    """Somebody who was spoken to at the door."""

    who: Literal["debtor", "guarantor", "related", "unrelated", "unknown"]
    name: str = ""
    note: str = ""  # how they are related, in own words


class ConductAnswer(VisitPart, frozen=True):
    """Whether one rule of conduct was kept; `note` says why it was not."""

    check: str  # a key of the checklist
    answer: Answer
    note: str = ""


class Position(VisitPart, frozen=True):
    """Where the visit was, in degrees (WGS 84); `accuracy` in metres as whoever gave the position says."""

    latitude: Annotated[float, msgspec.Meta(ge=-90, le=90)]
    longitude: Annotated[float, msgspec.Meta(ge=-180, le=180)]
    source: Literal["typed", "device", "photo"]
    accuracy: Annotated[float, msgspec.Meta(ge=0, le=1_000_000)] | None = None
    at: datetime | None = None  # when it was taken


class Photo(VisitPart, frozen=True):
    """A photo by its hash; its bytes are an attachment of the case."""

    sha256: Sha256
    size: int  # bytes
    media: str
    width: int
    height: int
    caption: str = ""
    taken_at: datetime | None = None


class SignatureKept(VisitPart, frozen=True):
    """A signature drawn on the screen: the hash of its strokes, an attachment, and the letter that carries it."""

    sha256: Sha256
    at: datetime
    signer: str
    letter: str  # the id of the letter's event


Team = Annotated[tuple[Visitor, ...], msgspec.Meta(max_length=MOST_PEOPLE)]
People = Annotated[tuple[Met, ...], msgspec.Meta(max_length=MOST_PEOPLE)]
Photos = Annotated[tuple[Photo, ...], msgspec.Meta(max_length=MOST_PHOTOS)]
