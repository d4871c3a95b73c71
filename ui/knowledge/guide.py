"""Guidance beside the case: a line that names the articles for it, and the guide that opens over the panel."""

from __future__ import annotations

from collections.abc import Callable, Collection
from math import ceil

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QPushButton, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from ui import clipboard
from ui.knowledge.reader import Reader
from ui.look import Look
from ui.widgets.basic import across, button, clear, down, label, line, panel, show_if, with_key
from ui.widgets.tall import TallArea
from workstation.domain import knowledge
from workstation.domain.knowledge import Article

KEY = "Shift+F1"
_KEY_CAP = "⇧ F1"
_COPY = "C"


class GuideLine(QPushButton):
    """One line in the form: the first article for this case and outcome, and how many more there are."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setObjectName("call_guide")
        self.setProperty("role", "link")
        self.setAutoDefault(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # has a key; no stop on the way through the form
        room = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        room.setHorizontalStretch(1)
        self.setSizePolicy(room)
        self._look = look
        self._shown: tuple[object, ...] = ()
        self.articles: tuple[Article, ...] = ()

    def show_for(self, outcome: str, known: Collection[str]) -> bool:
        """`known` as `knowledge.beside` asks for it. False, and nothing is looked up, while nothing has changed."""
        wanted = (outcome, frozenset(known), self._look.language)
        if wanted == self._shown:
            return False
        self._shown = wanted
        self.articles = knowledge.beside(outcome, known, self._look.language)
        self.setAccessibleName(self._look.tr("Guide: {titles}", titles=" · ".join(a.title for a in self.articles)))
        self.setToolTip("\n".join([*(article.title for article in self.articles), _KEY_CAP]))
        self._fit()
        return True

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """The title gives way where there is no room, the key stays."""
        title = self.articles[0].title if self.articles else self._look.tr("Guide")
        more = f" +{len(self.articles) - 1}" if len(self.articles) > 1 else ""
        ends = with_key(more, _KEY_CAP)
        metrics = self.fontMetrics()
        room = self.width() - metrics.horizontalAdvance(ends) - 8
        self.setText(metrics.elidedText(title, Qt.TextElideMode.ElideRight, max(room, 0)) + ends)


class _WholeText(Reader):
    """As high as its text: the guide scrolls as a whole."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        self.document().setTextWidth(self.viewport().width())
        self.setFixedHeight(ceil(self.document().size().height()) + 2)


class Guide(QFrame):
    """Lies over the panel at the right, so that the case stays in view; made when first opened.

    `tell` says what was copied. Esc and its key go back to where one was.
    """

    def __init__(self, look: Look, over: QStackedWidget, tell: Callable[[str], object]) -> None:
        super().__init__()
        self.setObjectName("guide")
        self._look, self._over, self._tell = look, over, tell
        self._outcome, self._at = "", 0
        self._articles: tuple[str, ...] = ()
        self._behind: QWidget | None = None
        self._field = ""  # that had the focus; by name, since a panel may be made anew meanwhile
        look.changed.connect(self._show)

    def _build(self) -> None:
        self.title = label(role="heading")
        self.close_it = button(role="link", clicked=self.leave)
        self.close_it.setObjectName("guide_close")
        self.note_caption, self.note = label(role="caption"), label(wrap=True)
        self.note.setObjectName("guide_note")
        self._note_box = QFrame()
        self._note_box.setProperty("role", "box")
        self._note_box.setLayout(down(self.note_caption, self.note, spacing=4, margins=(12, 9, 12, 9)))
        self._links = QVBoxLayout()
        self._links.setSpacing(4)
        self.reader = _WholeText(self._look, margin=0)
        self.reader.setObjectName("guide_text")
        self.reader.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.reader.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a screen reader reads it; the wheel scrolls the guide
        self._phrases = QVBoxLayout()
        self._phrases.setSpacing(6)
        inside = panel()
        column = down(
            across(self.title, None, self.close_it),
            self._links,
            self._phrases,
            self.reader,
            line(),
            self._note_box,
            None,
            spacing=10,
            margins=(16, 12, 16, 14),
        )
        inside.setLayout(column)
        self._area = TallArea(inside)
        self.setLayout(down(self._area, spacing=0))
        self._over.addWidget(self)

    @property
    def behind(self) -> QWidget | None:
        """What it lies over while it is open."""
        return self._behind if self._over.currentWidget() is self else None

    def open(self, outcome: str, articles: tuple[Article, ...], first: str = "") -> None:
        """The articles of the case, `first` in front whether or not it is one of them."""
        ids = tuple(dict.fromkeys([*([first] if first else []), *(found.id for found in articles)]))
        self._outcome, self._articles, self._at = outcome, ids or ("good_note",), 0
        if self.layout() is None:
            self._build()
        if self._behind is None:
            field = QApplication.focusWidget()
            self._behind, self._field = self._over.currentWidget(), "" if field is None else field.objectName()
        self._show()
        self._over.setCurrentWidget(self)
        self.setFocus()

    def leave(self) -> bool:
        """Back to the panel and the field one was in; False when it was not open."""
        behind, self._behind = self._behind, None
        if behind is None or self._over.currentWidget() is not self:
            return False
        self._over.setCurrentWidget(behind)
        field = behind.findChild(QWidget, self._field) if self._field else None
        (behind if field is None else field).setFocus()
        return True

    @property
    def shown(self) -> Article:
        """The article in view."""
        found = knowledge.article(self._articles[self._at], self._look.language)
        if found is None:
            raise LookupError(self._articles[self._at])
        return found

    # ---- painting ----

    def _show(self) -> None:
        if not self._articles:
            return
        tr, language = self._look.tr, self._look.language
        self.title.setText(tr("Guide"))
        self.close_it.setText(with_key(tr("Back"), "Esc"))
        example = knowledge.note_example(self._outcome, language)
        outcome = self._look.label("outcome", self._outcome) if self._outcome else ""
        self.note_caption.setText(tr("A good note, made up: {outcome}", outcome=outcome))
        self.note.setText(example)
        show_if(self._note_box, bool(example))
        self.reader.setAccessibleName(tr("Article"))
        clear(self._links)
        for place, identity in enumerate(self._articles):
            found = knowledge.article(identity, language)
            link = button(f"{place + 1}   {'' if found is None else found.title}", "choice")
            link.setObjectName(f"guide_article_{place + 1}")
            link.setCheckable(True)
            link.setChecked(place == self._at)
            link.clicked.connect(lambda _checked=False, to=place: self.turn_to(to))
            self._links.addWidget(link)
        self.reader.show_article(self.shown, text_only=True)
        self.reader.fit()
        clear(self._phrases)
        for place, phrase in enumerate(self.shown.phrases):
            self._phrases.addWidget(self._phrase(place, phrase))

    def _phrase(self, place: int, phrase: str) -> QFrame:
        """A model phrase and the button that copies it; the first has a key."""
        box = QFrame()
        box.setProperty("role", "box")
        copy = button(with_key(self._look.tr("Copy"), _COPY) if place == 0 else self._look.tr("Copy"), "link")
        copy.setObjectName(f"guide_copy_{place + 1}")
        copy.setAccessibleName(self._look.tr("Copy: {phrase}", phrase=phrase))
        copy.clicked.connect(lambda _checked=False: self.copy(place))
        said = label(phrase, wrap=True)
        row = across(said, copy, spacing=8, margins=(12, 6, 8, 6))
        row.setStretch(0, 1)
        box.setLayout(row)
        return box

    # ---- doing ----

    def turn_to(self, place: int) -> None:
        """Another article of the case; nothing when there is none at this place."""
        if 0 <= place < len(self._articles):
            self._at = place
            self._show()
            self.setFocus()

    def copy(self, place: int = 0) -> None:
        """A model phrase into the clipboard, to be said or written by the person, never by itself."""
        phrases = self.shown.phrases
        if place < len(phrases):
            clipboard.copy(phrases[place])
            self._tell(self._look.tr("The phrase is copied."))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits turn to an article, a letter copies the phrase, arrows scroll."""
        if event.text() in {"1", "2", "3", "4"} and int(event.text()) <= len(self._articles):
            self.turn_to(int(event.text()) - 1)
        elif event.text().upper() == _COPY and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self.copy()
        elif event.key() in {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}:
            bar = self._area.verticalScrollBar()
            step = bar.pageStep() if event.key() in {Qt.Key.Key_PageUp, Qt.Key.Key_PageDown} else bar.singleStep()
            bar.setValue(bar.value() + (-step if event.key() in {Qt.Key.Key_Up, Qt.Key.Key_PageUp} else step))
        else:
            super().keyPressEvent(event)
