"""The columns of the lists of indicators, of the cases behind one, and of people's scorecards."""

from __future__ import annotations

from collections.abc import Callable

from ui.indicators import words
from ui.indicators.cards import Person, Row
from ui.look import _L, Look
from ui.models.rows import Column
from workstation.desk.indicators import CaseFigure
from workstation.domain.indicators import DEFINITIONS

# On a person's scorecard: recovery, quality, contact and conduct together, or it would be a ranking by money.
PERSONAL = ("recovery_rate", "success_rate", "kept_rate", "right_party_rate", "coverage", "complaint_rate",
            "overridden_rate")  # fmt: skip
Text = Callable[[], str]  # what it is by the time it is shown


def all_columns(look: Look, currency: Text) -> list[Column[Row]]:
    def made_of(row: Row) -> str:
        if not row.now.pair.denominator or row.now.definition.id == "weighted_dpd":  # days times money tell nobody
            return ""
        return words.parts(look, row.now.pair, currency(), row.now.definition.money)

    return [
        Column[Row](_L("Indicator"), lambda row: look.tr(words.NAMES[row.now.definition.id]), stretch=True),
        Column[Row](_L("Value"), lambda row: words.figure(look, row.now, currency()), right=True),
        Column[Row](_L("Before"), lambda row: words.figure(look, row.before, currency()), right=True),
        Column[Row](_L("Change"), lambda row: words.change(look, row.now, row.before, currency())[0], right=True),
        Column[Row](_L("Made of"), made_of, right=True),
    ]


def case_columns(look: Look, currency: Text, chosen: Text) -> list[Column[CaseFigure]]:
    return [
        Column[CaseFigure](_L("Case"), lambda row: row.number),
        Column[CaseFigure](_L("Name"), lambda row: row.name, stretch=True),
        Column[CaseFigure](_L("With"), lambda row: row.holder or "—"),
        Column[CaseFigure](
            _L("Its share"),
            lambda row: words.parts(look, row.pair, currency(), DEFINITIONS[chosen()].money),
            right=True,
        ),
    ]


def person_columns(look: Look, currency: Text) -> list[Column[Person]]:
    def of(name: str) -> Callable[[Person], str]:
        return lambda person: words.figure(look, person.card.figures[name], currency())

    return [
        Column[Person](_L("Name"), lambda person: person.name, stretch=True),
        *(Column[Person](words.NAMES[name], of(name), right=True, narrow=True) for name in PERSONAL),
    ]
