"""A PDF's pages as one picture, by PDFium; made in the pool, shown in the window."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter

GAP = 12  # pixels between pages

_one_at_a_time = Lock()  # PDFium is not safe for threads


def picture(pdf: bytes, width: int, ratio: float) -> QImage:
    """All pages under each other, `width` pixels wide on a screen of this device-pixel ratio."""
    whole = _stacked(pages(pdf, lambda points: width * ratio / points), round(GAP * ratio))
    whole.setDevicePixelRatio(ratio)
    return whole


def pages(pdf: bytes, scale_of: Callable[[float], float]) -> list[QImage]:
    """Each page as a picture; `scale_of` gives pixels a point from the page's width in points."""
    import pypdfium2

    images = []
    with _one_at_a_time:
        document = pypdfium2.PdfDocument(pdf)
        try:
            for page in document:
                bitmap = page.render(scale=scale_of(page.get_width()), rev_byteorder=True, prefer_bgrx=True)
                shown = QImage(bitmap.buffer, bitmap.width, bitmap.height, bitmap.stride, QImage.Format.Format_RGBX8888)
                images.append(shown.copy())  # the bitmap goes with the document
        finally:
            document.close()
    return images


def _stacked(images: list[QImage], gap: int) -> QImage:
    width = max((image.width() for image in images), default=1)
    height = sum(image.height() + gap for image in images) or 1
    whole = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    whole.fill(Qt.GlobalColor.transparent)
    painter = QPainter(whole)
    top = 0
    for image in images:
        painter.drawImage(0, top, image)
        top += image.height() + gap
    painter.end()
    return whole
