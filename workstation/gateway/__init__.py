"""The gateway: sends what seats have queued, by mail and text message, at most once each. See docs/operations.md."""
