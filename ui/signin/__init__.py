"""Signing in: server, login, password, and a clear word when it does not work."""
