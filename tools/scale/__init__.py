"""Trials of the centre past one machine: a book of a million cases, two thousand seats, a pool, a failover."""
