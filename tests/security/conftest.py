"""Seats against a real centre, as the tests of the synchronisation have them."""

from tests.sync.conftest import book, seat_of

__all__ = ["book", "seat_of"]
