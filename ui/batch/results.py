"""The batches of this seat: where their letters are, how they went, and going on with what was broken off."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFrame

from ui.desk_port import Desk
from ui.look import _L, Look
from ui.sync.cards import Card
from ui.widgets.basic import across, button, clear, down, label
from workstation.desk.letter_batches import BatchResult
from workstation.domain.labels import label_text
from workstation.domain.message import Label, Message, msg, nmsg

MOST = 8  # batches shown


class ResultsCard(Card):
    def __init__(self, look: Look, desk: Desk, resume: Callable[[str], None], tell: Callable[[str], None]) -> None:
        super().__init__(look, _L("Batches"), _L("No batch was made at this seat yet."))
        self.setObjectName("batch_results")
        self._desk, self._resume, self._tell = desk, resume, tell
        self._shown: tuple[tuple[BatchResult, ...], str] | None = None

    def retranslate(self) -> None:
        super().retranslate()
        self.show_results()

    def show_results(self) -> None:
        """The boxes are made anew only when they change, so that the focus stays where it is."""
        results = self._desk.letter_batches.results()[:MOST]
        said = results, self._look.language
        if said == self._shown:
            return
        self._shown = said
        self.show_count(len(results))
        clear(self.body)
        for result in results:
            self.body.addWidget(self._box(result))

    def _box(self, result: BatchResult) -> QFrame:
        look, info = self._look, result.info
        box = QFrame()
        box.setProperty("role", "box")
        name = look.tr(label_text(Label("letter", info.template))) if info.template else look.tr("Letters")
        when = look.translator.moment(info.began_at.astimezone(self._desk.seat.clock.zone), today=self._desk.today())
        title = label(f"{name} · {when}", "strong", wrap=True)
        state = label(look.say(_how_it_went(result)), wrap=True)
        files = [str(info.print_file or info.folder)]
        files += [info.manifest.name] if info.manifest is not None else []
        where = label(" · ".join(files), "muted", wrap=True)
        problem = label(look.say(info.problem), "error", wrap=True)
        problem.setVisible(info.problem is not None)
        see = button(look.tr("Open the folder"), "link", lambda: self._open(result))
        see.setObjectName("batch_folder")
        again = button(look.tr("Go on"), clicked=lambda: self._resume(info.id))
        again.setObjectName("batch_resume")
        again.setVisible(info.state != "done")
        forget = button(look.tr("Take off the list"), "link", lambda: self._forget(info.id))
        forget.setObjectName("batch_forget")
        said = down(title, state, where, problem, spacing=4)
        whole = across(said, down(across(None, forget, see, again), None), spacing=16, margins=(12, 10, 12, 10))
        whole.setStretch(0, 1)
        box.setLayout(whole)
        return box

    def _open(self, result: BatchResult) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(result.info.folder))):
            self._tell(self._look.tr("The folder {folder} cannot be opened.", folder=str(result.info.folder)))

    def _forget(self, batch_id: str) -> None:
        self._desk.letter_batches.forget(batch_id)
        self.show_results()
        self._tell(self._look.tr("Off the list. The letters and their records stay."))


def _how_it_went(result: BatchResult) -> Message:
    info = result.info
    state = {
        "done": msg("Done"),
        "cancelled": msg("Cancelled; it can be gone on with"),
        "stopped": msg("Broken off; it can be gone on with"),
        "running": msg("Broken off; it can be gone on with"),
    }[info.state]
    made = nmsg("{n} letter made", "{n} letters made", info.made)
    return msg(
        "{state}: {made} of {total}, {refused} refused, in {seconds} s",
        state=state,
        made=made,
        total=info.total,
        refused=len(result.refused),
        seconds=f"{info.seconds:.0f}",
    )
