"""Guidance: articles, model phrases, a word of help on each field."""
