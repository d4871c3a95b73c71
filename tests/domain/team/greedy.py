"""The rule everybody thinks of first, to hold the rebalance against."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from workstation.domain.rebalance import Held, Holder, why_not


def greedy(held: Sequence[Held], holders: Sequence[Holder]) -> Counter[str]:
    """The largest case to whoever may have it and holds least."""
    loads: Counter[str] = Counter({holder.id: 0 for holder in holders})
    for row in sorted(held, key=lambda row: (-row.amount, row.case_id)):
        able = [holder.id for holder in holders if why_not(row, holder) is None]
        loads[min(able, key=lambda name: (loads[name], name))] += row.amount
    return loads
