"""A letter's pages on screen: every page under the other, zoomed and turned by keys, drawn by PDFium in the pool."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QLabel, QScrollArea

from ui.background import run
from ui.look import Look
from ui.widgets.basic import across, button, down, label, panel, set_property
from ui.widgets.elided import ElidedLabel
from workstation.domain.message import msg

GAP = 12  # pixels between pages
RESIZED_MS = 150
ZOOMS = (50, 75, 100, 125, 150, 200, 300)  # percent of the width that fits
FIT = 100
ALONE_KEY = "Alt+V"


class Pages(QScrollArea):
    """`turned` says that another page is at the top. Keys: PgUp, PgDn, Home, End turn, + − 0 zoom."""

    turned = Signal()

    def __init__(self, look: Look, name: str) -> None:
        super().__init__()
        self._look = look
        self._pdf = b""
        self._asked = 0
        self.zoom = FIT
        self.images: list[QImage] = []
        self.setObjectName(name)
        set_property(self, "role", "sunken")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._sheet = panel("sunken")
        self._stack = down(None, spacing=GAP, margins=(GAP, GAP, GAP, GAP))
        self._sheet.setLayout(self._stack)
        self._labels: list[QLabel] = []
        self._drawn_for = 0  # the width that the pages in view were drawn for
        self._fitting = QTimer(self)
        self._fitting.setSingleShot(True)
        self._fitting.setInterval(RESIZED_MS)
        self._fitting.timeout.connect(self._fit)
        self.setWidget(self._sheet)
        self.verticalScrollBar().valueChanged.connect(lambda _value: self.turned.emit())

    # ---- showing ----

    def show_pdf(self, pdf: bytes, first: list[QImage] | None = None) -> None:
        """Another letter, or none; `first` are its pages where they were drawn already, at this zoom."""
        again = bool(self.images) and bool(pdf)
        place = self.verticalScrollBar().value() if again else 0
        self._pdf = pdf
        self._asked += 1  # what is still being drawn is of the letter before
        if first is not None:
            self._show(first)
            self.verticalScrollBar().setValue(place)
        elif pdf:
            self._draw()
        else:
            self._show([])

    def width_of_page(self) -> int:
        """In pixels, at this zoom."""
        room = self.width() - self.verticalScrollBar().sizeHint().width() - 2 * GAP
        return max(200, room * self.zoom // 100)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fitting.start()

    def _fit(self) -> None:
        """The panel has another width: the pages are drawn for it."""
        if self._pdf and self.width_of_page() != self._drawn_for:
            self._draw()

    def _draw(self) -> None:
        from ui.letter.pages import pages

        self._asked += 1
        asked, pdf = self._asked, self._pdf
        width, ratio = self.width_of_page(), self.devicePixelRatioF()

        def done(images: list[QImage]) -> None:
            if asked == self._asked:
                page = self.page
                self._show(images)
                self.go(page)

        run(self, lambda: pages(pdf, lambda points: width * ratio / points), done, lambda _error: None)

    def _show(self, images: list[QImage]) -> None:
        self.images, self._drawn_for = images, self.width_of_page()
        while len(self._labels) < len(images):
            made = label()
            made.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
            self._labels.append(made)
            self._stack.insertWidget(len(self._labels) - 1, made)
        ratio = self.devicePixelRatioF()
        for place, shown in enumerate(self._labels):
            shown.setVisible(place < len(images))
            if place < len(images):
                image = images[place]
                image.setDevicePixelRatio(ratio)
                shown.setPixmap(QPixmap.fromImage(image))
                said = msg("Page {n} of {all}", n=place + 1, all=len(images))
                shown.setAccessibleName(self._look.say(said))
        self._stack.activate()
        self._sheet.adjustSize()
        self.turned.emit()

    # ---- turning and zooming ----

    @property
    def page(self) -> int:
        """The page at the top, from 0."""
        top = self.verticalScrollBar().value() + self.viewport().height() // 3
        shown = [place for place, made in enumerate(self._labels[: len(self.images)]) if made.y() <= top]
        return max(shown, default=0)

    def go(self, page: int) -> None:
        """Bring a page to the top."""
        if self.images:
            page = max(0, min(page, len(self.images) - 1))
            self.verticalScrollBar().setValue(max(0, self._labels[page].y() - GAP // 2))

    def turn(self, by: int) -> None:
        self.go(self.page + by)

    def magnify(self, by: int) -> None:
        """One step closer or further; 0 fits the page's width."""
        place = ZOOMS.index(self.zoom) + by if by else ZOOMS.index(FIT)
        zoom = ZOOMS[max(0, min(place, len(ZOOMS) - 1))]
        if zoom != self.zoom:
            self.zoom = zoom
            bars = Qt.ScrollBarPolicy.ScrollBarAsNeeded if zoom > FIT else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
            self.setHorizontalScrollBarPolicy(bars)
            if self._pdf:
                self._draw()
            self.turned.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        turns = {Qt.Key.Key_PageDown: 1, Qt.Key.Key_PageUp: -1}
        zooms = {Qt.Key.Key_Plus: 1, Qt.Key.Key_Equal: 1, Qt.Key.Key_Minus: -1, Qt.Key.Key_0: 0}
        key = Qt.Key(event.key())
        if key in turns:
            self.turn(turns[key])
        elif key in zooms:
            self.magnify(zooms[key])
        elif key in {Qt.Key.Key_Home, Qt.Key.Key_End}:
            self.go(0 if key == Qt.Key.Key_Home else len(self.images))
        else:
            super().keyPressEvent(event)


class PageBar:
    """The row above the pages: which page, how large, and buttons for both."""

    def __init__(self, look: Look, pages: Pages) -> None:
        self._look, self._pages = look, pages
        self.state = ElidedLabel("caption")
        self.where = label(role="caption")
        self.closer = button("+", role="link", clicked=lambda: pages.magnify(1))
        self.further = button("−", role="link", clicked=lambda: pages.magnify(-1))
        self.before = button("↑", role="link", clicked=lambda: pages.turn(-1))
        self.after = button("↓", role="link", clicked=lambda: pages.turn(1))
        self.alone = button("⤢", role="link")
        self.alone.setObjectName("letter_alone")
        self.alone.setCheckable(True)
        self.row = across(
            self.state, self.before, self.where, self.after, self.further, self.closer, self.alone, spacing=8,
        )  # fmt: skip
        self.row.setStretch(0, 1)
        pages.turned.connect(self.show_place)

    def retranslate(self) -> None:
        tr = self._look.tr
        for made, text, key in (
            (self.before, tr("Page before"), "Alt PgUp"),
            (self.after, tr("Next page"), "Alt PgDn"),
            (self.further, tr("Smaller"), "Ctrl −"),
            (self.closer, tr("Larger"), "Ctrl +"),
            (self.alone, tr("The pages alone"), ALONE_KEY.replace("+", " ")),
        ):
            made.setAccessibleName(text)
            made.setToolTip(f"{text}  {key}")
        self.show_place()

    def show_place(self) -> None:
        count = len(self._pages.images)
        for made in (self.before, self.after, self.further, self.closer, self.alone):
            made.setVisible(bool(count))
        if not count:
            self.where.setText("")
            return
        place = msg("{n} / {all} · {zoom}%", n=self._pages.page + 1, all=count, zoom=self._pages.zoom)
        self.where.setText(self._look.say(place))
