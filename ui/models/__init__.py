"""Models over prepared rows: a column is an object, a list model holds values and hands them to its delegate."""
