"""Letters: a context in, a PDF out. Knows no database and no window; `render.render` is the door."""
