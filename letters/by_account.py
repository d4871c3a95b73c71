"""What of each payment goes to which account, in a plan over several of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from letters.context import AccountShare, LetterContext, Plan, minor_of
from letters.language import Language
from letters.tables import Carry, Column, Table

SIDE_BY_SIDE = 6  # accounts whose shares have a column each; of more only the sums are told


def shares_table(context: LetterContext, plan: Plan, speech: Language) -> Table:
    """Accounts in the order in which they are paid, the down payment before the instalments; no rows of one account."""
    words, currency = speech.words, context.currency
    payments = list(_payments(plan, speech))
    tails = list(dict.fromkeys(share.card_tail for _, _, _, shares in payments for share in shares))
    sums = dict.fromkeys(tails, 0)
    rows: list[list[str]] = []
    figures: list[list[int | None]] = []
    for number, day, field, shares in payments:
        parts = dict.fromkeys(tails, 0)
        for place, share in enumerate(shares):
            parts[share.card_tail] += minor_of(share.amount, currency, f"{field}.shares[{place}].amount")
        sums = {tail: sums[tail] + parts[tail] for tail in tails}
        rows.append([number, day, *(speech.number(parts[tail], currency) for tail in tails)])
        figures.append([None, None, *(parts[tail] for tail in tails)])
    if not tails:
        return Table([], [])
    if len(tails) > SIDE_BY_SIDE:
        columns = [Column(words["card"], "left"), Column(words["total"])]
        return Table(columns, [[tail, speech.number(sums[tail], currency)] for tail in tails])
    columns = [Column(words["instalment"], "left"), Column(words["due"], "left"), *map(Column, tails)]
    total = [words["total"], "", *(speech.number(sums[tail], currency) for tail in tails)]
    carry = Carry(figures, lambda minor: speech.number(minor, currency), words["carried"], words["brought"])
    return Table(columns, rows, total, carry=carry)


def _payments(plan: Plan, speech: Language) -> Iterator[tuple[str, str, str, Sequence[AccountShare]]]:
    """Each with how it is called, its day, its place in the context and its shares."""
    first = plan.down_payment
    if first is not None and first.shares:
        yield (
            speech.words["down_payment"],
            speech.date(first.due) if first.due else "",
            "plan.down_payment",
            first.shares,
        )
    for at, row in enumerate(plan.schedule):
        yield str(row.n), speech.date(row.due), f"plan.schedule[{at}]", row.shares
