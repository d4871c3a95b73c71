"""Call notes: the structured form beside the case."""
