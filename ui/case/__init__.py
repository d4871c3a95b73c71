"""The case in the middle of the window: header, figures, contact points, history."""
