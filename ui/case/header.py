"""Name, badges, contact light and the balance strip."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QToolTip, QWidget

from ui.look import Look
from ui.widgets.basic import across, button, clear, down, label, panel, set_property
from ui.widgets.elided import ElidedLabel
from ui.widgets.flow import FlowLayout
from workstation.desk.views import CaseView, Figure, Light

TONES = {"allow": "good", "warn": "warn", "block": "bad"}
GAP, ROOMY = 18, 960  # pixels on each side of the line between figures; the width at 100 % that has room for it
MARKS = {"allow": "●", "warn": "▲", "block": "■"}  # colour is never alone


class LightPill(QLabel):
    """The contact light: a sign, a phrase, and on hover the reasons with their articles. `now` is the desk's clock."""

    def __init__(self, look: Look, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._now = now
        self.setObjectName("light")
        self._look = look
        self._light: Light | None = None
        self.setProperty("role", "pill")
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self._tick = QTimer(self)
        self._tick.setInterval(1000)
        self._tick.timeout.connect(self._show)
        self._tick.start()

    def show_light(self, light: Light) -> None:
        self._light = light
        set_property(self, "tone", TONES[light.verdict])
        reasons = [
            f"{self._look.say(reason)}\n{source}".strip()
            for reason, source in zip(light.reasons, [*light.sources, *[""] * len(light.reasons)], strict=False)
        ]
        self.setToolTip("\n\n".join(reasons) or self._look.say(light.phrase))
        self._show()

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
        say = self._look.say
        self.name.setText(case.name)
        clear(self._badges)
        for badge in case.badges:
            tone = "violet" if badge.tone == "accent" and badge is not case.badges[0] else badge.tone
            self._badges.addWidget(label(say(badge.text), "badge", tone=tone))
        about = ElidedLabel("muted")
        about.setObjectName("case_subtitle")
        about.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        about.show_text(" · ".join(say(part) for part in case.subtitle))
        self._badges.addWidget(about)
        self.light.show_light(case.light)
        clear(self._strip)
        for place, figure in enumerate(case.figures):
            self._strip.addWidget(self._figure(figure, last=place == len(case.figures) - 1))
        self._close_up()

    def _figure(self, figure: Figure, *, last: bool) -> QWidget:
        """A figure opens its own calculation when it has one."""
        caption = label(self._look.say(figure.label), "muted")
        value = self._look.value(figure.value)
        shown: QWidget
        if figure.explain:
            shown = button(value, "figure", lambda: self._explain(figure, shown))
            shown.setProperty("tone", figure.tone)
            shown.setToolTip("\n".join(map(self._look.say, figure.explain)))
            shown.setAccessibleName(f"{self._look.say(figure.label)} {value}")
        else:
            shown = label(value, "figure", tone=figure.tone if figure.tone != "neutral" else "")
        cell = panel(edge="" if last else "right")
        cell.setLayout(down(caption, shown, spacing=2, margins=(0, 0, 0 if last else GAP, 0)))
        return cell

    def _explain(self, figure: Figure, over: QWidget) -> None:
        text = "\n".join(map(self._look.say, figure.explain))
        QToolTip.showText(over.mapToGlobal(over.rect().bottomLeft()), text, over, over.rect(), 15_000)
