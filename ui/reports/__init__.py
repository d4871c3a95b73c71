"""The reports of a day and of a week."""
