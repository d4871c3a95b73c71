"""The coaching page: contacts to review, a form to score them, the notes to a collector."""
