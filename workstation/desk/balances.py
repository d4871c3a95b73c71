"""What is owed on a day: the bank's newest snapshot less later payments, projected with the book's rate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from local_db.queries import AccountRow, CaseFile
from workstation.domain.money import Balance


@dataclass(frozen=True, slots=True)
class Owed:
    """Balances in minor units of the book's currency. `as_of` is the bank's oldest snapshot that was used."""

    by_account: tuple[tuple[AccountRow, Balance], ...]
    total: Balance
    days_past_due: int
    as_of: date | None
