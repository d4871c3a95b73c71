"""A sentence kept for later says the same afterwards, whatever its fields hold."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal

from workstation.desk.message_text import packed, unpacked
from workstation.domain.message import Label, Money, Percent, msg, nmsg


def test_every_kind_of_field_comes_back_as_it_was() -> None:
    inner = msg("due {day}", day=date(2026, 11, 30))
    sentence = nmsg(
        "{n} case: {a} {b} {c} {d} {e} {f}",
        "{n} cases: {a} {b} {c} {d} {e} {f}",
        3,
        a=Money(4128000, "CNY"),
        b=Label("stage", "M2"),
        c=Percent(Decimal("0.0459")),
        d=datetime(2026, 11, 30, 10, 24, tzinfo=UTC),
        e=Decimal("1.50"),
        f=inner,
    )
    again = unpacked(json.loads(json.dumps(packed(sentence))))
    assert again == sentence
    assert again.plain() == sentence.plain()
