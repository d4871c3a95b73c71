"""A report of a day or a week handed in at the centre, and those that others have handed in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

import msgspec
import psycopg

from workstation.domain.message import msg
from workstation.sync.link import REPORTS, CentreTooOld, sensible, typed


@dataclass(frozen=True, slots=True)
class HandedIn:
    """`figures` by the names of `day_close.FIGURES`."""

    id: str
    person: str
    first_day: date
    words: str
    figures: dict[str, int]
    at: datetime


def hand_in(
    link: psycopg.Connection[Any], report: str, span: str, first_day: date, words: str, figures: Mapping[str, int]
) -> datetime:
    """When it came; the same once more is the same. Raises `CentralRefusedError` and `CentreTooOld`."""
    query = "SELECT app.hand_in_report(%s, %s, %s, %s, %s::json)"
    try:
        with link.transaction():
            _new_enough(link)
            [(at,)] = link.execute(query, [report, span, first_day, words, json.dumps(dict(figures))]).fetchall()
    except psycopg.Error as error:
        raise typed(error) from error
    found: datetime = at
    return found


def handed_in(link: psycopg.Connection[Any], span: str, first: date, last: date) -> list[HandedIn]:
    """Reports that begin in these days, the newest first, of whom one may read. Raises as `hand_in`."""
    query = "SELECT id::text, person, first_day, words, figures, handed_in_at FROM app.reports_handed_in(%s, %s, %s)"
    try:
        with link.transaction():
            _new_enough(link)
            rows = link.execute(query, [span, first, last]).fetchall()
    except psycopg.Error as error:
        raise typed(error) from error
    names = [one.name for one in fields(HandedIn)]
    with sensible():
        return [msgspec.convert(dict(zip(names, row, strict=True)), HandedIn) for row in rows]


def _new_enough(link: psycopg.Connection[Any]) -> None:
    row = link.execute("SELECT schema_version FROM central_meta").fetchone()
    version = "" if row is None else str(row[0])
    if version < REPORTS:
        raise CentreTooOld(
            msg(
                "The centre has schema {theirs}; reports are handed in from {ours} on. The administrator has to "
                "upgrade it (workstation central migrate). Your words are kept here.",
                theirs=version,
                ours=REPORTS,
            )
        )
