"""The house's table of decisions as the central database holds everybody to it: put there with each migration."""

from __future__ import annotations

from typing import Any

import msgspec
import sqlalchemy as sa

from workstation.domain.decision_rules import DecisionRule, load
from workstation.domain.money import decimals

SINCE = "0015"  # the schema that has the table


def put(connection: sa.Connection) -> None:
    """The shipped table takes the place of what was there."""
    statement = sa.text(
        "INSERT INTO decision_rule (what, valid_days, four_eyes) VALUES (:what, :valid_days, CAST(:four_eyes AS json))"
        " ON CONFLICT (what) DO UPDATE SET valid_days = excluded.valid_days, four_eyes = excluded.four_eyes"
    )
    connection.execute(statement, [_row(rule) for rule in load().values()])


def _row(rule: DecisionRule) -> dict[str, Any]:
    from_where = {
        currency: {"from": least, "decimals": decimals(currency)} for currency, least in sorted(rule.four_eyes.items())
    }
    return {"what": rule.what, "valid_days": rule.valid_days, "four_eyes": msgspec.json.encode(from_where).decode()}
