"""SMS and e-mail."""
