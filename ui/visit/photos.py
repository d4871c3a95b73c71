"""The photos of a report: taken in one after the other in the pool, each with its words, taken out and brought back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt, Signal
from PySide6.QtGui import QImage, QImageReader, QPixmap
from PySide6.QtWidgets import QFileDialog, QLabel, QVBoxLayout, QWidget

from ui.background import run
from ui.desk_port import Desk
from ui.knowledge.help import describe
from ui.look import _L, Look
from ui.widgets.basic import across, button, clear, down, label, show_if, with_key
from ui.widgets.field import EntryField
from workstation.desk.photos import SUFFIXES
from workstation.desk.visit_views import PhotoRow, VisitForm
from workstation.domain.errors import WorkstationError
from workstation.domain.message import msg, nmsg

KEY = "Alt+P"
SIDE = 72  # pixels of a small picture at 100 %


def small(content: bytes, side: int, ratio: float) -> QImage:
    """A photo's picture for a square of `side`, read no larger than that. For the pool."""
    buffer = QBuffer()
    buffer.setData(QByteArray(content))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    most = round(side * ratio)
    reader.setScaledSize(reader.size().scaled(QSize(most, most), Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    image.setDevicePixelRatio(ratio)
    return image


class _Row(QWidget):
    """One photo: small, with its words and a way out."""

    changed = Signal()
    out_wanted = Signal()

    def __init__(self, look: Look, photo: PhotoRow) -> None:
        super().__init__()
        self.photo = photo
        self.picture = QLabel()
        self.picture.setProperty("role", "sunken")
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.picture.setFixedSize(look.tokens.px(SIDE), look.tokens.px(SIDE))
        self.caption = EntryField(look, _L("What it shows"), name="visit_photo_caption")
        self.caption.set_text(photo.caption)
        self.caption.changed.connect(self._typed)
        self.facts = label(role="caption")
        self.out = button(role="link", clicked=self.out_wanted.emit)
        words = down(self.caption, across(self.facts, None, self.out), spacing=2)
        row = across(self.picture, words, spacing=10)
        row.setStretch(1, 1)
        self.setLayout(row)
        self._look = look
        self.retranslate()

    def retranslate(self) -> None:
        look = self._look
        self.caption.retranslate()
        self.out.setText(look.tr("Take out"))
        size = max(1, round(self.photo.size / 1000))
        if self.photo.taken_at:
            at = datetime.fromisoformat(self.photo.taken_at)
            said = msg("{day} {time} · {kb} KB", day=at.date(), time=f"{at:%H:%M}", kb=size)
        else:
            said = msg("{kb} KB", kb=size)
        self.facts.setText(look.say(said))
        self.picture.setAccessibleName(self.photo.caption or look.tr("Photo"))
        describe(look, self)

    def show_picture(self, image: QImage) -> None:
        self.picture.setPixmap(QPixmap.fromImage(image))

    def _typed(self) -> None:
        self.photo.caption = self.caption.text()
        self.changed.emit()


class PhotoStrip(QWidget):
    """Works on the form it was shown. `changed` carries nothing; `failed` the sentence why a photo was not taken in."""

    changed = Signal()
    failed = Signal(str)

    def __init__(self, look: Look, desk: Desk) -> None:
        super().__init__()
        self._look, self._desk = look, desk
        self._case_id, self._form = "", VisitForm()
        self._waiting: list[Path] = []
        self._busy = False
        self.choose_files: Callable[[], list[str]] = self._ask_files
        self.caption = label(role="caption")
        self.add = button(clicked=self.ask)
        self.add.setObjectName("visit_add_photo")
        self.back = button(role="link", clicked=self._bring_back)
        self.back.setObjectName("visit_photo_back")
        self._rows: list[_Row] = []
        self._list = QVBoxLayout()
        self._list.setSpacing(8)
        self.setLayout(down(across(self.caption, None, self.add), across(self.back, None), self._list, spacing=6))

    def retranslate(self) -> None:
        self.add.setText(with_key(self._look.tr("Add photos …"), KEY.replace("+", " ")))
        self.back.setText(self._look.tr("Bring the last one back"))
        self._show_count()
        for row in self._rows:
            row.retranslate()

    def show_form(self, case_id: str, form: VisitForm) -> None:
        self._case_id, self._form = case_id, form
        self._waiting.clear()
        clear(self._list)
        self._rows.clear()
        for photo in form.photos:
            self._show_row(photo)
        self._show_count()

    # ---- taking in ----

    def ask(self) -> None:
        """Choose files, and take them in one by one."""
        if self._case_id:
            self.take_in([Path(chosen) for chosen in self.choose_files()])

    def take_in(self, paths: list[Path]) -> None:
        self._waiting += paths
        self._next()

    def _ask_files(self) -> list[str]:
        kinds = self._look.tr("Photos ({suffixes})", suffixes=" ".join(SUFFIXES))
        chosen, _ = QFileDialog.getOpenFileNames(self, self._look.tr("Add photos …"), "", kinds)
        return chosen

    def _next(self) -> None:
        if self._busy or not self._waiting:
            self._show_count()
            return
        self._busy = True
        path, case_id, form = self._waiting.pop(0), self._case_id, self._form
        self._show_count()

        def over() -> None:
            self._busy = False

        def done(photo: PhotoRow) -> None:
            if case_id == self._case_id and all(known.sha256 != photo.sha256 for known in self._form.photos):
                self._form.photos.append(photo)
                if photo.sha256 in self._form.removed:
                    self._form.removed.remove(photo.sha256)
                self._show_row(photo)
                self.changed.emit()
            self._next()

        def failed(error: WorkstationError) -> None:
            self.failed.emit(f"{path.name}: {self._look.say(error.message)}")
            self._next()

        run(self, lambda: self._desk.visit.add_photo(case_id, path, form), done, failed, over)

    # ---- showing ----

    def _show_row(self, photo: PhotoRow) -> None:
        row = _Row(self._look, photo)
        row.changed.connect(self.changed.emit)
        row.out_wanted.connect(lambda: self._take_out(row))
        self._rows.append(row)
        self._list.addWidget(row)
        self._show_count()
        case_id, side, ratio = self._case_id, self._look.tokens.px(SIDE), self.devicePixelRatioF()
        run(
            row,
            lambda: small(self._desk.visit.photo(case_id, photo.sha256), side, ratio),
            row.show_picture,
            lambda _error: None,
        )

    def _show_count(self) -> None:
        count = len(self._form.photos)
        said = self._look.say(nmsg("{n} photo", "{n} photos", count)) if count else self._look.tr("Photos")
        waits = len(self._waiting) + self._busy
        if waits:
            said = self._look.say(nmsg("{n} photo is taken in …", "{n} photos are taken in …", waits))
        self.caption.setText(said)
        show_if(self.back, bool(self._form.removed))

    def _take_out(self, row: _Row) -> None:
        self._form.photos.remove(row.photo)
        self._form.removed.append(row.photo.sha256)
        self._rows.remove(row)
        row.hide()
        row.deleteLater()
        self._show_count()
        self.changed.emit()

    def _bring_back(self) -> None:
        """What was taken out is kept until the report is recorded."""
        if not self._form.removed:
            return
        self._form.removed.pop()
        try:
            whole = self._desk.visit.left_over(self._case_id, self._form)
        except WorkstationError as error:
            self.failed.emit(self._look.say(error.message))
            return
        for photo in whole:
            self._form.photos.append(photo)
            self._show_row(photo)
        self.changed.emit()
