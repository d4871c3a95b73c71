"""The "View" menu of the queue: views under a name with their counts, kept, renamed, removed with a way back."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QMenu, QWidget

from ui.desk_port import Desk
from ui.look import Look
from ui.queue.conditions import Conditions
from ui.widgets.basic import across, button, down
from ui.widgets.elided import ElidedLabel
from ui.widgets.tall import TallArea
from workstation.desk.queue_choice import Choice, described
from workstation.desk.saved_views import LONGEST_NAME, SavedView
from workstation.desk.views import QueueFilter
from workstation.domain.errors import WorkstationError

KEY = "Ctrl+L"
SCROLL = 12  # pixels of a scroll bar, left free for it


class ViewBar(QWidget):
    """`chosen` carries nothing: read `choice`. `told` carries a sentence, and a word and a way to take it back."""

    chosen = Signal()
    told = Signal(str, str, object)

    def __init__(self, look: Look, desk: Desk) -> None:
        super().__init__()
        self._look, self._desk = look, desk
        self.choice = Choice()
        self.view: SavedView | None = None
        self._typed = ""  # in the search, and kept with a view
        self._currency = "CNY"
        self._room = 400  # pixels, until the queue says
        self._renamed: SavedView | None = None  # the view that the name typed is for; None: a new one
        self.button = button(role="link", clicked=self.open_menu)
        self.button.setObjectName("queue_view")
        self.menu = QMenu(self)
        self.summary = ElidedLabel("caption")
        self.clear = button(role="link", clicked=self.reset)
        self.clear.setObjectName("queue_view_clear")
        self._line = QWidget()
        line = across(self.summary, self.clear, spacing=4)
        line.setStretch(0, 1)
        self._line.setLayout(line)
        self.name = QLineEdit()
        self.name.setObjectName("queue_view_name")
        self.name.setMaxLength(LONGEST_NAME)
        self.name.returnPressed.connect(self._named)
        self.name.installEventFilter(self)
        self.conditions = Conditions(look)
        self.conditions.changed.connect(lambda: self._choose(self.conditions.choice(), self.view))
        self.area = TallArea(self.conditions)
        self.setLayout(down(self._line, self.name, self.area, spacing=6))
        self.name.hide()
        self.area.hide()
        self.retranslate()

    def retranslate(self) -> None:
        tr = self._look.tr
        self.button.setText(tr("View") + " ▾")
        self.button.setToolTip(KEY.replace("+", " "))
        self.clear.setText(tr("Clear"))
        self.clear.setAccessibleName(tr("Show the whole queue"))
        self.name.setPlaceholderText(tr("Name of the view"))
        self.name.setAccessibleName(tr("Name of the view"))
        self.conditions.retranslate()
        self._show()

    def title(self) -> str:
        """The view's name, or nothing for the queue as it is."""
        return "" if self.view is None else self.view.name(self._look.language)

    def know(self, typed: str, currency: str, room: int) -> None:
        """What is in the search now, the desk's currency, and the pixels that the conditions may take."""
        self._typed, self._currency, self._room = typed, currency, room
        self._fit()

    def _fit(self) -> None:
        """The conditions are as high as they need, within the room there is."""
        layout = self.conditions.layout()
        if layout is not None:
            self.area.setFixedHeight(min(self._room, layout.totalHeightForWidth(max(1, self.width() - SCROLL))))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def set_filter(self, name: QueueFilter) -> None:
        self._choose(msgspec.structs.replace(self.choice, filter=name), None)

    def reset(self) -> None:
        self.area.hide()
        self._choose(Choice(), None)

    def back(self) -> bool:
        """Close what is open here; False when nothing was."""
        was = self.area.isVisible() or self.name.isVisible()
        self.area.hide()
        self.name.hide()
        self._show()
        return was

    # ---- the menu ----

    def open_menu(self) -> None:
        self.fill_menu()
        self.menu.popup(self.button.mapToGlobal(QPoint(0, self.button.height())))

    def fill_menu(self) -> None:
        """Made anew at each opening: names, counts and language are those of the moment."""
        tr, menu = self._look.tr, self.menu
        menu.clear()
        self._action(tr("Whole queue"), self.reset, self._desk.worklist.count(Choice()), self.choice == Choice())
        for place, view in enumerate(self._desk.views.all(), start=1):
            name = view.name(self._look.language).replace("&", "&&")
            text = f"&{place}  {name}" if place <= 9 else name
            chosen = self.view is not None and view.id == self.view.id
            self._action(text, lambda to=view: self.show_view(to), self._desk.worklist.count(view.choice), chosen)
        menu.addSeparator()
        self._action(tr("More conditions …"), self.show_conditions)
        keep = self._action(tr("Keep this view …"), self.ask_name)
        keep.setEnabled(self._kept() != Choice())
        if self.view is not None:
            name = self.title().replace("&", "&&")
            self._action(tr("Rename “{name}” …", name=name), lambda: self.ask_name(self.view))
            self._action(tr("Remove “{name}”", name=name), self.remove)

    def _action(self, text: str, run: object, count: int | None = None, chosen: bool = False) -> QAction:
        action = self.menu.addAction(text if count is None else f"{text}\t{count}")
        action.setCheckable(count is not None)
        action.setChecked(chosen)
        action.triggered.connect(lambda _checked=False: run())  # type: ignore[operator]
        return action

    def show_view(self, view: SavedView) -> None:
        self._choose(view.choice, view)

    def show_conditions(self) -> None:
        self.area.setVisible(not self.area.isVisible())
        self._show()
        self._fit()
        if self.area.isVisible():
            next(iter(self.conditions.stages.values())).setFocus()

    # ---- names ----

    def ask_name(self, renamed: SavedView | None = None) -> None:
        self._renamed = renamed
        self.name.setText("" if renamed is None else renamed.name(self._look.language))
        self.name.selectAll()
        self.area.hide()  # the line above it says the same in few words
        self.name.show()
        self._show()
        self.name.setFocus()

    def _named(self) -> None:
        views, renamed = self._desk.views, self._renamed
        try:
            if renamed is None:
                view = views.create(self.name.text(), self._kept())
            else:
                view = views.rename(renamed.id, self.name.text())
        except WorkstationError as error:
            self.told.emit(self._look.say(error.message), "", None)
            return
        self.name.hide()
        self._choose(view.choice, view)
        self.button.setFocus()
        self.told.emit(self._look.tr("The view is kept."), "", None)

    def remove(self) -> None:
        if self.view is None:
            return
        try:
            view = self._desk.views.remove(self.view.id)
        except WorkstationError as error:
            self.told.emit(self._look.say(error.message), "", None)
            return
        self._choose(self.choice, None)
        self.told.emit(self._look.tr("The view is removed."), self._look.tr("Undo"), lambda: self._restore(view))

    def _restore(self, view: SavedView) -> None:
        self._desk.views.restore(view)
        self._choose(view.choice, view)

    def _kept(self) -> Choice:
        """What a new view keeps: the conditions, and the text of the search if there is any."""
        typed = self._typed.strip()
        return msgspec.structs.replace(self.choice, text=typed) if typed else self.choice

    def _choose(self, choice: Choice, view: SavedView | None) -> None:
        same = view is not None and view.choice == choice
        self.choice, self.view = choice, view if same else None
        self._show()
        self.chosen.emit()

    def _show(self) -> None:
        parts = [self._look.say(part) for part in described(self.choice, self._currency)]
        self.summary.show_text(" · ".join(parts))
        self._line.setVisible(self.choice.conditions)
        self.conditions.show_choice(self.choice, self._currency)
        self.setVisible(self.choice.conditions or not self.name.isHidden() or not self.area.isHidden())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Escape leaves the name and goes no further."""
        if watched is self.name and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self.back()
                self.button.setFocus()
                return True
        return super().eventFilter(watched, event)
