"""One module per step of the schema, in order; a step once released is never edited."""
