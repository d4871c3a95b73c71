"""The knowledge page: articles found as one types, read beside the list; nothing in them loads or opens anything."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget

from ui.knowledge.reader import Reader
from ui.look import Look
from ui.page import Page
from ui.widgets.basic import across, down, label, panel
from workstation.domain import knowledge
from workstation.domain.knowledge import Article


class KnowledgePage(Page):
    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setObjectName("knowledge_page")
        self._look = look
        self._found: tuple[Article, ...] = ()
        self.title = label(role="title")
        self.entry = QLineEdit()
        self.entry.setObjectName("knowledge_entry")
        self.entry.setProperty("role", "search")
        self.entry.setMaxLength(60)
        self.entry.textChanged.connect(self._search)
        self.list = QListWidget()
        self.list.setObjectName("knowledge_list")
        self.list.currentRowChanged.connect(self._show)
        self.empty = label(role="muted", wrap=True)
        self.reader = Reader(look)
        self.reader.setObjectName("knowledge_text")
        self.reader.setMaximumWidth(look.tokens.px(820))
        left = panel()
        left.setMaximumWidth(look.tokens.px(320))
        left.setLayout(down(self.entry, self.list, self.empty, spacing=10))
        row = across(left, self.reader, None, spacing=20)
        row.setStretch(1, 4)
        body = panel("sunken")
        column = down(self.title, row, spacing=16, margins=(32, 28, 32, 28))
        column.setStretch(1, 1)
        body.setLayout(column)
        self.setLayout(down(body, spacing=0))
        look.changed.connect(self.retranslate)
        self.retranslate()

    def retranslate(self) -> None:
        tr = self._look.tr
        self.title.setText(tr("Knowledge"))
        self.entry.setPlaceholderText(tr("A word, such as dispute or promise"))
        for widget, name in ((self.entry, tr("Find")), (self.list, tr("Articles")), (self.reader, tr("Article"))):
            widget.setAccessibleName(name)
        self.empty.setText(tr("No article holds these words. Try one of them alone."))
        shown = self.shown
        self._search()
        if shown:
            self.open(shown)

    @property
    def shown(self) -> str:
        """The id of the article in view; empty when there is none."""
        row = self.list.currentRow()
        return self._found[row].id if 0 <= row < len(self._found) else ""

    def open(self, article: str) -> None:
        """Show this article, whatever was looked for."""
        if article not in {known.id for known in self._found}:
            self.entry.clear()
        place = next((n for n, known in enumerate(self._found) if known.id == article), -1)
        if place >= 0:
            self.list.setCurrentRow(place)

    def _search(self) -> None:
        self._found = knowledge.search(self.entry.text(), self._look.language)
        self.list.clear()
        self.list.addItems([article.title for article in self._found])
        self.list.setVisible(bool(self._found))
        self.empty.setVisible(not self._found)
        self.list.setCurrentRow(0 if self._found else -1)

    def _show(self, row: int) -> None:
        if not 0 <= row < len(self._found):
            self.reader.clear()
            return
        self.reader.show_article(self._found[row])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrows move in the list from the search as well."""
        if event.key() in {Qt.Key.Key_Up, Qt.Key.Key_Down}:
            step = 1 if event.key() == Qt.Key.Key_Down else -1
            self.list.setCurrentRow(max(0, min(len(self._found) - 1, self.list.currentRow() + step)))
            return
        super().keyPressEvent(event)
