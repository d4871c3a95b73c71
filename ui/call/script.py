"""The script box: what may truthfully be said now, and in one line each what may not, with the article."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame

from ui.look import Look
from ui.widgets.basic import down, label
from ui.widgets.elided import ElidedLabel
from workstation.desk.views import Script

SENTENCES = WITHHELD = 2  # shown at once; the rest would be read aloud by nobody


class ScriptBox(QFrame):
    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setObjectName("script")
        self.setProperty("role", "box")
        self._look = look
        self.title, self.sentences = label(role="strong", wrap=True), label(wrap=True)
        self.withheld = [ElidedLabel("caption") for _ in range(WITHHELD)]
        self.setLayout(down(self.title, self.sentences, *self.withheld, spacing=4, margins=(12, 9, 12, 9)))

    def show_script(self, script: Script) -> None:
        say = self._look.say
        self.title.setText(say(script.title))
        quotes = ("“", "”")
        self.sentences.setText("\n".join(say(sentence).join(quotes) for sentence in script.say[:SENTENCES]))
        reasons = [f"{say(why)} — {article}" for why, article in script.withheld[:WITHHELD]]
        for line, reason in zip(self.withheld, [*reasons, *[""] * WITHHELD], strict=False):
            line.show_text(reason)
            line.setVisible(bool(reason))

    def texts(self) -> list[str]:
        """What stands in the box, for whoever compares screens."""
        return [self.title.text(), self.sentences.text(), *(line.text() for line in self.withheld)]
