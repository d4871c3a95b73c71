"""Letters beside the case: choose, word, preview, record, print."""
