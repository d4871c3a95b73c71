"""Records go in batches that grow with the line: a cut costs one small batch, a good line few commits."""

from __future__ import annotations

import pytest

from tests.sync.conftest import SeatMaker
from workstation.sync import push


def test_the_first_batch_is_small_and_the_next_ones_as_the_line_carries(
    book: list[str], seat_of: SeatMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = seat_of("li.na")
    desk.sync()
    for n in range(120):
        desk.write(book[n % len(book)], f"note {n}")
    sent: list[int] = []
    send = push._send

    def counted(conn, rows):  # type: ignore[no-untyped-def]
        sent.append(len(rows))
        return send(conn, rows)

    monkeypatch.setattr(push, "_send", counted)
    monkeypatch.setattr(push, "_QUICK_SECONDS", 60.0)
    assert desk.sync().pushed == 120
    assert sent == [20, 80, 20]
    monkeypatch.setattr(push, "_QUICK_SECONDS", 0.0)
    for n in range(120):
        desk.write(book[n % len(book)], f"again {n}")
    assert desk.sync().pushed == 120
    assert sent[3:] == [20] * 6, "on a slow line they stay small"
