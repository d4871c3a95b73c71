"""Locking the workstation: the screen that lies over it, when it comes by itself, choosing a PIN."""
