"""The queue: the best next case on top, with the reason."""
