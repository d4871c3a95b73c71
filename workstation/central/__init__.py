"""The central PostgreSQL: its schema and policies, administration, bulk loading and the embedded server of the demo."""
