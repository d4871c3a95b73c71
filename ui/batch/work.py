"""A batch of letters while it is looked through or made in the pool: one at a time, it goes on whatever is shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Literal

from PySide6.QtCore import QObject, QTimer, Signal

from ui.background import run
from ui.desk_port import Desk
from ui.look import Look
from workstation.desk.letter_batches import BatchPlan, BatchResult, Progress
from workstation.desk.letter_form import LetterForm
from workstation.domain.errors import WorkstationError

LOOK_MS = 200  # between two looks at how far it is

Doing = Literal["", "planning", "making"]


class BatchWork(QObject):
    """`moved`: it is further, or over. `failed` carries the sentence why it could not be begun or went wrong."""

    moved = Signal()
    failed = Signal(str)

    def __init__(self, look: Look, desk: Desk) -> None:
        super().__init__()
        self._look, self._desk = look, desk
        self.doing: Doing = ""
        self.progress = Progress(0, 0)
        self.plan: BatchPlan | None = None
        self.result: BatchResult | None = None
        self._stop = Event()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.moved)

    def look_through(self, cases: list[str], form: LetterForm, forms: dict[str, LetterForm] | None = None) -> None:
        """The dry run: of these cases, by one form for all or, of letters that were queued, each by its own."""
        batches = self._desk.letter_batches

        def work() -> BatchPlan:
            return batches.plan(
                cases,
                form.template,
                language=form.language,
                pay_by=form.pay_by,
                free_paragraph=form.free_paragraph,
                override_reason=form.override_reason,
                forms=forms,
                progress=self._note,
                cancel=self._stop.is_set,
            )

        self._begin("planning", work, self._planned)

    def make(self, folder: Path, *, one_file: bool) -> None:
        """The letters of the plan."""
        plan = self.plan
        if plan is None or not plan.ready:
            return
        self._begin(
            "making",
            lambda: self._desk.letter_batches.run(
                plan, folder, one_file=one_file, progress=self._note, cancel=self._stop.is_set, say=self._look.say
            ),
            self._made,
        )

    def resume(self, batch_id: str) -> None:
        """Go on with a batch that was cancelled or broken off."""
        self._begin(
            "making",
            lambda: self._desk.letter_batches.resume(
                batch_id, progress=self._note, cancel=self._stop.is_set, say=self._look.say
            ),
            self._made,
        )

    def cancel(self) -> None:
        """After the letter at hand; what is made is kept."""
        self._stop.set()

    def _begin(self, doing: Doing, work: Callable[[], BatchPlan] | Callable[[], BatchResult], done: object) -> None:
        if self.doing:
            return
        self.doing, self.progress = doing, Progress(0, 0)
        self._stop.clear()
        self._timer.start()
        self.moved.emit()
        run(self, work, done, self._failed, self._over)  # type: ignore[arg-type]  # each with its own answer

    def _note(self, progress: Progress) -> None:
        self.progress = progress  # from the worker; looked at by the timer

    def _over(self) -> None:
        self.doing = ""
        self._timer.stop()

    def _planned(self, plan: BatchPlan) -> None:
        self.plan = None if plan.cancelled else plan
        self.result = None
        self.moved.emit()

    def _made(self, result: BatchResult) -> None:
        self.plan, self.result = None, result
        if result.changes.case_ids:
            self._desk.announce(result.changes)
            self._took_out(result)
        self.moved.emit()

    def _took_out(self, result: BatchResult) -> None:
        """That the letters left the program, on every case."""
        try:
            self._desk.privacy.took_out(sorted(result.changes.case_ids), "save", "letters")
        except WorkstationError as error:
            self.failed.emit(self._look.say(error.message))

    def _failed(self, error: WorkstationError) -> None:
        self.failed.emit(self._look.say(error.message))
        self.moved.emit()
