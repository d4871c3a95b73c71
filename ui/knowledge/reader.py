"""An article set out for reading; nothing in it loads or opens anything."""

from __future__ import annotations

from PySide6.QtCore import QUrl
from PySide6.QtGui import QColor, QTextBlockFormat, QTextCharFormat, QTextCursor, QTextFormat
from PySide6.QtWidgets import QTextBrowser

from ui.look import Look
from workstation.domain.knowledge import Article


class Reader(QTextBrowser):
    """Shows text only: whatever an article names is never fetched."""

    def __init__(self, look: Look, margin: int = 20) -> None:
        super().__init__()
        self._look, self._margin = look, margin
        self.setOpenLinks(False)

    def loadResource(self, _kind: int, _name: QUrl | str) -> object:
        return None

    def show_article(self, article: Article, *, text_only: bool = False) -> None:
        """`text_only` where the title and the phrases stand beside it already."""
        self.setMarkdown(article.text if text_only else f"## {article.title}\n\n{article.body}")
        self._set_out()

    def _set_out(self) -> None:
        """Air between paragraphs; what may be said word for word stands out."""
        px, colours = self._look.tokens.px, self._look.tokens.colours
        document = self.document()
        document.setDocumentMargin(px(self._margin))
        block = document.begin()
        while block.isValid():
            cursor = QTextCursor(block)
            layout = block.blockFormat()
            layout.setBottomMargin(px(10))
            layout.setLineHeight(140, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
            if layout.hasProperty(QTextFormat.Property.BlockQuoteLevel):
                layout.setLeftMargin(px(16))
                said = QTextCharFormat()
                said.setForeground(QColor(colours["accent_ink"]))
                cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
                cursor.mergeCharFormat(said)
                cursor.setPosition(block.position())
            cursor.setBlockFormat(layout)
            block = block.next()
