"""A letter's pages as pictures and on paper."""

from __future__ import annotations

from pathlib import Path

from pypdf import PdfReader
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QApplication

from letters.render import render
from tests.journeys.test_commands import LETTER
from ui.letter.pages import picture
from ui.letter.printing import send


def test_all_pages_stand_under_each_other(qapp: QApplication) -> None:
    made = render(LETTER)
    whole = picture(made.pdf, 400, 2.0)
    assert whole.width() == 800
    assert whole.height() > 800 * 1.41 * made.pages - 40
    seen = {whole.pixel(x, y) for x in range(0, 800, 7) for y in range(0, 1000, 5)}
    assert len(seen) > 20


def test_a_letter_prints_every_page_on_a_sheet(qapp: QApplication, tmp_path: Path) -> None:
    made = render(LETTER)
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    assert send(made.pdf, printer)
    assert len(PdfReader(tmp_path / "printed.pdf").pages) == made.pages
