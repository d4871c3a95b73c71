"""The page of the indicators."""
