"""What a treatment asks for, and which conditions of its rule held, as sentences."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from workstation.domain.message import Label, Message, Money, msg, nmsg
from workstation.domain.money import decimals
from workstation.domain.strategy import (
    NO_OUTCOME,
    UNKNOWN,
    Condition,
    Flagged,
    OneOf,
    PlanOffer,
    StrategyFacts,
    StrategyRule,
    Treatment,
    Within,
)


def parts(treatment: Treatment) -> tuple[Message, ...]:
    """The treatment in a few words each: how, in what tone, with which letter and offer, who else, how long to wait."""
    return tuple(_parts(treatment))


def _parts(treatment: Treatment) -> Iterator[Message]:
    if treatment.channel == "none":
        yield msg("No collection contact")
    else:
        yield msg("{channel}", channel=Label("channel", treatment.channel))
        yield msg("{tone}", tone=Label("tone", treatment.tone))
    if treatment.visit is not None:
        yield msg("{team}", team=Label("visit_team", treatment.visit))
    if treatment.letter:
        yield msg("{letter}", letter=Label("letter", treatment.letter))
    offer = treatment.offer
    if isinstance(offer, PlanOffer):
        yield msg("plan of {least} to {most} months", least=offer.least, most=offer.most)
    elif offer is not None:
        yield msg("settlement, {least} to {most} % waived", least=_percent(offer.least), most=_percent(offer.most))
    if treatment.referral is not None:
        yield msg("{referral}", referral=Label("referral", treatment.referral))
    if treatment.wait:
        yield nmsg("wait {n} day", "wait {n} days", treatment.wait)


def held(rule: StrategyRule, facts: StrategyFacts) -> tuple[Message, ...]:
    """Each condition of the rule with what the case shows for it."""
    return tuple(_held(condition, facts) for condition in rule.conditions)


def _held(condition: Condition, facts: StrategyFacts) -> Message:
    match condition:
        case OneOf(fact):
            value = getattr(facts, fact)
            shown = Label("outcome" if fact == "last_outcome" else fact, value)
            return msg("{fact}: {value}", fact=Label("strategy_fact", fact), value=_known(value, shown))
        case Within():
            return msg(
                "{fact}: {value} ({range})",
                fact=Label("strategy_fact", condition.fact),
                value=_figure(condition, facts.amount(condition.fact), facts),
                range=_range(condition, facts),
            )
        case Flagged(flag, wanted):
            name = Label("strategy_flag", flag)
            return msg("{flag}", flag=name) if wanted else msg("not: {flag}", flag=name)


def _known(value: str, shown: Label) -> Label | Message:
    return msg("not known") if value == UNKNOWN else msg("none yet") if value == NO_OUTCOME else shown


def _range(asked: Within, facts: StrategyFacts) -> Message:
    least, most = (_figure(asked, bound, facts) for bound in (asked.least, asked.most))
    if asked.most is None:
        return msg("from {least}", least=least)
    if asked.least is None:
        return msg("up to {most}", most=most)
    return msg("{least} to {most}", least=least, most=most)


def _figure(asked: Within, figure: Decimal | int | None, facts: StrategyFacts) -> object:
    if asked.fact != "balance" or figure is None:
        return "—" if figure is None else figure
    currency = facts.balance.currency
    return Money(int(Decimal(figure).scaleb(decimals(currency))), currency)


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f}"
