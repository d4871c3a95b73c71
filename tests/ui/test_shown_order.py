"""The order on the screen: kept to the last row whatever happens to the cases, taken whole when it is asked for."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from ui.queue.shown import URGENT, ShownOrder
from workstation.desk.views import QueueRow
from workstation.domain.message import Money, msg

Book = dict[str, float]  # case id → score
books = st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from([-2000.0, 10.0, 999.0, 1100.0]), max_size=8)


def row(case_id: str, score: float) -> QueueRow:
    return QueueRow(case_id, case_id, case_id, Money(1, "CNY"), "M1", 3, msg("x"), score, (), frozenset())


def queue(book: Book) -> list[QueueRow]:
    return sorted(
        (row(case_id, score) for case_id, score in book.items()), key=lambda made: (-made.score, made.case_id)
    )


def ids(rows: Iterable[QueueRow]) -> list[str]:
    return [made.case_id for made in rows]


@given(books, st.lists(books, min_size=1, max_size=5), st.sampled_from("abcdefgh"))
def test_no_row_moves_until_the_order_is_taken(first: Book, later: list[Book], current: str) -> None:
    now = first
    order = ShownOrder(lambda wanted: [row(case_id, now[case_id]) if case_id in now else None for case_id in wanted])
    taken = ids(order.take(queue(first)))
    assert (order.changed, order.urgent) == (False, ())
    for book in later:
        now = book
        fresh = queue(book)
        shown = order.keep(fresh, current)
        assert ids(shown) == taken
        for made in shown:
            assert made.gone == (made.case_id not in book)
            assert made.gone or made.score == book[made.case_id]
        assert order.changed == (ids(fresh) != taken)
        was_urgent = {case_id for case_id, score in first.items() if score >= URGENT}
        wanted = [made for made in ids(fresh) if book[made] >= URGENT and made not in was_urgent and made != current]
        assert ids(order.urgent) == wanted
    assert ids(order.take(queue(now))) == ids(queue(now))
    assert (order.changed, order.urgent) == (False, ())


@given(books, books)
def test_what_comes_back_is_as_it_is_now(first: Book, second: Book) -> None:
    now = first
    order = ShownOrder(lambda wanted: [row(case_id, now[case_id]) if case_id in now else None for case_id in wanted])
    order.take(queue(first))
    now = second
    order.keep(queue(second), "")
    now = first
    assert list(order.keep(queue(first), "")) == queue(first)
    assert not order.changed
