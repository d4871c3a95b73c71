"""What would work in the place of what has no plan: the nearest terms, tried, and how they are said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date

from workstation.domain.message import Label, Message, Money, msg, nmsg
from workstation.domain.money import to_minor, to_text
from workstation.domain.plan_methods import CannotPay, PeriodRate, smallest
from workstation.domain.plan_terms import Terms, parts_of

CHANGES_TRIED = 4


def nearest_terms(terms: Terms, fault: CannotPay) -> Terms | None:
    """The nearest terms that have parts: one thing is changed where that is enough, else what it calls for as well."""
    for _ in range(CHANGES_TRIED):
        changed = _changed(terms, fault)
        if changed == terms:
            return None
        try:
            parts_of(changed)
        except CannotPay as again:
            terms, fault = changed, again
        else:
            return changed
    return None


def changes(asked: Terms, works: Terms | None) -> dict[str, object]:
    """What is to be changed to get the terms that work, as fields of the JSON form."""
    if works is None:
        return {}
    found: dict[str, object] = {}
    if works.balloon is not None and works.balloon != asked.balloon:
        found["balloon"] = to_text(works.balloon, works.currency)
    if works.count is not None and works.count != asked.count:
        found["instalments"] = works.count
    if works.amount is not None and works.amount != asked.amount:
        found["instalment_amount"] = to_text(works.amount, works.currency)
    return found


def advised(why: Message, nearest: Mapping[str, object], currency: str) -> Message:
    """Why there is no plan, and what would be one."""
    if not nearest:
        return why
    if len(nearest) > 1:
        return msg("{why} The nearest that works is {nearest}.", why=why, nearest=together(nearest, currency))
    (value,) = nearest.values()
    near = Money(to_minor(value, currency), currency) if isinstance(value, str) else value
    return msg("{why} The nearest that works is {nearest}.", why=why, nearest=near)


def together(nearest: Mapping[str, object], currency: str) -> Message:
    """Changes that work together, in words."""
    first, *rest = [_said(field, value, currency) for field, value in nearest.items()]
    return _joined(first, rest)


def _joined(first: Message, rest: Iterable[Message]) -> Message:
    for other in rest:
        first = msg("{one} and {other}", one=first, other=other)
    return first


def _said(field: str, value: object, currency: str) -> Message:
    text = str(value)
    if field == "instalments":
        return nmsg("{n} instalment", "{n} instalments", int(text))
    if field == "last_due":
        return msg("a last due date of {day}", day=date.fromisoformat(text))
    if field == "method":
        return msg("the method {method}", method=Label("plan_method", text))
    amount = Money(to_minor(text, currency), currency)
    if field == "balloon":
        return msg("a last instalment of {amount}", amount=amount)
    return msg("{amount} at a time", amount=amount)


def custom_that_pays(base: int, rate: PeriodRate, amounts: Iterable[int]) -> list[int]:
    """The amounts, none below its interest, the last of them what is left then: it pays the base exactly."""
    wanted, left = list(amounts), base
    for k, amount in enumerate(wanted):
        interest = rate.on(left)
        if amount >= left + interest or k == len(wanted) - 1:
            return [*wanted[:k], left + interest]
        wanted[k] = max(amount, interest)
        left += interest - wanted[k]
    return []


def _changed(terms: Terms, fault: CannotPay) -> Terms:
    """The terms with what is at fault changed; the same when nothing helps."""
    if fault.problem == "balloon_gap":
        return replace(terms, balloon=fault.due)
    if fault.problem == "balloon":
        return _smaller_balloon(terms)
    if terms.count is not None:
        return replace(terms, count=_nearest_count(terms, terms.count) or min(terms.count, terms.most))
    amount = _nearest_amount(terms)
    return terms if amount is None else replace(terms, amount=amount)


def _smaller_balloon(terms: Terms) -> Terms:
    last = _largest_balloon(terms)
    if last is None and terms.base > 1:
        # None does with this number or amount: the largest that leaves those before it something to pay.
        last = terms.base - 1 + terms.rate.on(terms.base - 1)
    return terms if last is None else replace(terms, balloon=last)


def _works(terms: Terms) -> bool:
    try:
        parts_of(terms)
    except CannotPay:
        return False
    return True


def _nearest_count(terms: Terms, count: int) -> int | None:
    fewest, highest = 2 if terms.balloon is not None else 1, min(count - 1, terms.most)
    if terms.step is not None:
        # Each takes a search of its own, and what fails with steps fails with more of them.
        fewer = _least(0, highest - fewest, lambda by: _works(replace(terms, count=highest - by)))
        return None if fewer is None else highest - fewer
    tried = range(highest, fewest - 1, -1)
    return next((n for n in tried if _works(replace(terms, count=n))), None)


def _nearest_amount(terms: Terms) -> int | None:
    """The smallest instalment that works: a larger one always does when a smaller one does."""
    return _least(1, terms.base + terms.rate.on(terms.base), lambda n: _works(replace(terms, amount=n)))


def _largest_balloon(terms: Terms) -> int | None:
    asked = terms.balloon or 0

    def lowered(by: int) -> bool:
        # A last instalment that rounding cannot hit stands for the one below it.
        last = terms.rate.base_for(asked - by)
        return _works(replace(terms, balloon=last + terms.rate.on(last)))

    by = _least(0, asked - 1, lowered)
    if by is None:
        return None
    last = terms.rate.base_for(asked - by)
    return last + terms.rate.on(last)


def _least(low: int, high: int, works: Callable[[int], bool]) -> int | None:
    return smallest(low, high, works) if high >= low and works(high) else None
