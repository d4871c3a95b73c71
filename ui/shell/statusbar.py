"""Always in sight: the state of synchronisation, one's own day, keys, and who is signed in."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.desk_port import Desk
from ui.look import Look
from ui.sync.head import KEY
from ui.widgets.basic import across, button, down, label, panel, with_key
from ui.widgets.elided import ElidedLabel
from workstation.desk.views import SyncStatus
from workstation.domain.message import nmsg

MARKS = {"synced": "●", "syncing": "◌", "waiting": "◐", "offline": "○", "failed": "▲"}
TONES = {"synced": "good_ink", "syncing": "accent_ink", "waiting": "warn_ink", "offline": "muted", "failed": "bad_ink"}


class StatusBar(QWidget):
    def __init__(
        self, look: Look, desk: Desk, open_sync: Callable[[], None], lock: Callable[[], None] = lambda: None
    ) -> None:
        super().__init__()
        self.setObjectName("status_bar")
        self._look, self._desk = look, desk
        self.sync = button(role="link", clicked=open_sync)
        self.sync.setObjectName("sync_state")
        self.day, self.keys, self.who = ElidedLabel("caption"), ElidedLabel("caption"), label(role="caption")
        self.keys.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        bar = panel("bar", "top")
        self.lease = label(role="caption")
        self.lease.setObjectName("lease_state")
        self.lock = button(role="link", clicked=lock)
        self.lock.setObjectName("lock_now")
        row = across(
            self.sync, self.lease, self.day, self.keys, self.who, self.lock, spacing=20, margins=(16, 3, 16, 3)
        )
        row.setStretch(2, 1)
        row.setStretch(3, 1)
        bar.setLayout(row)
        self.setLayout(down(bar, spacing=0))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._tick = QTimer(self)
        self._tick.setInterval(1000)
        self._tick.timeout.connect(self._second)
        self._tick.start()
        look.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        tr, desk = self._look.tr, self._desk
        figures = desk.day()
        say = self._look.say
        parts = [
            say(nmsg("Today {n} case", "Today {n} cases", figures.cases)),
            tr("right-party {n}", n=figures.right_party),
            tr("promises {n}", n=figures.promises),
        ]
        if figures.promised is not None:
            parts.append(self._look.money(figures.promised))
        self.day.show_text(" · ".join(parts))
        keys = (("Ctrl D", tr("Dial")), ("Ctrl J", tr("Next case")), ("Ctrl K", tr("Find")))
        self.keys.show_text("   ".join(f"{key} {text}" for key, text in keys))
        self.who.setText(" · ".join(part for part in (desk.person_name, desk.team_name) if part))
        self.lock.setText(tr("Lock"))
        self.lock.setToolTip(with_key(tr("Lock"), "Ctrl Alt L"))
        self.lock.setVisible(desk.guard.keeps)
        self.show_sync()

    def show_lease(self) -> None:
        """Always in sight; in the warning's colour for the last days."""
        lease = self._desk.guard.lease()
        self.lease.setVisible(lease is not None)
        if lease is None:
            return
        days, hours = int(lease.left // 86_400), int(lease.left // 3600)
        text = (
            self._look.say(nmsg("Lease {n} day", "Lease {n} days", days))
            if days
            else self._look.say(nmsg("Lease {n} hour", "Lease {n} hours", hours))
        )
        tone = "muted" if lease.state == "fine" else "warn_ink"
        style = f"color: {self._look.tokens.colours[tone]};" + ("" if tone == "muted" else " font-weight: 700;")
        if self.lease.text() != text:
            self.lease.setText(text)
            self.lease.setToolTip(self._look.say(lease.sentence))
        if self.lease.styleSheet() != style:
            self.lease.setStyleSheet(style)

    def _second(self) -> None:
        """Nothing is asked of a desk whose window was closed."""
        if not self.window().isVisible():
            return
        self._desk.sync.tick()
        self.show_sync()

    def show_sync(self) -> None:
        self.show_lease()
        status = self._desk.sync.status()
        text = f"{MARKS[status.state]} {self._sentence(status)}"
        style = f"color: {self._look.tokens.colours[TONES[status.state]]}; font-weight: 700;"
        if self.sync.text() != text:
            self.sync.setText(text)
        if self.sync.styleSheet() != style:
            self.sync.setStyleSheet(style)
        self.sync.setToolTip(self._look.say(status.problem) or with_key(self._look.tr("Synchronisation"), KEY))

    def _sentence(self, status: SyncStatus) -> str:
        tr, waiting = self._look.tr, status.waiting + status.attachments
        if status.state == "syncing":
            return tr("Synchronising …")
        if status.state == "offline":
            return tr("Offline · {n} waiting", n=waiting)
        if status.state == "failed" and not waiting:
            return tr("Needs a look")
        if status.state == "failed":
            return tr("Not synchronised · {n} waiting", n=waiting)
        if status.state == "waiting":
            return tr("{n} waiting to be sent", n=waiting)
        if status.last_ok is None:
            return tr("Synchronised")
        from datetime import UTC, datetime

        seconds = int((datetime.now(UTC) - status.last_ok).total_seconds())
        if seconds < 60:
            return tr("Synchronised · just now") if seconds < 5 else tr("Synchronised · {n} s ago", n=seconds // 5 * 5)
        return tr("Synchronised · {n} min ago", n=seconds // 60)
