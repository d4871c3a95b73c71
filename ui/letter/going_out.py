"""A letter leaving the window on paper or as a file; each time is recorded before it leaves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtWidgets import QFileDialog

from letters.form import write_whole
from ui.background import run
from ui.desk_port import Desk
from ui.look import Look
from workstation.domain.errors import WorkstationError

if TYPE_CHECKING:
    from ui.letter.panel import LetterPanel
    from workstation.security.signing import Signer


class GoingOut:
    """Print and save of the letter that the panel shows."""

    def __init__(self, look: Look, desk: Desk, panel: LetterPanel) -> None:
        self._look, self._desk, self._panel = look, desk, panel
        self.signer: Callable[[], Signer] = _kept_signer  # tests have one of their own

    def name(self) -> str:
        """A name for the file: what it is and when, nothing of whom."""
        made = self._panel.made
        return "letter.pdf" if made is None else f"{made.template}-{self._desk.today():%Y%m%d}.pdf"

    def print(self) -> None:
        made = self._panel.made
        if made is None:
            return
        from ui.letter.printing import ask, send

        printer = ask(self._panel)
        if printer is not None and self._recorded("print"):
            send(made.pdf, printer)

    def ask_and_save(self) -> None:
        if self._panel.made is None:
            return
        chosen, _ = QFileDialog.getSaveFileName(self._panel, self._look.tr("Save PDF …"), self.name(), "PDF (*.pdf)")
        if chosen:
            self.save_to(Path(chosen))

    def save_to(self, path: Path) -> None:
        """Write the PDF whole, or not at all."""
        made = self._panel.made
        if made is not None:
            self._keep(path, made.pdf)

    def ask_and_sign(self) -> None:
        made = self._panel.made
        if made is None:
            return
        chosen, _ = QFileDialog.getSaveFileName(
            self._panel, self._look.tr("Save a signed copy …"), self.name(), "PDF (*.pdf)"
        )
        if chosen:
            self.sign_to(Path(chosen))

    def sign_to(self, path: Path) -> None:
        """A copy with the organisation's signature behind the letter, whole or not at all; made in the pool, since the
        keyring may ask for its password."""
        made = self._panel.made
        if made is None:
            return

        def work() -> bytes:
            from workstation.desk.letter_signing import signed

            return signed(made.pdf, self.signer())

        run(self._panel, work, lambda copy: self._keep(path, copy), self._went_wrong)

    def _keep(self, path: Path, pdf: bytes) -> None:
        if not self._recorded("save"):
            return
        try:
            write_whole(path, pdf)
        except WorkstationError as error:
            self._went_wrong(error)

    def _went_wrong(self, error: WorkstationError) -> None:
        self._panel.failed.emit(self._look.say(error.message))

    def _recorded(self, how: Literal["print", "save"]) -> bool:
        """That the paper leaves the program, and how; what cannot be recorded does not leave."""
        try:
            self._desk.privacy.took_out([self._panel.case_id], how, "letter")
        except WorkstationError as error:
            self._went_wrong(error)
            return False
        return True


def _kept_signer() -> Signer:
    from workstation.desk.letter_signing import kept_signer

    return kept_signer()
