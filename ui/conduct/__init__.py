"""Contacts against the rules, for those who lead."""
