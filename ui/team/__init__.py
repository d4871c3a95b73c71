"""The team lead's page: who holds how much, how they stand, and what is to be decided."""
