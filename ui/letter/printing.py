"""Prints a letter: the system's print dialog, and each page drawn at the printer's resolution."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QWidget

from ui.letter.pages import pages

POINTS_AN_INCH = 72
FINEST = 600  # dots an inch; beyond that only the memory grows


def ask(over: QWidget) -> QPrinter | None:
    """The printer that the person chose, or None: what goes there is recorded before it goes."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    return printer if QPrintDialog(printer, over).exec() == QPrintDialog.DialogCode.Accepted else None


def ask_and_print(pdf: bytes, over: QWidget) -> bool:
    """True when the person chose a printer and the pages went to it."""
    printer = ask(over)
    return printer is not None and send(pdf, printer)


def send(pdf: bytes, printer: QPrinter) -> bool:
    """The pages in order, each on a sheet of its own, filling it edge to edge as the letter is laid out."""
    printer.setFullPage(True)
    dots = min(printer.resolution(), FINEST)
    painter = QPainter()
    if not painter.begin(printer):
        return False
    for number, image in enumerate(pages(pdf, lambda _points: dots / POINTS_AN_INCH)):
        if number:
            printer.newPage()
        sheet = printer.paperRect(QPrinter.Unit.DevicePixel).toRect()
        painter.drawImage(QRect(0, 0, sheet.width(), sheet.height()), image)
    return painter.end()
