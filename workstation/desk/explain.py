"""How a figure was made: the bank's balance, the interest since, the payments since, and the rules that did it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from local_db.queries import CaseFile
from workstation.desk.carrying import Carried, Stretch, Taken
from workstation.desk.history_views import Calculation, Part, Section, Step
from workstation.desk.rules import rules_for_figures
from workstation.desk.standing import AccountOwed, Owed
from workstation.domain.message import Label, Message, Money, msg, nmsg
from workstation.domain.money import COMPONENTS, Balance, Component

CHARGES: tuple[Component, ...] = ("penalty", "fees", "costs")


def explain(
    file: CaseFile,
    owed: Owed | AccountOwed,
    components: Sequence[Component],
    title: Message,
    today: date,
    now: datetime,
) -> Calculation:
    """The figure of `today` made of these components, of one account or of all; its lines add up to it exactly."""
    accounts = owed.accounts if isinstance(owed, Owed) else (owed,)
    sections = tuple(_section(account, components, file.book.currency, file.book.daily_rate) for account in accounts)
    return Calculation(
        title=title,
        sections=sections,
        total=Money(sum(section.total.minor for section in sections), file.book.currency),
        rules=tuple(_rules(file, accounts, components)),
        as_of=msg("As at {moment} on {day}.", moment=now, day=today),
    )


def _section(account: AccountOwed, components: Sequence[Component], currency: str, rate: str) -> Section:
    carried = account.carried

    def share(balance: Balance) -> Money:
        return Money(sum(balance.part(name) for name in components), currency)

    steps = [
        Step(
            msg("The bank's balance of {day}", day=carried.snapshot.as_of),
            share(carried.snapshot.balance),
            _parts(carried.snapshot.balance, components, currency),
        )
    ]
    for step in carried.steps:
        if isinstance(step, Taken):
            steps.append(_taken(step, share(step.parts), components, currency))
        elif "interest" in components:
            steps.append(_interest(step, currency, rate))
    title = msg("Card …{tail}", tail=account.number[-4:])
    return Section(title, tuple(steps), share(carried.balance))


def _parts(balance: Balance, components: Sequence[Component], currency: str) -> tuple[Part, ...]:
    """What a sum is made of; nothing where it is one component alone."""
    if len(components) == 1:
        return ()
    return tuple(
        (Label("component", name), Money(balance.part(name), currency))
        for name in COMPONENTS
        if name in components and balance.part(name)
    )


def _interest(step: Stretch, currency: str, rate: str) -> Step:
    text = nmsg(
        "Interest {since} – {until}: {principal} × {rate} × {n} day",
        "Interest {since} – {until}: {principal} × {rate} × {n} days",
        step.days,
        since=step.since,
        until=step.until,
        principal=Money(step.principal, currency),
        rate=rate,
    )
    return Step(text, Money(step.interest, currency))


def _taken(step: Taken, share: Money, components: Sequence[Component], currency: str) -> Step:
    paid = Money(step.payment.amount, currency)
    text = msg("Payment of {day}: {amount}", day=step.payment.value_date, amount=paid)
    note: Message | None = None
    if not step.amount:
        note = msg("Taken back: it counts as never paid.")
    elif step.amount < step.payment.amount:
        note = msg("Partly taken back: {amount} counts.", amount=Money(step.amount, currency))
    elif step.left_over:
        note = msg("{amount} more than was owed.", amount=Money(step.left_over, currency))
    return Step(text, Money(-share.minor, currency), _parts(step.parts, components, currency), note)


def _rules(file: CaseFile, accounts: Iterable[AccountOwed], components: Sequence[Component]) -> Iterable[Message]:
    carried = [account.carried for account in accounts]
    pack = rules_for_figures(file.book.jurisdiction)
    if "interest" in components and _ran(carried):
        yield (
            msg(
                "Interest: on the principal, and from each statement day on unpaid interest; rounded half up for each "
                "line. Penalty and fees bear none. The rate is the book's."
            )
            if file.book.compound
            else msg(
                "Interest: principal × daily rate × days, rounded half up for each line. Penalty and fees bear none. "
                "The rate is the book's."
            )
        )
    if any(isinstance(step, Taken) for account in carried for step in account.steps):
        yield msg(
            "Payments in the order of {source} (rules {pack}).",
            source=pack.rules["payment_order"].source,
            pack=pack.name,
        )


def _ran(carried: Iterable[Carried]) -> bool:
    return any(isinstance(step, Stretch) for account in carried for step in account.steps)
