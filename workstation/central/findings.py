"""What looking at the central database brought to light, as sentences for an administrator."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from workstation.domain.message import Message, nmsg

SHOWN = 20  # of one kind; the rest is counted

Connection = psycopg.Connection[Any]


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence; `bad`: something is to be done. Otherwise it only explains."""

    message: Message
    bad: bool = True


def each(rows: psycopg.Cursor[Any], text: Message, *names: str, **params: Message) -> Iterator[Finding]:
    yield from some(rows.fetchall(), text, names, params=params)


def some(
    rows: list[tuple[Any, ...]],
    text: Message,
    names: tuple[str, ...],
    *,
    bad: bool = True,
    params: Mapping[str, object] = {},
) -> Iterator[Finding]:
    """A sentence for each of the first rows, and how many more there are."""
    yield from shown([Message(text.text, {**dict(zip(names, row, strict=True)), **params}) for row in rows], bad=bad)


def shown(messages: Sequence[Message], *, bad: bool) -> Iterator[Finding]:
    """The first of a kind, and how many more there are."""
    for message in messages[:SHOWN]:
        yield Finding(message, bad)
    more = len(messages) - SHOWN
    if more > 0:
        yield Finding(nmsg("… and {n} more like it.", "… and {n} more like these.", more), bad)
