"""Under a visit of the history: its photos, decrypted into memory when asked for, gone when out of sight."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QImage, QPixmap, QShowEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from ui.background import run
from ui.desk_port import Desk
from ui.facts.reveal import MaskedLine
from ui.look import Look
from ui.visit.photos import small
from ui.widgets.basic import across, button, clear, down, label, show_if
from ui.widgets.flow import FlowLayout
from workstation.desk.views import TimelineEntry
from workstation.desk.visit_photos import VisitPhoto
from workstation.domain.errors import WorkstationError
from workstation.domain.message import nmsg

SIDE, LARGE = 96, 420  # pixels of a picture at 100 %


class VisitPhotosLine(QWidget):
    """Nothing is shown while the entry at hand is no visit with photos. `failed` carries why they were not shown."""

    failed = Signal(str)

    def __init__(self, look: Look, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("visit_photos_line")
        self._look, self._desk = look, desk
        self._of: tuple[str, str] | None = None  # case and entry
        self._photos: tuple[VisitPhoto, ...] = ()
        self._large = False
        self.line: MaskedLine | None = None
        self.pictures: list[QLabel] = []
        self._head = QVBoxLayout()
        self._head.setContentsMargins(0, 0, 0, 0)
        self.larger = button(role="link", clicked=self._resize)
        self.larger.setObjectName("visit_photos_larger")
        box = QWidget()
        self._flow = FlowLayout(spacing=8)
        box.setLayout(self._flow)
        top = across(self._head, self.larger)
        top.setStretch(0, 1)
        self.setLayout(down(top, box, spacing=4, margins=(24, 6, 24, 6)))
        self.hide()
        look.changed.connect(self._forget)

    def _forget(self) -> None:
        self.show_entry(None, None)

    def show_entry(self, case_id: str | None, entry: TimelineEntry | None) -> None:
        photos: tuple[VisitPhoto, ...] = ()
        if case_id and entry is not None and entry.glyph == "visit":
            try:
                photos = self._desk.visit_photos.of(case_id, entry.id)
            except WorkstationError:  # the case left the desk a moment ago
                photos = ()
        wanted = (case_id, entry.id) if case_id and entry is not None and photos else None
        if wanted == self._of:
            return
        self._of, self._photos, self.line = wanted, photos, None
        self._cover()
        clear(self._head)
        if wanted is not None:
            self._begin(*wanted)
        self.setVisible(wanted is not None)
        self._show_plain()

    def _show_plain(self) -> None:
        """To whom the masking table shows photos without a reason: whenever they are in sight."""
        if self._of is not None and self.line is None and self.isVisible() and not self.pictures:
            self._uncover()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show_plain()

    def _begin(self, case_id: str, event_id: str) -> None:
        count = self._look.say(nmsg("{n} photo", "{n} photos", len(self._photos)))
        if self._desk.seat.masks.treatment("photo") == "plain":
            self._head.addWidget(label(count, "caption"))
            return
        self.line = MaskedLine(self._look, self._desk, case_id, "photo", event_id, count)
        self.line.failed.connect(self.failed)
        self.line.uncovered.connect(lambda shown: self._uncover() if shown else self._cover())
        self._head.addWidget(self.line)

    def hideEvent(self, event: QHideEvent) -> None:
        """Another view, the curtain, the lock: the pictures leave memory."""
        super().hideEvent(event)
        self._cover()

    def _uncover(self) -> None:
        if self._of is None:
            return
        case_id, ratio = self._of[0], self.devicePixelRatioF()
        side = self._look.tokens.px(LARGE if self._large else SIDE)
        self._cover()
        for photo in self._photos:
            made = label(role="caption", wrap=True)
            made.setAlignment(Qt.AlignmentFlag.AlignCenter)
            made.setFixedSize(side, side)
            made.setProperty("role", "sunken")
            made.setAccessibleName(photo.caption or self._look.tr("Photo"))
            made.setToolTip(photo.caption)
            self._flow.addWidget(made)
            made.show()
            self.pictures.append(made)
            if not photo.here:
                made.setText(self._look.tr("Being fetched …"))
            run(
                made,
                partial(_picture, self._desk, case_id, photo.sha256, side, ratio),
                partial(_show, made),
                partial(self._say_why, made),
            )
        self.larger.setText(self._look.tr("Smaller") if self._large else self._look.tr("Larger"))
        show_if(self.larger, True)

    def _say_why(self, made: QLabel, error: WorkstationError) -> None:
        """In the picture's place."""
        made.setText(self._look.say(error.message))

    def _cover(self) -> None:
        self.pictures.clear()
        clear(self._flow)
        show_if(self.larger, False)

    def _resize(self) -> None:
        self._large = not self._large
        self._uncover()


def _picture(desk: Desk, case_id: str, sha256: str, side: int, ratio: float) -> QImage:
    return small(desk.visit_photos.content(case_id, sha256), side, ratio)


def _show(made: QLabel, image: QImage) -> None:
    made.setPixmap(QPixmap.fromImage(image))
