"""The frame of the window: rail, status bar, palette, and the screens inside."""
