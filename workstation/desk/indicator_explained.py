"""How an indicator was made, in sentences: its definition, what was divided by what, of how many cases, as of when."""

from __future__ import annotations

from workstation.desk.indicator_words import NAMES, parts
from workstation.desk.indicators import Figure, Scorecard
from workstation.domain.indicators import PLACES
from workstation.domain.message import Message, msg, nmsg
from workstation.i18n import Translator


def explained(say: Translator, card: Scorecard, name: str, currency: str) -> list[Message]:
    """Of a figure of this scorecard. The cases themselves stand in the list beside it."""
    now, before = card.figures[name], card.before[name]
    found = [
        now.definition.text,
        msg("Counted from {first} to {last}.", first=card.period.first, last=card.period.last),
    ]
    if now.value is None:
        found.append(msg("There is nothing to divide by, so there is no figure."))
    elif name == "weighted_dpd":
        found.append(msg("The days of each case times its amount, added up and divided by all amounts."))
    else:
        found.append(msg("{parts}, rounded half up.", parts=_parts(say, now, currency)))
    if now.value is not None and now.definition.unit == "per_thousand":
        found.append(msg("Times 1,000, with {n} decimals.", n=PLACES["per_thousand"]))
    found.append(nmsg("{n} case bears on it.", "{n} cases bear on it.", now.count))
    if before.value is not None and name != "weighted_dpd":
        found.append(msg("In as many days before: {parts}.", parts=_parts(say, before, currency)))
    if card.central:
        found.append(msg("Counted at the centre, of every case you may see there."))
    found.append(
        msg("Nothing was synchronised yet: only what was recorded here is counted.")
        if card.as_of is None
        else msg("What is known here since {moment} is not in it.", moment=card.as_of)
        if card.central
        else msg("Records of others up to {moment} are in it, and everything recorded here.", moment=card.as_of)
    )
    return found


def title(name: str) -> Message:
    return NAMES[name]


def _parts(say: Translator, figure: Figure, currency: str) -> str:
    return parts(say, figure.pair, currency, figure.definition.money)
