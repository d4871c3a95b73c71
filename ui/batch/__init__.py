"""Letters for many cases: which, what would be refused, made in the pool, and what came of it."""
