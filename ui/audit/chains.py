"""The chains of all devices, followed at the auditor's wish: what was changed, is missing, forks or is held."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame

from ui.background import run
from ui.desk_port import Desk
from ui.look import Look
from ui.widgets.basic import across, button, down, label, set_property
from workstation.domain.errors import WorkstationError
from workstation.domain.message import Message, nmsg

MOST = 20  # faults that are said one by one; the rest are counted


class ChainsCard(QFrame):
    def __init__(self, look: Look, desk: Desk) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.setObjectName("audit_chains")
        self._look, self._desk = look, desk
        self._faults: tuple[Message, ...] | None = None
        self._problem: Message | None = None
        self.title, self.about = label(role="strong"), label(role="muted", wrap=True)
        self.check = button(clicked=self.ask)
        self.check.setObjectName("audit_check_chains")
        self.verdict = label(role="badge", wrap=True)
        self.verdict.setObjectName("audit_chains_verdict")
        self.faults = label(wrap=True)
        self.faults.setObjectName("audit_chain_faults")
        head = across(self.check, self.verdict, None)
        self.setLayout(down(self.title, self.about, head, self.faults, spacing=8, margins=(16, 12, 16, 12)))
        self.setVisible(desk.role in {"auditor", "admin"})

    def retranslate(self) -> None:
        tr = self._look.tr
        self.title.setText(tr("Chains of records"))
        self.about.setText(
            tr("Each device's records form a chain. Each is hashed anew; gaps, forks and held ones are named.")
        )
        self.check.setText(tr("Check all chains"))
        self._show()

    def ask(self) -> None:
        """In the pool: every record is read."""
        self._faults = self._problem = None
        self.check.setEnabled(False)
        self._show()
        run(self, self._desk.audit.chains, self._have, self._failed, lambda: self.check.setEnabled(True))

    def _have(self, faults: tuple[Message, ...]) -> None:
        self._faults = faults
        self._show()

    def _failed(self, error: WorkstationError) -> None:
        self._problem = error.message
        self._show()

    def _show(self) -> None:
        look, faults = self._look, self._faults
        said = [] if faults is None else [look.say(fault) for fault in faults[:MOST]]
        if faults is not None and len(faults) > MOST:
            said.append(look.say(nmsg("and {n} more", "and {n} more", len(faults) - MOST)))
        if self._problem is not None:
            said.append(look.say(self._problem))
        self.faults.setText("\n".join(said))
        self.faults.setVisible(bool(said))
        self.verdict.setVisible(faults is not None)
        if faults is not None:
            whole = look.tr("Every record is as it was written")
            wrong = look.say(nmsg("{n} fault", "{n} faults", len(faults)))
            self.verdict.setText(f"✗ {wrong}" if faults else f"✓ {whole}")
            set_property(self.verdict, "tone", "bad" if faults else "good")
