"""Values into text: what a context offers to a template, and the template's sentences with the values in place.

A template is parsed before values are put in, so nothing in a value can be markup, a placeholder or a condition.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from letters.breaking import Span
from letters.context import Bank, Debtor, LetterContext, balance_of, minor_of
from letters.fonts import printable
from letters.language import Language
from letters.matter_values import matter_values
from workstation.domain.amount_words import amount_words
from workstation.domain.errors import InputError
from workstation.domain.message import msg
from workstation.domain.money import COMPONENTS, Balance

_TOKEN = re.compile(r"\{([\w.]+)\}|(\*\*)|(<<)|(>>)")


@dataclass(slots=True)
class Filling:
    """The values of one letter, and which of them the template wanted but did not find."""

    values: Mapping[str, str]
    missing: dict[str, None] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        return bool(self.values.get(name))

    def shown(self, conditions: Iterable[str]) -> bool:
        """All hold: `name` has a value, `not name` has none."""
        return all(
            not self.has(condition[4:]) if condition.startswith("not ") else self.has(condition)
            for condition in conditions
        )

    def spans(self, text: str) -> list[Span]:
        """The sentence with its values, in runs of one weight; a missing value is noted and left out."""
        found: list[Span] = []
        for optional, parts in _parsed(text):
            filled: list[Span] = []
            complete = True
            for name, span in parts:
                if not name:
                    filled.append(span)
                elif value := self.values.get(name, ""):
                    filled.append(Span(value, span.bold, span.fixed))
                elif optional:
                    complete = False
                else:
                    self.missing[name] = None
            if complete:
                found += filled
        return found


def is_fixed(name: str) -> bool:
    """Is this value the same in most letters of a batch?"""
    return name.startswith("bank.") or name in {"date", "pay_by"}


@lru_cache(maxsize=4096)
def _parsed(text: str) -> tuple[tuple[bool, tuple[tuple[str, Span], ...]], ...]:
    """The sentence in pieces, each with whether it is left out when a value in it is missing: texts, and names of
    values with the span that they are set in."""
    pieces: list[tuple[bool, list[tuple[str, Span]]]] = [(False, [])]
    strong, at = False, 0
    for token in _TOKEN.finditer(text):
        if token.start() > at:
            pieces[-1][1].append(("", Span(text[at : token.start()], strong, True)))
        at = token.end()
        name, star, opens, closes = token.groups()
        if name:
            pieces[-1][1].append((name, Span("", strong, is_fixed(name))))
        elif star:
            strong = not strong
        elif opens:
            pieces.append((True, []))
        elif closes and pieces[-1][0]:
            pieces.append((False, []))
    if at < len(text):
        pieces.append((False, [("", Span(text[at:], strong, True))]))
    return tuple((optional, tuple(parts)) for optional, parts in pieces)


def values_of(context: LetterContext, speech: Language, balances: Sequence[Balance]) -> dict[str, str]:
    """Everything a template may name; what is not given is an empty text.

    Amounts come as figures (`total`) and, in yuan, as 人民币大写 (`total_words`).
    """
    total = sum((balance.total for balance in balances), 0)
    tails = dict.fromkeys(printable(account.card_tail).strip() for account in context.accounts)
    starts = [account.first_unpaid_due for account in context.accounts if account.first_unpaid_due]
    found = {
        "date": speech.date(context.date) if context.date else "",
        "pay_by": speech.date(context.pay_by) if context.pay_by else "",
        "case_number": context.case_number,
        "currency": speech.currency.get(context.currency, context.currency),
        "cards": "" if "" in tails else speech.listed(list(tails)),
        "accounts": str(len(context.accounts)) if context.accounts and all(_given(context)) else "",
        "several_accounts": "yes" if len(context.accounts) > 1 else "",
        "since": speech.date(min(starts)) if starts else "",
        "total": speech.amount(total, context.currency) if context.accounts else "",
        "total_words": _in_words(total, context.currency),
        "free_paragraph": context.free_paragraph,
        **_of("debtor", context.debtor),
        **_of("bank", context.bank),
        **_plan_values(context, speech),
        **_budget_values(context, speech),
        **matter_values(context, speech, balances),
    }
    found = {name: printable(value).strip() if name != "free_paragraph" else value for name, value in found.items()}
    sex = context.debtor.sex or "unknown"
    found["debtor.courtesy"] = speech.courtesy[sex]
    if found["debtor.salutation"]:
        found["salutation"] = speech.salutation["given"].format(name=found["debtor.salutation"])
    elif found["debtor.name"]:
        found["salutation"] = speech.salutation[sex].format(name=found["debtor.name"])
    return found


def balances_of(context: LetterContext) -> list[Balance]:
    """Each account's balance in minor units; `InputError` for an amount that cannot be read."""
    return [
        balance_of(account.balance, f"accounts[{number}].balance", context.currency)
        for number, account in enumerate(context.accounts)
    ]


def _given(context: LetterContext) -> Iterable[bool]:
    return (account.balance is not None for account in context.accounts)


def _in_words(minor: int, currency: str) -> str:
    return amount_words(minor, currency) if currency == "CNY" else ""


def _of(prefix: str, part: Debtor | Bank) -> dict[str, str]:
    return {f"{prefix}.{name}": getattr(part, name) for name in part.__struct_fields__}


def _plan_values(context: LetterContext, speech: Language) -> dict[str, str]:
    plan = context.plan
    if plan is None:
        return {"plan": ""}
    currency = context.currency
    amounts = [minor_of(row.amount, currency, f"plan.schedule[{at}].amount") for at, row in enumerate(plan.schedule)]
    down = minor_of(plan.down_payment.amount, currency, "plan.down_payment.amount") if plan.down_payment else 0
    waived = minor_of(plan.waived or "0", currency, "plan.waived")
    if plan.frequency not in speech.frequency:
        raise InputError(
            msg("A plan is paid weekly, fortnightly or monthly, not {frequency}.", frequency=plan.frequency),
            field="plan.frequency",
        )
    paid = sum(amounts) + down
    rate = plan.annual_rate.rstrip("0").rstrip(".") if "." in plan.annual_rate else plan.annual_rate
    return {
        "plan": "yes",
        "plan.schedule": "yes" if plan.schedule else "",
        "plan.count": str(len(plan.schedule)) if plan.schedule else "",
        "plan.first_due": speech.date(plan.schedule[0].due) if plan.schedule else "",
        "plan.last_due": speech.date(plan.schedule[-1].due) if plan.schedule else "",
        "plan.method": speech.method.get(plan.method, ""),
        "plan.balloon": speech.amount(amounts[-1], currency) if plan.method == "balloon" and amounts else "",
        "plan.settlement": "yes" if plan.method == "settlement" else "",
        "plan.frequency": speech.frequency[plan.frequency],
        "plan.total": speech.amount(paid, currency) if plan.schedule else "",
        "plan.total_words": _in_words(paid, currency),
        "plan.instalments_total": speech.amount(sum(amounts), currency),
        "plan.rate": percent(plan.annual_rate) if rate not in {"", "0"} else "",
        "plan.waived": speech.amount(waived, currency) if waived else "",
        "plan.waived_words": _in_words(waived, currency) if waived else "",
        "plan.waived_parts": _waived_parts(context, speech),
        "plan.accrued": _amount_of(plan.accrued, context, speech, "plan.accrued"),
        "plan.several_accounts": "yes" if any(row.shares for row in plan.schedule) else "",
        "plan.as_of": speech.date(day) if (day := plan.as_of or context.date) else "",
        "plan.agreed_on": speech.date(plan.agreed_on) if plan.agreed_on else "",
        "plan.signed": "yes" if plan.consent == "signed" else "",
        "plan.recorded": "yes" if plan.consent == "recorded" else "",
        "plan.recording": plan.recording,
        "plan.down_payment": speech.amount(down, currency) if down else "",
        "plan.down_payment_due": speech.date(plan.down_payment.due)
        if plan.down_payment and plan.down_payment.due
        else "",
        "plan.payment_method": plan.payment_method,
        "plan.days_of_grace": str(plan.days_of_grace),
    }


def _waived_parts(context: LetterContext, speech: Language) -> str:
    """`Interest CNY 10.00, Late payment charge CNY 5.00`; empty when it is not known."""
    parts = context.plan.waived_parts if context.plan is not None else None
    if parts is None:
        return ""
    named = []
    for name in COMPONENTS:
        amount = _amount_of(getattr(parts, name), context, speech, f"plan.waived_parts.{name}")
        if amount:
            named.append(f"{speech.words[name]} {amount}")
    return speech.listed(named)


def _amount_of(text: str, context: LetterContext, speech: Language, field: str) -> str:
    """With its currency; nothing for nothing."""
    minor = minor_of(text or "0", context.currency, field)
    return speech.amount(minor, context.currency) if minor else ""


def _budget_values(context: LetterContext, speech: Language) -> dict[str, str]:
    budget = context.budget
    if budget is None:
        return {"budget": ""}

    def amount(text: str, field: str) -> str:
        return speech.amount(minor_of(text, context.currency, f"budget.{field}"), context.currency)

    short = budget.disposable.startswith("-")
    return {
        "budget": "yes",
        "budget.taken_on": speech.date(budget.taken_on),
        "budget.adults": str(budget.adults),
        "budget.children": str(budget.children) if budget.children else "",
        "budget.disposable": "" if short else amount(budget.disposable, "disposable"),
        "budget.short": amount(budget.disposable.lstrip("-"), "disposable") if short else "",
        "budget.safety_share": percent(budget.safety_share),
        "budget.margin": amount(budget.margin, "margin"),
        "budget.to_others": amount(budget.to_others, "to_others") if budget.creditors else "",
        "budget.available": amount(budget.available, "available"),
        "budget.note": budget.note,
    }


def percent(rate: str) -> str:
    """A decimal rate as a percentage without idle zeros: 0.0600 is 6%."""
    from decimal import Decimal, InvalidOperation

    try:
        value = (Decimal(rate) * 100).normalize()
    except InvalidOperation as error:
        raise InputError(msg("The plan's annual rate cannot be read."), field="plan.annual_rate") from error
    return f"{value:f}%"
