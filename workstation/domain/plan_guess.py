"""About where the unknown of a plan lies, as if nothing were rounded: an exact search begins there."""

from __future__ import annotations

from workstation.domain.plan_terms import Terms

HALVINGS = 25  # of a rate: beyond the six decimals it is found to


def amount_near(terms: Terms, count: int) -> int:
    """The amount, or the first one, with which `count` instalments pay the base."""
    interest = _interest(terms)
    without, with_base = _worth(terms, count, 0, interest), _worth(terms, count, terms.base, interest)
    amount = terms.base * (terms.base - without) / (with_base - without)
    return int(max(amount, terms.base * interest))  # however large later steps are, the first one covers its interest


def surplus_near(terms: Terms, count: int) -> int:
    """How much of the base `count` instalments of the terms' amount do not pay; negative when they pay more."""
    return int(terms.base - _worth(terms, count, terms.amount or 0, _interest(terms)))


def rate_share_near(terms: Terms, count: int) -> float:
    """The share of the terms' rate at which `count` instalments of the terms' amount pay the base."""
    low, high = 0.0, min(1.0, (terms.amount or 0) / (terms.base * _interest(terms)))
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if _worth(terms, count, terms.amount or 0, middle * _interest(terms)) < terms.base:
            high = middle
        else:
            low = middle
    return low


def _interest(terms: Terms) -> float:
    return terms.rate.numerator / terms.rate.denominator


def _worth(terms: Terms, count: int, amount: int, interest: float) -> float:
    """The base that instalments of `amount`, or beginning with it, pay at an interest of one period."""
    if terms.method == "equal_principal":
        return amount / (1 / (count + interest) + interest)  # the last one may be as large as the one before it
    discount, step = 1 / (1 + interest), terms.step
    if step is None:
        last = terms.balloon or 0
        regular = count - 1 if last else count
        level = (1 - discount**regular) / interest if interest else regular
        return amount * level + last * discount**count
    growth = 1.0 if step.percent is None else 1 + float(step.percent) / 100
    worth, factor, added = 0.0, 1.0, 0
    for k in range(count):
        if k and k % step.every == 0:
            factor, added = factor * growth, added + (step.amount or 0)
        worth += (amount * factor + added) * discount ** (k + 1)
    return worth
