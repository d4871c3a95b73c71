"""The rules of the trade: pure functions over values. No Qt, SQL, clock or network."""
