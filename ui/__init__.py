"""The window: Qt only. Paints what the desk prepares; no SQL, no rules."""
