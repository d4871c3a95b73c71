"""Language, theme and text size: changed at once, kept on this device."""
