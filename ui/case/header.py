"""Name, badges, contact light and the balance strip."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from ui.case.explained import Explained, FigureButton, close_explained
from ui.look import Look
from ui.widgets.basic import across, clear, down, label, panel, set_property
from ui.widgets.elided import ElidedLabel
from ui.widgets.flow import FlowLayout
from workstation.desk.views import Badge, CaseView, Figure, Light

TONES = {"allow": "good", "warn": "warn", "block": "bad"}
GAP, ROOMY = 18, 960  # pixels on each side of the line between figures; the width at 100 % that has room for it
MARKS = {"allow": "●", "warn": "▲", "block": "■"}  # colour is never alone


class LightPill(QLabel):
    """The contact light: a sign, a phrase, and on hover the reasons with their articles. `now` is the desk's clock."""

    opened = Signal()  # the moment it names has come

    def __init__(self, look: Look, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._now = now
        self.setObjectName("light")
        self._look = look
        self._light: Light | None = None
        self._told = False
        self.setProperty("role", "pill")
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self._tick = QTimer(self)
        self._tick.setInterval(1000)
        self._tick.timeout.connect(self._second)
        self._tick.start()

    def show_light(self, light: Light) -> None:
        self._light, self._told = light, False
        set_property(self, "tone", TONES[light.verdict])
        reasons = [
            f"{self._look.say(reason)}\n{source}".strip()
            for reason, source in zip(light.reasons, [*light.sources, *[""] * len(light.reasons)], strict=False)
        ]
        self.setToolTip("\n\n".join(reasons) or self._look.say(light.phrase))
        self._show()

    def _second(self) -> None:
        self._show()
        opens = None if self._light is None else self._light.opens_at
        if opens is not None and opens <= self._now() and not self._told:
            self._told = True
            self.opened.emit()

    def _show(self) -> None:
        if self._light is None:
            return
        text = f"{MARKS[self._light.verdict]}  {self._look.say(self._light.phrase)}"
        if self._light.opens_at is not None:
            left = int((self._light.opens_at - self._now()).total_seconds())
            if 0 < left < 3600:
                text += f" · {left // 60}:{left % 60:02}"
        self.setText(text)
        self.setAccessibleName(text)


class CaseHeader(QWidget):
    def __init__(self, look: Look, now: Callable[[], datetime]) -> None:
        super().__init__()
        self.setObjectName("case_header")
        self._look = look
        self.name = label(role="title")
        self.name.setObjectName("case_name")
        self.light = LightPill(look, now)
        self._badges = FlowLayout(spacing=8)
        self._badge_labels: list[QLabel] = []
        self._cells: list[FigureCell] = []
        self._case_id = ""
        self.about = ElidedLabel("muted")
        self.about.setObjectName("case_subtitle")
        self.about.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._badges.addWidget(self.about)
        self._strip = FlowLayout(spacing=GAP, lines=8)
        inner = panel(edge="bottom")
        badges = QWidget()
        badges.setLayout(self._badges)
        top = across(self.name, badges, self.light, spacing=12)
        top.setStretch(1, 1)
        for widget in (self.name, badges, self.light):
            top.setAlignment(widget, Qt.AlignmentFlag.AlignVCenter)
        self.name.setMaximumWidth(420)
        strip = QWidget()
        strip.setLayout(self._strip)
        inner.setLayout(down(top, strip, spacing=12, margins=(24, 14, 24, 14)))
        self.setLayout(down(inner, spacing=0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._close_up()

    def _close_up(self) -> None:
        """Where all figures would not stand in one line, they stand closer."""
        gap = GAP if self.width() >= self._look.tokens.px(ROOMY) else GAP // 2
        self._strip.setSpacing(gap)
        for place in range(self._strip.count() - 1):
            item = self._strip.itemAt(place)
            cell = None if item is None else item.widget()
            layout = None if cell is None else cell.layout()
            if layout is not None:
                layout.setContentsMargins(0, 0, gap, 0)

    def show_case(self, case: CaseView) -> None:
        """Only texts change from case to case: making and polishing new labels is what one would wait for."""
        say = self._look.say
        if self._case_id != case.case_id:
            self._case_id = case.case_id
            close_explained(self)
        self.name.setText(case.name)
        self.about.show_text(" · ".join(say(part) for part in case.subtitle))
        self._show_badges(case.badges)
        self.light.show_light(case.light)
        if len(self._cells) != len(case.figures):
            self._make_cells(len(case.figures))
        for cell, figure in zip(self._cells, case.figures, strict=True):
            cell.show_figure(figure)
            cell.adjust()
        self._close_up()
        for flow in (self._badges, self._strip):
            flow.invalidate()
            flow.activate()  # now, not at the next round of events: no frame shows the old widths

    def _show_badges(self, badges: tuple[Badge, ...]) -> None:
        while len(self._badge_labels) < len(badges):
            made = label(role="badge")
            self._badge_labels.append(made)
            self._badges.insertWidget(len(self._badge_labels) - 1, made)
        for place, shown in enumerate(self._badge_labels):
            shown.setVisible(place < len(badges))
            if place < len(badges):
                badge = badges[place]
                shown.setText(self._look.say(badge.text))
                set_property(shown, "tone", "violet" if badge.tone == "accent" and place else badge.tone)

    def _make_cells(self, count: int) -> None:
        clear(self._strip)
        self._cells = [FigureCell(self._look, last=place == count - 1) for place in range(count)]
        for place, cell in enumerate(self._cells):
            self._strip.addWidget(cell)
            cell.turned.connect(lambda by, at=place: self.explain(at + by, by))

    def explain(self, place: int = 0, by: int = 1) -> None:
        """Open the calculation of a figure of the strip, or of the next one in that direction that has one."""
        for _ in self._cells if self.isVisible() else ():
            cell = self._cells[place % len(self._cells)]
            if cell.explain() is not None:
                return
            place += by


class FigureCell(QWidget):
    """A figure with its caption; one that has a calculation opens it."""

    turned = Signal(int)  # asks for the calculation of the figure before or after

    def __init__(self, look: Look, *, last: bool) -> None:
        super().__init__()
        self._look = look
        self._figure: Figure | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("role", "panel")
        if not last:
            self.setProperty("edge", "right")
        self.caption = label(role="muted")
        self.plain = label(role="figure")
        self.opening = FigureButton("figure")
        self.opening.clicked.connect(lambda _checked=False: self.explain())
        self.setLayout(down(self.caption, self.plain, self.opening, spacing=2, margins=(0, 0, 0 if last else GAP, 0)))

    def show_figure(self, figure: Figure) -> None:
        self._figure = figure
        caption, value = self._look.say(figure.label), self._look.value(figure.value)
        self.caption.setText(caption)
        shown = self.opening if figure.explain else self.plain
        self.opening.setVisible(shown is self.opening)
        self.plain.setVisible(shown is self.plain)
        shown.setText(value)
        set_property(shown, "tone", "" if figure.tone == "neutral" else figure.tone)
        if figure.explain:
            self.opening.setToolTip("\n".join(map(self._look.say, figure.explain)))
            self.opening.setAccessibleDescription(self._look.tr("Opens how this figure was made"))
            self.opening.setAccessibleName(f"{caption} {value}")

    def adjust(self) -> None:
        """Take the room of the new text at once."""
        inner = self.layout()
        if inner is not None:
            inner.activate()

    def explain(self) -> Explained | None:
        """Open how the figure was made; None for one that has nothing to say about it."""
        figure = self._figure
        if figure is None or not figure.explain:
            return None
        made = Explained(self._look, self.opening)
        if figure.calculation is not None:
            made.show_calculation(figure.calculation)
        else:
            sentences = [self._look.say(sentence) for sentence in figure.explain]
            made.show_sentences(self.caption.text(), self.opening.text(), sentences)
        made.turned.connect(self.turned)
        made.open()
        return made
