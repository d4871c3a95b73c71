"""Visit dossiers on paper: numbers that no two devices give out twice, and where each paper is by what is on record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from workstation.domain.errors import InputError
from workstation.domain.events import DossierMark, Event, decode_body
from workstation.domain.message import msg

# Without 0, 1, I, L and O, which are read for one another. Thirty-one is prime: the last sign shows any one wrong sign
# and any two that changed places.
SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
RANDOM_SIGNS = 9
NUMBERS = len(SIGNS) ** RANDOM_SIGNS  # a thousand devices printing daily for a century: one chance in twenty of a pair
LONGEST_TYPED = 40

State = Literal["out", "expired", "returned", "lost"]
AWAY = frozenset({"out", "expired"})  # of the states: somebody has it


def number_of(seed: int) -> str:
    """`7KQF2-M9X4P` for a random seed below `NUMBERS`."""
    signs = []
    for _ in range(RANDOM_SIGNS):
        seed, place = divmod(seed, len(SIGNS))
        signs.append(place)
    return _written([*signs, _check(signs)])


def read_number(typed: str) -> str:
    """The number as it stands on the paper, however it was typed; `InputError` when it cannot be one."""
    text = "".join(sign for sign in typed[:LONGEST_TYPED].upper() if sign.isalnum())
    places = [SIGNS.find(sign) for sign in text]
    if len(places) != RANDOM_SIGNS + 1 or -1 in places or _check(places[:-1]) != places[-1]:
        raise InputError(
            msg("That is no number of a dossier: compare it with the paper, sign by sign."), field="number"
        )
    return _written(places)


def _check(places: list[int]) -> int:
    """The sign that makes the sum, each place times its position, a multiple of thirty-one."""
    total = sum(at * place for at, place in enumerate(places, 1))
    inverse = pow(RANDOM_SIGNS + 1, -1, len(SIGNS))
    return -total * inverse % len(SIGNS)


def _written(places: list[int]) -> str:
    text = "".join(SIGNS[place] for place in places)
    half = len(text) // 2
    return f"{text[:half]}-{text[half:]}"


@dataclass(frozen=True, slots=True)
class Paper:
    """One dossier. `cases` are those here that it was printed for; `mark` the record to be looked into, on `case`: its
    loss, else what says the state."""

    number: str
    state: State
    printed_at: datetime
    printed_by: str
    lent_to: tuple[str, ...]
    expires_on: date
    day: date | None
    stops: int
    pages: int
    cases: tuple[str, ...]
    mark: str
    case: str
    reason: str = ""
    ended_at: datetime | None = None
    was_lost: bool = False

    @property
    def away(self) -> bool:
        return self.state in AWAY

    def held_by(self, person: str) -> bool:
        """Did this person print it, or was it lent to them?"""
        return person == self.printed_by or person in self.lent_to


def papers(events: Iterable[Event], today: date) -> list[Paper]:
    """The dossiers that events of the kind `dossier` tell of, the newest first.

    A return or loss counts from the case on which the same number was printed; the latest of the two says the state.
    """
    printed: dict[str, list[tuple[Event, DossierMark]]] = {}
    later: dict[str, list[tuple[Event, DossierMark]]] = {}
    for event in sorted(events, key=lambda event: (event.corrected_at, event.id)):
        body = decode_body(event.kind, event.body)
        if isinstance(body, DossierMark):
            (printed if body.state == "printed" else later).setdefault(body.number, []).append((event, body))
    found = [_paper(number, marks, later.get(number, []), today) for number, marks in printed.items()]
    return sorted(found, key=lambda paper: (paper.printed_at, paper.number), reverse=True)


def _paper(
    number: str, marks: list[tuple[Event, DossierMark]], later: list[tuple[Event, DossierMark]], today: date
) -> Paper:
    first, body = marks[0]
    cases = tuple(dict.fromkeys(event.case_id for event, _ in marks))
    expires_on = body.expires_on or first.corrected_at.date()
    ends = [(event, mark) for event, mark in later if event.case_id in cases]
    said = next((pair for pair in ends if pair[1].state == "lost"), ends[-1] if ends else marks[0])
    state: State = "expired" if today > expires_on else "out"
    if ends and ends[-1][1].state != "printed":
        state = ends[-1][1].state
    return Paper(
        number=number,
        state=state,
        printed_at=first.corrected_at,
        printed_by=first.author,
        lent_to=body.lent_to,
        expires_on=expires_on,
        day=body.day,
        stops=body.stops,
        pages=body.pages,
        cases=cases,
        mark=said[0].id,
        case=said[0].case_id,
        reason=said[1].reason,
        ended_at=ends[-1][0].corrected_at if ends else None,
        was_lost=any(mark.state == "lost" for _, mark in ends),
    )
