"""A demonstration's book and its past: everything in it is made up, the same at every run."""

from workstation.desk.demo.book import Rows, demo_book
from workstation.desk.demo.past import load_past, worked_rows

__all__ = ["Rows", "demo_book", "load_past", "worked_rows"]
