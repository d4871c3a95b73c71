"""The strategy: its words on a case, and its editor with a dry run for those who lead."""
