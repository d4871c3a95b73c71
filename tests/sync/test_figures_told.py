"""What the centre tells of the indicators, read by a seat: the sums of the domain, by person, with the cases behind."""

from __future__ import annotations

import uuid
from collections import defaultdict
from datetime import timedelta
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest

from tests.central.random_books import RandomBook
from tests.central.test_figures_equal import PERIODS, TODAY, expected
from workstation.central.loading import load
from workstation.desk.central_indicators import CentralIndicators
from workstation.desk.demo.past import as_row
from workstation.domain.indicators import DEFINITIONS, total
from workstation.sync import figures
from workstation.sync.link import CentreTooOld

PERIOD = PERIODS[1]


@pytest.fixture(scope="module")
def book(central_of_module: Any) -> RandomBook:
    people = [central_of_module.people[login] for login in ("li.na", "wang.wei", "chen.jie")]
    devices = [str(uuid.UUID(int=n + 1)) for n in range(3)]
    made = RandomBook(Random(11), people, devices, 30)
    with central_of_module.connect() as conn:
        for device, person in zip(devices, people, strict=True):
            conn.execute("INSERT INTO device (id, person_id, name) VALUES (%s, %s, 'seat')", [device, person])
        load(conn, made.master())
        load(conn, {"payment": made.payments(), "case_event": [as_row(e) for c in made.cases for e in c.events]})
    return made


@pytest.mark.parametrize("whose", [None, "li.na"])
def test_the_desk_has_the_domain_s_figures_and_the_very_cases(
    central_of_module: Any, book: RandomBook, whose: str | None
) -> None:
    people = None if whose is None else {central_of_module.people[whose]}
    seat = SimpleNamespace(
        person=SimpleNamespace(role="auditor"),
        clock=SimpleNamespace(today=lambda: TODAY + timedelta(days=40)),
        masks=SimpleNamespace(name=lambda name: name[0]),
    )
    desk = CentralIndicators(seat, lambda: central_of_module.connect("audit"))  # type: ignore[arg-type]
    assert desk.usual
    card = desk.scorecard(PERIOD, people)
    with central_of_module.connect() as conn:
        [(today,)] = conn.execute("SELECT app.figure_today()").fetchall()
    shares = expected(book, PERIOD, people, max(today, PERIOD.last))
    assert {name: figure.pair for name, figure in card.figures.items()} == total(
        share.pairs for share in shares.values()
    )
    hours: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    rolls: dict[tuple[str, str], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for share in shares.values():
        for hour, (tried, met) in share.hours.items():
            hours[hour] = (hours[hour][0] + tried, hours[hour][1] + met)
        if share.rolled is not None:
            cell = share.rolled.before, share.rolled.after
            rolls[cell] = (rolls[cell][0] + 1, rolls[cell][1] + share.rolled.amount)
    assert (card.hours, card.rolls) == (hours, rolls)
    for name in DEFINITIONS:
        behind = {case: share.pairs[name] for case, share in shares.items() if name in share.pairs}
        rows = desk.cases(name, PERIOD, people)
        assert {row.case_id: row.pair for row in rows} == behind
        assert card.figures[name].count == len(behind)
        assert [row.pair.numerator for row in rows] == sorted((row.pair.numerator for row in rows), reverse=True)
        assert all(row.name == "张" for row in rows)
    assert [period.last for period, _ in desk.trend(PERIOD, 3, people)][-1] == PERIOD.last


def test_an_older_centre_says_so(central_of_module: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with central_of_module.connect("audit") as conn:
        monkeypatch.setattr(figures, "TELLS_FIGURES", "9999")
        with pytest.raises(CentreTooOld):
            figures.figures(conn, PERIOD, None)
