"""How a call reaches a telephone: one interface, and an adapter for each way. Knows no case, no rule and no window."""
