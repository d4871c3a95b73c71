"""Before leaving for days without a network: what is missing on top, why, and one button for what helps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QComboBox, QFrame, QSizePolicy, QVBoxLayout, QWidget

from ui.background import run
from ui.desk_port import Desk
from ui.look import Look
from ui.widgets.basic import across, button, clear, down, label, panel, with_key
from ui.widgets.tall import TallArea
from workstation.desk.field_bundle import Checked, Readiness
from workstation.domain.changes import Changes
from workstation.domain.errors import WorkstationError
from workstation.domain.message import nmsg

MARKS = {"ok": "✓", "warn": "▲", "bad": "✗"}
TONES = {"ok": "good", "warn": "warn", "bad": "bad"}
MOST_DAYS = 14
MOST_ROWS = 60  # of a kind of finding: the rest is counted


class LeavingPane(QWidget):
    """`helped` carries what a person chose to do about a finding, and its case; `left`: back to the day."""

    left = Signal()
    helped = Signal(str, str)

    def __init__(self, look: Look, desk: Desk, first: Callable[[], date], tell: Callable[[str], None]) -> None:
        super().__init__()
        self.setObjectName("field_leaving")
        self._look, self._desk, self._first, self._tell = look, desk, first, tell
        self.found: Readiness | None = None
        self._reading = self._again = False
        self.title, self.verdict = label(role="title"), label(role="strong", wrap=True)
        self.verdict.setObjectName("leaving_verdict")
        self.days_caption = label(role="caption")
        self.days = QComboBox()
        self.days.setObjectName("leaving_days")
        self.days.addItems([str(count) for count in range(1, MOST_DAYS + 1)])
        self.days.currentIndexChanged.connect(self.look_again)
        self.days_caption.setBuddy(self.days)
        self.back = button(role="chip", clicked=self.left.emit)
        self.again = button(role="chip", clicked=self.look_again)
        self.rows = QVBoxLayout()
        self.rows.setSpacing(8)
        head = panel(edge="bottom")
        head.setLayout(
            across(
                self.title, None, self.days_caption, self.days, self.again, self.back,
                spacing=10, margins=(16, 10, 16, 10),
            )
        )  # fmt: skip
        body = panel("sunken")
        body.setLayout(down(self.verdict, self.rows, None, spacing=12, margins=(24, 18, 24, 18)))
        area = TallArea(body)
        area.setProperty("role", "sunken")
        whole = down(head, area, spacing=0)
        whole.setStretch(1, 1)
        self.setLayout(whole)
        self.setFocusProxy(self.days)
        inside = Qt.ShortcutContext.WidgetWithChildrenShortcut
        QShortcut(QKeySequence("Ctrl+Shift+E"), self, self.look_again, context=inside)
        desk.subscribe(self._changed)
        look.changed.connect(self.retranslate)
        self.retranslate()

    def retranslate(self) -> None:
        tr = self._look.tr
        self.title.setText(tr("Before leaving"))
        self.days_caption.setText(tr("Days away"))
        self.days.setAccessibleName(tr("Days away"))
        self.back.setText(with_key(tr("Back to the day"), "Esc"))
        self.again.setText(with_key(tr("Look again"), "Ctrl Shift E"))
        self._show()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.look_again()

    def _changed(self, changes: Changes) -> None:
        if self.isVisible() and changes.kinds != {"look"}:
            self.look_again()

    # ---- reading ----

    def look_again(self) -> None:
        """In the pool: every case of the days is read."""
        if self._reading:
            self._again = True
            return
        self._reading = True
        first, count = self._first(), self.days.currentIndex() + 1
        run(self, lambda: self._check(first, count), self._have, self._failed, self._read)

    def _check(self, first: date, count: int) -> Readiness:
        days = [first + timedelta(days=at) for at in range(count)]
        planned = [day for day in map(self._desk.field_days.planned, days) if day is not None]
        return self._desk.field_bundle.check(planned, days)

    def _read(self) -> None:
        self._reading = False
        if self._again:
            self._again = False
            self.look_again()

    def _have(self, found: Readiness) -> None:
        self.found = found
        self._show()

    def _failed(self, error: WorkstationError) -> None:
        self._tell(self._look.say(error.message))

    # ---- showing ----

    def _show(self) -> None:
        tr, found = self._look.tr, self.found
        if found is None:
            self.verdict.setText(tr("Looking whether everything is here …"))
            return
        missing = sum(row.state == "bad" for row in found.rows)
        minded = sum(row.state == "warn" for row in found.rows)
        if missing:
            told = nmsg("{n} thing is missing.", "{n} things are missing.", missing)
            self.verdict.setText(f"✗ {self._look.say(told)}")
        elif minded:
            told = nmsg("You can leave; mind {n} thing.", "You can leave; mind {n} things.", minded)
            self.verdict.setText(f"▲ {self._look.say(told)}")
        else:
            self.verdict.setText(f"✓ {tr('Everything for these days is here.')}")
        clear(self.rows)
        shown: dict[str, int] = {}
        for row in found.rows:
            shown[row.about] = shown.get(row.about, 0) + 1
            if shown[row.about] <= MOST_ROWS:
                self.rows.addWidget(self._box(row))

    def _box(self, row: Checked) -> QFrame:
        box = QFrame()
        box.setProperty("role", "box")
        mark = label(MARKS[row.state], "strong", tone=TONES[row.state])
        mark.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        mark.setAccessibleName(self._look.label("checked", row.state))
        said = label(self._look.say(row.message), "" if row.state != "ok" else "muted", wrap=True)
        parts: list[QWidget] = [mark, said]
        if row.action:
            helps = button(self._caption(row), clicked=lambda: self.helped.emit(row.action, row.case_id))
            helps.setObjectName(f"leaving_{row.action}")
            parts.append(helps)
        line = across(*parts, spacing=12, margins=(12, 8, 12, 8))
        line.setStretch(1, 1)
        box.setLayout(line)
        return box

    def _caption(self, row: Checked) -> str:
        tr = self._look.tr
        captions = {
            "sync": tr("Synchronise now"),
            "place": tr("Place the address"),
            "case": tr("Open the case"),
            "pin": tr("Choose a PIN"),
            "dossier": tr("Dossiers"),
            "plan": tr("Plan the day"),
        }
        return captions[row.action]
