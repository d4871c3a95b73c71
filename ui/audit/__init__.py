"""The audit: who saw, changed, exported and printed what."""
