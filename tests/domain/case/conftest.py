"""A history written in few words: events of one case by time, kind and columns."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from workstation.domain.events import KINDS, Body, Contact, Event, Promise, encode_body

Writer = Callable[..., Event]
START = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)  # a Monday, 10:00 in Shanghai


class History:
    """Writes events of case `c1`; ids count up, `hours` after the start."""

    def __init__(self) -> None:
        self.count = 0

    def event(self, hours: float, body: Body, **columns: object) -> Event:
        self.count += 1
        return Event(
            id=f"e{self.count:04}",
            case_id="c1",
            kind=KINDS[type(body)],
            occurred_at=START + timedelta(hours=hours),
            author="chen",
            device="d1",
            body=encode_body(body),
            **columns,  # type: ignore[arg-type]  # the tests' own shorthand
        )

    def call(self, hours: float, outcome: str, *, point: str = "p1", **body: object) -> Event:
        fields = {"party": "debtor", **body}
        return self.event(hours, Contact(**fields), channel="call", contact_point=point, outcome=outcome)  # type: ignore[arg-type]

    def promise(self, hours: float, amount: int, due: date, answers: str | None = None, **body: object) -> Event:
        return self.event(hours, Promise(currency="CNY", **body), amount=amount, due_on=due, answers=answers)  # type: ignore[arg-type]


@pytest.fixture
def history() -> History:
    return History()
