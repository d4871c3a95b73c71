"""The script box: the sentence to say now, large; the one after it; and what is withheld, with the article."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QFrame, QWidget

from ui.look import Look
from ui.widgets.basic import across, button, down, label, show_if
from ui.widgets.flow import FlowLayout
from workstation.desk.views import Script
from workstation.domain.script import OCCASION_NAMES, SECTION_NAMES, SECTIONS, SpokenScript, SpokenSection
from workstation.i18n import Translator

NEXT_KEY, PREVIOUS_KEY = "Alt+PgDown", "Alt+PgUp"


class ScriptBox(QFrame):
    """`situation_chosen` says that a person picked another situation; `situation` is "" while it follows the form."""

    situation_chosen = Signal()

    def __init__(self, look: Look, keys_in: QWidget) -> None:
        super().__init__()
        self.setObjectName("script")
        self.setProperty("role", "box")
        self._look = look
        self.situation = ""
        self._spoken: SpokenScript | None = None
        self._at = ("opening", 0)  # section and sentence
        self.title = label(role="strong", wrap=True)
        self.situations = QComboBox()
        self.situations.setObjectName("script_situation")
        self.situations.setMinimumWidth(80)
        self.situations.activated.connect(self._choose)
        self.heads = {name: button(role="chip") for name in SECTIONS}
        heads = FlowLayout(spacing=5)
        for name, head in self.heads.items():
            head.setObjectName(f"script_{name}")
            head.setCheckable(True)
            head.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            head.clicked.connect(lambda _checked=False, name=name: self._go(name))
            heads.addWidget(head)
        self.now = label(role="heading", wrap=True)
        self.now.setObjectName("script_now")
        self.place = label(role="caption")
        self.following = label(role="muted", wrap=True)
        self.withheld = label(role="caption", wrap=True)
        self.withheld.setObjectName("script_withheld")
        self.withheld.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # heard by a screen reader on the way through the box
        self.setLayout(
            down(
                across(self.title, self.situations),
                heads,
                self.now,
                self.following,
                self.withheld,
                self.place,
                spacing=6,
                margins=(12, 9, 12, 9),
            )
        )
        for key, step in ((NEXT_KEY, 1), (PREVIOUS_KEY, -1)):
            shortcut = QShortcut(QKeySequence(key), keys_in)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(lambda step=step: self.step(step))

    def restart(self) -> None:
        """Another call: from the beginning, the situation as the case has it."""
        self.situation, self._spoken, self._at = "", None, ("opening", 0)

    def show_script(self, script: Script) -> None:
        """Paint what may be said now. Once the identity is checked the script goes on to the purpose by itself."""
        before, self._spoken = self._spoken, script.spoken
        spoken = script.spoken
        for part in (self.now, self.place):
            show_if(part, spoken is not None)
        if spoken is None:
            for hidden in (self.situations, self.following, self.withheld, *self.heads.values()):
                hidden.hide()
            self.title.setText(self._look.say(script.problem))
            return
        if before is not None and _ids(before) != _ids(spoken):
            self._at = (_going_on(before, spoken), 0)
        self.title.setText(self._look.say(spoken.title))
        self._show_situations(spoken)
        self._paint(spoken)

    def step(self, by: int) -> None:
        """To the next sentence, or the one before it, over the bounds of sections; it stops at both ends."""
        if self._spoken is None:
            return
        places = [(section.id, number) for section in self._spoken.sections for number in range(len(section.say))]
        at = places.index(self._at) if self._at in places else 0
        self._at = places[min(max(at + by, 0), len(places) - 1)]
        self._paint(self._spoken)

    def texts(self) -> list[str]:
        """What stands in the box in the debtor's language, for whoever compares screens."""
        return [self.now.text(), self.following.text(), self.withheld.text()]

    # ---- painting ----

    def _paint(self, spoken: SpokenScript) -> None:
        section = next((part for part in spoken.sections if part.id == self._at[0]), spoken.sections[0])
        number = min(self._at[1], len(section.say) - 1)
        self._at = (section.id, number)
        present = {part.id for part in spoken.sections}
        for name, head in self.heads.items():
            head.setText(self._look.say(SECTION_NAMES[name]))
            show_if(head, name in present)
            head.setChecked(name == section.id)
        own = self._look.translator
        say = Translator(spoken.language, own.zone, own.today).say
        sentences = [say(message) for _, message in section.say]
        self.now.setText(sentences[number])
        self.now.setAccessibleName(sentences[number])
        self.following.setText("".join(sentences[number + 1 : number + 2]))
        self.withheld.setText(self._reasons(section))
        for part in (self.following, self.withheld):
            part.setAccessibleName(part.text())
            show_if(part, bool(part.text()))
        self.place.setText(
            self._look.tr("Sentence {n} of {count} · Alt PgUp / PgDn", n=number + 1, count=len(sentences))
        )

    def _reasons(self, section: SpokenSection) -> str:
        """What may not be said here, article by article."""
        by_article: dict[str, list[str]] = {}
        for withheld in section.withheld:
            why = withheld.why.get(self._look.language, withheld.why["en"])
            by_article.setdefault(withheld.article, []).append(f"⊘ {why}")
        return "\n".join(line for article, reasons in by_article.items() for line in (*reasons, f"— {article}"))

    def _show_situations(self, spoken: SpokenScript) -> None:
        names = [self._look.say(OCCASION_NAMES[name]) for name in spoken.situations]
        if names != [self.situations.itemText(place) for place in range(self.situations.count())]:
            self.situations.clear()
            for name, text in zip(spoken.situations, names, strict=True):
                self.situations.addItem(text, name)
        self.situations.setCurrentIndex(self.situations.findData(spoken.situation))
        show_if(self.situations, len(spoken.situations) > 1)
        self.situations.setAccessibleName(self._look.tr("What the call is about"))
        self.situations.setToolTip(self._look.tr("What the call is about"))

    # ---- doing ----

    def _go(self, section: str) -> None:
        self._at = (section, 0)
        if self._spoken is not None:
            self._paint(self._spoken)

    def _choose(self, _index: int) -> None:
        self.situation = self.situations.currentData()
        self.situation_chosen.emit()


def _ids(spoken: SpokenScript) -> list[str]:
    return [section.id for section in spoken.sections]


def _going_on(before: SpokenScript, spoken: SpokenScript) -> str:
    """Where the script stands once who is on the line has become known, or is open again."""
    return (
        "purpose" if len(spoken.sections) > len(before.sections) and spoken.situation != "third_person" else "opening"
    )
