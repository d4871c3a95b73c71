"""The debt collector's workstation: rules of the trade, desk, sync and central database."""

__version__ = "0.1.0"
