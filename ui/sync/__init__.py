"""The synchronisation page: how it stands, what waits, what was refused or decided elsewhere, and the log."""
